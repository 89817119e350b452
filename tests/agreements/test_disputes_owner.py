"""Who looks into a dispute: any employee sees and answers that one, and nothing else."""

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from ..common import TODAY
from .test_disputes import DisputeCase

PNG = b"\x89PNG\r\n\x1a\n picture"


class OwnerCase(DisputeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("clerk", "base.group_user")
        cls.mine = cls.given.dispute(cls.move, user_id=cls.clerk.id)
        cls.others = cls.given.dispute(cls.given.invoice(due="2026-03-02"), note="Not theirs")

    def theirs(self, dispute):
        self.env.invalidate_all()
        return dispute.with_user(self.clerk)


@tagged("post_install", "-at_install")
class TestOwner(OwnerCase):
    def test_one_sees_ones_own(self):
        self.assertEqual(self.env["dunning.dispute"].with_user(self.clerk).search([]), self.mine)
        seen = self.theirs(self.mine)
        self.assertEqual((seen.document_names, seen.reason, seen.amount), (self.move.name, "Broken glass", 100.0))
        with self.assertRaises(AccessError):
            self.theirs(self.others).read(["note"])
        for name in ("move_line_ids",):
            with self.assertRaises(AccessError):
                seen.read([name])
        with self.assertRaises(AccessError):
            self.move.with_user(self.clerk).read(["name"])

    def test_one_gets_to_know(self):
        activity = self.mine.activity_ids
        self.assertEqual((activity.user_id, str(activity.date_deadline)), (self.clerk, TODAY))
        self.assertFalse(self.others.activity_ids)

    def test_one_answers(self):
        seen = self.theirs(self.mine)
        with self.assertRaisesRegex(UserError, "Write what you found out"):
            seen.action_answer()
        with Form(seen) as form:
            form.answer = "Two of five were broken"
            form.proposed_outcome = "partly"
        seen.action_answer()
        self.assertEqual((str(seen.answered_date), seen.state), (TODAY, "open"))
        told = self.mine.activity_ids
        self.assertEqual((told.summary, told.user_id), ("Close the dispute: it was answered", self.collector))
        self.assertIn("Two of five were broken", self.mine.message_ids[0].body)
        self.mine.action_justified()
        with self.assertRaisesRegex(UserError, "resolved already"):
            seen.action_answer()

    def test_an_answer_is_text(self):
        seen = self.theirs(self.mine)
        seen.answer = "Paid <100> <img src='https://example.com/x.png'/>"
        seen.action_answer()
        note = self.mine.activity_ids.note
        self.assertIn("&lt;100&gt;", note)
        self.assertNotIn("<img", note)

    def test_one_changes_nothing_else(self):
        seen = self.theirs(self.mine)
        for values in (
            {"user_id": self.env.uid},
            {"amount": 1.0},
            {"move_line_ids": [(5,)]},
            {"note": "x"},
            {"reason_id": self.env.ref("lead_to_cash.dispute_reason_price").id},
            {"revisit_date": "2026-03-20"},
            {"granted_amount": 5.0},
            {"closing_note": "x"},
            {"attachment_ids": [(5,)]},
            {"partner_id": self.env.company.partner_id.id},
            {"state": "resolved"},
            {"outcome": "justified"},
            {"answer": "x", "user_id": self.clerk.id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                seen.write(values)
        for action in ("justified", "partly", "not_justified", "resolve", "reopen", "credit_note", "tell_customer"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(seen, f"action_{action}")()
        for action in ("unlink", "copy"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(seen, action)()
        with self.assertRaises(AccessError):
            self.env["dunning.dispute"].with_user(self.clerk).create({"partner_id": self.customer.id})
        for dispute in (self.others,):
            for action in ("answer", "documents"):
                with self.subTest(action), self.assertRaises(AccessError):
                    getattr(self.theirs(dispute), f"action_{action}")()
            with self.assertRaises(AccessError):
                self.theirs(dispute).answer = "x"
        self.assertEqual((self.mine.user_id, self.mine.amount, self.mine.state), (self.clerk, 100.0, "open"))

    def test_a_reader_of_the_books_answers_as_well(self):
        reader = self.user("reader", "account.group_account_readonly")
        self.others.user_id = reader
        self.others.with_user(reader).answer = "Mine"
        with self.assertRaises(AccessError):
            self.mine.with_user(reader).answer = "Not mine"
        with self.assertRaises(AccessError):
            self.others.with_user(reader).amount = 5.0

    def test_files(self):
        file = self.env["ir.attachment"].create({"name": "photo.png", "raw": PNG})
        self.mine.attachment_ids = file
        self.assertEqual((file.res_model, file.res_id), ("dunning.dispute", self.mine.id))
        self.assertEqual(file.with_user(self.clerk).raw, PNG)
        with self.assertRaises(AccessError):
            file.with_user(self.user("other", "base.group_user")).read(["raw"])
        for name, raw in (
            ("page.html", b"<script>"),
            ("photo.png", b"<script>"),
            ("x.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024),
        ):
            wrong = self.env["ir.attachment"].create({"name": name, "raw": raw})
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "Only a PDF or a picture"):
                self.mine.attachment_ids = wrong
        foreign = self.env["ir.attachment"].create(
            {"name": "x.png", "raw": PNG, "res_model": "res.partner", "res_id": self.customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "one of another record"):
            self.mine.attachment_ids = foreign


@tagged("post_install", "-at_install")
class TestDocuments(OwnerCase, HttpCase):
    def test_the_documents_alone(self):
        self.move.invoice_pdf_report_file = base64.b64encode(b"%PDF-1.4 mine")
        self.env["ir.attachment"].search([("res_id", "=", self.move.id), ("res_field", "=", "invoice_pdf_report_file")])
        self.authenticate("clerk", "clerk")
        address = self.mine.with_user(self.clerk).action_documents()["url"]
        page = self.url_open(address)
        self.assertEqual((page.status_code, page.headers["Content-Type"]), (200, "application/pdf"))
        self.assertTrue(page.content.startswith(b"%PDF-"))
        for number in (self.others.id, 0, "x", "9" * 10):
            self.assertEqual(self.url_open(f"/lead-to-cash/dispute/{number}").status_code, 404, number)
