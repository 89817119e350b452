"""A wrong outcome of the desk is taken back: what the customer owes, and what is planned, is as it was."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_after_the_call import AfterCase

LATER = "2026-03-10 12:11:00"


@tagged("post_install", "-at_install")
class TestUndo(AfterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.run_on(TODAY)
        cls.given.customers()._plan_step(lambda document: "Call them", TODAY, "call")
        cls.broken = cls.given.promise(cls.second, amount=40.0, date=TODAY)
        cls.broken._break(cls.move.invoice_date)
        cls.notice = cls.given.notices(cls.move)
        cls.notice.needs_answer = True
        cls.given.give_back(cls.given.pay(cls.given.invoice(due="2026-03-03", amount=7.0)))
        cls.env.flush_all()

    def state(self):
        """All that a call may change."""
        self.env.flush_all()
        self.env.invalidate_all()
        moves = self.env["account.move"].search([("commercial_partner_id", "=", self.customer.id)], order="id")
        names = ("handling_status_id", "handling_role", "first_contact_date", "last_contact_date", "attempt_count")
        activities = self.env["mail.activity"].search([("res_model", "in", ("account.move", "dunning.notice"))])
        return (
            [tuple(str(move[name]) for name in names) for move in moves],
            sorted((row.summary or "", str(row.date_deadline), row.res_model) for row in activities),
            self.notice.needs_answer,
            self.broken.is_followed_up,
            moves.line_ids.mapped("payment_return_open"),
            (
                self.customer.dunning_hold_until,
                self.customer.dunning_hold_reason,
                self.customer.collection_state or "normal",
            ),
            self.env["dunning.promise"].search_count([("state", "=", "open")]),
            self.env["account.letter"].search_count([("kind", "=", "plan")]),
        )

    def press(self, outcome):
        """The button of the card, its dialog, and what the browser does then."""
        line = self.line().with_context(l2c_open_next=1)
        result = getattr(line, f"action_{outcome}")()
        if result.get("res_model"):
            model = self.env[result["res_model"]].with_user(self.collector).with_context(**result["context"])
            record = Form(model).save()
            result = record.action_next() if hasattr(record, "action_next") else record.action_log()
        return result["params"]

    def undo(self, params, user=None):
        return self.env["contact.attempt"].with_user(user or self.collector).browse(params["attempt_ids"]).action_undo()

    def test_every_outcome(self):
        for outcome in (
            *("no_answer", "left_message", "reached", "call_back", "says_paid", "hardship", "refused"),
            *("promise", "plan"),
        ):
            with self.subTest(outcome):
                savepoint = self.env.cr.savepoint()
                before = self.state()
                params = self.press(outcome)
                after = self.state()
                self.assertNotEqual(after, before)
                self.assertFalse(after[2], "the answer is off the desk")
                self.assertEqual(len(params["attempt_ids"]), 1)
                self.undo(params)
                self.assertEqual(self.state(), before)
                self.assertTrue(self.line(), "it is on the desk again")
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_what_was_agreed_by_the_click_is_called_off(self):
        params = self.press("plan")
        plan = self.env["dunning.plan"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((plan.state, len(self.letters(plan))), ("open", 1))
        self.cron(("account.letter", "_cron_write"), TODAY)
        mail = self.letters(plan).mail_id
        self.assertEqual(mail.state, "outgoing")
        self.undo(params)
        self.assertEqual(
            (plan.state, self.letters(plan), mail.exists()), ("cancelled", self.letters(plan).browse(), mail.browse())
        )

    def test_who_and_when(self):
        colleague = self.user("undo_colleague", "lead_to_cash.group_collections_user")
        params = self.press("no_answer")
        with self.assertRaisesRegex(UserError, "Only collector|Only "):
            self.undo(params, colleague)
        attempts = self.env["contact.attempt"].with_user(self.collector).browse(params["attempt_ids"])
        with self.assertRaisesRegex(UserError, "can't be taken back any more"):
            attempts.with_context(l2c_today=LATER).action_undo()
        self.undo(params)
        with self.assertRaisesRegex(UserError, "taken back already"):
            self.undo(params)

    def test_only_the_last_one(self):
        first = self.press("no_answer")
        self.customers().action_log_attempt("reached")
        with self.assertRaisesRegex(UserError, "Only the last try"):
            self.undo(first)

    def test_nothing_of_another_customer_or_company(self):
        other = self.env["res.partner"].create({"name": "Other", "collector_id": self.collector.id})
        move = self.invoice(partner_id=other.id)
        other.with_user(self.collector).action_log_attempt("no_answer")
        theirs = (move.attempt_count, other.with_user(self.collector)._planned_values())
        self.undo(self.press("says_paid"))
        self.env.invalidate_all()
        self.assertEqual((move.attempt_count, other.with_user(self.collector)._planned_values()), theirs)

    def test_a_status_that_changed_since(self):
        params = self.press("no_answer")
        self.move.handling_status_id = self.status("account.move", "in_progress")
        with self.assertRaisesRegex(UserError, "status has changed since"):
            self.undo(params)
