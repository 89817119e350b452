"""What runs by itself: each scheduled action in a line, its switch, how its last run went."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.handling.cron_step import cron_step


@tagged("post_install", "-at_install")
class TestAutomations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("lead_to_cash.cron_dunning_run")
        cls.row = cls.env.ref("lead_to_cash.automation_run")
        cls.admin = new_test_user(cls.env, "auto_admin", groups="base.group_system,account.group_account_readonly")
        cls.manager = new_test_user(cls.env, "auto_manager", groups="lead_to_cash.group_collections_manager")
        cls.collector = new_test_user(cls.env, "auto_user", groups="lead_to_cash.group_collections_user")

    def test_each_scheduled_action_has_its_line(self):
        names = self.env["ir.model.data"].search([("module", "=", "lead_to_cash"), ("model", "=", "ir.cron")])
        crons = self.env["ir.cron"].with_context(active_test=False).browse(names.mapped("res_id"))
        told = self.env["l2c.automation"].search([])
        self.assertEqual(crons - told.cron_id, self.env["ir.cron"])
        self.assertTrue(all(told.mapped("description")))

    def test_switching(self):
        row = self.row.with_user(self.admin)
        self.assertTrue(row.is_on)
        row.action_switch()
        self.assertFalse(self.cron.active)
        self.assertEqual((row.is_on, row.next_run, row.result), (False, False, "Switched off"))
        with self.assertRaisesRegex(UserError, "Switch it on first"):
            row.action_run()
        row.action_switch()
        self.assertTrue(self.cron.active)
        log = self.env["l2c.audit.log"].search(list(row.action_audit_log()["domain"]), order="id")
        self.assertEqual(log.mapped("old_value"), ["True", "False"])
        self.assertEqual(log.user_id, self.admin)

    def test_running(self):
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])
        self.row.with_user(self.admin).action_run()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]), before + 1)

    def test_managers_read_and_nobody_else(self):
        row = self.row.with_user(self.manager)
        self.assertEqual(row.name, "Daily dunning run")
        self.assertTrue(row.is_on)
        for act in (row.action_switch, row.action_run, lambda: row.write({"name": "Other"})):
            with self.subTest(act=act), self.assertRaises(UserError):
                act()
        self.assertTrue(self.cron.active)
        with self.assertRaises(AccessError):
            self.assertFalse(row.failure)
        with self.assertRaises(AccessError):
            self.assertFalse(self.row.with_user(self.collector).name)
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            self.row.with_user(self.admin).write({"failure": "none"})

    def test_what_the_last_run_did(self):
        self.cron.lastcall = False
        self.assertEqual(self.row.result, "Hasn't run yet")
        self.cron.lastcall = fields.Datetime.now()
        self.assertEqual(self.row.result, "Done")
        progress = self.env["ir.cron.progress"].create({"cron_id": self.cron.id, "done": 7, "remaining": 3})
        self.row.invalidate_recordset()
        self.assertEqual(self.row.result, "7 done, 3 to go on with")
        progress.remaining = 0
        self.row.invalidate_recordset()
        self.assertEqual(self.row.result, "7 done")
        self.cron.write({"failure_count": 2, "first_failure_date": "2026-03-09 10:00:00"})
        self.assertEqual(self.row.result, "Has failed 2 times since 03/09/2026: the server's log says why")
        self.cron.failure_count = 1
        self.row.invalidate_recordset()
        self.assertEqual(self.row.result, "Has failed on 03/09/2026: the server's log says why")

    def test_a_part_that_failed_is_told(self):
        self.cron.lastcall = fields.Datetime.now() - timedelta(minutes=1)
        error = "No bank.\nDetails"
        with mute_logger("odoo.addons.lead_to_cash.models.handling.cron_step"), cron_step(self.cron, "Dunning of X"):
            raise UserError(error)
        self.assertEqual(self.row.failure, "Dunning of X: No bank.")
        self.assertEqual(self.row.result, "A part failed, the others went on")
        self.cron.lastcall = fields.Datetime.now() + timedelta(minutes=1)  # the next run went well
        self.assertEqual(self.row.result, "Done")

    def test_a_part_that_broke_the_transaction_is_told_too(self):
        quiet = mute_logger("odoo.sql_db", "odoo.addons.lead_to_cash.models.handling.cron_step")
        with quiet, cron_step(self.cron, "Dunning of Y"):
            self.env.cr.execute("SELECT 1 / 0")
        self.assertIn("Dunning of Y: division by zero", self.row.failure)
