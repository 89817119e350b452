from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """A quotation's payment terms: against the law, what its discount costs, and what the customer keeps to."""

    _inherit = "sale.order"

    is_term_agreed = fields.Boolean(
        "Expressly Agreed",
        copy=False,
        groups="base.group_user",
        help="The customer has expressly agreed to pay later than the law has it.",
    )
    discount_cost_hint = fields.Char("Cost of the Discount", compute="_compute_terms_hints", groups="base.group_user")
    term_limit_hint = fields.Char("Longest Term", compute="_compute_terms_hints", groups="base.group_user")
    payment_habit_hint = fields.Char(
        "When It Will Be Paid",
        compute="_compute_payment_habit_hint",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("company_id", "date_order", "is_term_agreed", "partner_id", "payment_term_id", "state")
    @api.depends_context("lang")
    def _compute_terms_hints(self):
        limits_sudo = self.env["payment.term.limit"]._known_sudo(self.company_id)
        for order in self:
            day = order._order_day()
            order.discount_cost_hint = order.payment_term_id._discount_cost(day)
            agreed = order.is_term_agreed or order._customer_sudo().is_long_term_agreed
            order.term_limit_hint = (
                order.state != "cancel"
                and not agreed
                and limits_sudo._passed_text(
                    order.partner_id, order.company_id, day, order.payment_term_id._last_due(day)
                )
            )

    @api.depends("company_id", "date_order", "partner_id", "payment_term_id")
    @api.depends_context("lang", "uid")
    def _compute_payment_habit_hint(self):
        """For who reads grades; never of persons."""
        grades = self.env["payment.grade"]
        customers = self.partner_id.commercial_partner_id if grades.has_access("read") else self.env["res.partner"]
        domain = [("partner_id", "in", customers.ids), ("until", "=", False), ("grade", "!=", "new")]
        late = {(row.company_id, row.partner_id): row.expected_days_late for row in grades.search(domain)}
        for order in self:
            customer = order.partner_id.commercial_partner_id
            days = late.get((order.company_id, customer._origin))
            order.payment_habit_hint = (
                days is not None and not customer._is_natural_person() and order._habit_text(round(days))
            )

    def _habit_text(self, late):
        """When the money comes, by the mean days by which the customer is late."""
        due = self.payment_term_id._last_due(self._order_day())
        if late <= 0:
            return self.env._("Due on %(due)s: this customer pays on time", due=format_date(self.env, due))
        return self.env._(
            "Due on %(due)s, expected on %(expected)s: this customer usually pays %(late)s late",
            due=format_date(self.env, due),
            expected=format_date(self.env, due + timedelta(days=late)),
            late=self._days_text(late),
        )

    def _order_day(self):
        return fields.Datetime.context_timestamp(self, self.date_order or self._now()).date()

    def _customer_sudo(self):
        """The customer, as its company agreed with it: salespeople need not see who pays."""
        # Salespeople need not see who pays.
        return self.partner_id.commercial_partner_id.sudo().with_company(self.company_id)
