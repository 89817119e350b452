"""Rules that meet: contacts, steps, what is also due, and reminders from elsewhere."""

from odoo.tests import tagged

from .test_recipients import RecipientCase
from .test_together import VoiceCase


@tagged("post_install", "-at_install")
class TestContacts(RecipientCase, VoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.dunning_split_by_contact = True

    def test_no_final_notice_to_one_whose_part_is_only_also_due(self):
        self.invoices(
            [
                {"due": "2026-02-10", "partner_id": self.anna.id},
                {"due": "2026-03-01", "amount": 40.0, "partner_id": self.bert.id},
            ]
        )
        self.run_on("2026-03-10")
        notice = self.env["dunning.notice"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((notice.level_id.name, notice.recipient_ids), ("Final", self.anna | self.bert))
        self.assertEqual(self.addresses(notice.mail_ids), [["Anna <anna@example.com>", "Bert <bert@example.com>"]])

    def test_one_part_has_left_the_other_is_paid(self):
        moves = self.invoices([{"due": "2026-03-02", "partner_id": c.id} for c in (self.anna, self.bert)])
        self.run_on("2026-03-10")
        notice = self.notices(moves)
        notice.mail_ids.filtered(lambda mail: "anna" in mail.email_to).state = "sent"
        self.pay(moves[1])
        self.mails_due("2026-03-10")
        self.env["dunning.notice"]._cron_follow()
        self.assertEqual((notice.state, notice.failure_reason, len(notice.mail_ids)), ("sent", False, 1))
        self.assertEqual(notice.amount_due, 100.0)

    def test_one_part_has_left_the_other_is_paused(self):
        moves = self.invoices([{"due": "2026-03-02", "partner_id": c.id} for c in (self.anna, self.bert)])
        self.run_on("2026-03-10")
        notice = self.notices(moves)
        mail = notice.mail_ids.filtered(lambda mail: "bert" in mail.email_to)
        (notice.mail_ids - mail).state = "sent"
        moves[1]._pause("2026-04-30", "Asked")
        self.assertEqual(mail.state, "cancel")
        self.mails_due("2026-03-10")
        self.env["dunning.notice"]._cron_follow()
        self.assertEqual(notice.state, "sent")

    def test_what_one_has_heard_counts_when_anothers_part_failed(self):
        moves = self.invoices([{"due": "2026-02-10", "partner_id": c.id} for c in (self.anna, self.bert)])
        self.run_on("2026-03-03")
        notice = self.notices(moves)
        notice.mail_ids.filtered(lambda mail: "anna" in mail.email_to).state = "sent"
        notice.mail_ids.filtered(lambda mail: "bert" in mail.email_to).state = "exception"
        self.assertEqual(notice.state, "failed")
        new = self.invoice(due="2026-03-05", partner_id=self.anna.id)
        self.run_on("2026-03-12")
        self.assertEqual(self.codes(new), ["harder_open"])


@tagged("post_install", "-at_install")
class TestSteps(VoiceCase):
    """A call or a letter that waits on somebody's desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_used.level_ids[0].channel = "call"

    def test_a_call_follows_the_money_and_comes_again_when_cancelled(self):
        moves = self.invoice(due="2026-03-05"), self.invoice(due="2026-03-05", amount=40.0)
        self.run_on("2026-03-10")
        call = self.notices(moves[0])
        self.pay(moves[0])
        self.assertEqual((call.state, call.amount_due, call.channel), ("queued", 40.0, "call"))
        call.action_cancel()
        run = self.env["dunning.run"].with_context(l2c_today="2026-03-11")
        again = run._remind_now(self.env.company, self.customer)
        self.assertEqual((again.state, again.amount_due), ("queued", 40.0))
        self.assertFalse(run._remind_now(self.env.company, self.customer))
        self.run_on("2026-03-12")
        self.assertEqual(self.codes(moves[1]), ["step_open"])

    def test_a_call_about_what_is_covered_since(self):
        move = self.invoice(due="2026-03-05")
        self.run_on("2026-03-10")
        self.invoice(move_type="out_refund", amount=100.0)
        self.run_on("2026-03-11")
        self.assertEqual(self.notices(move).state, "cancelled")

    def test_a_returned_payment_after_a_harder_one(self):
        self.policy_used.level_ids[0].write({"delay_from": "returned", "delay_days": 1})
        self.heard(self.invoice(due="2026-02-10"), "2026-03-03")
        new = self.invoice(due="2026-03-05")
        self.give_back(self.pay(new), date="2026-03-10")
        self.run_on("2026-03-12")
        self.assertEqual(self.codes(new), ["harder_open"])


@tagged("post_install", "-at_install")
class TestAlsoDue(VoiceCase):
    def also(self, day="2026-03-10"):
        old, new = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-08", "amount": 40.0}])
        self.run_on(day)
        notice = self.notices(old)
        self.assertEqual((notice.amount_due, notice.amount_claimed), (140.0, 100.0))
        return notice, new

    def test_what_is_paused_promised_or_disputed_goes(self):
        def promise(new):
            values = {"partner_id": self.customer.id, "move_line_ids": self.items(new).ids}
            self.env["dunning.promise"].create({**values, "amount": 40, "date": "2026-03-25"})

        def dispute(new):
            values = {"partner_id": self.customer.id, "move_line_ids": self.items(new).ids}
            self.env["dunning.dispute"].create({**values, "note": "Broken"})

        def exclude(new):
            self.items(new).no_followup = True

        ways = promise, dispute, exclude, lambda new: new._pause("2026-04-30", "Asked"), lambda new: self.pay(new, 39.5)
        for way in ways:
            self.customer = self.customer.copy({"name": "Another", "email": "x@example.com"})
            self.customer.dunning_policy_id = self.policy_used
            notice, new = self.also()
            way(new)
            self.assertEqual((notice.state, notice.amount_due, notice.amount_claimed), ("queued", 100.0, 100.0))
            self.assertEqual(len(self.leave(notice, "2026-03-10")), 1)

    def test_two_approved_in_the_wrong_order(self):
        self.policy_used.level_ids.requires_approval = True
        new = self.invoice(due="2026-03-05")
        self.run_on("2026-03-10")
        soft = self.notices(new)
        old = self.invoice(due="2026-02-10")
        self.run_on("2026-03-12")
        hard = self.notices(old)
        (hard | soft).with_context(l2c_today="2026-03-12").action_approve()
        self.assertEqual((len(self.leave(soft, "2026-03-12")), soft.state), (0, "cancelled"))
        self.assertEqual(len(self.leave(hard, "2026-03-12")), 1)

    def test_money_on_account_is_not_claimed_again(self):
        """What is linked to nothing is set against the oldest debt."""
        older, newer = self.invoices([{"due": "2026-03-01"}, {"due": "2026-03-02"}])
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.env["account.journal"].search([("type", "=", "bank")], limit=1).id,
                "partner_id": self.customer.id,
                "amount": 100.0,
                "date": "2026-03-10",
                "payment_ref": "Bank",
            }
        )
        self.run_on("2026-03-10")
        self.assertEqual(self.codes(older), ["in_flight"])
        notice = self.notices(newer)
        self.assertEqual((notice.line_ids.move_id, notice.amount_claimed), (newer, 100.0))


@tagged("post_install", "-at_install")
class TestElsewhere(VoiceCase):
    def test_currency_archived_after_a_harder_one(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.heard(self.invoice(due="2026-02-10", currency_id=euro.id), "2026-03-03")
        new = self.invoice(due="2026-03-05")
        euro.active = False
        self.customer.active = False
        self.run_on("2026-03-12")
        self.assertEqual(self.codes(new), ["harder_open"])

    def test_unsent_and_the_latest(self):
        self.policy_used.level_ids[-1].requires_sent = True
        move = self.invoice(due="2026-02-10")
        self.run_on("2026-03-10")
        self.assertEqual((self.codes(move), self.said(move)), (["unsent"], []))

    def test_bounced_and_tried_again_after_a_harder_one(self):
        new = self.invoice(due="2026-03-05")
        soft = self.heard(new, "2026-03-10")
        soft.mail_ids.dunning_came_back = True
        soft._set_state("failed")
        self.heard(self.invoice(due="2026-02-10"), "2026-03-12")
        soft.with_context(l2c_today="2026-03-13").action_retry()
        self.assertFalse(self.leave(soft, "2026-03-13"))
        self.assertEqual(soft.state, "cancelled")
