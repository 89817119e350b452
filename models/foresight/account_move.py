from odoo import api, fields, models

from ..books.res_partner import BOOKKEEPERS
from .guarded import GuardedSelection


class AccountMove(models.Model):
    """How the customer of a document pays, and when it will be paid, for bookkeepers."""

    _inherit = "account.move"

    payment_grade = GuardedSelection(
        related="commercial_partner_id.payment_grade", string="Customer's Payment Grade", groups=BOOKKEEPERS
    )
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

    def _traverse_related_sql(self, alias, field, query):
        """Ordering and grouping by the grade is reading it."""
        if field.name == "payment_grade":
            self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)
