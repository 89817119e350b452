from odoo import models


class AccountPayment(models.Model):
    """A payment without an entry of its own changes its invoices by its state alone."""

    _inherit = "account.payment"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        invoices = self.invoice_ids | self.reconciled_invoice_ids
        result = super().write(vals)
        (invoices | self.invoice_ids)._handling_sync()
        return result
