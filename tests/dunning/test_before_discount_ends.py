"""A level before an early-payment discount ends: for what has one, while it runs."""

from odoo import Command
from odoo.tests import tagged

from ..common import TODAY, RunCase
from .test_early_payment import one_line


@tagged("post_install", "-at_install")
class TestBeforeDiscountEnds(RunCase):
    """1,000.00 of 2026-03-05, due on 2026-04-04, 950.00 until 2026-03-13: the level comes on 2026-03-11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        level = {"name": "Discount ends", "delay_days": -2, "delay_from": "discount", "sequence": -1}
        cls.policy.level_ids = [Command.create(level)]
        cls.move = cls.given.discounted()

    def discounted(self, **values):
        term = self.early_term(days=8, due=30)
        values = {"invoice_date": "2026-03-05", "invoice_payment_term_id": term.id, "amount": 1000.0, **values}
        return self.invoice(**values)

    def levels(self, move, *days):
        """The levels of the notices about a document, after runs on these days."""
        for day in days:
            self.run_on(day)
        return self.notices(move).mapped("level_id.name")

    def test_it_says_the_amount_the_day_and_where_to_pay(self):
        self.assertEqual(self.levels(self.move, TODAY), [])
        self.assertEqual(str(self.preview(self.move).next_date), "2026-03-11")
        self.assertEqual(self.levels(self.move, "2026-03-11", "2026-03-11", "2026-03-12"), ["Discount ends"])
        notice = self.notices(self.move)
        body = notice.mail_ids.body_html
        self.assertIn("$ 950.00 if paid by 03/13/2026", one_line(body))
        self.assertIn(notice.access_token, body)
        self.assertEqual(notice._early_payment()["amount"], 950.0)

    def test_then_the_ladder_goes_on(self):
        self.assertEqual(
            self.levels(self.move, "2026-03-11", "2026-03-20", "2026-03-30", "2026-04-08"),
            ["Discount ends", "Friendly", "First"],
        )

    def test_only_while_it_runs(self):
        self.assertEqual(self.levels(self.move, "2026-03-14", "2026-03-16"), [])
        self.assertEqual(str(self.preview(self.move, "2026-03-16").next_date), "2026-03-30")  # Friendly

    def test_on_its_last_day(self):
        self.assertEqual(self.levels(self.move, "2026-03-13"), ["Discount ends"])

    def test_not_of_what_has_none(self):
        """Without a discount, or paid in part: as if the level weren't there."""
        plain = self.invoice(due="2026-04-04", invoice_date="2026-03-05")
        partly = self.discounted()
        self.pay(partly, 100.0)
        self.run_on("2026-03-11")
        self.assertFalse(self.notices(plain) | self.notices(partly))
        self.assertEqual(len(self.notices(self.move)), 1)
        for move in (plain, partly):
            self.assertEqual(str(self.preview(move, "2026-03-11").next_date), "2026-03-30")

    def test_paid_meanwhile(self):
        self.run_on("2026-03-11")
        self.pay(self.move, 950.0)
        self.env.invalidate_all()
        self.assertEqual(self.notices(self.move).state, "cancelled")

    def test_catching_up(self):
        """Where the last level that has come counts, it is left out once it is over."""
        self.policy.catch_up = "latest"
        self.assertEqual(self.levels(self.move, "2026-03-11"), ["Discount ends"])
        other = self.discounted()
        self.assertEqual(self.levels(other, "2026-04-15"), ["Second"])

    def test_the_shipped_policy(self):
        """Archived, not running, ready: its first mail says what is paid until when, and leads to the page."""
        policy = self.env.ref("lead_to_cash.policy_early_discount")
        self.assertEqual((policy.active, policy.is_running), (False, False))
        level = policy.level_ids.sorted("sequence")[0]
        self.assertEqual((level.delay_from, level.delay_days), ("discount", -2))
        self.policy.level_ids.filtered(
            lambda own: own.delay_from == "discount"
        ).mail_template_id = level.mail_template_id
        self.run_on("2026-03-11")
        body = self.notices(self.move).mail_ids.body_html
        self.assertIn(
            "If you pay $ 950.00 by 03/13/2026, the discount of $ 50.00 for paying early is yours.", one_line(body)
        )
        self.assertIn(self.notices(self.move).access_token, body)
