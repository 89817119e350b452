from odoo import api, models


class AccountPartialReconcile(models.Model):
    """The one place where money meets an invoice: payments, credit notes, write-offs."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._see_returns()
        self.env["l2c.money"]._moved(partials.debit_move_id | partials.credit_move_id)
        return partials

    def _see_returns(self):
        """The bank took money back: a payment of its statement is matched with a payment that was unmatched
        from its items. To unmatch and match again says nothing."""
        money = self.filtered(lambda partial: partial.credit_move_id._is_payment())
        for payment, items in money.credit_move_id._forget_unmatched().items():
            back = money.filtered(lambda partial, payment=payment: partial.credit_move_id == payment).debit_move_id
            if back := back.filtered(lambda line: line.statement_line_id and line.balance > 0)[:1]:
                items._still_owed()._came_back(back.date, payment.move_name, back.name)

    def unlink(self):
        if not self:
            return super().unlink()
        lines = self.debit_move_id | self.credit_move_id
        for partial in self.filtered(lambda partial: partial.credit_move_id._is_payment()):
            partial.debit_move_id._unmatched_from(partial.credit_move_id)
        result = super().unlink()
        self.env["l2c.money"]._moved(lines.exists())
        return result
