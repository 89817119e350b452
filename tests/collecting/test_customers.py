"""*Collections ▸ Customers*: one line a customer and currency, equal to the books, for whom they concern."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...engine.collecting import customers as engine
from ..common import TODAY, HandlingCase
from .test_desk import DeskCase


class CustomersCase(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls.user("customers_books", "account.group_account_invoice")
        cls.reader = cls.user("customers_reader", "account.group_account_readonly")

    def customers(self, domain=(), user=None, company=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["collections.customer"].with_user(user or self.collector).with_context(**context)
        if company:
            model = model.with_context(allowed_company_ids=company.ids)
        return model.search(list(domain))

    def of(self, invoice, **kwargs):
        return self.customers([("partner_id", "=", invoice.commercial_partner_id.id)], **kwargs)

    def page(self, user=None, domain=(), limit=80, order="overdue_amount desc", offset=0, count_limit=10001):
        """What the list asks for, as the browser does."""
        model = self.env["collections.customer"].with_user(user or self.collector)
        view = self.env.ref("lead_to_cash.collections_customer_view_list")
        names = {node.get("name") for node in view._get_combined_arch().iterchildren("field")}
        names -= {"company_id", "company_currency_id"}
        spec = {name: {"fields": {"display_name": {}}} if model._fields[name].relational else {} for name in names}
        return model.web_search_read(list(domain), spec, offset, limit, order, count_limit)


@tagged("post_install", "-at_install")
class TestCustomers(CustomersCase):
    def test_one_line_a_customer(self):
        first = self.owing("Alpha", due="2026-02-01", amount=100)
        child = self.env["res.partner"].create({"name": "Branch", "parent_id": first.partner_id.id})
        self.invoices(
            [
                {"partner_id": child.id, "due": "2026-03-20", "amount": 40},
                {"partner_id": child.id, "due": "2026-03-09", "amount": 7.5},
                {"partner_id": first.partner_id.id, "move_type": "out_refund", "amount": 30},
            ]
        )
        line = self.of(first)
        self.assertEqual(len(line), 1)
        amounts = (line.overdue_amount, line.not_due_amount, line.credit_amount, line.open_amount)
        self.assertEqual(amounts, (107.5, 40, 30, 117.5))
        self.assertEqual((str(line.oldest_date), line.oldest_days), ("2026-02-01", 37))
        self.assertEqual((line.overdue_value, line.open_value), (107.5, 117.5))
        self.assertEqual(line.age, "age_2")
        self.assertEqual(line.id, engine.line_id(self.env.company.id, first.partner_id.id, first.currency_id.id))
        self.pay(first)
        line = self.of(first)
        self.assertEqual((line.overdue_amount, str(line.oldest_date), line.oldest_days), (7.5, "2026-03-09", 1))

    def test_paid_is_gone_and_a_credit_stays(self):
        paid, credited = self.owing("Paid"), self.owing("Credited", due="2026-02-20")
        self.pay(paid | credited)
        self.invoice(partner_id=credited.partner_id.id, move_type="out_refund", amount=25)
        self.assertFalse(self.of(paid))
        line = self.of(credited)
        self.assertEqual((line.overdue_amount, line.credit_amount, line.open_amount), (0, 25, -25))
        self.assertFalse(line.oldest_date)
        self.assertNotIn(line, self.customers([("overdue_amount", ">", 0)]))

    def test_archived_customers_with_debts_are_shown(self):
        invoice = self.owing("Gone")
        invoice.partner_id.active = False
        line = self.of(invoice)
        self.assertEqual((line.partner_id, line.is_active), (invoice.partner_id, False))
        self.assertIn(line, self.customers([("search_text", "ilike", "gone")]))

    def test_two_currencies_are_two_lines(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.5, "name": "2026-01-01"})
        own = self.owing("Both", amount=100)
        other = self.invoice(partner_id=own.partner_id.id, currency_id=euro.id, amount=50)
        lines = self.of(own)
        self.assertEqual(len(lines), 2)
        in_euro = lines.filtered(lambda line: line.currency_id == euro)
        self.assertEqual((in_euro.overdue_amount, in_euro.overdue_value), (50, other.amount_residual_signed))
        self.assertEqual(in_euro.overdue_value, 100)
        page = own.partner_id.with_user(self.collector)
        self.assertEqual((page.collection_overdue, page.has_several_currencies), (200, True))

    def test_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        ours = self.owing("Shared", amount=10)
        theirs = HandlingCase.invoice(_Of(self, other), partner_id=ours.partner_id.id, amount=20)
        self.collector.company_ids |= other
        both = self.customers([("partner_id", "=", ours.partner_id.id)], company=self.env.company | other)
        self.assertEqual({line.company_id: line.open_amount for line in both}, {self.env.company: 10, other: 20})
        self.assertEqual(self.of(theirs, company=other).open_amount, 20)
        self.assertEqual(self.of(theirs, company=self.env.company).open_amount, 10)
        self.collector.company_ids -= other
        with self.assertRaises(AccessError):
            both.filtered(lambda line: line.company_id == other).with_context(
                allowed_company_ids=self.env.company.ids
            ).action_statement()

    def test_badges(self):
        held, disputed, promised, lawyer, free = (self.owing(name) for name in ("Held", "Dis", "Pro", "Law", "Free"))
        held.partner_id.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "x"})
        self.env["dunning.dispute"].create(
            {
                "partner_id": disputed.partner_id.id,
                "reason": "Short",
                "move_line_ids": [Command.set(self.items(disputed).ids)],
            }
        )
        disputed.partner_id.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "x"})
        self.promise(promised)
        lawyer.partner_id.collection_state = "lawyer"
        said = {invoice: self.of(invoice).badge for invoice in (held, disputed, promised, lawyer, free)}
        self.assertEqual(list(said.values()), ["hold", "dispute", "promise", "lawyer", False])
        # Filters find whoever it holds of.
        for badge, invoices in (("hold", held | disputed), ("dispute", disputed), ("lawyer", lawyer)):
            with self.subTest(badge):
                found = self.customers([("badge", "=", badge)])
                self.assertEqual(found.partner_id, invoices.partner_id.sorted("id"))
        self.assertEqual(self.customers([("badge", "=", False), ("name", "=", "Free")]).partner_id, free.partner_id)
        self.assertEqual(self.of(promised).next_step, "Promise falls due")

    def test_no_address_and_level_after_a_run(self):
        nowhere, reminded = self.owing("Nowhere", email=False), self.owing("Told")
        self.run_on(TODAY)
        self.assertEqual(self.of(nowhere).badge, "no_address")
        self.assertEqual(self.of(reminded).level_id.name, "First")
        self.assertTrue(self.of(reminded).next_step_date)

    def test_mine_and_nobodys_and_never_contacted(self):
        mine, stand_in, _nobodys, theirs = (self.owing(name) for name in ("Mine", "Stand", "None", "Theirs"))
        away, else_ = self.user("cust_away", "lead_to_cash.group_collections_user"), self.books
        away.write({"collector_substitute_id": self.collector.id, "collector_absent_from": "2026-03-01"})
        for invoice, user in ((mine, self.collector), (stand_in, away), (theirs, else_)):
            invoice.partner_id.collector_id = user
        own = [("name", "in", ("Mine", "Stand", "None", "Theirs"))]
        self.assertEqual(set(self.customers([*own, ("is_mine", "=", True)]).mapped("name")), {"Mine", "Stand"})
        self.assertEqual(self.customers([*own, ("user_id", "=", False)]).mapped("name"), ["None"])
        mine.partner_id.with_user(self.collector).action_no_answer()
        never = self.customers([*own, ("is_never_contacted", "=", True)])
        self.assertEqual(set(never.mapped("name")), {"Stand", "None", "Theirs"})
        self.assertTrue(self.of(mine).last_contact)
        self.assertFalse(self.of(theirs).last_contact)

    def test_order_groups_and_totals(self):
        for number, amount in enumerate((30, 50, 20)):
            self.owing(f"C{number}", amount=amount).partner_id.collector_id = self.collector
        own = [("name", "in", ("C0", "C1", "C2"))]
        self.assertEqual(self.customers(own).mapped("overdue_amount"), [50, 30, 20])
        model = self.env["collections.customer"].with_user(self.collector)
        for field in ("user_id", "payment_grade", "policy_id", "salesperson_id", "country_id", "age", "company_id"):
            with self.subTest(field):
                groups = model._read_group(own, [field], ["overdue_amount:sum", "open_amount:sum", "__count"])
                self.assertEqual([row[1:] for row in groups], [(100, 100, 3)])
        [[policy, *_]] = model._read_group(own, ["policy_id"], ["__count"])
        self.assertEqual(policy, self.customers(own)[0].partner_id._get_dunning_policy())

    def test_pages_and_their_count(self):
        for number in range(5):
            self.owing(f"P{number}", amount=100 + number)
        own = [("name", "=like", "P_")]
        for limit, offset, count_limit, names, length in (
            (2, 0, 10001, ["P4", "P3"], 5),
            (2, 4, 10001, ["P0"], 5),
            (2, 0, 3, ["P4", "P3"], 3),
            (2, 2, 3, ["P2", "P1"], 4),
            (2, 6, 10001, [], 5),
            (None, 0, None, ["P4", "P3", "P2", "P1", "P0"], 5),
        ):
            with self.subTest(limit=limit, offset=offset, count_limit=count_limit):
                page = self.page(domain=own, limit=limit, offset=offset, count_limit=count_limit)
                self.assertEqual([row["partner_id"]["display_name"] for row in page["records"]], names)
                self.assertEqual(page["length"], length)

    def test_the_page_asks_as_often_for_many_as_for_few(self):
        for number in range(12):
            invoice = self.owing(f"Q{number}")
            invoice.partner_id.collector_id = self.collector
            if number % 3 == 0:
                self.promise(invoice)
            invoice.partner_id.with_user(self.collector).action_no_answer()
        self.page()

        def queries(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page(limit=limit)
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(queries(12), queries(3) + 1)

    def test_what_is_planned_is_asked_for_at_once(self):
        for number in range(12):
            self.called(f"P{number}")
        lines = self.customers([("name", "=like", "P%")])
        self.assertEqual(set(lines.with_context(l2c_today="2026-03-09").mapped("next_step")), {"Call"})

        def queries(lines):
            self.env.flush_all()
            self.env.invalidate_all()
            lines.mapped("partner_id.name")
            before = self.env.cr.sql_log_count
            lines.with_context(l2c_today="2026-03-09").mapped("next_step")
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(queries(lines), queries(lines[:3]) + 1)

    def test_groups_are_ranked_by_what_is_overdue(self):
        small, large = self.env["res.users"].browse([self.collector.id, self.books.id])
        self.owing("Small", amount=30).partner_id.collector_id = small
        self.owing("Large", amount=50).partner_id.collector_id = large
        order = self.env.ref("lead_to_cash.collections_customer_view_list")._get_combined_arch().get("default_order")
        model = self.env["collections.customer"].with_user(self.collector)
        domain = [("user_id", "in", (small.id, large.id))]
        groups = model.web_read_group(domain, ["user_id"], ["overdue_value:sum"], order=order)["groups"]
        self.assertEqual([group["user_id"][0] for group in groups], [large.id, small.id])

    def test_what_the_list_shows_can_be_exported(self):
        invoice = self.owing("Exported", phone="+40 21 555 0120")
        exporter = self.user("cust_exporter", "account.group_account_readonly,base.group_allow_export")
        names = ["partner_id", "badge", "overdue_amount", "oldest_date", "next_step", "phone", "payment_grade"]
        [row] = self.of(invoice, user=exporter).export_data(names)["datas"]
        self.assertEqual((row[0], row[2], str(row[3])), ("Exported", 100.0, "2026-03-01"))

    def test_who_may_read(self):
        invoice = self.owing("Secret")
        for user in (self.books, self.reader, self.collector):
            with self.subTest(user.login):
                self.assertEqual(self.of(invoice, user=user).open_amount, 100)
                self.assertTrue(self.page(user)["records"])
        groups = (
            "sales_team.group_sale_salesman",
            "sales_team.group_sale_manager",
            "base.group_portal",
            "base.group_user",
        )
        for number, group in enumerate(groups):
            with self.subTest(group), self.assertRaises(AccessError):
                self.customers(user=self.user(f"cust_{number}", group))


class _Of:
    """Makes documents of another company with the test's helpers."""

    def __init__(self, case, company):
        self.env = case.env["res.partner"].with_company(company).env
        self.customer, self.product = case.customer, case.product


@tagged("post_install", "-at_install")
class TestEqualToTheBooks(CustomersCase):
    def test_equal_to_ageing(self):
        """Whatever is open, paid in part, credited: the sums are those of the ageing, to the cent."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.73, "name": "2026-01-01"})
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(4)])
        rows = [
            {
                "partner_id": partners[number % 4].id,
                "due": f"2026-{1 + number % 4:02}-{1 + number % 27:02}",
                "invoice_date": "2026-01-01",
                "amount": 100.01 + 7.13 * number,
                "move_type": "out_refund" if number % 7 == 3 else "out_invoice",
                "currency_id": euro.id if number % 3 == 1 else self.env.company.currency_id.id,
            }
            for number in range(28)
        ]
        moves = self.invoices(rows)
        for number, move in enumerate(moves.filtered(lambda move: move.move_type == "out_invoice")):
            if number % 4 == 1:
                self.pay(move, amount=33.33)
            elif number % 4 == 2:
                self.pay(move)
        self.env.flush_all()
        ageing = self.env["receivable.ageing"]
        for partner in partners:
            lines = self.customers([("partner_id", "=", partner.id)])
            items = ageing.search([("partner_id", "=", partner.id)])
            with self.subTest(partner.name):
                aged = sum(sum(items.mapped(name)) for name in ("age_1", "age_2", "age_3", "age_4"))
                self.assertAlmostEqual(sum(lines.mapped("overdue_value")), aged, 2)
                self.assertAlmostEqual(sum(lines.mapped("open_value")), sum(items.mapped("residual")), 2)
                self.assertAlmostEqual(sum(lines.mapped("credit_value")), -sum(items.mapped("credits")), 2)
                for name in ("age_1", "age_2", "age_3", "age_4"):
                    self.assertAlmostEqual(sum(lines.mapped(name)), sum(items.mapped(name)), 2)
                self.assertAlmostEqual(sum(lines.mapped("not_due_value")), sum(items.mapped("not_due")), 2)
                self.assertEqual(max(lines.mapped("oldest_days")), max(items.mapped("days_overdue")))
