"""Instalments that take the place of others: an invoice that was reminded of, reset to draft and split."""

from odoo import Command
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase

LATER = "2026-05-20"


class InstalmentCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-01")

    def remind(self, day, level):
        """The run of a day, whose e-mail leaves."""
        self.run_on(day)
        notice = self.notices(self.move).filtered(lambda notice: notice.state == "queued")
        notice = notice.with_context(l2c_today=day)
        notice.mail_ids.state = "sent"
        self.assertEqual((notice.state, notice.level_id.name), ("sent", level))
        return notice

    def term(self, *parts):
        """A payment term: (percent, days)."""
        lines = [{"value": "percent", "value_amount": percent, "nb_days": days} for percent, days in parts]
        return self.env["account.payment.term"].create(
            {"name": "Term", "line_ids": [Command.create(line) for line in lines]}
        )

    def split(self, *parts):
        """What an accountant does: reset to draft, another payment term, post; returns the items by date."""
        self.move.button_draft()
        with Form(self.move) as form:
            form.invoice_payment_term_id = self.term(*parts)
        self.move.action_post()
        return self.ordered()

    def ordered(self):
        self.env.invalidate_all()
        return self.items(self.move).sorted("date_maturity")

    def levels(self, item):
        lines = self.env["dunning.notice.line"].search([("move_line_id", "=", item.id)], order="id")
        return lines.mapped(lambda line: (line.level_id.name, line.amount_residual))

    def promise(self, items, amount, date="2026-03-25"):
        return self.env["dunning.promise"].create(
            {"partner_id": self.customer.id, "amount": amount, "date": date, "move_line_ids": items.ids}
        )

    def rows(self, day):
        """What is decided on a day about each instalment: (code, level, whether it rises)."""
        rows = self.preview(self.move, day).sorted("due")
        return [(row.code, row.level_id.name, row.escalates) for row in rows]


@tagged("post_install", "-at_install")
class TestInstalments(InstalmentCase):
    def test_each_keeps_the_level(self):
        notice = self.remind(TODAY, "First")
        first, second = self.split((50, 0), (50, 90))
        self.assertEqual((str(first.date_maturity), str(second.date_maturity)), ("2026-02-01", "2026-05-02"))
        for item in (first, second):
            self.assertEqual(self.levels(item), [("First", 50.0)])
        self.assertEqual((notice.amount_due, sum(notice.line_ids.mapped("amount_residual"))), (100.0, 100.0))
        self.assertEqual(self.rows("2026-03-11"), [("too_soon", "First", False), ("reminded", "First", False)])
        self.remind("2026-03-25", "Second")
        self.run_on(LATER)
        for item in (first, second):
            levels = [level for level, _amount in self.levels(item)]
            self.assertEqual((levels.count("First"), levels.count("Second")), (1, 1))

    def test_what_is_disputed_is_not_reminded(self):
        dispute = self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": "Broken", "move_line_ids": self.items(self.move).ids}
        )
        items = self.split((30, 0), (30, 30), (40, 90))
        self.assertEqual((dispute.move_line_ids, dispute.state), (items, "open"))
        self.assertEqual({code for code, _level, _escalates in self.rows(LATER)}, {"disputed"})

    def test_a_part_that_was_promised(self):
        """Of two instalments the first was promised; cut anew, its money is in the first two of three."""
        items = self.split((50, 0), (50, 90))
        promise = self.promise(items[0], 50.0)
        items = self.split((25, 0), (25, 30), (50, 60))
        self.assertEqual(promise.move_line_ids, items[:2])
        self.pay(self.move, 49.0)
        self.assertEqual(promise.state, "open")
        self.pay(self.move, 1.0)
        self.assertEqual(promise.state, "kept")

    def test_more_than_what_was_promised(self):
        """The whole takes the place of two of which one was promised: what was promised keeps it."""
        items = self.split((50, 0), (50, 90))
        promise = self.promise(items[0], 50.0)
        item = self.split((100, 10))
        self.assertEqual((promise.move_line_ids, promise.amount), (item, 50.0))
        self.pay(self.move, 50.0)
        self.assertEqual(promise.state, "kept")

    def test_put_together(self):
        """The highest level of both: none comes twice; on a notice with both, what both were asked for."""
        first, second = self.split((50, 28), (50, 29))
        self.remind("2026-03-06", "First")
        both = self.remind("2026-03-13", "Second")
        self.assertEqual(len(both.line_ids), 2)
        item = self.split((100, 28))
        self.assertEqual(len(item), 1)
        self.assertEqual(self.levels(item), [("First", 100.0), ("Second", 100.0)])
        self.assertEqual((both.amount_due, both.line_ids.mapped("amount_residual")), (100.0, [100.0]))
        self.assertEqual(self.rows("2026-03-30"), [("last_level", "Second", False)])
        self.assertTrue(first | second)

    def test_put_together_at_different_levels(self):
        """The later one was reminded with the other, at a lower level."""
        first, second = self.split((50, 18), (50, 26))
        self.remind("2026-02-24", "First")
        self.remind("2026-03-04", "Second")
        self.assertEqual(self.levels(second)[-1], ("First", 50.0))
        item = self.split((100, 20))
        self.assertEqual([level for level, _amount in self.levels(item)].count("First"), 1)
        self.assertEqual(self.rows("2026-03-20"), [("last_level", "Second", False)])
        self.assertTrue(first)

    def test_a_later_one_changes_alone(self):
        """The first was reminded; the rest is cut in two, and begins at the start."""
        items = self.split((50, 0), (50, 90))
        self.remind(TODAY, "First")
        first, second, third = self.split((50, 0), (25, 60), (25, 90))
        self.assertEqual(self.levels(first), [("First", 50.0)])
        self.assertEqual((self.levels(second), self.levels(third)), ([], []))
        self.assertTrue(items)

    def test_excluded_and_returned(self):
        """The mark of a returned payment, and that it is excluded, go on too."""
        self.give_back(self.pay(self.move), date="2026-03-09")
        self.items(self.move).no_followup = True
        items = self.split((50, 0), (50, 90))
        self.assertEqual(items.mapped("no_followup"), [True, True])
        self.assertEqual({str(day) for day in items.mapped("payment_returned_date")}, {"2026-03-09"})
        self.assertEqual(items.mapped("payment_return_open"), [True, True])

    def test_nothing_is_kept_of_others(self):
        """Two invoices, reset together: each its own."""
        other = self.invoice(due="2026-03-01", amount=60.0)
        self.remind(TODAY, "First")
        promise = self.promise(self.items(self.move), 100.0)
        (self.move | other).button_draft()
        (self.move | other).write({"invoice_payment_term_id": self.half_later().id})
        (self.move | other).action_post()
        self.assertEqual(promise.move_line_ids, self.items(self.move))
        self.assertEqual([self.levels(item) for item in self.items(other)], [[("First", 30.0)]] * 2)

    def test_an_opening_balance(self):
        """Several customers in one entry: each customer's stays with it."""
        other = self.env["res.partner"].create({"name": "Other"})
        account = self.items(self.move).account_id
        values = [
            {"account_id": account.id, "partner_id": partner.id, "debit": 100.0, "date_maturity": "2026-03-01"}
            for partner in (self.customer, other)
        ]
        income = self.move.invoice_line_ids.account_id
        values.append({"account_id": income.id, "credit": 200.0})
        entry = self.env["account.move"].create({"line_ids": [Command.create(line) for line in values]})
        entry.action_post()
        mine, others = entry.line_ids[:2]
        promise = self.promise(mine, 100.0)
        entry.button_draft()
        half = {"account_id": account.id, "partner_id": other.id, "debit": 50.0}
        entry.write(
            {
                "line_ids": [
                    Command.update(others.id, {"debit": 50.0}),
                    Command.create(half | {"date_maturity": "2026-02-01"}),
                ]
            }
        )
        entry.action_post()
        self.env.invalidate_all()
        self.assertEqual((promise.move_line_ids, promise.state), (mine, "open"))


@tagged("post_install", "-at_install")
class TestReminded(InstalmentCase):
    """Of an invoice that was reminded of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.remind(TODAY, "First")

    def test_what_was_promised_is_not_reminded(self):
        promise = self.promise(self.items(self.move), 100.0)
        first, second = self.split((50, 0), (50, 90))
        self.assertEqual((promise.move_line_ids, promise.state, promise.amount), (first | second, "open", 100.0))
        self.assertEqual([code for code, _level, _escalates in self.rows("2026-03-26")], ["promised", "promised"])
        self.pay(self.move, 50.0)
        self.assertEqual(promise.state, "open")
        self.pay(self.move)
        self.assertEqual(promise.state, "kept")

    def test_undone(self):
        """Split, and put together again: as before."""
        promise = self.promise(self.items(self.move), 100.0)
        self.split((50, 0), (50, 90))
        item = self.split((100, 28))
        self.assertEqual((self.levels(item), promise.move_line_ids), ([("First", 100.0)], item))

    def test_another_day(self):
        """Posted, or by another term of as many instalments."""
        item = self.items(self.move)
        item.date_maturity = "2026-03-20"
        self.assertEqual((self.items(self.move), self.levels(item)), (item, [("First", 100.0)]))
        item = self.split((100, 60))
        self.assertEqual((str(item.date_maturity), self.levels(item)), ("2026-04-02", [("First", 100.0)]))

    def test_a_split_to_zero(self):
        """What is about nothing takes over nothing, and is never asked for."""
        promise = self.promise(self.items(self.move), 100.0)
        items = self.split((0, 0), (100, 28))
        owed = items.filtered("amount_residual")
        self.assertEqual((owed.amount_residual, promise.move_line_ids), (100.0, owed))
        self.assertEqual(
            [self.levels(item) for item in items], [[("First", 100.0)] if item == owed else [] for item in items]
        )
        self.assertEqual(self.rows("2026-03-20"), [("promised", "First", False)])

    def test_emptied_and_filled_again(self):
        """In two steps, with a night between them."""
        promise = self.promise(self.items(self.move), 100.0)
        self.move.button_draft()
        self.move.invoice_line_ids.unlink()
        self.assertEqual(self.items(self.move).mapped("balance"), [0.0])
        self.nightly("2026-03-11")
        self.move.write(
            {
                "invoice_line_ids": [Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})],
                "invoice_payment_term_id": self.half_later().id,
            }
        )
        self.move.action_post()
        items = self.ordered()
        self.assertEqual([self.levels(item) for item in items], [[("First", 50.0)]] * 2)
        self.assertEqual((promise.move_line_ids, promise.state), (items, "open"))
        self.pay(self.move, 99.0)
        self.assertEqual(promise.state, "open")
        self.pay(self.move, 1.0)
        self.assertEqual(promise.state, "kept")

    def test_decisions_stay_with_the_document(self):
        before = len(self.env["dunning.decision"].search([("move_id", "=", self.move.id)]))
        self.split((50, 0), (50, 90))
        self.split((100, 28))
        self.env.invalidate_all()
        self.assertGreaterEqual(len(self.env["dunning.decision"].search([("move_id", "=", self.move.id)])), before)
        self.assertEqual(len(self.current(self.move)), 1)
