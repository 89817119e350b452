from odoo import models


class ResPartner(models.Model):
    """A customer recommends us to somebody."""

    _inherit = "res.partner"

    def action_new_referral(self):
        """Open a new lead that comes from this customer's referral."""
        self.ensure_one()
        self.check_access("read")
        self.env["crm.lead"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Referral"),
            "res_model": "crm.lead",
            "views": [(False, "form")],
            "context": {
                "default_type": "opportunity",
                "default_source_id": self.env.ref("utm.utm_source_referral").id,
                "default_referred": self.display_name,
                "default_user_id": self.env.uid,
            },
        }
