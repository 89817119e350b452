from odoo import models
from odoo.tools import html2plaintext


class CrmLeadLost(models.TransientModel):
    """Odoo's own dialog for losing a lead: what is written there is kept with the reason."""

    _inherit = "crm.lead.lost"

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        if note := html2plaintext(self.lost_feedback or "").strip():
            self.lead_ids.sudo().closure_note = note  # who may lose them may say why
        return result
