"""Customers whom nobody has spoken to for long are lines of the call list, until somebody has."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_call_list import CallListCase

#: Ninety days after the invoice.
DUE = "2026-05-02"


@tagged("post_install", "-at_install")
class TestKeepInTouch(CallListCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.user_id = cls.seller
        cls.given.invoice(amount=500)

    def touched(self, day=DUE, user=None):
        return self.lines(user or self.seller, [("kind", "=", "touch")], l2c_today=day)

    def nightly_and_touched(self, day=DUE):
        self.nightly(day)
        return self.touched(day)

    def test_after_ninety_days_the_biggest_first(self):
        bigger = self.customer.copy({"user_id": self.seller.id})
        self.invoice(partner_id=bigger.id, amount=900)
        self.assertFalse(self.nightly_and_touched("2026-05-01"))
        lines = self.nightly_and_touched()
        self.assertEqual(lines.partner_id.ids, [bigger.id, self.customer.id])
        self.assertEqual(lines[1].amount, 500)
        self.assertIn("Nobody has spoken to them since 02/01/2026; $\xa0500 in twelve months", lines[1].reason)
        follow_up = self.called("due", "in_progress", DUE)
        self.assertEqual(self.lines(self.seller, l2c_today=DUE)[0].res_id, follow_up.id)

    def test_an_amount_with_cents_shows_both(self):
        self.invoice(amount=12000.5)
        [line] = self.nightly_and_touched()
        self.assertIn("$\xa012,500.50 in twelve months", line.reason)

    def test_the_page_and_the_call_screen(self):
        line = self.nightly_and_touched()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.call_list_line_action")
        self.assertIn("keep.in.touch", action["domain"])
        self.order()
        for view in ("list", "kanban", "form"):
            names = line.get_views([(False, view)])["models"]["call.list.line"]["fields"]
            line.web_read({name: {} for name in names})
        self.assertEqual(line.email, self.customer.email)
        self.assertTrue(line.order_ids or not self.seller.has_group("sales_team.group_sale_salesman_all_leads"))
        started = self.env["call.list.line"].with_user(self.seller).with_context(l2c_today=DUE).action_start()
        self.assertEqual(started["res_id"], line.id)
        self.assertEqual(line.claimed_by_id, self.seller)
        self.assertEqual(line.action_document()["res_model"], "res.partner")

    def test_who_was_spoken_to_waits_as_long_again(self):
        for button in ("action_reached", "action_not_interested"):
            line = self.nightly_and_touched()
            self.assertTrue(getattr(line.with_context(l2c_note="Fine"), button)())
            attempt = self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)], limit=1)
            self.assertEqual((attempt.res_model, attempt.user_id, attempt.note), ("res.partner", self.seller, "Fine"))
            self.assertFalse(self.touched())
            self.assertFalse(self.nightly_and_touched("2026-07-30"))
            self.assertTrue(self.nightly_and_touched("2026-07-31"))
            attempt.sudo().unlink()
            self.env["keep.in.touch"].search([]).unlink()

    def test_who_does_not_answer_is_tried_four_times(self):
        days = ("2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07")
        for day in days:
            line = self.nightly_and_touched(day)
            self.assertTrue(line, day)
            line.action_no_answer()
            self.assertFalse(self.touched(day))
        self.assertFalse(self.nightly_and_touched("2026-05-08"))
        self.assertTrue(self.nightly_and_touched("2026-08-05"))

    def dialog(self, line, **values):
        """What asks when they want to be called, as the salesperson answers it."""
        action = line.action_call_back()
        model = self.env[action["res_model"]].with_user(self.seller)
        return model.with_context(**action["context"], l2c_today=line.env.context["l2c_today"]).create(values)

    def test_who_asks_for_another_call_is_called_on_the_next_working_day(self):
        self.seller.tz = "UTC"
        dialog = self.dialog(self.nightly_and_touched())
        self.assertEqual(str(dialog.callback_at), "2026-05-04 10:00:00")
        dialog.action_log()
        self.assertFalse(self.nightly_and_touched())
        self.assertFalse(self.nightly_and_touched("2026-05-03"))
        self.assertTrue(self.nightly_and_touched("2026-05-04"))

    def test_they_say_on_which_day_and_at_which_time(self):
        self.seller.tz = "Asia/Jerusalem"
        dialog = self.dialog(self.nightly_and_touched(), callback_at="2026-05-05 22:30:00", note="In the evening")
        self.assertEqual(dialog.action_log()["tag"], "l2c_logged")
        attempt = self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((attempt.outcome, attempt.note, str(attempt.callback_at)), self.said("In the evening"))
        self.assertFalse(self.nightly_and_touched("2026-05-05 22:00:00"))
        self.assertTrue(self.nightly_and_touched("2026-05-05 22:31:00"), "half past one on the sixth, there")
        with self.assertRaisesRegex(UserError, "has passed"):
            self.dialog(self.touched("2026-05-06"), callback_at="2026-05-05 22:30:00").action_log()

    def said(self, note):
        return "callback", note, "2026-05-05 22:30:00"

    def test_many_at_once_are_called_on_the_next_working_day(self):
        self.nightly()
        touches = self.env["keep.in.touch"].search([]).with_user(self.seller).with_context(l2c_today=DUE)
        self.assertFalse(touches.browse().action_call_back().get("context"))
        other = self.customer.copy({"user_id": self.seller.id})
        self.invoice(partner_id=other.id, amount=900)
        self.nightly(DUE)
        touches = touches.search([])
        touches.action_call_back()
        self.assertEqual([str(day) for day in touches.mapped("due_date")], ["2026-05-04"] * 2)

    # Taking back --------------------------------------------------------------------------

    def row(self):
        self.env.flush_all()
        [values] = (
            self.env["keep.in.touch"]
            .search([])
            .read(["spoken_date", "planned_date", "callback_at", "tries", "due_date"])
        )
        return values

    def test_each_outcome_is_taken_back(self):
        for outcome in ("reached", "no_answer", "left_message", "not_interested", "wrong_number", "call_back"):
            with self.subTest(outcome):
                line, before = self.nightly_and_touched(), self.row()
                action = self.dialog(line).action_log() if outcome == "call_back" else self.press(line, outcome)
                self.assertNotEqual(self.row(), before)
                attempts = self.env["contact.attempt"].browse(action["params"]["attempt_ids"])
                attempts.with_user(self.seller).with_context(l2c_today=DUE).action_undo()
                self.assertEqual(self.row(), before)
                self.assertTrue(self.nightly_and_touched(), "after the nightly job, too")
                self.assertFalse(attempts.active)

    def press(self, line, outcome):
        return getattr(line, f"action_{outcome}")()

    def test_not_by_others_nor_later_nor_when_something_has_happened_since(self):
        line = self.nightly_and_touched()
        params = self.press(line, "no_answer")["params"]
        attempt = self.env["contact.attempt"].browse(params["attempt_ids"])
        leader = self.user("touch_leader", "sales_team.group_sale_manager")
        with self.assertRaisesRegex(UserError, "Only"):
            attempt.with_user(leader).with_context(l2c_today=DUE).action_undo()
        with self.assertRaisesRegex(UserError, "can't be taken back any more"):
            attempt.with_user(self.seller).with_context(l2c_today="2026-05-02 13:00:00").action_undo()
        lead = self.lead(partner_id=self.customer.id, user_id=self.seller.id).with_context(l2c_today=DUE)
        lead.action_log_attempt("reached")  # somebody else reached them about a lead
        after = self.row()
        with self.assertRaisesRegex(UserError, "has happened since"):
            attempt.with_user(self.seller).with_context(l2c_today=DUE).action_undo()
        self.assertEqual(self.row(), after)

    def test_two_clicks_are_one_try(self):
        line = self.nightly_and_touched()
        self.press(line, "no_answer")
        self.assertIn("a moment ago", self.press(line, "no_answer")["params"]["message"])
        attempts = self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((len(attempts), self.row()["tries"]), (1, 1))

    def test_who_is_being_called_by_somebody_else(self):
        leader = self.user("touch_leader", "sales_team.group_sale_manager")
        line = self.nightly_and_touched()
        line.with_user(leader).action_take()
        with self.assertRaisesRegex(UserError, "has taken"):
            self.press(line, "reached")
        self.assertFalse(self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)]))

    def test_it_is_no_call_about_invoices(self):
        move = self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        before = move.handling_status_id, move.attempt_count
        self.press(self.nightly_and_touched(), "reached")
        move.invalidate_recordset()
        self.assertEqual((move.handling_status_id, move.attempt_count), before)

    def test_a_conversation_about_a_lead_or_a_new_order_counts(self):
        lead = self.lead(partner_id=self.customer.id, user_id=self.seller.id).with_context(l2c_today="2026-04-01")
        lead.action_log_attempt("reached")
        lead.action_set_lost(lost_reason_id=self.env.ref("crm.lost_reason_1").id)
        self.assertFalse(self.nightly_and_touched())
        self.assertTrue(self.nightly_and_touched("2026-06-30"))
        self.order(date_order="2026-06-30 10:00:00").action_confirm()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET date_order = '2026-06-30' WHERE partner_id = %s", [self.customer.id])
        self.assertFalse(self.nightly_and_touched("2026-06-30"))

    def test_what_another_company_says_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.customer.with_company(other).with_context(allowed_company_ids=other.ids, l2c_today=DUE)
        elsewhere.action_log_attempt("reached")
        self.assertTrue(self.nightly_and_touched())
        elsewhere.action_log_attempt("reached")
        self.assertTrue(self.touched())

    def test_who_has_something_due_is_one_line(self):
        self.nightly_and_touched()
        lead = self.called("due", "in_progress", DUE, partner_id=self.customer.id)
        self.assertEqual(self.lines(self.seller, l2c_today=DUE).mapped("res_id"), [lead.id])

    def test_the_salesperson_now(self):
        other = self.user("other_seller", "sales_team.group_sale_salesman")
        self.nightly_and_touched()
        self.assertFalse(self.touched(user=other))
        self.customer.user_id = other
        self.assertFalse(self.touched())
        self.assertTrue(self.touched(user=other))
        touch = self.env["keep.in.touch"].search([])
        with self.assertRaises(AccessError):
            touch.with_user(self.seller).action_reached()
        with self.assertRaises(AccessError):
            touch.with_user(other).write({"due_date": fields.Date.to_date("2030-01-01")})

    def test_nobody_is_asked_where_it_is_off(self):
        self.assertTrue(self.nightly_and_touched())
        self.env.company.keep_in_touch_days = 0
        self.assertFalse(self.nightly_and_touched())
        with self.assertRaises(ValidationError):
            self.env.company.keep_in_touch_days = -1

    def test_collectors_do_not_see_it(self):
        collector = self.user("touch_collector", "account.group_account_invoice")
        self.nightly_and_touched()
        self.assertFalse(self.touched(user=collector))

    def test_the_first_page_comes_from_the_index(self):
        self.nightly_and_touched()
        model = self.env["call.list.line"].with_user(self.seller)
        query = model._search(
            [("res_model", "in", ["crm.lead", "sale.order", "keep.in.touch"])], limit=40, order="rank"
        )
        with self.env.cr.savepoint():
            self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            plan = "\n".join(row[0] for row in self._explained(query))
        self.assertIn("Merge Append", plan)
        self.assertIn("touch", plan)

    def _explained(self, query):
        statement = query.select()
        self.env.cr.execute("EXPLAIN " + statement.code, statement.params)
        return self.env.cr.fetchall()
