from datetime import date

from odoo import Command
from odoo.addons.lead_to_cash.engine.foresight.customers import records
from odoo.addons.lead_to_cash.engine.foresight.documents import booked
from odoo.addons.lead_to_cash.engine.foresight.states import lay_out_documents
from odoo.addons.lead_to_cash.tests.common import TODAY, HandlingCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestDocuments(HandlingCase):
    """Which documents are paid, on which day, and what isn't lateness."""

    def document(self, move):
        self.env.flush_all()
        rows = self.env.execute_query_dict(booked(self.env.company.id))
        return next((row for row in rows if row["id"] == move.id), None)

    def record(self, as_of=TODAY, customer=None):
        self.env.flush_all()
        for statement in lay_out_documents(booked(self.env.company.id)):
            self.env.cr.execute(statement)
        rows = self.env.execute_query_dict(records(self.env.company.id, as_of))
        return next((row for row in rows if row["customer_id"] == (customer or self.customer).id), None)

    def pay_on(self, move, day, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"payment_date": day} | ({"amount": amount} if amount else {})
        return wizard.create(values)._create_payments()

    def test_paid_by_money(self):
        move = self.invoice()
        self.assertEqual((self.document(move)["settled"], self.document(move)["closed"]), (None, None))
        self.pay_on(move, "2026-03-05")
        found = self.document(move)
        self.assertEqual(
            (found["settled"], found["closed"], found["due"]), (date(2026, 3, 5),) * 2 + (date(2026, 3, 1),)
        )
        self.assertEqual((found["customer_id"], found["amount"], found["disputed"]), (self.customer.id, 100, False))

    def test_partial_payments_over_months(self):
        move = self.invoice(invoice_date="2025-10-01", due="2025-11-01")
        for day in ("2025-11-20", "2025-12-20", "2026-02-20"):
            self.assertIsNone(self.document(move)["settled"])
            self.pay_on(move, day, amount=100 / 3 if day != "2026-02-20" else None)
        self.assertEqual(self.document(move)["settled"], date(2026, 2, 20))

    def test_last_instalment(self):
        move = self.invoice(invoice_date="2025-12-01", due=False, invoice_payment_term_id=self.half_later().id)
        self.assertEqual(self.document(move)["due"], date(2026, 3, 1))

    def test_backdated_payment(self):
        """It counts from the day that it says; before the document there is nothing to pay."""
        move = self.invoice(invoice_date="2026-02-01")
        self.pay_on(move, "2026-01-15")
        self.assertEqual(self.document(move)["settled"], date(2026, 2, 1))

    def test_credited_is_no_lateness(self):
        move = self.invoice(invoice_date="2026-01-01", due="2026-01-10")
        refund = move._reverse_moves([{"invoice_date": "2026-03-01", "date": "2026-03-01"}], cancel=True)
        self.assertEqual((move.payment_state, refund.state), ("reversed", "posted"))
        found = self.document(move)
        self.assertEqual((found["settled"], found["closed"]), (None, date(2026, 3, 1)))
        record = self.record()
        self.assertEqual((record["settled_count"], record["late_count"], record["expected_days_late"]), (0, 0, None))

    def test_credited_in_part(self):
        """The greater part was paid: it counts as paid then, not when the rest was credited."""
        move = self.invoice(invoice_date="2026-01-01", due="2026-01-10")
        self.pay_on(move, "2026-01-09", amount=80)
        refund = self.invoice(move_type="out_refund", amount=20.0, invoice_date="2026-03-01", due="2026-03-01")
        lines = (move | refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.filtered(lambda line: not line.reconciled).reconcile()
        found = self.document(move)
        self.assertEqual((found["settled"], found["closed"]), (date(2026, 1, 9), date(2026, 3, 1)))
        self.assertEqual(self.record("2026-02-01")["settled_count"], 0, "known only when it was closed")
        self.assertEqual(self.record()["late_count"], 0)

    def test_written_off_is_no_lateness(self):
        bad_debts = self.env["account.account"].create(
            {"name": "Bad debts", "code": "BADDEBT", "account_type": "expense"}
        )
        self.env.company.write_off_account_id = bad_debts
        move = self.invoice(invoice_date="2025-10-01", due="2025-11-01")
        items = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        proposal = self.env["dunning.write.off"].create(
            {"partner_id": self.customer.id, "move_line_ids": [Command.set(items.ids)], "reason": "Gone"}
        )
        proposal.action_approve()
        proposal.action_post()
        self.assertTrue(items.reconciled)
        self.assertEqual((self.document(move)["settled"], bool(self.document(move)["closed"])), (None, True))

    def test_customer_of_today(self):
        """A contact that became a company's is that company's; an archived customer stays."""
        contact = self.env["res.partner"].create({"name": "Contact"})
        move = self.invoice(partner_id=contact.id)
        contact.parent_id = self.customer
        self.customer.active = False
        self.assertEqual(self.document(move)["customer_id"], self.customer.id)

    def test_merged_customers(self):
        other = self.env["res.partner"].create({"name": "Customer", "email": "customer@example.com"})
        moves = self.invoices([{}, {"partner_id": other.id}])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, other.id], self.customer)
        self.assertEqual({self.document(move)["customer_id"] for move in moves}, {self.customer.id})

    def test_own_companies(self):
        move = self.invoice(partner_id=self.env.company.partner_id.id)
        self.assertIsNone(self.document(move))

    def test_record(self):
        days = [("2026-01-10", "2026-01-05"), ("2026-01-10", "2026-01-20"), ("2026-01-20", "2026-02-25")]
        for due, paid in days:
            self.pay_on(self.invoice(invoice_date="2026-01-01", due=due), paid)
        for due in ("2026-02-28", "2026-02-01"):  # the first isn't later yet than this customer is on average
            self.invoice(invoice_date="2026-01-01", due=due)
        found = self.record()
        self.assertEqual(
            (found["settled_count"], found["late_count"], found["last_count"], found["late_of_last"]), (3, 2, 3, 2)
        )
        self.assertAlmostEqual(float(found["recent_days_late"]), (0 + 10 + 36 + 37) / 4)
        self.assertIsNone(found["before_days_late"])
        self.assertGreater(found["expected_days_late"], 10)
        self.assertTrue(0 < found["late_risk"] < 0.7)
        self.assertEqual((found["first_issued"], found["last_settled"]), (date(2026, 1, 1), date(2026, 2, 25)))
        self.assertEqual(self.record("2026-01-15")["settled_count"], 1, "the future isn't known")

    def test_without_history(self):
        self.assertIsNone(self.record())
