"""One look at a notice before it goes: what it says, what is changed for it alone, a test, approving many."""

from lxml import html
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase


def words(body):
    """What is read of an e-mail."""
    document = html.document_fromstring(str(body))
    return " ".join((document.find("body") if document.find("body") is not None else document).text_content().split())


class LookCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids.write({"requires_approval": True, "payment_deadline_days": 7})
        cls.collector = cls.user("looking_collector", "lead_to_cash.group_collections_user")
        cls.collector.email = "collector@example.com"
        cls.clerk = cls.user("looking_clerk", "account.group_account_invoice")

    def waiting(self, due="2026-03-05", **values):
        """A notice that waits for approval, as a collector sees it."""
        move = self.invoice(due=due, **values)
        self.run_on(TODAY)
        notice = self.notices(move).with_user(self.collector)
        self.assertEqual(notice.state, "to_approve")
        return notice

    def edit(self, notice, change=lambda text: text, **values):
        """Change its text in the dialog, as a browser opens it."""
        action = notice.action_edit_text()
        form = Form(self.env[action["res_model"]].with_user(notice.env.user).with_context(**action["context"]))
        form.text = change(str(form.text))
        for name, value in values.items():
            setattr(form, name, value)
        form.save().action_save()
        notice.invalidate_recordset()
        return notice

    def sent(self, notice):
        """Its e-mail, as the mail queue writes it."""
        notice.action_approve()
        self.mails_due()
        return notice.sudo().mail_ids


class NoticeCase(LookCase):
    """One that waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notice = cls.given.waiting()


@tagged("post_install", "-at_install")
class TestText(NoticeCase):
    def test_the_text_is_changed_for_one_notice(self):
        notice = self.notice
        other = self.waiting(partner_id=self.env["res.partner"].create({"name": "B", "email": "b@example.com"}).id)
        self.edit(notice, lambda text: text.replace("According to our books", "As we said on the phone"), subject="Us")
        self.assertEqual((notice.edited_by_id, notice.mail_subject), (self.collector, "Us"))
        mail = self.sent(notice)
        self.assertEqual(mail.subject, "Us")
        self.assertIn("As we said on the phone", mail.body_html)
        self.assertNotIn("According to our books", mail.body_html)
        for computed in (notice.line_ids.move_id.name, "100.00", "03/17/2026", "access_token", "Customer"):
            self.assertIn(computed, mail.body_html)
        self.assertNotIn("o_l2c_computed", mail.body_html)
        self.assertIn("According to our books", self.sent(other).body_html)

    def test_the_subject_is_one_line(self):
        notice = self.edit(self.notice, str, subject=" Us\r\nBcc: other@example.com ")
        self.assertEqual(self.sent(notice).subject, "Us Bcc: other@example.com")

    def test_what_is_seen_is_what_leaves(self):
        for changed in (False, True):
            with self.subTest(changed=changed):
                notice = self.waiting(partner_id=self.env["res.partner"].create({"name": "C", "email": "c@x.com"}).id)
                if changed:
                    self.edit(notice, lambda text: text + "<p>And more</p>")
                seen, subject = notice.mail_body, notice.mail_subject
                mail = self.sent(notice)
                self.assertEqual((mail.subject, words(mail.body_html)), (subject, words(seen)))

    def test_a_payment_after_the_change_sends_it_back(self):
        notice = self.notice
        self.edit(notice, lambda text: text.replace("According to our books", "Our words"))
        notice.action_approve()
        self.assertEqual(notice.state, "queued")
        self.mails_due()
        mail = notice.sudo().mail_ids
        self.pay(notice.line_ids.move_id, 30.0)
        self.assertEqual((notice.state, mail.state), ("to_approve", "cancel"))
        self.assertEqual(notice.exception_kind, "several" if "first" not in (notice.exceptions or "") else "changed")
        said = notice.message_ids[0].body.replace("&nbsp;", " ")
        self.assertIn("asked for $ 100.00, and asks for $ 70.00", said)
        again = self.sent(notice)
        self.assertIn("Our words", again.body_html)
        self.assertIn("70.00", again.body_html)
        self.assertNotIn("changed", notice.exceptions or "")

    def test_a_payment_before_the_approval_asks_for_a_look(self):
        notice = self.edit(self.notice, lambda text: text + "<p>More</p>")
        self.pay(notice.line_ids.move_id, 30.0)
        self.assertEqual(notice.state, "to_approve")
        self.assertIn("Changed after its text was written", notice.exception_text)

    def test_paid_in_full_it_is_cancelled(self):
        notice = self.edit(self.notice, lambda text: text + "<p>More</p>")
        self.pay(notice.line_ids.move_id)
        self.assertEqual(notice.state, "cancelled")
        with self.assertRaisesRegex(UserError, "can't become “Queued”"):
            notice.action_approve()

    def test_back_to_the_template(self):
        notice = self.notice
        before = notice.mail_subject, notice.mail_body
        self.edit(notice, lambda _text: "<p>Nothing but this</p>", subject="Other", attach_invoices=True)
        self.assertIn("Nothing but this", notice.mail_body)
        self.assertTrue(notice.attachment_text)
        notice.action_template_text()
        self.assertEqual((notice.mail_subject, notice.mail_body), before)
        self.assertFalse(notice.edited_on or notice.edited_by_id or notice.attachment_text)

    def test_the_template_changes_afterwards(self):
        template = self.env.ref("lead_to_cash.mail_template_dunning_notice")
        notice = self.edit(self.notice, lambda text: text + "<p>More</p>")
        seen = notice.mail_body
        template.body_html = "<p>All new</p>"
        notice.invalidate_recordset()
        self.assertEqual(notice.mail_body, seen)

    def test_what_a_person_writes_is_text(self):
        """It is never run as a template, and scripts are dropped."""
        notice = self.notice
        evil = '<p>1<t t-out="object.env.cr"/><b t-if="0">2</b>{{ 3*3 }}<script>alert(4)</script></p>'
        evil += '<div class="o_l2c_computed" data-id="99">5</div><img src="x" onerror="alert(6)"/>'
        self.edit(notice, lambda text: text + evil, subject="{{ 3*3 }}")
        mail = self.sent(notice)
        self.assertEqual(mail.subject, "{{ 3*3 }}")
        self.assertIn("{{ 3*3 }}", mail.body_html)
        for gone in ("cr", "script>", "onerror", ">5<"):
            self.assertNotIn(f"<{gone}" if gone == "cr" else gone, mail.body_html)

    def test_an_empty_text_is_refused(self):
        notice = self.notice
        for values in ({"subject": " "}, {}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "needs a subject and a text"):
                self.edit(notice, (lambda text: text) if values else (lambda _text: "<p><br></p>"), **values)
        self.assertFalse(notice.edited_on)

    def test_what_has_left_stays(self):
        notice = self.notice
        self.sent(notice)
        notice.sudo().state = "sent"
        for change in (notice.action_edit_text, notice.action_template_text):
            with self.assertRaisesRegex(UserError, "can't be changed any more"):
                change()

    def test_who_may_change_it(self):
        notice = self.notice
        for method in ("action_edit_text", "action_template_text", "action_send_test", "action_review"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(notice.with_user(self.clerk), method)()
        with self.assertRaises(AccessError):
            self.env["dunning.notice.edit"].with_user(self.clerk).create({"notice_id": notice.id})
        for name, value in {"text_body": "x", "text_parts": ["<t t-out='1'/>"], "edited_by_id": 1}.items():
            with self.subTest(name), self.assertRaises(UserError):
                notice[name] = value
                notice.flush_recordset()

    def test_another_companys_notice(self):
        notice = self.notice
        company = self.env["res.company"].create({"name": "Other"})
        neighbour = self.user("looking_neighbour", "lead_to_cash.group_collections_user")
        neighbour.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        for method in ("action_edit_text", "action_template_text", "action_send_test", "action_review"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(notice.with_user(neighbour), method)()


@tagged("post_install", "-at_install")
class TestSettings(LookCase):
    """What the level or the customer says when the notice is made."""

    def test_in_hebrew_it_reads_from_the_right(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        notice = self.edit(self.waiting(), lambda text: text + "<p>שלום</p>")
        for body in (notice.mail_body, self.sent(notice).body_html):
            self.assertIn('<div dir="rtl"', body)
            self.assertIn("שלום", body)
        self.customer.lang = "en_US"
        self.assertEqual(notice._lang(), "he_IL", "what was written stays in its language")

    def test_a_letter_says_other_words(self):
        self.policy.level_ids.channel = "letter"
        notice = self.edit(self.waiting(), lambda text: text.replace("open", "OPEN"))
        self.assertIn("OPEN", notice.text_body)
        letter = self.env["report.lead_to_cash.dunning_letter"]
        values = letter._get_report_values(notice.ids)
        body = str(self.env["ir.qweb"]._render("lead_to_cash.dunning_letter", {**values, "docs": notice.sudo()}))
        self.assertIn("OPEN", body)
        self.assertIn(notice.line_ids.move_id.name, body)

    def test_a_call_has_no_text(self):
        self.policy.level_ids.channel = "call"
        with self.assertRaisesRegex(UserError, "is not written"):
            self.waiting().action_edit_text()

    def test_what_the_level_attaches_is_left_out(self):
        self.policy.level_ids.attach_invoices = True
        notice = self.waiting()
        self.assertEqual(notice.attachment_text, notice.line_ids.move_id.name)
        self.edit(notice, attach_invoices=False)
        self.assertFalse(notice.attachment_text)
        mail = self.sent(notice)
        self.assertTrue(mail.dunning_notice_id._before_leaving(mail))
        self.assertFalse(mail.attachment_ids)


@tagged("post_install", "-at_install")
class TestAttachments(NoticeCase):
    def file(self, name="terms.pdf"):
        return self.env["ir.attachment"].with_user(self.collector).create({"name": name, "raw": b"%PDF-1.4 x"})

    def test_files_are_added_and_removed(self):
        notice = self.notice
        action = notice.action_edit_text()
        wizard = self.env["dunning.notice.edit"].with_user(self.collector).with_context(**action["context"])
        form = Form(wizard)
        form.attachment_ids.add(self.file())
        form.save().action_save()
        notice.invalidate_recordset()
        self.assertEqual(notice.attachment_text, "terms.pdf")
        self.assertEqual(notice.sudo().extra_attachment_ids.res_model, "dunning.notice")
        mail = self.sent(notice)
        self.assertTrue(mail.dunning_notice_id._before_leaving(mail))
        self.assertEqual(mail.attachment_ids.mapped("name"), ["terms.pdf"])
        form = Form(wizard)
        form.attachment_ids.clear()
        form.save().action_save()
        notice.invalidate_recordset()
        self.assertFalse(notice.attachment_text)

    def test_a_file_that_one_may_not_read(self):
        notice = self.notice
        private = self.env["ir.attachment"].create(
            {"name": "secret", "raw": b"x", "res_model": "res.users", "res_id": 1}
        )
        private.res_model, private.res_id = "ir.mail_server", 1
        wizard = self.env["dunning.notice.edit"].with_user(self.collector)
        with self.assertRaises(AccessError):
            wizard.create(
                {"notice_id": notice.id, "subject": "x", "text": "y", "attachment_ids": [(6, 0, private.ids)]}
            ).action_save()


@tagged("post_install", "-at_install")
class TestTest(NoticeCase):
    def test_nothing_of_the_notice_changes(self):
        notice = self.edit(self.notice, lambda text: text + "<p>Our words</p>")
        self.policy.level_ids.write({"ask_rating": True, "attach_invoices": True})
        mails = self.env["mail.mail"].search([])
        files = self.env["ir.attachment"].search([("res_model", "=", "dunning.notice")])
        with self.allow_pdf_render():
            said = notice.action_send_test()
        self.assertIn("collector@example.com", said["params"]["message"])
        self.assertEqual((notice.state, notice.is_written, notice.sudo().mail_ids.ids), ("to_approve", False, []))
        self.assertFalse(notice.sudo().rating_ids)
        test = self.env["mail.mail"].search([]) - mails
        self.assertEqual(
            (test.subject[:7], test.email_to, test.email_cc), ("[Test] ", self.collector.email_formatted, False)
        )
        self.assertFalse(test.recipient_ids | test.partner_ids)
        self.assertEqual((test.model, test.res_id, test.auto_delete), (False, 0, True))
        self.assertIn("Our words", test.body_html)
        self.assertNotIn("access_token", test.body_html)
        self.assertEqual(len(test.attachment_ids), 1)
        self.assertEqual(self.env["ir.attachment"].search([("res_model", "=", "dunning.notice")]), files)

    def test_without_an_address_of_ones_own(self):
        notice = self.notice
        self.collector.email = False
        with self.assertRaisesRegex(UserError, "You have no e-mail address"):
            notice.action_send_test()

    def test_a_broken_template(self):
        notice = self.notice
        self.break_template()
        for act in (notice.action_send_test, notice.action_approve, notice.action_edit_text):
            with self.subTest(act), self.assertRaisesRegex(UserError, "Dunning: notice has an error"):
                act()
        self.assertEqual(notice.state, "to_approve")

    def break_template(self):
        """As by another addon that took a field away."""
        template = self.env.ref("lead_to_cash.mail_template_dunning_notice")
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = jsonb_build_object('en_US', %s) WHERE id = %s",
            ['<p t-out="object.no_such_field"/>', template.id],
        )
        template.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestApprovingMany(LookCase):
    def day(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(4)])
        moves = self.invoices([{"due": "2026-03-05", "partner_id": partner.id} for partner in partners])
        self.run_on(TODAY)
        return self.notices(moves).with_user(self.collector)

    def dialog(self, notices):
        action = notices.action_review()
        form = Form(self.env[action["res_model"]].with_user(notices.env.user).with_context(**action["context"]))
        return form.save()

    def test_the_dialog_says_how_many_and_how_much(self):
        notices = self.day()
        dialog = self.dialog(notices)
        self.assertEqual(dialog.notice_count, 4)
        for part in ("First", "E-mail", "400.00", "The first reminder ever to the customer: 4"):
            self.assertIn(part, dialog.plan)
        said = dialog.action_approve()
        self.assertEqual(said["params"]["message"], "4 notices are approved.")
        self.assertEqual(set(notices.mapped("state")), {"queued"})

    def test_what_is_refused_is_told(self):
        notices = self.day()
        paid, archived, nowhere, good = notices
        self.pay(paid.line_ids.move_id.sudo())
        archived.sudo().partner_id.active = False
        self.env.cr.execute(
            "UPDATE res_partner SET email = NULL, email_normalized = NULL WHERE id = %s", [nowhere.partner_id.id]
        )
        self.env.invalidate_all()
        dialog = self.dialog(notices)
        self.assertEqual(dialog.notice_count, 1)
        for part in ("Cancelled (1)", "was archived", "no e-mail address for reminders"):
            self.assertIn(part, dialog.plan.unescape())
        said = dialog.action_approve()
        self.assertIn("One notice is approved. Not approved: 3.", said["params"]["message"])
        self.assertEqual(
            [n.state for n in (paid, archived, nowhere, good)], ["cancelled", "to_approve", "to_approve", "queued"]
        )
        with self.assertRaisesRegex(UserError, "no e-mail address for reminders"):
            nowhere.action_approve()
        archived.action_approve()
        self.assertEqual(archived.state, "queued", "a debtor may be archived: who has seen that approves it")

    def test_before_the_release_none_is_approved(self):
        self.env.company.dunning_awaits_release = True
        dialog = self.dialog(self.day())
        self.assertEqual(dialog.notice_count, 0)
        self.assertIn("hasn&#39;t released its first run", str(dialog.plan).replace("'", "&#39;"))
        with self.assertRaisesRegex(UserError, "hasn't released"):
            dialog.action_approve()

    def test_first_reminders_are_told_apart(self):
        notices = self.day()
        notices[0].sudo().write({"exceptions": "first,key", "exception_kind": "key"})
        banner = self.env["dunning.notice"].with_user(self.collector).get_dunning_banners()[-1]
        self.assertEqual(banner["text"], "0 to send; 3 first reminders ever; 1 to look at")
        run = notices.run_id.sudo()
        self.assertEqual((run.plain_count, run.first_count, run.exception_count), (0, 3, 1))
        desk = self.env["call.list.line"].with_user(self.collector).get_desk()
        self.assertIn(banner["text"], [told["text"] for told in desk["banners"]])
