"""How a customer pays: kept by who collects, proposed by its payments, used by promises, calls and invoices."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_customers import CustomersCase


@tagged("post_install", "-at_install")
class TestHabits(CustomersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoiced = cls.given.owing("Regular")
        cls.partner = cls.invoiced.partner_id
        cls.manager = cls.user("habits_manager", "lead_to_cash.group_collections_manager")

    def settings(self, user=None):
        partner = self.partner.with_user(user or self.collector)
        action = partner.action_collection_settings()
        return Form(self.env[action["res_model"]].with_user(user or self.collector).with_context(**action["context"]))

    def test_kept_without_the_right_to_change_contacts(self):
        for user in (self.collector, self.manager):
            self.assertFalse(self.partner.with_user(user).has_access("write"))
        form = self.settings()
        form.payment_weekday, form.needs_order_number = "3", True
        form.supplier_portal_url, form.best_call_hour, form.best_channel = "https://portal.example", 9.5, "whatsapp"
        form.collection_note, form.dunning_policy_id = "Ask for Ann", self.policy
        form.save().action_save()
        kept = (self.partner.payment_weekday, self.partner.needs_order_number, self.partner.collection_note)
        self.assertEqual(kept, ("3", True, "Ask for Ann"))
        self.assertEqual(self.partner.with_user(self.collector).best_contact_text, "at 9:30 · WhatsApp")
        logged = self.env["l2c.audit.log"].search([("field_name", "=", "payment_weekday")], limit=1)
        self.assertEqual(logged.user_id, self.collector)
        again = self.settings()
        self.assertEqual((again.payment_weekday, again.best_call_hour), ("3", 9.5))

    def test_what_only_a_manager_changes(self):
        form = self.settings(self.manager)
        form.collection_state, form.collector_id = "lawyer", self.collector
        form.save().action_save()
        self.assertEqual((self.partner.collection_state, self.partner.collector_id), ("lawyer", self.collector))
        dialog = self.settings().save()
        dialog.collection_state = "normal"
        with self.assertRaises(AccessError):
            dialog.action_save()
        for user in (self.books, self.reader):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.partner.with_user(user).action_collection_settings()

    def test_bad_input(self):
        for name, value in (
            ("payment_days", "tenth"),
            ("best_call_hour", 25.0),
            ("supplier_portal_url", "javascript:x"),
        ):
            form = self.settings()
            setattr(form, name, value)
            with self.subTest(name), self.assertRaises(ValidationError):
                form.save().action_save()

    def paid_on(self, *days):
        for day in days:
            move = self.invoice(partner_id=self.partner.id, invoice_date="2025-01-02", due="2025-01-10")
            wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
            wizard.create({"payment_date": day})._create_payments()

    def test_proposed_by_its_payments(self):
        partner = self.partner.with_user(self.collector)
        self.assertFalse(partner.payment_days_proposal)
        with self.assertRaises(UserError):
            partner.action_accept_payment_days()
        self.paid_on(*(f"2025-{month:02}-{day}" for month in range(2, 6) for day in (10, 25)), "2025-07-03")
        self.env.invalidate_all()
        self.assertEqual(partner.payment_days_proposal, "on the 10 and 25 of the month")
        with self.assertRaises(AccessError):
            self.partner.with_user(self.books).action_accept_payment_days()
        partner.action_accept_payment_days()
        self.assertEqual(self.partner.payment_days, "10, 25")
        self.assertFalse(partner.payment_days_proposal)
        # The next promise is for the next run.
        self.assertEqual(str(self.partner._dunning_promise_defaults()["date"]), "2026-03-25")

    def test_promise_on_their_weekday(self):
        self.partner.payment_weekday = "4"
        self.assertEqual(str(self.partner._dunning_promise_defaults()["date"]), "2026-03-13")

    def test_calls_carry_the_hour(self):
        self.partner.write({"best_call_hour": 14.0, "best_channel": "call"})
        self.partner.with_user(self.collector).action_no_answer()
        [call] = self.invoiced.activity_ids
        self.assertIn("Reached best: at 14:00 · Call", call.note)
        called = self.called("Next")
        called.partner_id.best_call_hour = 8.25
        self.assertEqual(self.line(called).best_contact_text, "at 8:15")

    def test_order_number_on_invoices(self):
        self.partner.needs_order_number = True
        move = self.invoice(post=False, partner_id=self.partner.id)
        self.assertTrue(move.with_user(self.books).lacks_order_number)
        form = Form(move)
        self.assertTrue(form.lacks_order_number)
        form.ref = "PO 77"
        self.assertFalse(form.lacks_order_number)
        other = self.invoice(post=False)
        self.assertFalse(other.lacks_order_number)

    def test_uploads(self):
        with self.assertRaises(AccessError):
            self.invoiced.with_user(self.reader).action_uploaded()
        self.invoiced.with_user(self.books).action_uploaded()
        self.assertFalse(self.invoiced.uploaded_on)  # they have no portal
        self.partner.supplier_portal_url = "https://portal.example"
        self.invoiced.invalidate_recordset()
        self.invoiced.with_user(self.books).action_uploaded()
        self.assertEqual((str(self.invoiced.uploaded_on), self.invoiced.uploaded_by_id), ("2026-03-10", self.books))
        self.assertEqual(self.partner.with_user(self.collector).collection_upload_ids.move_id, self.invoiced)

    def test_each_upload_is_kept(self):
        self.partner.supplier_portal_url = "https://portal.example"
        self.invoiced.with_user(self.books).action_uploaded()
        self.assertEqual(self.invoiced.with_user(self.books).upload_count, 1)
        self.partner.supplier_portal_url = "https://new.example"
        later = self.invoiced.with_context(l2c_today="2026-03-12")
        later.with_user(self.collector).action_uploaded()
        self.env.invalidate_all()
        rows = self.partner.with_user(self.collector).collection_upload_ids
        told = [(row.user_id, str(row.date.date()), row.portal_url) for row in rows]
        self.assertEqual(
            told,
            [
                (self.collector, "2026-03-12", "https://new.example"),
                (self.books, "2026-03-10", "https://portal.example"),
            ],
        )
        action = self.invoiced.with_user(self.reader).action_uploads()
        self.assertEqual(self.env[action["res_model"]].with_user(self.reader).search(action["domain"]), rows)
        for user in (self.books, self.collector, self.manager):
            with self.subTest(user.login), self.assertRaises(UserError):
                rows.with_user(user).user_id = user
            with self.subTest(user.login), self.assertRaises(UserError):
                self.env["invoice.upload"].with_user(user).create(
                    {"move_id": self.invoiced.id, "date": "2026-03-10 09:00:00"}
                )

    def test_what_is_not_uploaded_is_the_next_step(self):
        line = self.of(self.invoiced)
        before = line.next_step
        self.partner.supplier_portal_url = "https://portal.example"
        self.env.invalidate_all()
        self.assertEqual(
            (line.next_step, str(line.next_step_date)), (f"Upload {self.invoiced.name} to their portal", "2026-03-10")
        )
        second = self.invoice(partner_id=self.partner.id, due="2026-03-01")
        self.env.invalidate_all()
        self.assertEqual(line.next_step, "Upload 2 invoices to their portal")
        self.partner.with_user(self.collector).action_no_answer()
        [call] = (self.invoiced | second).activity_ids
        self.assertIn("Upload 2 invoices to their portal", call.note)
        call.unlink()
        self.env.invalidate_all()
        (self.invoiced | second).with_user(self.books).action_uploaded()
        self.env.invalidate_all()
        self.assertEqual(line.next_step, before)
