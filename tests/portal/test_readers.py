"""Who reads the books, or less: no words to customers, no ways to their pages, no opinions of theirs."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import TODAY
from .test_satisfaction import SatisfactionCase


@tagged("post_install", "-at_install")
class TestReaders(SatisfactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls.user("auditor", "account.group_account_readonly")
        cls.accountant = cls.user("accountant", "account.group_account_invoice")
        cls.employee = cls.user("employee", "base.group_user")
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.notice = cls.given.sent("2026-03-14")
        values = {"partner_id": cls.customer.id, "company_id": cls.env.company.id}
        item = cls.notice.line_ids.move_line_id
        about = {**values, "move_line_ids": [(6, 0, item.ids)]}
        cls.confirmation = cls.env["balance.confirmation"]._asked(
            cls.env.company, cls.env.company._today(), {cls.customer: {"1": 100.0}}
        )[cls.customer]
        cls.records = [
            cls.notice,
            cls.confirmation,
            cls.env["dunning.dispute"].create({**about, "note": "Broken"}),
            cls.env["dunning.watch"].create({**values, "kind": "complaint", "ref": "1", "since": TODAY}),
        ]

    def test_who_only_reads_writes_to_nobody(self):
        said = {"body": "Pay to me", "subtype_xmlid": "mail.mt_comment"}
        for record in self.records:
            mine = record.with_user(self.auditor)
            with self.subTest(record._name):
                self.assertTrue(mine.has_access("read"))
                for partners in ([], self.customer.ids):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        mine.message_post(**said, partner_ids=partners)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    mine.activity_schedule("mail.mail_activity_data_todo", user_id=self.employee.id)
                record.with_user(self.accountant).message_post(**said, partner_ids=self.customer.ids)

    def test_who_only_reads_sends_to_nobody(self):
        """The host's ways for many records at once ask for the right to read them alone."""
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": self.env["ir.model"]._get_id("dunning.notice"), "body_html": "Pay to me"}
        )
        before = self.env["mail.mail"].search_count([])
        for record in self.records:
            composer = self.env["mail.compose.message"].with_user(self.auditor)
            values = {
                "model": record._name,
                "res_ids": str(record.ids),
                "composition_mode": "mass_mail",
                "subject": "x",
            }
            with self.subTest(record._name), self.assertRaises(AccessError), self.cr.savepoint():
                composer.create({**values, "body": "Pay to me", "email_from": "boss@example.com"}).action_send_mail()
        with self.assertRaises(AccessError), self.cr.savepoint():
            template.with_user(self.auditor).send_mail(self.notice.id, email_values={"email_to": "evil@example.com"})
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        template.with_user(self.accountant).send_mail(self.notice.id, email_values={"email_to": "us@example.com"})
        self.assertEqual(self.env["mail.mail"].search_count([]), before + 1)

    def test_who_only_reads_opens_no_page(self):
        for record in (self.notice, self.confirmation):
            self.assertTrue(record._portal_ensure_token())
            self.env.invalidate_all()
            mine = record.with_user(self.auditor)
            with self.subTest(record._name):
                for read in (
                    lambda mine=mine: mine.read(["access_token"]),
                    lambda mine=mine: mine.search([("access_token", "like", "a")]),
                    mine.get_portal_url,
                    mine._get_share_url,
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        read()
                self.assertNotIn("access_token", mine.read()[0])
                self.assertIn(record.access_token, record.with_user(self.accountant).get_portal_url())

    def test_the_way_stands_in_no_text(self):
        token = self.notice._portal_ensure_token()
        self.assertIn(token, self.notice.mail_ids.body_html)
        self.env.invalidate_all()
        self.assertIn(token, self.notice.with_user(self.accountant).mail_body)
        told = self.notice.with_user(self.auditor)
        for text in (told.mail_body, *told.message_ids.mapped("body")):
            self.assertNotIn(token, text)
            self.assertNotIn("/rate/", text)
        self.assertIn("100.00", told.mail_body)
        self.assertTrue(told.message_ids.filtered(lambda message: "100.00" in message.body))

    def test_a_reply_that_repeats_it(self):
        token, url = self.notice._portal_ensure_token(), self.notice.get_base_url() + self.notice.get_portal_url()
        reply = f"We have paid. > {url}"
        self.notice.message_post(body=reply, message_type="email", author_id=self.customer.id)
        [message] = self.notice.message_ids[0]
        self.assertIn("We have paid", message.body)
        self.assertNotIn(token, message.body)

    def test_a_letter_that_asks_to_confirm(self):
        letters = self.env["report.lead_to_cash.balance_confirmation"]
        day, made = {"date_to": TODAY}, self.env["balance.confirmation"].search([])
        self.invoice(due="2026-03-01")
        [letter] = letters.with_user(self.auditor)._letters(self.customer, day)
        self.assertFalse(letter["url"])
        self.assertEqual(self.env["balance.confirmation"].search([]), made)
        html = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            ._render_qweb_html("lead_to_cash.action_report_balance_confirmation", self.customer.ids, data=day)[0]
        )
        self.assertNotIn(b"answer online", html)
        [letter] = letters.with_user(self.accountant)._letters(self.customer, day)
        self.assertIn("access_token", letter["url"])

    def test_what_customers_say_of_a_reminder(self):
        [rating] = self.notice.rating_ids
        self.notice.rating_apply(1, rating=rating, feedback="Broke")
        phoned = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "partner_id": self.customer.id,
                "rating": 5,
                "consumed": True,
            }
        )
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.user("stranger", "account.group_account_invoice")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        for user, seen, content in (
            (self.accountant, rating | phoned, 50),
            (self.auditor, rating | phoned, 50),
            (self.seller, phoned, 100),
            (self.employee, phoned, 100),
            (stranger, phoned, 100),
        ):
            with self.subTest(user.login):
                found = self.env["rating.rating"].with_user(user).search([("partner_id", "=", self.customer.id)])
                self.assertEqual(found, seen)
                self.assertEqual(self.customer.with_user(user).satisfaction, content)
                if rating not in seen:
                    with self.assertRaises(AccessError):
                        rating.with_user(user).read(["feedback"])
                    with self.assertRaises(AccessError):
                        rating.with_user(user).feedback = "All was well"
