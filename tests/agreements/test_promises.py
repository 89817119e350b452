"""Promises: how they are kept, broken and undone, and what follows."""

from odoo import fields
from odoo.tests import tagged

from ..common import TODAY, RunCase

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
        "undo_after_the_grace": "open",
        "undo_after_the_grace_until_the_night": "broken",
        "match_anew_after_the_grace": "kept",
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
        """What the collector has to look at: on documents, for a customer's own is for every employee."""
        activities = self.env["mail.activity"].search([("user_id", "=", self.collector.id)])
        self.assertNotIn("res.partner", activities.mapped("res_model"))
        return activities.filtered(lambda activity: activity.res_model == "account.move")


@tagged("post_install", "-at_install")
class TestPromiseStates(PromiseCase):
    def test_every_transition(self):
        move = self.invoice(due="2026-03-02")
        promise = self.promise(move)
        for state, events in TRANSITIONS.items():
            with self.undone():
                getattr(self, f"be_{state}")(move, promise)
                self.assertEqual(promise.state, state)
                for event, expected in events.items():
                    with self.undone(), self.subTest(state=state, event=event):
                        getattr(self, f"on_{event}")(move, promise)
                        self.env.invalidate_all()
                        self.assertEqual(promise.state, expected)
                        self.assertEqual(bool(promise.broken_date), expected == "broken")

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

    def on_undo_after_the_grace_until_the_night(self, move, promise):
        self.on_undo_after_the_grace(move, promise)
        self.run_on("2026-03-16")

    def on_match_anew_after_the_grace(self, move, promise):
        paid = self.items(move).matched_credit_ids.credit_move_id
        self.on_undo_after_the_grace(move, promise)
        (self.items(move) | paid).with_context(l2c_today="2026-03-16").reconcile()

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
        move, other = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02"}])
        self.promise(other)
        with self.assertQueryCount(1):
            self.env["l2c.money"]._naming(self.items(move))


@tagged("post_install", "-at_install")
class TestBrokenPromises(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-09", invoice_user_id=cls.env.uid)

    def send_first(self):
        self.run_on("2026-03-13")
        self.notices(self.move).with_context(l2c_today="2026-03-13").mail_ids.write({"state": "sent"})

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
        self.assertEqual((preview.code, preview.level_id.name, preview.escalates), ("reminded", "First", True))
        self.run_on("2026-03-16")
        self.assertEqual(self.code(self.move, "2026-03-20"), "reminded")
        self.assertFalse(self.preview(self.move, "2026-03-20").escalates)

    def test_before_the_due_date_nothing_comes_early(self):
        move = self.invoice(due="2026-04-20")
        self.promise(move, date="2026-03-10")
        self.assertFalse(self.preview(move, "2026-03-20").escalates)
        self.assertTrue(self.preview(move, "2026-04-21").escalates)

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
        self.assertEqual(told.summary, "Broken promise")
        self.assertEqual(self.env["account.move"].browse(told.res_id).commercial_partner_id, self.customer)
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
