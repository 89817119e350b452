from odoo import fields, models

from ...engine.handling.status import DOCUMENTS


class HandlingClose(models.TransientModel):
    """Asks with which reason documents are closed."""

    _name = "handling.close"
    _inherit = ["l2c.chosen.mixin", "l2c.real.records.mixin"]
    _description = "Close with a Reason"

    res_model = fields.Selection(DOCUMENTS, required=True)
    reason_id = fields.Many2one("crm.lost.reason", required=True)
    note = fields.Text()

    def action_close(self):
        """Close the documents."""
        self.ensure_one()
        self.check_access("write")
        return self._chosen(self.res_model).action_close(self.reason_id, self.note)
