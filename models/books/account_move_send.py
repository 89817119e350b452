from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """No way of sending takes an invoice that lacks what is compulsory for that."""

    _inherit = "account.move.send"

    @api.model
    def _get_move_constraints(self, move):
        constraints = super()._get_move_constraints(move)
        return constraints | {f"lead_to_cash_{row.id}": why for row, why in move._withheld().items()}
