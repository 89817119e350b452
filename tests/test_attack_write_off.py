"""A proposal to give something up can't be made to mean something else, by a client of a running
server."""

import ast
import re

from .served import ServedCase

ITEMS = """
from odoo import Command
account = env['account.account'].create({'name': 'Bad debts', 'code': '699001', 'account_type': 'expense'})
env.company.write({'write_off_account_id': account.id, 'write_off_limit_user': 100, 'write_off_limit_manager': 500})
dong = env.ref('base.VND')
dong.write({'active': True, 'rate_ids': [Command.create({'name': '2020-01-01', 'rate': 26300})]})
customers = env['res.partner'].create([{'name': 'First'}, {'name': 'Second'}])
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 46250.0, 'tax_ids': False})],
} for customer in customers])
moves.action_post()
other = env['res.company'].create({'name': 'Other'})
env.ref('base.user_admin').company_ids += other
env['res.users'].search([('login', '=', 'collector')]).company_ids += other
print('FACTS', {
    'customers': customers.ids, 'items': moves.line_ids.filtered('date_maturity').ids, 'dong': dong.id,
    'own': env.company.currency_id.id, 'company': env.company.id, 'other': other.id})
"""


class TestWriteOffClients(ServedCase):
    people = {
        "collector": ("lead_to_cash.group_collections_user", {}),
        "manager": ("lead_to_cash.group_collections_manager", {}),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.facts = ast.literal_eval(re.search(r"^FACTS (.*)$", cls.database.shell(ITEMS), re.M)[1])
        cls.collector = cls.client("collector")

    def propose(self, context=None, **values):
        given = {"partner_id": self.facts["customers"][0], "move_line_ids": [[6, 0, self.facts["items"][:1]]]}
        values = {**given, "reason": "Gone", **values}
        return self.collector.call("dunning.write.off", "create", [values], context=context or {})[0]

    def row(self, proposal):
        names = ["currency_id", "company_id", "amount", "state", "approver_ids", "partner_id", "move_line_ids"]
        [row] = self.collector.call("dunning.write.off", "read", [proposal], names)
        return {name: row[name][0] if name.endswith("_id") else row[name] for name in names}

    def test_not_in_another_currency_or_company(self):
        """Whatever a client sends, as values or as defaults: those of the items."""
        dong, other = self.facts["dong"], self.facts["other"]
        for values, context in (
            ({"currency_id": dong}, {}),
            ({"company_id": other}, {}),
            ({"currency_id": dong, "company_id": other, "state": "approved", "state_since": "2020-01-01"}, {}),
            ({}, {"default_currency_id": dong, "default_company_id": other}),
            ({}, {"default_state": "approved", "default_approver_ids": [[6, 0, [self.collector.uid]]]}),
        ):
            with self.subTest(values=values, context=context):
                proposal = self.propose(context=context, **values)
                row = self.row(proposal)
                own = (self.facts["own"], self.facts["company"], "proposed", [])
                self.assertEqual((row["currency_id"], row["company_id"], row["state"], row["approver_ids"]), own)
                sentence = self.assertRefused(
                    "UserError", self.collector.call, "dunning.write.off", "action_approve", [proposal]
                )
                self.assertIn("above your limit", sentence)

    def test_keeps_what_it_was_proposed_for(self):
        proposal = self.propose()
        before = self.row(proposal)
        for values in (
            {"currency_id": self.facts["dong"]},
            {"company_id": self.facts["other"]},
            {"partner_id": self.facts["customers"][1]},
            {"move_line_ids": [[6, 0, self.facts["items"][1:]]]},
            {"partner_id": self.facts["customers"][1], "move_line_ids": [[6, 0, self.facts["items"][1:]]]},
            {"amount": 5, "currency_id": self.facts["dong"]},
        ):
            for login in ("collector", "manager"):
                with self.subTest(values=values, login=login):
                    client = self.client(login)
                    for method in ("write", "web_save"):
                        more = [{}] if method == "web_save" else []
                        sentence = self.assertRefused(
                            "UserError", client.call, "dunning.write.off", method, [proposal], values, *more
                        )
                        self.assertIn("Refuse it and make a new one", sentence)
        self.assertEqual(self.row(proposal), before)

    def test_what_may_change(self):
        proposal = self.propose()
        self.collector.call("dunning.write.off", "write", [proposal], {"amount": 50.0, "reason": "A part"})
        self.assertEqual(self.row(proposal)["amount"], 50.0)

    def test_slices(self):
        """Each below the limit, together above it."""
        manager = self.client("manager")
        old = manager.call("dunning.write.off", "search", [("state", "in", ("proposed", "approved"))])
        manager.call("dunning.write.off", "action_refuse", old)
        items, customer = self.facts["items"][1:], self.facts["customers"][1]
        slices = [self.propose(partner_id=customer, move_line_ids=[[6, 0, items]], amount=60.0) for _number in "12"]
        for proposal in slices:
            self.assertRefused("UserError", self.collector.call, "dunning.write.off", "action_approve", [proposal])
        manager.call("dunning.write.off", "action_refuse", slices[1:])
        self.collector.call("dunning.write.off", "action_approve", slices[:1])
        self.assertEqual(self.row(slices[0])["state"], "approved")
