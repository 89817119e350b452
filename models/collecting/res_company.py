from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.collecting.watch_question import Watch
from ...engine.handling.own import Own
from ..dunning.notice import PENDING
from ..handling.audit_log import WHY

#: Settings of the watch list; 0 switches each off.
WATCH_NUMBERS = (
    *("watch_silent_mails", "watch_habit_days", "watch_chronic_days", "watch_broken_promises"),
    *("watch_again_days", "late_proposal_days"),
)


class ResCompany(models.Model):
    """When customers are watched, and which debts hold their orders."""

    _inherit = "res.company"

    watch_silent_mails = fields.Integer(
        "E-mails without Reply",
        default=3,
        help="So many in a row put a customer on the watch list. 0: never.",
        groups="base.group_user",
    )
    watch_habit_days = fields.Integer(
        "Days Later than Usual",
        default=14,
        help="Later than the customer's usual delay by so many days puts it on the watch list. 0: never.",
        groups="base.group_user",
    )
    watch_chronic_days = fields.Integer(
        "Late as a Rule",
        default=30,
        help="Who is expected to pay so many days after the due date is on the watch list, and so is who has "
        "grade D or E. 0: nobody is.",
        groups="base.group_user",
    )
    watch_broken_promises = fields.Integer(
        "Broken Promises",
        default=3,
        help="So many in twelve months put a customer on the watch list. 0: never.",
        groups="base.group_user",
    )
    watch_again_days = fields.Integer(
        "Look Again After",
        default=30,
        help="Days after which somebody looks again at what was dealt with and still holds. 0: only at new reasons.",
        groups="base.group_user",
    )
    late_deposit_percent = fields.Float(
        "Deposit of Late Payers",
        default=0.3,
        help="Of a quotation's total: what is offered for customers of grade D and E.",
        groups="base.group_user",
    )
    late_payment_term_id = fields.Many2one(
        "account.payment.term",
        "Terms of Late Payers",
        help="What is offered for customers of grade D and E. Empty: immediate payment.",
        groups="base.group_user",
    )
    late_proposal_days = fields.Integer(
        "Propose Again After",
        default=180,
        help="After so many days what was refused is proposed again. 0: never.",
        groups="base.group_user",
    )

    hold_sales_grade = fields.Selection(
        [("none", "Never"), ("e", "Grade E"), ("d", "Grades D and E")],
        "Payment Grade Holds Orders",
        default="none",
        help="Orders of companies with this grade wait for a sales manager, whatever they owe. Never those of persons.",
        groups="base.group_user",
        audited=True,
    )
    hold_sales_disputed = fields.Boolean(
        "Disputed Debts Hold Orders",
        help="Else an order isn't held for a debt with an open dispute.",
        groups="base.group_user",
        audited=True,
    )
    hold_sales_promised = fields.Boolean(
        "Promised Debts Hold Orders",
        help="Else an order isn't held for a debt that the customer has promised to pay, until that promise is broken.",
        groups="base.group_user",
        audited=True,
    )

    leak_order_days = fields.Integer(
        "Order Not Invoiced",
        default=3,
        help="Days after the confirmation, or the first delivery, after which the salesperson is asked to invoice. 0: never.",
        groups="base.group_user",
    )
    leak_draft_days = fields.Integer(
        "Invoice Not Posted",
        default=2,
        help="Days after which somebody is asked to post a draft, or to delete it. 0: never.",
        groups="base.group_user",
    )
    leak_unsent_days = fields.Integer(
        "Invoice Not with the Customer",
        default=1,
        help="Days after which somebody is asked to send an invoice that was never sent, was refused, or could not be "
        "delivered. 0: never.",
        groups="base.group_user",
    )

    @api.constrains("leak_order_days", "leak_draft_days", "leak_unsent_days")
    def _check_leak_days(self):
        for company in self:
            if min(company.leak_order_days, company.leak_draft_days, company.leak_unsent_days) < 0:
                raise ValidationError(self.env._("Days until somebody is asked can't be negative; 0 switches it off."))

    @api.constrains(*WATCH_NUMBERS)
    def _check_watch_numbers(self):
        for company in self:
            if any(company[name] < 0 for name in WATCH_NUMBERS):
                raise ValidationError(self.env._("Limits of the watch list can't be negative; 0 switches one off."))

    @api.constrains("late_deposit_percent")
    def _check_late_deposit(self):
        for company in self:
            if not 0 < company.late_deposit_percent <= 1:
                raise ValidationError(self.env._("A deposit is more than 0 % and at most 100 %."))

    def _dunning_pause(self, until, reason):
        """Nobody is reminded of anything until that day (False: from now on again), for a reason; what has not
        left yet is withdrawn. Whoever calls it has asked for the right."""
        self.ensure_one()
        # Who runs Collections need not set the company up.
        company_sudo = self.sudo().with_context(**{WHY: Own(reason or "")})
        company_sudo.write({"dunning_paused_until": until, "dunning_pause_reason": reason})
        notices = self.env["dunning.notice"].with_company(self)
        pending = [("company_id", "=", self.id), ("state", "in", PENDING)]
        # Whoever pauses everything need not see each notice.
        notices._customers_changed(notices.sudo().search(pending).partner_id)

    def _late_payment_term(self):
        """The payment terms that are offered for late payers."""
        term = self.late_payment_term_id or self.env.ref(
            "account.account_payment_term_immediate", raise_if_not_found=False
        )
        return term or self.env["account.payment.term"]

    def _watch_question(self):
        """What the engine of the watch list is asked for this company, as of today."""
        partner = self.env["res.partner"].with_company(self)
        return Watch(
            company_id=self.id,
            today=self._today(),
            zone=self._zone(),
            tries_since=self._kept_since("keep_attempts_months"),
            silent_mails=self.watch_silent_mails,
            habit_margin=self.watch_habit_days,
            chronic_days=self.watch_chronic_days,
            broken_promises=self.watch_broken_promises,
            credit_limit=self._credit_limit_sql(partner),
            credit_companies=tuple(self.search([("id", "child_of", self.root_id.id)]).ids),
            rating=partner._field_to_sql("cp", "external_rating"),
            rating_source=partner._field_to_sql("cp", "external_rating_source"),
            rating_date=partner._field_to_sql("cp", "external_rating_date"),
        )

    def _credit_limit_sql(self, partners):
        """An expression on the customer ``cp``: its limit, as the host shows it; 0 where it uses none."""
        if not self.account_use_credit_limit:
            return SQL("0")
        return SQL("COALESCE(%s, 0)", partners._field_to_sql("cp", "credit_limit"))
