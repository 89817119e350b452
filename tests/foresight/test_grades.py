"""How a customer pays, as one grade: with reasons, history, and what would raise it."""

from contextlib import closing

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import Form, new_test_user, tagged

from ...engine.foresight import following
from ...engine.foresight.grades import LIMITS, on_time_until
from ..common import TODAY
from .common import ForesightCase


@tagged("post_install", "-at_install")
class TestGrades(ForesightCase):
    def test_by_days_late(self):
        habits = {"a": [0] * 5, "b": [8] * 5, "c": [25] * 5, "d": [50] * 5, "e": [80] * 5, "new": [0] * 4}
        countries = self.env["res.country"].search([], limit=len(habits))  # each in a segment of its own
        firms = {
            grade: self.firm(grade, country_id=country.id) for grade, country in zip(habits, countries, strict=True)
        }
        self.settled_by({firms[grade]: delays for grade, delays in habits.items()}, first="2025-09-01")
        self.night()
        self.assertEqual({grade: firm.payment_grade for grade, firm in firms.items()}, {key: key for key in habits})
        self.assertEqual(self.grades(firms["e"]), [("e", TODAY, False)])

    def test_who_has_only_an_open_document_is_new_and_who_has_none_has_no_row(self):
        nobody = self.firm("Nobody")
        self.invoice()
        self.night()
        self.assertEqual((self.customer.payment_grade, nobody.payment_grade), ("new", False))
        self.assertFalse(self.grades(nobody))

    def test_history(self):
        self.settled([0] * 5)
        self.night("2026-01-10")
        self.settled([40] * 15, first="2025-06-01")
        self.night("2026-01-20")
        grade = self.customer.payment_grade
        self.assertIn(grade, ("c", "d"))
        self.assertEqual(self.grades(), [("a", "2026-01-10", "2026-01-20"), (grade, "2026-01-20", False)])

    def test_twice_on_a_day(self):
        """Corrected on that day: history has whole days. And back again, as if nothing had been."""
        late = self.settled([0] * 5)
        self.night("2026-01-10")
        moves = self.settled([70] * 20, first="2025-04-01")
        self.night("2026-01-20")
        worse = self.customer.payment_grade
        self.assertNotEqual(worse, "a")
        moves[10:].line_ids.remove_move_reconcile()
        moves[10:].button_draft()
        moves[10:].button_cancel()
        self.night("2026-01-20")
        self.assertEqual(len(self.grades()), 2)
        self.assertEqual(self.grades()[-1][1:], ("2026-01-20", False))
        moves[:10].line_ids.remove_move_reconcile()
        moves[:10].button_draft()
        moves[:10].button_cancel()
        self.night("2026-01-20")
        self.assertEqual(self.grades(), [("a", "2026-01-10", False)])
        self.assertTrue(late)

    def test_a_second_night_writes_nothing(self):
        other = self.firm("Other")
        self.settled([0, 3, 12, 0, 5])
        self.settled([30] * 6, other)
        self.assertEqual(self.night(), (2, 2))
        self.env.cr.execute("SELECT id, xmin::text, ctid::text FROM payment_grade")
        rows = self.env.cr.fetchall()
        self.assertEqual(self.night(), (0, 0))
        self.env.cr.execute("SELECT id, xmin::text, ctid::text FROM payment_grade")
        self.assertEqual(self.env.cr.fetchall(), rows)

    def test_queries_do_not_grow_with_customers(self):
        self.settled([0] * 5)
        self.night()
        few = self.queries_of_a_night()
        self.invoices([{"partner_id": self.firm(f"Firm {number}").id} for number in range(5)])
        self.assertEqual(self.queries_of_a_night(), few)

    def queries_of_a_night(self):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.night()
        return self.env.cr.sql_log_count - before

    def test_companies_grade_for_themselves(self):
        other = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids |= other
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        self.settled([0] * 5)
        self.settled([80] * 5, company=other, first="2025-09-01")
        self.night()
        self.night(company=other)
        there = self.customer.with_company(other)
        self.assertEqual((self.customer.payment_grade, there.payment_grade), ("a", "e"))
        self.assertEqual((self.present().grade, there.payment_grade_id.grade), ("a", "e"))
        self.assertEqual(self.grades(company=other), [("e", TODAY, False)])
        partners = self.env["res.partner"]
        found = partners.search([("payment_grade", "=", "e"), ("id", "=", self.customer.id)])
        found_there = partners.with_company(other).search([("payment_grade", "=", "e"), ("id", "=", self.customer.id)])
        self.assertEqual((found, found_there), (partners, self.customer))

    def test_reasons_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.settled([25] * 6, first="2025-09-01")
        self.night()
        row = self.present()
        self.assertIn("5 of the last 5 late", row.reason_text)
        self.assertEqual(row.reasons[0]["code"], "late_of_last")
        spoken = row.with_context(lang="ro_RO").reason_text
        self.assertIn("25", spoken)

    def test_what_would_raise_it(self):
        """And it does, not before."""
        self.settled([25] * 5)
        self.night()
        row = self.present()
        self.assertEqual((row.grade, row.settled_count), ("c", 5))
        count = row.raise_count
        self.assertGreater(count, 1)
        self.assertEqual(row.raise_text, f"The next {count} documents on time make it B.")
        # Of today, at once: each counts whole.
        moves = self.invoices([{"invoice_date": TODAY, "due": TODAY} for _number in range(count)])
        grades = []
        for move in moves:
            self.settle(move, self.day)
            self.night()
            grades.append(self.customer.payment_grade)
        # One sooner at most: the only customer of its segment raises what it is shrunk to, too.
        self.assertEqual((grades[-1], set(grades[:-2])), ("b", {"c"}))

    def test_the_best_has_nothing_to_raise(self):
        self.settled([0] * 5)
        self.night()
        self.assertEqual((self.present().raise_text, self.present().raise_count), (False, 0))

    def test_raising_is_said_as_the_mean_says(self):
        for days in range(3, 200, 7):
            for weight in (1.5, 5, 12.25, 80):
                for _name, limit in LIMITS:
                    if days > limit:
                        count = on_time_until(days, weight, limit)
                        self.assertLessEqual(days * weight / (weight + count), limit + 1e-6)
                        self.assertGreater(days * weight / (weight + count - 1), limit - 1e-6)

    def test_a_new_one_reads_how_many_are_missing(self):
        self.settled([0] * 4)
        self.night()
        self.assertEqual(self.present().raise_text, "One more settled document gives it a grade.")
        self.assertIn("Only 4 documents are settled", self.present().reason_text)

    def test_turnover_less_refunds_main_category_and_years(self):
        small, big = self.env["product.category"].create([{"name": "Small"}, {"name": "Big"}])
        things = self.env["product.product"].create(
            [
                {"name": "S", "categ_id": small.id, "taxes_id": False},
                {"name": "B", "categ_id": big.id, "taxes_id": False},
            ]
        )

        def sold(product, amount, day, move_type="out_invoice"):
            line = Command.create({"product_id": product.id, "quantity": 1, "price_unit": amount, "tax_ids": False})
            self.invoice(invoice_date=day, due=day, move_type=move_type, invoice_line_ids=[line])

        sold(things[0], 5000.0, "2023-01-10")
        sold(things[0], 300.0, "2026-01-10")
        sold(things[1], 1000.0, "2026-02-10")
        sold(things[1], 100.0, "2026-02-20", "out_refund")
        self.night()
        facts = self.customer.turnover_year, self.customer.main_category_id, self.customer.years_as_customer
        self.assertEqual(facts, (1200.0, big, 3))
        found = self.env["res.partner"].search([("turnover_year", ">", 1000), ("main_category_id", "=", big.id)])
        self.assertEqual(found, self.customer)

    def test_turnover_is_in_the_companys_currency(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.env.company.currency_id.id)], limit=1)
        )
        currency.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2025-01-01", "rate": 4.0})
        self.invoice(amount=400.0, currency_id=currency.id)
        self.night()
        self.assertAlmostEqual(self.customer.turnover_year, 100.0)

    def test_an_archived_customer_keeps_its_history(self):
        self.settled([0] * 5)
        self.night()
        self.customer.active = False
        self.night("2026-03-20")
        self.assertEqual([row[0] for row in self.grades()], ["a"])

    def test_who_another_process_writes_comes_the_next_night(self):
        """Its row is locked: it is skipped, the others aren't."""
        busy = self.env.ref("base.partner_admin")  # a row that another process sees, too
        values = {"company_id": self.env.company.id, "grade": "b", "since": TODAY, "as_of": TODAY}
        grades = self.env["payment.grade"]
        grades.create([{**values, "partner_id": partner.id} for partner in (busy, self.customer)])
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL lock_timeout = '5s'")
        night = following.Night(self.env.company.id, self.day, None, self.env.uid, self.env.company._now())
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute("SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE", [busy.id])
            self.assertEqual(grades._counted(following.mark(night)), 1)
        self.env.invalidate_all()
        self.assertEqual((self.customer.payment_grade, busy.payment_grade), ("b", False))
        self.assertEqual(grades._counted(following.mark(night)), 1)
        self.env.invalidate_all()
        self.assertEqual(busy.payment_grade, "b")


@tagged("post_install", "-at_install")
class TestReaders(ForesightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "grade_seller", "sales_team.group_sale_manager")
        cls.employee = new_test_user(cls.env, "grade_employee", "base.group_user")
        cls.books = new_test_user(cls.env, "grade_books", "account.group_account_invoice")
        cls.moves = cls.given.settled([25] * 6, first="2025-09-01")
        cls.given.night()
        cls.env.flush_all()

    def test_salespeople_and_employees_learn_nothing(self):
        domains = {
            "res.partner": ("payment_grade", "turnover_year", "main_category_id", "years_as_customer"),
            "account.move": ("customer_grade",),
        }
        for user in (self.seller, self.employee):
            for model, names in domains.items():
                records = self.env[model].with_user(user)
                for name in names:
                    for work in (
                        lambda records=records, name=name: records.search_count([(name, "!=", False)]),
                        lambda records=records, name=name: records.search([], order=name),
                        lambda records=records, name=name: records.formatted_read_group([], [name], ["__count"]),
                        lambda records=records, name=name: records.search_read([], [name]),
                    ):
                        with self.subTest(model, login=user.login, name=name), self.assertRaises(AccessError):
                            work()
            with self.assertRaises(AccessError):
                self.env["payment.grade"].with_user(user).search([])
            self.assertNotIn("customer_grade", self.env["account.move"].with_user(user).fields_get())

    def test_nor_on_the_way_through_others(self):
        orders = self.env["sale.order"].with_user(self.seller)
        for name in ("partner_id.payment_grade", "invoice_ids.customer_grade", "partner_id.payment_grade_ids.grade"):
            with self.subTest(name), self.assertRaises(AccessError):
                orders.search_count([(name, "=", "c")])
        with self.assertRaises(AccessError):
            orders.formatted_read_group([], ["partner_id.payment_grade"], ["__count"])

    def test_bookkeepers_list_group_and_read(self):
        moves = self.env["account.move"].with_user(self.books)
        about = [("id", "in", self.moves.ids)]
        self.assertEqual(moves.search_count([*about, ("customer_grade", "=", "c")]), 6)
        self.assertEqual(moves.search_count([*about, ("customer_grade", "!=", "c")]), 0)
        groups = moves.formatted_read_group(about, ["customer_grade"], ["__count"])
        self.assertEqual([(group["customer_grade"], group["__count"]) for group in groups], [("c", 6)])
        self.assertEqual(moves.search(about, order="customer_grade, id"), self.moves.sorted("id").with_user(self.books))
        partners = self.env["res.partner"].with_user(self.books)
        groups = partners.formatted_read_group([("id", "=", self.customer.id)], ["payment_grade"], ["__count"])
        self.assertEqual([(group["payment_grade"], group["__count"]) for group in groups], [("c", 1)])
        action = self.customer.with_user(self.books).action_payment_grades()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 1)

    def test_the_form_of_the_customer(self):
        with Form(self.customer.with_user(self.books)) as form:
            self.assertEqual(form.payment_grade, "c")
            self.assertIn("of the last 5 late", form.grade_reasons)

    def test_nobody_writes_a_grade(self):
        accountant = new_test_user(self.env, "grade_accountant", "account.group_account_manager")
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.present().with_user(accountant).write({"grade": "a"})
        with self.assertRaises(AccessError):
            self.present().with_user(accountant).unlink()
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.customer.with_user(accountant).write({"payment_grade": "a"})
