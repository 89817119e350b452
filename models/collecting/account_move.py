from odoo import models
from odoo.fields import Domain

from ...engine.agreements.promises import under_discussion


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "customer.grade.mixin"]

    def action_ask_salesperson(self):
        """Ask the salesperson of these invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)

    def _without_next_action_domain(self):
        """What is planned for the customer, promised or disputed is an invoice's next action, too."""
        self.env["dunning.promise"].flush_model(["state", "move_line_ids"])
        self.env["dunning.dispute"].flush_model(["state", "move_line_ids"])
        planned = Domain("commercial_partner_id.activity_ids", "!=", False)
        return super()._without_next_action_domain() & ~planned & Domain("id", "not in", under_discussion())

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
