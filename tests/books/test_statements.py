"""The statement of account, the balance confirmation, and what was owed on a day."""

import random
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...engine.books.statement import open_items
from ..common import RunCase
from ..dunning.test_reports import CALL_SHEET, CONFIRMATION, STATEMENT, LetterCase


@tagged("post_install", "-at_install")
class TestStatement(LetterCase):
    def test_open_items(self):
        first, second, credit = self.invoices(
            [
                {"due": "2026-03-01"},
                {"due": "2025-11-01", "amount": 40},
                {"due": "2026-03-05", "move_type": "out_refund", "amount": 15},
            ]
        )
        text = self.text(STATEMENT, self.customer)
        self.assertTells(text, first.name, second.name, credit.name, "03/10/2026", "Unallocated credits", "$ 125.00")
        self.assertTells(text, "$ 0.00 $ 100.00 $ 0.00 $ 0.00 $ 40.00")

    def test_the_ages_are_those_of_the_company(self):
        """As in the ageing."""
        self.invoices([{"due": "2026-03-01", "amount": 100.0}, {"due": "2026-02-20", "amount": 40.0}])
        self.env.company.write({"ageing_days_1": 7, "ageing_days_2": 14, "ageing_days_3": 21})
        text = self.words(STATEMENT, self.customer)
        self.assertTells(text, "1–7 days", "8–14 days", "15–21 days", "> 21 days")  # noqa: RUF001
        self.assertTells(text, "$ 0.00 $ 0.00 $ 100.00 $ 40.00 $ 0.00")

    def test_branches_and_currencies(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        branch, shop = self.env["res.partner"].create(
            [
                {"name": "North", "is_company": True, "parent_id": self.customer.id},
                {"name": "Shop", "parent_id": self.customer.id},
            ]
        )
        self.customer.is_company = True
        self.invoices(
            [
                {"amount": 10},
                {"partner_id": branch.id, "amount": 20},
                {"partner_id": shop.id, "amount": 30},
                {"partner_id": shop.id, "amount": 5, "currency_id": euro.id},
            ]
        )
        text = self.text(STATEMENT, self.customer | branch | shop)
        self.assertEqual(text.count("Statement of account"), 1)
        self.assertEqual(text.count("Subtotal"), 3)
        self.assertTells(text, "North", "Shop", "Open items in USD", "Open items in EUR", "$ 60.00", "5.00 €")
        confirmed = self.words(CONFIRMATION, self.customer | branch)
        self.assertEqual(confirmed.count("This is not a request to pay"), 2, "each owes its own")
        self.assertTells(confirmed, "$ 40.00", "$ 20.00")

    def test_movements(self):
        """The balance brought forward, what moved, and the balance they make."""
        _first, moved = self.invoices(
            [{"invoice_date": "2026-01-15", "amount": 70}, {"invoice_date": "2026-02-10", "amount": 100}]
        )
        self.pay(moved, 25)
        text = self.text(STATEMENT, self.customer, date_from="2026-02-01", date_to="2026-03-10")
        self.assertTells(text, "Balance brought forward $ 70.00", moved.name, "02/10/2026", "$ 145.00", "25.00")
        text = self.words(STATEMENT, self.customer, date_from="2026-02-01", date_to="2026-02-28")
        self.assertTells(text, "$ 170.00")

    def test_movements_are_a_ledger(self):
        """Debit, credit and the balance after each, by day, whoever of the customer's it is."""
        branch = self.env["res.partner"].create({"name": "North", "parent_id": self.customer.id})
        _first, later, first = self.invoices(
            [
                {"invoice_date": "2026-01-15", "amount": 70},
                {"invoice_date": "2026-02-20", "amount": 10},
                {"invoice_date": "2026-02-10", "amount": 100, "partner_id": branch.id},
            ]
        )
        self.pay(first, 25)
        data = {"date_from": "2026-02-01", "date_to": "2026-03-10"}
        text = self.text(STATEMENT, self.customer, **data)
        self.assertTells(
            text, "Date Document Reference Due date Debit Credit Balance", "Total $ 110.00 $ 25.00 $ 155.00"
        )
        lines = [
            f"02/10/2026 {first.name} 03/01/2026 $ 100.00 $ 170.00",
            f"02/20/2026 {later.name} 03/01/2026 $ 10.00 $ 180.00",
        ]
        lines.append("$ 25.00 $ 155.00")
        self.assertTells(text, *lines, "North")
        self.assertEqual(lines, sorted(lines, key=text.index))

    def test_confirmation_on_a_page(self):
        """Sixteen items and the answer on one page; of more, the answer beside the balance that it is about."""
        for count, pages in ((16, 1), (50, 2)):
            rows = [{"value": "percent", "value_amount": 100 / count, "nb_days": number} for number in range(count)]
            term = self.env["account.payment.term"].create(
                {"name": "Many", "line_ids": [Command.create(row) for row in rows]}
            )
            customer = self.env["res.partner"].create({"name": "Many"})
            self.invoice(partner_id=customer.id, invoice_payment_term_id=term.id, amount=4800)
            with self.subTest(count=count):
                found = self.pages(self.pdf(CONFIRMATION, customer))
                self.assertEqual(len(found), pages)
                self.assertTells(found[-1], "Balance $ 4,800.00", "answer online", "We agree", "We don't agree")
                self.assertNotIn("We agree", "".join(found[:-1]))

    def test_dialog(self):
        wizard = self.env["statement.wizard"].with_context(active_model="res.partner", active_ids=self.customer.ids)
        action = wizard.create({"kind": "movements", "date_from": "2026-01-01"}).action_print()
        self.assertEqual(action["data"]["docids"], self.customer.ids)
        self.assertEqual((action["data"]["date_from"], action["data"]["date_to"]), ("2026-01-01", "2026-03-10"))
        with self.assertRaisesRegex(UserError, "Choose an earlier one"):
            wizard.create({"kind": "movements", "date_from": "2027-01-01"}).action_print()

    def test_confirmation_at_a_day(self):
        move = self.invoice(amount=80)
        self.pay(move)
        text = self.text(CONFIRMATION, self.customer, date_to="2026-03-09")
        self.assertTells(text, move.name, "$ 80.00", "We agree", "We don't agree")
        with self.assertRaisesRegex(UserError, "Choose another day"):
            self.pdf(CONFIRMATION, self.customer)

    def test_call_sheet(self):
        self.customer.phone = "+40 21 555 0100"
        move = self.invoice()
        self.run_on("2026-03-10")
        self.customer.action_log_attempt("no_answer", note="Rang long")
        self.assertTells(self.text(CALL_SHEET, self.customer), "+40 21 555 0100", move.name, "Rang long", "First")

    def test_strangers_see_nothing(self):
        self.invoice()
        seller = self.user("seller_letters", "sales_team.group_sale_salesman")
        reports = self.env["ir.actions.report"].with_user(seller)
        with self.assertRaises(AccessError):
            reports._render_qweb_html(STATEMENT, self.customer.ids)


@tagged("post_install", "-at_install")
class TestOpenOn(RunCase):
    def test_as_of_any_day(self):
        """Against a ledger kept in plain Python: invoices, part payments, on days at random."""
        dice = random.Random(7)
        first, ledger, moves = date(2026, 1, 1), [], self.env["account.move"]
        for _ in range(12):
            day, amount = first + timedelta(dice.randrange(30)), dice.randrange(1000, 90000) / 100
            move = self.invoice(invoice_date=day, due=day + timedelta(30), amount=amount)
            moves += move
            ledger.append((day, move, amount))
            for _payment in range(dice.randrange(3)):
                part = round(amount * dice.random() / 3, 2)
                paid_on = day + timedelta(dice.randrange(1, 30))
                wizard = self.env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=move.ids
                )
                wizard.create({"payment_date": paid_on, "amount": part})._create_payments()
                ledger.append((paid_on, move, -part))
        self.env.flush_all()
        items = self.items(moves)
        for offset in range(-1, 70, 3):
            day = first + timedelta(offset)
            found = self.env.execute_query(open_items(self.env.company.id, self.customer.ids, day))
            rows = {item_id: amount for item_id, amount, _disputed in found}
            for item in items:
                owed = sum(amount for at, move, amount in ledger if move == item.move_id and at <= day)
                self.assertAlmostEqual(float(rows.get(item.id, 0)), owed, msg=f"{item.move_id.name} on {day}")
            self.assertLessEqual(set(rows), set(items.ids))
