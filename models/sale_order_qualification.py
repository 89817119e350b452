from odoo import fields, models


class SaleOrder(models.Model):
    """What is known of the lead, for whoever makes the quotation, also when the lead is a
    colleague's."""

    _inherit = "sale.order"

    lead_need = fields.Char(related="opportunity_id.need")
    lead_interest_level = fields.Selection(related="opportunity_id.interest_level")
    lead_budget = fields.Monetary(related="opportunity_id.budget", currency_field="lead_currency_id", aggregator=None)
    lead_currency_id = fields.Many2one(related="opportunity_id.company_currency", string="Currency of the Lead")
    lead_decision_maker = fields.Char(related="opportunity_id.decision_maker")
    lead_decision_when = fields.Char(related="opportunity_id.decision_when")
    lead_qualified_date = fields.Date(related="opportunity_id.qualified_date")
