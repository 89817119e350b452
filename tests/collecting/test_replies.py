"""A customer's reply stands on the desk with its answer prepared, and is done once it is answered."""

from ast import literal_eval
from email.message import EmailMessage

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_after_the_call import AfterCase


@tagged("post_install", "-at_install")
class TestReplies(AfterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "us.example.com", "catchall_alias": "catchall"})
        cls.env.company.alias_domain_id = domain
        cls.collector.email = "collector@example.com"
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)
        cls.notice.mail_ids.write({"state": "sent"})
        cls.given.reply()

    def reply(self, sender="customer@example.com", text="Please send me the invoice again", number=1):
        first = self.notice.mail_ids
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["To"] = sender, "Re: reminder", first.reply_to
        mail["In-Reply-To"] = mail["References"] = first.message_id
        mail["Message-Id"] = f"<{number}.{sender}>"
        mail.set_content(text)
        self.env["mail.thread"].message_process("mail.thread", mail.as_string())
        self.env.flush_all()
        self.env.invalidate_all()

    def compose(self, kind):
        action = getattr(self.line(), f"action_reply_{kind}")()
        composer = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        return Form(composer).save()

    def send(self, kind):
        composer = self.compose(kind)
        known = self.env["mail.mail"].search([])
        composer.action_send_mail()
        return self.env["mail.mail"].search([]) - known

    def test_it_stands_there(self):
        line = self.line()
        self.assertEqual((line.kind, line.notice_id), ("answer", self.notice))
        self.assertIn("They wrote to us", line.call_script)

    def test_copies(self):
        mail = self.send("copies")
        self.assertEqual(mail.subject, "Re: Re: reminder")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertIn("copies of our invoices", mail.body_html)
        self.assertEqual(literal_eval(mail.headers)["In-Reply-To"], "<1.customer@example.com>")
        self.assertIn("<1.customer@example.com>", mail.references)
        self.assertFalse(self.notice.needs_answer)
        self.assertFalse(self.notice.activity_ids, "nobody needs to answer any more")

    def test_bank_details(self):
        with self.assertRaisesRegex(UserError, "has no bank account yet"):
            self.compose("bank")
        self.env["res.partner.bank"].create(
            {"acc_number": "RO49AAAA1B31007593840000", "partner_id": self.env.company.partner_id.id}
        )
        mail = self.send("bank")
        self.assertIn("RO49AAAA1B31007593840000", mail.body_html.replace(" ", ""))
        self.assertFalse(self.notice.needs_answer)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        self.assertIn('dir="rtl"', self.compose("copies").body)

    def test_a_promise(self):
        action = self.line().action_reply_promise()
        promise = Form(self.env["dunning.promise"].with_user(self.collector).with_context(**action["context"])).save()
        self.assertEqual((promise.amount, promise.state), (140.0, "open"))
        self.assertFalse(self.notice.needs_answer)

    def test_a_dispute_with_what_was_said(self):
        self.reply(text="The goods were broken", number=2)
        action = self.line().action_reply_dispute()
        self.assertIn("The goods were broken", action["context"]["default_note"])
        self.assertEqual(action["res_model"], "dunning.dispute")
        form = Form(self.env["dunning.dispute"].with_user(self.collector).with_context(**action["context"]))
        form.reason_id = self.env["dunning.dispute.reason"]._other()
        self.assertTrue(self.notice.needs_answer)
        dispute = form.save()
        self.assertEqual(dispute.move_line_ids.move_id, self.move | self.second)
        self.assertFalse(self.notice.needs_answer, "the dispute answers it")
        self.assertFalse(self.notice.activity_ids)

    def test_a_dispute_answers_its_own_customer_alone(self):
        other = self.invoice(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        action = other.with_user(self.collector).action_dispute()
        said = action["context"] | {"l2c_answers": self.notice.id}
        form = Form(self.env["dunning.dispute"].with_user(self.collector).with_context(**said))
        form.reason_id = self.env["dunning.dispute.reason"]._other()
        self.assertTrue(form.save())
        self.assertTrue(self.notice.needs_answer)

    def test_by_mail_from_a_colleagues_own_program(self):
        self.reply(sender="collector@example.com", text="Here it is", number=3)
        self.assertFalse(self.notice.needs_answer)

    def test_a_note_among_colleagues_is_no_answer(self):
        said = "Who knows?"
        self.notice.with_user(self.collector).message_post(body=said, subtype_xmlid="mail.mt_note")
        self.assertTrue(self.notice.needs_answer)

    def test_from_the_chatter(self):
        said = "Here"
        self.notice.with_user(self.collector).message_post(
            body=said, subtype_xmlid="mail.mt_comment", partner_ids=self.customer.ids
        )
        self.assertFalse(self.notice.needs_answer)

    def test_another_reply_asks_again(self):
        self.send("copies")
        self.reply(text="And the second?", number=4)
        self.assertTrue(self.notice.needs_answer)
        self.assertEqual(self.line().kind, "answer")

    def test_rights_and_lines_without_a_reply(self):
        reader = self.user("reply_reader", "account.group_account_readonly")
        with self.assertRaisesRegex(AccessError, "Who only reads the books"):
            self.notice.with_user(reader).action_reply_copies()
        other = self.env["res.partner"].create({"name": "Other"})
        self.invoice(partner_id=other.id)
        other.with_user(self.collector)._plan_step(lambda document: "Call", TODAY, "call")
        with self.assertRaisesRegex(UserError, "no reply to answer"):
            self.line(other).action_reply_copies()
