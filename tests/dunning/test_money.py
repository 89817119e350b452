"""Money arrives, or is taken back: notices, decisions and statuses follow at once."""

from odoo import Command, fields
from odoo.tests import tagged

from ..common import TODAY, RunCase


@tagged("post_install", "-at_install")
class TestMoneyArrives(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)

    def entry(self, account, amount):
        """A posted entry that takes ``amount`` off the customer's receivables."""
        receivable = self.items(self.move).account_id
        partner = {"partner_id": self.customer.id}
        lines = [
            {"account_id": receivable.id, "credit": amount, **partner},
            {"account_id": account.id, "debit": amount},
        ]
        entry = self.env["account.move"].create(
            {"date": "2026-03-10", "line_ids": [Command.create(line) for line in lines]}
        )
        entry.action_post()
        return entry

    def test_payment_undone(self):
        payment = self.pay(self.move)
        self.assertEqual((self.notice.state, self.move.handling_role), ("cancelled", "won"))
        self.items(self.move).remove_move_reconcile()
        payment.action_draft()
        self.assertEqual((self.move.handling_role, self.move.handling_status_id.situation), ("new", "overdue"))
        self.run_on("2026-03-11")
        self.assertEqual(self.notices(self.move).mapped("state"), ["cancelled", "queued"])

    def test_reversal(self):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.move.ids)
        wizard = wizard.create({"journal_id": self.move.journal_id.id, "date": fields.Date.to_date(TODAY)})
        wizard.reverse_moves(is_modify=True)
        self.assertEqual((self.notice.state, self.move.handling_role), ("cancelled", "won"))

    def test_cancelled_invoice(self):
        self.move.button_cancel()
        self.assertEqual((self.notice.state, self.notice.mail_ids.state), ("cancelled", "cancel"))
        self.run_on("2026-03-11")
        self.assertFalse(self.current(self.move))

    def test_write_off(self):
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        entry = self.entry(expense, 100.0)
        self.items(self.move | entry).filtered(lambda line: not line.reconciled).reconcile()
        self.assertEqual(self.notice.state, "cancelled")

    def test_part_of_it_through_an_entry(self):
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        entry = self.entry(expense, 30.0)
        self.items(self.move | entry).reconcile()
        self.assertEqual((self.notice.state, self.notice.amount_due), ("queued", 70.0))

    def test_payment_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5})
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        )
        payment = wizard.create({"currency_id": euro.id, "payment_date": fields.Date.to_date(TODAY)})
        self.assertEqual(payment.amount, 50.0)
        payment._create_payments()
        self.assertEqual((self.notice.state, self.move.handling_role), ("cancelled", "won"))

    def test_part_paid_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5})
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        )
        wizard.create(
            {"currency_id": euro.id, "amount": 10.0, "payment_date": fields.Date.to_date(TODAY)}
        )._create_payments()
        self.assertEqual(self.notice.amount_due, 80.0)

    def test_the_invoice_shows_its_decision_level_and_next_date(self):
        facts = (self.move.dunning_decision_code, self.move.dunning_level_id.name, str(self.move.dunning_next_date))
        self.assertEqual(facts, ("reminded", "First", "2026-03-15"))
        quiet = self.invoice(due="2026-04-30")
        both = self.move | quiet
        for domain, found in (
            ([("dunning_level_id.name", "=", "First")], self.move),
            ([("dunning_decision_code", "=", "reminded")], self.move),
            ([("dunning_decision_code", "!=", "reminded")], quiet),
            ([("dunning_decision_code", "=", False)], quiet),
            ([("dunning_next_date", "<=", "2026-03-15")], self.move),
            ([("dunning_next_date", ">", "2026-03-15")], self.env["account.move"]),
        ):
            with self.subTest(domain):
                self.assertEqual(self.env["account.move"].search([("id", "in", both.ids), *domain]), found)

    def test_an_invoice_shows_its_most_urgent_instalment(self):
        self.notice.action_cancel()
        self.pay(self.move)
        halves = self.invoice(invoice_payment_term_id=self.half_later().id)
        self.run_on("2026-03-11")
        self.assertEqual(sorted(halves.dunning_decision_ids.mapped("code")), ["not_due", "reminded"])
        self.assertEqual(halves.dunning_decision_code, "reminded")
        self.assertFalse(
            self.env["account.move"].search([("id", "=", halves.id), ("dunning_decision_code", "=", "not_due")])
        )

    def test_what_the_customer_owes(self):
        self.invoices([{"due": "2026-04-30", "amount": 500.0}, {"move_type": "out_refund", "amount": 30.0}])
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        today = {"l2c_today": TODAY}
        self.assertEqual((self.customer | contact).with_context(**today).mapped("overdue_amount"), [70.0, 70.0])
        action = self.customer.action_open_items()
        items = self.env["dunning.preview"].with_context(**today).search(action["domain"])
        self.assertEqual(items.mapped("residual"), [100.0, 500.0])
        self.assertEqual(contact._get_dunning_policy(), self.policy)


@tagged("post_install", "-at_install")
class TestReturnedPayments(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debit = cls.env.ref("lead_to_cash.policy_direct_debit")
        cls.debit.active = True
        cls.debit.action_start()
        cls.customer.category_id = cls.env.ref("lead_to_cash.partner_category_direct_debit")

    def test_nothing_until_a_payment_is_returned(self):
        move = self.invoice(due="2026-02-02")
        self.run_on(TODAY)
        self.assertEqual((self.current(move).code, self.current(move).next_date), ("not_due", False))
        self.assertEqual(self.current(move).sentence, "No level comes.")
        self.give_back(self.pay(move))
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((notice.level_id.name, notice.channel, notice.state), ("Debit returned", "manual", "queued"))
        self.assertEqual(str(self.current(move).next_date), "2026-03-17")

    def test_a_rejected_payment_without_an_entry(self):
        move = self.invoice(due="2026-02-02")
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "invoice_ids": move.ids}
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertFalse(self.items(move).payment_returned_date)
        payment.action_reject()
        self.assertEqual(str(self.items(move).payment_returned_date), TODAY)

    def test_undoing_a_credit_note_is_no_returned_payment(self):
        move, credit = self.invoices([{"due": "2026-02-02"}, {"move_type": "out_refund"}])
        self.items(move | credit).reconcile()
        self.items(move).remove_move_reconcile()
        self.assertFalse(self.items(move).payment_returned_date)
