from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ...engine.dunning.claims import claimed
from ...engine.dunning.run import overdue_paid, show_mails
from ...engine.handling.own import Own
from ...engine.portal.answers import read_key
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE

#: Days for which the page can be opened after the notice is cancelled or paid.
OPEN_DAYS = 30
#: The steps of activities for customers who aren't content, before and after they have paid: by them they
#: are known again, whatever their language.
NOT_CONTENT, NOT_THANKFUL = -3, -4


def _is_paid(item):
    """Whether nothing is left of an item, and of what is under way for it."""
    return item.reconciled or not item.left_currency


class DunningNotice(models.Model):
    """The page behind a notice, on which the customer sees what is open, pays, and answers."""

    _name = "dunning.notice"
    _inherit = ["l2c.token.page.mixin", "dunning.notice"]

    expires_on = fields.Date(
        readonly=True, copy=False, help="Until then the customer can open the page: it was paid, or cancelled."
    )
    is_thanked = fields.Boolean(readonly=True, copy=False)
    answer_ids = fields.One2many("dunning.answer", "notice_id", "Answers", readonly=True)

    def _compute_access_url(self):
        for notice in self:
            notice.access_url = f"/my/collection/{notice.id}"

    def _page_lang(self):
        return self._lang()

    def _own_lines(self):
        """The lines whose items are still this customer's: a document may be made out to somebody else since."""
        customer = self.partner_id.commercial_partner_id
        return self.line_ids.filtered(lambda line: line.move_line_id.partner_id.commercial_partner_id == customer)

    def _open_lines(self):
        """The lines whose items are still open."""
        return self._own_lines().filtered(lambda line: not _is_paid(line.move_line_id))

    def _open_amount(self):
        """What is claimed now of the notice's items."""
        return sum(self._open_lines().move_line_id.mapped("claimed_currency"))

    def _early(self):
        """What the page asks for, today, of who pays all that is open early: as of :meth:`_asked_early`."""
        return self._asked_early(self._open_amount(), self._open_lines().move_line_id._discounts(self._today_there()))

    def _asked_amount(self):
        """What the page asks for of what is open now: today, and all at once."""
        return (self._early() or {"amount": self._open_amount()})["amount"]

    def _open_claim(self):
        """What the notice asks for by its deadline, of what is open now."""
        lines = self._open_lines()
        asked = lines.move_line_id._asked(max(self.payment_deadline, self._today_there()))
        return claimed((line.date_maturity or self.date, asked[line.move_line_id], line.is_also_due) for line in lines)

    def _page_lines(self):
        """What the page shows of each item, as it is today."""
        today = self._today()
        promised, disputed = self._suspended("dunning.promise"), self._suspended("dunning.dispute")
        also_due = self.line_ids.filtered("is_also_due").move_line_id
        documents = self._documents()
        return [
            {
                "item": item,
                "is_document": item.move_id in documents,
                "due": item.date_maturity or item.date,
                "days": max((today - (item.date_maturity or item.date)).days, 0) if item.balance > 0 else 0,
                "residual": item.claimed_currency,
                "disputed_part": item.disputed_left if item._is_partly_disputed() else 0,
                "is_paid": _is_paid(item),
                "is_promised": item in promised,
                "is_disputed": item in disputed and not item._is_partly_disputed() and bool(item.disputed_left),
                "is_also_due": item in also_due,
            }
            for item in self._own_lines().move_line_id
        ]

    def _suspended(self, model):
        """The items with an open promise or dispute."""
        items = self.line_ids.move_line_id
        return self.env[model].search([("move_line_ids", "in", items.ids), ("state", "=", "open")]).move_line_ids

    def _answer_limits(self):
        """What an answer may say: days, a number of instalments, and what may be promised."""
        today = self._today()
        _items, most = self._promisable()
        return {
            "promise": most,
            "least": self._least_hint(most),
            "no_promise": self._promise_problem(most),
            "today": today,
            "last": today + timedelta(days=self.policy_id.promise_max_days),
            "instalments": self.policy_id.plan_max_instalments,
        }

    def _is_hidden(self):
        """Whether the page shows nothing: the one who reads it said that it isn't for them."""
        return "wrong_person" in self.answer_ids.mapped("kind")

    @api.model
    def _pages_of(self, partner):
        """The pages that the contacts of a customer can open: the newest notice in each company
        and currency, while something is open."""
        # A portal user reads no notices; the pages of their own company are theirs.
        notices_sudo = self.sudo().search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("state", "=", "sent"),
                ("expires_on", "=", False),
            ],
            order="date desc, id desc",
        )
        groups = notices_sudo.grouped(lambda notice: (notice.company_id, notice.currency_id))
        return self.sudo().union(*(notices[:1] for notices in groups.values()))  # as above

    # Answering ---------------------------------------------------------------------------

    def _take_answer(self, form, proof):
        """The answer in ``form``: the one that was taken already when it is sent again.

        :raise UserError: with what to do, when something is missing or can't be
        """
        if not (key := read_key(form.get("form_key"))):
            raise UserError(self.env._("This page is too old. Open the link in your e-mail again."))
        # Of two at once, the second fails here, is repeated by Odoo, and then sees the first.
        self.env.cr.execute(SQL("UPDATE dunning_notice SET needs_answer = needs_answer WHERE id = %s", self.id))
        known = self.answer_ids.filtered(lambda answer: answer.form_key == key)
        return known[:1] or self.env["dunning.answer"]._take(self, {**form, "form_key": key}, proof)

    def _answered(self, answer):
        """Tell the responsible, and write the answer down."""
        user = self._who_answers(answer)
        label, lost = self.env["res.users"]._noting(self, user)._named(answer)
        parts = [Markup("<b>%s</b>") % label, answer.note, lost]
        message = self.message_post(
            body=Markup("<br/>").join(part for part in parts if part),
            author_id=self.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        message.attachment_ids = answer.attachment_ids
        answer.message_id = message
        theirs = user._reading(self)
        label, lost = theirs._named(answer)
        theirs.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=theirs.env._("Answer: %s", label),
            note=plaintext2html("\n\n".join(filter(None, (answer.note, lost)))),
            date_deadline=self._today(),
            user_id=user.id,
            handling_step=ONCE,
        )
        self._heard_from()

    def _named(self, answer):
        """(what an answer is called, what there is to say of its file) in the language of the reader."""
        label = dict(answer._fields["kind"]._description_selection(self.env))[answer.kind]
        lost = answer.is_proof_lost and self.env._(
            "They sent a file, which our server could not store: ask for it, and tell your administrator."
        )
        return label, lost

    def _who_answers(self, answer):
        """The responsible; who knows the right person, when this was the wrong one."""
        if answer.kind == "wrong_person":
            sellers = self.partner_id.user_id._working_in(self.company_id)
            return (sellers or self._escalated_invoices().invoice_user_id)[:1] or self._responsible()
        return self._responsible()

    # How long the page is there ------------------------------------------------------------

    def _end_page(self):
        """The page of a cancelled notice is over in some days."""
        self.expires_on = self._today() + timedelta(days=OPEN_DAYS)

    def _follow_expiry(self):
        """The page ends some days after the last item is paid that is still this customer's; when one is open
        again, it is there again."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE dunning_notice n
                   SET expires_on = CASE WHEN x.open THEN NULL ELSE COALESCE(n.expires_on, %(last)s) END
                  FROM (SELECT nl.notice_id,
                               bool_or(l.reconciled IS NOT TRUE AND l.balance > 0
                                       AND p.commercial_partner_id = c.commercial_partner_id) AS open
                          FROM dunning_notice_line nl
                          JOIN account_move_line l ON l.id = nl.move_line_id
                          JOIN dunning_notice m ON m.id = nl.notice_id
                          JOIN res_partner c ON c.id = m.partner_id
                     LEFT JOIN res_partner p ON p.id = l.partner_id
                         WHERE nl.notice_id IN %(ids)s GROUP BY nl.notice_id) x
                 WHERE x.notice_id = n.id AND n.state != 'cancelled'
                """,
                last=self._today() + timedelta(days=OPEN_DAYS),
                ids=tuple(self.ids),
            )
        )
        self.invalidate_recordset(["expires_on"], flush=False)

    # How content the customer is ----------------------------------------------------------

    def _ask_ratings(self):
        """A question for each notice that asks one, made together: the e-mails link to it. Who only reads the
        text asks nobody."""
        if self.env.context.get("l2c_reads"):
            return
        model_id = self.env["ir.model"]._get_id(self._name)
        asking = self.filtered(lambda notice: notice._asks_rating())
        # Whoever approves a notice need not write ratings of customers.
        asked = asking.filtered(lambda notice: not all(notice.sudo().rating_ids.mapped("consumed")))
        self.env["rating.rating"].sudo().create(  # as above
            [
                {"res_model_id": model_id, "res_id": notice.id, "partner_id": notice.partner_id.id}
                for notice in asking - asked
            ]
        )

    def _asks_rating(self):
        return self.level_id.ask_rating or self.is_thanked

    def _rating_urls(self):
        """Where each smiley leads; nothing when no answer is asked for."""
        rates = {"happy": RATING_HAPPY_VALUE, "neutral": RATING_NEUTRAL_VALUE, "unhappy": RATING_UNHAPPY_VALUE}
        if not self.ids or not self._asks_rating():
            return {}
        if self.env.context.get("l2c_reads"):  # who only reads the text asks nobody
            return dict.fromkeys(rates, "#")
        token = self._rating_get_access_token()
        return {name: f"{self.get_base_url()}/rate/{token}/{rate}" for name, rate in rates.items()}

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        self.check_access("write")  # the page behind a smiley has all rights
        result = super().rating_apply(rate, token, rating, feedback, subtype_xmlid, notify_delay_send)
        if rate < RATING_NEUTRAL_VALUE:
            self._ask_what_is_wrong(feedback)
        return result

    def _ask_what_is_wrong(self, feedback):
        """One call, also when the customer says it twice."""
        step = NOT_THANKFUL if self.is_thanked else NOT_CONTENT
        if known := self.activity_ids.filtered(lambda activity: activity.handling_step == step)[:1]:
            known.note = plaintext2html(feedback or "")
            return
        user = self._responsible()
        theirs = user._reading(self)
        summary = theirs.env._("Not content: call before the due date")
        if self.is_thanked:
            summary = theirs.env._("Not content: call")
        theirs.activity_schedule(
            "mail.mail_activity_data_call",
            summary=summary,
            note=plaintext2html(feedback or ""),
            date_deadline=self._today(),
            user_id=user.id,
            handling_step=step,
        )

    @api.model
    def _thank(self):
        """Thank customers who were reminded of what was overdue, have paid, and now owe nothing
        overdue: once for all they were reminded of, with the template of their policy."""
        self.env.flush_all()
        rows = self.env.execute_query(overdue_paid(self._today()))
        by_customer = self.browse(row[0] for row in rows).grouped(lambda notice: (notice.partner_id, notice.company_id))
        by_customer = {key: notices for key, notices in by_customer.items() if not key[1]._dunning_elsewhere()}
        newest = self.union(*(notices[:1] for notices in by_customer.values()))
        newest = newest.with_context(l2c_readers=Own(newest._readers_now()))
        groups = newest.grouped(lambda notice: (notice.policy_id.thanks_template_id, notice._lang()))
        for (template, lang), group in groups.items():
            with cron_step(self.env.ref("lead_to_cash.cron_follow_time"), f"Thanking by {template.name}"):
                # Whoever the job runs as.
                self.union(*(by_customer[n.partner_id, n.company_id] for n in group)).sudo().is_thanked = True
                group.filtered(lambda notice: notice._readers())._send_thanks(template, lang)

    def _send_thanks(self, template, lang):
        if not self:
            return
        moments = self._send_moments()
        values = self._prepare_mail_values(template, lang)
        mails = self.env["mail.mail"].create(
            [
                mail | {"scheduled_date": moments[notice], "email_cc": False}  # thanks are for who was reminded
                for notice, mail in zip(self, values, strict=True)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(show_mails(mails.ids))
        mails.invalidate_recordset(["body"], flush=False)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=set(mails.mapped("scheduled_date")))
