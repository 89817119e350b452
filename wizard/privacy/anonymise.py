from odoo import fields, models


class PrivacyAnonymise(models.TransientModel):
    """Asks once more, and says what goes and what stays."""

    _name = "privacy.anonymise"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Anonymise a Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)

    def action_anonymise(self):
        """Anonymise the customer and its contacts. There is no way back."""
        self.check_access("write")
        self.ensure_one()
        self.partner_id.check_access("read")
        self.partner_id._anonymise()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
