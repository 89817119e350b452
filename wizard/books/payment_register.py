from odoo import fields, models


class AccountPaymentRegister(models.TransientModel):
    """Asks, of a payment that leaves something open, whether the customer withheld it as tax."""

    _inherit = "account.payment.register"

    is_tax_withheld = fields.Boolean(
        "Rest Withheld as Tax",
        help="Nobody is reminded of what stays open; its certificate is asked for.",
    )

    def _create_payment_vals_from_wizard(self, batch_result):
        return super()._create_payment_vals_from_wizard(batch_result) | self._withheld_values()

    def _create_payment_vals_from_batch(self, batch_result):
        return super()._create_payment_vals_from_batch(batch_result) | self._withheld_values()

    def _withheld_values(self):
        of_customer = self.payment_type == "inbound" and self.partner_type == "customer"
        return {"is_tax_withheld": True} if self.is_tax_withheld and of_customer else {}
