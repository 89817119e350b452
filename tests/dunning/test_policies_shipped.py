"""Policies as they are shipped: copied by a manager, taken by a further company."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import HandlingCase

SHIPPED = tuple(
    f"policy_{name}"
    for name in (
        "direct_debit",
        "public_sector",
        "key_accounts",
        "freelancers",
        "private_persons",
        "standard",
        "early_discount",
    )
)


@tagged("post_install", "-at_install")
class TestShippedPolicies(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Further", "currency_id": cls.env.ref("base.EUR").id})
        cls.manager = cls.user("policies_manager", "lead_to_cash.group_collections_manager")
        cls.manager.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.collector = cls.user("policies_collector", "lead_to_cash.group_collections_user")

    def policies(self, user=None):
        policies = self.env["dunning.policy"].with_user(user or self.manager).with_company(self.company)
        return policies.with_context(allowed_company_ids=self.company.ids, active_test=False)

    def theirs(self):
        return self.policies().search([("company_id", "=", self.company.id)])

    def shipped(self):
        return self.env["dunning.policy"].union(*(self.env.ref(f"lead_to_cash.{name}") for name in SHIPPED))

    def test_a_further_company_takes_them(self):
        self.assertFalse(self.theirs())
        said = self.policies().action_take_shipped()
        taken, shipped = self.theirs().sorted("sequence"), self.shipped().sorted("sequence")
        self.assertIn(f"{len(shipped)} policies are there", said["params"]["message"])
        self.assertEqual(taken.mapped("name"), shipped.mapped("name"))
        self.assertFalse(any(taken.mapped("is_running")))
        self.assertEqual(taken.user_id, self.manager)
        self.assertEqual(set(taken.mapped("minimum_balance")), {self.policies()._shipped_minimum(self.company)})
        names = ["name", "delay_days", "delay_from", "channel", "mail_template_id", "requires_approval", "guidance"]
        for one, other in zip(taken, shipped, strict=True):
            self.assertEqual(one.partner_domain, other.partner_domain)
            for level, known in zip(one.level_ids.sorted("sequence"), other.level_ids.sorted("sequence"), strict=True):
                self.assertEqual([level[name] for name in names], [known[name] for name in names])

    def test_twice_is_once(self):
        self.policies().action_take_shipped()
        before = self.theirs()
        said = self.policies().action_take_shipped()
        self.assertIn("has all the shipped policies already", said["params"]["message"])
        self.assertEqual(self.theirs(), before)

    def test_what_was_deleted_comes_back_and_what_was_changed_stays(self):
        self.policies().action_take_shipped()
        gone, kept = self.theirs()[0], self.theirs()[1]
        name = gone.name
        gone.unlink()
        kept.level_ids[0].name = "Ours"
        self.policies().action_take_shipped()
        self.assertIn(name, self.theirs().mapped("name"))
        self.assertEqual(len(self.theirs()), len(SHIPPED))
        self.assertEqual(kept.level_ids[0].name, "Ours")

    def test_the_first_company_has_them(self):
        main = self.env.ref("base.main_company")
        said = self.env["dunning.policy"].with_company(main).action_take_shipped()
        self.assertIn("already", said["params"]["message"])

    def test_in_each_language(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.env["ir.module.module"]._load_module_terms(["lead_to_cash"], ["he_IL"])
        self.policies().action_take_shipped()
        for one, other in zip(self.theirs().sorted("sequence"), self.shipped().sorted("sequence"), strict=True):
            for lang in ("he_IL", "en_US"):
                self.assertEqual(one.with_context(lang=lang).name, other.with_context(lang=lang).name)
        self.assertNotEqual(one.with_context(lang="he_IL").name, one.with_context(lang="en_US").name)

    def test_only_a_manager_takes_them(self):
        with self.assertRaises(AccessError):
            self.policies(self.collector).action_take_shipped()
        self.assertFalse(self.theirs())

    def test_a_manager_duplicates_one(self):
        self.manager.company_ids |= self.env.company
        policy = self.env.ref("lead_to_cash.policy_standard").with_user(self.manager)
        policy = policy.with_context(allowed_company_ids=self.env.company.ids)
        policy.sudo().action_start()
        copy = policy.copy()
        self.assertEqual(copy.name, f"{policy.name} (copy)")
        self.assertFalse(copy.is_running)
        self.assertEqual(copy.level_ids.mapped("name"), policy.level_ids.mapped("name"))
        self.assertEqual(copy.level_ids.mapped("delay_days"), policy.level_ids.mapped("delay_days"))
        with self.assertRaises(AccessError):
            policy.with_user(self.collector).copy()
