"""The credit note of a discount, while payments, entries and rates are pulled about: what the books say stays right."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY
from .test_discount_note import DiscountNoteCase


@tagged("post_install", "-at_install")
class TestDiscountNoteAttacked(DiscountNoteCase):
    def balances(self):
        """{account: what stands on it}, without what is empty"""
        about = [("parent_state", "=", "posted"), ("company_id", "=", self.env.company.id)]
        sums = self.env["account.move.line"]._read_group(about, ["account_id"], ["balance:sum"])
        return {account.code: round(balance, 2) for account, balance in sums if round(balance, 2)}

    def registered(self, moves, **values):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
        return wizard.create({"payment_date": TODAY, **values})._create_payments()

    def test_its_entry_goes_with_it_alone(self):
        move = self.taken()
        before = self.balances()
        note = self.note(move)
        note.action_post()
        for button in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, "goes with the credit note"), self.env.cr.savepoint():
                getattr(note.discount_entry_id, button)()
        self.assertEqual((note.discount_entry_id.state, self.balances()), ("posted", before))
        entry = note.discount_entry_id
        (note | entry).button_draft()
        self.assertEqual((note.state, entry.state, self.balances()), ("draft", "cancel", before))
        note.action_post()
        self.assertEqual(self.balances(), before)

    def test_the_payment_is_taken_back(self):
        move = self.sold()
        owed = self.balances()
        payment = self.registered(move)
        paid = self.balances()
        note = self.note(move)
        note.action_post()
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((move.amount_residual, note.amount_residual, self.balances()), (120, 0, owed))
        for _twice in range(2):
            self.job()
            [task] = note.activity_ids
            self.assertEqual((task.activity_type_id, task.user_id), (self.kind, self.accountant))
            self.assertIn("was taken back", task.note)
        self.registered(move)
        self.assertEqual((move.amount_residual, move.lacks_discount_note, self.balances()), (0, False, paid))

    def test_the_payment_is_taken_back_before_it_is_posted(self):
        move = self.sold()
        payment = self.registered(move)
        note = self.note(move)
        payment.action_draft()
        with self.assertRaisesRegex(UserError, "can't be of another amount"):
            note.action_post()

    def test_taxes_due_on_payment(self):
        company = self.env.company
        company.tax_exigibility = True
        account = {"name": "Transition", "code": "TRX", "account_type": "liability_current", "reconcile": True}
        journals = self.env["account.journal"].search([("type", "=", "general"), ("company_id", "=", company.id)])
        company.tax_cash_basis_journal_id = journals[0]
        transition = self.env["account.account"].create(account)
        self.tax.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id})
        move = self.taken()
        before = self.balances()
        note = self.note(move)
        note.action_post()
        self.assertEqual((note.amount_total, note.amount_residual, self.balances()), (2.4, 0, before))
        note.button_draft()
        self.assertEqual(self.balances(), before)

    def test_in_another_currency(self):
        """At the invoice's rate, as the payment has booked it."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        company = self.env.company
        for day, rate in (("2026-01-01", 0.5), (TODAY, 0.4)):
            euro.rate_ids = [Command.create({"name": day, "rate": rate, "company_id": company.id})]
        move = self.sold(currency_id=euro.id)
        self.registered(move, currency_id=euro.id)
        self.assertEqual((move.amount_residual, move.lacks_discount_note), (0, True))
        before = self.balances()
        note = self.note(move)
        note.action_post()
        self.assertEqual((note.currency_id, note.amount_untaxed, note.amount_tax), (euro, 2.0, 0.4))
        self.assertEqual((note.amount_residual, self.balances()), (0, before))

    def test_paid_together(self):
        """One payment for several documents has booked all their discounts: somebody is told what to do."""
        moves = self.sold() | self.sold()
        payment = self.registered(moves, group_payment=True)
        self.assertEqual((len(payment), moves.mapped("amount_residual")), (1, [0, 0]))
        self.job()
        self.assertEqual(moves.activity_ids.mapped("activity_type_id"), self.kind)
        self.assertEqual(len(moves.activity_ids), 2)
        self.assertIn("together with other documents", moves[0].activity_ids.note)
        self.job()
        self.assertEqual(len(moves.activity_ids), 2)
