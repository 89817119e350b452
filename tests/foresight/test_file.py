"""dev/foresight: what it finds in a file, and the aims on the file of real invoices where it is at hand."""

import os
import unittest
from datetime import date, timedelta
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ...dev.foreseeing.judging import judge, lay_out
from ...dev.replaying.table import Invoice, read_invoices, read_mapping
from ..receivables import example_mapping

DATA = os.environ.get("L2C_DATA")
SPLIT = date(2013, 7, 1)


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestFile(TransactionCase):
    def judged(self, invoices, split):
        lay_out(self.env.cr, invoices)
        return judge(self.env.cr, invoices, split)

    def invoices(self, count=400):
        """Of ten customers the first five pay late, with a few exceptions."""
        for number in range(count):
            issued = date(2012, 1, 1) + timedelta(number)
            customer = number % 10
            is_late = (customer < 5) != (number % 17 == 0)
            due = issued + timedelta(30)
            paid = due + timedelta(9 if is_late else -3)
            yield Invoice(number + 2, str(number), str(customer), issued, due, 100 + customer, paid)

    def test_habits_are_seen(self):
        found = self.judged(list(self.invoices()), date(2012, 10, 1))
        self.assertGreater(found["model"]["auc"], 0.85)
        self.assertTrue(found["model"]["brier"] < found["average"]["brier"])
        self.assertAlmostEqual(sum(count for _chance, _share, count in found["tenths"]), found["documents"])

    def test_too_few(self):
        found = self.judged(list(self.invoices(40)), date(2012, 1, 20))
        self.assertEqual((found["model"], found["own"], found["wins"]), (None, None, False))

    def test_nothing_before(self):
        """Nothing was settled before: there is no model, only the plain rules."""
        found = self.judged(list(self.invoices()), date(2012, 1, 1))
        self.assertIsNone(found["model"])
        self.assertTrue(found["own"])

    @unittest.skipUnless(DATA, "L2C_DATA names the folder of receivables.csv")
    def test_the_aims(self):
        invoices = read_invoices(Path(DATA) / "receivables.csv", read_mapping(example_mapping()))
        found = self.judged(invoices, SPLIT)
        self.assertEqual((found["documents"], found["late"]), (536, 151))
        self.assertGreater(found["model"]["auc"], 0.850)
        self.assertLess(found["model"]["auc"], 0.864, "more than can be known on the day of issue")
        self.assertLessEqual(found["model"]["brier"], 0.145)
        self.assertLess(found["model"]["ece"], 0.07)
        self.assertGreaterEqual(found["model"]["auc"], found["own"]["auc"])
        self.assertLessEqual(found["model"]["brier"], found["own"]["brier"])
        low, _middle, high = found["differences"]["regression", "auc"]
        self.assertGreater(high, 0, "significantly below a plain regression")
        self.assertLess(found["differences"]["regression", "brier"][0], 0)
        self.assertTrue(found["wins"])
        self.assertLess(low, high)
