"""Quotations and orders of late payers: what the salesperson is told and offered, and holds by grade."""

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .late import LateSalesCase


@tagged("post_install", "-at_install")
class TestBanner(LateSalesCase):
    def test_grade_and_offers(self):
        self.grade("d", reasons=[])
        order = self.told(self.order(user_id=self.seller.id))
        self.assertIn("grade D", order.payment_grade_text)
        self.assertIn("45 days", order.payment_grade_text)
        self.assertTrue(order.is_late_payer)
        self.assertEqual(order.deposit_offer, "Ask for 30 % Deposit")
        self.assertEqual(order.term_offer, "Terms: Immediate Payment")

    def test_sentences(self):
        """Each begins with a capital letter, also the first of the reasons."""
        self.grade("e", reasons=[{"code": "usual_late", "days": 64}, {"code": "worse_lately"}])
        self.assertEqual(
            self.told(self.order(user_id=self.seller.id)).payment_grade_text,
            "Payment grade E: payment is expected 80 days after the due date."
            " Pays on average 64 days late; pays later than before.",
        )

    def test_good_payers_and_new_ones(self):
        order = self.order(user_id=self.seller.id)
        for grade, shown, late in (("a", True, False), ("c", True, False), ("e", True, True), ("new", False, False)):
            with self.subTest(grade):
                self.grade(grade)
                self.env.invalidate_all()
                self.assertEqual((bool(order.payment_grade_text), order.is_late_payer), (shown, late))

    def test_nobody_without_a_grade(self):
        """As of persons where grading them is off."""
        order = self.told(self.order(user_id=self.seller.id))
        self.assertFalse(order.payment_grade_text)
        self.assertFalse(order.is_late_payer)

    def test_not_of_a_customer_of_whom_one_isnt_told(self):
        self.grade("e")
        mine = self.own_order().with_user(self.seller)
        self.assertFalse(mine.payment_grade_text)
        self.assertFalse(mine.is_late_payer)
        form = Form(self.env["sale.order"].with_user(self.seller))
        form.partner_id = self.customer
        self.assertFalse(form.payment_grade_text)
        bookkeeper = self.user("books", "account.group_account_invoice,sales_team.group_sale_salesman_all_leads")
        self.assertTrue(mine.with_user(bookkeeper).payment_grade_text)

    def test_customers_read_nothing_of_it(self):
        self.grade("e")
        order = self.order()
        reader = new_test_user(self.env, "portal", groups="base.group_portal", partner_id=self.customer.id)
        order.message_subscribe(self.customer.ids)
        order.action_quotation_sent()
        names = ("payment_grade_text", "is_late_payer", "customer_warning")
        for name in (*names, "deposit_offer", "term_offer", "offers_deposit", "offers_term"):
            with self.subTest(name), self.assertRaises(AccessError):
                order.with_user(reader).read([name])

    def test_of_the_orders_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.grade("e", company=other)
        self.assertFalse(self.order().payment_grade_text)

    def test_the_lead_tells_nothing_of_grades(self):
        self.grade("e")
        self.reach(2)
        lead = self.lead(partner_id=self.customer.id)
        self.assertNotIn("rade", lead.collection_warning)
        lines = self.env["call.list.line"].with_user(self.seller)
        with self.assertRaises(AccessError):
            lines.search([("customer_grade", "=", "e")])


@tagged("post_install", "-at_install")
class TestOffers(LateSalesCase):
    def test_nothing_happens_by_itself(self):
        self.grade("e")
        term = self.env.ref("account.account_payment_term_30days")
        self.customer.property_payment_term_id = term
        order = self.order(user_id=self.seller.id)
        self.assertEqual((order.require_payment, order.payment_term_id), (False, term))

    def test_a_deposit(self):
        self.env.company.late_deposit_percent = 0.4
        order = self.order(user_id=self.seller.id)
        said = order.with_user(self.seller).action_ask_deposit()
        self.assertEqual(said["tag"], "display_notification")
        self.assertEqual(said["params"]["message"], f"{order.name} asks for a deposit of 40 %.")
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.4))
        self.assertEqual(order._get_prepayment_required_amount(), 40.0)

    def test_never_less_than_is_asked(self):
        more = self.order(require_payment=True, prepayment_percent=1.0)
        less = self.order(require_payment=True, prepayment_percent=0.1)
        none = self.order(require_payment=False, prepayment_percent=1.0)
        said = (more | less | none).action_ask_deposit()["params"]["message"]
        self.assertEqual((more | less | none).mapped("prepayment_percent"), [1.0, 0.3, 0.3])
        self.assertTrue(none.require_payment)
        self.assertIn(f"{more.name} asks for a deposit of 100 %.", said)

    def test_not_offered_once_it_is_in_force(self):
        term = self.env.ref("account.account_payment_term_immediate")
        order = self.order(user_id=self.seller.id, payment_term_id=False).with_user(self.seller)
        self.assertEqual((order.offers_deposit, order.offers_term), (True, True))
        order.action_ask_deposit()
        self.assertEqual((order.offers_deposit, order.offers_term), (False, True))
        order.action_late_payment_term()
        self.assertEqual((order.offers_deposit, order.offers_term), (False, False))
        order.prepayment_percent = 0.2
        self.assertTrue(order.offers_deposit)
        order.write({"prepayment_percent": 0.5, "payment_term_id": False})
        self.assertEqual((order.offers_deposit, order.offers_term), (False, True))
        order.payment_term_id = term
        arch = etree.fromstring(order.get_view(view_type="form")["arch"])
        for button, name in (("action_ask_deposit", "offers_deposit"), ("action_late_payment_term", "offers_term")):
            self.assertEqual(arch.find(f".//button[@name='{button}']").get("invisible"), f"not {name}")

    def test_terms(self):
        order = self.order(user_id=self.seller.id)
        said = order.with_user(self.seller).action_late_payment_term()
        self.assertEqual(said["params"]["message"], f"{order.name} has the terms Immediate Payment.")
        self.assertEqual(order.payment_term_id, self.env.ref("account.account_payment_term_immediate"))
        chosen = self.env.ref("account.account_payment_term_15days")
        self.env.company.late_payment_term_id = chosen
        order.action_late_payment_term()
        self.assertEqual(order.payment_term_id, chosen)

    def test_only_quotations_that_one_may_change(self):
        order = self.order(user_id=self.seller.id)
        with self.assertRaises(AccessError):
            order.with_user(self.colleague).action_ask_deposit()
        order.action_confirm()
        for action in (order.action_ask_deposit, order.action_late_payment_term):
            with self.assertRaises(UserError):
                action()

    def test_settings(self):
        for percent in (0, 1.1, -0.1):
            with self.subTest(percent), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env.company.late_deposit_percent = percent

    def test_the_mark_of_the_customer_on_the_form(self):
        self.customer.asks_deposit = True
        form = Form(self.env["sale.order"].with_user(self.seller))
        form.partner_id = self.customer
        self.assertTrue(form.require_payment)
        self.assertEqual(form.prepayment_percent, 0.3)

    def test_the_mark_of_the_customer_lowers_nothing(self):
        self.env.company.write({"portal_confirmation_pay": True, "prepayment_percent": 1.0})
        self.customer.asks_deposit = True
        order = self.order()
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 1.0))
        form = Form(self.env["sale.order"].with_user(self.seller))
        form.partner_id = self.customer
        self.assertEqual((form.require_payment, form.prepayment_percent), (True, 1.0))

    def test_a_change_of_customer_leaves_what_a_person_has_chosen(self):
        order = self.order(require_payment=True, prepayment_percent=0.5)
        order.partner_id = self.env["res.partner"].create({"name": "Another"})
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.5))


@tagged("post_install", "-at_install")
class TestHold(LateSalesCase):
    def test_where_the_company_says_so(self):
        order = self.order(user_id=self.seller.id)
        table = (("d", "none", False), ("d", "e", False), ("d", "d", True), ("e", "e", True), ("e", "d", True))
        for grade, setting, held in (*table, ("c", "d", False), ("new", "d", False)):
            with self.subTest(grade=grade, setting=setting):
                self.grade(grade)
                self.env.company.hold_sales_grade = setting
                self.env.invalidate_all()
                self.assertEqual(order.is_sales_held, held)

    def test_off_as_shipped(self):
        self.grade("e")
        self.assertEqual(self.env["res.company"].create({"name": "New"}).hold_sales_grade, "none")
        order = self.order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def held(self):
        self.env.company.hold_sales_grade = "e"
        self.grade("e")
        return self.own_order()

    def test_the_sentence_says_why_to_who_is_told(self):
        order = self.held()
        with self.assertRaises(UserError) as raised:
            order.with_user(self.seller).action_confirm()
        self.assertNotIn("grade", str(raised.exception))
        self.assertIn("sales manager", str(raised.exception))
        with self.assertRaises(UserError) as raised:
            self.told(order).action_confirm()
        self.assertIn("payment grade E", str(raised.exception))
        self.assertEqual(order.state, "draft")

    def test_released_as_other_holds(self):
        order = self.held()
        self.assertIn("wait for a sales manager", order.collection_warning)
        with self.assertRaises(AccessError):
            self.release(order, user=self.seller)
        self.release(order)
        self.env.invalidate_all()
        self.assertFalse(order.is_sales_held)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_never_a_person(self):
        order = self.held()
        self.customer.is_company = False
        self.env.invalidate_all()
        self.assertFalse(order.is_sales_held)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_contact_of_a_company_is_no_person(self):
        self.held()
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.assertTrue(self.order(partner_id=contact.id).is_sales_held)

    def test_a_persons_debts_hold_as_before(self):
        self.held()
        self.customer.is_company = False
        self.reach(3)
        order = self.order()
        self.assertTrue(order.is_sales_held)
        with self.assertRaises(UserError) as raised:
            order.with_user(self.chief).action_confirm()
        self.assertIn("Second", str(raised.exception))

    def test_a_change_of_the_setting_is_noted(self):
        self.env.company.hold_sales_grade = "d"
        self.env.flush_all()
        logs = self.env["l2c.audit.log"].search([("field_name", "=", "hold_sales_grade")], limit=1)
        self.assertEqual((logs.old_value, logs.new_value), ("none", "d"))
