from datetime import date, timedelta

from odoo.addons.lead_to_cash.engine.foresight.backtest import backtest
from odoo.addons.lead_to_cash.engine.foresight.documents import booked
from odoo.addons.lead_to_cash.engine.foresight.events import happened
from odoo.addons.lead_to_cash.engine.foresight.states import EVENTS, lay_out
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ForesightCase as PastCase
from .common import analyse
from .test_forecasts import NOW, ForesightCase


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestLearnt(ForesightCase):
    """A company whose customers pay large invoices late and small ones in time: their own rates don't see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(3)]
        )
        rows, paid = [], []
        for month in range(25):
            issued = date(2024, 1, 10) + timedelta(30 * month)
            due = issued + timedelta(20)
            for amount, delay in ((1000.0, 25), (100.0, -4)):
                for customer in cls.customers:
                    rows.append({"partner_id": customer.id, "invoice_date": issued, "due": str(due), "amount": amount})
                    paid.append(due + timedelta(delay))
        moves = cls.given.invoices(rows)
        # The host looks for the payments of each invoice, which takes half a minute on tables without statistics.
        analyse(cls.env)
        PastCase.settle_all(cls, [(move, day) for move, day in zip(moves, paid, strict=True) if day < NOW])

    def test_the_model_wins(self):
        """It is used where it beats the plain rules, and tells why."""
        rows = [{"partner_id": self.customers[0].id, "invoice_date": NOW, "due": "2026-04-01"}] * 2
        large, small = self.invoices([row | {"amount": amount} for row, amount in zip(rows, (1001, 101), strict=True)])
        self.night()
        learnt = self.last_model()
        self.assertTrue(learnt.is_used, learnt.figures)
        self.assertEqual(learnt.version, "1")
        self.assertGreater(learnt.settled_count, 100)
        self.assertGreater(learnt.figures["model"]["auc"], 0.9)
        self.assertLess(learnt.figures["model"]["brier"], learnt.figures["own"]["brier"])
        late, early = self.forecast(large), self.forecast(small)
        self.assertGreater(late.late_1, 0.55)
        self.assertLess(early.late_1, 0.45)
        self.assertIn("usual_amount", [reason["code"] for reason in late.reasons])
        self.assertIn("times the usual amount", late.reason_text)
        self.assertIn("of the usual amount", early.reason_text)
        self.assertTrue(10 < late.expected_days_late < 40, late.expected_days_late)
        self.assertLessEqual(date(2026, 4, 15), late.paid_likely)

    def test_measured_once_a_week(self):
        """The back-test isn't made again every night; what it says is what the page says."""
        self.night()
        first = self.last_model()
        self.night("2026-03-12")
        second = self.last_model()
        self.assertEqual((second.date, second.figures["as_of"]), (date(2026, 3, 12), "2026-03-10"))
        self.night("2026-03-18")
        self.assertEqual(self.last_model().figures["as_of"], "2026-03-18")
        found = backtest(self.env, self.env.company.id, NOW)
        self.assertTrue(found["wins"])
        self.assertAlmostEqual(found["model"]["brier"], first.figures["model"]["brier"], 6)
        self.assertEqual(sum(count for _chance, _share, count in found["tenths"]), found["documents"])

    def test_what_else_happened(self):
        """Promises, and notices since the last answer, by customer."""
        move = self.invoice(partner_id=self.customers[0].id, invoice_date="2026-01-01", due="2026-01-15")
        line = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        values = {"partner_id": self.customers[0].id, "move_line_ids": [(6, 0, line.ids)], "amount": 100}
        promise = self.env["dunning.promise"].create(values | {"date": "2026-03-20"})
        promise.sudo().write({"state": "broken", "broken_date": "2026-03-09", "date": "2026-03-05"})
        self.env.flush_all()
        company = self.env.company.id
        for statement in lay_out(booked(company), happened(company)):
            self.env.cr.execute(statement)
        query = SQL("SELECT customer_id, day, kind FROM %s WHERE kind != 'answer'", EVENTS)
        self.assertEqual(self.env.execute_query(query), [(self.customers[0].id, date(2026, 3, 9), "broken")])
