from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_ask_salesperson(self):
        """Ask the salesperson of these invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)

    def action_pause(self):
        """Ask until when, and why, nobody is to be reminded of these documents.

        :raise AccessError: when the user isn't of Collections
        """
        self.check_access("read")
        self.env["collection.action"]._check_collections()
        return self.env["collection.action"]._open(self, "pause")

    def action_end_pause(self):
        """Remind of these documents again.

        :raise AccessError: when the user isn't of Collections
        """
        self.check_access("read")
        self.env["collection.action"]._check_collections()
        self.filtered("dunning_paused_until")._pause(False, False)
