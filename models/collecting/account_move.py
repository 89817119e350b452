from odoo import api, fields, models
from odoo.exceptions import AccessError
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

    lacks_order_number = fields.Boolean(compute="_compute_lacks_order_number", groups="base.group_user")
    uploaded_on = fields.Date(
        "Uploaded on", copy=False, readonly=True, help="To the customer's own portal, last.", groups="base.group_user"
    )
    uploaded_by_id = fields.Many2one("res.users", "Uploaded by", copy=False, readonly=True, groups="base.group_user")
    upload_count = fields.Integer(
        "Uploads",
        compute="_compute_upload_count",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    has_customer_portal = fields.Boolean(compute="_compute_lacks_order_number", groups="base.group_user")

    @api.depends("ref", "partner_id", "company_id", "move_type", "payment_state")
    def _compute_lacks_order_number(self):
        """Whether the customer pays no invoice without its order number, and this one has none."""
        for move in self:
            # How the customer pays is a fact of the invoice, for whoever writes it.
            customer_sudo = move.partner_id.commercial_partner_id.sudo().with_company(move.company_id)
            is_open = move.move_type in ("out_invoice", "out_receipt") and move.payment_state not in (
                "paid",
                "reversed",
            )
            missing = not (move.ref or "").strip() and not move._ordered_as()
            move.lacks_order_number = bool(is_open and missing and customer_sudo.needs_order_number)
            move.has_customer_portal = bool(is_open and customer_sudo.supplier_portal_url)

    def _ordered_as(self):
        """The customer's order numbers on the orders that are invoiced."""
        orders_sudo = self.invoice_line_ids.sudo().sale_line_ids.order_id  # as above
        return [ref for ref in orders_sudo.mapped("client_order_ref") if ref]

    @api.depends("uploaded_on")
    def _compute_upload_count(self):
        counts = self.env["invoice.upload"]._read_group([("move_id", "in", self.ids)], ["move_id"], ["__count"])
        counts = {move.id: count for move, count in counts}
        for move in self:
            move.upload_count = counts.get(move.id, 0)

    def action_uploads(self):
        """Who uploaded these invoices, and when."""
        self.check_access("read")
        self.env["invoice.upload"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.invoice_upload_action")
        return action | {"domain": [("move_id", "in", self.ids)]}

    def action_uploaded(self):
        """These invoices were uploaded to the customers' portals, once more or for the first time: by whom and when is
        kept.

        :raise AccessError: for who doesn't do the books
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Those who do the books say what was uploaded."))
        moves = self.filtered(lambda move: move.state == "posted" and move.has_customer_portal)
        # On a posted invoice that is no accounting.
        moves_sudo = moves.sudo().with_context(skip_is_manually_modified=True)
        moves_sudo.write({"uploaded_on": self.env.company._today(), "uploaded_by_id": self.env.uid})
        self.env["invoice.upload"]._log(moves)
        moves.invalidate_recordset(["upload_count"])
        return True

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
