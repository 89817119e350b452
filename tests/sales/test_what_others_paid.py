"""What others paid: prices of a quotation's products from own orders, and who sees which of them."""

import random
import statistics

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...engine.sales.prices_paid import band
from ..common import TODAY, HandlingCase

SELLER = "sales_team.group_sale_salesman"
#: Within the twelve months before today, and before them.
LATELY, LONG_AGO = "2026-01-15 12:00:00", "2025-03-01 12:00:00"


def plain(value):
    """Without the spaces that don't break a line."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.replace("\xa0", " ") if isinstance(value, str) else value


class PricesCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("prices_seller", SELLER)
        cls.colleague = cls.user("prices_colleague", SELLER)
        cls.other = cls.env["res.partner"].create({"name": "Other"})
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too dear"})

    def sold(self, price, quantity=1, day=LATELY, partner=None, lost=False, **values):
        """An order of one line, confirmed on a day, or a quotation that was declined then."""
        line = {"product_id": self.product.id, "product_uom_qty": quantity, "price_unit": price, "tax_ids": False}
        line |= values.pop("line", {})
        order = self.order(partner_id=(partner or self.other).id, order_line=[Command.create(line)], **values)
        if lost:
            order.with_context(l2c_today=day).action_close(self.reason.id)
        else:
            order.action_confirm()
            order.date_order = day
        return order

    def ask(self, *lines, user=None, **values):
        lines = lines or [(self.product.id, 1, False, 90.0)]
        values = {"company_id": self.env.company.id, "partner_id": self.customer.id, **values}
        self.env.flush_all()
        orders = self.env["sale.order"].with_user(user or self.seller)
        return plain(orders.get_prices_paid([list(line) for line in lines], **values))

    def figures(self, *lines, **values):
        """[won in the band, won, lost in the band, lost] of the first line: (price, count)."""
        rows = self.ask(*lines, **values)[0]["figures"]
        return [row[key] and (row[key]["price"], row[key]["count"]) for row in rows for key in ("band", "all")]


@tagged("post_install", "-at_install")
class TestPrices(PricesCase):
    def test_medians_with_counts(self):
        for price in (80, 100, 150):
            self.sold(price)
        for price in (200, 220, 400):
            self.sold(price, lost=True)
        self.assertEqual(self.figures(), [("$ 100.00", 3), ("$ 100.00", 3), ("$ 220.00", 3), ("$ 220.00", 3)])

    def test_below_three_orders_nothing_is_said(self):
        self.sold(80)
        self.sold(100)
        self.assertEqual(self.figures(), [False] * 4)
        two_lines = self.sold(120)  # two lines of one order are one order
        two_lines.order_line.copy({"order_id": two_lines.id})
        self.assertEqual(self.figures()[1], ("$ 110.00", 3))

    def test_only_twelve_months(self):
        for price in (80, 100, 150):
            self.sold(price, day=LONG_AGO)
        self.assertEqual(self.figures(), [False] * 4)

    def test_quantity_bands(self):
        for price in (80, 100, 150):
            self.sold(price)
        for price in (50, 60, 70):
            self.sold(price, quantity=20)
        many = (self.product.id, 12, False, 600.0)
        self.assertEqual(self.figures(many)[:2], [("$ 60.00", 3), ("$ 75.00", 6)])
        self.assertEqual(self.figures()[0], ("$ 100.00", 3))
        self.assertEqual([band(1), band(10), band(99.5)], [(0, 10), (10, 100), (10, 100)])

    def test_discount_tax_and_unit_of_measure(self):
        """A dozen at 1,200.00 less 10 %, its tax included: 90.00 for one without tax."""
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20, "price_include_override": "tax_included"})
        dozen = self.env.ref("uom.product_uom_dozen")
        line = {"product_uom_id": dozen.id, "discount": 10, "tax_ids": [Command.set(tax.ids)]}
        for _number in range(3):
            self.sold(1440, line=line)
        asked = (self.product.id, 1, dozen.id, 1080.0)
        self.assertEqual(self.figures(asked)[0], ("$ 90.00", 3))  # twelve of them: its band
        self.assertEqual(self.figures()[:2], [False, ("$ 90.00", 3)])
        facts = self.ask(asked)[0]
        self.assertEqual((facts["here"], facts["unit"]), ("$ 90.00", self.product.uom_id.name))

    def test_another_currency_at_the_day_of_the_document(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2026-01-01", 0.5), ("2026-03-01", 0.8)):
            self.env["res.currency.rate"].create({"currency_id": euro.id, "name": day, "rate": rate})
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        for price in (10, 20, 30):
            self.sold(price, pricelist_id=pricelist.id, date_order=LATELY)
        self.assertEqual(self.figures()[0], ("$ 40.00", 3))
        facts = self.ask((self.product.id, 1, False, 16.0), currency_id=euro.id)[0]
        self.assertEqual(facts["here"], "$ 20.00")

    def test_what_is_no_price(self):
        """A down payment, a section, the quotation itself, one that waits, one that has expired."""
        for price in (80, 100, 150):
            self.sold(price)
        itself = self.sold(999, user_id=self.seller.id)
        down = self.sold(500)
        down.order_line.is_downpayment = True
        self.order(order_line=[Command.create({"product_id": self.product.id, "price_unit": 1})])
        expired = self.order(validity_date="2026-03-01")
        self.nightly()
        self.assertEqual(expired.handling_role, "dormant")
        self.assertEqual(self.figures(order_id=itself.id)[1], ("$ 100.00", 3))

    def test_last_prices_of_the_customer(self):
        """Also of its contacts, the last three, of whatever day; in the reader's forms."""
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        for number, day in enumerate((LONG_AGO, "2026-01-10", "2026-02-10", "2026-03-05")):
            self.sold(10 + number, quantity=number + 1, partner=contact, day=day, user_id=self.seller.id)
        last = self.ask()[0]["last"]
        self.assertEqual(
            [(one["day"], one["quantity"], one["price"]) for one in last],
            [("03/05/2026", "4", "$ 13.00"), ("02/10/2026", "3", "$ 12.00"), ("01/10/2026", "2", "$ 11.00")],
        )
        self.env["res.lang"]._activate_lang("he_IL")
        orders = self.env["sale.order"].with_user(self.seller).with_context(lang="he_IL")
        [facts] = orders.get_prices_paid([[self.product.id, 1, False, 1.0]], partner_id=self.customer.id)
        self.assertEqual(facts["last"][0]["day"], "05.03.2026")

    def test_one_query_for_a_document(self):
        """However many lines and orders there are."""
        counts = []
        for lines in (1, 12):
            for _number in range(lines):
                self.sold(10)
            asked = [(self.product.id, 1, False, 1.0)] * lines
            self.ask(*asked)  # warm
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            answer = self.ask(*asked)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(answer), lines)
        self.assertEqual(counts[0], counts[1])

    def test_against_the_budget(self):
        lead = self.lead(partner_id=self.customer.id, budget=80.0)
        order = self.order(opportunity_id=lead.id)
        self.assertEqual(plain(order.budget_hint), "$ 20.00 above the budget of $ 80.00, without tax")
        lead.budget = 100.0
        self.assertEqual(plain(order.budget_hint), "Within the budget of $ 100.00, without tax")
        self.assertFalse(self.order().budget_hint)

    def test_the_button_is_for_who_sells(self):
        def shown(user):
            return "l2c_prices_paid" in self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]

        self.assertTrue(shown(self.seller))
        self.assertFalse(shown(self.user("prices_books", "account.group_account_invoice")))
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.customer


@tagged("post_install", "-at_install")
class TestWhoSees(PricesCase):
    def test_a_customers_prices_only_of_orders_one_may_see(self):
        """Whoever sees own orders alone sees medians of all, but of a customer's prices the own ones."""
        for number in range(3):
            self.sold(10 + number, partner=self.customer, user_id=self.colleague.id)
        own = self.sold(50, partner=self.customer, user_id=self.seller.id)
        self.assertEqual([one["order"] for one in self.ask()[0]["last"]], [own.name])
        self.assertEqual(len(self.ask(user=self.colleague)[0]["last"]), 3)
        self.assertEqual(self.figures()[1], ("$ 11.50", 4))
        leader = self.user("prices_all", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(len(self.ask(user=leader)[0]["last"]), 3)

    def test_own_orders_single_out_no_other(self):
        """With own orders far above and far below, the median would be the price of the one that is hidden."""
        for lost in (False, True):
            with self.subTest(lost=lost):
                won_or_lost = slice(2, 4) if lost else slice(0, 2)
                hidden = [self.sold(77, user_id=self.colleague.id, lost=lost)]
                self.sold(1, user_id=self.seller.id, lost=lost)
                self.sold(9000, user_id=self.seller.id, lost=lost)
                self.assertEqual(self.figures()[won_or_lost], [False, False])
                self.sold(2, user_id=self.seller.id, lost=lost)
                hidden.append(self.sold(78, user_id=self.colleague.id, lost=lost))
                self.assertEqual(self.figures()[won_or_lost], [("$ 2.00", 3)] * 2)  # own ones alone
                leader = self.user(f"prices_leader_{lost}", "sales_team.group_sale_salesman_all_leads")
                self.assertEqual(self.figures(user=leader)[won_or_lost], [("$ 77.00", 5)] * 2)
                self.sold(79, user_id=self.colleague.id, lost=lost)
                self.assertEqual(self.figures()[won_or_lost], [("$ 77.50", 6)] * 2)

    def test_no_names_of_others(self):
        orders = [self.sold(10 + number, user_id=self.colleague.id) for number in range(3)]
        said = str(self.ask())
        for order in orders:
            self.assertNotIn(order.name, said)
            self.assertNotIn(order.partner_id.name, said)

    def test_who_doesnt_sell(self):
        self.sold(10)
        for login, groups in (
            ("prices_portal", "base.group_portal"),
            ("prices_employee", "base.group_user"),
            ("prices_accountant", "account.group_account_manager"),
        ):
            with self.subTest(login), self.assertRaises(AccessError):
                self.ask(user=self.user(login, groups))

    def test_another_company(self):
        """Neither counted, nor to be asked for; that of who works in both is."""
        other = self.env["res.company"].create({"name": "Other company"})
        own = other.with_context(allowed_company_ids=other.ids)
        for price in (1, 2, 3):
            line = Command.create({"product_id": self.product.id, "product_uom_qty": 1, "price_unit": price})
            order = own.env["sale.order"].create(
                {"partner_id": self.other.id, "company_id": other.id, "order_line": [line]}
            )
            order.action_confirm()
            order.date_order = LATELY
        self.assertEqual(self.figures(), [False] * 4)
        with self.assertRaises(AccessError):
            self.ask(company_id=other.id)
        self.seller.company_ids += other
        orders = self.env["sale.order"].with_user(self.seller).with_context(allowed_company_ids=other.ids)
        facts = orders.get_prices_paid([[self.product.id, 1, False, 1.0]], company_id=other.id)
        self.assertEqual(facts[0]["figures"][0]["all"]["count"], 3)

    def test_a_quotation_or_customer_that_one_may_not_see(self):
        """Leaving out somebody else's order would tell its price by the difference."""
        hidden = self.sold(10, user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self.ask(order_id=hidden.id)

    def test_what_clients_send(self):
        for lines in (
            [["x", 1, False, 1]],
            [[self.product.id, "much", False, 1]],
            [[self.product.id, float("nan"), False, 1]],
            [[self.product.id, float("inf"), False, 1]],
            [[10**9, 1, False, 1]],
            [[self.product.id, 1]],
            "lines",
            None,
            [[self.product.id, 1, False, 1]] * 501,
        ):
            with self.subTest(lines=str(lines)[:40]), self.assertRaises(UserError):
                self.env["sale.order"].with_user(self.seller).get_prices_paid(lines)
        for values in ({"partner_id": "x"}, {"order_id": [1]}, {"currency_id": {}, "partner_id": "1"}):
            with self.subTest(values), self.assertRaises(UserError):
                self.ask(**values)
        self.assertEqual(self.env["sale.order"].with_user(self.seller).get_prices_paid([]), [])
        nothing = self.ask((self.product.id, 0, False, 0.0), (self.product.id, -1, 10**9, 5.0))
        self.assertEqual([facts["here"] for facts in nothing], [False, False])


@tagged("post_install", "-at_install", "properties")
class TestMedians(PricesCase):
    def test_as_python_counts_them(self):
        """The medians of any prices, quantities and outcomes are those of Python's statistics."""
        rolled = random.Random(20)
        sold = []
        for _number in range(40):
            price, quantity = rolled.randint(1, 400) / 4, rolled.choice((1, 2, 9, 10, 40, 120))
            lost, day = rolled.random() < 0.4, rolled.choice((LATELY, LONG_AGO, f"{TODAY} 10:00:00"))
            self.sold(price, quantity, day, lost=lost)
            if day != LONG_AGO:
                sold.append((price, quantity, lost))
        for quantity in (1, 9.99, 10, 99, 100, 5000):
            low, high = band(quantity)
            expected = []
            for lost in (False, True):
                for inside in (True, False):
                    prices = [p for p, q, x in sold if x == lost and (not inside or low <= q < high)]
                    shown = f"$ {statistics.median(prices):,.2f}" if len(prices) >= 3 else None
                    expected.append(shown and (shown, len(prices)))
            with self.subTest(quantity):
                found = [row or None for row in self.figures((self.product.id, quantity, False, 1.0))]
                self.assertEqual(found, expected)
