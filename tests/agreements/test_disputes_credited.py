"""The credit note that is proposed for a dispute: of what is disputed, with the invoice's accounts and taxes."""

import random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_disputes import DisputeCase


@tagged("post_install", "-at_install")
class TestDisputesCredited(DisputeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": "17", "amount": 17, "type_tax_use": "sale", "company_id": cls.env.company.id},
                {
                    **{"name": "9 in", "amount": 9, "type_tax_use": "sale", "company_id": cls.env.company.id},
                    "price_include_override": "tax_included",
                },
            ]
        )
        cls.second = cls.move.invoice_line_ids.account_id.copy({"code": "409077"})

    def taxed(self):
        """An invoice with lines of two taxes, one in the price, without any, and with a discount."""
        move = self.invoice(post=False, due="2026-03-02")
        account = move.invoice_line_ids.account_id
        rows = [
            {"quantity": 3, "price_unit": 33.33, "tax_ids": self.taxes[0].ids, "account_id": account.id},
            {
                "quantity": 1,
                "price_unit": 19.99,
                "discount": 7.5,
                "tax_ids": self.taxes[1].ids,
                "account_id": account.id,
            },
            {"quantity": 7, "price_unit": 1.11, "tax_ids": [], "account_id": self.second.id},
        ]
        lines = [Command.create({"name": "Thing", **row, "tax_ids": [Command.set(row["tax_ids"])]}) for row in rows]
        move.invoice_line_ids = [Command.clear(), *lines]
        move.action_post()
        return move

    def form(self, dispute):
        action = dispute.action_credit_note()
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def credited(self, dispute):
        self.form(dispute).save().refund_moves()
        return dispute.credit_note_ids

    def test_in_proportion_to_the_cent(self):
        move, dice = self.taxed(), random.Random(5)
        taxed = {line.tax_ids: line.price_total for line in move.invoice_line_ids}
        self.assertEqual(len(taxed), 3)
        for amount in [0.03, move.amount_total - 0.01, *(dice.randrange(5, 14000) / 100 for _number in range(4))]:
            savepoint = self.env.cr.savepoint()
            note = self.credited(self.dispute(move, amount=amount))
            with self.subTest(amount=amount):
                self.assertEqual(note.state, "draft")
                self.assertAlmostEqual(note.amount_total, amount, places=2)
                self.assertLessEqual(set(note.invoice_line_ids.account_id), set(move.invoice_line_ids.account_id))
                for line in note.invoice_line_ids if amount > 5 else ():
                    part = taxed[line.tax_ids] / move.amount_total * amount
                    self.assertAlmostEqual(line.price_total, part, delta=0.03)
                total = move.amount_total
                note.action_post()
                self.assertAlmostEqual(move.amount_residual, total - amount, places=2)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_what_was_granted(self):
        dispute = self.dispute(self.taxed(), amount=50.0)
        dispute.granted_amount = 20.0
        dispute.action_partly()
        note = self.credited(dispute)
        self.assertAlmostEqual(note.amount_total, 20.0)
        self.assertIn("Broken glass", note.invoice_line_ids[0].name)
        self.assertEqual(note.reversed_entry_id, dispute.move_line_ids.move_id)

    def test_not_twice(self):
        """A second one is of what the first has left; of all of it there is none."""
        move = self.taxed()
        dispute = self.dispute(move, amount=30.0)
        first = self.credited(dispute)
        for state in ("draft", "posted"):
            with self.assertRaisesRegex(UserError, "credits all of it already"):
                dispute.action_credit_note()
            if state == "draft":
                first.action_post()
        first.button_draft()
        first.button_cancel()
        second = self.credited(dispute) - first
        self.assertAlmostEqual(second.amount_total, 30.0)
        second.invoice_line_ids[1:].unlink()
        third = self.credited(dispute) - first - second
        self.assertAlmostEqual(second.amount_total + third.amount_total, 30.0)

    def test_cash_rounding(self):
        """What is granted isn't rounded."""
        accounts = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        rounding = self.env["account.cash.rounding"].create(
            {
                **{"name": "0.05", "rounding": 0.05, "strategy": "add_invoice_line"},
                **{"profit_account_id": accounts.id, "loss_account_id": accounts.id},
            }
        )
        move = self.invoice(due="2026-03-02", amount=99.98, invoice_cash_rounding_id=rounding.id)
        self.assertAlmostEqual(move.amount_total, 100.0)
        note = self.credited(self.dispute(move, amount=33.33))
        self.assertAlmostEqual(note.amount_total, 33.33)

    def test_all_of_it(self):
        move = self.taxed()
        for dispute, whole in ((self.dispute(move), True), (self.dispute(self.taxed(), amount=10.0), False)):
            with self.form(dispute) as form:
                self.assertEqual(form.disputed_amount, 0 if whole else 10.0)
                if not whole:
                    form.credits_disputed = False
            form.record.refund_moves()
            self.assertEqual(dispute.credit_note_ids.amount_total, move.amount_total)
            self.assertEqual(len(dispute.credit_note_ids.invoice_line_ids), 3)

    def test_in_another_currency(self):
        currency = self.env["res.currency"].create({"name": "XLC", "symbol": "x", "rounding": 0.01})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2026-01-01", "rate": 3.0})
        move = self.invoice(due="2026-03-02", currency_id=currency.id, amount=100.0)
        note = self.credited(self.dispute(move, amount=33.33))
        self.assertEqual((note.currency_id, note.amount_total), (currency, 33.33))
        note.action_post()
        self.assertAlmostEqual(-note.amount_total_signed, 11.11)

    def test_another_s_credit_note_stays_whole(self):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.move.ids)
        wizard = wizard.create({"journal_id": self.move.journal_id.id})
        wizard.refund_moves()
        self.assertEqual(wizard.new_move_ids.amount_total, self.move.amount_total)
