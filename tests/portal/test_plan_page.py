"""The page of a payment plan: who opens it, agreeing once, and what posts can't do."""

import re

from odoo.tests import HttpCase, freeze_time, tagged

from ...models.portal.post import MOST_OF_TOKEN
from ..agreements.test_plans import PlanCase
from ..common import TODAY


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestPlanPage(PlanCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.agreed = cls.given.dialog().save()
        cls.agreed._page_link()
        cls.token = cls.agreed.access_token

    def get(self, plan=None, token=None):
        plan = plan or self.agreed
        return self.url_open(f"/my/plan/{plan.id}?access_token={self.token if token is None else token}")

    def agree(self, page=None, number=None, **form):
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', (page or self.get()).text)
        data = {"access_token": self.token, "csrf_token": csrf and csrf[1], **form}
        result = self.url_open(f"/my/plan/{number or self.agreed.id}/agree", data=data)
        self.env.invalidate_all()
        return result

    def facts(self):
        self.env.invalidate_all()
        return self.agreed.confirmed_on, self.agreed.confirmed_from, len(self.agreed.message_ids)

    def test_the_page(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        for text in (
            "33.34",
            "03/17/2026",
            "05/17/2026",
            "100.00",
            self.customer.name,
            self.move.name,
            "I agree",
            "3 days",
        ):
            self.assertIn(text, page.text)
        self.assertIn("noindex", page.text)

    def test_looking_changes_nothing(self):
        before = self.facts()
        self.get()
        self.assertEqual(self.url_open(f"/my/plan/{self.agreed.id}/agree?access_token={self.token}").status_code, 405)
        self.assertEqual(self.facts(), before)

    def test_agreeing_once(self):
        page = self.get()
        done = self.agree(page)
        self.assertEqual(done.status_code, 200)
        self.assertIn('name="thanks"', done.text)
        self.assertNotIn("I agree", done.text)
        first = self.facts()
        self.assertEqual((str(first[0]), first[1]), (f"{TODAY} 12:00:00", "127.0.0.1"))
        self.assertEqual(self.agreed.confirmation, "confirmed")
        with freeze_time(f"{TODAY} 13:00:00"):
            self.assertEqual(self.agree(page).status_code, 200)
        self.assertEqual(self.facts(), first, "the same again is not another")
        self.assertEqual(
            self.env["dunning.plan"].search([("confirmation", "=", "waiting")]) & self.agreed, self.agreed.browse()
        )

    def test_who_may_open_it(self):
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        self.invoice(partner_id=other.id)
        second = self.env["dunning.plan"].create(other._dunning_plan_defaults())
        second._page_link()
        for token in ("", "x", second.access_token, self.token[:-1], "é"):
            self.assertEqual(self.get(token=token).status_code, 404, token)
            self.assertEqual(self.agree(self.get(), access_token=token).status_code, 404, token)
        for number in ("0", "-1", "x", "9999999999", str(second.id)):
            self.assertEqual(self.agree(self.get(), number=number).status_code, 404, number)
        self.assertFalse(self.facts()[0] or second.confirmed_on)
        self.assertEqual(self.agree(self.get(), csrf_token="x").status_code, 400)
        self.assertFalse(self.facts()[0])

    def test_nothing_but_agreeing_can_be_said(self):
        self.agree(total="1", state="kept", confirmed_from="10.0.0.1", promise_ids="x", partner_id="1")
        self.assertEqual((self.agreed.total, self.agreed.state), (100, "open"))
        self.assertEqual(self.agreed.confirmed_from, "127.0.0.1")

    def test_a_plan_that_is_over(self):
        page = self.get()
        self.agreed.action_cancel()
        self.assertEqual(self.agree(page).status_code, 422)
        self.assertFalse(self.facts()[0])
        shown = self.get().text
        self.assertIn("called off", shown)
        self.assertNotIn("I agree", shown)

    def test_after_it_is_paid(self):
        self.pay(self.move)
        self.follow("2026-03-11")
        self.assertIn("Everything is paid", self.get().text)
        with freeze_time("2026-04-11 12:00:00"):
            self.assertEqual(self.get().status_code, 404)

    def test_a_broken_one(self):
        self.run_on("2026-03-21")
        self.assertEqual(self.agreed.state, "broken")
        shown = self.get().text
        self.assertIn("The plan has ended", shown)
        self.assertIn("Missing", shown)
        self.assertIn("100.00", shown)

    def test_too_many_posts(self):
        page = self.get()
        answers = [self.agree(page).status_code for _number in range(MOST_OF_TOKEN + 1)]
        self.assertEqual(answers[-1], 429)

    def test_who_only_reads_gives_no_way_to_agree(self):
        reader = self.user("plan_reader", "account.group_account_readonly")
        report = "lead_to_cash.action_report_payment_plan"
        for user, shown in ((reader, False), (self.collector, True)):
            text = self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, self.agreed.ids)[0].decode()
            self.assertEqual(self.token in text, shown)
            self.assertIn("33.34", text)

    def on_paper(self):
        self.env.invalidate_all()
        report = "lead_to_cash.action_report_payment_plan"
        shown = self.env["ir.actions.report"]._render_qweb_html(report, self.agreed.ids)[0].decode()
        return " ".join(re.sub(r"<[^>]+>", " ", shown).split())

    def test_on_paper_by_its_state(self):
        asked, agreed = "We agree to this plan", "You have agreed to this plan on 03/10/2026"
        text = self.on_paper()
        self.assertIn(asked, text)
        self.assertNotIn(agreed, text)
        self.agree()
        text = self.on_paper()
        self.assertIn(agreed, text)
        for absent in (asked, "Please confirm", self.token):
            self.assertNotIn(absent, text)
        for end, told in (
            ("cancel", "called off"),
            ("break", "an instalment is missing"),
            ("pay", "Everything is paid"),
        ):
            savepoint = self.env.cr.savepoint()
            {
                "cancel": self.agreed.action_cancel,
                "break": lambda: self.run_on("2026-03-21"),
                "pay": lambda: self.pay(self.move),
            }[end]()
            text = self.on_paper()
            with self.subTest(end):
                self.assertIn("We had agreed", text)
                self.assertIn(told, text)
                for absent in (asked, agreed, "you get no reminders"):
                    self.assertNotIn(absent, text)
            savepoint.close(rollback=True)
