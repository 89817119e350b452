"""The page that tells how the forecasts would have done on the company's own books."""

from base64 import b64decode

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import TODAY
from .common import ForesightCase, analyse

FIGURES = {
    "documents": 200,
    "late": 60,
    "model": {"auc": 0.85, "brier": 0.14, "ece": 0.05},
    "own": {"auc": 0.81, "brier": 0.15, "ece": 0.06},
    "average": {"auc": 0.5, "brier": 0.21, "ece": 0.07},
    "wins": True,
    "tenths": [[0.05, 0.04, 100], [0.7, 0.75, 100]],
}


class BacktestCase(ForesightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "backtest_manager", "lead_to_cash.group_collections_manager")

    def model(self, **values):
        return self.env["payment.model"].create(
            {
                "company_id": self.env.company.id,
                "date": TODAY,
                "version": "1",
                "figures": FIGURES,
                "is_used": True,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestBacktest(BacktestCase):
    def test_figures_verdict_and_picture(self):
        model = self.model().with_user(self.manager)
        self.assertEqual((model.document_count, model.late_count), (200, 60))
        self.assertEqual((model.model_auc, model.own_brier, model.average_ece), (0.85, 0.15, 0.07))
        self.assertIn("In use", model.currently)
        picture = b64decode(model.picture.split("base64,")[1].split('"')[0]).decode()
        self.assertEqual(picture.count("<circle"), 2)
        with Form(model) as form:
            self.assertIn("In use", form.currently)

    def test_switched_off_says_so(self):
        model = self.model(is_used=False)
        self.assertIn("Switched off", model.currently)
        self.assertIn("too little", self.model(figures=False, is_used=False).currently)
        self.assertFalse(self.model(figures=False).picture)

    def test_opened_from_the_menu(self):
        models = self.env["payment.model"].with_user(self.manager)
        action = models.action_open()
        self.assertEqual((action.get("res_id"), action["view_mode"]), (0, "list,form"))
        self.model(date="2026-03-01")
        last = self.model()
        other = self.env["res.company"].create({"name": "Second"})
        self.model(company_id=other.id, date="2026-03-11")
        self.assertEqual(models.action_open()["res_id"], last.id)


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestTriedAgain(BacktestCase):
    def test_tried_again_by_managers_alone(self):
        delays = {self.firm(f"Firm {number}"): [0, 20] if number % 2 else [0, 0] for number in range(30)}
        self.settled_by(delays, first="2025-09-01")
        model = self.model(figures=False, is_used=False)
        analyse(self.env)
        self.env.cr.execute("SELECT count(*), max(write_date) FROM account_move")
        before = self.env.cr.fetchall()
        model.with_user(self.manager).action_try_again()
        self.assertEqual(set(FIGURES) - set(model.figures), set())
        self.assertEqual(model.is_used, bool(model.figures["wins"]))
        self.env.cr.execute("SELECT count(*), max(write_date) FROM account_move")
        self.assertEqual(self.env.cr.fetchall(), before)
        books = new_test_user(self.env, "backtest_books", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            model.with_user(books).action_try_again()
