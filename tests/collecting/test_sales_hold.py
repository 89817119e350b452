"""What sales see of debts, and orders that wait for a sales manager."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import TODAY, RunCase


class HoldCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.dunning_reply_hold_days = 0
        cls.policy.level_ids[-1].hold_sales = True
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.colleague = cls.user("colleague", "sales_team.group_sale_salesman")
        cls.chief = cls.user("chief", "sales_team.group_sale_manager")

    def reach(self, number=3, **values):
        """An invoice that has reached so many levels, each notice sent."""
        invoice = self.invoice(due="2026-02-10", **values)
        for day in ("2026-02-05", "2026-02-16", "2026-02-27")[:number]:
            self.run_on(day)
            self.notices(invoice).filtered(lambda notice: notice.state == "queued").state = "sent"
        return invoice

    def release(self, order, until=TODAY, user=None):
        action = order.with_user(user or self.chief).action_release_sales()
        release = self.env["dunning.sales.release"].with_user(user or self.chief).with_context(**action["context"])
        return release.create({"until": until, "reason": "The bank confirmed"})


@tagged("post_install", "-at_install")
class TestBanner(HoldCase):
    def test_nothing_overdue(self):
        self.invoice(due="2026-04-01")
        order = self.order()
        self.assertFalse(order.partner_credit_warning)
        self.assertFalse(self.lead(partner_id=self.customer.id).collection_warning)

    def test_overdue_level_and_reason(self):
        invoice = self.reach(2)
        for document in (self.order(), self.lead(partner_id=self.customer.id)):
            with self.subTest(document._name):
                text = document.collection_warning
                self.assertIn("100.00", text)
                self.assertIn("First", text)
                self.assertIn(self.current(invoice).sentence, text)
                self.assertNotIn("sales manager", text)
                self.assertFalse(document.is_sales_held)

    def test_a_customer_reads_nothing_of_it(self):
        """Portal users can read their own documents, by RPC every field of them."""
        invoice, order = self.reach(3), self.order()
        reader = new_test_user(self.env, "portal", groups="base.group_portal", partner_id=self.customer.id)
        invoice.message_subscribe(self.customer.ids)
        order.message_subscribe(self.customer.ids)
        order.action_quotation_sent()
        self.assertIn("100.00", order.partner_credit_warning)
        self.env.invalidate_all()
        [read] = order.with_user(reader).read(["name", "partner_credit_warning"])
        self.assertEqual(read["partner_credit_warning"], "")
        self.assertEqual(invoice.with_user(reader).read(["name"])[0]["name"], invoice.name)
        for record, name in (
            (invoice, "dunning_decision_code"),
            (invoice, "closure_note"),
            (order, "collection_warning"),
            (order, "closure_note"),
            (order, "next_action_summary"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                record.with_user(reader).read([name])

    def test_with_the_credit_limit_in_one_banner(self):
        self.env.company.account_use_credit_limit = True
        self.customer.write({"use_partner_credit_limit": True, "credit_limit": 50.0})
        self.reach(3)
        lines = self.order().partner_credit_warning.splitlines()
        self.assertIn("credit limit", lines[0])
        self.assertTrue([line for line in lines[1:] if "past due" in line])
        self.assertIn("wait for a sales manager", lines[-1])

    def test_less_open_credits(self):
        self.reach(2)
        self.invoice(move_type="out_refund", amount=100.0)
        self.assertFalse(self.order().collection_warning)

    def test_own_customers_only(self):
        self.reach(2)
        mine = self.order(user_id=self.seller.id)
        self.assertTrue(mine.with_user(self.seller).collection_warning)
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague).read(["collection_warning"])

    def test_not_of_a_colleagues_customer_while_writing(self):
        self.reach(2)
        table = ((self.seller, True), (self.env["res.users"], False), (self.colleague, False))
        for owner, shown in table:
            self.customer.user_id = owner
            with self.subTest(owner.login):
                form = Form(self.env["sale.order"].with_user(self.seller))
                form.partner_id = self.customer
                self.assertEqual("past due" in (form.partner_credit_warning or ""), shown)
        form = Form(self.env["sale.order"].with_user(self.chief))
        form.partner_id = self.customer
        self.assertIn("past due", form.partner_credit_warning)

    def test_other_company(self):
        self.reach(3)
        company = self.env["res.company"].create({"name": "Other"})
        lead = self.lead(partner_id=self.customer.id, company_id=company.id, team_id=False, user_id=False)
        self.assertFalse(lead.collection_warning)

    def test_contact_of_the_customer(self):
        self.reach(3)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.assertTrue(self.order(partner_id=contact.id).is_sales_held)

    def test_one_query_for_all(self):
        self.reach(3)
        orders = self.env["sale.order"].union(*[self.order() for _number in range(8)])
        facts = self.env["res.partner"]._collection_facts
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(len(facts([(order.company_id, order.partner_id) for order in orders])), 1)

    def test_closed_by_a_person_too(self):
        """An item at a level before the policy's cut-off date counts as at that level."""
        self.policy.write({"cut_off_date": "2026-03-01", "cut_off_level_id": self.policy.level_ids[-1].id})
        self.invoice(due="2026-02-10")
        self.run_on(TODAY)
        self.assertTrue(self.order().is_sales_held)


class ConfirmCase(HoldCase):
    def paid(self, order, amount):
        """What the customer paid online, as it is told of it."""
        method = self.env["payment.method"].create({"name": "Test", "code": "test"})
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test", "payment_method_ids": [Command.set(method.ids)]}
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": "held",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        return transaction.with_user(self.env.ref("base.public_user")).sudo()

    def asked(self, order):
        managers = order._sales_managers()
        return order.activity_ids.filtered(lambda activity: activity.user_id in managers)


@tagged("post_install", "-at_install")
class TestConfirming(ConfirmCase):
    def test_which_levels_hold(self):
        for number, held in ((1, False), (2, False), (3, True)):
            with self.subTest(number):
                self.customer = self.env["res.partner"].create({"name": "Debtor", "email": "d@example.com"})
                self.reach(number)
                self.assertEqual(self.order().is_sales_held, held)

    def test_not_while_it_waits_for_approval(self):
        self.policy.level_ids[-1].requires_approval = True
        invoice = self.reach(3)
        order = self.order()
        self.assertFalse(order.is_sales_held)
        notice = self.notices(invoice).filtered(lambda notice: notice.state == "to_approve")
        notice.action_approve()
        order.invalidate_recordset()
        self.assertTrue(order.is_sales_held)

    def test_release_for_one_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.chief.company_ids |= company
        self.reach(3)
        release = (
            self.env["dunning.sales.release"]
            .with_user(self.chief)
            .with_context(allowed_company_ids=(self.env.company | company).ids)
        )
        release.create(
            {"partner_id": self.customer.id, "company_id": company.id, "until": TODAY, "reason": "There only"}
        )
        self.assertTrue(self.order().is_sales_held)


@tagged("post_install", "-at_install")
class TestHeld(ConfirmCase):
    """Of a customer who is held."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debt = cls.given.reach(3)

    def test_paid_is_free(self):
        invoice = self.debt
        order = self.order(user_id=self.seller.id)
        self.pay(invoice)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_error_names_amount_level_and_who(self):
        order = self.order(user_id=self.seller.id)
        with self.assertRaises(UserError) as raised:
            order.with_user(self.seller).action_confirm()
        message = str(raised.exception)
        for part in (order.name, "100.00", "Second", "Release Sales"):
            self.assertIn(part, message)
        self.assertEqual(order.state, "draft")

    def test_many_at_once_say_which(self):
        held = self.order() | self.order()
        other = self.order(partner_id=self.env["res.partner"].create({"name": "Good"}).id)
        with self.assertRaises(UserError) as raised:
            (held | other).with_user(self.chief).action_confirm()
        for order in held:
            self.assertIn(order.name, str(raised.exception))
        self.assertNotIn(other.name, str(raised.exception))
        self.assertEqual(set((held | other).mapped("state")), {"draft"})

    def test_release(self):
        order = self.order(user_id=self.seller.id)
        with self.assertRaises(AccessError):
            self.release(order, user=self.seller)
        self.release(order, until="2026-03-12")
        self.assertIn("The bank confirmed", order.message_ids[0].body)
        self.assertEqual(self.customer.sales_release_ids.mapped("reason"), ["The bank confirmed"])
        self.assertFalse(self.customer.message_ids, "which every employee reads")
        self.assertIn("released until", order.collection_warning)
        later = order.with_context(l2c_today="2026-03-13").with_user(self.seller)
        with self.assertRaises(UserError):
            later.action_confirm()
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_release_and_confirm(self):
        order = self.order()
        self.release(order).action_release_and_confirm()
        self.assertEqual(order.state, "sale")

    def test_bad_releases(self):
        order = self.order()
        with self.assertRaises(ValidationError):
            self.release(order, until="2026-03-09")
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.env["dunning.sales.release"].create(
                {"partner_id": other.id, "order_id": order.id, "until": TODAY, "reason": "x"}
            )
        release = self.release(order)
        with self.assertRaises(AccessError):
            release.with_user(self.chief).until = "2027-01-01"

    def test_paid_in_full_is_never_held(self):
        order = self.order(state="sent", require_payment=True, require_signature=False)
        self.assertTrue(order.is_sales_held)
        transaction = self.paid(order, order.amount_total)
        order.invalidate_recordset()
        self.assertFalse(order.is_sales_held)
        self.assertEqual(transaction._check_amount_and_confirm_order(), order)
        self.assertEqual((order.state, self.asked(order)), ("sale", self.env["mail.activity"]))

    def test_payment_is_accepted_and_the_order_waits(self):
        """What is left after a prepayment would be on credit."""
        values = {"require_payment": True, "require_signature": False, "prepayment_percent": 0.5}
        order = self.order(state="sent", **values)
        by_customer = self.paid(order, 50.0)
        for _time in range(2):
            self.assertFalse(by_customer._check_amount_and_confirm_order())
            self.assertEqual(order.state, "sent")
            self.assertEqual(len(self.asked(order)), 1)
