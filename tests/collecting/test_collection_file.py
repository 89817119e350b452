"""The file for the lawyer: what was sent and answered, as it was, and nothing that nobody sent."""

import io

from markupsafe import Markup
from odoo.tests import tagged
from PIL import Image

from ..common import TODAY
from ..dunning.test_reports import LETTER, LetterCase

KEY = "0f" * 16


def picture():
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "png")
    return file.getvalue()


class FileCase(LetterCase):
    def file(self):
        """The text of the customer's file, without the spaces between lines."""
        self.customer.with_context(force_report_rendering=True).action_collection_file()
        domain = [("name", "=", f"Collection file {self.customer.name}.pdf")]
        file = self.env["ir.attachment"].search(domain, order="id desc", limit=1)
        return " ".join(self.pages(file.raw))

    def cover(self):
        """What stands on the file's own pages: all but the annexes."""
        return self.words("lead_to_cash.action_report_collection_cover", self.customer)

    def sent(self, move):
        notice = self.notice(move)
        notice.mail_ids.state = "sent"
        return notice


@tagged("post_install", "-at_install")
class TestWhatWasSent(FileCase):
    def test_all_in_order_of_time(self):
        self.env["res.partner"].create(
            {"name": "Pays", "email": "pays@example.com", "parent_id": self.customer.id, "is_payment_contact": True}
        )
        move = self.invoice()
        notice = self.sent(move)
        mail = notice.mail_ids
        mail.body_html = Markup("<p>Words of <b>then</b> <img src='http://127.0.0.1:9/x.png'/></p>")
        self.env.ref("lead_to_cash.mail_template_dunning_notice").body_html = "<p>Words of today</p>"
        form = {
            "kind": "paid",
            "day": "2026-03-09",
            "amount": "100",
            "note": "By <b>bank</b>",
            "form_key": f"{KEY}-paid",
        }
        notice.with_context(l2c_today="2026-03-11")._take_answer(form, [("transfer.png", picture())])
        form |= {"day": "2026-03-10", "note": "Again", "form_key": f"{KEY}-again"}
        notice.with_context(l2c_today="2026-03-12")._take_answer(form, [("broken.pdf", b"%PDF-1.4 nothing")])
        sms = notice._message_log(body="Please call us back", message_type="sms")
        to_them = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": self.customer.ids}
        own, unsent = (notice.message_post(body=said, **to_them) for said in ("A word of ours", "Not gone yet"))
        own.sudo().mail_ids.state = "sent"
        self.assertEqual(unsent.sudo().mail_ids.state, "outgoing")
        hidden, answered = "Among ourselves", "A reply"
        hidden = notice.message_post(body=hidden, subtype_xmlid="mail.mt_note")
        reply = notice.message_post(body=answered, message_type="email", author_id=self.customer.id)
        for number, message in enumerate((sms, own, hidden, reply)):
            message.date = f"2026-03-13 1{number}:00:00"
        text = self.file()
        self.assertTells(text, "pays@example.com", mail.subject, "Subject")
        self.assertIn(mail.message_id, text.replace(" ", ""))
        said = (
            "Words of then",
            "By <b>bank</b>",
            "Annex 1: transfer.png",
            "Again",
            "The file broken.pdf can't be shown",
        )
        said += ("Please call us back", "A word of ours", "A reply")
        self.assertTells(text, *said)
        self.assertEqual(list(said), sorted(said, key=text.index))
        for never in ("Words of today", "please disregard this letter", "Among ourselves", "Not gone yet"):
            self.assertNotIn(never, text)

    def test_what_is_written_from_right_to_left(self):
        """It begins where its own language does, whatever that of the file."""
        self.sent(self.invoice()).mail_ids.body_html = Markup('<div dir="rtl"><p>שלום</p></div>')
        cover = self.html("lead_to_cash.action_report_collection_cover", self.customer)
        [said] = cover.xpath("//*[contains(@class, 'l2c_said')]")
        self.assertEqual(said.get("style"), "text-align: start;")
        self.assertNotIn("text-start", said.get("class"))

    def test_what_is_gone_is_said_to_be_gone(self):
        deleted = self.sent(self.invoice())
        self.env["mail.mail"].search([("id", "in", deleted.mail_ids.ids)]).unlink()
        other = self.env["res.partner"].create({"name": "Forgotten", "email": "forgotten@example.com"})
        move = self.invoice(partner_id=other.id)
        self.sent(move)
        self.pay(move)
        self.env["privacy.anonymise"].create({"partner_id": other.id}).action_anonymise()
        self.assertTells(self.cover(), "The e-mail isn't kept any more")
        self.customer = other
        self.invoice(partner_id=other.id)
        text = self.file()
        self.assertTells(text, "was deleted for the customer's privacy")
        self.assertNotIn("please disregard", text)

    def test_came_back(self):
        notice = self.sent(self.invoice())
        notice._message_receive_bounce("customer@example.com", self.customer)
        self.assertTells(self.cover(), "It came back", "According to our books")

    def test_calls(self):
        self.policy.level_ids.channel = "call"
        notice = self.notice(self.invoice())
        notice.activity_id.action_feedback(feedback="Will pay <soon>")
        self.assertTells(self.cover(), "Call: First", "Will pay <soon>")


@tagged("post_install", "-at_install")
class TestLetters(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids.channel = "letter"

    def kept(self, notice):
        return self.env["ir.attachment"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id), ("name", "like", "letter-")]
        )

    def move_to(self, street):
        self.customer.street = street
        self.env.invalidate_all()  # another request: the host's name with an address depends on no street

    def test_the_letter_that_was_posted(self):
        self.move_to("Old Street 1")
        move = self.invoice(due="2026-03-01")
        notice = self.notice(move)
        self.pdf(LETTER, notice)
        self.move_to("New Street 2")
        posted = self.pdf(LETTER, notice)
        self.assertEqual(len(self.kept(notice)), 2, "another address is another letter")
        self.policy.level_ids[1].name = "Renamed"
        with self.subTest("printed again"):
            self.assertEqual(self.pdf(LETTER, notice), posted)
        notice.activity_id.action_done()
        self.move_to("Third Street 3")
        with self.subTest("after it was posted, on another day"):
            self.assertEqual(self.pdf(LETTER, notice.with_context(l2c_today="2026-04-01")), posted)
            self.assertEqual(len(self.kept(notice)), 2)
        text = self.file()
        self.assertTells(text, "Letter: Renamed", "Annex 1", "New Street 2")
        for never in ("Third Street 3 Renamed", "Old Street 1"):
            self.assertNotIn(never, text)

    def test_amounts_that_changed_are_another_letter(self):
        move = self.invoice(due="2026-03-01")
        notice = self.notice(move)
        first = self.pdf(LETTER, notice)
        self.pay(move, 40)
        second = self.pdf(LETTER, notice)
        self.assertNotEqual(first, second)
        self.assertEqual(self.kept(notice).sorted("id").mapped("raw"), [first, second])

    def test_each_of_several_is_kept(self):
        other = self.env["res.partner"].create({"name": "Other"})
        moves = self.invoice(due="2026-03-01") + self.invoice(due="2026-03-01", partner_id=other.id)
        self.run_on(TODAY)
        notices = self.notices(moves)
        pages = self.pages(self.pdf(LETTER, notices))
        self.assertEqual([len(self.kept(notice)) for notice in notices], [1, 1])
        self.assertEqual(pages, [page for notice in notices for page in self.pages(self.kept(notice).raw)])

    def test_what_was_not_printed_here_is_not_made_up(self):
        notice = self.notice(self.invoice(due="2026-03-01"))
        notice.activity_id.action_done()
        text = self.file()
        self.assertTells(text, "The letter as it was posted isn't kept")
        self.assertNotIn("please disregard this letter", text)

    def test_what_is_only_looked_at_is_not_kept(self):
        self.policy.level_ids.requires_approval = True
        waiting = self.notice(self.invoice(due="2026-03-01"))
        self.assertEqual(waiting.state, "to_approve")
        self.pdf(LETTER, waiting)
        self.assertFalse(self.kept(waiting))
