"""Grades in filters, domains of policies and rules, and the order of the desk; not for salespeople."""

from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import tagged

from ...engine.collecting.desk import likelihood, risk
from ..served import Refused, ServedCase
from .late import Grades, LateCase
from .test_desk import DeskCase


@tagged("post_install", "-at_install")
class TestFilters(LateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.env["res.partner"].create({"name": "Good", "is_company": True})
        cls.given.grade("e")
        cls.given.grade("a", cls.good)
        cls.env.flush_all()

    def test_customers_and_invoices(self):
        moves = self.invoice() | self.invoice(partner_id=self.good.id)
        for user in (self.ann, self.user("reader", "account.group_account_readonly")):
            with self.subTest(user.login):
                partners = self.env["res.partner"].with_user(user).search([("payment_grade", "in", ("d", "e"))])
                self.assertIn(self.customer, partners)
                self.assertNotIn(self.good, partners)
                found = (
                    self.env["account.move"]
                    .with_user(user)
                    .search([("id", "in", moves.ids), ("customer_grade", "in", ("d", "e"))])
                )
                self.assertEqual(found, moves[0])
                self.assertEqual(moves.with_user(user).mapped("customer_grade"), ["e", "a"])
                groups = (
                    self.env["res.partner"]
                    .with_user(user)
                    ._read_group([("id", "in", (self.customer | self.good).ids)], ["payment_grade"], ["__count"])
                )
                self.assertEqual(sorted(groups), [("a", 1), ("e", 1)])

    def test_of_the_records_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        move = self.invoice()
        self.grade("b", company=other)
        there = move.with_context(allowed_company_ids=[other.id, self.env.company.id])
        self.assertEqual(there.customer_grade, "e")
        self.assertTrue(there.search([("id", "=", move.id), ("customer_grade", "=", "e")]))
        self.assertFalse(there.search([("id", "=", move.id), ("customer_grade", "=", "b")]))
        groups = there._read_group([("id", "=", move.id)], ["customer_grade"], ["__count"])
        self.assertEqual(groups, [("e", 1)])

    def test_in_the_order_of_grades(self):
        ungraded = self.env["res.partner"].create({"name": "Ungraded", "is_company": True})
        moves = self.invoice() | self.invoice(partner_id=ungraded.id) | self.invoice(partner_id=self.good.id)
        found = moves.with_user(self.ann).search([("id", "in", moves.ids)], order="customer_grade")
        self.assertEqual(found.ids, [moves[2].id, moves[0].id, moves[1].id])

    def test_filters_that_users_kept(self):
        """An upgrade lets them say the field that stayed."""
        kept = self.env["ir.filters"].create(
            {
                "name": "Late",
                "model_id": "account.move",
                "domain": "[('payment_grade', '=', 'e'), ('partner_id.payment_grade', '=', 'e')]",
                "context": "{'group_by': ['payment_grade']}",
                "sort": '["payment_grade desc", "id"]',
            }
        )
        self.env.flush_all()
        migration = Path(__file__).parents[2] / "migrations" / "19.0.1.8.0" / "post-grade_of_invoices.py"
        load_script(str(migration), "l2c_grade_of_invoices").migrate(self.env.cr, "19.0.1.7.0")
        kept.invalidate_recordset()
        self.assertEqual(kept.domain, "[('customer_grade', '=', 'e'), ('partner_id.payment_grade', '=', 'e')]")
        self.assertEqual(kept.context, "{'group_by': ['customer_grade']}")
        self.assertEqual(kept.sort, '["customer_grade desc", "id"]')

    def test_policies_take_what_the_company_knows(self):
        """Whichever company is at hand."""
        other = self.env["res.company"].create({"name": "Other"})
        self.grade("a", company=other)
        policy = self.make_policy("Late", partner_domain="[('payment_grade', 'in', ('d', 'e'))]", sequence=0)
        self.assertEqual(self.customer._get_dunning_policy(), policy)
        self.assertNotEqual(self.good._get_dunning_policy(), policy)
        self.env.flush_all()
        at_hand = self.env.company.with_company(other)
        rows = self.env.execute_query(self.policy_of(at_hand.sudo()._dunning_policy_sql(), self.customer))
        self.assertEqual(rows, [(policy.id,)])

    def policy_of(self, policy_sql, customer):
        from odoo.tools import SQL

        return SQL("SELECT %s FROM res_partner cp WHERE cp.id = %s", policy_sql, customer.id)

    def test_all_that_a_night_leaves(self):
        category = self.env["product.category"].create({"name": "Works"})
        self.customer.write({"turnover_year": 50000.0, "main_category_id": category.id, "years_as_customer": 4})
        domains = (
            "[('turnover_year', '>', 10000)]",
            f"[('main_category_id', '=', {category.id})]",
            f"[('main_category_id', 'child_of', {category.id})]",
            "[('main_category_id.name', '=', 'Works')]",
            "[('years_as_customer', '>=', 3), ('payment_grade', '=', 'e')]",
        )
        for number, domain in enumerate(domains):
            with self.subTest(domain):
                policy = self.make_policy(f"P{number}", partner_domain=domain, sequence=-number)
                self.assertEqual(self.customer._get_dunning_policy(), policy)
                self.assertNotEqual(self.good._get_dunning_policy(), policy)
                rule = self.rule(self.bob, partner_domain=domain, sequence=-number)
                self.customer.collector_id = False
                self.invoice()
                self.assign_now()
                self.assertEqual(self.customer.collector_id, self.bob)
                rule.active = False
        with self.assertRaises(ValidationError):
            self.make_policy(
                "Far", partner_domain="[('main_category_id.property_account_income_categ_id.code', '=', '1')]"
            )

    def test_only_those_who_read_them_choose_by_them(self):
        policies = self.env["dunning.policy"].with_user(self.user("seller", "sales_team.group_sale_salesman"))
        with self.assertRaises(AccessError):
            policies.create({"name": "x", "partner_domain": "[('payment_grade', '=', 'e')]"})


@tagged("post_install", "-at_install")
class TestDeskOrder(Grades, DeskCase):
    def test_amount_by_probability_by_age(self):
        """100 of who surely pays late comes before 150 of whom nothing is known, and that before 250 of who
        pays on time."""
        sure, unknown, good = (
            self.called(name, amount=amount) for name, amount in (("Sure", 100), ("Unknown", 150), ("Good", 250))
        )
        self.assertEqual(self.lines().partner_id, (good | unknown | sure).partner_id)
        self.grade("e", sure.partner_id, late_risk=1.0)
        self.grade("a", good.partner_id, late_risk=0.0)
        self.assertEqual(self.lines().partner_id, (sure | unknown | good).partner_id)

    def test_python_and_sql_say_the_same(self):
        chances = (None, 0.0, 0.2, 1 / 3, 0.9, 1.0, 7.0, -1.0)
        invoices = [self.called(f"C{number}", amount=100.0) for number in range(len(chances))]
        before = {line.partner_id: line.rank for line in self.lines()}
        for invoice, chance in zip(invoices, chances, strict=True):
            if chance is not None:
                self.grade("c", invoice.partner_id, late_risk=chance)
        base = 1e12 * (int(min(before.values()) // 1e12) + 1)
        for line in self.lines():
            chance = chances[[invoice.partner_id for invoice in invoices].index(line.partner_id)]
            with self.subTest(chance):
                weight = base - before[line.partner_id]
                self.assertAlmostEqual(base - line.rank, weight * likelihood(chance), places=2)
        self.assertEqual(risk(0), 1)

    def test_filter_and_no_word_of_it(self):
        late, good = self.called("Late"), self.called("Good")
        self.grade("e", late.partner_id)
        self.grade("a", good.partner_id)
        lines = self.lines(domain=[("customer_grade", "in", ("d", "e"))])
        self.assertEqual(lines.partner_id, late.partner_id)
        self.assertEqual(lines.customer_grade, "e")
        self.assertNotIn("rade", lines.reason)

    def test_an_old_grade_counts_no_more(self):
        one, other = self.called("One", amount=100), self.called("Other", amount=150)
        self.grade("e", one.partner_id, late_risk=1.0, since="2025-01-01")
        self.grade("b", one.partner_id, late_risk=0.1)
        self.assertEqual(self.lines().partner_id, (other | one).partner_id)


PREPARE = """
login = lambda name: env['res.users'].search([('login', '=', name)])
customer = env['res.partner'].create({'name': 'Customer', 'is_company': True, 'user_id': login('seller').id})
contact = login('customer').partner_id
contact.parent_id = customer
category = env['product.category'].create({'name': 'Works'})
customer.write({'payment_grade': 'e', 'turnover_year': 1000.0, 'main_category_id': category.id, 'years_as_customer': 3})
contact.write({'payment_grade': 'e'})
env['payment.grade'].create({'partner_id': customer.id, 'company_id': env.company.id, 'grade': 'e', 'since': '2026-03-01',
    'as_of': '2026-03-01', 'expected_days_late': 80, 'settled_count': 9})
lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'partner_id': customer.id, 'user_id': login('seller').id})
order = env['sale.order'].create({'partner_id': customer.id, 'opportunity_id': lead.id, 'user_id': login('seller').id})
"""

FIELDS = ("payment_grade", "turnover_year", "main_category_id", "years_as_customer", "asks_deposit")
#: Ways from what a salesperson reads to the customer.
WAYS = {
    "res.partner": ("", "commercial_partner_id.", "parent_id.", "child_ids.", "user_ids.partner_id."),
    "crm.lead": ("partner_id.", "partner_id.commercial_partner_id."),
    "sale.order": ("partner_id.", "partner_invoice_id.", "order_line.order_partner_id."),
    "res.users": ("partner_id.", "partner_id.commercial_partner_id."),
}


class TestAttackGrades(ServedCase):
    people = {
        "seller": ("sales_team.group_sale_salesman_all_leads", {}),
        "invoicing": ("account.group_account_invoice,sales_team.group_sale_salesman_all_leads", {}),
        "customer": ("base.group_portal", {}),
    }
    prepare = PREPARE
    at = "2026-03-10 08:00:00"

    def refused(self, client, *args, **kwargs):
        with self.assertRaises(Refused):
            client.call(*args, **kwargs)

    def test_salespeople_and_customers_search_nothing(self):
        for login in ("seller", "customer"):
            client = self.client(login)
            for model, ways in WAYS.items():
                for way in ways:
                    for name in FIELDS:
                        with self.subTest(login=login, model=model, way=way + name):
                            self.refused(client, model, "search_count", [[way + name, "!=", False]])
            for model in ("call.list.line", "account.move"):
                with self.subTest(login=login, model=model):
                    self.refused(client, model, "search_count", [["customer_grade", "=", "e"]])
            for name in ("payment_grade_ids.grade", "watch_ids.kind", "warning_ids.what", "payment_proposal_ids.kind"):
                with self.subTest(login=login, name=name):
                    self.refused(client, "res.partner", "search_count", [[name, "!=", False]])

    def test_nor_sort_nor_group(self):
        client = self.client("seller")
        for name in FIELDS:
            with self.subTest(name):
                self.refused(client, "res.partner", "search_read", [], ["name"], order=name)
                self.refused(client, "res.partner", "formatted_read_group", [], [name], ["__count"])
                self.refused(client, "sale.order", "formatted_read_group", [], [f"partner_id.{name}"], ["__count"])
                self.refused(client, "res.partner", "read", [1], [name])

    def test_those_who_do_the_books_do(self):
        client = self.client("invoicing")
        self.assertEqual(
            client.call("res.partner", "search_count", [["name", "=", "Customer"], ["payment_grade", "=", "e"]]), 1
        )
        self.assertEqual(client.call("sale.order", "search_count", [["partner_id.payment_grade", "=", "e"]]), 1)
