"""A discount that was taken, in a country whose law asks for a credit note: made once, counted once."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY, HandlingCase


class DiscountNoteCase(HandlingCase):
    """A company in a country whose law asks for credit notes, and what is sold with a discount for paying early."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.user("notes", "account.group_account_manager")
        country = cls.env.ref("base.ro")
        cls.env.company.account_fiscal_country_id = country
        group = cls.env["account.tax.group"].create({"name": "VAT", "country_id": country.id})
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 20 %", "amount": 20, "country_id": country.id, "tax_group_id": group.id}
        )
        owed = cls.env["account.account"].create({"name": "VAT", "code": "VATX", "account_type": "liability_current"})
        repartition = cls.tax.invoice_repartition_line_ids | cls.tax.refund_repartition_line_ids
        repartition.filtered(lambda line: line.repartition_type == "tax").account_id = owed
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        account = cls.env.company.account_journal_early_pay_discount_loss_account_id
        cls.account = account or cls.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        cls.env.company.account_journal_early_pay_discount_loss_account_id = cls.account
        cls.kind = cls.env.ref("lead_to_cash.mail_activity_type_discount_note")

    def sold(self, **values):
        line = Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": [Command.set(self.tax.ids)]})
        return self.invoice(
            invoice_date="2026-03-05",
            invoice_payment_term_id=self.term.id,
            invoice_user_id=self.accountant.id,
            **{"invoice_line_ids": [line], **values},
        )

    def taken(self, **values):
        move = self.sold(**values)
        self.pay(move)
        return move

    def note(self, move):
        action = move.with_user(self.accountant).action_discount_note()
        return self.env["account.move"].browse(action["res_id"])

    def job(self):
        self.env["account.move"].with_context(l2c_today=TODAY)._cron_propose_discount_notes()

    def sums(self, accounts):
        """What stands on these accounts, by the tags of the tax report, too."""
        lines = self.env["account.move.line"].search(
            [("account_id", "in", accounts.ids), ("parent_state", "=", "posted"), ("partner_id", "=", self.customer.id)]
        )
        return round(sum(lines.mapped("balance")), 2)


@tagged("post_install", "-at_install")
class TestDiscountNote(DiscountNoteCase):
    def test_counted_once(self):
        move = self.taken()
        self.assertEqual(move.amount_residual, 0)
        paid = move.payment_state
        vat = move.line_ids.filtered("tax_line_id").account_id
        before = self.sums(self.account), self.sums(vat)
        self.assertEqual(before[0], 2.0)
        self.assertTrue(move.lacks_discount_note)
        note = self.note(move)
        self.assertEqual((note.state, note.amount_untaxed, note.amount_tax), ("draft", 2.0, 0.4))
        self.assertEqual(note.invoice_line_ids.account_id, self.account)
        self.assertEqual((note.reversed_entry_id, move.lacks_discount_note), (move, False))
        note.with_user(self.accountant).action_post()
        self.assertEqual((self.sums(self.account), self.sums(vat)), before)
        self.assertEqual((note.amount_residual, move.amount_residual, move.payment_state), (0, 0, paid))

    def test_what_the_tax_report_counts(self):
        """What the payment has booked, and the entry that takes it back, are opposite in every line."""
        move = self.taken()
        booked = move._taken_discount()
        note = self.note(move)
        note.action_post()

        def told(lines, sign=1):
            return sorted(
                (line.account_id.id, line.tax_repartition_line_id.id, line.tax_ids.ids, sign * line.balance)
                for line in lines
            )

        entry = note.discount_entry_id
        customers = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(told(entry.line_ids - customers, -1), told(booked))
        self.assertEqual(
            told(note.line_ids - note.line_ids.filtered(lambda line: line.account_type == "asset_receivable")),
            told(booked),
        )

    def test_once(self):
        move = self.taken()
        note = self.note(move)
        with self.assertRaisesRegex(UserError, "no discount that needs"):
            self.note(move)
        note.button_cancel()
        self.assertTrue(self.note(move))

    def test_another_amount_isnt_posted(self):
        note = self.note(self.taken())
        note.invoice_line_ids.price_unit = 5
        with self.assertRaisesRegex(UserError, "can't be of another amount"):
            note.action_post()

    def test_back_to_draft(self):
        move = self.taken()
        before = self.sums(self.account)
        note = self.note(move)
        note.action_post()
        entry = note.discount_entry_id
        note.button_draft()
        self.assertEqual((entry.state, note.discount_entry_id.id, self.sums(self.account)), ("cancel", False, before))
        note.action_post()
        self.assertEqual((note.amount_residual, self.sums(self.account)), (0, before))

    def test_prices_with_taxes(self):
        self.tax.price_include_override = "tax_included"
        line = Command.create({"name": "Thing", "price_unit": 120.0, "tax_ids": [Command.set(self.tax.ids)]})
        note = self.note(self.taken(invoice_line_ids=[line]))
        self.assertEqual((note.amount_untaxed, note.amount_tax), (2.0, 0.4))

    def test_asked_once(self):
        move, full = self.taken(), self.sold()
        self.pay(full, amount=120.0)
        for _twice in range(2):
            self.job()
            tasks = move.activity_ids.filtered(lambda activity: activity.activity_type_id == self.kind)
            self.assertEqual((len(tasks), tasks.user_id), (1, self.accountant))
            self.assertFalse(full.lacks_discount_note or full.activity_ids)
        self.note(move).action_post()
        self.assertFalse(move.activity_ids)
        self.job()
        self.assertFalse(move.activity_ids)

    def test_not_where_the_law_needs_none(self):
        move = self.taken()
        self.env.company.account_fiscal_country_id = self.env.ref("base.de")
        self.env.invalidate_all()
        self.job()
        self.assertFalse(move.lacks_discount_note or move.activity_ids)

    def test_not_where_the_vat_stays(self):
        self.term.early_pay_discount_computation = "excluded"
        move = self.taken()
        self.assertFalse(move.lacks_discount_note)
