import math

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date, formatLang

from ...engine.sales.prices_paid import LEAST_ORDERS, band, prices_paid

#: A document on the screen has no more lines than this.
MOST_LINES = 500
SELLERS = "sales_team.group_sale_salesman"


class SaleOrder(models.Model):
    """What others paid: prices of a quotation's products, from own orders and quotations."""

    _inherit = "sale.order"

    budget_hint = fields.Char("Against the Budget", compute="_compute_budget_hint", groups="base.group_user")

    @api.depends("amount_untaxed", "currency_id", "lead_budget", "lead_currency_id", "date_order")
    @api.depends_context("lang")
    def _compute_budget_hint(self):
        for order in self:
            order.budget_hint = order.lead_budget > 0 and order._budget_text()

    def _budget_text(self):
        """How the total without tax stands to what the lead can spend, in the lead's currency."""
        currency = self.lead_currency_id or self.company_id.currency_id
        day = self.date_order or fields.Datetime.now()
        total = self.currency_id._convert(self.amount_untaxed, currency, self.company_id, day)
        above = currency.round(total - self.lead_budget)
        values = {
            "amount": format_amount(self.env, abs(above), currency),
            "budget": format_amount(self.env, self.lead_budget, currency),
        }
        if above > 0:
            return self.env._("%(amount)s above the budget of %(budget)s, without tax", **values)
        return self.env._("Within the budget of %(budget)s, without tax", **values)

    @api.model
    @api.readonly
    def get_prices_paid(self, lines, company_id=False, partner_id=False, currency_id=False, order_id=False):
        """What the products of a quotation cost the same customer, and others, by one query.

        The customer's last prices are those of orders that the reader may read; medians are of all orders of the
        company, from three orders on, without names. All without tax, in the company's currency.

        :param lines: of the document: product id, quantity, id of the unit of measure or False, amount without tax
        :param order_id: the quotation itself, which isn't counted
        :return: for each line: ``unit``, ``band``, ``here`` (its own price), ``last`` and ``figures``, as texts
        :raise AccessError: for who doesn't sell, and for a company in which the reader doesn't work
        :raise UserError: for what is no line
        """
        if not self.env.user.has_group(SELLERS):
            raise AccessError(self.env._("Salespeople see what others paid."))
        company, customer, currency, order = (
            self._asked_record(name, number)
            for name, number in (
                ("res.company", company_id or self.env.company.id),
                ("res.partner", partner_id),
                ("res.currency", currency_id),
                ("sale.order", order_id),
            )
        )
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose a company in which you work."))
        if not (asked := self._asked_prices(lines)):
            return []
        about = {
            "company": company.id,
            "customer": customer.commercial_partner_id.id or None,
            "order": order.id or None,
            "zone": self.env.tz.zone,
        }
        since = self._today() - relativedelta(months=12)
        readable = self.env["sale.order.line"]._search([]).subselect()
        self.env.flush_all()
        products = [(product.id, quantity) for product, quantity, _amount in asked]
        rows = self.env.execute_query(prices_paid(products, about, since, readable))
        rate = (currency or company.currency_id)._get_conversion_rate(
            currency or company.currency_id, company.currency_id, company, self._today()
        )
        return [
            self._price_facts(company.currency_id, product, quantity, amount * rate, row)
            for (product, quantity, amount), row in zip(asked, rows, strict=True)
        ]

    def _asked_record(self, name, number):
        """A record that a client names: one that the reader may read, or none."""
        if number and not isinstance(number, int):
            raise UserError(self.env._("These are no lines of a quotation."))
        record = self.env[name].browse(number or ())
        if name != "res.company":  # one's own are asked for apart
            record.check_access("read")
        return record

    def _asked_prices(self, lines):
        """(product, quantity in its unit of measure, amount) of each line, as a client sends them."""
        try:
            rows = [(int(p), float(quantity), int(unit or 0), float(amount)) for p, quantity, unit, amount in lines]
        except (TypeError, ValueError, OverflowError):
            rows = None
        ids = rows and {row[0] for row in rows}
        products = self.env["product.product"].browse(ids or ()).exists()
        is_wrong = rows is None or len(rows) > MOST_LINES or len(products) != len(ids or ())
        if is_wrong or not all(math.isfinite(number) for row in rows for number in row):
            raise UserError(self.env._("These are no lines of a quotation."))
        units = self.env["uom.uom"].browse({row[2] for row in rows if row[2]}).exists()
        there, factors = {product.id: product for product in products}, {unit.id: unit.factor for unit in units}
        return [
            (product := there[key], quantity * factors.get(unit, product.uom_id.factor) / product.uom_id.factor, amount)
            for key, quantity, unit, amount in rows
        ]

    def _price_facts(self, currency, product, quantity, amount, row):
        """What is said of a line, in the reader's forms."""
        last, *figures = row

        def text(price):
            return format_amount(self.env, price, currency)

        def median(at):
            return figures[at] is not None and {"price": text(figures[at]), "count": figures[at + 1]}

        return {
            "unit": product.uom_id.name,
            "band": self._band_text(*band(quantity)),
            "here": text(amount / quantity) if quantity > 0 else False,
            "last": [
                {
                    "day": format_date(self.env, one["day"]),
                    "price": text(one["price"]),
                    "quantity": formatLang(self.env, one["quantity"], digits=0 if one["quantity"] % 1 == 0 else 2),
                    "order": one["order"],
                }
                for one in last or ()
            ],
            "figures": [
                {"label": self.env._("Won"), "band": median(0), "all": median(2)},
                {"label": self.env._("Lost"), "band": median(4), "all": median(6)},
            ],
            "least": LEAST_ORDERS,
        }

    def _band_text(self, low, high):
        if not low:
            return self.env._("Fewer than %(high)s", high=high)
        return self.env._("%(low)s to fewer than %(high)s", low=low, high=high)
