from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ageing_days_1 = fields.Integer(related="company_id.ageing_days_1", readonly=False)
    ageing_days_2 = fields.Integer(related="company_id.ageing_days_2", readonly=False)
    ageing_days_3 = fields.Integer(related="company_id.ageing_days_3", readonly=False)

    def action_payment_ways(self):
        """Open what customers are told of paying."""
        self.check_access("write")
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.payment_way_action")
