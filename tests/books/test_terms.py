"""Payment terms: what a discount costs, which are longer than the law lets them be, and what customers keep to."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...engine.books.terms import discount_rate, last_day
from ..common import TODAY, HandlingCase

BOOKS = "account.group_account_invoice"


class TermsCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany, cls.israel = cls.env.ref("base.de"), cls.env.ref("base.il")
        cls.firm = cls.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "country_id": cls.germany.id, "email": "firm@example.com"}
        )

    def term(self, days, **line):
        line = Command.create({"value": "percent", "value_amount": 100, "nb_days": days, **line})
        return self.env["account.payment.term"].create({"name": f"{days} days", "line_ids": [line]})

    def quoted(self, days, partner=None, **values):
        values = {"payment_term_id": self.term(days).id, "date_order": f"{TODAY} 12:00:00", **values}
        return self.order(partner_id=(partner or self.firm).id, **values)

    def invoiced(self, days, partner=None, **values):
        values = {"invoice_date": TODAY, "invoice_payment_term_id": self.term(days).id, **values}
        values = self.invoice_values(partner_id=(partner or self.firm).id, **values)
        del values["invoice_date_due"]  # as the term has it
        return self.env["account.move"].create(values)


@tagged("post_install", "-at_install")
class TestDiscounts(TermsCase):
    def test_as_a_yearly_rate(self):
        """5 % for 20 days are 96 % a year."""
        term = self.early_term(percent=5, days=10, due=30)
        self.assertEqual(term.discount_cost_hint, "5 % for money that comes 20 days earlier costs 96 % a year")
        order = self.order(payment_term_id=term.id)
        self.assertEqual(order.discount_cost_hint, term.discount_cost_hint)
        move = self.early_invoice(post=False)
        self.assertEqual(move.discount_cost_hint, "5 % for money that comes 2 days earlier costs 961 % a year")

    def test_nothing_without_a_discount_or_where_it_brings_nothing_earlier(self):
        for term in (self.term(30), self.early_term(days=30, due=30), self.early_term(days=40, due=30)):
            self.assertFalse(term.discount_cost_hint)
        self.assertFalse(self.order().discount_cost_hint)

    def test_on_the_form(self):
        with Form(self.env["account.payment.term"]) as form:
            form.name = "Ours"
            form.early_discount = True
            form.discount_percentage = 2
            form.discount_days = 10
            with form.line_ids.edit(0) as line:
                line.nb_days = 30
            self.assertIn("37 % a year", form.discount_cost_hint)

    def test_in_hebrew(self):
        self.env["res.lang"]._activate_lang("he_IL")
        term = self.early_term(percent=2, days=10, due=30).with_context(lang="he_IL")
        self.assertIn("37", term.discount_cost_hint)

    def test_rate_and_last_day(self):
        """The rate is what the seller would pay a bank that lent the lesser amount for so long."""
        for percent, days in ((0.5, 1), (2, 20), (5, 20), (33.3, 90), (99, 365)):
            lent, interest = 100 - percent, percent
            self.assertAlmostEqual(discount_rate(percent, days), 100 * interest / lent / days * 365)
        self.assertEqual([discount_rate(*bad) for bad in ((0, 9), (100, 9), (2, 0), (2, -1), (-1, 9))], [None] * 5)
        self.assertEqual(last_day(date(2028, 2, 1), 45, from_month_end=True), date(2028, 4, 14))
        self.assertEqual(last_day(date(2026, 12, 31), 60), date(2027, 3, 1))

    def test_shipped_terms(self):
        ours = {"2_10": (True, 2.0), "5_10": (False, 5.0), "10_10": (False, 10.0)}
        for name, (active, percent) in ours.items():
            term = self.env.ref(f"lead_to_cash.payment_term_{name}_net_30")
            self.assertEqual(
                (term.active, term.discount_percentage, term.discount_days, term.company_id.id),
                (active, percent, 10, False),
            )
            self.assertEqual(term._last_due(date(2026, 3, 10)), date(2026, 4, 9))
        month = self.env.ref("lead_to_cash.payment_term_eom_30")
        self.assertEqual(month._last_due(date(2026, 3, 10)), date(2026, 4, 30))


@tagged("post_install", "-at_install")
class TestLimits(TermsCase):
    def test_sixty_days_in_the_european_union(self):
        self.assertFalse(self.quoted(60).term_limit_hint)
        self.assertEqual(
            self.quoted(61).term_limit_hint,
            "It falls due on 05/10/2026. Unless more was expressly agreed, 05/09/2026 is the last day: "
            "European Union: 60 days between businesses (Directive 2011/7/EU, art. 3(5)).",
        )
        self.assertFalse(self.invoiced(60).term_limit_hint)
        move = self.invoiced(90)
        self.assertIn("05/09/2026 is the last day", move.term_limit_hint)
        move.action_post()  # a warning, never a blocker
        self.assertEqual(move.state, "posted")
        self.assertIn("05/09/2026 is the last day", move.term_limit_hint)

    def test_authorities_and_israel(self):
        authority = self.firm.copy(
            {"category_id": [Command.set(self.env.ref("lead_to_cash.partner_category_public_sector").ids)]}
        )
        self.assertIn("art. 4(3)", self.quoted(31, authority).term_limit_hint)
        self.assertFalse(self.quoted(30, authority).term_limit_hint)
        israeli = self.firm.copy({"country_id": self.israel.id})
        self.assertFalse(self.quoted(66, israeli).term_limit_hint)  # 2026-05-15, 45 days after March
        self.assertIn("05/15/2026 is the last day", self.quoted(67, israeli).term_limit_hint)

    def test_whose_terms_are_free(self):
        """Persons, countries without a limit, documents of before the law; sole traders are businesses."""
        person = self.env["res.partner"].create({"name": "Person", "country_id": self.germany.id})
        american = self.firm.copy({"country_id": self.env.ref("base.us").id})
        self.assertFalse(self.quoted(90, person).term_limit_hint)
        self.assertFalse(self.quoted(90, american).term_limit_hint)
        self.assertFalse(self.quoted(90, date_order="2012-01-10 12:00:00").term_limit_hint)
        self.assertFalse(self.invoiced(90, move_type="out_refund").term_limit_hint)
        person.write({"is_company": True, "is_sole_trader": True})
        self.assertTrue(self.quoted(90, person).term_limit_hint)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.firm.id})
        self.assertTrue(self.quoted(90, contact).term_limit_hint)

    def test_expressly_agreed(self):
        """On the quotation, for it and its invoices; of the customer, for all, in that company."""
        order = self.quoted(90)
        order.is_term_agreed = True
        self.assertFalse(order.term_limit_hint)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        move = order._create_invoices()
        self.assertEqual(move.invoice_payment_term_id, order.payment_term_id)
        self.assertFalse(move.term_limit_hint)
        order.is_term_agreed = False
        self.env.invalidate_all()  # as when it is opened again
        self.assertTrue(move.term_limit_hint)
        self.firm.is_long_term_agreed = True
        self.env.invalidate_all()
        self.assertFalse(move.term_limit_hint or self.quoted(90).term_limit_hint)
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.firm.with_company(other).is_long_term_agreed)

    def test_limits_of_a_company(self):
        """Its own count there alone; who manages collections changes them, nobody else does."""
        other = self.env["res.company"].create({"name": "Other"})
        values = {"name": "Strict", "country_id": self.germany.id, "days": 10, "since": "2026-01-01", "source": "x"}
        limit = self.env["payment.term.limit"].create({**values, "company_id": other.id})
        self.assertFalse(self.quoted(30).term_limit_hint)
        limit.company_id = self.env.company
        self.assertIn("Strict", self.quoted(30).term_limit_hint)
        manager = self.user("terms_manager", "lead_to_cash.group_collections_manager")
        limit.with_user(manager).days = 40
        self.assertFalse(self.quoted(30).term_limit_hint)
        shipped = self.env.ref("lead_to_cash.payment_term_limit_eu").with_user(manager)
        with self.assertRaises(AccessError):
            shipped.days = 5
        with self.assertRaises(AccessError):
            limit.with_user(self.user("terms_books", BOOKS)).days = 5
        for wrong in ({"country_id": False}, {"country_group_id": self.env.ref("base.europe").id}):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.env["payment.term.limit"].create({**values, **wrong})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["payment.term.limit"].create({**values, "days": 0})

    def test_in_the_readers_language_for_who_may_not_read_limits(self):
        self.env["res.lang"]._activate_lang("he_IL")
        seller = self.user("terms_seller", "sales_team.group_sale_salesman")
        order = self.quoted(61, user_id=seller.id).with_user(seller)
        self.assertIn("05/10/2026", order.term_limit_hint)
        self.assertIn("10.05.2026", order.with_context(lang="he_IL").term_limit_hint)
        with Form(order) as form:
            self.assertTrue(form.term_limit_hint)
            form.is_term_agreed = True
            self.assertFalse(form.term_limit_hint)

    def test_queries_dont_grow(self):
        moves = self.env["account.move"].union(*(self.invoiced(90) for _number in range(6)))
        counts = []
        for some in (moves[:1], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("term_limit_hint")  # what is cached for good
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(some.mapped("term_limit_hint")))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestHabits(TermsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls.user("habit_books", f"{BOOKS},sales_team.group_sale_salesman_all_leads")
        cls.grade = cls.given.graded(cls.firm, 12.2)

    def graded(self, partner, days, **values):
        return self.env["payment.grade"].create(
            {
                **{"partner_id": partner.id, "company_id": self.env.company.id, "grade": "c", "since": "2026-01-01"},
                **{"as_of": TODAY, "expected_days_late": days, **values},
            }
        )

    def hint(self, order, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user or self.books).payment_habit_hint

    def test_against_the_terms(self):
        order = self.quoted(30)
        self.assertEqual(
            self.hint(order), "Due on 04/09/2026, expected on 04/21/2026: this customer usually pays 12 days late"
        )
        self.grade.expected_days_late = -3
        self.assertEqual(self.hint(order), "Due on 04/09/2026: this customer pays on time")
        self.grade.until = TODAY
        self.assertFalse(self.hint(order))

    def test_only_for_who_reads_grades_and_never_of_persons(self):
        order = self.quoted(30)
        with self.assertRaises(AccessError):
            self.hint(order, self.user("habit_seller", "sales_team.group_sale_salesman_all_leads"))
        self.graded(self.customer, 40)
        self.assertFalse(self.customer.is_company)
        self.assertFalse(self.hint(self.quoted(30, self.customer)))
        self.firm.is_sole_trader = True
        self.assertFalse(self.hint(order))

    def test_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.grade.company_id = other
        self.assertFalse(self.hint(self.quoted(30)))
