"""The pages on which a contact agrees to be charged, and withdraws it."""

import re

from odoo.tests import HttpCase, freeze_time, tagged

from ..common import TODAY
from .charging import ChargeCase


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestChargingPage(ChargeCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.agreed_plan = cls.given.dialog().save()
        cls.key = f"plan-{cls.agreed_plan.id}"
        cls.contact.password = "portal_payer"

    def login(self, user=None):
        user = user or self.contact
        self.authenticate(user.login, user.login)

    def get(self):
        return self.url_open("/my/charging")

    def agree(self, page, **form):
        block = page.text.partition(f'name="{self.key}"')[2]
        shown = re.search(r'name="shown" value="([^"]+)"', block)
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        data = {"csrf_token": csrf[1], "offer": self.key, "shown": shown and shown[1], "card": self.card.id, **form}
        result = self.url_open("/my/charging/agree", data=data)
        self.env.invalidate_all()
        return result

    def consents(self):
        return self.env["payment.consent"].search([("partner_id", "=", self.customer.id)])

    def test_without_login_nobody_agrees(self):
        self.assertIn("/web/login", self.get().url)
        self.agreed_plan._page_link()
        page = self.url_open(self.agreed_plan.get_portal_url())
        self.assertIn(f"/my/charging#{self.key}", page.text)
        self.assertNotIn("4242", page.text)

    def test_agreeing_and_withdrawing(self):
        self.login()
        page = self.get()
        for text in ("33.34", "14 days before", "4242", "I agree to be charged", 'name="save_card"', "o_payment_form"):
            self.assertIn(text, page.text)
        done = self.agree(page)
        self.assertEqual(done.status_code, 200)
        self.assertIn("You have agreed to this", done.text)
        [consent] = self.consents()
        self.assertEqual((consent.plan_id, consent.token_id), (self.agreed_plan, self.card))
        self.assertEqual((consent.lang, consent.agreed_by_id), (consent.lang, self.contact.partner_id))
        self.agree(page)
        self.assertEqual(self.consents(), consent, "a reload agrees to nothing new")
        self.charge(TODAY)
        self.authenticate(None, None)
        page = self.url_open(consent.get_portal_url())
        for text in ("33.34", "03/17/2026", "What comes next", "Stop charging my card"):
            self.assertIn(text, page.text)
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        data = {"csrf_token": csrf, "access_token": consent.access_token}
        stopped = self.url_open(f"/my/charging/{consent.id}/withdraw", data=data)
        self.env.invalidate_all()
        self.assertIn("Nothing is charged any more", stopped.text)
        self.assertEqual((consent.state, consent.withdrawn_from), ("withdrawn", "127.0.0.1"))
        self.assertFalse(consent.withdrawn_by_id)
        self.assertEqual(consent.charge_ids.mapped("state"), ["cancelled"])
        self.assertEqual(self.url_open(f"/my/charging/{consent.id}/withdraw", data=data).status_code, 200)

    def test_refused(self):
        stranger = self.user("portal_stranger", "base.group_portal")
        theirs = self.save_card(stranger.partner_id)
        self.login()
        page = self.get()
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        self.invoice(partner_id=other.id)
        elses = self.env["dunning.plan"].create(other._dunning_plan_defaults())
        for form in (
            {"card": theirs.id},
            {"card": ""},
            {"card": "9" * 30},
            {"offer": f"plan-{elses.id}"},
            {"offer": "x"},
            {"shown": "x"},
        ):
            with self.subTest(form):
                self.assertEqual(self.agree(page, **form).status_code, 422)
                self.assertFalse(self.consents())
        self.assertEqual(self.agree(page, csrf_token="x").status_code, 400)
        self.env.company.charge_notice_days = 10
        self.assertIn("changed meanwhile", self.agree(page).text)
        self.env.company.charges_saved_cards = False
        self.assertEqual(self.agree(page).status_code, 422)
        self.assertIn("nothing that could be charged", self.get().text)
        self.assertFalse(self.consents())

    def test_a_stranger_sees_nothing(self):
        self.user("portal_stranger", "base.group_portal")
        consent = self.consent(self.agreed_plan)
        consent._page_link()
        self.authenticate("portal_stranger", "portal_stranger")
        self.assertNotIn("33.34", self.get().text)
        for number, token in ((consent.id, "x"), (consent.id, ""), (0, consent.access_token), ("x", "x")):
            self.assertEqual(self.url_open(f"/my/charging/{number}?access_token={token}").status_code, 404)
        self.assertEqual(consent.state, "active")

    def test_in_test_mode_no_card_is_charged(self):
        self.provider.state = "test"
        self.login()
        page = self.get()
        self.assertNotIn("I agree to be charged", page.text)
        self.assertEqual(self.agree(page).status_code, 422)

    def test_in_hebrew(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.contact.lang = "he_IL"
        consent = self.consent(self.agreed_plan, lang="he_IL")
        self.assertEqual(consent.lang, "he_IL")
        consent._page_link()
        self.assertIn("o_rtl", self.url_open(consent.get_portal_url()).text)
