from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.collecting import customers as engine
from ...engine.sales.proforma import PROFORMA_WAITING
from .res_partner import BOOKKEEPERS


class ResPartner(models.Model):
    """All that is known of a customer's debts to the current company, on one page."""

    _inherit = "res.partner"

    collection_line_ids = fields.Many2many(
        "collections.customer", string="By Currency", compute="_compute_collection_line_ids", groups=BOOKKEEPERS
    )
    has_several_currencies = fields.Boolean(compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_overdue = fields.Monetary("Overdue", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_open = fields.Monetary("Open Balance", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_credits = fields.Monetary("Open Credits", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_oldest = fields.Date("Due since", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_badge = fields.Selection(
        engine.BADGES, "Stopped by", compute="_compute_collection_line_ids", groups=BOOKKEEPERS
    )
    collection_level_id = fields.Many2one(
        "dunning.level", "Level", compute="_compute_collection_line_ids", groups=BOOKKEEPERS
    )
    collection_policy_id = fields.Many2one(
        "dunning.policy", "Policy", compute="_compute_collection_line_ids", groups=BOOKKEEPERS
    )
    collection_step = fields.Char("Next Step", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_step_date = fields.Date("Next Step on", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_contact = fields.Datetime("Last Contact", compute="_compute_collection_line_ids", groups=BOOKKEEPERS)
    collection_item_ids = fields.Many2many(
        "account.move.line", string="Open Items", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_promise_ids = fields.Many2many(
        "dunning.promise", string="Promises", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_plan_ids = fields.Many2many(
        "dunning.plan", string="Payment Plans", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_charge_ids = fields.Many2many(
        "payment.charge", string="Charges", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_dispute_ids = fields.Many2many(
        "dunning.dispute", string="Disputes", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_notice_ids = fields.Many2many(
        "dunning.notice", string="Notices", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_proforma_ids = fields.Many2many(
        "sale.order", string="Pro-Formas", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_upload_ids = fields.Many2many(
        "invoice.upload", string="Uploads", compute="_compute_collection_records", groups=BOOKKEEPERS
    )
    collection_answer_ids = fields.Many2many(
        "dunning.answer", string="Answers", compute="_compute_collection_records", groups=BOOKKEEPERS
    )

    @api.depends_context("company", "uid", "lang")
    def _compute_collection_line_ids(self):
        """The customer's lines, and what they say together in the company's currency."""
        company = self.env.company
        customers = self.commercial_partner_id.ids
        found = self.env["collections.customer"].search(
            [("partner_id", "in", customers), ("company_id", "=", company.id)]
        )
        by_customer = found.grouped("partner_id")
        for partner in self:
            lines = by_customer.get(partner.commercial_partner_id._origin, found[:0])
            partner.collection_line_ids = lines
            partner.has_several_currencies = bool(lines.currency_id - company.currency_id)
            partner.collection_overdue = sum(lines.mapped("overdue_value"))
            partner.collection_open = sum(lines.mapped("open_value"))
            partner.collection_credits = sum(lines.mapped("credit_value"))
            partner.collection_oldest = min(filter(None, lines.mapped("oldest_date")), default=False)
            first = lines[:1]
            partner.collection_badge = first.badge
            partner.collection_level_id = first.level_id
            partner.collection_policy_id = first.policy_id
            partner.collection_step, partner.collection_step_date = first.next_step, first.next_step_date
            partner.collection_contact = first.last_contact

    @api.depends_context("company", "uid")
    def _compute_collection_records(self):
        """The last ones of each kind that the reader may see."""
        for partner in self:
            own = [("partner_id", "=", partner.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
            partner.collection_item_ids = partner._open_receivables()
            partner.collection_promise_ids = self.env["dunning.promise"].search(
                [*own, ("plan_id", "=", False)], limit=20
            )
            partner.collection_plan_ids = self.env["dunning.plan"].search(own, limit=20)
            partner.collection_charge_ids = self.env["payment.charge"].search(own, limit=20)
            partner.collection_dispute_ids = self.env["dunning.dispute"].search(own, limit=20)
            partner.collection_notice_ids = self.env["dunning.notice"].search(own, limit=20)
            orders = self.env["sale.order"]
            asked = [
                ("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
                ("proforma_state", "in", (*PROFORMA_WAITING, "paid")),
            ]
            partner.collection_proforma_ids = orders.search(asked, limit=20) if orders.has_access("read") else orders
            partner.collection_upload_ids = self.env["invoice.upload"].search(own, limit=20)
            partner.collection_answer_ids = self.env["dunning.answer"].search(own, limit=20)

    def _open_receivables(self):
        """The open items of the customer in the current company, debits and credits, the oldest first."""
        items = self.env["account.move.line"]
        return items.search(
            [
                ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                *items._open_domain(),
            ],
            order="date_maturity, id",
            limit=80,
        )

    hold_text = fields.Char(
        "Held", compute="_compute_hold_text", groups=BOOKKEEPERS, help="Until when nobody is reminded, and why."
    )
    is_held_alone = fields.Boolean(compute="_compute_hold_text", groups=BOOKKEEPERS)

    @api.depends("dunning_hold_until", "dunning_hold_reason")
    @api.depends_context("company", "lang")
    def _compute_hold_text(self):
        """Of the customer, or of everybody: what lasts longer."""
        company, today = self.env.company, self.env.company._today()
        everybody = (company.dunning_paused_until, company.dunning_pause_reason)
        for partner in self:
            customer = partner.commercial_partner_id
            own = (customer.dunning_hold_until, customer.dunning_hold_reason)
            partner.is_held_alone = bool(own[0] and own[0] >= today)
            holds = [hold for hold in (own, everybody) if hold[0] and hold[0] >= today]
            until, reason = max(holds, key=lambda hold: hold[0], default=(False, False))
            partner.hold_text = until and self.env._(
                "Nobody is reminded until %(day)s: %(reason)s", day=format_date(self.env, until), reason=reason or ""
            )

    # Buttons ------------------------------------------------------------------------------

    def action_resume(self):
        """End the customer's hold.

        :raise AccessError: when the user isn't of Collections
        """
        self.check_access("read")
        actions = self.env["collection.action"]
        actions._check_collections()
        customers = self.commercial_partner_id
        actions.create({"kind": "hold", "res_model": "res.partner", "res_ids": customers.ids}).action_undo()

    def action_collection_page(self):
        """The page of the customer in the current company."""
        self.ensure_one()
        self.check_access("read")
        self.env["collections.customer"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer"),
            "res_model": "res.partner",
            "res_id": self.commercial_partner_id.id,
            "views": [(self.env.ref("lead_to_cash.collections_customer_page").id, "form")],
        }

    def _collection_lines(self):
        """As a choice on the list of customers, in the current company."""
        self.ensure_one()
        self.check_access("read")
        line_id = engine.line_id(self.env.company.id, self.commercial_partner_id.id, self.env.company.currency_id.id)
        return self.env["collections.customer"].browse(line_id)

    def action_collection_call(self):
        """Say what came of a call."""
        return self._collection_lines().action_log_call()

    def action_collection_statement(self):
        """Send or print the statement of account."""
        return self._collection_lines().action_statement()

    def action_collection_credits(self):
        """Apply open credits."""
        return self._collection_lines().action_apply_credits()

    def action_collection_hold(self):
        """Nobody is reminded until a day, or is again."""
        return self._collection_lines().action_hold()

    def action_collection_remind(self):
        """Send what is due now."""
        return self._collection_lines().action_remind()

    def action_collection_write(self):
        """Write to those who read the customer's statements, from its oldest open document: what is written about
        debts doesn't stand where every employee reads it.

        :raise UserError: when there is no document
        :raise AccessError: for who only reads the books
        """
        self.ensure_one()
        self.check_access("read")
        self.env["collections.customer"].check_access("read")
        self.env["account.letter"]._check_may_send()
        customer = self.commercial_partner_id
        document = customer._debt_documents().get(customer)
        if not document:
            raise UserError(self.env._("There is no invoice to write about."))
        document.check_access("read")
        readers = self.env["account.letter"]._readers(customer).get(customer) or customer
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": document._name,
                "default_res_ids": document.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": readers.ids,
            },
        }
