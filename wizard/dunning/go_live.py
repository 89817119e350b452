from odoo import api, fields, models
from odoo.exceptions import UserError


class DunningGoLive(models.TransientModel):
    """Prepares the first run of a policy: what of the past it knows, and how carefully it
    begins. Nothing leaves before a person has seen and released it."""

    _name = "dunning.go.live"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Go Live with Dunning"

    policy_id = fields.Many2one("dunning.policy", required=True, readonly=True)
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    start_date = fields.Date("Runs from", help="Empty: at once.")
    cut_off_date = fields.Date(help="Items due before this day were followed up elsewhere until now. Empty: none were.")
    older_items = fields.Selection(
        [("level", "As already at a level"), ("manual", "By hand, without reminders")],
        required=True,
        default="level",
    )
    cut_off_level_id = fields.Many2one("dunning.level", "Level", domain="[('policy_id', '=', policy_id)]")
    daily_limit = fields.Integer("Most Notices a Day", help="0: no limit.")
    include_opening = fields.Boolean("Include Opening Balances")
    opening_count = fields.Integer(compute="_compute_opening")
    opening_amount = fields.Monetary(compute="_compute_opening")
    needs_release = fields.Boolean("Approve Everything First", default=True)
    rehearsal_user_id = fields.Many2one(
        "res.users", "All E-mails First to", default=lambda self: self.env.user, domain=[("share", "=", False)]
    )
    other_follow_up = fields.Char(compute="_compute_other_follow_up")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        policy = self.env["dunning.policy"].browse(values.get("policy_id"))
        if policy:
            values |= {
                "start_date": policy.start_date,
                "cut_off_date": policy.cut_off_date,
                "cut_off_level_id": policy.cut_off_level_id.id,
                "daily_limit": policy.company_id.dunning_daily_limit,
            }
        return values

    @api.depends("policy_id")
    def _compute_opening(self):
        for wizard in self:
            items = self.env["account.move.line"].search(wizard.company_id._dunning_opening_domain()).filtered("debit")
            wizard.opening_count = len(items)
            wizard.opening_amount = sum(items.mapped("amount_residual"))

    @api.depends_context("uid")
    def _compute_other_follow_up(self):
        self.other_follow_up = self.env.company._dunning_other_follow_up()

    def action_go_live(self):
        """Write the settings, start the policy, and show what it will do."""
        self.ensure_one()
        self.check_access("write")
        self.policy_id.check_access("write")
        if self.cut_off_date and self.older_items == "level" and not self.cut_off_level_id:
            raise UserError(self.env._("Choose the level that older items have reached, or leave them to people."))
        # Collections managers need not administer companies; these are settings of dunning.
        self.company_id.sudo().write(self._prepare_company_values())
        self.policy_id.write(self._prepare_policy_values())
        if self.include_opening:
            self.env["account.move.line"].search(self.company_id._dunning_opening_domain()).no_followup = False
        self.policy_id.action_start()
        return self.policy_id.action_preview()

    def _prepare_company_values(self):
        return {
            "dunning_daily_limit": self.daily_limit,
            "dunning_awaits_release": self.needs_release,
            "dunning_rehearsal_user_id": self.needs_release and self.rehearsal_user_id.id,
        }

    def _prepare_policy_values(self):
        by_level = self.cut_off_date and self.older_items == "level"
        return {
            "start_date": self.start_date,
            "cut_off_date": self.cut_off_date,
            "cut_off_level_id": self.cut_off_level_id.id if by_level else False,
        }
