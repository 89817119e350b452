from odoo import models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_handling_statuses(self):
        """Open the scheme of statuses."""
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.handling_status_action")
