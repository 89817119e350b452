"""Paying from the page behind a notice: the ways are always there, and none leads to an error; its documents as
PDF, and once more by e-mail."""

from datetime import datetime

from odoo import Command
from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ...models.portal.post import MOST_OF_TOKEN
from ..common import TODAY
from .test_answer_page import AnswerCase
from .test_answer_page_paying import PayingCase

PDF = b"%PDF-1.4 as it was sent"


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestWaysOnThePage(PayingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["res.partner.bank"].create(
            {"acc_number": "RO49AAAA1B31007593840000", "partner_id": cls.env.company.partner_id.id}
        )

    def words(self, **query):
        return " ".join(html2plaintext(self.get(**query).text).replace("*", "").split())

    def buttons(self):
        page = self.get().text
        return [label for label in ("Pay now", "Pay part now") if label in page]

    def test_with_and_without_a_provider(self):
        asked = f"IBAN: RO49 AAAA 1B31 0075 9384 0000 Please quote: {self.first.name}, {self.second.name}"
        both = ["Pay now", "Pay part now"]
        for values, buttons in (
            ({}, both),
            ({"maximum_amount": 149.99}, both[1:]),
            ({"is_published": False}, []),
            ({"is_published": True, "state": "test"}, []),
        ):
            with self.subTest(**values):
                self.provider.write(values)
                self.assertEqual(self.buttons(), buttons)
                self.assertIn(asked, self.words())
        self.account.active = False
        self.env.company.partner_id.bank_ids.active = False
        self.assertIn("Please ask us how:", self.words())

    def test_names_keep_their_last_dot(self):
        """Also on a page from right to left."""
        self.customer.name, self.env.company.name = "Müller S.R.L.", "Nord Ltd."
        page = self.get().text
        self.assertIn("<bdi>Müller S.R.L.</bdi>", page)
        self.assertIn("<bdi>Nord Ltd.</bdi>", page)

    def test_quotes_what_is_open(self):
        self.pay(self.first)
        self.assertIn(f"Please quote: {self.second.payment_reference}", self.words())
        self.pay(self.second)
        self.assertNotIn("How to pay", self.words())

    def test_only_opening_balances(self):
        """What no document stands for can't be paid online."""
        self.pay(self.first | self.second)
        entry = self.env["account.move"].create(
            {
                "date": "2026-03-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.items(self.first).account_id.id,
                            "partner_id": self.customer.id,
                            "debit": 30.0,
                            "no_followup": False,
                        }
                    ),
                    Command.create({"account_id": self.first.invoice_line_ids.account_id.id, "credit": 30.0}),
                ],
            }
        )
        entry.action_post()
        self.notice.line_ids[:1].move_line_id = self.items(entry)
        self.assertEqual(self.buttons(), [])
        page = self.get().text
        self.assertIn(entry.name, page)
        self.assertNotIn(f"/document/{entry.id}", page)

    def test_a_link_of_before(self):
        """The page for paying and the payment form itself, when the provider can't be paid by any more."""
        self.provider.maximum_amount = 149.99
        query = {"access_token": self.notice.access_token}
        for amount, status in (("", 422), ("149.99", 200)):
            page = self.url_open(f"{self.url}/pay", params={**query, "amount": amount})
            self.assertEqual(page.status_code, status)
            self.assertEqual("can't be paid online" in html2plaintext(page.text), status == 422)
        both = f"{self.first.id}-{self.second.id}"
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay_online(both, 150.0)
        self.provider.state = "test"
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay_online(both, 100.0)
        self.assertEqual(self.url_open(f"{self.url}/pay", params=query).status_code, 422)
        self.assertFalse(self.env["payment.transaction"].search([("partner_id", "=", self.customer.id)]))

    def test_another_provider_beside(self):
        """What staff alone may try isn't offered on the customer's page, whoever looks at it."""
        self.provider.copy({"name": "Only tried", "state": "test", "is_published": True})
        self.user("looks", "base.group_user")
        for login in (None, "looks"):
            if login:
                self.authenticate(login, login)
            page = self.url_open(f"{self.url}/pay", params={"access_token": self.notice.access_token}).text
            self.assertIn(f'data-provider-id="{self.provider.id}"', page)
            self.assertEqual(page.count('name="o_payment_radio"'), 1)

    def test_in_hebrew(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        self.env["l2c.payment.way"].create({"kind": "cheque", "text": "Made out to <b>us</b>"})
        self.assertIn("Made out to &lt;b&gt;us&lt;/b&gt;", self.get().text)


class DocumentCase(AnswerCase):
    def sent_once(self, move):
        """Its PDF, as Odoo keeps it once it was sent."""
        self.env["ir.attachment"].create(
            {
                "name": "INV.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    def document(self, move_id, token=None):
        token = self.notice.access_token if token is None else token
        return self.url_open(f"{self.url}/document/{move_id}", params={"access_token": token})


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestDocuments(DocumentCase):
    def test_as_it_was_sent(self):
        self.sent_once(self.first)
        self.assertIn(f"{self.url}/document/{self.first.id}?", self.get().text)
        answer = self.document(self.first.id)
        self.assertEqual((answer.status_code, answer.content), (200, PDF))
        headers = {name: answer.headers.get(name) for name in ("Content-Type", "Cache-Control", "X-Robots-Tag")}
        self.assertEqual(headers["Content-Type"], "application/pdf")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("inline", answer.headers["Content-Disposition"])
        for _number in range(MOST_OF_TOKEN + 2):
            self.assertEqual(self.document(self.first.id).status_code, 200)

    def test_made_anew(self):
        """As it is printed (in tests, before it is converted); too many are refused like too many answers."""
        text = html2plaintext(self.document(self.second.id).text, include_references=False)
        self.assertIn(f"Invoice\n{self.second.name}", text)
        self.assertNotIn("Proforma", text)
        for _number in range(MOST_OF_TOKEN):
            self.env["l2c.portal.post"]._is_too_much("token", self.notice.access_token)
        self.assertEqual(self.document(self.second.id).status_code, 429)

    def test_no_other(self):
        stranger = self.env["res.partner"].create({"name": "Other"})
        others = self.invoice(partner_id=stranger.id) | self.invoice(due="2026-05-01")
        for move in others | self.first:
            self.sent_once(move)
        cases = [
            *((move.id, None) for move in others),
            *((number, None) for number in ("0", "-1", "x", "9" * 10, "9" * 11, f"{self.first.id}.0", "%00")),
            *((self.first.id, token) for token in ("", "x")),
        ]
        for number, token in cases:
            with self.subTest(number=number, token=token), mute_logger("odoo.http"):
                answer = self.document(number, token)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn(b"%PDF", answer.content)

    def test_not_any_more(self):
        """A document that was taken back; and nothing for who said that it isn't theirs."""
        self.sent_once(self.second)
        self.first.button_draft()
        self.assertEqual(self.document(self.first.id).status_code, 404)
        self.assertNotIn(f"/document/{self.first.id}", self.get().text)
        self.answer("wrong_person")
        self.assertEqual(self.document(self.second.id).status_code, 404)

    def test_somebody_elses_now(self):
        """A document that was made out to the wrong customer: it, and what is said of it, is the other one's."""
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@example.com"})
        self.first.button_draft()
        self.first.partner_id = stranger
        self.first.action_post()
        self.sent_once(self.first)
        with mute_logger("odoo.http"):
            self.assertEqual(self.document(self.first.id).status_code, 404)
        self.assertNotIn(self.first.name, self.get().text)
        self.assertFalse(self.notice._open_documents() & self.first)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestCopies(DocumentCase):
    def setUp(self):
        super().setUp()
        self.sent_once(self.first)
        self.sent_once(self.second)
        self.csrf = self.get().text.partition('name="csrf_token" value="')[2].partition('"')[0]

    def ask(self, **form):
        data = {"access_token": self.notice.access_token, "csrf_token": self.csrf, **form}
        return self.url_open(f"{self.url}/copies", data=data)

    def sent(self, at=None):
        """The e-mails that the job then makes."""
        before = self.env["mail.mail"].search([])
        notices = self.env["dunning.notice"]
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            notices.with_env(self.env(cr=cr))._cron_send_copies()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def test_to_the_readers_only(self):
        """Whatever else is sent along, and whoever follows the invoice."""
        self.first.message_subscribe(self.env["res.partner"].create({"name": "F", "email": "f@example.com"}).ids)
        page = self.ask(email="typed@example.com", email_to="typed@example.com", partner_ids="1")
        self.assertIn("on their way to the e-mail address", page.text)
        mails = self.sent()
        self.assertEqual(len(mails), 2)
        for mail, move in zip(mails.sorted("subject"), self.first | self.second, strict=True):
            self.assertEqual((mail.recipient_ids, mail.email_to, mail.email_cc), (self.customer, False, False))
            self.assertIn(move.name, mail.subject)
            self.assertEqual(mail.attachment_ids.mapped("raw"), [PDF])
            self.assertNotIn("/my/invoices/", mail.body_html)
        told = html2plaintext(self.notice.message_ids[:1].body)
        self.assertIn(f"{self.first.name}, {self.second.name} went to Customer", told)

    def test_once_an_hour(self):
        for _click in range(2):
            self.assertEqual(self.ask().status_code, 200)
        self.assertEqual(len(self.sent()), 2)
        for minute, count in ((59, 0), (61, 2)):
            with freeze_time(datetime(2026, 3, 10, 12 + minute // 60, minute % 60)):
                self.assertEqual(self.ask().status_code, 200)
                self.assertEqual(len(self.sent()), count)

    def test_only_what_is_open(self):
        self.pay(self.first)
        self.ask()
        self.assertIn(self.second.name, self.sent().subject)
        self.pay(self.second)
        self.assertNotIn("Send me a copy", self.get().text)

    def test_refused(self):
        cases = (
            ("nothing open", lambda: self.pay(self.first | self.second), "no open invoice"),
            ("no address", lambda: self.customer.write({"email": False}), "no e-mail address"),
        )
        for name, change, told in cases:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                change()
                self.assertIn(told, html2plaintext(self.ask().text))
                self.assertFalse(self.sent())
                savepoint.rollback()
                self.env.invalidate_all()
        with mute_logger("odoo.http"):
            self.assertEqual(self.ask(access_token="x").status_code, 404)
            self.assertEqual(self.ask(csrf_token="x").status_code, 400)
        self.answer("wrong_person")
        self.assertEqual(self.ask().status_code, 422)
        self.assertFalse(self.sent())

    def test_too_many(self):
        for _number in range(MOST_OF_TOKEN):
            self.env["l2c.portal.post"]._is_too_much("token", self.notice.access_token)
        self.assertEqual(self.ask().status_code, 429)
        self.assertFalse(self.sent())

    def test_what_fails_is_somebodys_task(self):
        self.ask()
        self.env["ir.attachment"].search(
            [("res_field", "=", "invoice_pdf_report_file"), ("res_id", "=", self.first.id)]
        ).unlink()
        self.env["ir.actions.report"].search([("model", "=", "account.move")]).domain = "[('id', '=', 0)]"
        self.assertFalse(self.sent())
        self.assertIn("Send the customer a copy of the open invoices", self.notice.activity_ids.mapped("summary"))
        self.assertFalse(self.sent(), "it isn't tried again")

    def test_each_contact_their_own(self):
        self.customer.dunning_split_by_contact = True
        contacts = self.env["res.partner"].create(
            [{"name": name, "email": f"{name}@example.com", "parent_id": self.customer.id} for name in ("a", "b")]
        )
        self.notice.recipient_ids = contacts
        self.env.cr.execute("UPDATE account_move SET partner_id = %s WHERE id = %s", [contacts[1].id, self.second.id])
        self.env.invalidate_all()
        self.ask()
        mails = self.sent().sorted("subject")
        self.assertEqual([mail.recipient_ids for mail in mails], [contacts[0], contacts[1]])
