"""Write-offs and settlements in the books."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY
from .test_write_off import WriteOffCase


@tagged("post_install", "-at_install")
class TestBooking(WriteOffCase):
    def test_written_off(self):
        move = self.invoice()
        proposal = self.write_off(move)
        self.assertEqual((proposal.state, move.amount_residual, move.handling_role), ("done", 0, "lost"))
        self.assertEqual(move.closure_note, "Gone")
        lines = {line.account_id: (line.debit, line.credit) for line in proposal.move_id.line_ids}
        self.assertEqual(lines, {self.bad_debt: (100, 0), self.items(move).account_id: (0, 100)})
        self.assertEqual(proposal.move_id.date, fields.Date.to_date(TODAY))

    def test_posted_where_accountants_post(self):
        move = self.invoice()
        proposal = self.propose(move, login="manager")
        proposal.action_approve()
        self.assertEqual(move.handling_role, "new")
        proposal.move_id.with_user(self.people["manager"]).action_post()
        self.assertEqual((proposal.state, move.handling_role), ("done", "lost"))

    def test_a_part_oldest_first(self):
        old, new = self.invoices([{"due": "2026-02-01"}, {"due": "2026-03-01"}])
        proposal = self.write_off(old | new, amount=130)
        self.assertEqual((old.amount_residual, new.amount_residual), (0, 70))
        self.assertEqual((old.handling_role, new.handling_role), ("lost", "new"))
        self.assertEqual(proposal.amount_open, 70)

    def test_paid_after_a_part_was_written_off(self):
        move = self.invoice()
        self.write_off(move, amount=30)
        self.pay(move)
        self.assertEqual(move.handling_role, "won")

    def test_the_rest_after_a_payment(self):
        move = self.invoice()
        self.pay(move, 60)
        self.write_off(move)
        self.assertEqual(move.handling_role, "lost")

    def test_an_instalment(self):
        move = self.invoice(invoice_payment_term_id=self.half_later().id)
        proposal = self.propose(move, login="manager", move_line_ids=[Command.set(self.items(move)[0].ids)])
        self.assertEqual(proposal.amount, 50)
        proposal.action_approve()
        proposal.action_post()
        self.assertEqual((self.items(move).mapped("amount_residual"), move.handling_role), ([0, 50], "new"))

    def test_in_foreign_currency_at_the_rate_of_the_books(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TTT",
                "symbol": "T",
                "rate_ids": [
                    Command.create({"name": "2026-01-01", "rate": 10.0}),
                    Command.create({"name": "2026-03-01", "rate": 5.0}),
                ],
            }
        )
        move = self.invoice(amount=1000, currency_id=currency.id)
        proposal = self.write_off(move, amount=1000)
        loss = proposal.move_id.line_ids.filtered(lambda line: line.account_id == self.bad_debt)
        self.assertEqual((loss.amount_currency, loss.balance), (1000, 100))
        self.assertEqual((move.amount_residual, move.handling_role), (0, "lost"))

    def test_credit_note_takes_back_the_taxes(self):
        tax = self.env["account.tax"].create({"name": "17 %", "amount": 17})
        line = Command.create({"name": "Thing", "quantity": 3, "price_unit": 33.33, "tax_ids": [Command.set(tax.ids)]})
        for amount in (116.99, 50.0):
            with self.subTest(amount=amount):
                move = self.invoice(invoice_line_ids=[line])
                proposal = self.write_off(move, document="credit_note", amount=amount)
                note = proposal.move_id
                self.assertEqual((note.move_type, note.amount_total), ("out_refund", amount))
                self.assertAlmostEqual(note.amount_tax, amount * 17 / 117, delta=0.02)
                self.assertAlmostEqual(move.amount_residual, move.amount_total - amount)
                self.assertEqual(move.handling_role, "new" if move.amount_residual else "lost")

    def test_not_into_a_locked_period(self):
        for lock in ("fiscalyear_lock_date", "hard_lock_date"):
            with self.subTest(lock=lock):
                move = self.invoice()
                self.env.company[lock] = "2026-03-31"
                proposal = self.propose(move, login="manager")
                proposal.action_approve()
                self.assertEqual(proposal.move_id.date, fields.Date.to_date("2026-04-01"))

    def test_another_amount_is_not_posted(self):
        proposal = self.propose(self.invoice(amount=600), login="collector")
        for login in ("manager", "second"):
            proposal.with_user(self.people[login]).action_approve()
        entry = proposal.move_id
        entry.line_ids = [
            Command.update(line.id, {"debit": line.debit and 500, "credit": line.credit and 500})
            for line in entry.line_ids
        ]
        with self.assertRaisesRegex(UserError, "what was approved any more"):
            entry.action_post()

    def test_undone_and_posted_again(self):
        move = self.invoice()
        proposal = self.write_off(move)
        proposal.move_id.button_draft()
        self.assertEqual((proposal.state, move.handling_role, move.closure_date), ("approved", "new", False))
        proposal.action_post()
        self.assertEqual((proposal.state, move.handling_role), ("done", "lost"))

    def test_its_entry_taken_off_the_items(self):
        move = self.invoice()
        proposal = self.write_off(move)
        self.items(move).remove_move_reconcile()
        self.assertEqual((proposal.state, proposal.move_state, move.handling_role), ("approved", "posted", "new"))
        proposal.action_post()
        self.assertEqual((proposal.state, move.handling_role), ("done", "lost"))
        self.items(move).remove_move_reconcile()
        (self.items(move) | proposal.sudo()._counterparts()).reconcile()
        self.assertEqual((proposal.state, move.handling_role), ("done", "lost"))

    def test_the_entry_is_deleted_or_cancelled(self):
        for gone in ("unlink", "button_cancel"):
            with self.subTest(gone=gone):
                proposal = self.propose(self.invoice(), login="manager")
                proposal.action_approve()
                getattr(proposal.move_id, gone)()
                self.assertEqual(proposal.state, "refused")

    def test_paid_meanwhile(self):
        for paid, sentence in ((40, "is open, less than"), (100, "It was paid")):
            with self.subTest(paid=paid):
                move = self.invoice()
                proposal = self.propose(move, login="manager")
                proposal.action_approve()
                entry = proposal.move_id
                self.pay(move, paid)
                self.assertEqual((proposal.state, entry.exists().ids), ("refused", []))
                self.assertIn(sentence, proposal.refusal_reason)
        proposal = self.propose(self.invoice(), amount=30)
        self.pay(proposal.move_line_ids.move_id, 40)
        self.assertEqual(proposal.state, "proposed")


@tagged("post_install", "-at_install")
class TestSettlement(WriteOffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice()
        cls.proposal = cls.given.propose(cls.move, login="manager", kind="settlement", amount=40, date="2026-03-20")
        cls.proposal.action_approve()

    def test_the_customer_pays_its_part_first(self):
        self.assertEqual((self.proposal.state, self.proposal.move_id.ids), ("approved", []))
        promise = self.proposal.promise_id
        self.assertEqual((promise.amount, str(promise.date), promise.state), (60, "2026-03-20", "open"))
        self.assertEqual(self.code(self.move), "promised")
        with self.assertRaisesRegex(UserError, "has paid what was agreed"):
            self.proposal.action_post()
        self.pay(self.move, 30)
        self.assertEqual((self.proposal.amount_to_pay, self.proposal.activity_ids.ids), (30, []))
        self.pay(self.move, 30)
        self.assertEqual(self.proposal.activity_ids.user_id, self.people["manager"])
        self.assertEqual(self.move.handling_role, "in_progress")
        self.proposal.action_post()
        self.assertEqual((self.proposal.state, self.move.amount_residual), ("done", 0))
        self.assertEqual(self.move.handling_role, "lost")
        self.assertFalse(self.proposal.activity_ids)

    def test_more_was_paid_than_agreed(self):
        self.pay(self.move, 75)
        self.proposal.action_post()
        self.assertEqual((self.proposal.amount, self.move.amount_residual), (25, 0))

    def test_all_was_paid(self):
        self.pay(self.move)
        self.assertEqual((self.proposal.state, self.move.handling_role), ("refused", "won"))

    def test_not_paid_in_time(self):
        for day, state in (("2026-03-23", "approved"), ("2026-03-24", "refused")):
            with self.subTest(day=day):
                self.nightly(day)
                self.assertEqual(self.proposal.state, state)
        self.assertEqual(self.proposal.promise_id.state, "cancelled")
        self.assertEqual(self.proposal.activity_ids.user_id, self.people["manager"])

    def test_what_others_planned_on_a_proposal_stays(self):
        theirs = self.proposal.activity_schedule("mail.mail_activity_data_todo", TODAY, "By a rule of the company")
        self.proposal.action_refuse()
        self.assertEqual(self.proposal.activity_ids, theirs)
