from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_ask_salesperson(self):
        """Ask the salesperson of these invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)
