from odoo import api, models


class AccountPartialReconcile(models.Model):
    """The one place where money meets an invoice: payments, credit notes, write-offs."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["l2c.money"]._moved(partials.debit_move_id | partials.credit_move_id)
        return partials

    def unlink(self):
        if not self:
            return super().unlink()
        lines = self.debit_move_id | self.credit_move_id
        returned = self.filtered(lambda partial: partial.credit_move_id._is_payment()).debit_move_id
        result = super().unlink()
        returned.exists()._payment_returned()
        self.env["l2c.money"]._moved(lines.exists())
        return result
