"""What isn't worth a reminder, or isn't known to the customer: small debts, small rests, unsent invoices."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...hooks import post_init_hook
from ..common import TODAY, DunningCase, RunCase

DUE = "2026-03-02"


@tagged("post_install", "-at_install")
class TestShippedMinimum(DunningCase):
    """By the currency of the company, on installing."""

    def company(self, code, **rates):
        """A company with that currency, and a policy as it is shipped; ``rates`` of others against it."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("name", "=", code)]) or currencies.create({"name": code, "symbol": code})
        currency.active = True
        number = self.env["res.company"].search_count([])
        company = self.env["res.company"].create({"name": f"In {code} {number}", "currency_id": currency.id})
        currencies.search([("name", "in", ["EUR", "USD", "RON", "ILS"])]).rate_ids.unlink()
        for name, rate in rates.items():
            other = currencies.search([("name", "=", name)])
            self.env["res.currency.rate"].create(
                {"currency_id": other.id, "name": "2026-01-01", "rate": rate, "company_id": company.id}
            )
        return company

    def shipped(self, company):
        policy = self.make_policy("Shipped", running=False, company_id=company.id)
        policy._set_shipped_minimum()
        return policy

    def test_the_shipped_policies_have_it(self):
        self.assertEqual(self.env.company.currency_id.name, "USD")
        shipped = self.env.ref("lead_to_cash.policy_standard") | self.env.ref("lead_to_cash.policy_private_persons")
        self.assertEqual(shipped.mapped("minimum_balance"), [20, 20])

    def test_it_is_set_on_installing_alone(self):
        standard = self.env.ref("lead_to_cash.policy_standard")
        standard.write({"active": True, "minimum_balance": 0})
        rows = self.env["l2c.audit.log"].search_count([])
        post_init_hook(self.env)
        self.assertEqual(standard.minimum_balance, 20)
        self.assertEqual(self.env["l2c.audit.log"].search_count([]), rows, "nobody's decision")

    def test_by_currency(self):
        for code, rates, minimum in (
            ("EUR", {}, 20),
            ("RON", {}, 100),
            ("ILS", {"EUR": 0.25}, 75),
            ("CHF", {"EUR": 1.07}, 20),
            ("HUF", {"EUR": 0.0025, "USD": 0.003}, 8000),
            ("PLN", {"USD": 0.25}, 80),
            ("XOL", {}, 0),
        ):
            with self.subTest(code):
                self.assertEqual(self.shipped(self.company(code, **rates)).minimum_balance, minimum)

    def test_a_second_company_has_it_in_its_own_currency(self):
        policy = self.shipped(self.company("EUR"))
        israel = self.company("ILS")
        self.assertEqual(policy.copy({"company_id": israel.id}).minimum_balance, 75)
        self.assertEqual(policy.copy({"company_id": israel.id, "minimum_balance": 5}).minimum_balance, 5)
        policy.company_id = israel
        self.assertEqual(policy.minimum_balance, 75)
        own = self.make_policy("Own", running=False, company_id=israel.id, minimum_balance=33)
        self.assertEqual(own.copy({"company_id": self.company("EUR").id}).minimum_balance, 33)

    def test_it_follows_a_company_that_is_set_up_later(self):
        """Its chart of accounts brings its currency, after the addon was installed."""
        company = self.company("EUR")
        policy, own = self.shipped(company), self.make_policy("Own", running=False, company_id=company.id)
        company.currency_id = self.company("RON").currency_id
        self.assertEqual((policy.minimum_balance, own.minimum_balance), (100, 0))


@tagged("post_install", "-at_install")
class TestSmallRests(RunCase):
    def test_less_than_one_is_left_after_a_payment(self):
        move, small = self.invoices([{"due": DUE}, {"due": DUE, "amount": 0.99}])
        self.assertEqual((self.code(move), self.code(small)), ("reminded", "reminded"))
        self.pay(move, amount=99.0)
        self.assertEqual(self.code(move), "reminded", "1.00 is left")
        self.pay(move, amount=0.01)
        item = self.preview(move)
        self.assertEqual((item.code, item.sentence), ("below_minimum", "Less than 1.00 is left of it after a payment."))
        self.policy.minimum_balance = 20
        self.assertEqual(self.preview(small).sentence, "The customer owes less than the policy's minimum.")

    def test_before_its_level_comes(self):
        move = self.invoice(due="2026-03-25")
        self.pay(move, amount=99.5)
        self.assertEqual((self.code(move), self.code(move, "2026-03-20")), ("not_due", "below_minimum"))

    def test_in_the_currency_of_the_item(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        move = self.invoice(due=DUE, currency_id=yen.id, amount=1000)
        self.pay(move, amount=999)
        self.assertEqual((self.preview(move).residual, self.code(move)), (1, "reminded"))

    def test_no_notice_names_it(self):
        move, other = self.invoices([{"due": DUE}, {"due": DUE, "amount": 50.0}])
        self.pay(move, amount=99.5)
        self.run_on(TODAY)
        notice = self.notices(other)
        self.assertEqual((notice.line_ids.move_id, notice.amount_due), (other, 50.0))

    def test_credit_is_not_set_against_it(self):
        move = self.invoice(due="2026-02-20")
        self.pay(move, amount=99.5)
        other, _other = self.invoices([{"due": DUE}, {"move_type": "out_refund", "amount": 100.0}])
        self.assertEqual(self.code(other), "covered_by_credit")

    def test_what_waits_follows_at_once(self):
        move = self.invoice(due=DUE)
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual(notice.state, "queued")
        self.pay(move, amount=99.5)
        self.assertEqual(notice.state, "cancelled")
        self.assertEqual(self.code(move), "below_minimum")


@tagged("post_install", "-at_install")
class TestUnsent(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids.requires_sent = True
        cls.move = cls.given.invoice(due=DUE)

    def test_it_waits_until_it_was_sent(self):
        item = self.preview(self.move)
        self.assertEqual((item.code, item.level_id.name), ("unsent", "First"))
        self.assertEqual(item.sentence, "First is for invoices that were sent; this one wasn't yet.")
        self.move.is_move_sent = True
        self.assertEqual(self.code(self.move), "reminded")

    def test_only_where_the_level_says_so(self):
        self.policy.level_ids[1].requires_sent = False
        self.run_on(TODAY)
        self.notices(self.move).action_cancel()
        self.assertEqual(self.code(self.move), "reminded")
        self.run_on("2026-03-11")
        self.notices(self.move)[1:].mail_ids.write({"state": "sent"})
        item = self.preview(self.move, "2026-03-20")
        self.assertEqual((item.code, item.level_id.name), ("unsent", "Second"))

    def test_before_its_day_it_is_not_due(self):
        self.assertEqual(self.code(self.invoice(due="2026-03-25")), "not_due")

    def test_the_run_keeps_it(self):
        self.run_on(TODAY)
        self.assertFalse(self.notices(self.move))
        decision = self.current(self.move)
        self.assertEqual((decision.code, decision.level_id.name, decision.next_date), ("unsent", "First", False))

    def test_what_can_not_be_sent_needs_no_sending(self):
        """An opening balance."""
        receivable = self.items(self.move).account_id
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        debit = {"account_id": receivable.id, "partner_id": self.customer.id, "debit": 70, "date_maturity": DUE}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-01",
                "line_ids": [Command.create(debit), Command.create({"account_id": equity.id, "credit": 70})],
            }
        )
        entry.action_post()
        self.items(entry).no_followup = False
        self.assertEqual(self.code(entry), "reminded")

    def test_the_preview_counts_both(self):
        rest = self.invoice(due=DUE)
        self.pay(rest, amount=99.5)
        preview = self.env["dunning.preview"]
        self.env.invalidate_all()
        banners = {banner["action"]: banner["text"] for banner in preview.get_dunning_banners()}
        small = preview.search([("code", "=", "below_minimum")])
        unsent = preview.search([("code", "=", "unsent")])
        self.assertEqual((small.move_id, unsent.move_id), (rest, self.move))
        self.assertEqual(banners["action_open_small"], "Items below the minimum: 1. Not sent yet: 1.")
        action = preview.action_open_small()
        self.assertEqual(preview.search(action["domain"]), small | unsent)
        self.move.is_move_sent = True
        self.pay(rest)
        self.env.invalidate_all()
        self.assertNotIn("action_open_small", {banner["action"] for banner in preview.get_dunning_banners()})


@tagged("post_install", "-at_install")
class TestNoLevels(RunCase):
    """A policy without levels."""

    def test_it_reminds_nobody_and_says_so(self):
        move = self.invoice(due=DUE)
        self.policy.level_ids.unlink()
        self.run_on(TODAY)
        self.assertFalse(self.notices(move))
        decision = self.current(move)
        self.assertEqual((decision.code, decision.sentence), ("not_due", "No level comes."))

    def test_it_does_not_start(self):
        policy = self.make_policy("Empty", running=False)
        policy.level_ids.unlink()
        for button in (policy.action_start, self.go_live(policy).action_go_live):
            with self.assertRaisesRegex(UserError, "has no level. Add at least one"):
                button()
        self.assertFalse(policy.is_running)

    def go_live(self, policy):
        action = policy.action_go_live()
        return Form(self.env["dunning.go.live"].with_context(**action["context"])).save()
