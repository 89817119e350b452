from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    """A credit note that is made for a dispute belongs to it."""

    _inherit = "account.move.reversal"

    dispute_id = fields.Many2one("dunning.dispute", "For the Dispute", readonly=True)

    def reverse_moves(self, is_modify=False):
        action = super().reverse_moves(is_modify=is_modify)
        dispute = self.dispute_id
        if dispute and self.move_ids <= dispute.move_line_ids.move_id:
            dispute.check_access("write")
            notes = self.new_move_ids.filtered(lambda move: move.move_type == "out_refund")
            notes.sudo().dispute_id = dispute  # who credits need not write fields of ours
        return action
