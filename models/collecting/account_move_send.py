from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        """Who was asked to send them has nothing more to do."""
        result = super()._hook_if_success(moves_data, from_cron=from_cron)
        self.env["account.move"].browse(move.id for move in moves_data)._leaks_closed()
        return result
