from datetime import date, timedelta

from odoo.addons.lead_to_cash.engine.foresight.backtest import backtest
from odoo.addons.lead_to_cash.tests.common import TODAY, HandlingCase
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ForesightCase as PastCase
from .common import analyse

NOW = date(2026, 3, 10)


class ForesightCase(HandlingCase):
    """A company with customers who pay as they use to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True

    def history(self, partner, count=6, late=0, terms=20, until=date(2026, 1, 20), gap=10):
        """Invoices of a customer that were paid so many days after they were due, the last one due on a day."""
        dues = [until - timedelta(gap * number) for number in range(count)]
        rows = [
            {"partner_id": partner.id, "invoice_date": due - timedelta(terms), "due": str(due), "amount": 100.0}
            for due in dues
        ]
        moves = self.invoices(rows)
        analyse(self.env)
        PastCase.settle_all(self, [(move, due + timedelta(late)) for move, due in zip(moves, dues, strict=True)])
        return moves

    def pay_on(self, move, day, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        return wizard.create({"payment_date": day} | ({"amount": amount} if amount else {}))._create_payments()

    def partner(self, name, **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def night(self, day=TODAY):
        """The job of a night, as of a day."""
        analyse(self.env)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["payment.model"].with_context(l2c_today=day)._cron_foresight()
        self.env.invalidate_all()

    def forecast(self, move):
        return self.env["payment.forecast"].search([("move_id", "=", move.id)])

    def last_model(self):
        return self.env["payment.model"].search([("company_id", "=", self.env.company.id)], limit=1)


class ForecastCase(ForesightCase):
    """What a night foresees of open documents."""


@tagged("post_install", "-at_install")
class TestForecasts(ForecastCase):
    def test_late_and_timely(self):
        slow, prompt = self.partner("Slow"), self.partner("Prompt")
        self.history(slow, late=40)
        self.history(prompt, late=-5)
        rows = [{"partner_id": who.id, "invoice_date": "2026-03-01", "due": "2026-03-31"} for who in (slow, prompt)]
        of_slow, of_prompt = self.invoices(rows)
        self.night()
        late, early = self.forecast(of_slow), self.forecast(of_prompt)
        self.assertGreater(late.late_1, 0.7)
        self.assertLess(early.late_1, 0.3)
        self.assertGreater(late.late_30, early.late_30)
        self.assertGreater(late.expected_days_late, 20)
        self.assertGreater(late.paid_likely, date(2026, 4, 20))
        self.assertLessEqual(early.paid_likely, date(2026, 3, 31))
        for forecast in late, early:
            self.assertTrue(1 >= forecast.late_1 >= forecast.late_30 >= forecast.late_60 >= 0)
            self.assertTrue(NOW <= forecast.paid_early <= forecast.paid_likely <= forecast.paid_latest)
        self.assertEqual(late.reason_text, "Pays on average 40 days late; 5 of the last 5 late; nothing else past due")
        self.assertEqual(late.partner_id, slow)
        self.assertEqual((late.as_of, self.last_model().is_used), (NOW, False))
        self.assertEqual(late.version, "0")
        self.assertIn("pays on average 40 days late", of_slow.payment_forecast_text)

    def test_past_due_is_late(self):
        move = self.invoice(invoice_date="2026-01-01", due="2026-02-08")
        self.night()
        forecast = self.forecast(move)
        self.assertEqual(forecast.late_1, 1)
        self.assertGreater(forecast.expected_days_late, 29)
        self.assertGreaterEqual(forecast.paid_early, NOW)
        self.assertTrue(0 < forecast.late_60 < forecast.late_30 <= 1)

    def test_one_customer_only(self):
        self.history(self.customer, count=12, late=3)
        move = self.invoice(due="2026-03-31")
        self.night()
        self.assertGreater(self.forecast(move).late_1, 0.7)

    def test_no_look_ahead(self):
        """What happens later, and is booked by now, changes nothing of a forecast as of before."""
        self.history(self.customer, late=5)
        move, other = self.invoices([{"due": "2026-03-31", "invoice_date": "2026-01-25"}] * 2)
        self.night("2026-02-15")
        names = ["late_1", "late_30", "expected_days_late", "paid_early", "paid_likely", "paid_latest", "reasons"]
        before = self.forecast(move).read(names)
        self.pay_on(other, "2026-02-20")
        self.invoices([{"invoice_date": "2026-02-16", "due": "2026-02-17"}] * 3)
        self.night("2026-02-15")
        self.assertEqual(before, self.forecast(move).read(names))

    def test_foreign_currency_without_rate(self):
        currency = self.env["res.currency"].create({"name": "XQQ", "symbol": "Q"})
        move = self.invoice(due="2026-03-31", currency_id=currency.id)
        self.night()
        self.assertTrue(0 < self.forecast(move).late_1 < 1)

    def test_archived_customer(self):
        move = self.invoice(due="2026-03-31")
        self.customer.active = False
        self.night()
        self.assertEqual(self.forecast(move).with_context(active_test=False).partner_id, self.customer)

    def test_readers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        move = self.invoice(due="2026-03-31")
        self.night()
        forecast = self.forecast(move)
        forecast.sudo().reasons = [{"code": "usual_amount", "times": 2}]
        self.assertEqual(forecast.with_context(lang="en_US").reason_text, "Twice the usual amount")
        self.assertTrue(forecast.with_context(lang="ro_RO").reason_text)

    @mute_logger("odoo.addons.lead_to_cash.models.handling.cron_step")
    def test_a_company_that_fails(self):
        """It stops no other, and comes back the next night."""
        move = self.invoice(due="2026-03-31")
        other = self.env["res.company"].create({"name": "Another"})
        self.env.flush_all()
        self.env.cr.execute(
            "CREATE FUNCTION l2c_broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;"
            f"CREATE TRIGGER l2c_broken BEFORE INSERT ON payment_model FOR EACH ROW WHEN (NEW.company_id = {other.id})"
            " EXECUTE FUNCTION l2c_broken()"
        )
        self.night()
        self.assertTrue(self.forecast(move))
        self.assertFalse(self.env["payment.model"].search([("company_id", "=", other.id)]))

    def test_kept_for_a_year(self):
        old = (
            self.env["payment.model"]
            .sudo()
            .create(
                [
                    {"company_id": self.env.company.id, "date": day, "version": "1"}
                    for day in ("2024-12-01", "2025-06-01")
                ]
            )
        )
        self.night()
        self.assertEqual(old.exists().mapped("date"), [date(2025, 6, 1)])

    def test_backtest_of_little(self):
        """Too little to measure: nothing is claimed."""
        self.history(self.customer)
        found = backtest(self.env, self.env.company.id, NOW)
        self.assertEqual((found["model"], found["wins"], found["documents"]), (None, False, 6))


@tagged("post_install", "-at_install")
class TestOfOne(ForecastCase):
    """Of one invoice, as the last night foresaw it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-31")
        cls.given.night()

    def test_paid_has_none(self):
        move = self.move
        self.assertTrue(self.forecast(move))
        self.pay(move)
        self.night("2026-03-11")
        self.assertFalse(self.forecast(move))

    def test_twice_a_night(self):
        move = self.move
        before = self.forecast(move).read()
        self.night()
        after = self.forecast(move).read()
        self.assertEqual(before[0]["id"], after[0]["id"])
        for name in before[0].keys() - {"write_date"}:
            self.assertEqual(before[0][name], after[0][name], name)
        self.assertEqual(self.env["payment.model"].search_count([("company_id", "=", self.env.company.id)]), 1)

    def test_without_history(self):
        """Nothing is known: everybody is as anybody."""
        move = self.move
        self.assertTrue(0.1 < self.forecast(move).late_1 < 0.5)
        self.assertFalse(self.last_model().is_used)
        self.assertEqual(move.payment_forecast_text[:11], "Expected on")

    def test_unknown_reason(self):
        """A reason of another version says nothing, and breaks nothing."""
        move = self.move
        forecast = self.forecast(move)
        forecast.sudo().reasons = [{"code": "of_old"}, {"code": "usual_late", "days": 12}, {}]
        self.env.flush_all()
        self.assertEqual(forecast.reason_text, "Pays on average 12 days late")

    def test_open_document(self):
        move = self.move
        reader = self.user("reader", "account.group_account_readonly")
        action = self.forecast(move).with_user(reader).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", move.id))
