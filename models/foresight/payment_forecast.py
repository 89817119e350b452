from odoo import fields, models
from odoo.tools import format_date


class PaymentForecast(models.Model):
    """When an open document will be paid, as of a night."""

    _name = "payment.forecast"
    _inherit = ["l2c.reasons.mixin"]
    _description = "Payment Forecast"
    _order = "late_30 desc, id"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", "Document", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    as_of = fields.Date("As of", required=True, readonly=True)
    version = fields.Char(required=True, readonly=True)
    date_due = fields.Date(related="move_id.invoice_date_due")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_residual = fields.Monetary(related="move_id.amount_residual", string="Open Balance")
    late_1 = fields.Float("Late", readonly=True, aggregator="avg", help="Chance that it is paid after its due date.")
    late_30 = fields.Float("30 Days Late", readonly=True, aggregator="avg")
    late_60 = fields.Float("60 Days Late", readonly=True, aggregator="avg")
    expected_days_late = fields.Float(digits=(16, 1), readonly=True, aggregator="avg")
    paid_early = fields.Date("Earliest", readonly=True, help="By this day it is paid with a chance of 10 %.")
    paid_likely = fields.Date("Likely", readonly=True, help="By this day it is paid with a chance of 50 %.")
    paid_latest = fields.Date("Latest", readonly=True, help="By this day it is paid with a chance of 90 %.")

    # A document has one forecast; serves looking it up.
    _move_uniq = models.Constraint("UNIQUE(move_id)", "A document has one payment forecast.")

    def _sentence(self):
        """The day, how sure it is to be late, and why."""
        values = {
            "day": format_date(self.env, self.paid_likely),
            "share": round(100 * self.late_1),
            "reasons": self._reason_list(),
        }
        if self.late_1 >= 0.995:  # it is past due, or as good as
            said = self.env._("Expected on %(day)s", **values)
        else:
            said = self.env._("Expected on %(day)s, %(share)s %% late", **values)
        return self.env._("%(said)s: %(reasons)s.", said=said, **values) if values["reasons"] else f"{said}."

    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
