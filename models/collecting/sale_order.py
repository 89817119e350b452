from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ...engine.collecting.habits import LATE_GRADES
from ...engine.collecting.leaks import TO_INVOICE_INDEX, lags
from ...engine.collecting.sales_facts import can_hold

#: Names of sales managers in a message.
NAMES = 3
#: The step of an activity that asks a sales manager to release, whatever its language.
RELEASE = -3


class SaleOrder(models.Model):
    """Orders of customers whose debts have gone too far need a sales manager."""

    _name = "sale.order"
    _inherit = ["sale.order", "collection.banner.mixin", "collection.leak.mixin"]

    # Serves the leaks: orders that are to be invoiced.
    _to_invoice_idx = models.Index(TO_INVOICE_INDEX)

    payment_grade_text = fields.Text("Payment Grade", compute="_compute_late_payer", groups="base.group_user")
    is_late_payer = fields.Boolean(compute="_compute_late_payer", groups="base.group_user")
    customer_warning = fields.Text("Warnings", compute="_compute_late_payer", groups="base.group_user")
    deposit_offer = fields.Char(compute="_compute_offers", groups="base.group_user")
    term_offer = fields.Char(compute="_compute_offers", groups="base.group_user")
    offers_deposit = fields.Boolean(compute="_compute_is_offered", groups="base.group_user")
    offers_term = fields.Boolean(compute="_compute_is_offered", groups="base.group_user")

    invoice_lag_days = fields.Integer(
        "Days to First Invoice",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From the confirmation, or the first delivery, to the day of the first invoice that was posted.",
        groups="base.group_user",
    )

    def _shows_debts(self):
        return super()._shows_debts().filtered(lambda order: order.state != "cancel")

    # From order to invoice ----------------------------------------------------------------

    def _delivered_sql(self):
        """SQL: when an order ``d`` was first delivered, where an addon of Odoo's tells it."""
        return SQL("d.effective_date") if "effective_date" in self._fields else SQL("NULL::timestamp")

    def _stamp_lag(self, zone, companies=None):
        """How long the first invoice took, of these orders: written by SQL, it is no change of them.

        :param zone: the name of the time zone in which the day of the confirmation begins
        :param companies: of all orders of these instead
        """
        self.env.flush_all()
        which = SQL("d.company_id IN %s", companies._ids) if companies else SQL("d.id IN %s", self._ids or (0,))
        self.env.execute_query(lags(zone, self._delivered_sql(), which))
        self.env["sale.order"].invalidate_model(["invoice_lag_days"], flush=False)

    @api.depends("collection_warning")
    def _compute_partner_credit_warning(self):
        """One banner: Odoo's own about the credit limit, and ours below it."""
        result = super()._compute_partner_credit_warning()
        if not self._has_field_access(self._fields["collection_warning"], "read"):
            return result  # the customer, who may read Odoo's own
        for order in self.filtered("collection_warning"):
            order.partner_credit_warning = "\n".join(
                filter(None, (order.partner_credit_warning, order.collection_warning))
            )
        return result

    # Late payers --------------------------------------------------------------------------

    @api.depends("partner_id", "company_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_late_payer(self):
        """How the customer pays, why we think so, and what was heard of it: for those whom its debts concern,
        while the order can still be changed. Nothing follows by itself."""
        shown = self._shows_debts().filtered(lambda order: order.state in ("draft", "sent"))
        customers, companies = shown.partner_id.commercial_partner_id._origin, shown.company_id
        own = [("partner_id", "in", customers.ids), ("company_id", "in", companies.ids), ("until", "=", False)]
        # Salespeople read neither grades nor warnings; they are told of customers whose debts concern them.
        grades_sudo = self.env["payment.grade"].sudo().search(own)
        grades_sudo = {(grade.partner_id.id, grade.company_id.id): grade for grade in grades_sudo}
        warnings = self.env["customer.warning"].sudo()._texts(customers, companies)  # as above
        for order in self:
            key = (order.partner_id.commercial_partner_id._origin.id, order.company_id.id)
            grade_sudo = grades_sudo.get(key) if order in shown else None
            order.payment_grade_text = grade_sudo and order._grade_sentence(grade_sudo)
            order.is_late_payer = bool(grade_sudo and grade_sudo.grade in LATE_GRADES)
            order.customer_warning = order in shown and warnings.get(key)

    def _grade_sentence(self, grade_sudo):
        if grade_sudo.grade == "new":
            return False
        days = self._days_text(max(round(grade_sudo.expected_days_late), 0))
        values = {"grade": grade_sudo.grade.upper(), "days": days}
        text = self.env._("Payment grade %(grade)s: payment is expected %(days)s after the due date.", **values)
        reasons = grade_sudo.reason_text
        return f"{text} {reasons}." if reasons else text

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_offers(self):
        for order in self:
            company = order.company_id or self.env.company
            percent = f"{company.late_deposit_percent * 100:g}"
            order.deposit_offer = self.env._("Ask for %(percent)s %% Deposit", percent=percent)
            order.term_offer = self.env._("Terms: %(name)s", name=company._late_payment_term().name or "")

    @api.depends("company_id", "require_payment", "prepayment_percent", "payment_term_id")
    def _compute_is_offered(self):
        """What is in force already isn't offered."""
        for order in self:
            company = order.company_id or self.env.company
            order.offers_deposit = order._asked_percent() < company.late_deposit_percent
            term = company._late_payment_term()
            order.offers_term = term and term != order.payment_term_id

    def _asked_percent(self):
        """What the quotation asks to be paid before it is confirmed, as a part of 1; 0 when it doesn't ask."""
        return self.prepayment_percent if self.require_payment else 0

    def action_ask_deposit(self):
        """The quotations ask to be confirmed by a payment in part, at least as the company's settings say.
        Says what they ask for now.

        :raise UserError: for orders that are confirmed or cancelled
        """
        self._check_quotations()
        said = []
        for order in self:
            order._ask_at_least(order.company_id.late_deposit_percent)
            percent = f"{order._asked_percent() * 100:g}"
            said.append(
                self.env._("%(order)s asks for a deposit of %(percent)s %%.", order=order.name, percent=percent)
            )
        return self._said(said)

    def _ask_at_least(self, percent):
        """The quotation asks for this part of 1; one that asks for more already is left so."""
        if self._asked_percent() < percent:
            self.update({"require_payment": True, "prepayment_percent": percent})

    def action_late_payment_term(self):
        """The quotations get the terms for late payers of the company's settings. Says which.

        :raise UserError: for orders that are confirmed or cancelled
        """
        self._check_quotations()
        said = []
        for order in self:
            order.payment_term_id = term = order.company_id._late_payment_term()
            said.append(self.env._("%(order)s has the terms %(name)s.", order=order.name, name=term.name or ""))
        return self._said(said)

    def _said(self, sentences):
        """A notification, and the form anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join(sentences),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_quotations(self):
        self.check_access("write")
        if self.filtered(lambda order: order.state not in ("draft", "sent")):
            raise UserError(self.env._("Only a quotation can be changed so. Choose those that aren't confirmed yet."))

    @api.onchange("partner_id")
    def _onchange_partner_asks_deposit(self):
        self._ask_marked_deposit()

    def _ask_marked_deposit(self):
        for company, orders in self.filtered("company_id").grouped("company_id").items():
            # A mark of the customer that whoever sells to it follows.
            customers_sudo = orders.partner_id.commercial_partner_id.sudo().with_company(company)
            marked = customers_sudo.filtered("asks_deposit")._origin.ids
            for order in orders if marked else ():
                if order.partner_id.commercial_partner_id._origin.id in marked and order.state in ("draft", "sent"):
                    order._ask_at_least(company.late_deposit_percent)

    # Orders that wait ---------------------------------------------------------------------

    def action_confirm(self):
        """Orders that are held are not confirmed.

        :raise UserError: to a person; a customer who signs or pays is not bothered with it: the
            order waits, and a sales manager is asked
        """
        self.check_access("write")
        held = self._held_orders()
        if not held:
            return super().action_confirm()
        orders = self.browse(order.id for order in held)
        if not self.env.su:
            raise UserError(self._hold_message(held))
        orders._wait_for_release()
        return super(SaleOrder, self - orders).action_confirm() if self - orders else True

    def _held_orders(self):
        """``{order: facts}`` of those that need a sales manager."""
        orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        if not orders._can_be_held():
            return {}
        facts = self.env["res.partner"]._collection_facts([order._debtor() for order in orders])
        held = {}
        for order in orders if facts else ():
            found = facts.get((order.company_id.id, order.partner_id.commercial_partner_id.id))
            if found and order._is_held_by(found):
                held[order] = found
        return held

    def _can_be_held(self):
        """Whether any is, before it is asked of each customer: where nothing holds sales, confirming costs no more."""
        if not self:
            return False
        holding = {
            "dunning.level": ["hold_sales"],
            "dunning.notice.line": ["level_id"],
            "dunning.policy": ["cut_off_level_id", "is_running"],
            "res.company": ["hold_sales_grade"],
        }
        for model, names in holding.items():
            self.env[model].flush_model(names)
        companies = {order._debtor()[0].id for order in self}
        return self.env.execute_query(can_hold(companies))[0][0]

    def _is_held_by(self, facts):
        """What the customer has paid in full adds to no debt: it is never held."""
        return super()._is_held_by(facts) and not (self.amount_paid > 0 and self._is_paid())

    def _hold_message(self, held):
        shown = self._shows_debts()
        lines = [order._held_sentence(facts if order in shown else None) for order, facts in held.items()]
        managers = self._sales_managers()[:NAMES].mapped("name")
        lines.append(
            self.env._(
                "A sales manager (%(names)s) can release sales to the customer, with the button Release Sales.",
                names=", ".join(managers) or self.env._("nobody yet"),
            )
        )
        return "\n".join(lines)

    def _held_sentence(self, facts):
        """Why the order is held; ``facts`` are of its customer, None for who isn't told of them."""
        values = {"order": self.name, "customer": self.partner_id.commercial_partner_id.name}
        if not facts:
            return self.env._("%(order)s of %(customer)s waits for a sales manager.", **values)
        if not facts["hold_level_id"]:
            # A selection's label, whoever asks.
            labels = dict(self.env["payment.grade"].sudo()._fields["grade"]._description_selection(self.env))
            return self.env._(
                "%(order)s of %(customer)s: the company holds orders of customers with payment grade %(grade)s.",
                grade=labels[facts["hold_grade"]],
                **values,
            )
        # The level is a fact, whoever asks.
        values["level"] = self.env["dunning.level"].sudo().browse(facts["hold_level_id"]).name
        values["amount"] = format_amount(self.env, facts["overdue"], self.company_id.currency_id)
        return self.env._(
            "%(order)s of %(customer)s: %(amount)s is past due, and the level %(level)s was reached.", **values
        )

    def _sales_managers(self):
        """The people who may release these orders, the team's leader first."""
        group = self.env.ref("sales_team.group_sale_manager")
        managers_sudo = self.env["res.users"].sudo()  # Who are sales managers is a fact, whoever asks.
        managers_sudo = managers_sudo.search(
            [("all_group_ids", "in", group.ids), ("company_ids", "in", self.company_id.ids), ("share", "=", False)],
            order="id",
        )
        return managers_sudo.sorted(lambda user: user not in self.team_id.user_id)

    def _wait_for_release(self):
        """The quotation stays as the customer left it; a sales manager is asked, once. What is owed
        stands above the quotation, for those who are told of it."""
        orders_sudo = self.sudo()  # a customer confirmed
        orders_sudo.filtered(lambda order: order.state == "draft").action_quotation_sent()
        asked = orders_sudo.activity_ids.filtered(lambda activity: activity.handling_step == RELEASE).mapped("res_id")
        for order in orders_sudo.filtered(lambda order: order.id not in asked):
            user = order._sales_managers()[:1] or order.user_id
            theirs = user._reading(order)
            theirs.activity_schedule(
                "mail.mail_activity_data_todo",
                self.env["res.company"]._today(),
                summary=theirs.env._("Release sales, then confirm: the customer has accepted"),
                user_id=user.id,
                handling_step=RELEASE,
            )

    def action_release_sales(self):
        """Open the dialog in which a sales manager releases sales to the customer."""
        self.ensure_one()
        self.check_access("read")
        self.env["dunning.sales.release"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_sales_release_action")
        context = {
            "default_partner_id": self.partner_id.commercial_partner_id.id,
            "default_company_id": self.company_id.id,
            "default_order_id": self.id,
        }
        return action | {"context": context}
