"""Cheques that aren't due yet, and payments that come back."""

from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..agreements.test_promises import PromiseCase
from ..common import TODAY


@tagged("post_install", "-at_install")
class TestReturned(PromiseCase):
    def setUp(self):
        super().setUp()
        self.move = self.invoice(due="2026-03-02")

    def cheque(self, date="2026-04-15", entry=False, **values):
        """A payment that the customer has given, due later."""
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": date, "invoice_ids": self.move.ids, **values}
        )
        if not entry:
            payment.outstanding_account_id = False
        payment.action_post()
        if entry:
            lines = (payment.move_id | self.move).line_ids
            lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        return payment

    def give_back(self, record, **values):
        action = record.action_payment_returned()
        wizard = self.env["payment.return"].with_user(self.collector).with_context(**action["context"])
        wizard.create({"reason": "No funds", **values}).action_return()
        self.env.invalidate_all()

    def test_paid_by_cheque(self):
        self.assertEqual((self.move.cheque_due_date, self.customer.cheque_due_date), (False, False))
        for entry in (False, True):
            with self.subTest(entry=entry):
                savepoint = self.env.cr.savepoint()
                self.cheque("2026-04-15", entry)
                self.env.invalidate_all()
                self.assertEqual(str(self.move.cheque_due_date), "2026-04-15")
                self.assertEqual(str(self.customer.cheque_due_date), "2026-04-15")
                self.assertFalse(self.move.with_context(l2c_today="2026-04-15").cheque_due_date)
                self.assertFalse(self.customer.with_context(l2c_today="2026-04-15").cheque_due_date)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_the_decision_names_the_cheque(self):
        self.cheque()
        item = self.preview(self.move)
        self.assertEqual((item.code, item.sentence), ("in_flight", "Paid by cheque due on 04/15/2026."))

    def test_a_cheque_comes_back(self):
        """With an entry of its own and without; from the payment and from the invoice; due, and
        not due yet."""
        for entry, from_invoice, due in product((False, True), (False, True), ("2026-03-05", "2026-04-15")):
            savepoint = self.env.cr.savepoint()
            with self.subTest(entry=entry, from_invoice=from_invoice, due=due):
                self.check_return(entry, from_invoice, due)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def check_return(self, entry, from_invoice, due):
        promise = self.promise(self.move)
        payment = self.cheque(due, entry)
        self.assertEqual(promise.state, "kept" if entry else "open")
        self.give_back(self.move if from_invoice else payment, date="2026-03-09")
        self.assertEqual((payment.state, self.move.payment_state), ("rejected", "not_paid"))
        self.assertEqual((self.move.amount_residual, str(self.move.payment_returned_date)), (100.0, "2026-03-09"))
        self.assertEqual((promise.state, str(promise.broken_date)), ("broken", TODAY))
        self.assertEqual(sorted(self.told().mapped("summary")), ["Broken promise", "Payment returned"])
        self.assertIn("No funds", self.move.message_ids[0].body)
        self.assertFalse(self.move.cheque_due_date)
        self.assertTrue(self.preview(self.move).escalates)

    def test_the_entry_is_reversed_on_the_day(self):
        payment = self.cheque("2026-03-05", entry=True)
        self.give_back(payment, date="2026-03-09")
        opposite = payment.move_id.reversal_move_ids
        self.assertEqual((opposite.state, str(opposite.date)), ("posted", "2026-03-09"))
        lines = (payment.move_id | opposite).line_ids
        self.assertTrue(all(line.reconciled for line in lines.filtered("account_id.reconcile")))

    def test_what_the_bank_confirmed_stays_matched(self):
        payment = self.cheque("2026-03-05", entry=True)
        liquidity = payment.move_id.line_ids.filtered(lambda line: line.account_type != "asset_receivable")
        liquidity.account_id.reconcile = True
        bank = self.env["account.move"].create(
            {
                "date": "2026-03-06",
                "line_ids": [
                    (0, 0, {"account_id": liquidity.account_id.id, "credit": 100.0}),
                    (0, 0, {"account_id": payment.journal_id.default_account_id.id, "debit": 100.0}),
                ],
            }
        )
        bank.action_post()
        counterpart = bank.line_ids.filtered(lambda line: line.account_id == liquidity.account_id)
        (liquidity | counterpart).reconcile()
        self.give_back(payment)
        self.assertEqual((liquidity.reconciled, self.move.amount_residual), (True, 100.0))
        self.assertEqual((self.code(self.move), payment.state), ("reminded", "rejected"))

    def test_one_of_two_payments(self):
        first, second = self.pay(self.move, 30.0), self.pay(self.move, 70.0)
        action = self.move.action_payment_returned()
        wizard = Form(self.env["payment.return"].with_context(**action["context"]))
        wizard.payment_id = first
        wizard.reason = "Account closed"
        wizard.save().action_return()
        self.assertEqual((self.move.amount_residual, self.move.payment_state), (30.0, "partial"))
        self.assertEqual((first.state, second.state == "rejected"), ("rejected", False))

    def test_bad_returns(self):
        with self.assertRaisesRegex(UserError, "There is no payment to return"):
            self.move.action_payment_returned()
        payment = self.cheque("2026-03-05", entry=True)
        with self.assertRaisesRegex(UserError, "on a future date"), self.env.cr.savepoint():
            self.give_back(payment, date="2026-03-11")
        self.assertEqual((payment.state == "rejected", self.move.amount_residual), (False, 0.0))
        action = payment.action_payment_returned()
        wizards = (
            self.env["payment.return"].with_context(**action["context"]).create([{"reason": "a"}, {"reason": "b"}])
        )
        wizards[0].action_return()
        with self.assertRaisesRegex(UserError, "taken back already"):
            wizards[1].action_return()
        with self.assertRaises(AccessError):
            wizards.with_user(self.user("invoicing", "account.group_account_invoice")).read(["reason"])
