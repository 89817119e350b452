from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.own import ids_of

REPORTS = {
    "open": "lead_to_cash.action_report_statement",
    "movements": "lead_to_cash.action_report_statement",
    "confirmation": "lead_to_cash.action_report_balance_confirmation",
}


class StatementWizard(models.TransientModel):
    """Asks of which days customers get a statement of account or a balance confirmation."""

    _name = "statement.wizard"
    _inherit = ["l2c.clock.mixin"]
    _description = "Statement of Account"

    kind = fields.Selection(
        [("open", "Open items"), ("movements", "All movements"), ("confirmation", "Balance confirmation")],
        "Shows",
        required=True,
        default="open",
    )
    date_from = fields.Date("From", default=lambda self: self._today().replace(month=1, day=1))
    date_to = fields.Date("On", required=True, default=lambda self: self._today())
    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "res.partner" and "partner_ids" in fields_list:
            chosen = self.env["res.partner"].browse(ids_of(self.env, "active_ids"))
            values["partner_ids"] = [Command.set(chosen.commercial_partner_id.ids)]
        return values

    def action_print(self):
        """One PDF with a letter for each customer."""
        self.ensure_one()
        self.check_access("write")
        self._check_days()
        data = {"docids": self.partner_ids.ids, "date_to": fields.Date.to_string(self.date_to)}
        if self.kind == "movements":
            data["date_from"] = fields.Date.to_string(self.date_from)
        return self.env.ref(REPORTS[self.kind]).report_action(self.partner_ids, data=data)

    def _check_days(self):
        if self.kind == "movements" and not (self.date_from and self.date_from <= self.date_to):
            raise UserError(self.env._("The first day lies after the last. Choose an earlier one."))
