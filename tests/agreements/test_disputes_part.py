"""A dispute about a part: only that is held, the rest is claimed."""

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ...engine.agreements.disputes import WHOLE, allot, claimed, held
from ...engine.books import items
from ...engine.collecting.desk import balances
from ..common import TODAY
from .test_disputes import DisputeCase

cents = st.integers(0, 10**6)
pure = settings(max_examples=300, derandomize=True, deadline=None)


@tagged("post_install", "-at_install")
class TestPart(DisputeCase):
    def part(self, moves, amount, **values):
        return self.dispute(moves, amount=amount, **values)

    def shares(self, *moves):
        return [self.items(move).disputed_left for move in moves]

    def in_sql(self, move):
        """What the deciding statement reads: (claimed, disputed)."""
        self.env.flush_all()
        query = items.open_now()
        rows = self.env.execute_query(query)
        names = [column.name for column in self.env.cr.description]
        row = next(dict(zip(names, row, strict=True)) for row in rows if row[0] in self.items(move).ids)
        return float(row["claimed_currency"]), float(row["disputed"]), float(row["claimed_open"])

    def test_the_rest_is_claimed(self):
        dispute = self.part(self.move, 30.0)
        self.assertTrue(dispute.is_partial)
        self.run_on(TODAY)
        notice = self.notices(self.move)
        line = notice.line_ids
        self.assertEqual((notice.amount_due, line.amount_residual, line.amount_disputed), (70.0, 70.0, 30.0))
        self.assertEqual(self.code(self.move), "reminded")
        self.assertIn("30.00", notice.mail_ids.body_html)
        self.assertIn("Disputed, and not asked for", notice.mail_ids.body_html)
        item = self.items(self.move)
        self.assertEqual(self.in_sql(self.move), (item.claimed_currency, item.disputed_left, 70.0))

    def test_a_notice_that_waits_follows(self):
        self.policy.level_ids.requires_approval = True
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.assertEqual((notice.state, notice.amount_due), ("to_approve", 100.0))
        dispute = self.part(self.move, 30.0)
        self.assertEqual((notice.state, notice.amount_due, notice.line_ids.amount_disputed), ("to_approve", 70.0, 30.0))
        dispute.action_not_justified()
        self.env["l2c.money"]._moved(self.items(self.move))
        self.assertEqual((notice.amount_due, notice.line_ids.amount_disputed), (100.0, 0.0))

    def test_a_payment_meets_the_rest_first(self):
        self.part(self.move, 30.0)
        item = self.items(self.move)
        self.pay(self.move, 50.0)
        self.assertEqual((item.claimed_currency, item.disputed_left), (20.0, 30.0))
        self.assertEqual(self.in_sql(self.move), (20.0, 30.0, 20.0))
        self.assertEqual(self.decided(), "reminded")
        self.pay(self.move, 20.0)
        self.env.invalidate_all()
        self.assertEqual((item.claimed_currency, item.disputed_left), (30.0, 30.0))
        self.assertEqual(self.decided(), "disputed")

    def decided(self):
        return self.preview(self.move).code.replace("not_due", "reminded")

    def test_the_oldest_first(self):
        later, oldest = self.invoices([{"due": "2026-03-20", "amount": 50.0}, {"due": "2026-02-20", "amount": 40.0}])
        dispute = self.part(later | self.move | oldest, 100.0)
        self.assertEqual(self.shares(oldest, self.move, later), [40.0, 60.0, 0.0])
        dispute.amount = 190.0
        self.assertFalse(dispute.is_partial)
        self.assertEqual(self.shares(oldest, self.move, later), [40.0, 100.0, 50.0])
        dispute.amount = 20.0
        self.assertEqual(self.shares(oldest, self.move, later), [20.0, 0.0, 0.0])
        self.assertTrue(oldest.is_disputed and "20.00" in oldest.dispute_text)
        dispute.unlink()
        self.assertEqual(self.shares(oldest, self.move, later), [0.0, 0.0, 0.0])

    def test_all_of_it_stays_all(self):
        """Of what is disputed as a whole nothing is asked for, whatever is paid and undone meanwhile."""
        dispute = self.dispute(self.move)
        self.assertEqual((dispute.amount, dispute.is_partial), (100.0, False))
        self.pay(self.move, 40.0)
        self.items(self.move).remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual((self.shares(self.move), self.decided()), ([100.0], "disputed"))

    def test_undone_by_the_books(self):
        dispute = self.part(self.move, 30.0)
        self.pay(self.move)
        self.assertTrue(dispute.is_settled)
        self.assertEqual(self.shares(self.move), [0.0])
        self.items(self.move).remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual((dispute.state, dispute.amount, self.shares(self.move)), ("open", 30.0, [30.0]))

    def test_promises_are_about_the_rest(self):
        self.part(self.move, 30.0)
        self.assertEqual(self.customer._dunning_promise_defaults()["amount"], 70.0)
        with Form(self.env["dunning.promise"].with_context(**self.move.action_promise()["context"])) as form:
            self.assertEqual(form.amount, 70.0)

    def test_on_the_desk(self):
        before = self.desk_amount()
        self.part(self.move, 30.0)
        self.assertEqual((before, self.desk_amount()), (100.0, 70.0))

    def desk_amount(self):
        self.env.flush_all()
        [row] = self.env.execute_query(balances(self.customer.ids, self.env.company.ids, self.move._today()))
        return float(row[2])

    def test_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self.invoice(due="2026-03-02", currency_id=euro.id, amount=80.0)
        dispute = self.part(foreign, 30.0)
        self.assertEqual((dispute.currency_id, self.shares(foreign)), (euro, [30.0]))

    def test_bad_amounts(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self.invoice(due="2026-03-02", currency_id=euro.id, amount=80.0)
        for moves, amount, sentence in (
            (self.move, 100.01, "Only .*100.00 is open on these items"),
            (self.move, 0.0, "Enter what is disputed: an amount above zero"),
            (self.move, -5.0, "Enter what is disputed: an amount above zero"),
            (self.move | foreign, 10.0, "items in one currency"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                self.part(moves, amount)
        both = self.dispute(self.move | foreign)
        self.assertEqual((both.amount, self.shares(self.move, foreign)), (0.0, [100.0, 80.0]))
        cancelled = self.invoice(due="2026-03-02")
        cancelled.button_cancel()
        with self.assertRaisesRegex(ValidationError, "A cancelled document can't"), self.env.cr.savepoint():
            self.part(cancelled, 10.0)

    def test_reasons(self):
        price = self.env.ref("lead_to_cash.dispute_reason_price")
        price.user_id = self.collector
        context = self.move.action_dispute()["context"]
        with Form(self.env["dunning.dispute"].with_context(**context)) as form:
            self.assertEqual(form.amount, 100.0)
            form.reason_id = price
            form.amount = 25.0
        dispute = form.record
        self.assertEqual((dispute.user_id, str(dispute.revisit_date)), (self.collector, "2026-03-17"))
        self.assertEqual((dispute.reason, dispute.amount), ("Wrong price", 25.0))
        other = self.env.ref("lead_to_cash.dispute_reason_other")
        with self.assertRaisesRegex(ValidationError, "“Other” stays"), self.env.cr.savepoint():
            other.unlink()
        noted = self.dispute(self.invoice(due="2026-03-02"), note="They say\nmany things")
        self.assertEqual((noted.reason_id, noted.reason), (other, "They say"))


@tagged("post_install", "-at_install")
class TestAllotting(DisputeCase):
    @pure
    @given(cents, st.lists(st.tuples(st.integers(0, 9), st.integers(-(10**5), 10**5)), max_size=6))
    def allotting(self, amount, rows):
        given_items = [(due, number, left) for number, (due, left) in enumerate(rows)]
        found = allot(amount, given_items)
        total = sum(max(left, 0) for _due, left in rows)
        self.assertEqual(sum(found.values()), min(amount, total))
        rest = False
        for _due, number, left in sorted(given_items):
            self.assertTrue(0 <= found[number] <= max(left, 0))
            self.assertFalse(rest and found[number])
            rest = rest or found[number] < max(left, 0)

    @pure
    @given(st.one_of(cents, st.just(WHOLE)), st.integers(-(10**6), 10**6))
    def splitting(self, disputed, left):
        self.assertTrue(0 <= held(disputed, left) <= max(left, 0))
        self.assertIn(claimed(disputed, left) + held(disputed, left), (left, 2 * left))
        self.assertEqual(claimed(disputed, left) == left, held(disputed, left) in (0, left))

    def test_properties(self):
        self.allotting()
        self.splitting()

    def test_sql_says_the_same(self):
        """The statement and its twin, on the same numbers."""

        table = [(d, r, u) for d in (None, 0, 30, 10**12) for r in (100, 30, 10, 0, -20) for u in (None, 0, 15)]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM (VALUES %s) l(disputed_currency, amount_residual_currency, under_way_currency)",
                items.held(),
                items.claimed(),
                SQL(", ").join(SQL("(%s::numeric, %s::numeric, %s::numeric)", *row) for row in table),
            )
        )
        expected = [(held(d or 0, r - (u or 0)), claimed(d or 0, r - (u or 0))) for d, r, u in table]
        self.assertEqual([(float(a), float(b)) for a, b in rows], expected)
