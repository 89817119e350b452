"""A proposal to give something up can't be made to mean something else, by a client of a running
server."""

import ast
import re

from ..served import ServedCase

ITEMS = """
from odoo import Command
account = env['account.account'].create({'name': 'Bad debts', 'code': '699001', 'account_type': 'expense'})
env.company.write({'write_off_account_id': account.id, 'write_off_limit_user': 100, 'write_off_limit_manager': 500})
dong = env.ref('base.VND')
dong.write({'active': True, 'rate_ids': [Command.create({'name': '2020-01-01', 'rate': 26300})]})
names = ['First', 'Second', 'Third', 'Fourth', 'Abroad', 'Also Abroad']
customers = env['res.partner'].create([{'name': name} for name in names])
cash = env['account.account'].create({'name': 'Till', 'code': '699002', 'account_type': 'asset_cash'})
kid = env['res.partner'].create({'name': 'Contact', 'parent_id': customers[3].id})
env.company.dunning_awaits_release = True
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
    'currency_id': dong.id if 'Abroad' in customer.name else env.company.currency_id.id,
    'invoice_line_ids': [Command.create({
        'name': 'Thing', 'price_unit': 1000000.0 if 'Abroad' in customer.name else 46250.0, 'tax_ids': False})],
} for customer in customers])
moves.action_post()
other = env['res.company'].create({'name': 'Other'})
env.ref('base.user_admin').company_ids += other
env['res.users'].search([('login', '=', 'collector')]).company_ids += other
print('FACTS', {
    'customers': customers.ids, 'items': moves.line_ids.filtered('date_maturity').ids, 'dong': dong.id,
    'own': env.company.currency_id.id, 'company': env.company.id, 'other': other.id, 'invoices': moves.ids,
    'cash': cash.id, 'kid': kid.id, 'receivable': moves.line_ids.filtered('date_maturity').account_id.id})
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
            {"move_line_ids": [[6, 0, self.facts["items"][1:2]]]},
            {"partner_id": self.facts["customers"][1], "move_line_ids": [[6, 0, self.facts["items"][1:2]]]},
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
        items, customer = self.facts["items"][1:2], self.facts["customers"][1]
        slices = [self.propose(partner_id=customer, move_line_ids=[[6, 0, items]], amount=60.0) for _number in "12"]
        for proposal in slices:
            self.assertRefused("UserError", self.collector.call, "dunning.write.off", "action_approve", [proposal])
        manager.call("dunning.write.off", "action_refuse", slices[1:])
        self.collector.call("dunning.write.off", "action_approve", slices[:1])
        self.assertEqual(self.row(slices[0])["state"], "approved")

    def test_slices_of_a_contact_that_left(self):
        """Whose items they are counts, not for whom it was proposed."""
        first, second = (self.of(3, partner_id=self.facts["kid"], amount=60.0) for _number in "12")
        self.client("admin").call("res.partner", "write", [self.facts["kid"]], {"parent_id": False})
        last = self.of(3, amount=30.0)
        for proposal in (first, second, last):
            sentence = self.assertRefused(
                "UserError", self.collector.call, "dunning.write.off", "action_approve", [proposal]
            )
            self.assertIn("above your limit", sentence)

    def test_what_is_posted_stays_counted(self):
        """Its entry taken off the items, a proposal isn't refused while the entry is in the books."""
        proposal = self.of(2, amount=60.0)
        self.collector.call("dunning.write.off", "action_approve", [proposal])
        self.collector.call("dunning.write.off", "action_post", [proposal])
        self.collector.call("account.move.line", "remove_move_reconcile", [self.facts["items"][2]])
        self.assertEqual(self.row(proposal)["state"], "approved")
        for login in ("collector", "manager"):
            refuse = self.client(login).call
            sentence = self.assertRefused("UserError", refuse, "dunning.write.off", "action_refuse", [proposal])
            self.assertIn("Reset it to draft first", sentence)
        # As it could come about before.
        self.database.query("UPDATE dunning_write_off SET state = 'refused' WHERE id = %s", proposal)
        more = self.of(2, amount=60.0)
        sentence = self.assertRefused("UserError", self.collector.call, "dunning.write.off", "action_approve", [more])
        self.assertIn("above your limit", sentence)

    def test_the_entry_stays_as_approved(self):
        """Whatever is changed of the draft, wherever it is posted."""
        loss, own = "expense", self.facts["own"]
        first, stranger, receivable = self.facts["customers"][4], self.facts["customers"][0], self.facts["receivable"]
        for name, changes in {
            "currency": lambda lines: [
                [1, line["id"], {"currency_id": own, "amount_currency": amount, "balance": amount}]
                for line in lines
                for amount in [line["amount_currency"]]
            ],
            "of another customer": lambda lines: self.pair(receivable, first, stranger),
            "of the same": lambda lines: self.pair(receivable, first, first),
            "account": lambda lines: [
                [1, line["id"], {"account_id": self.facts["cash"]}] for line in lines if line["account_type"] == loss
            ],
            "customer": lambda lines: [[1, line["id"], {"partner_id": stranger}] for line in lines],
            "reversed": None,
        }.items():
            with self.subTest(name):
                proposal, entry = self.approved(4, amount=100000.0)
                values = {"reversed_entry_id": self.facts["invoices"][0]}
                if changes:
                    fields = ["amount_currency", "account_type"]
                    lines = self.collector.call(
                        "account.move.line", "search_read", [("move_id", "=", entry)], fields=fields
                    )
                    values = {"line_ids": changes(lines)}
                self.collector.call("account.move", "write", [entry], values)
                self.assertNotPosted(proposal, entry)

    def test_the_credit_note_stays_as_approved(self):
        for name, values in {
            "currency": {"currency_id": self.facts["own"]},
            "customer": {"partner_id": self.facts["customers"][0]},
            "reversed": {"reversed_entry_id": self.facts["invoices"][0]},
            "account": {"account_id": self.facts["cash"]},
        }.items():
            with self.subTest(name):
                proposal, note = self.approved(5, amount=100000.0, document="credit_note")
                if name == "account":
                    lines = [("move_id", "=", note), ("display_type", "=", "product")]
                    found = self.collector.call("account.move.line", "search", lines)
                    self.collector.call("account.move.line", "write", found, values)
                else:
                    self.collector.call("account.move", "write", [note], values)
                self.assertNotPosted(proposal, note)

    def test_what_is_the_accountants(self):
        """The day, and what it says."""
        for document in ("entry", "credit_note"):
            with self.subTest(document):
                proposal, entry = self.approved(5, amount=1000.0, document=document)
                self.collector.call("account.move", "write", [entry], {"date": "2026-03-02", "ref": "Seen"})
                self.collector.call("dunning.write.off", "action_post", [proposal])
                self.assertEqual(self.row(proposal)["state"], "done")

    def test_a_clients_defaults_make_no_entry(self):
        context = {"default_reversed_entry_id": self.facts["invoices"][0]}
        _proposal, entry = self.approved(5, amount=1000.0, context=context)
        reverses = self.database.query("SELECT reversed_entry_id FROM account_move WHERE id = %s", entry)
        self.assertEqual(reverses, [(None,)])

    def test_what_is_no_record(self):
        manager = self.client("manager")
        facts = "SELECT (SELECT count(*) FROM account_move), (SELECT count(*) FROM mail_activity), "
        facts += (
            "(SELECT count(*) FROM ir_cron_trigger), (SELECT count(*) FROM res_company WHERE dunning_awaits_release)"
        )
        before = self.database.query(facts)
        for client, model, methods in (
            (self.collector, "dunning.write.off", ("action_approve", "action_refuse", "action_post")),
            (manager, "dunning.write.off", ("action_approve", "action_refuse", "action_post")),
            (manager, "dunning.run", ("action_run", "action_run_now", "action_release", "action_stop")),
        ):
            for method in methods:
                for key in (None, False, 0, 2**31 - 1):
                    with self.subTest(model=model, method=method, key=key):
                        self.assertRefused("MissingError", client.call, model, method, [key])
        self.assertEqual(self.database.query(facts), before)

    def of(self, number, **values):
        """A proposal about the item of one of the customers."""
        given = {
            "partner_id": self.facts["customers"][number],
            "move_line_ids": [[6, 0, [self.facts["items"][number]]]],
        }
        return self.propose(**{**given, **values})

    def approved(self, number, context=None, **values):
        proposal = self.of(number, **values)
        self.collector.call("dunning.write.off", "action_approve", [proposal], context=context or {})
        [[entry]] = self.database.query("SELECT move_id FROM dunning_write_off WHERE id = %s", proposal)
        return proposal, entry

    def pair(self, account, *customers):
        return [
            [0, 0, {"account_id": account, "partner_id": customer, "balance": amount, "name": "More"}]
            for customer, amount in zip(customers, (-46250.0, 46250.0), strict=True)
        ]

    def assertNotPosted(self, proposal, entry):
        for model, key in (("dunning.write.off", proposal), ("account.move", entry)):
            sentence = self.assertRefused("UserError", self.collector.call, model, "action_post", [key])
            self.assertIn("isn't what was approved any more", sentence)
        self.assertEqual(self.database.query("SELECT state FROM account_move WHERE id = %s", entry), [("draft",)])
