import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang, plaintext2html

from ...engine.portal.answers import read_text

ANSWERS = [("agree", "Agrees"), ("disagree", "Doesn't agree")]
#: Days for which a customer can answer.
OPEN_DAYS = 90


class BalanceConfirmation(models.Model):
    """A customer was asked whether our balance at the end of a day is theirs too."""

    _name = "balance.confirmation"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin", "l2c.token.page.mixin", "mail.activity.mixin"]
    _description = "Balance Confirmation"
    _order = "day desc, id desc"
    _rec_name = "partner_id"

    _written_by = "the letter, and the customer's page"
    _state_field = "answer"
    _transitions = {False: ("agree", "disagree"), "agree": (), "disagree": ()}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    day = fields.Date("Balance on", required=True, readonly=True)
    balances = fields.Json(required=True, readonly=True)  # {id of a currency: amount}
    balance_text = fields.Char("Balance", compute="_compute_balance_text")
    expires_on = fields.Date("Can Be Answered until", required=True, readonly=True)
    answer = fields.Selection(ANSWERS, readonly=True, tracking=True)
    answer_date = fields.Datetime("Answered on", readonly=True)
    note = fields.Text("What They Wrote", readonly=True)

    # Serves printing the same letter again.
    _asked_idx = models.Index("(company_id, day, partner_id)")

    def _compute_access_url(self):
        for confirmation in self:
            confirmation.access_url = f"/my/balance/{confirmation.id}"

    @api.depends("balances")
    @api.depends_context("lang")
    def _compute_balance_text(self):
        for confirmation in self:
            amounts = confirmation._amounts()
            confirmation.balance_text = " · ".join(
                formatLang(self.env, amount, currency_obj=currency) for currency, amount in amounts
            )

    def _amounts(self):
        """(currency, amount) of each."""
        currencies = self.env["res.currency"].browse(int(currency_id) for currency_id in self.balances or {})
        return list(zip(currencies, (self.balances or {}).values(), strict=True))

    @api.model
    def _asked(self, company, day, balances):
        """{partner: the question that its letter asks}; the same again while the balance is the
        same, or nobody has answered yet. For those who may see what was asked.

        :param balances: {partner: {id of a currency, as text: amount}}
        """
        self.browse().check_access("read")
        # Who prints the letters need not keep the questions.
        questions_sudo = self.sudo().with_context(tracking_disable=True)
        known = questions_sudo.search(
            [("company_id", "=", company.id), ("day", "=", day), ("partner_id", "in", [p.id for p in balances])],
            order="id",
        )
        asked = {question.partner_id: question for question in known}
        missing = []
        for partner, amounts in balances.items():
            question = asked.get(partner)
            if question and (not question.answer or question.balances == amounts):
                question.write({"balances": amounts, "expires_on": self._today() + timedelta(days=OPEN_DAYS)})
            else:
                missing.append(self._prepare_question(company, day, partner, amounts))
        made = questions_sudo.create(missing)
        return asked | {question.partner_id: question for question in made}

    def _prepare_question(self, company, day, partner, amounts):
        return {
            "company_id": company.id,
            "day": day,
            "partner_id": partner.id,
            "balances": amounts,
            "access_token": str(uuid.uuid4()),
            "expires_on": self._today() + timedelta(days=OPEN_DAYS),
        }

    def _take_answer(self, form):
        """Write down what the form of the page says; nothing when there is an answer already.

        :raise UserError: with what to do, when something is missing
        """
        # Of two at once, the second fails here, is repeated by Odoo, and then sees the first.
        self.env.cr.execute(SQL("UPDATE balance_confirmation SET day = day WHERE id = %s", self.id))
        if self.answer:
            return
        answer, note = form.get("answer"), read_text(form.get("note"))
        if answer not in dict(ANSWERS):
            raise UserError(self.env._("Choose one of the answers."))
        if answer == "disagree" and not note:
            raise UserError(self.env._("Tell us your balance, or which documents differ."))
        self._set_state(answer, note=note)
        if note:
            self.message_post(body=note, author_id=self.partner_id.id, subtype_xmlid="mail.mt_note")
        if answer == "disagree":
            self._ask_for_a_look()

    def _stamp(self, _target):
        return {"answer_date": self._now()}

    def _dealt_with(self):
        """Somebody has dealt with the answers: what was to be done until today is done."""
        today = self._today()
        # Whoever may deal with answers need not be who was asked to.
        due = self.sudo().activity_ids.filtered(lambda activity: activity.date_deadline <= today)
        due._action_done()

    def _ask_for_a_look(self):
        partner = self.partner_id.with_company(self.company_id)
        users = (partner.collector_id | partner.user_id | self.create_uid)._working_in(self.company_id)
        user = users[:1] or self.create_uid
        question = user._reading(self)
        question.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=question.env._("The customer doesn't agree with the balance"),
            note=plaintext2html(self.note),
            date_deadline=self._today(),
            user_id=user.id,
        )
