from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

#: A quotation is silent when nobody has spoken about it for so many working days.
QUIET_QUOTATION_DAYS = 5


class CollectionFound(models.TransientModel):
    """What stands in the books and in sales, before anything is set up: each figure by the rights of its reader, and
    with the way to what it counts."""

    _name = "collection.found"
    _inherit = ["l2c.clock.mixin", "l2c.real.records.mixin"]
    _description = "What We Found"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    overdue_amount = fields.Monetary("Overdue", compute="_compute_found")
    overdue_customers = fields.Integer("Customers Who Owe It", compute="_compute_found")
    sees_orders = fields.Boolean(compute="_compute_found")
    order_count = fields.Integer("Orders Never Invoiced", compute="_compute_found")
    quotation_count = fields.Integer("Silent Quotations", compute="_compute_found")
    sees_leads = fields.Boolean(compute="_compute_found")
    lead_count = fields.Integer("Uncalled Leads", compute="_compute_found")
    found_nothing = fields.Boolean(compute="_compute_found")
    runs_policy = fields.Boolean("A Policy Runs", compute="_compute_found")

    overdue_text = fields.Char(compute="_compute_texts")
    order_text = fields.Char(compute="_compute_texts")
    quotation_text = fields.Char(compute="_compute_texts")
    lead_text = fields.Char(compute="_compute_texts")

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("What We Found")

    @api.depends("company_id")
    @api.depends_context("uid", "l2c_today")
    def _compute_found(self):
        """One query each; whoever may not read something is told nothing of it."""
        orders, leads, items = self.env["sale.order"], self.env["crm.lead"], self.env["account.move.line"]
        sees_orders, sees_leads, sees_items = (model.has_access("read") for model in (orders, leads, items))
        for found in self:
            owed = (
                items._read_group(found._overdue_domain(), [], ["amount_residual:sum", "partner_id:count_distinct"])[0]
                if sees_items
                else (0, 0)
            )
            found.overdue_amount, found.overdue_customers = owed[0] or 0, owed[1]
            found.sees_orders, found.sees_leads = sees_orders, sees_leads
            found.order_count = orders.search_count(found._order_domain()) if sees_orders else 0
            found.quotation_count = orders.search_count(found._quotation_domain()) if sees_orders else 0
            found.lead_count = leads.search_count(found._lead_domain()) if sees_leads else 0
            counts = (found.overdue_customers, found.order_count, found.quotation_count, found.lead_count)
            found.found_nothing = not any(counts)
            found.runs_policy = bool(found.company_id.sudo()._dunning_policies())  # that one runs is no secret

    @api.depends("overdue_amount", "overdue_customers", "order_count", "quotation_count", "lead_count")
    @api.depends_context("lang")
    def _compute_texts(self):
        for found in self:
            found.overdue_text = found._overdue_text(format_amount(self.env, found.overdue_amount, found.currency_id))
            found.order_text = found._order_text(found.order_count)
            found.quotation_text = found._quotation_text(found.quotation_count)
            found.lead_text = found._lead_text(found.lead_count)

    def _overdue_text(self, amount):
        if self.overdue_customers == 1:
            return self.env._("%(amount)s overdue at one customer", amount=amount)
        return self.env._("%(amount)s overdue at %(count)s customers", amount=amount, count=self.overdue_customers)

    def _order_text(self, count):
        if count == 1:
            return self.env._("One order never invoiced")
        return self.env._("%(count)s orders never invoiced", count=count)

    def _quotation_text(self, count):
        if count == 1:
            return self.env._("One quotation that nobody has spoken about for five working days")
        return self.env._("%(count)s quotations that nobody has spoken about for five working days", count=count)

    def _lead_text(self, count):
        if count == 1:
            return self.env._("One lead that nobody has called")
        return self.env._("%(count)s leads that nobody has called", count=count)

    def _own(self):
        return Domain("company_id", "=", self.company_id.id)

    def _today_there(self):
        return self.company_id.with_context(tz=self.company_id.sudo()._zone())._today()  # the zone is no secret

    def _overdue_domain(self):
        """Open receivable items past due, as the ageing has them: also opening balances without a due date."""
        items = self.env["account.move.line"]
        owed = Domain("amount_residual", ">", 0) & Domain("partner_id", "!=", False)
        return self._own() & items._open_domain() & owed & items._past_due_domain(self._today_there())

    def _order_domain(self):
        """Confirmed, to be invoiced, and no invoice was ever made."""
        return self._own() & Domain(
            [("state", "=", "sale"), ("invoice_status", "=", "to invoice"), ("invoice_ids", "=", False)]
        )

    def _quotation_domain(self):
        """Sent, and nobody has spoken about it for some working days."""
        orders = self.env["sale.order"]
        return self._own() & Domain("state", "=", "sent") & orders._quiet_domain(self.company_id, QUIET_QUOTATION_DAYS)

    def _lead_domain(self):
        """Open leads, of the company or of all, that nobody has called yet."""
        return Domain("company_id", "in", (self.company_id.id, False)) & Domain(
            [("handling_role", "=", "new"), ("attempt_count", "=", 0), ("won_status", "=", "pending")]
        )

    # Buttons ---------------------------------------------------------------------------------

    @api.model
    def _open(self):
        """The page, for the current company."""
        self.check_access("create")
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_found_action")

    def _list(self, model, name, domain, **context):
        self.ensure_one()
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False, **context},
        }

    def action_overdue(self):
        """The overdue items, by customer."""
        return self._list("account.move.line", self.env._("Overdue"), self._overdue_domain(), group_by=["partner_id"])

    def action_orders(self):
        """The orders that were never invoiced."""
        return self._list("sale.order", self.env._("Orders Never Invoiced"), self._order_domain())

    def action_quotations(self):
        """The silent quotations."""
        return self._list("sale.order", self.env._("Silent Quotations"), self._quotation_domain())

    def action_leads(self):
        """The leads that nobody has called."""
        return self._list("crm.lead", self.env._("Uncalled Leads"), self._lead_domain())
