"""A quotation that is signed keeps the terms that the customer has accepted, with version and day."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, HandlingCase

#: The smallest picture.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAcceptedTerms(HttpCase, HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("account.use_invoice_terms", True)
        cls.env.company.write({"terms_type": "plain", "invoice_terms": "<p>Goods stay ours until they are paid.</p>"})
        cls.seller = cls.user("terms_seller", "sales_team.group_sale_salesman")

    def quotation(self, **values):
        order = self.order(user_id=self.seller.id, require_signature=True, require_payment=False, **values)
        order.action_quotation_sent()
        return order

    def sign(self, order, **values):
        """As the customer does on the quotation's page, without login."""
        order._portal_ensure_token()
        self.env.flush_all()
        params = {"access_token": order.access_token, "name": "Customer", "signature": SIGNATURE, **values}
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            answer = self.url_open(f"/my/orders/{order.id}/accept", json={"params": params}).json()
        self.env.invalidate_all()
        return answer["result"]

    def test_kept_with_version_and_day(self):
        order = self.quotation()
        self.assertTrue(self.sign(order)["force_refresh"])
        self.assertEqual(order.state, "sale")
        seen = order.with_user(self.seller)
        self.assertEqual(seen.accepted_terms_title, "Accepted terms of 03/10/2026, version 1")
        self.assertIn("Goods stay ours until they are paid.", seen.accepted_terms_html)
        self.assertIn(seen.accepted_terms_title, "".join(order.message_ids.mapped("body")))
        with Form(seen) as form:
            self.assertIn("version 1", form.accepted_terms_title)

    def test_whatever_becomes_of_them(self):
        order = self.quotation()
        self.sign(order)
        self.env.company.invoice_terms = "<p>Others.</p>"
        order.note = "<p>Others.</p>"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("Goods stay ours", order.accepted_terms_html)

    def test_the_same_text_is_the_same_version(self):
        first, second, third = (self.quotation() for _number in range(3))
        third.note = "<p>Agreed with you alone.</p>"
        for order in (first, third, second):
            self.sign(order)
        versions = [order.sudo().accepted_terms_id.number for order in (first, second, third)]
        self.assertEqual(versions, [1, 1, 2])
        other = self.env["res.company"].create({"name": "Other"})
        version_sudo = self.env["sale.terms.version"]._of_text(other, "Theirs")
        self.assertEqual(version_sudo.number, 1)  # each company counts its own

    def test_what_the_quotation_links_to(self):
        """Where terms are a page, its text is kept, in the customer's language."""
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        company = self.env.company
        company.write({"terms_type": "html", "invoice_terms_html": "<p>The page</p>"})
        company.with_context(lang="he_IL").invoice_terms_html = "<p>התנאים</p>"
        order = self.quotation()
        self.sign(order)
        self.assertIn("התנאים", order.accepted_terms_html)
        self.assertIn("/terms", order.accepted_terms_html)

    def test_no_terms_nothing_accepted(self):
        order = self.quotation()
        order.note = False
        self.sign(order)
        self.assertTrue(order.signature)
        self.assertFalse(order.accepted_terms_title or order.accepted_terms_html)

    def test_not_by_who_may_not_sign(self):
        order = self.quotation()
        for values in ({"access_token": "wrong"}, {"signature": ""}):
            self.assertIn("error", self.sign(order, **values))
        order.with_user(self.seller).write({"signature": SIGNATURE, "signed_by": "Me"})
        self.assertFalse(order.accepted_terms_title)

    def test_signed_anew(self):
        """Of a quotation that was taken back and signed again, the last terms count; the first stay in its chatter."""
        order = self.quotation()
        self.sign(order)
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.signature)
        order.note = "<p>New ones.</p>"
        order.action_quotation_sent()
        self.sign(order)
        self.assertIn("New ones.", order.accepted_terms_html)
        said = "".join(order.message_ids.mapped("body"))
        self.assertIn("version 1", said)
        self.assertIn("version 2", said)
        self.assertFalse(order.copy().accepted_terms_title)

    def test_nobody_changes_them(self):
        order = self.quotation()
        self.sign(order)
        manager = self.user("terms_all", "sales_team.group_sale_manager")
        version = order.sudo().accepted_terms_id.with_user(manager)
        self.assertTrue(version.text)
        for values in ({"text": "x"}, {"number": 7}, {"digest": "x"}):
            with self.subTest(values), self.assertRaises(UserError):
                version.write(values)
        with self.assertRaises(UserError):
            version.create({"number": 9, "digest": "x", "text": "x", "company_id": self.env.company.id})
        with self.assertRaises(AccessError):
            version.unlink()
        for values in ({"accepted_terms_on": "2026-01-01 00:00:00"}, {"accepted_terms_id": False}):
            with self.subTest(values), self.assertRaises(UserError):
                order.with_user(manager).write(values)
        with self.assertRaises(AccessError):  # the words of others' quotations
            version.with_user(self.seller).read(["text"])
