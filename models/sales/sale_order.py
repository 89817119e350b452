from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.handling.own import Own, own
from ...engine.handling.status import OPEN_ROLES, Rule, role_array
from ...engine.sales.call_list import ORDER_INDEX, ORDER_PERSON_INDEX
from ..handling.searching import check_searched

#: Fields of the quotation, by the lead's that they show.
SHOWN = {
    "need": "lead_need",
    "interest_level": "lead_interest_level",
    "budget": "lead_budget",
    "company_currency": "lead_currency_id",
    "decision_maker": "lead_decision_maker",
    "decision_when": "lead_decision_when",
    "qualified_date": "lead_qualified_date",
}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["handling.mixin", "sale.order"]

    _writable = frozenset(
        {
            "customer_need",
            "handling_status_id",
            "is_invoiced_at_once",
            "is_need_shown",
            "is_term_agreed",
            "next_action_date",
            "planned_invoice_date",
            "proforma_due_date",
            "tells_planned_invoice",
        }
    )
    _asks_why = True
    _moved_by_results = True

    # Customers read the messages of their own documents on the portal's pages, without internal notes.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    lead_need = fields.Char(
        "Need",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="What the customer needs, in a few words.",
    )
    lead_interest_level = fields.Selection(
        selection=lambda self: self.env["crm.lead"]._fields["interest_level"]._description_selection(self.env),
        string="Interest Level",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
    )
    lead_budget = fields.Monetary(
        "Budget",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        currency_field="lead_currency_id",
        aggregator=None,
    )
    lead_currency_id = fields.Many2one(
        "res.currency", "Currency of the Lead", compute="_compute_lead", compute_sudo=True, groups="base.group_user"
    )
    lead_decision_maker = fields.Char(
        "Decision Maker",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="Who decides.",
    )
    lead_decision_when = fields.Char(
        "Decides When",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="In the customer's words.",
    )
    lead_qualified_date = fields.Date(
        "Qualified Date",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="The day on which need and interest were known.",
    )

    # Serves the first page of the quotations on the call list, in its order.
    _call_list_idx = models.Index(ORDER_INDEX)
    # Serves the same: whether the same person has something more urgent.
    _call_list_person_idx = models.Index(ORDER_PERSON_INDEX)

    def _handling_rule(self):
        return Rule(
            SQL(
                """CASE WHEN d.state = 'sale' THEN %(won)s
                        WHEN d.state = 'cancel' THEN %(lost)s
                        WHEN d.validity_date < %(today)s THEN %(expired)s
                        WHEN d.state = 'sent' THEN %(sent)s
                        ELSE %(draft)s
                   END""",
                won=role_array("won"),
                lost=role_array("lost"),
                today=self._today(),
                expired=role_array("dormant"),
                sent=role_array("contacted", "no_answer", "in_progress"),
                draft=role_array("new", "no_answer", "in_progress"),
            )
        )

    def _handling_triggers(self):
        return {"state", "validity_date"}

    def _handling_acts(self):
        if self.state in ("draft", "sent"):
            return {"lost", "won", "contacted"}
        return {"new"} if self.state == "cancel" else set()

    def _handling_act(self, status):
        if status.role == "won":
            self.action_confirm()
        elif status.role == "lost":
            self.action_cancel()
        elif status.role == "new":
            self.action_draft()
        elif status.role == "contacted":
            self.filtered(lambda order: order.state == "draft").action_quotation_sent()

    def action_cancel(self):
        """The quotation is cancelled; a reason is asked for where its status wants one."""
        self.check_access("write")
        if self.env.context.get("l2c_asks_why") and not own(self.env, "l2c_closure_reason"):
            return self.action_close_dialog()  # the button of the form
        self._required_reason(self._lost_status())
        return super().action_cancel()

    def _close(self, reason):
        self.with_context(l2c_closure_reason=Own(reason.id)).action_cancel()

    def _reopen(self):
        self.action_draft()

    def _follow_status(self, changed):
        """The lead goes on with its quotation, who has confirmed is a customer, and what has expired leaves a
        task."""
        result = super()._follow_status(changed)
        self._leave_task(changed)
        sent = self.browse(row.id for row in changed if row.role == "contacted")
        confirmed = self.browse(row.id for row in changed if row.role == "won")
        sent._move_leads("sent")
        confirmed._move_leads("sale")
        if confirmed:
            # Salespeople need not write customers.
            confirmed.partner_id.commercial_partner_id.sudo()._follow_customers(
                confirmed.partner_id.commercial_partner_id
            )
        return result

    def _taken_back_names(self):
        return [*super()._taken_back_names(), "state"]

    def _move_leads(self, state):
        """A lead whose quotation is sent is in progress; confirmed, it is won."""
        # Who sends or confirms need not be the lead's salesperson.
        leads_sudo = self.opportunity_id.sudo()
        if state == "sent":
            leads_sudo._handling_event("quotation")
        elif state == "sale":
            leads_sudo = leads_sudo.filtered(lambda lead: lead.handling_role in (*OPEN_ROLES, "lost"))
            if leads_sudo:
                leads_sudo.action_set_won()

    def _check_lead(self):
        """The lead follows its quotation, whosever it is: only one that one sees can be chosen."""
        # Accountants, who see none, change quotations, too.
        if leads := self.opportunity_id:
            leads.check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._check_lead()
        orders.filtered(lambda order: order.state == "sent")._stamp_sent()
        unsaid = [order.id for order, vals in zip(orders, vals_list, strict=True) if "require_payment" not in vals]
        self.browse(unsaid)._ask_marked_deposit()
        return orders

    def _ask_marked_deposit(self):
        """Quotations of customers from whom somebody has decided to ask a deposit ask for it."""

    def write(self, vals):
        moved = self.browse()
        if vals.get("opportunity_id"):
            moved = self.filtered(lambda order: order.opportunity_id.id != vals["opportunity_id"])
        sending = self.filtered(lambda order: order.state != "sent") if vals.get("state") == "sent" else self.browse()
        sending._stamp_sent()
        result = super().write(vals)
        moved._check_lead()
        if "validity_date" in vals:
            self._pull_follow_ups()
        if vals.get("signature") and self.env.su:  # signing on the portal's page
            self._keep_accepted_terms()
        if vals.get("state") == "sent":
            self._move_leads("sent")
        for state, orders in moved.grouped("state").items():
            orders._move_leads(state)
        return result

    def _contact_basis(self):
        """A quotation is the answer to an own enquiry; one made for a lead has that lead's basis."""
        if self.partner_id.commercial_partner_id.customer_status == "customer":
            return "customer"
        # Who works on the quotation need not be the lead's salesperson.
        lead_sudo = self.opportunity_id.sudo()
        return lead_sudo._contact_basis() if lead_sudo else "enquiry"

    def _handling_timed_sql(self):
        return SQL("d.state IN ('draft', 'sent') AND d.handling_role != 'dormant'")

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)

    # What is known of the lead ------------------------------------------------------------

    @api.depends(*(f"opportunity_id.{name}" for name in SHOWN))
    def _compute_lead(self):
        for order in self:
            lead = order.opportunity_id
            if lead != order._origin.opportunity_id and not lead.with_user(self.env.uid).has_access("read"):
                lead = lead.browse()  # chosen on the screen, not by whoever may
            order.update({shown: lead[name] for name, shown in SHOWN.items()})

    # On paper -----------------------------------------------------------------------------

    def _payment_terms(self):
        """The instalments of the order, were it invoiced on its date: ``date``, ``lines`` of date
        and amount, and the early payment's ``discount_date`` and ``discount_amount``. Empty
        without terms or amount."""
        self.ensure_one()
        term = self.payment_term_id
        if not self.id or not term or self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            return {}
        day = fields.Datetime.context_timestamp(self, self.date_order).date()
        company_currency = self.company_id.currency_id

        def converted(amount):
            return self.currency_id._convert(amount, company_currency, self.company_id, day)

        found = term._compute_terms(
            date_ref=day,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=converted(self.amount_tax),
            tax_amount_currency=self.amount_tax,
            sign=1,
            untaxed_amount=converted(self.amount_untaxed),
            untaxed_amount_currency=self.amount_untaxed,
        )
        return {
            "date": day,
            "lines": [(line["date"], line["foreign_amount"]) for line in found["line_ids"]],
            "discount_date": found["discount_date"],
            "discount_amount": found.get("discount_amount_currency"),
        }

    def _online_url(self):
        """Where the customer can sign or pay the order online, while that is still to be done."""
        self.ensure_one()
        if not self.id or not (self._has_to_be_signed() or self._pays_online()):
            return False
        return self.get_base_url() + self.get_portal_url()

    def _pays_online(self):
        """Whether the order has to be paid before it counts, and can be, online."""
        if not self._has_to_be_paid():
            return False
        amount = self._get_prepayment_required_amount()
        providers = self.env["payment.provider"]
        return bool(providers._usable(self.company_id, self.partner_id, self.currency_id, amount))
