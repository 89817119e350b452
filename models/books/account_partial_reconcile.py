from odoo import api, models


class AccountPartialReconcile(models.Model):
    """The one place where money meets an invoice: payments, credit notes, write-offs."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._reconciled_moves()._handling_sync()
        self.env["dunning.notice"]._residual_changed(partials.debit_move_id | partials.credit_move_id)
        self.env["dunning.write.off"]._money_moved(partials.debit_move_id | partials.credit_move_id)
        return partials

    def unlink(self):
        if not self:
            return super().unlink()
        moves = self._reconciled_moves()
        lines = self.debit_move_id | self.credit_move_id
        returned = self.filtered(lambda partial: partial.credit_move_id._is_payment()).debit_move_id
        result = super().unlink()
        returned.exists()._payment_returned()
        moves.exists()._handling_sync()
        self.env["dunning.notice"]._residual_changed(lines.exists())
        self.env["dunning.write.off"]._money_moved(lines.exists())
        return result

    def _reconciled_moves(self):
        return (self.debit_move_id | self.credit_move_id).move_id
