"""Who has spoken to a customer is told what it pays then: once, in their language, and nothing that came back."""

from odoo.tests import tagged

from .test_after_the_call import AfterCase


@tagged("post_install", "-at_install")
class TestPaidTold(AfterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector.notification_type = "inbox"
        cls.given.customers().action_log_attempt("reached", date="2026-03-07 09:00:00")

    def told(self, day="2026-03-10", user=None):
        """What the job tells on a day."""
        known = self.env["mail.message"].search([("message_type", "=", "user_notification")])
        self.cron(("contact.attempt", "_cron_tell_paid"), day)
        found = self.env["mail.message"].search([("message_type", "=", "user_notification")]) - known
        self.assertLessEqual(found.partner_ids, (user or self.collector).partner_id)
        return [str(message.body).replace("\xa0", " ").replace("&nbsp;", " ") for message in found]

    def test_told_once(self):
        self.pay(self.move)
        [body] = self.told()
        self.assertIn("Paid: $ 100.00, 3 days after your call", body)
        self.assertIn("Customer", body)
        self.assertEqual((self.told(), self.told("2026-03-11")), ([], []))

    def test_one_a_customer_and_day(self):
        self.pay(self.move, 30.0)
        self.assertIn("30.00", self.told()[0])
        self.pay(self.move, 70.0)
        self.assertEqual(self.told(), [])
        [body] = self.told("2026-03-11")
        self.assertIn("70.00", body)
        self.assertNotIn("100.00", body)

    def test_not_what_came_back(self):
        payment = self.pay(self.move)
        self.give_back(payment)
        self.assertEqual(self.told(), [])

    def test_not_credit_notes(self):
        self.credit(self.move, 100.0)
        self.assertEqual(self.told(), [])

    def test_not_after_two_weeks_and_not_without_a_conversation(self):
        self.pay(self.move)
        self.assertEqual(self.told("2026-03-22"), [])
        other = self.env["res.partner"].create({"name": "Other"})
        move = self.invoice(partner_id=other.id)
        other.with_user(self.collector).action_log_attempt("no_answer", date="2026-03-09 09:00:00")
        self.pay(move)
        self.assertNotIn("Other", " ".join(self.told()))

    def test_whoever_spoke_last(self):
        colleague = self.user("paid_colleague", "lead_to_cash.group_collections_user")
        colleague.notification_type = "inbox"
        self.customers(colleague).action_log_attempt("callback", date="2026-03-09 09:00:00")
        self.pay(self.move)
        [body] = self.told(user=colleague)
        self.assertIn("1 day after your call", body)

    def test_two_currencies_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.collector.lang = "ro_RO"
        euro = self.env.ref("base.EUR")
        euro.active = True
        move = self.invoice(currency_id=euro.id, amount=1250.0)
        self.pay(self.move)
        self.pay(move)
        [body] = self.told()
        self.assertIn("1.250,00", body)
        self.assertIn("100,00", body)

    def test_several_customers_are_one_message(self):
        other = self.env["res.partner"].create({"name": "Other"})
        move = self.invoice(partner_id=other.id)
        other.with_user(self.collector).action_log_attempt("reached", date="2026-03-10 09:00:00")
        self.pay(self.move)
        self.pay(move)
        [body] = self.told()
        self.assertIn("on the day of your call", body)
        self.assertIn("3 days after your call", body)
