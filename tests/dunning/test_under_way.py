"""Payments without an entry of their own, as with Odoo's Accounting app, and online payments: they count for
the documents they are linked to."""

from odoo import Command, fields
from odoo.tests import tagged

from ..common import TODAY, RunCase


class UnderWayCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the Accounting app does: payments have no entry.
        cls.classPatch(type(cls.env["account.move"]), "_get_invoice_in_payment_state", lambda self: "in_payment")
        cls.env["account.payment.method.line"].search([]).payment_account_id = False
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )

    def pay_under_way(self, moves, amount=None, **values):
        values = {"payment_date": fields.Date.to_date(TODAY), "group_payment": True, **values}
        if amount:
            values["amount"] = amount
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
        payments = wizard.create(values)._create_payments()
        self.assertFalse(payments.move_id)
        return payments

    def transaction(self, amount=100.0, state="pending", changed="2026-03-09 08:00:00", **values):
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create({"name": "Transfer", "company_id": self.env.company.id})
        provider.support_manual_capture = "partial"
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"T{self.env['payment.transaction'].search_count([])}",
                "amount": amount,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
                "state": state,
                "last_state_change": changed,
                **values,
            }
        )

    def book(self, transaction):
        """Its payments are of our bank's journal."""
        provider = transaction.provider_id
        provider.journal_id = self.bank
        manual = self.env.ref("account.account_payment_method_manual_in")
        values = {"journal_id": self.bank.id, "payment_method_id": manual.id, "payment_provider_id": provider.id}
        self.env["account.payment.method.line"].create({"name": "Online", **values})

    def match(self, moves, amount, partner=None):
        """A line of a bank statement comes, and is matched with these documents."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "date": TODAY,
                "payment_ref": "Bank",
            }
        )
        suspense = line.move_id.line_ids.filtered(lambda item: item.account_id == self.bank.suspense_account_id)
        line.move_id.button_draft()
        suspense.account_id = self.items(moves).account_id
        line.move_id.action_post()
        (suspense | self.items(moves)).filtered(lambda item: not item.reconciled).reconcile()
        return line

    def residuals(self, *moves):
        """(code, what is left) of each document."""
        return [(self.preview(move).code, self.preview(move).residual) for move in moves]

    def claims(self, day=TODAY):
        """{document: amount} of what the last notice of a run claims."""
        run = self.run_on(day)
        return {line.move_id: line.amount_residual for line in run.notice_ids.line_ids}


@tagged("post_install", "-at_install")
class TestLinked(UnderWayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.older, cls.newer = cls.given.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03"}])

    def test_counts_for_its_document_alone(self):
        """Seen: the newer invoice paid, it rises, the older is in flight, and the notice claims both."""
        self.pay_under_way(self.newer)
        self.assertEqual(self.residuals(self.older, self.newer), [("reminded", 100.0), ("in_flight", 0.0)])
        self.assertEqual(self.claims(), {self.older: 100.0})

    def test_a_part_is_claimed_no_more(self):
        self.pay_under_way(self.older, 40.0)
        self.assertEqual(self.claims(), {self.older: 60.0, self.newer: 100.0})
        self.assertEqual(self.notices(self.older).amount_due, 160.0)

    def test_status_and_overdue_amount(self):
        today = self.customer.with_context(l2c_today=TODAY)
        self.assertEqual(today.overdue_amount, 200.0)
        self.pay_under_way(self.older, 40.0)
        self.env.invalidate_all()
        self.assertEqual(self.older.payment_state, "in_payment", "as Odoo says of any payment")
        status = self.older.handling_status_id
        self.assertEqual((status.role, status.situation, today.overdue_amount), ("new", "overdue", 160.0))
        self.assertIn(self.older, self.customer._open_invoices())
        self.pay_under_way(self.older, 60.0)
        self.env.invalidate_all()
        self.assertEqual((self.older.handling_role, today.overdue_amount), ("won", 100.0))
        self.assertNotIn(self.older, self.customer._open_invoices())

    def test_the_notice_follows_at_once(self):
        self.run_on(TODAY)
        notice = self.notices(self.older)
        self.assertEqual((notice.state, notice.amount_due), ("queued", 200.0))
        first = self.pay_under_way(self.older, 40.0)
        self.assertEqual((notice.state, notice.amount_due), ("queued", 160.0))
        second = self.pay_under_way(self.older, 60.0)
        self.assertEqual((notice.line_ids.move_id, notice.amount_due), (self.newer, 100.0))
        self.pay_under_way(self.newer)
        self.assertEqual(notice.state, "cancelled")
        (first | second).action_cancel()
        self.assertEqual((self.items(self.older).left_currency, self.older.handling_role), (100.0, "new"))
        self.assertEqual(self.claims("2026-03-11"), {self.older: 100.0})

    def test_linked_unlinked_and_deleted_later(self):
        """A payment's create comes before its link to documents."""
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "journal_id": self.bank.id}
        )
        payment.action_post()
        self.assertEqual(self.residuals(self.older, self.newer), [("in_flight", 100.0), ("reminded", 100.0)])
        self.newer.matched_payment_ids += payment
        self.assertEqual(self.residuals(self.older, self.newer), [("reminded", 100.0), ("in_flight", 0.0)])
        self.newer.matched_payment_ids -= payment
        payment.invoice_ids = self.older
        self.assertEqual(self.residuals(self.older, self.newer), [("in_flight", 0.0), ("reminded", 100.0)])
        payment.action_draft()
        payment.unlink()
        self.assertEqual(self.items(self.older).under_way_currency, 0.0)

    def test_it_is_posted_later(self):
        payment = self.pay_under_way(self.older)
        payment.outstanding_account_id = self.env["account.payment"]._get_outstanding_account("inbound")
        payment._generate_journal_entry()
        self.assertTrue(payment.move_id)
        self.assertEqual(self.items(self.older).under_way_currency, 0.0)

    def test_rejected(self):
        payment = self.pay_under_way(self.older)
        payment.action_reject()
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])
        self.assertEqual(self.older.handling_status_id.situation, "overdue")

    def test_several_documents_oldest_due_first(self):
        self.pay_under_way(self.older | self.newer, 130.0)
        self.assertEqual(self.residuals(self.older, self.newer), [("in_flight", 0.0), ("reminded", 70.0)])

    def test_one_document_then_both(self):
        self.pay_under_way(self.older, 60.0)
        self.pay_under_way(self.older | self.newer, 120.0)
        self.assertEqual(self.residuals(self.older, self.newer), [("in_flight", 0.0), ("reminded", 20.0)])

    def test_what_is_over_is_the_customers(self):
        third = self.invoice(due="2026-03-01")
        self.pay_under_way(self.newer, 200.0)
        found = self.residuals(third, self.older, self.newer)
        self.assertEqual(found, [("in_flight", 100.0), ("reminded", 100.0), ("in_flight", 0.0)])

    def test_two_payments_of_instalments(self):
        move = self.invoice(invoice_payment_term_id=self.half_later().id)
        self.pay_under_way(move, 30.0)
        self.pay_under_way(move, 40.0)
        items = self.items(move).sorted("date_maturity")
        self.assertEqual(items.mapped("left_currency"), [0.0, 30.0])

    def test_of_another_customer(self):
        """It counts for the document that it pays, whoever pays it."""
        other = self.env["res.partner"].create({"name": "Parent", "email": "parent@example.com"})
        theirs = self.invoice(due="2026-03-02", partner_id=other.id)
        payment = self.env["account.payment"].create(
            {"partner_id": other.id, "amount": 150.0, "date": TODAY, "invoice_ids": self.newer.ids}
        )
        payment.action_post()
        found = self.residuals(self.older, self.newer, theirs)
        self.assertEqual(found, [("reminded", 100.0), ("in_flight", 0.0), ("reminded", 100.0)])
        payment.action_draft()
        payment.amount = 200.0
        payment.action_post()
        self.assertEqual(self.residuals(self.older, theirs), [("reminded", 100.0), ("in_flight", 100.0)])

    def test_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5})
        self.pay_under_way(self.older, currency_id=euro.id)
        self.pay_under_way(self.newer, 10.0, currency_id=euro.id)
        abroad = self.invoice(due="2026-03-02", currency_id=euro.id)
        self.pay_under_way(abroad, 40.0, currency_id=euro.id)
        self.assertEqual(self.residuals(self.older, self.newer, abroad)[::2], [("in_flight", 0.0), ("reminded", 60.0)])
        self.assertEqual(self.items(self.newer).left_currency, 80.0)
        self.assertEqual(self.items(abroad).under_way, 80.0)

    def test_in_a_branch(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.env.company.id})
        here = self.env(context=dict(self.env.context, allowed_company_ids=[self.env.company.id, branch.id]))
        self.customer.with_company(branch).property_account_receivable_id = self.items(self.older).account_id
        journal = self.older.journal_id
        move = self.invoice(due="2026-03-02", company_id=branch.id, journal_id=journal.id)
        payment = here["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "invoice_ids": move.ids}
        )
        payment.action_post()
        self.assertEqual(self.items(move).left_currency, 0.0)
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])


@tagged("post_install", "-at_install")
class TestCreditNotes(UnderWayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move, cls.credit = cls.given.invoices([{"due": "2026-03-02"}, {"move_type": "out_refund", "amount": 100.0}])

    def test_a_refunded_credit_covers_nothing(self):
        self.assertEqual(self.code(self.move), "covered_by_credit")
        self.pay_under_way(self.credit)
        self.assertEqual((self.code(self.move), self.credit.handling_role), ("reminded", "won"))
        self.assertEqual(self.claims(), {self.move: 100.0})

    def test_a_part_of_it(self):
        self.pay_under_way(self.credit, 70.0)
        self.assertEqual(self.claims(), {self.move: 100.0, self.credit: -30.0})

    def test_an_invoice_less_a_credit_note(self):
        self.credit.button_draft()
        self.credit.invoice_line_ids.price_unit = 30.0
        self.credit.action_post()
        payment = self.pay_under_way(self.move | self.credit)
        self.assertEqual((payment.amount, payment.payment_type), (70.0, "inbound"))
        self.assertEqual(self.items(self.move | self.credit).mapped("left_currency"), [0.0, 0.0])


@tagged("post_install", "-at_install")
class TestBank(UnderWayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.older, cls.newer = cls.given.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03"}])

    def test_matched_is_paid_once(self):
        payment = self.pay_under_way(self.newer)
        self.match(self.newer, 100.0)
        self.assertEqual((payment.state, self.newer.payment_state), ("paid", "paid"))
        self.assertEqual(self.items(self.newer).under_way_currency, 0.0)
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])

    def test_a_part_of_it_came(self):
        """Of a payment of both, the bank brings what pays one: the rest counts for the other."""
        both = self.pay_under_way(self.older | self.newer, 150.0)
        self.match(self.older, 100.0)
        self.assertEqual((both.state, self.items(self.newer).left_currency), ("in_process", 50.0))
        third = self.invoice(due="2026-03-01")
        self.assertEqual(self.residuals(third), [("reminded", 100.0)])

    def test_another_payment_came(self):
        self.pay_under_way(self.newer, 40.0)
        self.pay_under_way(self.newer, 60.0)
        self.match(self.newer, 40.0)
        self.assertEqual(
            self.items(self.newer).mapped(lambda item: (item.amount_residual, item.left_currency)), [(60.0, 0.0)]
        )

    def test_matched_in_community(self):
        """There, what is paid counts too: but not what has come."""
        payment = self.pay_under_way(self.newer)
        self.patch(type(self.env["account.move"]), "_get_invoice_in_payment_state", lambda self: "paid")
        payment.action_validate()
        self.assertEqual((payment.state, self.items(self.newer).left_currency), ("paid", 0.0))
        self.match(self.newer, 70.0)
        self.assertEqual(self.items(self.newer).left_currency, 0.0)
        self.assertEqual(self.items(self.newer).under_way_currency, 30.0)
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])

    def test_unmatched_again(self):
        payment = self.pay_under_way(self.newer)
        line = self.match(self.newer, 100.0)
        line.move_id.line_ids.remove_move_reconcile()
        self.assertEqual((payment.state, self.items(self.newer).left_currency), ("in_process", 0.0))


@tagged("post_install", "-at_install")
class TestOnline(UnderWayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.older, cls.newer = cls.given.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03"}])

    def test_counts_for_its_invoice(self):
        transaction = self.transaction(invoice_ids=[Command.set(self.newer.ids)])
        self.assertEqual(self.residuals(self.older, self.newer), [("reminded", 100.0), ("in_flight", 0.0)])
        self.assertEqual((self.newer.handling_role, self.newer.handling_status_id.situation), ("new", "not_due"))
        transaction._set_canceled()
        self.assertEqual(self.residuals(self.newer), [("reminded", 100.0)])
        self.assertEqual(self.newer.handling_status_id.situation, "overdue")

    def test_it_is_not_awaited_for_ever(self):
        self.transaction(invoice_ids=[Command.set(self.newer.ids)], changed="2026-03-03 08:00:00")
        self.assertEqual(self.items(self.newer).left_currency, 0.0)
        self.nightly("2026-03-11")
        self.assertEqual(self.items(self.newer).left_currency, 100.0)
        self.assertEqual(self.newer.handling_status_id.situation, "overdue")

    def test_for_an_order_it_hides_no_invoice(self):
        order = self.order()
        transaction = self.transaction(sale_order_ids=[Command.set(order.ids)])
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])
        transaction.sale_order_ids = False
        self.assertEqual(self.residuals(self.older), [("in_flight", 100.0)])

    def test_for_an_order_it_pays_its_invoice(self):
        order = self.order()
        self.transaction(state="authorized", sale_order_ids=[Command.set(order.ids)])
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-02-01"
        invoice.action_post()
        self.assertEqual(self.items(invoice).left_currency, 0.0)
        self.assertEqual(self.residuals(self.older), [("reminded", 100.0)])

    def test_with_its_payment_it_counts_once(self):
        transaction = self.transaction(state="authorized", invoice_ids=[Command.set(self.newer.ids)])
        self.book(transaction)
        transaction._set_done()
        self.assertEqual(self.items(self.newer).left_currency, 0.0)
        transaction._create_payment()
        self.assertFalse(transaction.payment_id.move_id)
        self.assertEqual(self.residuals(self.older, self.newer), [("reminded", 100.0), ("in_flight", 0.0)])
        transaction.payment_id.action_reject()
        self.assertEqual(self.residuals(self.newer), [("reminded", 100.0)])

    def test_parts_of_it_are_captured(self):
        transaction = self.transaction(state="authorized", invoice_ids=[Command.set(self.newer.ids)])
        self.book(transaction)
        part = transaction._create_child_transaction(40.0)
        self.assertEqual(self.items(self.newer).left_currency, 0.0)
        part._set_done()
        part._create_payment()
        self.assertEqual(self.residuals(self.older, self.newer), [("reminded", 100.0), ("in_flight", 0.0)])
        transaction._set_canceled()
        self.assertEqual(self.items(self.newer).left_currency, 60.0)

    def test_the_page_asks_for_the_rest(self):
        self.run_on(TODAY)
        notice = self.notices(self.older)
        notice.state = "sent"
        self.transaction(40.0, invoice_ids=[Command.set(self.older.ids)])
        self.env.invalidate_all()
        self.assertEqual(notice._open_amount(), 160.0)
        shown = {line["item"].move_id: line["residual"] for line in notice._page_lines()}
        self.assertEqual(shown, {self.older: 60.0, self.newer: 100.0})
        self.assertEqual(notice._to_pay([], "")[:2], (self.items(self.older | self.newer), 160.0))
