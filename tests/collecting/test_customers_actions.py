"""What is done for customers chosen on the list, and from a customer's page: by whom it may be."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_customers import CustomersCase


@tagged("post_install", "-at_install")
class TestChosen(CustomersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.given.owing("One"), cls.given.owing("Two")
        cls.partners = cls.one.partner_id | cls.two.partner_id
        cls.manager = cls.user("customers_manager", "lead_to_cash.group_collections_manager")

    def chosen(self, user=None):
        return self.customers([("partner_id", "in", self.partners.ids)], user=user)

    def dialog(self, action, user=None):
        """The dialog as the browser opens it."""
        model = self.env[action["res_model"]].with_user(user or self.collector)
        context = {**action["context"], "l2c_today": TODAY}
        return Form(model.with_context(**context))

    def test_log_calls(self):
        action = self.chosen(self.books).action_log_call()
        form = self.dialog(action, self.books)
        form.outcome = "left_message"
        form.reason = "Please call back"
        form.save().action_do()
        attempts = self.env["contact.attempt"].search([("partner_id", "in", self.partners.ids)])
        self.assertEqual(attempts.mapped("outcome"), ["left_message"] * 2)
        self.assertEqual(set(attempts.mapped("note")), {"Please call back"})
        single = self.chosen()[0].action_log_call()
        self.assertEqual((single["res_model"], single["context"]["default_outcome"]), ("call.result", "reached"))

    def test_hold(self):
        form = self.dialog(self.chosen().action_hold())
        form.date, form.reason = "2026-03-31", "Auditors"
        form.save().action_do()
        self.assertEqual(set(map(str, self.partners.mapped("dunning_hold_until"))), {"2026-03-31"})
        self.assertEqual(set(self.chosen().mapped("badge")), {"hold"})
        logged = self.env["l2c.audit.log"].search([("field_name", "=", "dunning_hold_until")], limit=2)
        self.assertEqual(set(logged.mapped("reason")), {"Auditors"})
        self.dialog(self.chosen().action_hold()).save().action_undo()
        self.assertEqual(set(self.chosen().mapped("badge")), {False})

    def test_policy(self):
        form = self.dialog(self.chosen().action_policy())
        form.policy_id = self.policy
        form.save().action_do()
        self.assertEqual(self.partners.dunning_policy_id, self.policy)
        self.assertEqual(self.chosen().policy_id, self.policy)

    def test_assign(self):
        form = self.dialog(self.chosen(self.manager).action_assign(), self.manager)
        self.assertEqual(form.scope, "chosen")
        form.user_id = self.collector
        form.save().action_assign()
        self.assertEqual(self.chosen().user_id, self.collector)

    def test_statement(self):
        for user in (self.books, self.reader):
            with self.subTest(user.login):
                action = self.chosen(user).action_statement()
                self.assertEqual(set(action["context"]["active_ids"]), set(self.partners.ids))
                self.assertEqual(set(self.dialog(action, user).partner_ids.ids), set(self.partners.ids))

    def test_apply_credits(self):
        self.invoice(partner_id=self.one.partner_id.id, move_type="out_refund", amount=100)
        form = self.dialog(self.chosen(self.books).action_apply_credits(), self.books)
        form.save().action_apply()
        self.assertEqual(self.chosen().partner_id, self.two.partner_id)

    def test_remind_now(self):
        form = self.dialog(self.chosen().action_remind())
        self.assertEqual(form.notice_count, 2)
        form.save().action_send()
        self.assertEqual(len(self.notices(self.one | self.two)), 2)

    def test_lines_that_are_gone(self):
        """A click on who has paid meanwhile opens its page, not an error."""
        line = self.of(self.one)
        self.pay(self.one)
        self.env.flush_all()
        self.env.invalidate_all()
        action = line.action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.one.partner_id.id))

    def test_rights(self):
        lines = self.chosen(self.reader)
        for name in ("action_log_call", "action_apply_credits"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(lines, name)()
        for name in ("action_hold", "action_policy", "action_remind", "action_assign"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.chosen(self.books), name)()
        seller = self.user("chosen_seller", "sales_team.group_sale_manager")
        for name in ("action_open", "action_statement", "action_log_call"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(lines[:1].with_user(seller), name)()

    def test_nothing_chosen(self):
        with self.assertRaises(UserError):
            self.env["collections.customer"].with_user(self.collector).action_statement()


@tagged("post_install", "-at_install")
class TestPage(CustomersCase):
    def page_of(self, invoice, user=None):
        action = self.of(invoice, user=user).action_open()
        partner = self.env["res.partner"].with_user(user or self.collector).browse(action["res_id"])
        [(view_id, _kind)] = action["views"]
        return partner.with_context(**action["context"]), view_id

    def test_all_in_one(self):
        invoice = self.owing("Page", amount=100)
        disputed, credit = self.invoices(
            [
                {"partner_id": invoice.partner_id.id, "amount": 50, "due": "2026-02-10"},
                {"partner_id": invoice.partner_id.id, "move_type": "out_refund", "amount": 5},
            ]
        )
        self.env["dunning.dispute"].create(
            {"partner_id": invoice.partner_id.id, "reason": "Short", "move_line_ids": self.items(disputed).ids}
        )
        self.promise(invoice)
        invoice.partner_id.with_user(self.collector).action_no_answer()
        for user in (self.collector, self.books, self.reader):
            with self.subTest(user.login):
                partner, view_id = self.page_of(invoice, user)
                numbers = (partner.collection_overdue, partner.collection_open, partner.collection_credits)
                self.assertEqual(numbers, (150, 145, 5))
                self.assertEqual(partner.collection_badge, "dispute")
                items = partner.collection_item_ids
                self.assertEqual(items, self.items(disputed | invoice | credit).sorted("date_maturity"))
                said = {item.move_id: item.decided_code for item in items}
                self.assertEqual((said[disputed], said[invoice]), ("disputed", "promised"))
                self.assertEqual(said[disputed], self.code(disputed))
                self.assertEqual(len(partner.collection_promise_ids), 1)
                self.assertEqual(len(partner.collection_dispute_ids), 1)
                self.assertEqual(len(partner.contact_attempt_ids), 1)
                form = Form(partner, view=view_id)
                self.assertEqual(form.collection_overdue, 150)

    def test_buttons(self):
        invoice = self.owing("Press")
        partner, _view = self.page_of(invoice)
        for name, model in (
            ("action_collection_call", "call.result"),
            ("action_collection_statement", "statement.wizard"),
            ("action_collection_hold", "collection.action"),
            ("action_collection_credits", "credit.apply"),
            ("action_collection_remind", "collection.reminder"),
            ("action_collection_write", "mail.compose.message"),
            ("action_send_invoice_copies", "invoice.copies"),
        ):
            with self.subTest(name):
                action = getattr(partner, name)()
                self.assertEqual(action["res_model"], model)
                Form(self.env[model].with_user(self.collector).with_context(**action["context"]))

    def test_who_only_reads_writes_to_nobody(self):
        partner, view_id = self.page_of(self.owing("Read"))
        reader = self.user("page_reader", "account.group_account_readonly")
        with self.assertRaisesRegex(AccessError, "Who only reads the books"):
            partner.with_user(reader).action_collection_write()
        for user, shown in ((reader, False), (self.collector, True)):
            arch = partner.with_user(user).get_view(view_id, "form")["arch"]
            for name in ("action_collection_write", "action_send_invoice_copies"):
                self.assertEqual(name in arch, shown)

    def test_a_customer_without_debts(self):
        partner = self.env["res.partner"].create({"name": "Clean"}).with_user(self.collector)
        action = partner.action_collection_page()
        self.assertEqual(partner.collection_overdue, 0)
        self.assertFalse(partner.collection_badge)
        Form(partner, view=action["views"][0][0])
        with self.assertRaises(UserError):
            partner.action_collection_write()

    def test_not_for_salespeople(self):
        invoice = self.owing("Hidden")
        seller = self.user("page_seller", "sales_team.group_sale_manager")
        partner = invoice.partner_id.with_user(seller)
        with self.assertRaises(AccessError):
            partner.action_collection_page()
        for name in ("collection_overdue", "collection_item_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                partner.read([name])
