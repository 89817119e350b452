from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, groupby, plaintext2html

from ...engine.agreements.promises import next_payment_day, next_weekday, payment_days, policies_of
from ...engine.handling.own import own
from ...engine.handling.workdays import last_working_day, next_working_day

#: What decides whether a contact is written to about its company.
REACHED_BY = ("is_wrong_addressee", "email", "active", "parent_id", "is_company", "company_id")
#: As in Python, Monday is 0.
WEEKDAYS = [
    ("0", "Mondays"),
    ("1", "Tuesdays"),
    ("2", "Wednesdays"),
    ("3", "Thursdays"),
    ("4", "Fridays"),
    ("5", "Saturdays"),
    ("6", "Sundays"),
]
ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """What collecting knows of a customer: when it pays, what it promised, what stops it."""

    _inherit = "res.partner"

    payment_days = fields.Char(
        company_dependent=True,
        index=False,
        groups=ACCOUNTANTS,
        help="Days of the month on which the customer pays, like 10, 25. The first reminder counts from the next one.",
        audited=True,
    )
    payment_weekday = fields.Selection(
        WEEKDAYS,
        "Pays on",
        company_dependent=True,
        index=False,
        groups=ACCOUNTANTS,
        help="The day of the week on which the customer pays, when it is no day of the month. Promises propose it.",
        audited=True,
    )
    withholding_rate = fields.Float(
        "Withholds Tax (%)",
        company_dependent=True,
        index=False,
        digits=(5, 2),
        groups=ACCOUNTANTS,
        help="Per cent of an invoice that the customer pays to the tax office for us. When so much of the total, or of "
        "the untaxed amount, is left after a payment, nobody is reminded of it: its certificate is asked for.",
        audited=True,
    )
    cheque_due_date = fields.Date(
        "Paid by Cheque Due on",
        compute="_compute_cheque_due_date",
        groups=ACCOUNTANTS,
        help="The first day on which a payment that the customer has given falls due.",
    )

    is_wrong_addressee = fields.Boolean(
        "Wrong Addressee",
        copy=False,
        help="Somebody said that this address isn't theirs: no reminders go there. Untick it when it was corrected.",
        groups="base.group_user",
        audited=True,
    )

    # Serves whoever asks where reminders go: whom they never go to.
    _wrong_addressee_idx = models.Index("(commercial_partner_id) WHERE is_wrong_addressee")

    @api.depends_context("company", "l2c_today")
    def _compute_cheque_due_date(self):
        groups = self.env["account.payment"]._read_group(
            self.env["account.payment"]._cheque_domain(self.env.company._today())
            & Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id),
            ["partner_id"],
            ["date:min"],
        )
        days = {}
        for partner, day in groups:
            customer = partner.commercial_partner_id
            days[customer] = min(day, days.get(customer, day))
        for partner in self:
            partner.cheque_due_date = days.get(partner.commercial_partner_id)

    # Bad input -----------------------------------------------------------------------

    @api.constrains("payment_days")
    def _check_payment_days(self):
        for partner in self:
            if payment_days(partner.payment_days) is None:
                raise ValidationError(
                    self.env._("Write payment days as days of the month, from 1 to 31, like this: 10, 25.")
                )

    @api.constrains("withholding_rate")
    def _check_withholding_rate(self):
        if any(not 0 <= partner.withholding_rate < 100 for partner in self):
            raise ValidationError(self.env._("What a customer withholds as tax is from 0 to less than 100 per cent."))

    def _check_hold_until(self, day):
        """Of what is written, not of what stands there: a hold that is over stays when customers are merged."""
        day = fields.Date.to_date(day)
        is_past = day and day < self.env.company._today()
        if is_past and any(partner.dunning_hold_until != day for partner in self):
            raise ValidationError(self.env._("A hold can't end in the past. Choose today or a later day."))

    @api.constrains("dunning_hold_until", "dunning_hold_reason")
    def _check_hold_reason(self):
        if any(partner.dunning_hold_reason and not partner.dunning_hold_until for partner in self):
            raise ValidationError(self.env._("A hold needs the day on which it ends. Choose it."))

    # What follows at once --------------------------------------------------------------

    def write(self, vals):
        if not own(self.env, "l2c_merging"):
            self._check_hold_until(vals.get("dunning_hold_until"))
        if "dunning_hold_until" in vals and not vals["dunning_hold_until"]:
            vals = {"dunning_hold_reason": False, **vals}
        customers, corrected = self.commercial_partner_id, self._corrected(vals)
        chosen = self._with_another_salesperson(vals)
        if "collection_state" not in vals:
            result = super().write(vals)
        else:
            was = self.filtered(lambda partner: partner.collection_state == "insolvency")
            result = super().write(vals)
            becomes = vals["collection_state"] == "insolvency"
            (self.browse() if becomes else was)._drop_claims()
            (self - was if becomes else self.browse())._plan_claims()
        chosen._note_who_chose()
        if vals.get("parent_id"):
            self._joined_another()
        corrected.is_wrong_addressee = False
        if not {"is_company", "is_sole_trader", "parent_id"}.isdisjoint(vals):
            self._became_another_kind()
        if not vals.keys().isdisjoint(REACHED_BY):
            self.env["dunning.notice"]._addresses_changed(customers | self.commercial_partner_id)
        if not {"collection_state", "dunning_hold_until", "withholding_rate"}.isdisjoint(vals):
            self.env["dunning.notice"]._customers_changed(self)
        return result

    def _corrected(self, vals):
        """Those of these contacts that are marked, and get another e-mail address: that is another person's."""
        if "email" not in vals or "is_wrong_addressee" in vals:
            return self.browse()
        marked_sudo = self.sudo().filtered("is_wrong_addressee")  # whoever corrects their own contact
        return marked_sudo.filtered(lambda partner: partner.email_normalized != email_normalize(vals["email"] or ""))

    def _plan_claims(self):
        """The claim against an insolvent customer has to be filed in time."""
        days = self.env.company.insolvency_claim_days
        if self and days:
            self._tell_responsible(
                lambda customer: (customer.env._("File the claim in the insolvency"), ""),
                activity_type="lead_to_cash.mail_activity_type_claim",
                day=self.env.company._today() + timedelta(days=days),
            )

    def _drop_claims(self):
        claims = self.env.ref("lead_to_cash.mail_activity_type_claim", raise_if_not_found=False)
        if self and claims:
            # What was planned automatically belongs to nobody.
            planned_sudo = self.env["mail.activity"].sudo()
            moves = planned_sudo.env["account.move"]._search(
                [("commercial_partner_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
            )
            about = Domain("res_model", "=", "account.move") & Domain("res_id", "in", moves)
            about |= Domain("res_model", "=", "res.partner") & Domain("res_id", "in", self.ids)
            planned_sudo.search(about & Domain("activity_type_id", "=", claims.id)).unlink()

    # Who is told -----------------------------------------------------------------------

    def _tell_responsible(self, say, moves=None, activity_type="mail.mail_activity_data_todo", day=None):
        """One activity for each of these customers, for its responsible in this company; ``moves``
        are the documents that it is about. It stands on a document: a customer's own activities are for
        every employee.

        :param say: of a customer, as the responsible reads it: (summary, text of the note)
        """
        documents = self._debt_documents() | {move.commercial_partner_id: move for move in (moves or ())[::-1]}
        documents = {partner: documents.get(partner.commercial_partner_id, partner) for partner in self}
        self.env["account.move"].union(  # warm: it is read one by one while planning
            *(document for document in documents.values() if document._name == "account.move")
        ).sudo().mapped("display_name")
        responsibles = self._collection_responsibles(moves)
        values = []
        for partner in self:
            user = responsibles.get(partner, self.env.user)
            summary, note = say(user._reading(partner))
            values.append(
                {
                    "activity_type_id": self.env.ref(activity_type).id,
                    "summary": summary,
                    "note": plaintext2html(note),
                    "automated": True,
                    "date_deadline": day or self.env.company._today(),
                    "res_model_id": self.env["ir.model"]._get_id(documents[partner]._name),
                    "res_id": documents[partner].id,
                    "user_id": user.id,
                }
            )
        # The engine's: who made it happen need not be allowed to plan for others. Nobody is mailed.
        return self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(values)

    def _noted(self, record):
        """A record about this customer, as who reads its chatter does, where nobody who works here acts: the
        customer's responsible in this company."""
        responsible = self._collection_responsibles().get(self, self.env.user)
        return self.env["res.users"]._noting(record, responsible)

    def _collection_responsibles(self, moves=None):
        """{customer: user}: its collector, else a salesperson of ``moves``, else the responsible of
        its policy; or who stands in for them. Customers of nobody are left out."""
        company_sudo = self.env.company.sudo()  # policies are the engine's, not the reader's
        self.env.flush_all()
        rows = self.env.execute_query(policies_of(self.ids or (0,), company_sudo._dunning_policy_sql()))
        policies_sudo = {row[0]: company_sudo.env["dunning.policy"].browse(row[1]) for row in rows}
        invoices = dict(groupby(moves or (), lambda move: move.commercial_partner_id))
        found = {}
        for partner_sudo, partner in zip(self.sudo(), self, strict=True):  # whoever asks
            policy_sudo = policies_sudo[partner.id]
            # Whose invoice it is, too.
            salespeople = [move.sudo().invoice_user_id for move in invoices.get(partner, ())]
            candidates = [partner_sudo.collector_id, *salespeople, policy_sudo.user_id, policy_sudo.create_uid]
            user = next((user for user in candidates if user and user.active), None)
            if user:
                found[partner] = user.with_env(self.env)._acting()
        return found

    # Promises --------------------------------------------------------------------------

    def action_promise(self):
        """Log a promise: everything is filled in. On the desk it is the result of a call."""
        self.check_access("read")
        self.env["dunning.promise"].check_access("create")
        dialog = "call" if self.env.context.get("l2c_line_id") else "new"
        return self._action_agree(f"lead_to_cash.dunning_promise_action_{dialog}", self._dunning_promise_defaults())

    def action_plan(self):
        """Agree on instalments: everything is filled in. On the desk it is the result of a call."""
        self.check_access("read")
        self.env["dunning.plan"].check_access("create")
        dialog = "call" if self.env.context.get("l2c_line_id") else "new"
        values = self._dunning_plan_defaults() | self._wished_plan()
        return self._action_agree(f"lead_to_cash.dunning_plan_action_{dialog}", values)

    def _action_agree(self, xmlid, values):
        if not values["move_line_ids"][0][2]:
            raise UserError(self.env._("Nothing is open that isn't promised already."))
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"context": self._dialog_context(values)}

    def _dunning_promise_defaults(self, items=None):
        """Values for a promise of this customer: for ``items`` (journal items), or for all that is
        overdue, else open, in the currency of which most is owed."""
        self.ensure_one()
        items = self._promisable(items)
        return {
            "partner_id": self.commercial_partner_id.id,
            "company_id": (items.company_id[:1] or self.env.company).id,
            "currency_id": (items.currency_id[:1] or self.env.company.currency_id).id,
            "amount": sum(items.mapped("claimed_currency")),
            "date": self._promise_date(),
            "move_line_ids": [Command.set(items.ids)],
        }

    def _dunning_plan_defaults(self, items=None):
        """The same for a plan."""
        values = self._dunning_promise_defaults(items)
        return values | {"total": values.pop("amount"), "first_date": values.pop("date")}

    def _promisable(self, items=None):
        """The items that can be promised, of ``items`` or of the customer."""
        taken = SQL(
            "(SELECT x.move_line_id FROM dunning_promise_line_rel x JOIN dunning_promise s ON s.id = x.promise_id"
            " WHERE s.state = 'open')"
        )
        self.env["dunning.promise"].flush_model(["state"])
        domain = (
            Domain("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id)
            & Domain("company_id", "=", self.env.company.id if items is None else items.company_id[:1].id)
            & self.env["account.move.line"]._open_domain()
            & Domain("amount_residual_currency", ">", 0)
            & Domain("id", "not in", taken)
        )
        if items is not None:
            domain &= Domain("id", "in", items.ids)
        found = self.env["account.move.line"].search(domain, order="date_maturity, id")
        today = self.env.company._today()
        overdue = found.filtered(lambda item: (item.date_maturity or item.date) < today)
        if items is None and overdue:
            found = overdue
        groups = found.grouped(lambda item: (item.company_id, item.currency_id)).values()
        return max(groups, key=lambda group: sum(group.mapped("amount_residual")), default=found)

    def _promise_date(self):
        """The customer's next payment day, else in a week: a working day that may be promised."""
        company, customer = self.env.company, self.commercial_partner_id
        today = company._today()
        days = payment_days(customer.payment_days)
        day = today + timedelta(days=7)
        if days:
            day = next_payment_day(today + timedelta(days=1), days)
        elif customer.payment_weekday:
            day = next_weekday(today + timedelta(days=1), int(customer.payment_weekday))
        policy_sudo = customer._get_dunning_policy().sudo()  # whoever promises need not see it
        off = company._dunning_holidays(today, day + timedelta(days=31))
        day = next_working_day(day, off)
        latest = today + timedelta(days=policy_sudo.promise_max_days) if policy_sudo else day
        return day if day <= latest else max(last_working_day(latest, off), today)
