"""What is kept about customers, asked for and deleted by who must not; and Odoo's own search for a
person's data beside ours."""

from ..served import ServedCase

PREPARE = """
from odoo import Command
manager, neighbour = (env['res.users'].search([('login', '=', login)]) for login in ('manager', 'neighbour'))
other = env['res.company'].create({'name': 'Neighbour'})
neighbour.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
customer = env['res.partner'].create({'name': 'Ivan Ivanov', 'email': 'ivan@example.com', 'company_id': env.company.id})
env.company.is_deletion_confirmed = False
lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'contact_name': 'Ivan Ivanov'})
lead.email_from = 'ivan@example.com'
assert not lead.partner_id
lead.action_log_attempt('reached', note='Said something')
env['dunning.watch'].create({
    'partner_id': customer.id, 'company_id': env.company.id, 'kind': 'dispute', 'ref': '1', 'since': '2026-03-10'})
env['dunning.sales.release'].create({
    'partner_id': customer.id, 'company_id': env.company.id, 'until': '2026-03-20', 'reason': 'Old friend'})
for partner in (customer, env['res.partner'].create({'name': 'Somebody Else', 'email': 'else@example.com'})):
    partner.action_log_attempt('reached')
move = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-02', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
move.action_post()
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'All', 'level_ids': [Command.create({'name': 'First', 'delay_days': 4})]})
policy.action_start()
env.company.dunning_policy_id = policy
env['dunning.run'].create({}).action_run()
"""


class TestAttackPrivacy(ServedCase):
    at = "2026-03-10 08:00:00"
    prepare = PREPARE
    people = {
        "manager": ("lead_to_cash.group_collections_manager", {}),
        "neighbour": ("lead_to_cash.group_collections_manager", {}),
        "collector": ("lead_to_cash.group_collections_user", {}),
        "seller": ("sales_team.group_sale_salesman_all_leads", {}),
        "portal": ("base.group_portal", {}),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [(cls.customer_id,)] = cls.database.query("SELECT id FROM res_partner WHERE name = 'Ivan Ivanov'")
        cls.company_id = 1

    def test_no_export_without_the_right(self):
        for login in ("collector", "seller", "neighbour", "portal"):
            with self.subTest(login):
                client = self.client(login)
                answer = client.get(f"/lead-to-cash/kept/{self.customer_id}")
                self.assertEqual(answer.status_code, 403)
                self.assertRefused("AccessError", client.call, "res.partner", "action_export_kept", [self.customer_id])
        answer = self.client().get(f"/lead-to-cash/kept/{self.customer_id}", allow_redirects=False)
        self.assertEqual((answer.status_code, "/web/login" in answer.headers["Location"]), (303, True))
        self.assertEqual(self.client("manager").get(f"/lead-to-cash/kept/{self.customer_id}").content[:2], b"PK")

    def test_nobody_is_anonymised_without_the_right(self):
        values = {"partner_id": self.customer_id}
        for login in ("collector", "seller", "portal"):
            with self.subTest(login):
                client = self.client(login)
                self.assertRefused("AccessError", client.call, "res.partner", "action_anonymise", [self.customer_id])
                self.assertRefused("AccessError", client.call, "privacy.anonymise", "create", values)
        neighbour = self.client("neighbour")
        self.assertRefused("AccessError", neighbour.call, "res.partner", "action_anonymise", [self.customer_id])
        dialog = neighbour.call("privacy.anonymise", "create", values)
        self.assertRefused("AccessError", neighbour.call, "privacy.anonymise", "action_anonymise", [dialog])
        self.assertEqual(
            self.database.query("SELECT name FROM res_partner WHERE id = %s", self.customer_id)[0][0], "Ivan Ivanov"
        )

    def test_nobody_starts_deleting_for_another_company(self):
        neighbour = self.client("neighbour")
        dialog = neighbour.call("privacy.deletion", "create", {"company_id": self.company_id})
        self.assertRefused("AccessError", neighbour.call, "privacy.deletion", "action_start", [dialog])
        mine = self.client("manager").call("privacy.deletion", "create", {})
        self.assertRefused("AccessError", neighbour.call, "privacy.deletion", "action_start", [mine])
        for login in ("collector", "seller"):
            with self.subTest(login):
                self.assertRefused("AccessError", self.client(login).call, "privacy.deletion", "action_open")
        confirmed = self.database.query("SELECT is_deletion_confirmed FROM res_company WHERE id = %s", self.company_id)
        self.assertEqual(confirmed, [(False,)])


class TestPrivacyLookup(ServedCase):
    """Odoo's `privacy_lookup`, installed after ours."""

    at = "2026-03-10 08:00:00"
    prepare = PREPARE
    people = {login: TestAttackPrivacy.people[login] for login in ("manager", "neighbour")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database.run("-i", "privacy_lookup", "--stop-after-init", "--no-http", at=cls.at)

    def test_it_finds_what_we_keep(self):
        found = self.database.shell(
            """
wizard = env['privacy.lookup.wizard'].create({'name': 'Ivan Ivanov', 'email': 'ivan@example.com'})
wizard.action_lookup()
for line in wizard.line_ids:
    print('found', line.res_model, line.res_id)
"""
        )
        rows = [tuple(row.split()[1:]) for row in found.splitlines() if row.startswith("found ")]
        ours = {
            "crm.lead": 1,
            "contact.attempt": 2,
            "dunning.watch": 1,
            "dunning.sales.release": 1,
            "dunning.notice": 1,
        }
        ours["dunning.decision"] = 1
        self.assertEqual({model: [row[0] for row in rows].count(model) for model in ours}, ours)
        self.assertEqual(len(rows), len(set(rows)))

    def test_it_doesnt_delete_the_level_of_an_open_item(self):
        said = self.database.shell(
            """
from odoo.exceptions import UserError
wizard = env['privacy.lookup.wizard'].create({'name': 'Ivan Ivanov', 'email': 'ivan@example.com'})
wizard.action_lookup()
line = wizard.line_ids.filtered(lambda line: line.res_model == 'dunning.notice')
try:
    line.action_unlink()
except UserError as error:
    print('refused', error)
"""
        )
        self.assertIn("from the first level again", said)
