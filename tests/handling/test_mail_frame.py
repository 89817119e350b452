"""E-mails to customers look like the company's: logo, name, address, particulars and colour, whatever of these
there is, and are read as text too."""

import base64
import io
import os

from lxml import html
from odoo import Command
from odoo.tests import tagged
from PIL import Image

from ...engine.handling.colours import READABLE, contrast
from ..common import TODAY, HandlingCase, RunCase

GREEN, YELLOW, ODOO = "#0B6E4F", "#F2E541", "#875A7B"


def picture(width=64):
    """A PNG that can't be made smaller, as base64."""
    image = Image.frombytes("RGB", (width, width), os.urandom(3 * width * width))
    with io.BytesIO() as file:
        image.save(file, "PNG")
        return base64.b64encode(file.getvalue())


@tagged("post_install", "-at_install")
class TestFrame(HandlingCase):
    def framed(self, lang="en_US", **values):
        company = self.env.company
        company.write({"name": "Us & Sons", "phone": "+40 21 555", "email": "us@example.com", **values})
        return company._mail_frame(lang).around("<p>Hello</p>")

    def test_who_writes(self):
        self.env.company.partner_id.write({"street": "High Street 5", "city": "Iasi", "vat": "RO24736200"})
        romania = self.env.ref("base.ro").id
        whole = self.framed(
            logo=picture(),
            legal_form="S.R.L.",
            trade_register="J40/1/2020",
            country_id=romania,
            account_fiscal_country_id=romania,
        )
        page = html.fromstring(whole)
        [logo] = page.iter("img")
        self.assertEqual(logo.get("src"), f"/logo.png?company={self.env.company.id}")
        self.assertEqual(logo.get("alt"), "Us & Sons")
        text = " ".join(page.text_content().split())
        for part in ("Us & Sons S.R.L.", "J40/1/2020", "CUI: RO24736200", "High Street 5, Iasi", "+40 21 555"):
            self.assertIn(part, text)
        self.assertIn("mailto:us@example.com", whole)

    def test_without_logo_the_name_stands_there(self):
        for name, values in (("none", {"logo": False}), ("Odoo's", {"logo": self.env["res.company"]._get_logo()})):
            with self.subTest(name):
                page = html.fromstring(self.framed(**values, external_report_layout_id=False))
                self.assertFalse(list(page.iter("img")))
                self.assertEqual(page.text_content().split("Hello")[0].strip(), "Us & Sons")

    def test_a_logo_of_ten_megabytes_makes_no_mail_large(self):
        logo = picture(1900)
        self.assertGreater(len(logo), 10_000_000)
        whole = self.framed(logo=logo)
        self.assertIn("/logo.png", whole)
        self.assertLess(len(whole), 10_000)
        self.assertLess(len(self.env.company.logo_web), 300_000)  # what the address answers

    def test_colours(self):
        cases = {
            "nothing chosen": ({}, ODOO, "#FFFFFF"),
            "of the documents": ({"primary_color": GREEN}, GREEN, "#FFFFFF"),
            "of the e-mails": ({"primary_color": GREEN, "email_secondary_color": "#111111"}, "#111111", "#FFFFFF"),
            "light": ({"primary_color": YELLOW}, YELLOW, "#000000"),
            "chosen text": ({"primary_color": YELLOW, "email_primary_color": "#333"}, YELLOW, "#333333"),
            "short": ({"primary_color": "#abc"}, "#AABBCC", "#000000"),
            "no colour": ({"primary_color": 'red;"><script>', "email_primary_color": "x"}, ODOO, "#FFFFFF"),
        }
        for name, (values, fill, text) in cases.items():
            with self.subTest(name):
                unset = {"primary_color": False, "email_secondary_color": ODOO, "email_primary_color": "#FFFFFF"}
                self.env.company.write({**unset, **values})
                self.assertEqual(self.env.company._mail_colours(), (fill, text))
                self.assertGreaterEqual(contrast(fill, text), READABLE)
                self.assertIn(f"4px solid {fill}", self.framed())
                self.assertNotIn("<script>", self.framed())

    def test_language_and_direction(self):
        self.env["res.lang"]._activate_lang("he_IL")
        for lang, said, direction in (("he_IL", "he-IL", "rtl"), ("xx_XX", None, "ltr"), (False, None, "ltr")):
            with self.subTest(lang):
                page = html.fromstring(self.framed(lang))
                self.assertEqual((page.get("lang"), page.get("dir")), (said, direction))

    def test_in_a_language_that_is_gone_it_still_leaves(self):
        lead = self.lead(email_from="a@example.com", contact_basis="enquiry")
        lead.lang_id = self.env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")])
        self.assertFalse(lead.lang_id.active)
        lead._send_sales_mail(self.env.ref("lead_to_cash.mail_template_missed_1"))
        mail = self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        self.assertIn("Thank you for your interest", mail.body_html)
        self.assertIn("You get this e-mail because", mail.body_html)
        self.assertIn("No more such messages", lead._sales_sms_end("+40215550120"))

    def test_each_in_the_frame_of_its_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        leads = self.env["crm.lead"].create(
            [
                {"name": "a", "email_from": f"{n}@example.com", "contact_basis": "enquiry", "company_id": company.id}
                for n in range(3)
                for company in (self.env.company, other)
            ]
        )
        template = self.env.ref("lead_to_cash.mail_template_missed_1")
        leads._send_sales_mail(template)
        mails = self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "in", leads.ids)])
        self.assertEqual(len(mails), 6)
        for mail in mails:
            page = html.fromstring(mail.body_html)
            company = leads.browse(mail.res_id).company_id
            [end] = page.xpath("//*[@name='company_particulars']")
            self.assertIn(company.name, end.text_content())
            self.assertEqual(page.text_content().count("No more such e-mails"), 1)

    def test_a_layout_that_somebody_chose_stays_alone(self):
        template = self.env.ref("lead_to_cash.mail_template_missed_1")
        template.email_layout_xmlid = "mail.mail_notification_light"
        lead = self.lead(email_from="a@example.com", contact_basis="enquiry")
        lead._send_sales_mail(template)
        mail = self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        self.assertNotIn("company_particulars", mail.body_html)
        self.assertIn(self.env.company.name, html.fromstring(mail.body_html).text_content())


@tagged("post_install", "-at_install")
class TestFramedNotice(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"primary_color": GREEN, "name": "Us & Sons"})
        cls.policy.level_ids.write({"payment_deadline_days": 7})
        cls.moves = cls.given.invoices([{"ref": "PO-77", "amount": 1234.5}, {"due": "2026-03-02"}])
        cls.moves[0].allocation_number = "123456789"

    def test_the_same_before_and_after_it_is_written(self):
        """In the form it looks as it leaves; in the chatter it is the text alone."""
        self.policy.level_ids.requires_approval = True
        self.run_on(TODAY)
        notice = self.notices(self.moves).with_context(l2c_today=TODAY)
        before = notice.mail_body
        notice.action_approve()
        self.mails_due()
        self.env.invalidate_all()
        self.assertTrue(notice.mail_ids)
        self.assertEqual(notice.mail_body, before)
        for part in ("Us &amp; Sons", GREEN, "1,234.50"):
            self.assertIn(part, before)
        [said] = notice.message_ids.filtered(lambda message: message.message_type == "email_outgoing")
        self.assertIn("1,234.50", said.body)
        self.assertNotIn("company_particulars", said.body)

    def test_as_text(self):
        """A row is a line, and the button tells where it leads."""
        self.run_on(TODAY)
        mail = self.notices(self.moves).mail_ids
        [email] = mail._prepare_outgoing_list()
        lines = email["body_alternative"].splitlines()
        ref = "Your ref. PO-77, Allocation Number 123456789"
        self.assertIn(f"{self.moves[0].name}, {ref} · 03/01/2026 · $ 1,234.50", lines)
        self.assertIn("Document · Due date · Open balance", lines)
        self.assertIn("Total · $ 1,334.50", lines)
        link = mail.dunning_notice_id.get_base_url() + mail.dunning_notice_id.get_portal_url()
        self.assertIn(f"See or answer: {link}", lines)
        self.assertNotIn("*", email["body_alternative"])

    def test_other_mails_are_odoos(self):
        mail = self.env["mail.mail"].create({"body_html": "<p>a <b>b</b></p>", "email_to": "a@example.com"})
        self.assertEqual(mail._prepare_outgoing_list()[0]["body_alternative"], "a *b*")

    def test_thanks_of_two_companies(self):
        """Written at once, each in its own company's frame."""
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids += sister
        self.run_on(TODAY)
        notice = self.notices(self.moves)
        twin = notice.copy({"company_id": sister.id, "state": "sent", "recipient_ids": [Command.set([])]})
        template = self.env.ref("lead_to_cash.mail_template_thanks")
        bodies = template._render_mails(notice | twin)
        for name, body in zip(("Us & Sons", "Sister"), bodies, strict=True):
            [end] = html.fromstring(body).xpath("//*[@name='company_particulars']")
            self.assertIn(name, end.text_content())

    def test_the_frame_costs_no_query_a_mail(self):
        customers = self.env["res.partner"].create(
            [{"name": f"C {n}", "email": f"c{n}@example.com"} for n in range(12)]
        )
        self.invoices([{"partner_id": customer.id} for customer in customers])
        self.policy.level_ids.requires_approval = True
        notices = self.run_on(TODAY).notice_ids
        template = self.env.ref("lead_to_cash.mail_template_first_reminder")
        template._render_mails(notices)  # each page's token is made once
        more = [
            self.queries(template._render_mails, few) - self.queries(template._render_bodies_at_once, few)
            for few in (notices[:2], notices)
        ]
        self.assertEqual(*more)

    def queries(self, work, records):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work(records)
        return self.cr.sql_log_count - before
