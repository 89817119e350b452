from odoo import models


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "collector.mine.mixin"]

    def action_pause(self):
        """Pause the documents of these items until a day."""
        self.check_access("read")
        return self.move_id.action_pause()
