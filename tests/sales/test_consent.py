"""Automatic sales mails: with a basis, with a way out, and never to who took it."""

import ast
import re

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from ..common import HandlingCase


class SalesMailCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Missed you",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "subject": "We tried to reach you",
                "email_to": "{{ object.email_from }}",
                "body_html": "<p>Hello</p>",
            }
        )
        no_answer = cls.env.ref("lead_to_cash.status_lead_no_answer")
        no_answer.series_ids = [(0, 0, {"number": 1, "mail_template_id": cls.template.id})]

    def mail_to(self, lead):
        lead.action_log_attempt("no_answer")
        return self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "=", lead.id)])


@tagged("post_install", "-at_install")
class TestConsent(SalesMailCase):
    def test_only_with_a_basis(self):
        cases = (
            ({}, False),
            ({"contact_basis": "enquiry"}, False),
            ({"contact_basis": "notified"}, True),
            ({"contact_basis": "consent", "consent_date": "2026-03-01"}, True),
            ({"contact_basis": "notified", "email_from": "blocked@example.com"}, False),
        )
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        for values, expected in cases:
            with self.subTest(values):
                lead = self.lead(**{"email_from": "lead@example.com", **values})
                self.assertEqual(bool(self.mail_to(lead)), expected)

    def test_a_customer_is_a_basis(self):
        self.invoice()
        self.nightly()
        lead = self.lead(partner_id=self.customer.id)
        self.assertTrue(self.mail_to(lead))

    def test_a_consent_needs_its_date(self):
        with self.assertRaisesRegex(ValidationError, "A consent needs its date"):
            self.lead(contact_basis="consent")

    def test_an_incoming_mail_is_an_own_enquiry(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Prices?", "from": "x@example.com", "email_from": "x@example.com"}
        )
        self.assertEqual(lead.contact_basis, "enquiry")

    def test_before_calling(self):
        lead = self.lead(phone="+40215550120")
        self.assertFalse(lead.call_hint)
        self.env.company.do_not_call_days = 30
        for checked, hint in ((False, True), ("2026-02-01", True), ("2026-03-01", False)):
            lead.do_not_call_checked_on = checked
            lead.invalidate_recordset(["call_hint"])
            self.assertEqual(bool(lead.call_hint), hint, checked)
        self.env["phone.blacklist"].create({"number": "+40215550120"})
        lead.invalidate_recordset()
        self.assertEqual(lead.call_hint, "The number is blocked: do not call.")

    def test_before_calling_in_each_company(self):
        """As the lead's company says; of a lead of none, as the reader's; at once when the setting changes."""
        other = self.env["res.company"].create({"name": "Other", "do_not_call_days": 30})
        self.env.user.company_ids |= other
        self.env.company.do_not_call_days = 0
        theirs, nobodys = self.lead(phone="1", company_id=other.id), self.lead(phone="2", company_id=False)
        here, there = self.env.company, self.env.company | other
        self.assertTrue(theirs.with_company(here).call_hint)
        self.assertEqual([bool(nobodys.with_company(company).call_hint) for company in there], [False, True])
        other.do_not_call_days = 0
        self.assertFalse(theirs.call_hint)


@tagged("post_install", "-at_install")
class TestOptOut(SalesMailCase, HttpCase):
    def test_out_with_two_clicks(self):
        lead = self.lead(email_from="lead@example.com", contact_basis="notified")
        mail = self.mail_to(lead)
        self.assertIn(self.env.company.name, mail.body_html)
        url = re.search(r'href="([^"]*opt-out[^"]*)"', mail.body_html)[1].replace("&amp;", "&")
        self.assertIn(url, mail.headers)
        path = url[url.index("/sales-mail") :]
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertFalse(lead.is_blacklisted)
        token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)[1]
        done = self.url_open(path, data={"csrf_token": token})
        self.assertIn("No more automatic e-mails go to", done.text)
        lead.invalidate_recordset()
        self.assertTrue(lead.is_blacklisted)

    def test_with_one_click_of_the_mail_program(self):
        """It posts without a page before, from wherever, and perhaps again."""
        lead = self.lead(email_from="lead@example.com", contact_basis="notified")
        headers = ast.literal_eval(self.mail_to(lead).headers)
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        url = headers["List-Unsubscribe"].strip("<>")
        path = url[url.index("/sales-mail") :]
        wrong = path[:-1] + ("0" if path[-1] != "0" else "1")
        said = {"List-Unsubscribe": "One-Click"}
        self.assertEqual(self.url_open(wrong, data=said).status_code, 404)
        self.assertEqual(self.url_open(path).status_code, 200)
        self.assertFalse(self.blocked(lead))
        for _time in range(2):
            self.assertEqual(self.url_open(path, data=said, allow_redirects=False).status_code, 200)
            self.assertTrue(self.blocked(lead))
        self.assertEqual(self.env["mail.blacklist"].search_count([("email", "=", "lead@example.com")]), 1)

    def test_once_out_the_page_says_so(self):
        """Not only after the click: whoever opens it again isn't asked again."""
        self.env["mail.blacklist"]._add("lead@example.com")
        page = self.page("Lead@example.com")
        self.assertIn("No more automatic e-mails go to", page.text)
        self.assertNotIn("<form", page.text.partition('id="wrap')[2] or page.text)
        self.env["mail.blacklist"]._remove("lead@example.com")
        self.assertIn("Shall we stop", self.page("Lead@example.com").text)

    def test_in_the_readers_language(self):
        """The contact's; of nobody known, that which the browser asks for."""
        for code in ("he_IL", "ro_RO"):
            self.env["res.lang"]._activate_lang(code)
        self.env["res.partner"].create({"name": "Reader", "email": "Reader@example.com", "lang": "he_IL"})
        for email, asked, code in (
            ("reader@example.com", "ro", "he-IL"),
            ("reader@example.com", "", "he-IL"),
            ("nobody@example.com", "ro", "ro-RO"),
            ("nobody@example.com", "he-IL,he;q=0.9", "he-IL"),
            ("nobody@example.com", "fr", "en-US"),
            ("nobody@example.com", "", "en-US"),
        ):
            with self.subTest(email, asked=asked):
                self.opener.cookies.clear()
                self.opener.headers["Accept-Language"] = asked
                page = self.page(email)
                self.assertIn(f'lang="{code}"', page.text)
                token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)[1]
                done = self.url_open(self.path(email), data={"csrf_token": token})
                self.assertIn(f'lang="{code}"', done.text)
                self.env["mail.blacklist"]._remove(email)

    def path(self, email):
        url = self.env["mail.blacklist"]._opt_out_url(email)
        return url[url.index("/sales-mail") :]

    def page(self, email):
        return self.url_open(self.path(email))

    def blocked(self, lead):
        self.env.invalidate_all()
        return lead.is_blacklisted

    def test_a_wrong_token_opens_nothing(self):
        for token in ("", "wrong", "%C3%A9"):
            page = self.url_open(f"/sales-mail/opt-out?email=lead@example.com&token={token}")
            self.assertEqual(page.status_code, 404, token)
