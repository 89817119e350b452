from odoo import models

#: States of a payment that was taken back.
RETURNED = ("rejected", "canceled")


class AccountPayment(models.Model):
    """A payment without an entry of its own changes its invoices by its state alone."""

    _inherit = "account.payment"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        invoices = self.invoice_ids | self.reconciled_invoice_ids
        under_way = self.filtered(lambda payment: payment.state in ("in_process", "paid")).invoice_ids
        result = super().write(vals)
        if vals["state"] in RETURNED:
            under_way.line_ids._payment_returned()
        (invoices | self.invoice_ids)._handling_sync()
        return result
