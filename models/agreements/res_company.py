from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What a company can attach its own server action to, beside the levels: the field that
#: holds it, and the model of its records.
EVENTS = {
    "promise_broken": ("promise_broken_action_id", "dunning.promise"),
    "answer_received": ("answer_received_action_id", "dunning.notice"),
}


class ResCompany(models.Model):
    """Limits for giving up what is owed, and a company's own actions on events of collection."""

    _inherit = "res.company"

    write_off_account_id = fields.Many2one(
        "account.account",
        "Account for Bad Debts",
        check_company=True,
        domain=[("account_type", "in", ("expense", "expense_other", "asset_current", "asset_receivable"))],
        groups="base.group_user",
        audited=True,
    )
    write_off_limit_user = fields.Monetary(
        "Users Write off up to",
        default=0.0,
        help="What a Collections user may approve alone, for one customer.",
        groups="base.group_user",
        audited=True,
    )
    write_off_limit_manager = fields.Monetary(
        "Managers Write off up to",
        default=500.0,
        help="What a Collections manager may approve alone; above it two managers approve.",
        groups="base.group_user",
        audited=True,
    )
    write_off_window_days = fields.Integer(
        "Counted Together within",
        default=90,
        help="Days: what was proposed, approved or written off of one customer within them counts together.",
        groups="base.group_user",
        audited=True,
    )
    charges_saved_cards = fields.Boolean(
        "Charge Saved Cards",
        help="What customers have agreed to have charged by itself: instalments of payment plans, or all invoices.",
        groups="base.group_user",
        audited=True,
    )
    charge_notice_days = fields.Integer(
        "Announced before",
        default=14,
        help="Days before something is charged, the customer is told what and when.",
        groups="base.group_user",
        audited=True,
    )
    # What is attached runs with all rights: administrators choose it.
    promise_broken_action_id = fields.Many2one(
        "ir.actions.server",
        "When a Promise Is Broken",
        domain=[("model_name", "=", "dunning.promise")],
        ondelete="set null",
        groups="base.group_system",
    )
    answer_received_action_id = fields.Many2one(
        "ir.actions.server",
        "When a Customer Answers",
        domain=[("model_name", "=", "dunning.notice")],
        ondelete="set null",
        groups="base.group_system",
    )

    @api.constrains("write_off_limit_user", "write_off_limit_manager", "write_off_window_days")
    def _check_write_off_limits(self):
        for company in self:
            if min(company.write_off_limit_user, company.write_off_limit_manager) < 0:
                raise ValidationError(
                    self.env._("A limit for write-offs can't be negative; 0 means that nothing is approved alone.")
                )
            if company.write_off_window_days < 1:
                raise ValidationError(self.env._("Write-offs count together within one day at least."))

    @api.constrains("charge_notice_days")
    def _check_charge_notice_days(self):
        for company in self:
            if not 1 <= company.charge_notice_days <= 60:
                raise ValidationError(
                    self.env._("What is charged to a saved card is announced at least one day before, and at most 60.")
                )

    @api.constrains("promise_broken_action_id", "answer_received_action_id")
    def _check_event_actions(self):
        for company in self:
            for name, model in EVENTS.values():
                company[name]._check_is_for(model)

    @api.model
    def _dunning_fire(self, event, records):
        """After ``event`` (a key of ``EVENTS``) has happened to ``records``, run what their
        companies attached to it. What fails is told on the record, and stops nothing."""
        name, _model = EVENTS[event]
        for company, group in records.grouped("company_id").items():
            company.sudo()[name]._run_after_the_fact(group)  # chosen by an administrator
