"""Six tries with three personal e-mails: drafts that one click sends, with a basis, until somebody answers."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from .test_leads_transitions import LeadCase

AGREED = {"contact_basis": "consent", "consent_date": "2026-03-01"}

ANSWER = "Call me tomorrow"


class SeriesCase(LeadCase):
    def tried(self, number, **values):
        lead = self.lead(**{"email_from": "lead@example.com", "user_id": self.env.uid, **AGREED, **values})
        self.miss(lead, number)
        return lead

    def miss(self, lead, number, first=1):
        for day in range(first, first + number):
            lead.with_context(l2c_today=f"2026-03-{day:02}").action_log_attempt("no_answer")
        lead.invalidate_recordset()

    def mails(self, lead):
        return self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "=", lead.id)])


@tagged("post_install", "-at_install")
class TestSeries(SeriesCase):
    def test_a_draft_at_tries_2_4_and_6(self):
        lead = self.tried(0)
        for number in range(1, 7):
            self.miss(lead, 1, first=number)
            self.assertEqual(bool(lead.series_draft_id), number in (2, 4, 6), number)
            if lead.series_draft_id:
                self.assertEqual(lead.series_draft_id.number, number)
                lead.action_send_draft()
            self.assertEqual(len(self.mails(lead)), number // 2)
        self.assertEqual(lead.handling_role, "lost")
        self.assertEqual(len(set(self.mails(lead).mapped("subject"))), 3)

    def test_the_last_outlives_the_closing_by_it(self):
        lead = self.tried(6)
        self.assertEqual((lead.handling_role, lead.series_draft_id.number), ("lost", 6))
        self.assertIn("close your enquiry", lead.series_template_id.body_html)

    def test_nothing_goes_by_itself(self):
        self.assertFalse(self.mails(self.tried(6)))

    def test_edited_before_it_goes(self):
        lead = self.tried(2)
        action = lead.action_edit_draft()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        form.subject = "My own words"
        form.save().action_send_mail()
        self.assertFalse(lead.series_draft_id)
        self.assertIn("My own words", lead.message_ids.mapped("subject"))
        self.assertIn("/sales-mail/opt-out", lead.message_ids.filtered(lambda row: row.subject == "My own words").body)

    def test_two_leads_of_one_person_are_one_e_mail(self):
        for as_draft in (True, False):
            self.status("crm.lead", "no_answer").series_ids.as_draft = as_draft
            person = self.customer.copy({"email": f"{as_draft}@example.com"})
            leads = self.tried(1, partner_id=person.id) + self.tried(1, partner_id=person.id)
            leads.next_action_date = "2026-03-05"
            line = (
                self.env["call.list.line"].with_context(l2c_today="2026-03-05").search([("partner_id", "=", person.id)])
            )
            self.assertEqual(len(line), 1)
            line.action_no_answer()
            leads.invalidate_recordset()
            self.assertEqual(leads.mapped("attempt_count"), [2, 2])
            written = leads.filtered("series_draft_id") if as_draft else self.mails(leads[0]) + self.mails(leads[1])
            self.assertEqual(len(written), 1)

    def test_an_enquiry_gets_no_series_by_itself(self):
        self.status("crm.lead", "no_answer").series_ids.as_draft = False
        self.assertFalse(self.mails(self.tried(2, contact_basis="enquiry", consent_date=False)))
        self.assertEqual(len(self.mails(self.tried(2))), 1)

    def test_left_out(self):
        lead = self.tried(2)
        lead.action_drop_draft()
        self.assertFalse(lead.series_draft_id or self.mails(lead))
        self.miss(lead, 2, first=3)
        self.assertEqual(lead.series_draft_id.number, 4)

    def test_it_ends(self):
        def reply(lead):
            lead.message_post(body=ANSWER, message_type="email", author_id=self.customer.id)

        def reply_of_a_stranger(lead):
            lead.message_post(body=ANSWER, message_type="email", author_id=False, email_from="lead@example.com")

        for name, happens, role in (
            ("a stranger's reply", reply_of_a_stranger, "contacted"),
            ("reached", lambda lead: lead.action_log_attempt("reached"), "contacted"),
            ("a reply", reply, "contacted"),
            ("a meeting", self._meeting, "in_progress"),
            ("a quotation", lambda lead: self.order(opportunity_id=lead.id).action_quotation_sent(), "in_progress"),
            ("closed", lambda lead: lead.action_close(self.env.ref("crm.lost_reason_1")), "lost"),
        ):
            with self.subTest(name):
                lead = self.tried(2)
                happens(lead)
                lead.invalidate_recordset()
                self.assertEqual((lead.handling_role, bool(lead.series_draft_id)), (role, False))

    def test_who_answers_is_answered_today(self):
        lead = self.tried(2)
        lead.message_post(body=ANSWER, message_type="email", author_id=self.customer.id)
        self.assertEqual((lead.next_action_summary, lead.next_action_date), ("Answer their e-mail", lead._today()))

    def test_who_has_not_been_called_yet_is_called(self):
        lead = self.lead(user_id=self.env.uid)
        lead.message_post(body=ANSWER, message_type="email", author_id=self.customer.id)
        self.assertEqual((lead.handling_role, lead.next_action_date), ("new", False))

    def test_who_answers_the_last_one_is_called(self):
        """The lead is closed by then: it stands on the call list, with its buttons."""
        lead = self.tried(6)
        lead.action_send_draft()
        lead.message_post(body=ANSWER, message_type="email", author_id=False, email_from="lead@example.com")
        line = self.env["call.list.line"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        self.assertEqual((line.kind, lead.activity_ids.mapped("summary")), ("again", ["Answer their e-mail"]))
        line.action_reached()
        lead.action_log_attempt("reached")
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))

    def test_a_colleague_s_mail_is_no_reply(self):
        lead = self.tried(2)
        lead.message_post(body=ANSWER, message_type="email", author_id=self.env.user.partner_id.id)
        self.assertEqual((lead.handling_role, lead.series_draft_id.number), ("no_answer", 2))

    def test_a_company_s_own_series_stays(self):
        status = self.status("crm.lead", "no_answer")
        own = status.series_ids[:1]
        (status.series_ids - own).unlink()
        self.env["handling.status"]._ship_series()
        self.assertEqual(status.series_ids, own)

    def test_refused(self):
        for lead, sentence in (
            (self.tried(1), "No e-mail waits"),
            (self.tried(2, contact_basis=False, consent_date=False), "has not agreed"),
            (self.tried(2, contact_basis="enquiry", consent_date=False), "has not agreed"),
            (self.tried(2, email_from=False), "can't be written to"),
        ):
            for button in (lead.action_send_draft, lead.action_edit_draft):
                with self.subTest(sentence, button=button.__name__), self.assertRaisesRegex(UserError, sentence):
                    button()
        lead, seller = self.tried(2), self.user("other_seller", "sales_team.group_sale_salesman")
        for name in ("action_send_draft", "action_edit_draft", "action_drop_draft", "action_tell_of_series"):
            with self.assertRaises(AccessError):
                getattr(lead.with_user(seller), name)()

    def test_by_a_salesperson(self):
        seller = self.user("series_seller", "sales_team.group_sale_salesman")
        lead = self.tried(2, user_id=seller.id)
        before = self.mails(lead)
        lead.with_user(seller).action_send_draft()
        self.assertEqual(len(self.mails(lead) - before), 1)


@tagged("post_install", "-at_install")
class TestBasis(SeriesCase, HttpCase):
    def test_told_in_one_click(self):
        lead = self.tried(2, contact_basis="enquiry", consent_date=False)
        self.assertTrue(lead.needs_consent)
        lead.action_tell_of_series()
        self.assertEqual((lead.contact_basis, lead.needs_consent), ("notified", False))
        self.assertIn("opt-out", self.mails(lead).body_html)
        lead.action_send_draft()
        self.assertEqual(len(self.mails(lead)), 2)

    def test_who_has_not_asked_is_not_told(self):
        lead = self.tried(2, contact_basis=False, consent_date=False)
        with self.assertRaisesRegex(UserError, "has not written to you"):
            lead.action_tell_of_series()
        blocked = self.tried(2, contact_basis="enquiry", consent_date=False, email_from="blocked@example.com")
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        blocked.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "can't be written to"):
            blocked.action_tell_of_series()
        self.assertEqual(blocked.contact_basis, "enquiry")

    def test_a_chat_is_an_enquiry(self):
        """By the source that Odoo's chat gives."""
        source = self.env["utm.source"].create({"name": "Chat"})
        self.assertFalse(self.lead(source_id=source.id).contact_basis)
        self.env["ir.model.data"].create(
            {"module": "crm_livechat", "name": "utm_source_livechat", "model": "utm.source", "res_id": source.id}
        )
        self.assertEqual(self.lead(source_id=source.id).contact_basis, "enquiry")
        self.assertEqual(self.lead(source_id=source.id, **AGREED).contact_basis, "consent")
        self.assertFalse(self.lead().contact_basis)
