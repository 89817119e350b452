"""One invoice isn't reminded of until a day, for a reason; the customer's others are."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase

DUE, UNTIL, AFTER = "2026-03-02", "2026-03-17", "2026-03-18"
WHY = "The crane comes on Tuesday"


@tagged("post_install", "-at_install")
class TestPausing(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.user("pause_collector", "lead_to_cash.group_collections_user")
        cls.invoicing = cls.user("pause_invoicing", "account.group_account_invoice")
        cls.move, cls.other = cls.given.invoices([{"due": DUE}, {"due": DUE, "amount": 50.0}])

    def dialog(self, action, **values):
        """The dialog that a button opened, filled in."""
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        with Form(wizard) as form:
            for name, value in values.items():
                form[name] = value
        return form.record

    def pause(self, move, until=UNTIL, reason=WHY):
        action = move.with_user(self.collector).action_pause()
        return self.dialog(action, date=until, reason=reason).action_do()

    def test_until_a_day_with_a_reason(self):
        result = self.pause(self.move)
        self.assertEqual(result["params"]["message"], "Invoices paused: 1.")
        item = self.preview(self.move)
        self.assertEqual((item.code, str(item.next_date)), ("paused", AFTER))
        self.assertEqual(item.sentence, f"Paused until 03/17/2026: {WHY}.")
        self.assertEqual((self.code(self.move, UNTIL), self.code(self.move, AFTER)), ("paused", "reminded"))
        self.assertEqual(self.code(self.other), "reminded")

    def test_the_run_says_why_and_names_the_others_alone(self):
        self.pause(self.move)
        self.run_on(TODAY)
        notice = self.notices(self.other)
        self.assertEqual((notice.line_ids.move_id, notice.amount_due), (self.other, 50.0))
        decision = self.current(self.move)
        self.assertEqual((decision.code, str(decision.next_date)), ("paused", AFTER))
        self.assertEqual(decision.sentence, f"Paused until 03/17/2026: {WHY}.")
        self.run_on("2026-03-17")
        self.assertEqual(self.current(self.move), decision)
        self.run_on(AFTER)
        self.assertEqual(self.current(self.move).code, "harder_open", "the other was reminded twice")

    def test_another_day_moves_the_decision(self):
        self.pause(self.move)
        self.run_on(TODAY)
        decision = self.current(self.move)
        self.pause(self.move, until="2026-03-19")
        self.run_on("2026-03-11")
        self.assertEqual((self.current(self.move), str(decision.next_date)), (decision, "2026-03-20"))

    def test_the_dialog_shows_the_pause_that_is(self):
        self.pause(self.move, until="2026-03-19")
        wizard = self.dialog(self.move.with_user(self.collector).action_pause())
        self.assertEqual((str(wizard.date), wizard.reason), ("2026-03-19", WHY))
        wizard = self.dialog((self.move | self.other).with_user(self.collector).action_pause(), reason="Both")
        self.assertNotEqual(str(wizard.date), "2026-03-19")

    def test_what_waits_follows_at_once(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.assertEqual(notice.amount_due, 150.0)
        self.pause(self.move)
        self.assertEqual((notice.state, notice.amount_due, notice.line_ids.move_id), ("queued", 50.0, self.other))
        self.pause(self.other)
        self.assertEqual(notice.state, "cancelled")

    def test_credit_is_not_set_against_it(self):
        self.pause(self.move)
        self.invoice(move_type="out_refund", amount=50.0)
        self.assertEqual((self.code(self.move), self.code(self.other)), ("paused", "covered_by_credit"))

    def test_remind_again(self):
        self.pause(self.move)
        self.move.with_user(self.collector).action_end_pause()
        self.assertFalse(self.move.dunning_paused_until or self.move.dunning_pause_reason)
        self.assertEqual(self.code(self.move), "reminded")
        self.pause(self.move | self.other)
        action = self.env["collection.action"].with_user(self.collector)._open(self.move | self.other, "pause")
        self.assertEqual(self.dialog(action).action_undo()["params"]["message"], "Reminded of again: 2.")
        self.assertEqual(self.code(self.other), "reminded")

    def test_hold_comes_first_and_a_reply_later(self):
        self.pause(self.move)
        self.customer.dunning_hold_until = "2026-03-12"
        self.assertEqual(self.code(self.move), "on_hold")
        self.run_on(TODAY)
        self.customer.dunning_hold_until = False
        self.run_on("2026-03-11")
        self.notices(self.other)._replied()
        self.assertEqual((self.code(self.move), self.code(self.other)), ("paused", "replied"))

    def test_from_where_items_are_shown(self):
        line = self.items(self.move).with_user(self.collector)
        row = self.preview(self.move).with_user(self.collector)
        self.run_on(TODAY)
        for way in (line.action_pause, row.action_pause):
            self.assertEqual(way()["context"]["default_res_ids"], self.move.ids)
        for records, model in ((self.notices(self.move), "dunning_notice"), (self.move, "account_move")):
            action = self.env.ref(f"lead_to_cash.{model}_action_pause").with_user(self.collector)
            action = action.with_context(active_model=records._name, active_ids=records.ids, active_id=records.id).run()
            self.dialog(action, date=UNTIL, reason=WHY).action_do()
            self.assertTrue(self.move.dunning_paused_until)
            self.move.action_end_pause()

    def test_who_did_it_and_why_is_kept(self):
        self.pause(self.move)
        self.move.with_user(self.collector).action_end_pause()
        rows = self.env["l2c.audit.log"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", self.move.id)], order="id"
        )
        days = rows.filtered(lambda row: row.field_name == "dunning_paused_until")
        self.assertEqual(days.mapped("new_value"), [UNTIL, ""])
        self.assertEqual((days.user_id, days[0].reason), (self.collector, WHY))

    def test_bad_input(self):
        action = self.move.with_user(self.collector).action_pause()
        for sentence, values in (
            ("can be paused until today or a later day", {"date": "2026-03-09", "reason": WHY}),
            ("Choose the day until which", {"date": False, "reason": WHY}),
            ("Say why nobody is reminded", {"date": UNTIL}),
            ("Say why nobody is reminded", {"date": UNTIL, "reason": "  "}),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, sentence):
                self.dialog(action, **values).action_do()
        self.assertFalse(self.move.dunning_paused_until)
        self.pause(self.move, until=TODAY)
        self.assertEqual(str(self.move.dunning_paused_until), TODAY, "today is no bad day")

    def test_what_is_paid_has_nothing_to_pause(self):
        self.pay(self.move)
        result = self.pause(self.move | self.other)
        self.assertEqual(result["params"]["message"], "Invoices paused: 1. Not: Nothing open (1).")
        self.assertFalse(self.move.dunning_paused_until)

    def test_who_may(self):
        move = self.move.with_user(self.invoicing)
        for button in (move.action_pause, move.action_end_pause):
            with self.assertRaisesRegex(AccessError, "Collections users do this"):
                button()
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.move.with_user(self.collector).dunning_paused_until = UNTIL

    def test_a_copy_is_not_paused(self):
        self.pause(self.move)
        self.assertFalse(self.move.copy().dunning_paused_until)
        self.assertFalse(self.move.is_manually_modified)
