"""Cheques that aren't due yet, and payments that come back."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..agreements.test_promises import PromiseCase
from ..common import TODAY


@tagged("post_install", "-at_install")
class TestReturned(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

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
        return super().give_back(record.with_user(self.collector), **values)

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
        for entry, from_invoice, due in (  # each with each
            (False, False, "2026-03-05"),
            (False, True, "2026-04-15"),
            (True, False, "2026-04-15"),
            (True, True, "2026-03-05"),
        ):
            with self.undone(), self.subTest(entry=entry, from_invoice=from_invoice, due=due):
                self.check_return(entry, from_invoice, due)

    def check_return(self, entry, from_invoice, due):
        promise = self.promise(self.move)
        payment = self.cheque(due, entry)
        self.assertEqual(promise.state, "kept" if entry else "open")
        self.give_back(self.move if from_invoice else payment, date="2026-03-09")
        self.assertEqual((payment.state, self.move.payment_state), ("rejected", "not_paid"))
        self.assertEqual((self.move.amount_residual, str(self.move.payment_returned_date)), (100.0, "2026-03-09"))
        self.assertEqual((promise.state, str(promise.broken_date)), ("broken", TODAY))
        self.assertEqual(sorted(self.told().mapped("summary")), ["Broken promise", "Payment returned"])
        for record in (self.move, payment):
            told = f"Payment returned: {payment.display_name}. No funds"
            self.assertTrue(any(told in message.body for message in record.message_ids), record)
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


@tagged("post_install", "-at_install")
class TestNoReturns(PromiseCase):
    """Who corrects how a payment was booked is no bank that takes it back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.item = cls.given.items(cls.move)
        cls.kept = cls.given.promise(cls.move, 100.0)

    def nothing_came_back(self):
        self.env.invalidate_all()
        self.assertEqual((self.item.payment_returned_date, self.item.payment_return_open), (False, False))
        self.assertNotEqual(self.kept.state, "broken")
        self.assertFalse(self.told())

    def test_unmatching_and_matching_again(self):
        payment = self.pay(self.move)
        money = self.item.matched_credit_ids.credit_move_id
        self.item.remove_move_reconcile()
        self.nothing_came_back()
        self.assertEqual(self.kept.state, "open")
        (self.item | money).reconcile()
        self.nothing_came_back()
        self.assertEqual((self.kept.state, self.item.reconciled, payment.state), ("kept", True, "paid"))

    def test_cancelling_and_resetting_a_payment(self):
        for entry in (True, False):
            for button in ("action_cancel", "action_draft"):
                with self.subTest(button, entry=entry):
                    savepoint = self.env.cr.savepoint()
                    payment = self.pay(self.move) if entry else self.without_entry()
                    getattr(payment, button)()
                    self.nothing_came_back()
                    self.item.remove_move_reconcile()
                    self.nothing_came_back()
                    self.assertEqual(self.item.amount_residual, 100.0)
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def without_entry(self):
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "invoice_ids": self.move.ids}
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        return payment

    def test_rejected_by_the_host(self):
        """As if our dialog had said so, today; with an entry too, which the host leaves as it is."""
        for entry in (True, False):
            with self.subTest(entry=entry):
                savepoint = self.env.cr.savepoint()
                payment = self.pay(self.move) if entry else self.without_entry()
                payment.action_reject()
                self.env.invalidate_all()
                self.assertEqual((str(self.item.payment_returned_date), self.kept.state), (TODAY, "broken"))
                told = self.told()
                self.assertEqual(sorted(told.mapped("summary")), ["Broken promise", "Payment returned"])
                payment.action_reject()
                self.assertEqual(self.told(), told)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_only_what_it_paid(self):
        """Without an entry, of linked documents the oldest items up to the amount."""
        newer = self.invoice(due="2026-03-05")
        payment = self.without_entry()
        payment.invoice_ids |= newer
        payment.action_reject()
        self.assertEqual(str(self.item.payment_returned_date), TODAY)
        self.assertFalse(self.items(newer).payment_returned_date)

    def test_returned_twice(self):
        for day in ("2026-03-04", "2026-03-09"):
            self.give_back(self.pay(self.move), date=day)
            self.assertEqual((str(self.item.payment_returned_date), self.item.payment_return_open), (day, True))
            self.env["account.move.line"]._return_followed_up(self.customer)
        self.assertEqual(self.told().mapped("summary").count("Payment returned"), 2)


@tagged("post_install", "-at_install")
class TestBankReturns(PromiseCase):
    """Money that came by a line of the bank alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.item = cls.given.items(cls.move)
        cls.kept = cls.given.promise(cls.move, 100.0)
        cls.journal = cls.env["account.journal"].search([("type", "=", "bank")], limit=1)

    def bank(self, amount, day="2026-03-04", **values):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "date": day, "amount": amount, "payment_ref": "Bank", **values}
        )

    def received(self, amount=100.0):
        """Money on the bank, matched with the item as a bank reconciliation does."""
        line = self.bank(amount, partner_id=self.customer.id)
        counterpart = self.counterpart(line)
        (counterpart | self.item).reconcile()
        self.assertTrue(self.item.reconciled)
        return line

    def counterpart(self, line):
        """Its second journal item, on the customer's account."""
        suspense = line._seek_for_lines()[1]
        suspense.account_id = self.item.account_id
        return suspense

    def came_back(self, day="2026-03-09"):
        self.env.invalidate_all()
        self.assertEqual((self.item.reconciled, str(self.item.payment_returned_date)), (False, day))
        self.assertEqual((self.kept.state, self.item.payment_return_open), ("broken", True))
        self.assertEqual(sorted(self.told().mapped("summary")), ["Broken promise", "Payment returned"])
        self.assertEqual(self.code(self.move), "reminded")

    def test_by_the_dialog(self):
        """From the invoice, from the line of the bank, and from its entry."""
        for way in (lambda line: self.move, lambda line: line, lambda line: line.move_id):
            savepoint = self.env.cr.savepoint()
            line = self.received()
            self.assertEqual(self.kept.state, "kept")
            self.give_back(way(line).with_user(self.collector), date="2026-03-09")
            self.came_back()
            with self.assertRaisesRegex(UserError, "There is no payment to return"):
                line.action_payment_returned()
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_from_the_banks_money_out(self):
        """The dialog knows day and reason, and what has the same amount; what the bank took is matched."""
        for payment in (False, True):
            with self.subTest(payment=payment):
                savepoint = self.env.cr.savepoint()
                money = self.pay(self.move) if payment else self.received()
                if payment:
                    money.date = "2026-03-04"
                    counterpart = self.bank(100.0)._seek_for_lines()[1]
                    outstanding = money._seek_for_lines()[0]
                    counterpart.account_id = outstanding.account_id
                    (counterpart | outstanding).reconcile()
                out = self.bank(-100.0, "2026-03-09", partner_id=self.customer.id, payment_ref="R-transaction")
                action = out.action_payment_returned()
                wizard = Form(self.env["payment.return"].with_context(**action["context"]))
                self.assertEqual((str(wizard.date), wizard.reason), ("2026-03-09", "R-transaction"))
                self.assertEqual(wizard.payment_id or wizard.bank_line_id, money)
                wizard.save().action_return()
                self.came_back()
                self.assertTrue(out.is_reconciled)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_matched_back(self):
        """Unmatched from the invoice, and matched with the bank's money out: the bank says so."""
        line = self.received()
        self.item.remove_move_reconcile()
        self.assertFalse(self.item.payment_returned_date)
        out = self.bank(-100.0, "2026-03-09", partner_id=self.customer.id)
        (self.counterpart(out) | line._of_customers()).reconcile()
        self.came_back()

    def test_matched_back_with_a_payment(self):
        payment = self.pay(self.move)
        money = self.item.matched_credit_ids.credit_move_id
        self.item.remove_move_reconcile()
        out = self.bank(-100.0, "2026-03-09", partner_id=self.customer.id)
        (self.counterpart(out) | money).reconcile()
        self.came_back()
        self.assertTrue(payment)

    def test_money_out_for_something_else(self):
        """What was paid too much goes back; the invoice that was unmatched for a moment is paid."""
        line = self.received(130.0)
        money = line._of_customers()
        self.item.remove_move_reconcile()
        (self.item | money).reconcile()
        out = self.bank(-30.0, "2026-03-09", partner_id=self.customer.id)
        (self.counterpart(out) | money).reconcile()
        self.env.invalidate_all()
        self.assertEqual((self.item.reconciled, money.reconciled), (True, True))
        self.assertFalse(self.item.payment_returned_date)
        self.assertEqual(self.kept.state, "kept")

    def test_two_dialogs(self):
        """The second is refused; a dialog without a choice too."""
        line = self.received()
        context = line.action_payment_returned()["context"]
        wizards = self.env["payment.return"].with_context(**context).create([{"reason": "a"}, {"reason": "b"}])
        wizards[0].action_return()
        with self.assertRaisesRegex(UserError, "taken back already"):
            wizards[1].action_return()
        with self.assertRaisesRegex(UserError, "Choose what came back"):
            self.env["payment.return"].create({"reason": "c"}).action_return()
