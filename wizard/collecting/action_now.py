from odoo import api, models
from odoo.exceptions import UserError


class CollectionAction(models.TransientModel):
    """What has a dialog of its own: reminding now, and closing."""

    _inherit = "collection.action"

    @api.model
    def _remind(self, records):
        """Ask whether the customers of ``records`` are reminded now: the dialog says what would leave."""
        self._check_collections()
        return self.env["collection.reminder"]._open(records if records is not None else self.env["res.partner"])

    @api.model
    def _close(self, records):
        """Ask for the reason, and close the open invoices of ``records``."""
        wizard = self.new({"res_model": records._name, "res_ids": records.ids})
        invoices = wizard._items().move_id._handling_documents()
        if not invoices:
            raise UserError(self.env._("There is no open invoice to close."))
        return invoices.action_close_dialog()
