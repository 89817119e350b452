"""Replies and bounces, what is checked before a notice leaves, and what fails."""

from email.message import EmailMessage
from smtplib import SMTPDataError, SMTPServerDisconnected

from odoo.tests import new_test_user, tagged

from ...engine.dunning import delivery
from ...models.dunning.mail_mail import LEAVING
from ..common import TODAY, RunCase

BOUNCE = """\
From: MAILER-DAEMON@mx.example.com
To: bounce@us.example.com
Subject: Undelivered
Message-Id: <bounce@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

Mailbox unknown
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; customer@example.com
Action: failed
Status: 5.1.1

--part
Content-Type: text/rfc822-headers

Message-Id: {message_id}

--part--
"""


@tagged("post_install", "-at_install")
class TestReplies(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "us.example.com", "catchall_alias": "catchall"})
        cls.env.company.alias_domain_id = cls.domain
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)
        cls.mail = cls.notice.mail_ids

    def answer(self, sender="customer@example.com", to=None, **headers):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender, "Re: reminder"
        mail["To"] = to or self.mail.reply_to
        mail["In-Reply-To"] = mail["References"] = self.mail.message_id
        mail["Message-Id"] = f"<{len(headers)}.{sender}>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content("I paid yesterday")
        self.env["mail.thread"].message_process("mail.thread", mail.as_string())

    def test_a_reply_reaches_the_notice_and_holds_the_customer(self):
        self.assertIn("catchall@us.example.com", self.mail.reply_to)
        self.mail.write({"state": "sent"})
        self.answer()
        self.assertIn("I paid yesterday", str(self.notice.message_ids[0].body))
        self.assertEqual(str(self.notice.replied_until), "2026-03-17")
        self.assertEqual(self.notice.activity_ids.summary, "The customer replied")
        self.run_on("2026-03-17")
        self.assertEqual(self.current(self.move).code, "replied")
        self.assertIn("03/18/2026", self.current(self.move).sentence)
        self.run_on("2026-03-18")
        self.assertEqual(self.notices(self.move).level_id.mapped("name"), ["First", "Second"])

    def test_going_on_after_a_reply(self):
        self.answer()
        self.notice.action_end_reply_hold()
        self.run_on("2026-03-16")
        self.assertEqual(len(self.notices(self.move)), 2)

    def test_machines_hold_nobody(self):
        self.answer(Auto_Submitted="auto-replied")
        self.answer(Precedence="auto_reply")
        self.assertFalse(self.notice.replied_until)
        self.assertFalse(self.notice.activity_ids)

    def test_colleagues_hold_nobody(self):
        colleague = new_test_user(self.env, "l2c_internal", groups="base.group_user", email="in@example.com")
        self.answer(sender=colleague.email)
        self.assertFalse(self.notice.replied_until)

    def test_a_reply_stops_what_is_queued(self):
        other = self.invoice(due="2026-03-02", currency_id=self.foreign().id)
        self.run_on(TODAY)
        queued = self.notices(other)
        self.answer()
        queued.mail_ids.send()
        self.assertEqual(queued.state, "cancelled")

    def foreign(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        return euro

    def test_no_hold_where_the_company_wants_none(self):
        self.env.company.dunning_reply_hold_days = 0
        self.answer()
        self.assertFalse(self.notice.replied_until)
        self.assertTrue(self.notice.activity_ids)

    def test_a_bounce(self):
        self.mail.write({"state": "sent"})
        self.env["mail.thread"].message_process("mail.thread", BOUNCE.format(message_id=self.mail.message_id))
        self.assertEqual(self.notice.state, "failed")
        self.assertIn("customer@example.com came back", self.notice.failure_reason)
        self.assertFalse(self.notice.replied_until)
        self.run_on("2026-03-16")
        self.assertEqual(self.current(self.move).code, "not_delivered")

    def test_a_deleted_mail_is_a_failure(self):
        self.mail.unlink()
        self.assertEqual((self.notice.state, self.notice.failure_reason), ("failed", "The e-mail was deleted."))
        self.goes_again()

    def test_after_a_bounce_it_goes_again(self):
        """To the address as it was mended; also when a part was paid meanwhile."""
        self.mail.write({"state": "sent"})
        self.env["mail.thread"].message_process("mail.thread", BOUNCE.format(message_id=self.mail.message_id))
        self.goes_again()
        self.assertEqual(self.mail.state, "sent")

    def goes_again(self):
        """A person tries again: there is another mail, and nothing is sent before it is."""
        self.notice.action_retry()
        with self.enter_registry_test_mode():
            self.env.ref("lead_to_cash.cron_follow").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.notice.state, self.notice.mail_ids.id), ("queued", False))
        self.mails_due()
        self.assertEqual((self.notice.state, self.notice.mail_ids.state), ("queued", "outgoing"))
        self.assertNotEqual(self.notice.mail_ids, self.mail)


@tagged("post_install", "-at_install")
class TestBeforeLeaving(RunCase):
    """Reasons that come up between the run and the sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.given.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03", "amount": 60.0}])
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.first)
        cls.mail = cls.notice.mail_ids

    def promise(self, moves):
        values = {"partner_id": self.customer.id, "amount": 1, "date": "2026-03-20"}
        return self.env["dunning.promise"].create({**values, "move_line_ids": self.items(moves).ids})

    def test_all_promised(self):
        self.promise(self.first | self.second)
        self.mail.send()
        self.assertEqual((self.notice.state, self.mail.state), ("cancelled", "cancel"))

    def test_one_disputed(self):
        self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": "Broken", "move_line_ids": self.items(self.first).ids}
        )
        self.mail.send()
        self.assertEqual((self.mail.state, self.notice.state, self.notice.amount_due), ("cancel", "queued", 60.0))
        self.mails_due()
        self.assertNotIn(self.first.name, self.notice.mail_ids.body_html)

    def test_reasons_of_the_customer(self):
        for values in (
            {"dunning_hold_until": "2026-03-31"},
            {"collection_state": "lawyer"},
        ):
            with self.subTest(values):
                savepoint = self.env.cr.savepoint()
                self.customer.write(values)
                self.mail.send()
                self.assertEqual(self.notice.state, "cancelled")
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_the_policy_was_stopped(self):
        self.policy.action_stop()
        self.mail.send()
        self.assertEqual(self.notice.state, "cancelled")

    def test_a_credit_note_that_covers_it(self):
        self.invoice(move_type="out_refund", amount=160.0)
        self.mail.send()
        self.assertEqual(self.notice.state, "cancelled")

    def test_nothing_changed(self):
        self.mail.send()
        self.assertEqual((self.notice.state, self.notice.mail_ids), ("queued", self.mail))


@tagged("post_install", "-at_install")
class TestFailures(RunCase):
    """What becomes of a notice whose mail has failed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        cls.move, _other = cls.given.invoices(
            [{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": cls.other.id}]
        )
        run = cls.given.run_on(TODAY)
        cls.notice, cls.second = run.notice_ids.sorted(lambda notice: notice.partner_id == cls.other)

    def fail(self, notice, **found):
        """The last try was in vain."""
        mail = notice.mail_ids
        mail.dunning_tries = len(delivery.PAUSES)
        mail.with_context(l2c_leaving=LEAVING)._came_back(delivery_error(**found))
        self.env["dunning.notice"]._follow_mails(mail)
        self.assertEqual(notice.state, "failed")
        return mail

    def test_the_books_change_meanwhile(self):
        """Another amount is another mail, though the server may have the old one."""
        old = self.fail(self.notice, uncertain=True)
        self.pay(self.move, amount=40)
        self.assertEqual((self.notice.state, self.notice.amount_due, old.state), ("failed", 60.0, "cancel"))
        self.notice.action_retry()
        self.mails_due()
        self.assertNotEqual(self.notice.mail_ids.message_id, old.message_id)
        self.assertIn("60.00", self.notice.mail_ids.body_html)

    def test_an_old_mail_is_not_woken_up(self):
        """A mail that another has taken the place of doesn't wait among the failed ones."""
        old = self.fail(self.notice)
        self.notice.action_retry()
        self.mails_due()
        self.assertEqual((self.notice.state, self.notice.mail_ids.state, old.state), ("queued", "outgoing", "cancel"))

    def test_the_question_outlives_the_notice_that_had_it(self):
        self.fail(self.notice)
        self.fail(self.second)
        kind = self.env.ref("lead_to_cash.mail_activity_type_mail_server")
        asked = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        self.assertEqual(asked.res_id, self.notice.id)
        self.pay(self.move)
        self.assertEqual(self.notice.state, "cancelled")
        asked = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        self.assertEqual(asked.res_id, self.second.id)

    def test_a_deleted_message_takes_the_mail_along(self):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_message WHERE id = %s", [self.notice.mail_ids.mail_message_id.id])
        self.env.invalidate_all(flush=False)
        with self.enter_registry_test_mode():
            self.env.ref("lead_to_cash.cron_follow").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.notice.state, self.notice.failure_reason), ("failed", "The e-mail was deleted."))

    def test_a_deleted_mail_that_had_left(self):
        mail = self.notice.mail_ids
        mail.with_context(l2c_leaving=LEAVING).write({"state": "sent"})
        self.assertEqual(self.notice.state, "queued")
        mail.unlink()
        self.assertEqual(self.notice.state, "sent")

    def test_an_invoice_is_reset_to_draft_when_its_mail_has_just_left(self):
        self.notice.mail_ids.with_context(l2c_leaving=LEAVING).write({"state": "sent"})
        self.move.button_draft()
        self.assertEqual((self.notice.state, self.move.state, self.move.handling_role), ("sent", "draft", "new"))

    def test_once_more_by_hand_is_the_same_mail_the_next_day_too(self):
        """The server may have it."""
        mail = self.fail(self.notice, uncertain=True)
        next_day = self.notice.with_context(l2c_today="2026-03-11 12:00:00")
        next_day.action_retry()
        self.assertTrue(mail.with_context(l2c_today="2026-03-11 12:00:00")._claim_notice())
        self.assertEqual((self.notice.mail_ids, mail.state), (mail, "outgoing"))

    def test_once_more_by_hand_counts_anew(self):
        mail = self.fail(self.notice)
        mail.mark_outgoing()
        self.assertEqual((self.notice.state, mail.dunning_tries, mail.dunning_failure), ("queued", 0, False))


def delivery_error(uncertain=False):
    return SMTPServerDisconnected("lost") if uncertain else SMTPDataError(451, b"later")
