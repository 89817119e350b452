from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        """Who was asked to send them has nothing more to do."""
        result = super()._hook_if_success(moves_data, from_cron=from_cron)
        moves = self.env["account.move"].browse(move.id for move in moves_data)
        moves._leaks_closed()
        self._end_tasks_to_send(moves)
        return result
