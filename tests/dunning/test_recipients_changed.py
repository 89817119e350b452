"""Recipients that are wrong, and an e-mail per contact."""

from odoo.tests import Form, tagged

from ...models.dunning.mail_mail import LEAVING
from ..common import TODAY
from .test_recipients import RecipientCase


@tagged("post_install", "-at_install")
class TestWrongPerson(RecipientCase):
    def marked(self, notice):
        """Somebody answers on the page of the notice that it isn't for them."""
        self.env["dunning.answer"].sudo()._take(notice.sudo(), {"kind": "wrong_person", "form_key": "0" * 32})

    def test_what_waits_goes_to_a_second_address(self):
        sent = self.reminded(self.bert)
        sent.mail_ids.state = "sent"
        waiting = self.reminded(self.bert, currency_id=self.foreign().id)
        old = waiting.mail_ids
        self.marked(sent)
        self.assertTrue(self.bert.is_wrong_addressee)
        self.assertEqual((old.state, waiting.state, waiting.recipient_ids), ("cancel", "queued", self.robot))
        self.mails_due()
        self.assertEqual(self.addresses(waiting.mail_ids), [["Robot <robot@example.com>"]])

    def test_without_another_address_somebody_asks_for_one(self):
        self.robot.active = False
        sent = self.reminded(self.bert)
        sent.mail_ids.state = "sent"
        waiting = self.reminded(self.bert, currency_id=self.foreign().id)
        self.marked(sent)
        self.assertEqual((waiting.state, waiting.mail_ids.ids), ("failed", []))
        self.assertIn("There is no e-mail address for reminders of Customer. Ask for one", waiting.failure_reason)
        self.bert.is_wrong_addressee = False
        waiting.action_retry()
        self.mails_due()
        self.assertEqual(self.addresses(waiting.mail_ids), [["Bert <bert@example.com>"]])

    def test_later_levels_go_elsewhere_until_the_mark_is_off(self):
        notice = self.reminded(self.bert)
        notice.mail_ids.state = "sent"
        self.marked(notice)
        notice.replied_until = False
        self.run_on("2026-03-16")
        self.assertEqual(self.notices(notice.line_ids.move_id)[1].recipient_ids, self.robot)

    def test_whoever_has_the_same_address(self):
        self.customer.email = "Bert@example.com"
        self.robot.active = False
        self.bert.is_wrong_addressee = True
        self.assertEqual(self.code(self.invoice(due="2026-03-02")), "no_address")

    def test_the_mark_stays_until_the_address_is_another(self):
        self.bert.is_wrong_addressee = True
        self.bert.email = "BERT@example.com"
        self.assertTrue(self.bert.is_wrong_addressee)
        self.bert.email = "bert@example.org"
        self.assertFalse(self.bert.is_wrong_addressee)

    def test_the_mark_is_taken_off_a_contact(self):
        self.bert.is_wrong_addressee = True
        groups = "lead_to_cash.group_collections_user,base.group_partner_manager"
        with Form(self.bert.with_user(self.user("recipient_contacts", groups))) as form:
            form.is_wrong_addressee = False
        self.assertFalse(self.bert.is_wrong_addressee)

    def test_thanks(self):
        """Not to the address that is none; to another there is."""
        self.policy.thanks_template_id = self.env.ref("lead_to_cash.mail_template_thanks")
        notice = self.reminded(self.bert)
        notice.mail_ids.state = "sent"
        self.marked(notice)
        self.pay(notice.line_ids.move_id)
        self.nightly("2026-03-11")
        thanks = self.env["mail.mail"].search([("res_id", "=", notice.id), ("dunning_notice_id", "=", False)])
        self.assertEqual(self.addresses(thanks), [["Robot <robot@example.com>"]])

    def test_no_sales_mail_either(self):
        order = self.order(partner_id=self.bert.id)
        self.assertEqual(order._sales_mail_addresses(), {order.id: "bert@example.com"})
        self.bert.is_wrong_addressee = True
        self.assertEqual(order._sales_mail_addresses(), {})

    def test_who_left_for_another_company_reads_nothing_more(self):
        notice = self.reminded(self.bert)
        self.bert.parent_id = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self.assertEqual(notice.recipient_ids, self.robot)

    def foreign(self):
        currency = self.env.ref("base.EUR" if self.env.company.currency_id.name != "EUR" else "base.USD")
        currency.active = True
        return currency


@tagged("post_install", "-at_install")
class TestSplit(RecipientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.dunning_split_by_contact = True
        cls.moves = cls.given.invoices(
            [
                {"due": "2026-03-02", "partner_id": cls.anna.id, "amount": 70.0},
                {"due": "2026-03-02", "partner_id": cls.bert.id, "amount": 50.0},
            ]
        )
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.moves)

    def mail_of(self, contact):
        return self.notice.mail_ids.filtered(lambda mail: mail.partner_ids == contact)

    def test_each_reads_of_their_own(self):
        self.assertEqual((len(self.notice), len(self.notice.mail_ids), self.notice.amount_due), (1, 2, 120.0))
        for contact, own, other, amount in (
            (self.anna, self.moves[0], self.moves[1], "70.00"),
            (self.bert, self.moves[1], self.moves[0], "50.00"),
        ):
            mail = self.mail_of(contact)
            with self.subTest(contact.name):
                self.assertEqual(self.addresses(mail), [[f"{contact.name} <{contact.email}>"]])
                self.assertIn(own.name, mail.body_html)
                self.assertNotIn(other.name, mail.body_html)
                self.assertIn(amount, mail.body_html)
                self.assertNotIn("120.00", mail.body_html)

    def test_the_state_follows_all_and_what_failed_goes_again(self):
        mine, other = self.mail_of(self.anna), self.mail_of(self.bert)
        mine.state = "sent"
        self.assertEqual(self.notice.state, "queued")
        other.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.assertEqual((self.notice.state, self.notice.failure_reason), ("failed", "Mailbox full"))
        self.notice.action_retry()
        self.mails_due()
        self.assertEqual((self.notice.state, self.mail_of(self.anna)), ("queued", mine))
        anew = self.mail_of(self.bert)
        self.assertEqual((len(self.notice.mail_ids), anew != other, other.state), (2, True, "cancel"))
        self.assertNotIn(self.moves[0].name, anew.body_html)
        anew.state = "sent"
        self.assertEqual(self.notice.state, "sent")

    def test_what_came_back_goes_again(self):
        self.notice.mail_ids.write({"state": "sent"})
        self.notice._message_receive_bounce("bert@example.com", self.bert)
        self.assertEqual(self.notice.state, "failed")
        kept = self.mail_of(self.anna)
        self.notice.action_retry()
        self.mails_due()
        self.assertEqual((self.mail_of(self.anna), self.mail_of(self.bert).state), (kept, "outgoing"))

    def test_a_cancel_cancels_what_waits(self):
        self.mail_of(self.anna).state = "sent"
        self.notice.action_cancel()
        self.assertEqual((self.mail_of(self.bert).state, self.notice.state), ("cancel", "sent"))

    def test_all_waiting_are_cancelled(self):
        self.notice.action_cancel()
        self.assertEqual((set(self.notice.mail_ids.mapped("state")), self.notice.state), ({"cancel"}, "cancelled"))

    def test_a_payment_writes_what_waits_anew(self):
        self.mail_of(self.anna).state = "sent"
        self.pay(self.moves[1], amount=20)
        self.mails_due()
        self.assertIn("30.00", self.mail_of(self.bert).body_html)
        self.assertEqual(self.mail_of(self.anna).state, "sent")

    def test_both_leave_one_by_one(self):
        """As the queue does it: what the notice learns, it learns at the end."""
        for mail in self.notice.mail_ids:
            self.assertTrue(mail.with_context(l2c_leaving=LEAVING, l2c_today=f"{TODAY} 12:00:00")._claim_notice())

    def test_each_in_their_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.bert.lang = "ro_RO"
        self.policy.level_ids[1].with_context(lang="ro_RO").name = "Prima"
        self.notice._write_anew()
        self.mails_due()
        self.assertIn("Prima", self.mail_of(self.bert).subject)
        self.assertNotIn("Prima", self.mail_of(self.anna).subject)
