from odoo import api, fields, models


class AccountMove(models.Model):
    """When a document will be paid, for bookkeepers."""

    _inherit = "account.move"

    payment_forecast_text = fields.Char(
        "Payment Forecast",
        compute="_compute_payment_forecast_text",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("amount_residual")
    @api.depends_context("lang")
    def _compute_payment_forecast_text(self):
        """What was forecast last night, in the reader's words."""
        found = self.env["payment.forecast"].search([("move_id", "in", self.ids), ("move_id.amount_residual", "!=", 0)])
        said = {forecast.move_id.id: forecast._sentence() for forecast in found}
        for move in self:
            move.payment_forecast_text = said.get(move._origin.id, "")
