"""What is disputed is told on statements and in the ageing, and isn't asked for."""

from odoo.tests import tagged

from ..common import TODAY
from ..dunning.test_reports import CONFIRMATION, STATEMENT, LetterCase


@tagged("post_install", "-at_install")
class TestDisputedParts(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move, cls.other = cls.given.invoices(
            [{"due": "2026-02-20", "amount": 100.0}, {"due": "2026-03-01", "amount": 40.0}]
        )

    def dispute(self, amount, moves=None, **values):
        items = self.items(moves or self.move)
        return self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": "Broken", "amount": amount, "move_line_ids": items.ids, **values}
        )

    def ageing(self, as_at=TODAY, moves=None):
        self.env.invalidate_all()
        rows = self.env["receivable.ageing"].with_context(l2c_as_at=as_at)
        return rows.search([("move_id", "in", (moves or self.move | self.other).ids)])

    def test_nothing_is_said_where_nothing_is_disputed(self):
        self.assertNotIn("isputed", self.words(STATEMENT, self.customer))
        self.assertEqual(set(self.ageing().mapped("disputed")), {0.0})

    def test_a_statement_tells_it(self):
        self.dispute(30.0)
        text = self.text(STATEMENT, self.customer)
        self.assertTells(text, "$ 100.00 Of which disputed: $ 30.00", "Balance $ 140.00")
        self.assertTells(text, "Of which disputed $ 30.00 Asked for $ 110.00")
        self.assertEqual(text.count("isputed"), 2)

    def test_with_all_movements(self):
        self.dispute(30.0)
        text = self.words(STATEMENT, self.customer, date_from="2026-01-01", date_to=TODAY)
        self.assertTells(text, "Unallocated credits Of which disputed", "$ 0.00 $ 30.00")

    def test_a_balance_is_confirmed_whatever_is_disputed(self):
        self.dispute(30.0)
        self.assertNotIn("isputed", self.words(CONFIRMATION, self.customer))

    def test_wholly_disputed_or_paid_in_part(self):
        self.dispute(100.0)
        self.assertTells(self.words(STATEMENT, self.customer), "Of which disputed $ 100.00 Asked for $ 40.00")
        self.pay(self.move, 80)
        self.assertTells(self.words(STATEMENT, self.customer), "Of which disputed $ 20.00 Asked for $ 40.00")

    def test_less_than_nothing_is_asked_for(self):
        self.dispute(100.0)
        self.invoice(move_type="out_refund", amount=70, due="2026-03-01")
        self.assertTells(self.words(STATEMENT, self.customer), "Balance $ 70.00", "Asked for $ 0.00")

    def test_the_ageing_tells_it(self):
        self.dispute(30.0)
        self.assertEqual({row.move_id: row.disputed for row in self.ageing()}, {self.move: 30.0, self.other: 0.0})
        [[total]] = self.env["receivable.ageing"]._read_group(
            [("partner_id", "=", self.customer.id)], [], ["disputed:sum"]
        )
        self.assertEqual(total, 30.0)
        found = self.env["receivable.ageing"].search([("disputed", "!=", 0)])
        self.assertEqual(found.move_id, self.move)

    def test_as_at_a_day(self):
        dispute = self.dispute(30.0)
        self.assertEqual(str(dispute.opened_date), TODAY)
        self.assertEqual(sum(self.ageing("2026-03-09").mapped("disputed")), 0.0)
        dispute.action_not_justified()
        self.assertEqual(sum(self.ageing().mapped("disputed")), 0.0)

    def test_in_another_currency(self):
        currency = self.env["res.currency"].create({"name": "XLC", "symbol": "x", "rounding": 0.01})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0})
        move = self.invoice(currency_id=currency.id, amount=100.0)
        self.dispute(30.0, move)
        self.assertEqual((self.ageing(moves=move).residual, self.ageing(moves=move).disputed), (50.0, 15.0))
        self.assertTells(self.words(STATEMENT, self.customer), "Of which disputed")
