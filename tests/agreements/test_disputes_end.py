"""How disputes end: the outcome, the credit note, what the customer is told; how long they were open."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_disputes import DisputeCase


@tagged("post_install", "-at_install")
class TestEnd(DisputeCase):
    def test_outcomes(self):
        for action, granted, expected in (
            ("action_justified", 0, ("justified", 100.0)),
            ("action_partly", 40.0, ("partly", 40.0)),
            ("action_not_justified", 40.0, ("not_justified", 0.0)),
            ("action_resolve", 0, (False, 0.0)),
        ):
            savepoint = self.env.cr.savepoint()
            with self.subTest(action):
                dispute = self.dispute(self.move).with_context(l2c_today="2026-03-22")
                dispute.granted_amount = granted
                getattr(dispute, action)()
                self.assertEqual((dispute.outcome, dispute.granted_amount), expected)
                self.assertEqual(
                    (dispute.state, dispute.days_open, str(dispute.closed_date)), ("resolved", 12, "2026-03-22")
                )
                self.assertEqual(self.items(self.move).disputed_left, 0.0)
                dispute.action_reopen()
                self.assertEqual((dispute.outcome, dispute.days_open, dispute.closed_date), (False, 0, False))
                self.assertEqual(self.items(self.move).disputed_left, 100.0)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_what_came_of_it_stands(self):
        collector = self.user("ending_collector", "lead_to_cash.group_collections_user")
        dispute = self.dispute(self.move).with_user(collector)
        dispute.action_justified()
        for values in ({"granted_amount": -50.0}, {"amount": 500000.0}, {"move_line_ids": [(5,)]}):
            with self.assertRaisesRegex(UserError, "Reopen it first"):
                dispute.write(values)
        dispute.closing_note = "Broken on the way."
        dispute.action_reopen()
        dispute.amount = 50.0
        self.assertEqual((dispute.state, dispute.amount, dispute.is_partial), ("open", 50.0, True))

    def test_no_part_of_it(self):
        dispute = self.dispute(self.move)
        for amount in (0, -1, 100.0, 200.0):
            dispute.granted_amount = amount
            with self.assertRaisesRegex(UserError, "Enter the amount granted"):
                dispute.action_partly()

    def test_days_open(self):
        price, other = (self.env.ref(f"lead_to_cash.dispute_reason_{name}") for name in ("price", "other"))
        self.dispute(self.move, reason_id=price.id)
        closed = self.dispute(self.invoice(due="2026-03-02"))
        closed.with_context(l2c_today="2026-03-14").action_justified()
        report = self.env["dunning.dispute.report"].with_context(l2c_today="2026-03-20")
        mine = [("partner_id", "=", self.customer.id)]
        rows = dict(report._read_group(mine, ["reason_id"], ["days_open:avg"]))
        self.assertEqual(rows, {price: 10, other: 4})
        action = report.search([*mine, ("reason_id", "=", price.id)]).action_open()
        self.assertEqual(action["res_id"], report.search([*mine, ("reason_id", "=", price.id)]).dispute_id.id)

    def test_a_credit_note(self):
        dispute = self.dispute(self.move, amount=30.0)
        action = dispute.action_credit_note()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"])).save()
        wizard.refund_moves()
        note = dispute.credit_note_ids
        self.assertEqual((note.reversed_entry_id, note.state, dispute.is_credited), (self.move, "draft", False))
        self.assertEqual(note.amount_total, 30.0, "only that is proposed")
        note.action_post()
        self.assertTrue(dispute.is_credited)
        self.assertEqual((dispute.state, dispute.credit_note_count), ("open", 1))
        self.assertEqual(dispute.action_credit_notes()["domain"], [("dispute_id", "=", dispute.id)])

    def test_a_credit_note_for_what(self):
        two = self.dispute(self.move | self.invoice(due="2026-03-02"))
        with self.assertRaisesRegex(UserError, "for one posted invoice"):
            two.action_credit_note()

    def test_what_was_credited_may_be_justified(self):
        dispute = self.dispute(self.move)
        self.credit(self.move, 100.0)
        self.assertEqual((dispute.state, dispute.is_settled, dispute.outcome), ("resolved", True, False))
        self.assertTrue(dispute.is_credited)
        dispute.action_justified()
        self.assertEqual(dispute.outcome, "justified")

    def test_the_customer_is_told(self):
        dispute = self.dispute(self.move, note="Broken glass")
        with self.assertRaisesRegex(UserError, "Resolve the dispute first"):
            dispute.action_tell_customer()
        dispute.write({"granted_amount": 40.0, "closing_note": "Two of five were broken."})
        dispute.action_partly()
        action = dispute.action_tell_customer()
        composer = Form(self.env["mail.compose.message"].with_context(**action["context"])).save()
        composer._action_send_mail()
        message = dispute.message_ids.filtered(lambda message: message.message_type == "comment")
        self.assertEqual(message.partner_ids, self.customer)
        for text in (self.move.name, "40.00", "Two of five were broken."):
            self.assertIn(text, message.body)

    def test_the_invoice_says_so_at_once(self):
        self.assertEqual((self.move.dispute_count, self.move.dispute_text), (0, ""))
        dispute = self.dispute(self.move, amount=30.0)
        self.assertEqual(self.move.dispute_count, 1)
        for text in ("30.00", "Broken glass", self.collector.name):
            self.assertIn(text, self.move.dispute_text)
        self.assertEqual(self.move.action_disputes()["domain"], [("move_line_ids.move_id", "in", self.move.ids)])
        dispute.action_justified()
        self.assertEqual((self.move.dispute_count, self.move.dispute_text, self.move.is_disputed), (1, "", False))

    def test_readers_end_nothing(self):
        dispute = self.dispute(self.move).with_user(self.user("reader", "account.group_account_readonly"))
        for action in ("justified", "partly", "not_justified", "credit_note", "tell_customer"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(dispute, f"action_{action}")()
        self.assertEqual(dispute.state, "open")
        self.assertEqual(str(dispute.opened_date), TODAY)
