"""The customers of a policy or a rule are chosen by what its author can read of customers."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import DunningCase
from .served import ServedCase

#: Leads that the manager of collections can't read.
PREPARE = """
from odoo import Command
env['dunning.policy'].search([]).active = False
partner = env['res.partner'].create({'name': 'Customer', 'email': 'customer@example.com'})
env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'partner_id': partner.id, 'need': 'Much', 'budget': 500})
"""
#: What was learnt by them: what is behind the customer, what the author can't read, and text of others.
FOREIGN = (
    "[('opportunity_ids.need', 'ilike', 'M')]",
    "[('opportunity_ids', 'any', [('budget', '>', 100)])]",
    "['|', ('name', '=', 'x'), '!', ('opportunity_ids', 'not any', [('budget', '>', 100)])]",
    "[('opportunity_ids', '!=', False)]",
    "[('message_ids.body', 'ilike', 'x')]",
    "[('user_ids.login', '=like', 'a%')]",
    "[('user_id.company_id.name', '=like', 'a%')]",
    "[('user_id.totp_secret', '=like', 'a%')]",
    "[('user_id', 'any', [('api_key_ids', '!=', False)])]",
    "[('country_id.currency_id.create_uid.login', '=like', 'a%')]",
    "[('parent_id', 'ilike', 'x')]",
    "[('parent_id.name', '=', 'x')]",
    "[('id', 'child_of', 'x')]",
    "[('signup_type', '=', 'x')]",
    "[('invoice_ids.dunning_level_id.mail_template_id.mail_server_id.smtp_pass', '=like', 's%')]",
)
UNREADABLE = ("[('no_such_field', '=', 1)]", "nonsense(", "{'a': 1}", "[('name', 'any!', [])]", "[('name', '=', uid)]")
#: As the form offers them.
OWN = (
    "[('name', 'ilike', 'x'), ('vat', '!=', False)]",
    "[('is_company', '=', True)]",
    "[('id', 'in', [1, 2])]",
    "[('parent_id', '=', False)]",
    "[('category_id', 'in', [1])]",
    "[('category_id', 'child_of', [1])]",
    "[('category_id.name', '=', 'x')]",
    "[('category_id', 'not any', [('name', '=', 'x')])]",
    "[('country_id', 'ilike', 'Rom')]",
    "['|', ('country_id.code', '=', 'RO'), ('industry_id.name', 'ilike', 'x')]",
    "[('property_payment_term_id', 'in', [1])]",
    "[('property_payment_term_id.name', 'ilike', '30')]",
    "[('user_id', '=', False)]",
    "[('user_id.login', '=', 'x')]",
    "[('user_id.display_name', 'ilike', 'x')]",
    "[('user_id.name', 'ilike', 'x')]",
    "[('trust', '=', 'bad')]",
)


class TestDomains(ServedCase):
    people = {
        "manager": ("lead_to_cash.group_collections_manager", {}),
        "other": ("lead_to_cash.group_collections_manager", {}),
    }
    prepare = PREPARE

    def records(self, client):
        """A policy and a rule, with what makes another of them."""
        for model, needed in (
            ("dunning.policy", {"level_ids": [Command.create({"name": "First", "delay_days": 4})]}),
            ("dunning.collector.rule", {"user_ids": [Command.link(client.uid)]}),
        ):
            values = {"name": "Test", **needed}
            yield model, values, client.call(model, "create", [values])

    def test_foreign_domains_are_refused(self):
        """In one sentence that says what can be used instead, whatever it would have found."""
        manager = self.client("manager")
        for model, values, ids in self.records(manager):
            for domain in FOREIGN:
                for method, args in (
                    ("create", [[{**values, "partner_domain": domain}]]),
                    ("write", [ids, {"partner_domain": domain}]),
                ):
                    with self.subTest(domain, model=model, method=method):
                        sentence = self.assertRefused("ValidationError", manager.call, model, method, *args)
                        self.assertEqual(
                            sentence,
                            "The customers of Test can't be chosen by what isn't their own or what you can't read; use "
                            "fields of the customer, or of its tags, country, industry, payment terms or salesperson.",
                        )

    def test_unreadable_domains_are_refused(self):
        manager = self.client("manager")
        for model, _values, ids in self.records(manager):
            for domain in UNREADABLE:
                with self.subTest(domain, model=model):
                    write = (model, "write", ids, {"partner_domain": domain})
                    self.assertIn("Choose them anew", self.assertRefused("ValidationError", manager.call, *write))

    def test_own_fields_and_lists_can_be_used(self):
        manager = self.client("manager")
        for model, _values, ids in self.records(manager):
            for domain in OWN:
                with self.subTest(domain, model=model):
                    manager.call(model, "write", ids, {"partner_domain": domain})
                    [read] = manager.call(model, "read", ids, ["partner_domain", "partner_domain_is_old"])
                    self.assertEqual((read["partner_domain"], read["partner_domain_is_old"]), (domain, False))


@tagged("post_install", "-at_install")
class TestDomainsFromBefore(DunningCase):
    def old(self, record):
        domain = f"[('child_ids.name', '=', 'x'), ('id', '=', {self.customer.id})]"
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE {record._table} SET partner_domain = %s WHERE id = %s", [domain, record.id])
        record.invalidate_recordset()
        return record

    def test_in_force_until_edited(self):
        """With a banner; the author changes all else meanwhile."""
        manager = self.user("manager", "lead_to_cash.group_collections_manager")
        self.env["res.partner"].create({"name": "x", "parent_id": self.customer.id})
        policy = self.old(self.make_policy("Old", sequence=1)).with_user(manager)
        rule = self.old(self.env["dunning.collector.rule"].create({"name": "Old", "user_ids": manager.ids}))
        self.assertEqual(self.preview(self.invoice(due="2026-03-02")).policy_id, policy)
        for record in (policy, rule.with_user(manager)):
            with self.subTest(record._name):
                self.assertTrue(record.partner_domain_is_old)
                domain = record.partner_domain
                record.write({"name": "Renamed", "partner_domain": domain})
                self.assertEqual((record.name, record.partner_domain), ("Renamed", domain))
                with self.assertRaisesRegex(ValidationError, "can't be chosen by what isn't their own"):
                    record.partner_domain = "[('child_ids.name', '=', 'y')]"
                record.partner_domain = "[('name', '=', 'Customer')]"
                self.assertFalse(record.partner_domain_is_old)
        self.assertEqual(self.preview(self.invoice(due="2026-03-02")).policy_id, policy)

    def test_what_is_shipped_is_not_from_before(self):
        policies = self.env["dunning.policy"].with_context(active_test=False).search([("partner_domain", "!=", False)])
        self.assertGreaterEqual(len(policies), 5)
        self.assertFalse(policies.filtered("partner_domain_is_old"))
