"""Searching is reading: nobody learns by a search, an order or a group what they can't read."""

import contextlib

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import HandlingCase
from .served import Refused, ServedCase

#: What fields are compared with, by their type.
VALUES = {"boolean": True, "date": "2026-03-10", "datetime": "2026-03-10 08:00:00", "integer": 1, "monetary": 1.0}

#: A reminded invoice and a quotation of the customer who logs in as ``customer``; a secret
#: behind the level's template, and what is thought of the customer.
PREPARE = """
from odoo import Command
env = env(context={**env.context, 'l2c_today': '2026-03-10'})
login = lambda name: env['res.users'].search([('login', '=', name)])
customer = login('customer').partner_id
env['dunning.policy'].search([]).active = False
server = env['ir.mail_server'].create({'name': 'Ours', 'smtp_host': '127.0.0.1', 'smtp_user': 'us', 'smtp_pass': 'secret',
    'smtp_authentication': 'login'})
template = env.ref('lead_to_cash.mail_template_dunning_notice').copy({'mail_server_id': server.id})
policy = env['dunning.policy'].create({'name': 'Test', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 4, 'mail_template_id': template.id})]})
policy.action_start()
env.company.dunning_policy_id = policy
move = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False, 'invoice_user_id': login('seller').id,
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})]})
move.action_post()
env['dunning.run'].create({'date': '2026-03-10'}).action_run()
lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'partner_id': customer.id, 'need': 'Much',
    'budget': 500, 'user_id': login('seller').id})
order = env['sale.order'].create({'partner_id': customer.id, 'opportunity_id': lead.id, 'user_id': login('seller').id})
order.action_quotation_sent()
move.message_subscribe(customer.ids)
order.message_subscribe(customer.ids)
customer.collection_note = 'Liar'
colleague = env['crm.lead'].create({'name': 'Colleague', 'type': 'opportunity', 'need': 'Hidden', 'budget': 471148,
    'user_id': env.ref('base.user_admin').id})
env['sale.order'].create({'partner_id': customer.id, 'user_id': login('seller').id, 'client_order_ref': 'Own'})
"""


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestEverySearch(HandlingCase):
    """Each field of ours that is searched by a method, or through another record."""

    def guarded(self):
        """Model as a user, and field, for each that the user may not read."""
        groups = {"p": "base.group_portal", "e": "base.group_user", "s": "sales_team.group_sale_salesman"}
        users = [self.user(login, group) for login, group in groups.items()]
        for name, model in self.env.items():
            for field in model._fields.values():
                if "lead_to_cash" in field._modules and not field.store:
                    for user in users:
                        if not model.with_user(user)._has_field_access(field, "read"):
                            yield self.env[name].with_user(user), field

    def test_refused_to_who_can_not_read_it(self):
        """Also where another field leads there and the model's own rights aren't asked."""
        seen = set()
        for model, field in self.guarded():
            value = VALUES.get(field.type, "x")
            for domain in (Domain(field.name, "=", value), Domain(field.name, "not in", [value])):
                with self.subTest(str(field), login=model.env.user.login), self.assertRaises(AccessError):
                    model._search(domain, bypass_access=True)
            if model.has_access("read"):
                # Odoo sorts by no related field that isn't read as superuser.
                unsorted = field.related and not (field.compute_sudo or field.inherited)
                refused = ValueError if unsorted else AccessError
                with self.subTest(str(field), login=model.env.user.login), self.assertRaises(refused):
                    model.search([], order=field.name)
            seen.add(str(field))
        self.assertGreaterEqual(
            seen,
            {
                "account.move.dunning_level_id",
                "account.move.dunning_next_date",
                "account.move.dunning_decision_code",
                "account.move.line.is_mine",
                "call.list.line.collection_note",
                "res.partner.is_watched",
                "res.partner.has_no_collector",
                "res.partner.is_mine_to_collect",
            },
        )

    def test_found_by_who_can(self):
        reader = self.user("invoicing", "account.group_account_invoice")
        partners = self.env["res.partner"].with_user(reader)
        self.assertIn(self.customer, partners.search([("has_no_collector", "=", True)]))
        self.assertNotIn(self.customer, partners.search([("is_watched", "=", True)]))
        self.customer.collection_note = "Pays on the 10th"
        lines = self.env["call.list.line"].with_user(reader)
        self.assertFalse(lines.search([("collection_note", "ilike", "10th")]))


class TestOracle(ServedCase):
    people = {
        "customer": ("base.group_portal", {}),
        "seller": ("sales_team.group_sale_salesman", {}),
        "invoicing": ("account.group_account_invoice", {}),
        "reader": ("account.group_account_readonly", {}),
    }
    prepare = PREPARE
    at = "2026-03-10 08:00:00"

    def assertNothingToLearn(self, login, model, name, operator, value):
        """Refused in one sentence that doesn't say what was looked for."""
        client = self.client(login)
        with self.subTest(model, login=login, name=name, operator=operator):
            sentence = self.assertRefused("AccessError", client.call, model, "search_count", [[name, operator, value]])
            self.assertNotIn("secret", sentence)

    def assertNotSorted(self, client, model, name):
        """Nor grouped."""
        for work in (
            lambda: client.call(model, "search_read", [], ["display_name"], order=name),
            lambda: client.call(model, "formatted_read_group", [], [name], ["__count"]),
        ):
            with self.subTest(model, name=name), self.assertRaises(Refused):
                work()

    def test_customers_walk_nowhere_from_their_invoices(self):
        """Each path that was taken to the password of the mail server, and what lies on it."""
        password = "mail_template_id.mail_server_id.smtp_pass"
        paths = {
            "account.move": "",
            "res.partner": "invoice_ids.",
            "sale.order": "invoice_ids.",
            "account.move.line": "move_id.",
        }
        for model, path in paths.items():
            field = f"{path}dunning_level_id"
            self.assertNothingToLearn("customer", model, f"{field}.{password}", "=like", "s%")
            self.assertNothingToLearn("customer", model, field, "any", [[password, "=like", "s%"]])
            self.assertNothingToLearn("customer", model, field, "not any", [["display_name", "ilike", "First"]])
            self.assertNothingToLearn("customer", model, field, "ilike", "First")
            self.assertNothingToLearn("customer", model, field, "in", [1, 2, 3])
            self.assertNothingToLearn("customer", model, f"{path}dunning_next_date", ">", "2026-01-01")
            self.assertNothingToLearn("customer", model, f"{path}dunning_decision_code", "=", "reminded")

    def test_customers_learn_nothing_of_themselves(self):
        self.assertNothingToLearn("customer", "sale.order", "lead_need", "ilike", "M")
        self.assertNothingToLearn("customer", "sale.order", "lead_budget", ">", 100)
        self.assertNothingToLearn("customer", "account.move.line", "is_mine", "=", True)
        customer = self.client("customer")
        for name in ("lead_need", "lead_budget"):
            self.assertNotSorted(customer, "sale.order", name)

    def test_salespeople_learn_no_notes_of_collectors(self):
        self.assertNothingToLearn("seller", "call.list.line", "collection_note", "ilike", "Li")
        seller = self.client("seller")
        self.assertNotSorted(seller, "call.list.line", "collection_note")

    def test_bookkeepers_ask_of_levels_what_they_can_read(self):
        password = "mail_template_id.mail_server_id.smtp_pass"
        for login in ("invoicing", "reader"):
            client = self.client(login)
            self.assertNothingToLearn(login, "account.move", f"dunning_level_id.{password}", "=like", "s%")
            for operator, value in (
                ("any", [["display_name", "ilike", "Fir"]]),
                ("ilike", "Fir"),
                ("any", [["policy_id.name", "=", "Test"]]),
            ):
                with self.subTest(operator, login=login):
                    domain = ["dunning_level_id", operator, value]
                    self.assertEqual(client.call("account.move", "search_count", [domain]), 1)
            nothing = [["dunning_level_id", "any", [["display_name", "ilike", "Second"]]]]
            self.assertEqual(client.call("account.move", "search_count", nothing), 0)

    def test_salespeople_ask_of_their_own_invoices(self):
        """Which level it is, they can read; not what else is known of levels."""
        seller = self.client("seller")
        [move] = seller.call("account.move", "search_read", [["dunning_level_id", "!=", False]], ["dunning_level_id"])
        level = move["dunning_level_id"][0]
        self.assertEqual(seller.call("account.move", "search_count", [["dunning_level_id", "=", level]]), 1)
        self.assertNothingToLearn("seller", "account.move", "dunning_level_id.policy_id.name", "=like", "T%")

    def test_customers_do_not_learn_whether_somebody_is_after_them(self):
        for model in ("account.move", "sale.order", "res.partner"):
            self.assertNothingToLearn("customer", model, "activity_state", "=", "overdue")

    def test_salespeople_learn_no_balance_by_a_statement_of_another_day(self):
        """Nor does anybody by days in the wrong order."""
        [[partner_id]] = self.database.query("SELECT partner_id FROM res_users WHERE login = 'customer'")
        report = f"/report/html/lead_to_cash.statement/{partner_id}"
        for login, status in (("seller", 403), ("invoicing", 200)):
            page = self.client(login).get(f"{report}?date_from=2026-01-01&date_to=2026-03-10")
            self.assertEqual(page.status_code, status, login)
        for login in ("seller", "invoicing"):
            page = self.client(login).get(f"{report}?date_to=2020-01-01&date_from=2026-03-10")
            with self.subTest(login):
                self.assertNotEqual(page.status_code, 200)
                self.assertNotIn("10.00", page.text)

    def test_a_colleagues_lead_is_not_read_or_won_by_a_quotation(self):
        [[lead_id]] = self.database.query("SELECT id FROM crm_lead WHERE name = 'Colleague'")
        [[order_id, partner_id]] = self.database.query(
            "SELECT id, partner_id FROM sale_order WHERE client_order_ref = 'Own'"
        )
        for login in ("seller", "invoicing"):
            client = self.client(login)
            with self.subTest(login):
                values = {"opportunity_id": lead_id, "partner_id": partner_id}
                self.assertRefused("AccessError", client.call, "crm.lead", "read", [lead_id], ["need"])
                self.assertRefused("AccessError", client.call, "sale.order", "write", [order_id], values)
                self.assertRefused("AccessError", client.call, "sale.order", "create", values)
        shown = {"lead_need": {}, "lead_budget": {}}
        answer = self.client("seller").call("sale.order", "onchange", [], values, ["opportunity_id"], shown)
        self.assertFalse(answer["value"].get("lead_need") or answer["value"].get("lead_budget"), answer)
        event = {"name": "Meeting", "start": "2026-03-11 08:00:00", "stop": "2026-03-11 09:00:00"}
        with contextlib.suppress(Refused):
            self.client("seller").call("calendar.event", "create", {**event, "opportunity_id": lead_id})
        rows = self.database.query("SELECT handling_role, won_status FROM crm_lead WHERE id = %s", lead_id)
        self.assertEqual(rows, [("new", "pending")])
