from odoo import fields, models


class PaymentModel(models.Model):
    """What a night learnt from the books of a company: the figures from which its forecasts follow."""

    _name = "payment.model"
    _inherit = ["l2c.clock.mixin"]
    _description = "Payment Model"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)
    version = fields.Char(required=True, readonly=True, help="Of the model. 0: the customer's own rate is used.")
    weights = fields.Json(readonly=True, help="What was learnt: coefficients and shares, as the engine reads them.")
    figures = fields.Json(readonly=True, help="Of the back-test over the last 12 months.")
    is_used = fields.Boolean(
        "In Use", readonly=True, help="It wins against the plain rules on the company's own books."
    )
    settled_count = fields.Integer("Settled Documents", readonly=True)
