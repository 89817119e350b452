"""A branch goes by its parent's policies; only the parent changes them."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import DunningCase


@tagged("post_install", "-at_install")
class TestBranches(DunningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Branch", "parent_id": cls.env.company.id})
        cls.manager = cls.user("branch_manager", "lead_to_cash.group_collections_manager")
        cls.manager.write({"company_ids": [Command.set(cls.branch.ids)], "company_id": cls.branch.id})
        cls.theirs = cls.policy.with_user(cls.manager).with_company(cls.branch)

    def own(self):
        levels = [Command.create({"name": "First", "delay_days": 4})]
        return self.theirs.create({"name": "Own", "level_ids": levels})

    def test_it_reads_them(self):
        self.assertEqual(self.theirs.name, "Test")
        self.assertEqual(self.theirs.level_ids.mapped("name"), self.policy.level_ids.mapped("name"))

    def test_it_changes_none(self):
        level = {"name": "Last", "delay_days": 90, "sequence": 9}
        attempts = {
            "write": lambda: self.theirs.write({"name": "Mine"}),
            "stop": self.theirs.action_stop,
            "start": self.theirs.action_start,
            "go live": self.theirs.action_go_live,
            "archive": lambda: self.theirs.write({"active": False}),
            "delete": self.theirs.unlink,
            "level": lambda: self.theirs.level_ids[0].write({"delay_days": -9}),
            "new level": lambda: self.theirs.level_ids.create({**level, "policy_id": self.policy.id}),
            "level gone": self.theirs.level_ids[0].unlink,
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaises(AccessError):
                attempt()
        self.assertTrue(self.policy.is_running)

    def test_it_gives_none_to_the_parent(self):
        with self.assertRaises(AccessError):
            self.own().company_id = self.env.company
        with self.assertRaises(AccessError):
            self.own().level_ids.policy_id = self.policy
        rule = self.env["dunning.collector.rule"].with_user(self.manager).with_company(self.branch)
        rule = rule.create({"name": "Own", "user_ids": self.manager.ids})
        with self.assertRaises(AccessError):
            rule.company_id = self.env.company

    def test_the_limits_of_the_parent_stay(self):
        self.env.company.dunning_daily_limit = 5
        wizard = self.env["dunning.go.live"].with_user(self.manager).with_company(self.branch)
        wizard = wizard.create({"policy_id": self.policy.id, "daily_limit": 0, "needs_release": False})
        with self.assertRaises(AccessError):
            wizard.action_go_live()
        self.assertEqual(self.env.company.dunning_daily_limit, 5)

    def test_a_copy_is_its_own(self):
        """The parent's own actions, which run with all rights, are not copied."""
        action = self.env["ir.actions.server"].create(
            {"name": "Own", "state": "code", "model_id": self.env["ir.model"]._get_id("dunning.notice")}
        )
        self.policy.level_ids[0].server_action_id = action
        copied = self.theirs.copy()
        self.assertEqual(copied.company_id, self.branch)
        self.assertEqual(len(copied.level_ids), len(self.policy.level_ids))
        self.assertFalse(copied.level_ids.sudo().server_action_id)
        self.assertFalse(copied.is_running)
