from odoo import fields, models


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
    late_1 = fields.Float("Late", readonly=True, aggregator="avg", help="Chance that it is paid after its due date.")
    late_30 = fields.Float("30 Days Late", readonly=True, aggregator="avg")
    late_60 = fields.Float("60 Days Late", readonly=True, aggregator="avg")
    expected_days_late = fields.Float(digits=(16, 1), readonly=True, aggregator="avg")
    paid_early = fields.Date("Earliest", readonly=True, help="By this day it is paid with a chance of 10 %.")
    paid_likely = fields.Date("Likely", readonly=True, help="By this day it is paid with a chance of 50 %.")
    paid_latest = fields.Date("Latest", readonly=True, help="By this day it is paid with a chance of 90 %.")

    # A document has one forecast; serves looking it up.
    _move_uniq = models.Constraint("UNIQUE(move_id)", "A document has one payment forecast.")
