from odoo import models


class PaymentToken(models.Model):
    _inherit = "payment.token"

    def _handle_archiving(self):
        """A card that is removed is charged no more: what was agreed of it ends."""
        result = super()._handle_archiving()
        consents_sudo = self.env["payment.consent"].sudo()  # whoever removes a card
        consents_sudo.search([("token_id", "in", self.ids), ("state", "=", "active")])._withdraw(
            by=self.env.user.partner_id
        )
        return result
