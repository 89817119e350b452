"""Statements and balance confirmations by e-mail: to whom, in which language, once, and recorded where
salespeople don't read."""

from odoo import Command
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import release_test_lock
from odoo.tools import mute_logger

from ..common import TODAY
from ..dunning.test_reports import LetterCase


@tagged("post_install", "-at_install")
class TestAccountLetters(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("letters_clerk", "account.group_account_invoice")
        cls.env.company.email = "us@example.com"
        cls.second = cls.env["res.partner"].create({"name": "Second", "email": "second@example.com"})
        cls.move, cls.other = cls.given.invoices([{"amount": 80}, {"partner_id": cls.second.id, "amount": 50}])

    def dialog(self, customers, user=None, **values):
        chosen = {"active_model": "res.partner", "active_ids": customers.ids}
        return self.env["statement.wizard"].with_user(user or self.clerk).with_context(**chosen).create(values)

    def letters(self, customers):
        return self.env["account.letter"].search([("partner_id", "in", customers.ids)], order="id")

    def send(self, customers, user=None, printed=False, **values):
        """Send, and let the job write; the letters, and what was said."""
        result = self.dialog(customers, user, **values).action_send()
        self.job(printed)
        return self.letters(customers), result["params"]["message"]

    def job(self, printed=False):
        self.env.flush_all()
        # The converter asks the server for pictures and styles, which waits for the job's cursor to be free.
        with self.enter_registry_test_mode(), self.registry.cursor() as cr, release_test_lock():
            context = {"l2c_today": TODAY, "force_report_rendering": printed}
            self.env(cr=cr)["account.letter"].with_context(**context)._cron_write()
        self.env.invalidate_all()

    def test_a_letter_each(self):
        self.env["res.lang"]._activate_lang("he_IL")
        reader = self.env["res.partner"].create(
            {
                "name": "Pays",
                "email": "pays@example.com",
                "lang": "he_IL",
                "parent_id": self.second.id,
                "is_payment_contact": True,
            }
        )
        letters, said = self.send(self.customer | self.second, printed=True)
        self.assertEqual(said, "E-mails on their way: 2.")
        self.assertEqual(letters.mapped("state"), ["queued", "queued"])
        first, second = letters.mail_id
        self.assertEqual((first.email_to, second.email_to), (self.customer.email_formatted, reader.email_formatted))
        self.assertEqual(first.email_from, self.clerk.email_formatted)
        self.assertEqual(first.subject, "My Company: statement of account")
        self.assertEqual(['dir="rtl"' in mail.body_html for mail in letters.mail_id], [False, True])
        for mail, move in ((first, self.move), (second, self.other)):
            [file] = mail.attachment_ids
            self.assertTrue(file.name.endswith(f" {TODAY}.pdf"))
            self.assertTells(" ".join(self.pages(file.raw)), move.name)
        letters.mail_id.state = "sent"
        self.env.invalidate_all()
        self.assertEqual(self.env["account.letter"].search([("state", "=", "sent")]) & letters, letters)
        self.assertEqual(letters.mapped("state"), ["sent", "sent"])

    def test_what_failed_is_tried_again(self):
        """The address was wrong: written anew, by whoever tries, to the one that there is now; once."""
        [letter], _said = self.send(self.customer)
        failed = letter.mail_id
        failed.write({"state": "exception", "failure_reason": "Unknown user"})
        self.env.invalidate_all()
        self.assertEqual((letter.state, letter.failure_reason), ("failed", "Unknown user"))
        colleague = self.user("letters_colleague", "account.group_account_invoice")
        self.customer.email = "right@example.com"
        letter.with_user(colleague).action_try_again()
        self.assertEqual((letter.state, failed.state), ("queued", "cancel"))
        with self.assertRaisesRegex(UserError, "has not failed"):
            letter.with_user(colleague).action_try_again()
        self.job()
        self.assertEqual((letter.state, letter.user_id, letter.failure_reason), ("queued", colleague, False))
        self.assertIn("right@example.com", letter.mail_id.email_to)
        self.assertNotEqual(letter.mail_id, failed)
        self.assertEqual(len(self.letters(self.customer)), 1)

    def test_what_came_back_is_tried_again(self):
        [letter], _said = self.send(self.customer)
        letter._message_receive_bounce("customer@example.com", self.customer)
        self.assertEqual(letter.state, "failed")
        letter.with_user(self.clerk).action_try_again()
        self.job()
        self.assertEqual((letter.state, letter.problem), ("queued", False))

    def test_who_may_try_again(self):
        [letter], _said = self.send(self.customer)
        letter.problem = "Broken"
        reader = self.user("letters_reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            letter.with_user(reader).action_try_again()
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            letter.with_user(self.clerk).action_try_again()

    def test_it_looks_like_the_company(self):
        self.env.company.write({"primary_color": "#0b6e4f", "email_secondary_color": False})
        self.customer.name = "Müller S.R.L."
        for kind in ("open", "confirmation"):
            letters, _said = self.send(self.customer, kind=kind)
            letter = letters[-1:]
            body = letter.mail_id.body_html
            with self.subTest(kind):
                self.assertTrue(body.startswith("<!DOCTYPE html>"))
                self.assertIn("<bdi>Müller S.R.L.</bdi>", body)
                self.assertNotIn("#875A7B", body)
                self.assertIn("#0B6E4F", body.upper())
                self.assertNotIn("<table", letter.message_ids.filtered("mail_ids").body)

    def test_it_stands_with_the_books(self):
        before = self.customer.message_ids
        self.dialog(self.customer).with_context(tracking_disable=False).action_send()
        self.job()
        letters = self.letters(self.customer)
        self.assertEqual(self.customer.message_ids, before)
        self.assertIn("statement of account", letters.message_ids[:1].subject)
        reply = "It is wrong"
        letters.message_post(body=reply, message_type="email", author_id=self.customer.id)
        self.assertIn(self.clerk.partner_id, letters.message_partner_ids, "who sent it is told of the reply")
        for login, groups in (
            ("letters_employee", "base.group_user"),
            ("letters_seller", "sales_team.group_sale_manager"),
        ):
            self.assertFalse(letters.with_user(self.user(login, groups)).has_access("read"), login)

    def test_who_gets_none_is_named(self):
        silent, wrong, paid = self.env["res.partner"].create(
            [
                {"name": "Silent"},
                {"name": "Wrong", "email": "wrong@example.com", "is_wrong_addressee": True},
                {"name": "Paid", "email": "paid@example.com"},
            ]
        )
        self.invoices([{"partner_id": silent.id}, {"partner_id": wrong.id}])
        chosen = self.customer | silent | wrong | paid
        wizard = self.dialog(chosen, kind="confirmation")
        sentence = "No balance on that day: Paid. No e-mail address: Silent and Wrong. Enter one, or print the letter."
        self.assertEqual(wizard.left_out, sentence)
        letters, said = self.send(chosen, kind="confirmation")
        self.assertEqual(said, f"E-mails on their way: 1. {sentence}")
        self.assertEqual(letters.partner_id, self.customer)
        silent.name = "Silent S.R.L."
        with self.assertRaisesRegex(UserError, r"No e-mail address: Silent S\.R\.L\. Enter one"):
            self.dialog(silent).action_send()

    def test_never_twice(self):
        wizard = self.dialog(self.customer)
        self.assertEqual(wizard.action_send()["tag"], "display_notification")
        self.assertEqual(wizard.action_send(), {"type": "ir.actions.act_window_close"})
        with self.assertRaisesRegex(UserError, "On its way already: Customer"):
            self.dialog(self.customer).action_send()
        self.dialog(self.customer, kind="movements", date_from="2026-01-01").action_send()
        self.job()
        self.job()
        letters = self.letters(self.customer)
        self.assertEqual(letters.mapped("kind"), ["open", "movements"])
        self.assertEqual(self.env["mail.mail"].search_count([("model", "=", letters._name)]), 2)

    def test_confirmation_can_be_answered(self):
        letters, _said = self.send(self.customer, kind="confirmation")
        question = letters.confirmation_id
        self.assertEqual((question.partner_id, question.create_uid), (self.customer, self.clerk))
        self.assertIn(question.access_token, letters.mail_id.body_html)
        with freeze_time(f"{TODAY} 12:00:00"):
            self.assertEqual(self.url_open(question.get_portal_url()).status_code, 200)
        auditor = self.user("letters_auditor", "account.group_account_readonly")
        seen = letters.with_user(auditor)
        self.assertEqual((seen.state, seen.kind), ("queued", "confirmation"))
        self.assertNotIn(question.access_token, "".join(seen.message_ids.mapped("body")))
        with self.assertRaises(AccessError):
            seen.read(["pdf"])
        self.assertFalse(letters.mail_id.attachment_ids.with_user(auditor).has_access("read"))
        self.assertTrue(letters.mail_id.attachment_ids.with_user(self.clerk).has_access("read"))

    def test_who_may_send(self):
        for login, groups in (
            ("read_letters", "account.group_account_readonly"),
            ("sell", "sales_team.group_sale_manager"),
        ):
            with self.subTest(login), self.assertRaises(AccessError):
                self.dialog(self.customer, self.user(login, groups)).action_send()
        self.assertFalse(self.letters(self.customer))

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Other company", "email": "other@example.com"})
        self.clerk.company_ids |= company
        there = self.user("letters_there", "account.group_account_invoice")
        there.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        letters, said = self.send(self.customer, there)
        self.assertEqual((letters.company_id, said), (company, "E-mails on their way: 1."))
        self.assertIn("Other company", letters.mail_id.subject)
        self.assertNotIn(self.move.name, str(letters.mail_id.attachment_ids.raw))
        here = self.user("letters_here", "account.group_account_invoice")
        self.assertFalse(letters.with_user(here).has_access("read"))
        self.dialog(self.customer).action_send()
        self.job()
        ours = self.letters(self.customer) - letters
        self.assertEqual(ours.company_id, self.env.company)
        self.assertIn(self.move.name, str(ours.mail_id.attachment_ids.raw))

    def test_one_that_fails_stops_no_other(self):
        self.dialog(self.customer).action_send()
        self.dialog(self.second, self.env.user).action_send()
        self.clerk.group_ids = self.env.ref("base.group_user")
        self.job()
        failed, good = self.letters(self.customer | self.second)
        self.assertEqual((failed.state, good.state), ("failed", "queued"))
        self.assertTrue(failed.failure_reason)
        self.assertEqual(self.env["account.letter"].search([("state", "=", "failed")]) & failed, failed)

    def test_what_becomes_of_the_mail(self):
        letters, _said = self.send(self.customer | self.second)
        first, second = letters
        first.mail_id.write({"state": "exception", "failure_reason": "No such mailbox"})
        second.mail_id.state = "sent"
        self.env.invalidate_all()
        self.assertEqual((first.state, first.failure_reason), ("failed", "No such mailbox"))
        second._message_receive_bounce("second@example.com", self.second)
        self.assertEqual(
            (second.state, second.failure_reason), ("failed", "The e-mail to second@example.com came back.")
        )
        first.mail_id.unlink()
        self.assertEqual(first.state, "gone")

    def test_the_chatter_opens_no_letter(self):
        """The web client opens files of messages by a key of theirs."""
        letters, _said = self.send(self.customer, kind="confirmation", printed=True)
        auditor = self.user("letters_auditor", "account.group_account_readonly")
        for user, opens in ((auditor, False), (self.clerk, True)):
            [file] = Store().add(letters.message_ids.with_user(user)).get_result()["ir.attachment"]
            self.authenticate(user.login, user.login)
            path = f"/web/content/{file['id']}?access_token={file['raw_access_token']}"
            with self.subTest(user.login), freeze_time(f"{TODAY} 12:00:00"), mute_logger("odoo.http"):
                self.assertEqual(self.url_open(path).content[:5] == b"%PDF-", opens)
