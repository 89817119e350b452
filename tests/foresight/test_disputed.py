"""An open dispute moves the forecast of its own document, as far as the company's books say so."""

from datetime import date, timedelta

from odoo.addons.lead_to_cash.engine.foresight import model
from odoo.addons.lead_to_cash.engine.foresight.features import FEATURES
from odoo.tests import tagged

from .common import ForesightCase as PastCase
from .common import analyse
from .test_forecasts import ForesightCase

SAID = ("late_1", "late_30", "expected_days_late", "paid_early", "paid_likely", "paid_latest", "reasons")


@tagged("post_install", "-at_install")
class TestDisputed(ForesightCase):
    def past(self, count, late, is_disputed):
        """Invoices of the customer that were paid so many days after they were due; disputed before."""
        days = [date(2026, 1, 20) - timedelta(10 * number) for number in range(count)]
        moves = self.invoices(
            [{"partner_id": self.customer.id, "invoice_date": day - timedelta(20), "due": str(day)} for day in days]
        )
        analyse(self.env)
        if is_disputed:
            for move in moves:
                self.dispute(move).action_resolve()
        PastCase.settle_all(self, [(move, day + timedelta(late)) for move, day in zip(moves, days, strict=True)])

    def dispute(self, move):
        items = move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        values = {"partner_id": self.customer.id, "reason": "Broken glass", "move_line_ids": items.ids}
        return self.env["dunning.dispute"].create(values)

    def said(self, move):
        self.night()
        return self.forecast(move).read(SAID)[0]

    def test_moves_tonights_forecast_and_back(self):
        self.past(12, 30, True)
        self.past(24, 0, False)
        move, other = self.invoices([{"due": "2026-03-31"}] * 2)
        before, of_other = self.said(move), self.said(other)
        dispute = self.dispute(move)
        disputed = self.said(move)
        for name in ("late_1", "late_30", "expected_days_late", "paid_likely", "paid_latest"):
            self.assertGreater(disputed[name], before[name], name)
        self.assertEqual(disputed["reasons"][0], {"code": "in_dispute"})
        self.assertLessEqual(len(disputed["reasons"]), 3)
        self.assertTrue(self.forecast(move).reason_text.startswith("This document is disputed"))
        self.assertEqual(self.said(other), of_other)
        dispute.action_resolve()
        self.assertEqual(self.said(move), before)

    def test_past_due_too(self):
        self.past(12, 60, True)
        self.past(24, 10, False)
        move = self.invoices([{"invoice_date": "2026-02-01", "due": "2026-03-01"}])
        before = self.said(move)
        self.dispute(move)
        disputed = self.said(move)
        self.assertGreater(disputed["expected_days_late"], before["expected_days_late"])
        self.assertEqual([reason["code"] for reason in disputed["reasons"][:2]], ["past_due", "in_dispute"])

    def test_too_few_say_nothing(self):
        self.past(9, 30, True)
        self.past(24, 0, False)
        move = self.invoices([{"due": "2026-03-31"}])
        before = self.said(move)
        self.dispute(move)
        self.assertEqual(self.said(move), before)

    def test_never_sooner(self):
        """Documents that were disputed and paid in time take nothing off."""
        self.past(12, 0, True)
        self.past(24, 30, False)
        move = self.invoices([{"due": "2026-03-31"}])
        before = self.said(move)
        self.dispute(move)
        self.assertEqual(self.said(move), before)

    def test_the_rule(self):
        """Twenty of twenty disputed documents late where one in two was expected: (20 + 20 x 0.5) / (20 + 20) is
        0.75, odds of 3 for 1; of the days, which are 20 instead of exp(2), half of the logarithm's difference."""
        row = [0.0] * len(FEATURES)
        usual = {"late": {"intercept": 0.0, "weights": {}}, "days": {"intercept": 2.0, "weights": {}}}
        rows = [(*row, 1, 20, 0.5, 0.5, 10, True)] * 20 + [(*row, 0, -1, 0.5, 0.5, 10, False)] * 20
        found = model.disputed(rows, usual)
        self.assertAlmostEqual(found["late"], 1.0986, 4)
        self.assertAlmostEqual(found["days"], (2.9957 - 2.0) / 2, 4)
        self.assertEqual(model.disputed(rows[11:], usual), {"late": 0.0, "days": 0.0})
