from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """An order that waits for a sales manager is paid and not confirmed: the customer gets
        the mail that says the payment has come."""
        return super()._check_amount_and_confirm_order().filtered(lambda order: order.state == "sale")
