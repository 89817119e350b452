"""Promises and plans: how they are agreed, kept, broken and undone, and what follows."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import SQL

from ..engine.promises import instalment_dates, instalments, next_payment_day, next_payment_day_sql
from .common import TODAY, RunCase

#: state: event: the state after it; the promise is for 60 of an invoice of 100, until 12 March and
#: three days of grace.
TRANSITIONS = {
    "open": {
        "pay_all": "kept",
        "pay_as_promised": "kept",
        "pay_less": "open",
        "undo": "open",
        "date_passes": "open",
        "grace_passes": "broken",
        "cancel": "cancelled",
        "merge": "open",
        "cancel_invoice": "cancelled",
        "credit_all": "cancelled",
        "credit_and_pay_the_rest": "kept",
        "draft_and_post": "open",
        "payment_returned": "open",
    },
    "kept": {
        "pay_all": "kept",
        "undo": "open",
        "undo_after_the_grace": "broken",
        "date_passes": "kept",
        "grace_passes": "kept",
        "cancel": "kept",
        "merge": "kept",
        "cancel_invoice": "cancelled",
        "credit_all": "kept",
        "draft_and_post": "open",
        "payment_returned": "broken",
    },
    "broken": {
        "pay_all": "broken",
        "undo": "broken",
        "grace_passes": "broken",
        "cancel": "broken",
        "merge": "broken",
        "cancel_invoice": "broken",
        "credit_all": "broken",
        "draft_and_post": "broken",
    },
    "cancelled": {
        "pay_all": "cancelled",
        "undo": "cancelled",
        "grace_passes": "cancelled",
        "cancel": "cancelled",
        "merge": "cancelled",
        "cancel_invoice": "cancelled",
        "credit_all": "cancelled",
        "draft_and_post": "cancelled",
    },
}


class PromiseCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.user("collector", "lead_to_cash.group_collections_user")
        cls.customer.collector_id = cls.collector

    def promise(self, moves, amount=60.0, date="2026-03-12", **values):
        partner = self.customer.with_context(l2c_today=TODAY)
        agreed = partner._dunning_promise_defaults(self.items(moves)) | {"amount": amount, "date": date}
        return partner.env["dunning.promise"].create(agreed | values)

    def plan(self, moves, **values):
        agreed = self.customer._dunning_plan_defaults(self.items(moves))
        return self.env["dunning.plan"].create(agreed | {"first_date": "2026-03-12", **values})

    def credit(self, move, amount):
        note = self.invoice(move_type="out_refund", amount=amount)
        self.items(move | note).filtered(lambda line: not line.reconciled).reconcile()

    def told(self):
        """What the collector has to look at, about customers."""
        activities = self.env["mail.activity"].search([("user_id", "=", self.collector.id)])
        return activities.filtered(lambda activity: activity.res_model == "res.partner")


@tagged("post_install", "-at_install")
class TestPromiseStates(PromiseCase):
    def test_every_transition(self):
        for state, events in TRANSITIONS.items():
            for event, expected in events.items():
                savepoint = self.env.cr.savepoint()
                move = self.invoice(due="2026-03-02")
                promise = self.promise(move)
                getattr(self, f"be_{state}")(move, promise)
                with self.subTest(state=state, event=event):
                    self.assertEqual(promise.state, state)
                    getattr(self, f"on_{event}")(move, promise)
                    self.env.invalidate_all()
                    self.assertEqual(promise.state, expected)
                    self.assertEqual(bool(promise.broken_date), expected == "broken")
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def be_open(self, move, promise):
        """It is from the start."""

    def be_kept(self, move, promise):
        self.pay(move, 60.0)

    def be_broken(self, move, promise):
        self.run_on("2026-03-16")

    def be_cancelled(self, move, promise):
        promise.action_cancel()

    def on_pay_all(self, move, promise):
        self.pay(move)

    def on_pay_as_promised(self, move, promise):
        self.pay(move, 20.0)
        self.pay(move, 40.0)

    def on_pay_less(self, move, promise):
        self.pay(move, 59.99)

    def on_undo(self, move, promise):
        self.items(move).remove_move_reconcile()

    def on_undo_after_the_grace(self, move, promise):
        self.items(move).with_context(l2c_today="2026-03-16").remove_move_reconcile()

    def on_date_passes(self, move, promise):
        self.run_on("2026-03-15")

    def on_grace_passes(self, move, promise):
        self.run_on("2026-03-16")

    def on_cancel(self, move, promise):
        promise.action_cancel()

    def on_merge(self, move, promise):
        target = self.env["res.partner"].create({"name": "Target", "email": "customer@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(promise.partner_id, target)

    def on_cancel_invoice(self, move, promise):
        move.button_cancel()

    def on_credit_all(self, move, promise):
        self.credit(move, move.amount_residual)

    def on_credit_and_pay_the_rest(self, move, promise):
        self.credit(move, 70.0)
        self.assertEqual(promise.state, "open")
        self.pay(move)

    def on_draft_and_post(self, move, promise):
        move.button_draft()
        move.action_post()

    def on_payment_returned(self, move, promise):
        payment = self.pay(move, 10.0)
        if promise.state == "kept":
            payment = move.reconciled_payment_ids.filtered(lambda payment: payment.amount == 60.0)
            payment._return(fields.Date.to_date(TODAY), "No funds")
        else:
            self.items(move).remove_move_reconcile()

    def test_a_payment_counts_once(self):
        move = self.invoice(due="2026-03-02")
        first = self.promise(move, 50.0)
        self.pay(move, 50.0)
        second = self.promise(move, 50.0)
        self.assertEqual((first.state, second.state), ("kept", "open"))
        self.pay(move, 50.0)
        self.assertEqual(second.state, "kept")

    def test_without_a_policy_nothing_is_granted_after_the_date(self):
        self.policy.action_stop()
        promise = self.promise(self.invoice(due="2026-03-02"))
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.run"].with_context(l2c_today="2026-03-13")._cron_run()
        self.env.invalidate_all()
        self.assertEqual((promise.state, str(promise.broken_date)), ("broken", "2026-03-13"))

    def test_reconciling_what_nobody_promised_asks_one_question(self):
        move, other = self.invoice(due="2026-03-02"), self.invoice(due="2026-03-02")
        self.promise(other)
        with self.assertQueryCount(1):
            self.env["dunning.notice"]._residual_changed(self.items(move))


@tagged("post_install", "-at_install")
class TestBrokenPromises(PromiseCase):
    def setUp(self):
        super().setUp()
        self.move = self.invoice(due="2026-03-09", invoice_user_id=self.env.uid)

    def send_first(self):
        self.run_on("2026-03-13")
        self.notices(self.move).mail_id.write({"state": "sent"})

    def test_next_level_at_once(self):
        """Second comes on the tenth day after the due date, or the day after the grace."""
        self.send_first()
        self.promise(self.move, date="2026-03-14")
        for day, code in (("2026-03-17", "promised"), ("2026-03-18", "reminded")):
            self.run_on(day)
            self.assertEqual(self.current(self.move).code, code, day)
        self.assertEqual(self.notices(self.move).level_id.mapped("name"), ["First", "Second"])

    def test_not_before_the_days_between(self):
        self.policy.minimum_days_between = 9
        self.send_first()
        self.promise(self.move, date="2026-03-13")
        self.run_on("2026-03-17")
        self.assertEqual(
            (self.current(self.move).code, str(self.current(self.move).next_date)), ("too_soon", "2026-03-22")
        )
        self.run_on("2026-03-22")
        self.assertEqual(self.current(self.move).level_id.name, "Second")

    def test_first_level_before_its_delay(self):
        self.policy.level_ids[2].delay_days = 40
        self.policy.level_ids[1].delay_days = 30
        self.promise(self.move, date="2026-03-12")
        self.assertEqual(self.code(self.move, "2026-03-15"), "promised")
        preview = self.preview(self.move, "2026-03-16")
        self.assertEqual((preview.code, preview.level_id.name, preview.rises), ("reminded", "First", True))
        self.run_on("2026-03-16")
        self.assertEqual(self.code(self.move, "2026-03-20"), "reminded")
        self.assertFalse(self.preview(self.move, "2026-03-20").rises)

    def test_before_the_due_date_nothing_comes_early(self):
        move = self.invoice(due="2026-04-20")
        self.promise(move, date="2026-03-10")
        self.assertFalse(self.preview(move, "2026-03-20").rises)
        self.assertTrue(self.preview(move, "2026-04-21").rises)

    def test_cancelled_goes_on_as_before(self):
        promise = self.promise(self.move)
        self.assertEqual(self.code(self.move), "promised")
        promise.action_cancel()
        item = self.preview(self.move)
        self.assertEqual((item.code, item.level_id.name, str(item.next_date)), ("not_due", "First", "2026-03-13"))

    def test_the_responsible_is_told_once_a_customer(self):
        self.promise(self.move)
        self.promise(self.invoice(due="2026-03-02"), 5.0)
        self.run_on("2026-03-16")
        self.run_on("2026-03-17")
        told = self.told()
        self.assertEqual((told.summary, told.res_id), ("Broken promise", self.customer.id))
        self.assertIn("60", told.note)

    def test_who_is_responsible(self):
        salesperson, boss = self.user("sales", "sales_team.group_sale_salesman"), self.user("boss", "base.group_user")
        self.policy.user_id = boss
        responsible = self.customer._collection_responsibles
        self.assertEqual(responsible(self.move)[self.customer], self.collector)
        self.customer.collector_id = False
        self.move.invoice_user_id = salesperson
        self.assertEqual(responsible(self.move)[self.customer], salesperson)
        salesperson.active = False
        self.assertEqual(responsible(self.move)[self.customer], boss)

    def test_the_invoice_says_so(self):
        self.promise(self.move)
        self.assertEqual((self.move.handling_role, self.move.is_promised), ("in_progress", True))
        self.run_on("2026-03-16")
        self.env.invalidate_all()
        self.assertEqual((self.move.is_promised, self.move.is_promise_broken), (False, True))
        self.pay(self.move)
        self.env.invalidate_all()
        self.assertEqual((self.move.handling_role, self.move.is_promise_broken), ("won", False))


@tagged("post_install", "-at_install")
class TestPlans(PromiseCase):
    def setUp(self):
        super().setUp()
        self.move = self.invoice(due="2026-03-02")

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
        self.assertTrue(self.preview(self.move).rises)

    def test_a_customer_with_the_lawyer_stays_there(self):
        self.customer.collection_state = "lawyer"
        self.plan(self.move).action_cancel()
        self.assertEqual(self.customer.collection_state, "lawyer")

    def test_bad_plans(self):
        user = self.env(user=self.collector)
        agreed = self.customer.with_env(user)._dunning_plan_defaults()
        for values, sentence in (
            ({"number": 1}, "at least two instalments"),
            ({"number": 7}, "at most 6 instalments"),
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
        move, later = self.invoice(due="2026-03-02"), self.invoice(due="2026-04-30", amount=7.0)
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
        move, second = self.invoice(due="2026-03-02"), self.invoice(due="2026-03-03", amount=40.0)
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
        self.invoice(due="2026-03-02", amount=10.0)
        self.invoice(due="2026-03-02", currency_id=euro.id, amount=500.0)
        values = self.customer._dunning_promise_defaults()
        self.assertEqual((values["currency_id"], values["amount"]), (euro.id, 500.0))

    def test_bad_promises(self):
        move, paid = self.invoice(due="2026-03-02"), self.invoice(due="2026-03-02")
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
