"""Promises and plans: how they are agreed, within which limits, and on which days customers pay."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import SQL

from ...engine.agreements.promises import instalment_dates, instalments, next_payment_day, next_payment_day_sql
from ..common import TODAY
from .test_promises import PromiseCase


@tagged("post_install", "-at_install")
class TestPlans(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def test_instalments_are_served_oldest_first(self):
        plan = self.plan(self.move)
        promises = plan.promise_ids.sorted("date")
        self.assertEqual(promises.mapped("amount"), [33.34, 33.33, 33.33])
        self.assertEqual([str(day) for day in promises.mapped("date")], ["2026-03-12", "2026-04-12", "2026-05-12"])
        self.assertEqual((self.customer.collection_state, self.move.is_on_plan), ("plan", True))
        for amount, states in ((33.34, "kept open open"), (66.65, "kept kept open"), (0.01, "kept kept kept")):
            self.pay(self.move, amount)
            self.assertEqual(promises.mapped("state"), states.split())
        self.assertEqual((plan.state, self.customer.collection_state), ("kept", "normal"))

    def test_a_broken_instalment_ends_the_plan(self):
        plan = self.plan(self.move)
        self.pay(self.move, 33.34)
        self.assertEqual(self.code(self.move, "2026-04-15"), "promised")
        self.run_on("2026-04-16")
        self.assertEqual(plan.promise_ids.sorted("date").mapped("state"), ["kept", "broken", "cancelled"])
        self.assertEqual((plan.state, self.customer.collection_state), ("broken", "normal"))
        self.assertEqual(self.notices(self.move).level_id.name, "First")
        self.assertEqual(self.told().summary, "Broken promise")

    def test_cancelling(self):
        plan = self.plan(self.move)
        plan.action_cancel()
        self.assertEqual((plan.state, self.customer.collection_state), ("cancelled", "normal"))
        self.assertTrue(self.preview(self.move).escalates)

    def test_a_customer_with_the_lawyer_stays_there(self):
        self.customer.collection_state = "lawyer"
        self.plan(self.move).action_cancel()
        self.assertEqual(self.customer.collection_state, "lawyer")

    def test_bad_plans(self):
        user = self.env(user=self.collector)
        agreed = self.customer.with_env(user)._dunning_plan_defaults()
        for values, sentence in (
            ({"number": 1}, "at least two instalments"),
            ({"number": 7}, "policy allows \\(6\\)"),
            ({"total": 100.01}, "Only .*100.00 is open"),
            ({"total": 0.02}, "above zero"),
            ({"first_date": "2026-03-09"}, "Choose today or a later day"),
            ({"first_date": "2026-04-10"}, "at most 30 days ahead"),
            ({"move_line_ids": False}, "Choose at least one"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                user["dunning.plan"].create(agreed | values)
        with self.assertRaisesRegex(UserError, "A plan stands as it was agreed"):
            user["dunning.plan"].create(agreed).total = 50
        self.assertEqual(user["dunning.plan"].search_count([("partner_id", "=", self.customer.id)]), 1)


@tagged("post_install", "-at_install")
class TestAgreeing(PromiseCase):
    def form(self, record, action="action_promise"):
        action = getattr(record, action)()
        return Form(record.env[action["res_model"]].with_context(**action["context"]))

    def test_two_clicks(self):
        """From a customer, an invoice and a notice: all is filled in."""
        move, later = self.invoices([{"due": "2026-03-02"}, {"due": "2026-04-30", "amount": 7.0}])
        self.run_on(TODAY)
        env = self.env(user=self.collector)
        for record, amount in (
            (self.customer.with_env(env), 100.0),
            (later.with_env(env), 7.0),
            (self.notices(move).with_env(env), 100.0),
        ):
            with self.subTest(record):
                savepoint = self.env.cr.savepoint()
                promise = self.form(record).save()
                self.assertEqual((promise.amount, str(promise.date)), (amount, "2026-03-17"))
                self.assertEqual((promise.partner_id, promise.state), (self.customer, "open"))
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_the_day_is_the_customers_and_a_working_day(self):
        self.invoice(due="2026-03-02")
        for days, today, expected in (
            ("25", TODAY, "2026-03-25"),
            ("14", TODAY, "2026-03-16"),  # a Saturday
            ("9", TODAY, "2026-04-09"),
            ("10", "2026-03-10", "2026-04-09"),  # the tenth is more than 30 days ahead
            (False, "2026-03-13", "2026-03-20"),
        ):
            with self.subTest(days):
                self.customer.payment_days = days
                promise = self.form(self.customer.with_context(l2c_today=today)).save()
                self.assertEqual(str(promise.date), expected)
                promise.action_cancel()

    def test_choosing_items_chooses_the_amount(self):
        move, second = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03", "amount": 40.0}])
        with self.form(self.customer) as form:
            self.assertEqual(form.amount, 140.0)
            form.move_line_ids.remove(id=self.items(move).id)
            self.assertEqual(form.amount, 40.0)
            form.amount = 15.0
        promise = form.save()
        self.assertEqual((promise.amount, promise.move_line_ids), (15.0, self.items(second)))
        self.assertEqual((self.code(move), self.code(second)), ("reminded", "promised"))

    def test_nothing_left_to_promise(self):
        move = self.invoice(due="2026-03-02")
        self.promise(move)
        for record in (self.customer, move):
            with self.subTest(record), self.assertRaisesRegex(UserError, "Nothing is open"):
                record.action_promise()

    def test_of_several_currencies_the_greater_debt(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.invoices(
            [{"due": "2026-03-02", "amount": 10.0}, {"due": "2026-03-02", "currency_id": euro.id, "amount": 500.0}]
        )
        values = self.customer._dunning_promise_defaults()
        self.assertEqual((values["currency_id"], values["amount"]), (euro.id, 500.0))

    def test_bad_promises(self):
        move, paid = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02"}])
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.pay(paid)
        env = self.env(user=self.collector)
        agreed = self.customer.with_env(env)._dunning_promise_defaults()
        with_paid = [Command.set(self.items(move | paid).ids)]
        for values, sentence in (
            ({"amount": 100.01}, "Only .*100.00 is open"),
            ({"amount": 0}, "above zero"),
            ({"amount": -5}, "above zero"),
            ({"date": "2026-03-09"}, "Choose today or a later day"),
            ({"date": "2026-04-10"}, "at most 30 days ahead"),
            ({"partner_id": stranger.id}, "items of another customer"),
            ({"move_line_ids": with_paid}, "Only open items can be promised"),
            ({"move_line_ids": False}, "Choose at least one"),
            ({"currency_id": self.env.ref("base.EUR").id}, "of one company and currency"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                env["dunning.promise"].create(agreed | values)
        self.assertFalse(env["dunning.promise"].search([("partner_id", "=", self.customer.id)]))
        promise = env["dunning.promise"].create(agreed)
        with self.assertRaisesRegex(ValidationError, "promised already"):
            env["dunning.promise"].create(agreed)
        with self.assertRaisesRegex(UserError, "Cancel it, and log another one"):
            promise.amount = 1.0
        self.assertEqual(promise.amount, 100.0)

    def test_managers_may_grant_more(self):
        move = self.invoice(due="2026-03-02")
        manager = self.env(user=self.user("chief", "lead_to_cash.group_collections_manager"))
        agreed = self.customer.with_env(manager)._dunning_promise_defaults(self.items(move).with_env(manager))
        self.assertTrue(manager["dunning.promise"].create(agreed | {"date": "2026-09-01"}))

    def test_access(self):
        """By group, model and operation."""
        groups = {
            "account.group_account_invoice": "crw",
            "account.group_account_readonly": "r",
            "lead_to_cash.group_collections_user": "crw",
            "lead_to_cash.group_collections_manager": "crwu",
            "sales_team.group_sale_salesman_all_leads": "",
            "base.group_user": "",
        }
        returning = ("lead_to_cash.group_collections_user", "lead_to_cash.group_collections_manager")
        for number, (group, allowed) in enumerate(groups.items()):
            user = self.user(f"person_{number}", group)
            expected = dict.fromkeys(("dunning.promise", "dunning.plan", "dunning.dispute"), allowed)
            # Any employee may own a dispute: a rule shows each their own alone (test_disputes_owner).
            expected["dunning.dispute"] = allowed if "w" in allowed else "rw"
            expected["payment.return"] = "crwu" if group in returning else ""
            for model, operations in expected.items():
                records = self.env[model].with_user(user)
                found = [name[0] for name in ("create", "read", "write", "unlink") if records.has_access(name)]
                self.assertEqual("".join(found), operations, f"{model} as {group}")

    def test_readers_agree_on_nothing(self):
        self.invoice(due="2026-03-02")
        reader = self.user("reader", "account.group_account_readonly")
        promise = self.promise(self.invoice(due="2026-03-02"))
        with self.assertRaises(AccessError):
            promise.with_user(reader).action_cancel()
        self.assertEqual(promise.state, "open")

    def test_another_company_sees_nothing(self):
        promise = self.promise(self.invoice(due="2026-03-02"))
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.user("stranger", "lead_to_cash.group_collections_user")
        stranger.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(promise.with_user(stranger).search([("id", "=", promise.id)]))


pure = settings(max_examples=200, derandomize=True, deadline=None)


@tagged("post_install", "-at_install")
class TestInstalments(BaseCase):
    @pure
    @given(st.integers(1, 10**9), st.integers(1, 60), st.sampled_from((0, 2, 3)))
    def test_their_sum_is_the_total(self, units, number, digits):
        parts = [round(part * 10**digits) for part in instalments(units / 10**digits, number, digits)]
        self.assertEqual((sum(parts), len(parts)), (units, number))
        self.assertLessEqual(max(parts) - min(parts), 1)

    @pure
    @given(st.dates(), st.integers(1, 24))
    def test_months_in_a_row(self, first, number):
        if first.year > 9990:
            return
        days = instalment_dates(first, number, "monthly")
        months = [day.year * 12 + day.month for day in days]
        self.assertEqual(months, list(range(months[0], months[0] + number)))
        self.assertLessEqual({day.day for day in days} - set(range(28, 32)), {first.day})


@tagged("post_install", "-at_install")
class TestPaymentDays(PromiseCase):
    def comes(self, move, today=TODAY):
        return str(self.preview(move, today).next_date)

    def test_the_first_reminder_counts_from_the_payment_day(self):
        self.customer.payment_days = "10, 25"
        move = self.invoice(due="2026-03-11")
        self.assertEqual(self.comes(move, "2026-03-12"), "2026-03-30")  # the 29th is a Sunday
        self.run_on("2026-03-30")
        self.run_on("2026-04-04")
        self.assertEqual(self.notices(move).level_id.mapped("name"), ["First", "Second"])

    def test_friendly_levels_stay(self):
        self.customer.payment_days = "25"
        move = self.invoice(due="2026-03-12")
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((notice.level_id.name, str(self.current(move).next_date)), ("Friendly", "2026-03-30"))
        self.assertEqual(self.comes(move, "2026-03-20"), "2026-03-30")

    def test_bad_days(self):
        for text in ("0", "32", "tenth", "10;25", "-1", "1,,x"):
            sentence = "days of the month, from 1 to 31"
            with self.subTest(text), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                self.customer.payment_days = text

    def test_the_statement_agrees_with_plain_python(self):
        """Every due date of two years, leap day included, for several lists of days."""
        first = fields.Date.to_date("2027-01-01")
        for days in ([31], [30, 31], [1], [10, 25], [29]):
            text = ",".join(map(str, days))
            due = [first + timedelta(days=number) for number in range(731)]
            rows = self.env.execute_query(self.question(text, due))
            self.assertEqual([row[0] for row in rows], [next_payment_day(day, days) for day in due], days)

    def question(self, text, due):
        found = next_payment_day_sql(SQL("d.day"), SQL("%s::text", text))
        return SQL("SELECT %s FROM unnest(%s::date[]) WITH ORDINALITY d(day, number) ORDER BY number", found, due)
