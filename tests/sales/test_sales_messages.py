"""Who may be written to automatically, by e-mail and by SMS, and what stands in the place of a
number that is blocked."""

import re

from odoo.tests import HttpCase, tagged

from .test_call_list import CallListCase

NUMBER = "+40215550120"
BLOCKED = "The number is blocked: do not call."


class MessageCase(CallListCase):
    """A series for the first try: an e-mail and an SMS, for leads and for quotations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in ("crm.lead", "sale.order"):
            model_id = cls.env["ir.model"]._get_id(model)
            mail = {"name": "Missed", "model_id": model_id, "subject": "Missed you", "body_html": "<p>Hello</p>"}
            sms = {"name": "Missed", "model_id": model_id, "body": "Hello {{ object.name }}"}
            step = {
                "number": 1,
                "mail_template_id": cls.env["mail.template"].create({**mail, "email_to": "other@example.com"}).id,
                "sms_template_id": cls.env["sms.template"].create(sms).id,
            }
            status = cls.env["handling.status"].search([("res_model", "=", model), ("role", "=", "no_answer")])
            status.series_ids = [(0, 0, step)]

    def asked(self, **values):
        values = {"email_from": "lead@example.com", "phone": NUMBER, "contact_basis": "notified", **values}
        return self.lead(user_id=self.seller.id, **values)

    def person(self, **values):
        return self.env["res.partner"].create(
            {"name": "Person", "email": "person@example.com", "phone": NUMBER, **values}
        )

    def sent_to(self, document):
        """The addresses and numbers written to after a try that nobody answered."""
        document.action_log_attempt("no_answer")
        mails = self.env["mail.mail"].search([("model", "=", document._name), ("res_id", "=", document.id)])
        mails = mails.filtered(lambda mail: mail.subject == "Missed you")  # not what Odoo tells salespeople
        return mails.mapped("email_to") + self.sms(document).mapped("number")

    def sms(self, document):
        about = [("mail_message_id.model", "=", document._name), ("mail_message_id.res_id", "=", document.id)]
        return self.env["sms.sms"].search(about)


@tagged("post_install", "-at_install")
class TestBasis(MessageCase):
    def test_leads(self):
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        self.env["phone.blacklist"].create({"number": "+40215550199"})
        customer = self.person(customer_status="customer")
        both = ["lead@example.com", NUMBER]
        for values, expected in (
            ({}, both),
            ({"contact_basis": False}, []),
            ({"contact_basis": "enquiry"}, []),  # its answer alone
            ({"contact_basis": "consent", "consent_date": "2026-03-01"}, both),
            ({"contact_basis": False, "partner_id": customer.id}, both),
            ({"email_from": "blocked@example.com"}, [NUMBER]),
            ({"phone": "+40215550199"}, ["lead@example.com"]),
            ({"phone": False}, ["lead@example.com"]),
            ({"email_from": "nobody"}, [NUMBER]),
        ):
            with self.subTest(values):
                self.assertEqual(self.sent_to(self.asked(**values)), expected)

    def test_quotations(self):
        """A quotation answers an own enquiry; one made for a lead has that lead's basis."""
        person, customer = self.person(), self.person(customer_status="customer")
        for partner, lead, expected in (
            (person, None, True),
            (person, {"contact_basis": "enquiry"}, True),
            (person, {"contact_basis": False}, False),
            (customer, {"contact_basis": False}, True),
        ):
            with self.subTest(customer=partner.customer_status, lead=lead):
                opportunity = lead is not None and self.asked(**lead)
                order = self.order(partner_id=partner.id, opportunity_id=opportunity and opportunity.id)
                self.assertEqual(self.sent_to(order), ["person@example.com", NUMBER] if expected else [])

    def test_a_blocked_person_gets_no_mail_about_a_quotation(self):
        self.env["mail.blacklist"].create({"email": "person@example.com"})
        self.env["phone.blacklist"].create({"number": NUMBER})
        self.assertEqual(self.sent_to(self.order(partner_id=self.person().id)), [])

    def test_nothing_automatic_about_invoices(self):
        customer = self.person(customer_status="customer")
        invoice = self.invoice(partner_id=customer.id)
        self.assertEqual((invoice._sales_mail_address(), invoice._sales_sms_number()), ("", ""))
        self.assertEqual(self.sent_to(invoice), [])

    def test_by_a_salesperson(self):
        """Who logs the try needs no rights on mails, messages or blacklists."""
        lead = self.asked()
        self.assertEqual(self.sent_to(lead.with_user(self.seller)), ["lead@example.com", NUMBER])
        mail = self.env["mail.mail"].search([("subject", "=", "Missed you"), ("res_id", "=", lead.id)])
        self.assertEqual(mail.email_from, self.seller.email_formatted)

    def test_what_stands_in_an_sms(self):
        lead = self.asked(name="Shops")
        self.sent_to(lead)
        sms = self.sms(lead)
        self.assertEqual(sms.state, "outgoing")
        text = f"Hello Shops\n{self.env.company.name}. No more such messages: "
        self.assertTrue(sms.body.startswith(text), sms.body)
        self.assertIn("/sales-sms/opt-out?number=%2B40215550120&token=", sms.body)
        self.assertIn("Hello Shops", sms.mail_message_id.body)
        self.assertIn(sms.mail_message_id, lead.message_ids)

    def test_many_at_once(self):
        counts = []
        for number in (5, 45):
            leads = self.env["crm.lead"].create(
                [{"name": "Lead", "phone": f"+402155502{n:02}", "contact_basis": "notified"} for n in range(number)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            leads.action_log_attempt("no_answer")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(self.sms(leads[0])), 1)
        self.assertLess((counts[1] - counts[0]) / 40, 0.5, counts)


@tagged("post_install", "-at_install")
class TestNoMoreSms(MessageCase, HttpCase):
    def test_out_with_two_clicks(self):
        lead = self.asked()
        self.sent_to(lead)
        path = re.search(r"(/sales-sms/opt-out\S+)", self.sms(lead).body)[1]
        page = self.url_open(path)
        self.assertIn(NUMBER, page.text)
        lead.invalidate_recordset()
        self.assertFalse(lead.phone_blacklisted)
        token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)[1]
        done = self.url_open(path, data={"csrf_token": token})
        self.assertIn("No more automatic SMS go to", done.text)
        lead.invalidate_recordset()
        self.assertTrue(lead.phone_blacklisted)
        self.assertFalse(lead.is_blacklisted)
        self.assertIn("No more automatic SMS go to", self.url_open(path).text)

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("he_IL")
        url = self.env["phone.blacklist"]._opt_out_url(NUMBER)
        path = url[url.index("/sales-sms") :]
        self.assertIn('lang="en-US"', self.url_open(path).text)
        self.person(lang="he_IL")
        self.assertIn('lang="he-IL"', self.url_open(path).text)

    def test_a_wrong_token_opens_nothing(self):
        token = self.env["mail.blacklist"]._opt_out_token("+40215550121")
        page = self.url_open(f"/sales-sms/opt-out?number=%2B40215550120&token={token}")
        self.assertEqual(page.status_code, 404)


@tagged("post_install", "-at_install")
class TestBlockedNumber(MessageCase):
    def test_the_reason_in_place_of_the_number(self):
        person = self.person()
        lead = self.called("Blocked", phone=NUMBER)
        order = self.sent(partner_id=person.id)
        invoice = self.invoice(partner_id=person.id)
        documents = (lead, order, invoice)
        for document in documents:
            self.assertEqual((document.is_phone_blocked, document.call_hint), (False, ""), document._name)
        self.env["phone.blacklist"].create({"number": NUMBER})
        self.env.invalidate_all()
        for document in (*documents, self.line(lead, self.seller), self.line(order, self.seller)):
            self.assertTrue(document.is_phone_blocked, document._name)
            # On the list what is past due comes after it.
            self.assertEqual(document.call_hint[: len(BLOCKED)], BLOCKED, document._name)

    def test_no_view_shows_it(self):
        """Wherever a form or list of ours, or of leads, has the number, it goes when blocked."""
        for model, view_types in (
            ("crm.lead", ("form", "list")),
            ("call.list.line", ("form", "list", "kanban")),
        ):
            for view_type in view_types:
                arch = self.env[model].get_view(view_type=view_type)["arch"]
                numbers = re.findall(r'<field name="phone"[^>]*>', arch)
                self.assertTrue(numbers, f"{model} {view_type}")
                for number in numbers:
                    self.assertIn('invisible="is_phone_blocked"', number, f"{model} {view_type}")
                self.assertIn('name="call_hint"', arch)

    def test_tries_can_be_logged_all_the_same(self):
        self.env["phone.blacklist"].create({"number": NUMBER})
        lead = self.called("Blocked", phone=NUMBER)
        line = self.line(lead, self.seller)
        line.action_left_message()
        self.assertEqual((lead.attempt_count, lead.handling_role), (1, "no_answer"))

    def test_the_do_not_call_list_and_its_validity(self):
        self.env.company.do_not_call_days = 30
        look = "Look the number up in the do-not-call list first."
        for checked, hint in ((False, look), ("2026-02-07", look), ("2026-02-08", ""), ("2026-03-10", "")):
            self.env["crm.lead"].search([("name", "=", "Cold")]).active = False  # else the same person's
            line = self.line(self.called("Cold", phone=NUMBER, do_not_call_checked_on=checked), self.seller)
            self.assertEqual((line.call_hint, line.is_phone_blocked), (hint, False), checked)
        self.assertEqual(self.line(self.called("No number"), self.seller).call_hint, "")
