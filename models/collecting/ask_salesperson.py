from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_ask_salesperson(self):
        """Ask the salesperson of these invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_ask_salesperson(self):
        """Ask the salesperson of these customers for help."""
        return self.env["dunning.ask.salesperson"]._open(self)


class DunningNotice(models.Model):
    _inherit = "dunning.notice"

    def action_ask_salesperson(self):
        """Ask the salesperson of these notices' invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)
