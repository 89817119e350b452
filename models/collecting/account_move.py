from odoo import models
from odoo.fields import Domain

from ...engine.agreements.promises import under_discussion
from ...engine.collecting.leaks import DRAFT_INDEX, UNSENT_INDEX
from ..books.account_move import CUSTOMER_DOCUMENTS


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "customer.grade.mixin", "collection.leak.mixin"]

    # Serve the leaks: drafts of customers, and what is open and was never sent.
    _customer_draft_idx = models.Index(DRAFT_INDEX)
    _unsent_idx = models.Index(UNSENT_INDEX)

    def _orders_invoiced(self):
        """Invoices were posted, or are no more: their orders know how long the first one took, and what was asked
        about closed leaks ends."""
        invoices = self.filtered(lambda move: move.move_type in CUSTOMER_DOCUMENTS)
        # Who posts need not see the orders, nor whose tasks end.
        orders_sudo = invoices.sudo().line_ids.sale_line_ids.order_id
        for company, orders in orders_sudo.grouped("company_id").items():
            orders._stamp_lag(company._zone())
            self.env["collection.leak"].sudo()._end_closed(company, orders)  # as above
        self._leaks_closed()

    def _leaks_closed(self):
        """What was asked about those that leak no more ends."""
        for company, asked in self.sudo().filtered("leak_asked").grouped("company_id").items():  # as above
            self.env["collection.leak"].sudo()._end_closed(company, asked)  # as above

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
