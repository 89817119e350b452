"""*Find an Amount* and *Apply Credits*: what came in, and what it is for."""

import random
from itertools import combinations as every

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, tagged

from ...engine.collecting.matching import combinations
from ..common import RunCase


class AmountCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("am_clerk", "account.group_account_invoice")

    def customers(self, count):
        return self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(count)])

    def find(self, amount, user=None, **values):
        """Open the dialog from the menu, fill it in, press *Find*."""
        action = self.env.ref("lead_to_cash.amount_riddle_action")
        with Form(self.env[action.res_model].with_user(user or self.clerk)) as form:
            form.amount = amount
            for name, value in values.items():
                form[name] = value
        wizard = form.record
        self.assertEqual(wizard.action_find()["res_id"], wizard.id)
        return wizard

    def found(self, wizard):
        return [(line.kind, line.partner_id, line.item_ids.move_id) for line in wizard.line_ids]

    def credit(self, amount, **values):
        move = self.invoice(move_type="out_refund", amount=amount, **values)
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def propose(self, partners=None, user=None):
        """Open *Apply Credits* from the menu, or from the Actions menu of customers."""
        context = {"active_model": "res.partner", "active_ids": partners.ids} if partners else {}
        return Form(self.env["credit.apply"].with_user(user or self.clerk).with_context(**context))


@tagged("post_install", "-at_install")
class TestFindAnAmount(AmountCase):
    def test_which_invoices_make_it(self):
        other = self.customers(1)
        self.invoices([{"amount": 17000.0}, {"amount": 320.5}, {"amount": 99.0}, {"amount": 41.0}])
        theirs = self.invoices([{"amount": 17320.5, "partner_id": other.id}, {"amount": 5.0, "partner_id": other.id}])
        wizard = self.find(17320.5)
        mine = self.env["account.move"].search([("partner_id", "=", self.customer.id), ("amount_total", ">", 100)])
        self.assertEqual(self.found(wizard), [("exact", other, theirs[0]), ("exact", self.customer, mine)])
        self.assertIn("2 ways", wizard.summary)
        self.assertEqual(wizard.line_ids[0].action_open()["domain"], [("id", "in", theirs[0].ids)])
        only = self.find(17320.5, partner_id=self.customer)
        self.assertEqual(self.found(only), [("exact", self.customer, mine)])
        self.assertIn("fits in one way.", only.summary)

    def test_open_credits_are_taken_off(self):
        move = self.invoice(amount=500.0)
        credit = self.credit(80.0)
        self.assertEqual(self.found(self.find(420.0)), [("exact", self.customer, move | credit.move_id)])

    def test_less_a_discount_in_its_window(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "5 % in 90 days",
                "early_discount": True,
                "discount_percentage": 5,
                "discount_days": 90,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 100})],
            }
        )
        move = self.invoice(amount=1000.0, invoice_payment_term_id=terms.id, invoice_date_due=False)
        self.assertEqual(self.found(self.find(950.0)), [("discount", self.customer, move)])

    def test_less_tax_withheld_or_a_bank_fee(self):
        self.customer.withholding_rate = 20
        move = self.invoice(amount=1000.0)
        self.assertEqual(self.found(self.find(800.0)), [("withheld", self.customer, move)])
        wizard = self.find(985.0)
        self.assertEqual((self.found(wizard), wizard.line_ids.over), ([("fee", self.customer, move)], 15.0))
        self.assertFalse(self.find(985.0, fee=10.0).line_ids)

    def test_nothing_fits_and_no_amount(self):
        self.invoice(amount=100.0)
        wizard = self.find(33.33)
        self.assertFalse(wizard.line_ids)
        self.assertIn("No open documents make", wizard.summary)
        with self.assertRaisesRegex(UserError, "above zero"):
            self.find(0.0)

    def test_paying_is_the_hosts_dialog(self):
        self.invoice(amount=640.0)
        action = self.find(640.0).line_ids.action_pay()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertEqual(wizard.amount, 640.0)

    def test_paying_less_than_is_open(self):
        """What the bank kept stays open; the amount is the one that came in."""
        move = self.invoice(amount=942.0)
        action = self.find(935.0).line_ids.action_pay()
        with Form(self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 935.0)
        payment = form.record._create_payments()
        self.assertEqual((payment.amount, move.amount_residual), (935.0, 7.0))

    def test_credits_are_applied_first(self):
        self.invoice(amount=500.0)
        self.credit(80.0)
        with self.assertRaisesRegex(UserError, "apply these first"):
            self.find(420.0).line_ids.action_pay()

    def test_another_company_is_not_looked_at(self):
        self.invoice(amount=777.0)
        company = self.env["res.company"].create({"name": "Other"})
        self.clerk.company_ids |= company
        wizard = self.env["amount.riddle"].with_user(self.clerk).with_company(company)
        wizard = wizard.create({"amount": 777.0, "currency_id": self.env.company.currency_id.id})
        wizard.action_find()
        self.assertFalse(wizard.line_ids)

    def test_a_salesperson_finds_nothing(self):
        seller = self.user("am_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.env["amount.riddle"].with_user(seller).create({"amount": 1.0})

    def test_many_open_documents(self):
        """All of them, and the first so many, are found among more than can be combined."""
        moves = self.invoices([{"amount": 100.0 + number, "due": f"2026-01-{number + 1:02}"} for number in range(30)])
        wizard = self.find(sum(moves.mapped("amount_total")), partner_id=self.customer)
        self.assertEqual(wizard.line_ids[0].item_ids.move_id, moves)


@tagged("post_install", "-at_install")
class TestApplyCredits(AmountCase):
    def test_what_is_unambiguous_is_proposed_and_applied(self):
        first, second = self.customers(2)
        plain = self.invoices([{"amount": 60.0, "partner_id": first.id}, {"amount": 40.0, "partner_id": first.id}])
        self.credit(100.0, partner_id=first.id)
        self.invoices([{"amount": 50.0, "partner_id": second.id}, {"amount": 50.0, "partner_id": second.id}])
        self.credit(50.0, partner_id=second.id)
        form = self.propose()
        self.assertEqual(len(form.line_ids), 1)  # of the second, nobody knows which
        result = form.save().action_apply()
        self.assertIn("Credits applied: 1.", result["params"]["message"])
        self.assertEqual(sum(plain.mapped("amount_residual")), 0)
        self.assertFalse(self.propose().line_ids)

    def test_of_a_customer_the_collector_chooses(self):
        old, new = self.invoices([{"amount": 50.0, "due": "2026-01-01"}, {"amount": 50.0, "due": "2026-02-01"}])
        self.credit(50.0)
        with self.propose(self.customer) as form, form.line_ids.edit(0) as line:
            self.assertFalse(line.is_chosen)  # one of two: a person says which
            self.assertEqual(line.item_ids[:], old.line_ids.filtered("date_maturity"))
            line.item_ids.clear()
            line.item_ids.add(new.line_ids.filtered("date_maturity"))
            line.is_chosen = True
        form.record.action_apply()
        self.assertEqual((old.amount_residual, new.amount_residual), (50.0, 0.0))

    def test_more_than_one_invoice_in_part(self):
        old, new = self.invoices([{"amount": 50.0, "due": "2026-01-01"}, {"amount": 50.0, "due": "2026-02-01"}])
        self.credit(70.0)
        with self.propose(self.customer) as form, form.line_ids.edit(0) as line:
            line.is_chosen = True
        form.record.action_apply()
        self.assertEqual((old.amount_residual, new.amount_residual), (0.0, 30.0))

    def test_one_that_is_gone_meanwhile_stops_no_other(self):
        first, second = self.customers(2)
        for partner in (first, second):
            self.invoice(amount=100.0, partner_id=partner.id)
            self.credit(100.0, partner_id=partner.id)
        wizard = self.propose(first | second).save()
        wizard.line_ids[0].item_ids.move_id.button_draft()
        result = wizard.action_apply()
        self.assertIn("Credits applied: 1. Not: Not open any more (1)", result["params"]["message"])

    def test_a_payment_on_account(self):
        move = self.invoice(amount=100.0)
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "payment_type": "inbound", "partner_type": "customer"}
        )
        payment.outstanding_account_id = self.env["account.account"].create(
            {"name": "Outstanding", "code": "OUTX", "account_type": "asset_current", "reconcile": True}
        )
        payment.action_post()
        self.propose(self.customer).save().action_apply()
        self.assertEqual(move.amount_residual, 0)

    def test_nothing_to_apply_and_none_chosen(self):
        self.assertFalse(self.propose(self.customer).line_ids)
        self.invoices([{"amount": 50.0}, {"amount": 50.0}])
        self.credit(50.0)
        with self.assertRaisesRegex(UserError, "at least one credit"):
            self.propose(self.customer).save().action_apply()

    def test_only_of_one_customer(self):
        """Whatever a client sends."""
        other = self.customers(1)
        move, credit = self.invoice(amount=50.0, partner_id=other.id), self.credit(50.0)
        line = {"credit_id": credit.id, "item_ids": [Command.set(move.line_ids.filtered("date_maturity").ids)]}
        wizard = (
            self.env["credit.apply"]
            .with_user(self.clerk)
            .create({"line_ids": [Command.create({**line, "is_chosen": True})]})
        )
        self.assertIn("Not: Not of one customer", wizard.action_apply()["params"]["message"])
        self.assertEqual(move.amount_residual, 50.0)


class TestMatching(BaseCase):
    """Against trying all there are."""

    def test_as_by_trying_all(self):
        random.seed(7)
        for _round in range(300):
            amounts = [random.choice((-30, 20, 50, 50, 70, 110, 130)) for _ in range(random.randint(0, 9))]
            target, over = random.randint(1, 300), random.choice((0, 0, 15))
            found = combinations(amounts, target, over, most=10_000)
            ways = [
                chosen
                for number in range(1, len(amounts) + 1)
                for chosen in every(range(len(amounts)), number)
                if 0 <= sum(amounts[at] for at in chosen) - target <= over
            ]
            with self.subTest(amounts=amounts, target=target, over=over):
                self.assertEqual(bool(found), bool(ways))
                for match in found:
                    self.assertEqual(sum(amounts[at] for at in match.chosen), target + match.over)
                    same = [way for way in ways if sum(amounts[at] for at in way) == target + match.over]
                    self.assertEqual(match.ways, len(same))
                if found:
                    self.assertEqual(found[0].over, min(sum(amounts[at] for at in way) for way in ways) - target)
