"""The page behind a notice: who may open it, what each answer does, and who is kept out."""

import re
import resource
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ...engine.portal.answers import ANSWER_KINDS
from ..common import TODAY, RunCase

PDF = b"%PDF-1.4 proof"
ANSWER_LOG = "odoo.addons.lead_to_cash.models.portal.answer"


class AnswerCase(RunCase, HttpCase):
    """A sent notice with two invoices and a credit, and a browser without login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.given.invoice(due="2026-03-01", amount=100.0, ref="PO 7 <b>")
        cls.second = cls.given.invoice(due="2026-03-05", amount=50.0)
        cls.before_the_run()
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.first | cls.second)
        cls.notice.mail_ids.state = "sent"
        cls.url = f"/my/collection/{cls.notice.id}"

    @classmethod
    def before_the_run(cls):
        """What else the customer owes."""

    def get(self, **query):
        return self.url_open(self.url, params={"access_token": self.notice.access_token, **query})

    def answer(self, kind, files=None, page=None, **form):
        page = page or self.get().text
        keys = {name: f"{key}-{name}" for key, name in re.findall(r'name="form_key" value="([0-9a-f]+)-(\w+)"', page)}
        data = {
            "access_token": self.notice.access_token,
            "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
            "form_key": keys.get(kind, f"{'0' * 32}-none"),
            "kind": kind,
            **form,
        }
        return self.url_open(f"{self.url}/answer", data=data, files=files)

    def reason(self, name):
        """What the page sends for a reason of the list."""
        return str(self.env.ref(f"lead_to_cash.dispute_reason_{name}").id)

    def taken(self):
        self.env.invalidate_all()
        return self.notice.answer_ids


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAnswerPage(AnswerCase):
    def test_shows_what_is_open(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        for text in (self.first.name, self.second.name, "150.00", "PO 7 &lt;b&gt;", "First"):
            self.assertIn(text, page.text)

    def test_who_may_open_it(self):
        other = self.env["dunning.notice"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Other"}).id,
                **{name: self.notice[name].id for name in ("company_id", "currency_id", "policy_id", "level_id")},
                "channel": "email",
                "date": TODAY,
                "access_token": "other",
            }
        )
        cases = {
            "none": self.url,
            "empty": f"{self.url}?access_token=",
            "wrong": f"{self.url}?access_token=x",
            "another's": f"{self.url}?access_token={other.access_token}",
            "not there": f"/my/collection/999999999?access_token={self.notice.access_token}",
            "strange": f"{self.url}?access_token=%F0%9F%92%A9%00",
        }
        pages = {name: self.url_open(url) for name, url in cases.items()}
        for name, page in pages.items():
            with self.subTest(name):
                self.assertEqual(page.status_code, 404)
                self.assertNotIn(self.first.name, page.text)
        self.assertEqual(self.get().status_code, 200)

    def test_until_when(self):
        day = fields.Date.to_date(TODAY)
        steps = (
            ("paid", lambda: self.pay(self.first | self.second), day + timedelta(days=30)),
            ("open again", self.first.line_ids.remove_move_reconcile, False),
            ("cancelled", lambda: self.notice.write({"state": "cancelled"}), day + timedelta(days=30)),
        )
        for name, step, expires in steps:
            with self.subTest(name):
                step()
                self.assertEqual(self.notice.expires_on, expires)
                self.assertEqual(self.get().status_code, 200)
        self.notice.expires_on = day - timedelta(days=1)
        self.assertEqual(self.get().status_code, 404)

    def test_what_is_another_customers_since_keeps_no_page(self):
        """A document that is made out to somebody else stays open there."""
        self.first.button_draft()
        self.first.partner_id = self.customer.copy({"email": "else@example.com"})
        self.first.action_post()
        self.pay(self.second)
        self.env.invalidate_all()
        self.assertEqual(self.first.payment_state, "not_paid")
        self.assertEqual(self.notice.expires_on, fields.Date.to_date(TODAY) + timedelta(days=30))

    def test_answers(self):
        item = self.items(self.second)
        cases = (
            ("paid", {"day": "2026-03-09", "amount": "150"}, "2026-03-17"),
            ("promise", {"day": "2026-03-20", "amount": "100,50"}, False),
            (
                "dispute",
                {"items": str(item.id), "reason": self.reason("damaged"), "note": "<script>broken</script>"},
                False,
            ),
            ("plan", {"day": "2026-03-20", "number": "3"}, "2026-03-17"),
            ("wrong_person", {}, False),
        )
        for kind, form, held in cases:
            with self.subTest(kind):
                self.notice.replied_until = False
                page = self.answer(kind, **form)
                self.assertEqual(page.status_code, 200, page.text[-500:])
                self.assertIn('name="thanks"', page.text)
                answer = self.taken()[:1]
                self.assertEqual(answer.kind, kind)
                self.assertEqual(self.notice.replied_until, fields.Date.to_date(held) if held else False)
                label = dict(ANSWER_KINDS)[kind]
                self.assertIn(f"Answer: {label}", self.notice.activity_ids.mapped("summary"))
        promise = self.env["dunning.promise"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((promise.amount, promise.date), (100.5, fields.Date.to_date("2026-03-20")))
        dispute = self.env["dunning.dispute"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(dispute.move_line_ids, item)
        self.assertNotIn("<script>broken", "".join(self.notice.message_ids.mapped("body")))

    def test_a_dispute_about_a_part_with_photos(self):
        item = self.items(self.second)
        form = {"items": str(item.id), "reason": self.reason("damaged"), "amount": "20"}
        many = [("proof", (f"{number}.pdf", PDF)) for number in range(4)]
        for files, sentence in (
            (many, "Send at most 3 files"),
            ([("proof", ("page.html", b"<script>"))], "Only a PDF or a picture"),
        ):
            page = self.answer("dispute", files=files, **form)
            self.assertEqual(page.status_code, 422)
            self.assertIn(sentence, page.text)
        page = self.answer("dispute", **form | {"amount": "50.01"})
        self.assertIn("more than what is open", html2plaintext(page.text))
        page = self.answer("dispute", files=many[:2], **form)
        self.assertEqual(page.status_code, 200, page.text[-500:])
        self.assertIn('name="disputed"', page.text)
        dispute = self.taken().dispute_id
        self.assertEqual((dispute.amount, item.claimed_currency), (20.0, 30.0))
        self.assertEqual(set(dispute.attachment_ids.mapped("name")), {"0.pdf", "1.pdf"})
        self.assertEqual(set(dispute.attachment_ids.mapped("res_model")), {"dunning.dispute"})

    def test_wrong_person(self):
        page = self.answer("wrong_person")
        self.assertNotIn(self.first.name, page.text)
        self.assertNotIn(self.first.name, self.get().text)
        self.assertTrue(self.customer.is_wrong_addressee)
        self.assertEqual(self.code(self.first, today="2026-03-20"), "no_address")
        self.assertTrue(self.notice.needs_answer)
        self.taken().action_handled()
        self.assertFalse(self.notice.needs_answer)
        self.customer.email = "right@example.com"
        self.assertFalse(self.customer.is_wrong_addressee)

    def test_in_the_customers_language(self):
        """For a visitor without login, whatever the browser asks for; answers come back too."""
        for code in ("he_IL", "ro_RO"):
            self.env["res.lang"]._activate_lang(code)
        for code, direction in (("he_IL", "rtl"), ("ro_RO", "ltr"), ("en_US", "ltr")):
            for asked in ("en-US", "he", "ro"):
                with self.subTest(code, browser=asked):
                    self.customer.lang = code
                    self.opener.headers["Accept-Language"] = asked
                    page = self.get()
                    self.assertEqual(page.status_code, 200)
                    self.assertIn(f'lang="{code.replace("_", "-")}"', page.text)
                    self.assertEqual("o_rtl" in page.text or 'dir="rtl"' in page.text, direction == "rtl")
                    self.assertEqual(self.answer("nothing", page=page.text).status_code, 422)

    def test_sent_once(self):
        page = self.get().text
        for _time in range(2):
            self.answer("paid", page=page, day="2026-03-09", amount="150")
        self.assertEqual(len(self.taken()), 1)

    def test_proof(self):
        form = {"day": "2026-03-09", "amount": "150"}
        cases = (
            ("transfer.pdf", PDF, 200),
            ("transfer.pdf", b"MZ program", 422),
            ("transfer.exe", PDF, 422),
            ("<script>alert(1)</script>.pdf", PDF, 422),
            ("large.pdf", PDF + b"x" * 5 * 1024 * 1024, 422),
        )
        for name, content, status in cases:
            with self.subTest(name, status=status):
                page = self.answer("paid", files={"proof": (name, content)}, **form)
                self.assertEqual(page.status_code, status)
        self.assertEqual(self.taken().attachment_ids.mapped("raw"), [PDF])
        self.assertEqual(self.notice.message_ids.attachment_ids, self.notice.answer_ids.attachment_ids)

    def full_disk(self, content):
        """Where the file would be stored, nothing can be."""
        attachments = self.env["ir.attachment"]
        folder = Path(attachments._full_path(attachments._compute_checksum(content)[:2]))
        self.assertFalse(folder.exists())
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.touch()
        return folder

    def proof_of_its_own(self):
        """Content for which the store has no folder yet."""
        attachments = self.env["ir.attachment"]
        contents = (PDF + b" %d" % number for number in range(10000))
        folder = lambda content: attachments._full_path(attachments._compute_checksum(content)[:2])  # noqa: E731
        return next(content for content in contents if not Path(folder(content)).exists())

    def test_a_proof_that_cant_be_stored(self):
        """The answer counts, and both sides are told."""
        content = self.proof_of_its_own()
        in_the_way = self.full_disk(content)
        self.addCleanup(lambda: in_the_way.is_file() and in_the_way.unlink())
        form = {"day": "2026-03-09", "amount": "150", "note": "Paid by transfer"}
        with mute_logger(ANSWER_LOG):
            page = self.answer("paid", files={"proof": ("transfer.pdf", content)}, **form)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Your file could not be stored. Please send it again later", page.text)
        answer = self.taken()
        self.assertEqual((answer.kind, answer.is_proof_lost, answer.attachment_ids.ids), ("paid", True, []))
        self.assertEqual(str(self.notice.replied_until), "2026-03-17")
        activity = self.notice.activity_ids.filtered(lambda activity: "I have paid" in activity.summary)
        for told in (activity.note, answer.message_id.body):
            self.assertIn("Paid by transfer", told)
            self.assertIn("They sent a file, which our server could not store", told)
        in_the_way.unlink()
        self.answer("paid", files={"proof": ("transfer.pdf", content)}, **form)
        again = self.taken() - answer
        self.assertEqual((again.attachment_ids.raw, again.is_proof_lost), (content, False))
        self.assertNotIn("could not be stored", self.get(done=again.id).text)

    def test_half_a_proof_is_none(self):
        """A disk that becomes full in the midst of a file."""
        content = self.proof_of_its_own() + b"x" * 10000
        values = {"name": "transfer.pdf", "raw": content, "res_model": self.notice._name, "res_id": self.notice.id}
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        answers = self.env["dunning.answer"]
        with mute_logger(ANSWER_LOG, "odoo.addons.base.models.ir_attachment"):
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
                lost = answers._keep_proof(values)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        self.assertFalse(lost)
        self.assertEqual(answers._keep_proof(values).raw, content)

    def test_refused(self):
        item = str(self.items(self.second).id)
        other = self.invoice(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        cases = (
            ("nothing", {}),
            ("paid", {"day": "2026-03-11", "amount": "1"}),
            ("paid", {"day": "2026-03-09", "amount": "nan"}),
            ("promise", {"day": "2026-03-09", "amount": "1"}),
            ("promise", {"day": "2026-04-10", "amount": "1"}),
            ("promise", {"day": "2026-03-20", "amount": "150.01"}),
            ("dispute", {"reason": self.reason("damaged")}),
            ("dispute", {"reason": "x", "items": item}),
            ("dispute", {"reason": self.reason("damaged"), "items": str(self.items(other).id)}),
            ("plan", {"day": "2026-03-20", "number": "7"}),
        )
        for kind, form in cases:
            with self.subTest(kind, **form):
                page = self.answer(kind, **form)
                self.assertEqual(page.status_code, 422)
                self.assertIn('role="alert"', page.text)
        self.assertFalse(self.taken())

    def test_second_objection(self):
        item = str(self.items(self.second).id)
        self.assertEqual(self.answer("dispute", items=item, reason=self.reason("damaged")).status_code, 200)
        page = self.answer("dispute", items=item, reason=self.reason("price"))
        self.assertEqual(page.status_code, 422)
        self.assertIn("A colleague will get in touch", page.text)

    def test_too_many(self):
        page = self.get().text
        statuses = [self.answer("nothing", page=page).status_code for _number in range(22)]
        self.assertEqual(statuses, [422] * 20 + [429] * 2)

    def test_portal_of_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        user = self.user("portal_contact", "base.group_portal")
        user.partner_id.parent_id = self.customer
        self.assertEqual(self.env["dunning.notice"]._pages_of(contact), self.notice)
        self.authenticate("portal_contact", "portal_contact")
        self.assertIn(self.notice.access_token, self.url_open("/my/collection").text)
        self.assertIn("See what is open, pay, or answer", self.url_open("/my/home").text)
        counters = {"params": {"counters": ["open_payment_count"]}}
        self.assertEqual(self.url_open("/my/counters", json=counters).json()["result"], {"open_payment_count": 1})
        self.assertFalse(self.env["dunning.notice"]._pages_of(self.env["res.partner"].create({"name": "X"})))
