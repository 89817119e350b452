"""The engine's decisions, seen through the preview: why each open item is reminded or not."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import TODAY, DunningCase


@tagged("post_install", "-at_install")
class TestDates(DunningCase):
    def test_along_the_days(self):
        move = self.invoice(due="2026-03-10")
        expected = {
            "2026-03-04": ("not_due", "Friendly"),
            "2026-03-05": ("reminded", "Friendly"),
            "2026-03-10": ("reminded", "Friendly"),
            "2026-03-11": ("not_due", "First"),
            "2026-03-13": ("not_due", "First"),
            "2026-03-16": ("reminded", "First"),
        }
        for day, answer in expected.items():
            with self.subTest(day):
                item = self.preview(move, day)
                self.assertEqual((item.code, item.level_id.name), answer)

    def test_a_level_on_a_weekend_comes_on_the_next_working_day(self):
        move = self.invoice(due="2026-03-10")  # + 4 = Saturday the 14th
        self.assertEqual(self.code(move, "2026-03-14"), "not_due")
        self.assertEqual(self.code(move, "2026-03-15"), "not_due")
        self.assertEqual(self.code(move, "2026-03-16"), "reminded")

    def test_a_public_holiday_counts_as_no_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "date_from": "2026-03-16 00:00:00", "date_to": "2026-03-16 23:59:59"}
        )
        move = self.invoice(due="2026-03-10")
        self.assertEqual(self.code(move, "2026-03-16"), "not_due")
        self.assertEqual(self.code(move, "2026-03-17"), "reminded")

    def test_catching_up(self):
        move = self.invoice(due="2026-02-02")
        self.assertEqual(self.preview(move).level_id.name, "First")
        self.policy.catch_up = "latest"
        self.assertEqual(self.preview(move).level_id.name, "Second")

    def test_levels_from_the_invoice_date_and_from_sending(self):
        policy = self.policy
        policy.level_ids.unlink()
        policy.level_ids = [Command.create({"name": "Sent", "delay_days": 3, "delay_from": "sent"})]
        move = self.invoice(due="2026-03-31")
        self.assertEqual(self.code(move), "not_due")
        sent = move.with_context(l2c_today="2026-03-05")
        sent.is_move_sent = True
        self.assertEqual(str(sent.sent_date), "2026-03-05")
        self.assertEqual(self.code(move, "2026-03-06"), "not_due")
        self.assertEqual(self.code(move, "2026-03-09"), "reminded")
        policy.level_ids.delay_from = "invoice"
        self.assertEqual(self.code(move, "2026-02-03"), "not_due")
        self.assertEqual(self.code(move, "2026-02-04"), "reminded")

    def test_trusted_customers_get_no_friendly_reminder(self):
        self.policy.level_ids[0].skip_trusted = True
        move = self.invoice(due="2026-03-10")
        self.assertEqual(self.preview(move).level_id.name, "Friendly")
        self.customer.trust = "good"
        self.assertEqual(self.preview(move).level_id.name, "First")

    def test_each_instalment_for_itself(self):
        move = self.invoice(invoice_payment_term_id=self.half_later().id)
        self.assertEqual(sorted(self.preview(move).mapped("code")), ["not_due", "reminded"])


@tagged("post_install", "-at_install")
class TestReasons(DunningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def test_reminded_and_its_sentence(self):
        item = self.preview(self.move)
        self.assertEqual((item.code, item.sentence), ("reminded", "First would go out today."))
        self.assertTrue(item.escalates)
        self.assertEqual((item.residual, item.partner_id), (100.0, self.customer))

    def test_states_of_the_customer(self):
        for state, code in {
            "normal": "reminded",
            "plan": "reminded",
            "lawyer": "legal",
            "insolvency": "insolvent",
            "closed": "closed",
        }.items():
            self.customer.collection_state = state
            self.assertEqual(self.code(self.move), code)

    def test_own_company(self):
        self.customer.commercial_partner_id = self.customer
        self.env["res.company"].create({"name": "Sister", "partner_id": self.customer.id})
        self.assertEqual(self.code(self.move), "internal")

    def test_excluded(self):
        self.move.no_followup = True
        self.assertEqual(self.code(self.move), "excluded")

    def test_hold_ends_with_its_day(self):
        self.customer.dunning_hold_until = "2026-03-12"
        item = self.preview(self.move)
        self.assertEqual((item.code, str(item.next_date)), ("on_hold", "2026-03-13"))
        self.assertEqual(self.code(self.move, "2026-03-13"), "reminded")

    def test_promise_with_its_grace(self):
        self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 100,
                "date": "2026-03-12",
                "move_line_ids": self.items(self.move).ids,
            }
        )
        other = self.invoice(due="2026-03-02")
        self.assertEqual((self.code(self.move), self.code(other)), ("promised", "reminded"))
        self.assertEqual(self.code(self.move, "2026-03-15"), "promised")
        self.assertEqual(self.code(self.move, "2026-03-16"), "reminded")

    def test_cancelled_promise(self):
        promise = self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 100,
                "date": "2026-03-12",
                "move_line_ids": self.items(self.move).ids,
            }
        )
        self.assertEqual(promise.display_name, "Customer · 03/12/2026")
        promise.action_cancel()
        self.assertEqual(self.code(self.move), "reminded")

    def test_dispute_and_its_resolution(self):
        dispute = self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": "Broken glass", "move_line_ids": self.items(self.move).ids}
        )
        item = self.preview(self.move)
        self.assertEqual((item.code, item.sentence), ("disputed", "Disputed: Broken glass."))
        dispute.action_resolve()
        self.assertEqual(self.code(self.move), "reminded")

    def test_no_address(self):
        self.customer.email = False
        self.assertEqual(self.code(self.move), "no_address")
        self.env["res.partner"].create(
            {"name": "Books", "type": "invoice", "parent_id": self.customer.id, "email": "books@example.com"}
        )
        self.assertEqual(self.code(self.move), "reminded")
        self.policy.level_ids.channel = "call"
        self.customer.child_ids.email = False
        self.assertEqual(self.code(self.move), "reminded")

    def test_below_the_minimum_is_about_all_that_is_overdue(self):
        self.policy.minimum_balance = 150
        self.assertEqual(self.code(self.move), "below_minimum")
        self.invoice(due="2026-04-30", amount=500)
        self.assertEqual(self.code(self.move), "below_minimum")
        self.invoice(due="2026-03-09", amount=50)
        self.assertEqual(self.code(self.move), "reminded")

    def test_the_minimum_in_a_currency_that_was_archived(self):
        currency = self.env["res.currency"].create({"name": "XOL", "symbol": "x"})
        rate = {"currency_id": currency.id, "name": "2026-01-01", "rate": 0.1, "company_id": self.env.company.id}
        self.env["res.currency.rate"].create(rate)
        self.policy.minimum_balance = 150
        abroad = self.invoice(currency_id=currency.id, amount=20)  # 200 in our currency
        self.assertEqual(self.code(abroad), "reminded")
        currency.active = False
        self.assertEqual(self.code(abroad), "reminded")

    def test_credit_is_set_against_the_oldest_first(self):
        younger, _other = self.invoices([{"due": "2026-03-03"}, {"move_type": "out_refund", "amount": 120.0}])
        self.assertEqual((self.code(self.move), self.code(younger)), ("covered_by_credit", "reminded"))

    def test_payment_on_its_way(self):
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "partner_id": self.customer.id, "amount": 100.0, "date": "2026-03-09"}
        )
        younger = self.invoice(due="2026-03-03")
        self.assertEqual((self.code(self.move), self.code(younger)), ("in_flight", "reminded"))

    def test_an_online_payment_is_awaited_for_some_days(self):
        """A bank transfer that the customer announced online and never made."""
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create({"name": "Transfer", "company_id": self.env.company.id})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "Announced",
                "amount": 100.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
                "state": "pending",
            }
        )
        for changed, code in (("2026-03-03 08:00:00", "in_flight"), ("2026-03-02 08:00:00", "reminded")):
            with self.subTest(changed):
                transaction.last_state_change = changed
                self.assertEqual(self.code(self.move), code)

    def test_paid_and_partly_paid(self):
        self.pay(self.move, amount=40.0)
        self.assertEqual(self.preview(self.move).residual, 60.0)
        self.pay(self.move)
        self.assertFalse(self.preview(self.move))

    def test_opening_balances_are_excluded_until_included(self):
        receivable = self.items(self.move).account_id
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.customer.id,
                            "debit": 70,
                            "date_maturity": "2026-01-01",
                        }
                    ),
                    Command.create({"account_id": equity.id, "credit": 70}),
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self.code(entry), "excluded")
        self.items(entry).no_followup = False
        self.assertEqual(self.code(entry), "reminded")
        self.items(entry).date_maturity = False
        self.assertEqual(self.code(entry), "reminded")
        self.assertEqual(self.customer.overdue_amount, 170, "due on the day of the entry")

    def test_excluded_credit_covers_nothing(self):
        credit = self.invoice(move_type="out_refund", amount=100.0)
        self.assertEqual(self.code(self.move), "covered_by_credit")
        credit.no_followup = True
        self.assertEqual(self.code(self.move), "reminded")

    def test_everything_at_once_says_the_first_reason(self):
        self.customer.write({"dunning_hold_until": "2026-12-31", "email": False, "collection_state": "lawyer"})
        self.move.no_followup = True
        self.assertEqual(self.code(self.move), "legal")


@tagged("post_install", "-at_install")
class TestPolicies(DunningCase):
    def test_own_choice_then_first_that_fits_then_default(self):
        move = self.invoice(due="2026-03-02")
        domain = f"[('id', '=', {self.customer.id})]"
        second = self.make_policy("Second", partner_domain=domain, sequence=2)
        first = self.make_policy("First", partner_domain=domain, sequence=1)
        own = self.make_policy("Own", sequence=99)
        self.assertEqual(self.preview(move).policy_id, first)
        first.action_stop()
        self.assertEqual(self.preview(move).policy_id, second)
        second.start_date = "2026-03-11"
        self.assertEqual(self.preview(move).policy_id, self.policy)
        self.customer.dunning_policy_id = own
        self.assertEqual(self.preview(move).policy_id, own)
        own.action_stop()
        self.assertEqual(self.code(move), "no_policy")

    def test_no_policy_unless_one_runs(self):
        self.policy.action_stop()
        move = self.invoice(due="2026-03-02")
        self.assertEqual(self.code(move), "no_policy")
        self.assertEqual(self.code(move, l2c_as_if_running=self.policy.ids), "reminded")

    def test_contacts_follow_their_company(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        move = self.invoice(due="2026-03-02", partner_id=contact.id)
        self.make_policy("Contacts", partner_domain=f"[('id', '=', {contact.id})]", sequence=1)
        item = self.preview(move)
        self.assertEqual((item.partner_id, item.policy_id), (self.customer, self.policy))

    def test_shipped_policies_do_not_run(self):
        shipped = self.env["dunning.policy"].with_context(active_test=False).search([]) - self.policy
        self.assertEqual(
            shipped.mapped("name"),
            [
                *("Direct debit", "Public sector", "Key accounts", "Freelancers", "Private persons"),
                *("With an early-payment discount", "Standard"),
            ],
        )
        self.assertFalse(any(shipped.mapped("is_running")))
        standard = self.env.ref("lead_to_cash.policy_standard")
        self.assertEqual(standard.level_ids.mapped("delay_days"), [-5, 4, 10, 17, 30, 45])

    def test_private_persons_are_found_by_what_they_are(self):
        persons = self.env.ref("lead_to_cash.policy_private_persons")
        persons.write({"active": True, "sequence": 1})
        persons.action_start()
        move = self.invoice(due="2026-03-02")
        self.assertEqual(self.preview(move).policy_id, persons)
        self.customer.vat = "BE0477472701"
        self.assertEqual(self.preview(move).policy_id, self.policy)

    def test_bad_input_is_refused_with_a_sentence(self):
        cases = [
            (
                "needs more days than 10",
                {"level_ids": [Command.create({"name": "Late", "delay_days": 7, "sequence": 90})]},
            ),
            (
                "needs more days than 10",
                {"level_ids": [Command.create({"name": "Twin", "delay_days": 10, "sequence": 90})]},
            ),
            ("can't be read. Choose them anew", {"partner_domain": "[('no_such_field', '=', 1)]"}),
            ("can't be read. Choose them anew", {"partner_domain": "nonsense("}),
            ("has no level. Add at least one", {"level_ids": [Command.clear()]}),
        ]
        for sentence, values in cases:
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence):
                self.policy.write(values)
        with self.assertRaisesRegex(ValidationError, "has no level. Add at least one"):
            self.env["dunning.policy"].create({"name": "Empty"})

    def test_bad_promises_and_disputes(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        move = self.invoice(due="2026-03-02")
        promise = {"partner_id": self.customer.id, "amount": 1, "date": TODAY, "move_line_ids": self.items(move).ids}
        with self.assertRaisesRegex(ValidationError, "Choose today or a later day"):
            self.env["dunning.promise"].create({**promise, "date": "2026-03-09"})
        with self.assertRaisesRegex(ValidationError, "items of another customer"):
            self.env["dunning.promise"].create({**promise, "partner_id": stranger.id})
        self.pay(move)
        with self.assertRaisesRegex(ValidationError, "A paid item can't be disputed"):
            self.env["dunning.dispute"].create(
                {"partner_id": self.customer.id, "note": "x", "move_line_ids": self.items(move).ids}
            )


@tagged("post_install", "-at_install")
class TestCompanies(DunningCase):
    def test_other_companies_and_their_customer_facts(self):
        move = self.invoice(due="2026-03-02")
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.with_company(other).collection_state = "closed"
        self.assertEqual(self.code(move), "reminded")
        preview = self.env["dunning.preview"].with_context(allowed_company_ids=other.ids)
        self.assertFalse(preview.search([("move_id", "=", move.id)]))

    def test_currencies_are_apart(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign, _other = self.invoices(
            [{"due": "2026-03-02", "currency_id": euro.id}, {"move_type": "out_refund", "amount": 500.0}]
        )
        self.assertEqual(self.code(foreign), "reminded")
        self.assertEqual(self.preview(foreign).residual, 100.0)

    def test_who_sees_the_preview(self):
        move = self.invoice(due="2026-03-02")
        preview = self.preview(move)
        accountant = self.user("preview_accountant", "account.group_account_invoice")
        self.assertEqual(preview.with_user(accountant).search([("move_id", "=", move.id)]).code, "reminded")
        salesperson = self.user("preview_salesperson", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            preview.with_user(salesperson).search([])
