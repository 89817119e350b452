from odoo import models
from odoo.exceptions import UserError


class ValidateAccountMove(models.TransientModel):
    """The host's dialog that posts many."""

    _inherit = "validate.account.move"

    def validate_move(self):
        """The complete ones are posted; of the others it is said what they lack.

        :raise UserError: when none is complete
        """
        self.check_access("write")
        refused = self.move_ids._refused()
        if not refused:
            return super().validate_move()
        left = self.move_ids.browse(move.id for move in self.move_ids if move not in refused)
        if not left:
            raise UserError("\n".join(refused.values()))
        self.move_ids = left
        return self.env["account.move"]._tell_refused(refused, super().validate_move())
