"""People who are no colleagues, work in another company, or only read: by RPC."""

from ..common import TODAY
from ..served import ServedCase

BOOKS, SALES = "account.group_account_invoice", "sales_team.group_sale_salesman"
MANAGER = "lead_to_cash.group_collections_manager"

PREPARE = """
import json
from odoo import Command
company, admin = env.company, env.ref('base.user_admin')
branch = env['res.company'].create({'name': 'Branch', 'parent_id': company.id})
second = env['res.company'].create({'name': 'Second'})
user = lambda login: env['res.users'].search([('login', '=', login)])
user('branch').write({'company_ids': [Command.set(branch.ids)], 'company_id': branch.id})
user('second').write({'company_ids': [Command.set(second.ids)], 'company_id': second.id})
customer = env['res.partner'].create({'name': 'Customer', 'email': 'customer@example.com', 'user_id': admin.id})
env['dunning.policy'].search([]).active = False
level = Command.create({'name': 'First', 'delay_days': 4, 'hold_sales': True})
policy = env['dunning.policy'].create({'name': 'All', 'user_id': admin.id, 'level_ids': [level]})
policy.action_start()
policy.level_ids.server_action_id = env['ir.actions.server'].create(
    {'name': 'Own', 'state': 'code', 'model_id': env['ir.model']._get_id('dunning.notice')})
company.write({'dunning_policy_id': policy.id, 'dunning_daily_limit': 7})
line = Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})
move = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01', 'invoice_user_id': admin.id,
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False, 'invoice_line_ids': [line]})
move.action_post()
run = env['dunning.run'].create({})
run.action_run()
notice = run.notice_ids
notice.state = 'sent'
notice._portal_ensure_token()
confirmation = env['balance.confirmation']._asked(
    company, company._today(), {customer: {str(company.currency_id.id): 100.0}})[customer]
rating = env['rating.rating'].create({
    'res_model_id': env['ir.model']._get_id('dunning.notice'), 'res_id': notice.id, 'partner_id': customer.id,
    'rating': 1, 'feedback': 'Cheated', 'consumed': True})
customer.with_user(user('collector')).action_log_attempt('refused', note='Has no money')
facts = {record._name: record.id for record in (customer, policy, move, notice, confirmation, rating)}
facts.update({'company': company.id, 'branch': branch.id})
env['ir.config_parameter'].set_param('test.facts', json.dumps(facts))
"""


class TestPeople(ServedCase):
    people = {
        "auditor": ("account.group_account_readonly,base.group_allow_export,base.group_partner_manager", {}),
        "accountant": (BOOKS, {"email": "accountant@example.com"}),
        "collector": ("lead_to_cash.group_collections_user", {"email": "collector@example.com"}),
        "manager": (f"{MANAGER},base.group_partner_manager", {"email": "manager@example.com"}),
        "branch": (MANAGER, {}),
        "second": (BOOKS, {}),
        "seller": (SALES, {}),
        "employee": ("base.group_user", {}),
        "portal": ("base.group_portal", {"email": "portal@example.com"}),
    }
    prepare = PREPARE
    at = f"{TODAY} 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = {login: cls.client(login) for login in cls.people}
        [[facts]] = cls.database.query("SELECT value::jsonb FROM ir_config_parameter WHERE key = 'test.facts'")
        cls.facts = facts

    def call(self, login, model, method, *args, **kwargs):
        return self.clients[login].call(model, method, *args, **kwargs)

    def refused(self, kind, login, model, method, *args, **kwargs):
        return self.assertRefused(kind, self.call, login, model, method, *args, **kwargs)

    def uid(self, login):
        return self.clients[login].uid

    # No colleagues ----------------------------------------------------------------------------

    def test_a_portal_user_is_given_no_work(self):
        portal, policy, company = self.uid("portal"), self.facts["dunning.policy"], self.facts["company"]
        level = [0, 0, {"name": "First", "delay_days": 4}]
        rule = {"name": "Rule", "user_ids": [[6, 0, [portal]]]}
        for case in (
            ("ValidationError", "dunning.policy", "write", [policy], {"user_id": portal}),
            ("ValidationError", "dunning.policy", "create", [{"name": "P", "user_id": portal, "level_ids": [level]}]),
            ("ValidationError", "res.partner", "write", [self.facts["res.partner"]], {"collector_id": portal}),
            ("ValidationError", "dunning.collector.rule", "create", [rule]),
            ("ValidationError", "res.users", "write", [self.uid("manager")], {"collector_substitute_id": portal}),
        ):
            kind, model, method, *args = case
            with self.subTest(model=model, method=method):
                self.assertIn("is no colleague", self.refused(kind, "manager", model, method, *args))
        [wizard] = self.call(
            "manager", "dunning.go.live", "create", [{"policy_id": policy, "rehearsal_user_id": portal}]
        )
        self.assertIn(
            "is no colleague", self.refused("ValidationError", "manager", "dunning.go.live", "action_go_live", [wizard])
        )
        [[limit]] = self.database.query("SELECT dunning_daily_limit FROM res_company WHERE id = %s", company)
        self.assertEqual(limit, 7)
        chosen = {"scope": "chosen", "partner_ids": [[6, 0, [self.facts["res.partner"]]]]}
        for values in ({"way": "person", **chosen}, {"way": "absence", "from_user_id": self.uid("collector")}):
            [wizard] = self.call("manager", "dunning.collector.assign", "create", [{"user_id": portal, **values}])
            with self.subTest(**values):
                self.refused("ValidationError", "manager", "dunning.collector.assign", "action_assign", [wizard])

    def test_meetings_are_for_colleagues_of_the_company(self):
        about = {"res_model": "res.partner", "res_ids": [self.facts["res.partner"]], "date": "2026-03-20"}
        for kind, login in (("meeting", "portal"), ("meeting", "second"), ("dispute", "portal"), ("offset", "portal")):
            values = {**about, "kind": kind, "user_id": self.uid(login), "reason": "x"}
            [wizard] = self.call("collector", "collection.action", "create", [values])
            with self.subTest(kind=kind, login=login):
                self.assertIn(
                    "doesn't work in",
                    self.refused("UserError", "collector", "collection.action", "action_do", [wizard]),
                )
        self.assertFalse(self.database.query("SELECT FROM mail_activity WHERE user_id = %s", self.uid("portal")))

    def test_a_portal_user_names_no_substitute(self):
        for values in ({"collector_substitute_id": self.uid("collector")}, {"collector_absent_until": "2030-01-01"}):
            with self.subTest(**values):
                self.refused("ValidationError", "portal", "res.users", "write", [self.uid("portal")], values)
        self.call("collector", "res.users", "write", [self.uid("collector")], {"collector_absent_from": "2026-04-01"})

    # Who only reads ----------------------------------------------------------------------------

    def test_an_auditor_writes_to_nobody(self):
        customer = self.facts["res.partner"]
        before = self.database.query("SELECT count(*) FROM mail_mail")
        for model in ("dunning.notice", "balance.confirmation"):
            with self.subTest(model):
                said = {"body": "Pay to me", "partner_ids": [customer], "subtype_xmlid": "mail.mt_comment"}
                self.refused("AccessError", "auditor", model, "message_post", [self.facts[model]], **said)
                composed = {"model": model, "res_ids": str([self.facts[model]]), "body": "x", "partner_ids": [customer]}
                [composer] = self.call("auditor", "mail.compose.message", "create", [composed])
                self.refused("AccessError", "auditor", "mail.compose.message", "action_send_mail", [composer])
        self.assertEqual(self.database.query("SELECT count(*) FROM mail_mail"), before)
        self.call("accountant", "dunning.notice", "message_post", [self.facts["dunning.notice"]], body="Called")

    def test_an_auditor_opens_no_page(self):
        for model in ("dunning.notice", "balance.confirmation"):
            record = self.facts[model]
            with self.subTest(model):
                self.refused("AccessError", "auditor", model, "read", [record], ["access_token"])
                self.refused("AccessError", "auditor", model, "search_read", [["access_token", "like", "a"]], ["id"])
                self.refused("AccessError", "auditor", model, "get_portal_url", [record])
                self.refused("AccessError", "auditor", model, "export_data", [record], ["access_token"])
                shared = {"res_model": model, "res_id": record}
                [wizard] = self.call("auditor", "portal.share", "create", [shared])
                self.refused("AccessError", "auditor", "portal.share", "read", [wizard], ["share_link"])
                [row] = self.call("auditor", model, "read", [record])
                self.assertNotIn("access_token", row)
        [row] = self.call("auditor", "dunning.notice", "read", [self.facts["dunning.notice"]], ["mail_body"])
        self.assertNotIn("access_token", row["mail_body"])
        bodies = self.call("auditor", "mail.message", "search_read", [["model", "=", "dunning.notice"]], ["body"])
        self.assertNotIn("access_token", str(bodies))

    # Elsewhere, and less ---------------------------------------------------------------------

    def test_what_customers_say_is_not_for_every_employee(self):
        rating = self.facts["rating.rating"]
        for login in ("employee", "seller", "second"):
            with self.subTest(login):
                found = self.call(login, "rating.rating", "search_read", [["id", "=", rating]], ["feedback"])
                self.assertEqual(found, [])
                self.refused("AccessError", login, "rating.rating", "read", [rating], ["feedback", "access_token"])
                self.refused("AccessError", login, "rating.rating", "write", [rating], {"feedback": "All well"})
        [row] = self.call("auditor", "rating.rating", "read", [rating], ["feedback"])
        self.assertEqual(row["feedback"], "Cheated")

    def test_another_companys_calls(self):
        domain = [["partner_id", "=", self.facts["res.partner"]]]
        for login, notes in (("second", []), ("seller", []), ("collector", ["Has no money"])):
            with self.subTest(login):
                rows = self.call(login, "contact.attempt", "search_read", domain, ["note"])
                self.assertEqual([row["note"] for row in rows], notes)
        for login in ("second", "seller", "employee"):
            about = [["model", "=", "res.partner"], ["res_id", "=", self.facts["res.partner"]]]
            self.assertNotIn("no money", str(self.call(login, "mail.message", "search_read", about, ["body"])))

    def test_a_salesperson_makes_no_customer_theirs(self):
        customer = {"partner_id": self.facts["res.partner"], "user_id": self.uid("seller")}
        [lead] = self.call("seller", "crm.lead", "create", [{"name": "Mine", "type": "opportunity", **customer}])
        [order] = self.call("seller", "sale.order", "create", [customer])
        self.call("seller", "res.partner", "write", [self.facts["res.partner"]], {"user_id": self.uid("seller")})
        for model, record in (("crm.lead", lead), ("sale.order", order)):
            with self.subTest(model):
                [row] = self.call("seller", model, "read", [record], ["collection_warning", "is_sales_held"])
                self.assertFalse(row["collection_warning"] or row["is_sales_held"])
                self.refused(
                    "UserError", "seller", model, "write", [record], {"given_customer_id": customer["partner_id"]}
                )
                self.refused(
                    "UserError",
                    "seller",
                    model,
                    "create",
                    [{"name": "x", **customer, "given_customer_id": customer["partner_id"]}],
                )
        sentence = self.refused("UserError", "seller", "sale.order", "action_confirm", [order])
        self.assertNotIn("100", sentence)
        self.refused(
            "UserError", "seller", "res.partner", "write", [self.facts["res.partner"]], {"is_self_chosen": False}
        )

    def test_a_branch_stops_nothing_of_its_parent(self):
        policy = self.facts["dunning.policy"]
        for method in ("action_stop", "action_start", "action_go_live", "unlink"):
            self.refused("AccessError", "branch", "dunning.policy", method, [policy])
        [wizard] = self.call("branch", "dunning.go.live", "create", [{"policy_id": policy, "daily_limit": 0}])
        self.refused("AccessError", "branch", "dunning.go.live", "action_go_live", [wizard])
        copied = self.call("branch", "dunning.policy", "copy", [policy])
        [[company]] = self.database.query("SELECT company_id FROM dunning_policy WHERE id = %s", copied[0])
        self.assertEqual(company, self.facts["branch"])
        self.refused("AccessError", "branch", "dunning.policy", "write", copied, {"company_id": self.facts["company"]})
        [[action]] = self.database.query("SELECT server_action_id FROM dunning_level WHERE policy_id = %s", copied[0])
        self.assertIsNone(action)

    def test_a_dialog_of_somebody_else(self):
        values = {
            "kind": "promise",
            "res_model": "res.partner",
            "res_ids": [self.facts["res.partner"]],
            "reason": "Secret",
        }
        [wizard] = self.call("collector", "collection.action", "create", [values])
        self.refused("AccessError", "accountant", "collection.action", "read", [wizard], ["reason"])
        self.refused("AccessError", "accountant", "collection.action", "action_do", [wizard])
        self.assertEqual(self.call("accountant", "collection.action", "search_count", []), 0)
