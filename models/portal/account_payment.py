from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_post(self):
        result = super().action_post()
        # Who posts a payment need not see online payments.
        for payment in self.sudo().filtered("payment_transaction_id"):
            payment._pay_ticked(payment.payment_transaction_id)
        return result

    def _pay_ticked(self, transaction):
        """Match with what the customer has ticked, before the host takes the oldest of the documents."""
        items = (transaction.source_transaction_id or transaction).collection_item_ids
        lines = (self.move_id.line_ids | items).filtered(
            lambda line: line.account_id == self.destination_account_id and not line.reconciled
        )
        if items & lines and lines - items:
            lines.reconcile()
