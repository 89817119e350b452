"""Who stopped or steered following up: kept, with when, from what to what, and why."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import DunningCase


@tagged("post_install", "-at_install")
class TestAuditLog(DunningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("l2c_keeper", "lead_to_cash.group_collections_manager")
        cls.auditor = cls.user("l2c_auditor", "account.group_account_readonly")
        cls.env["l2c.audit.log"].search([]).unlink()  # of what was set up

    def kept(self, record, field):
        """(by, from, to, why) of the changes of a field, the oldest first, as an auditor reads them."""
        rows = self.env["l2c.audit.log"].with_user(self.auditor)
        rows = rows.search([("res_model", "=", record._name), ("res_id", "=", record.id), ("field_name", "=", field)])
        return [(row.user_id, row.old_text or "", row.new_text or "", row.reason) for row in rows.sorted("id")]

    def test_a_closed_invoice(self):
        move, reason = self.invoice(), self.env["crm.lost.reason"].create({"name": "Bankrupt"})
        mine = move.with_user(self.manager)
        mine.action_close(reason, "The court has said so")
        mine.action_reopen()
        self.assertEqual(
            self.kept(move, "closure_reason_id"),
            [(self.manager, "", "Bankrupt", "The court has said so"), (self.manager, "Bankrupt", "", False)],
        )

    def test_holds_states_and_policies_of_a_customer(self):
        other = self.make_policy("Other")
        customer = self.customer.with_user(self.manager).sudo()
        customer.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "Abroad"})
        customer.dunning_hold_until = False
        customer.collection_state = "lawyer"
        customer.dunning_policy_id = other
        kept = {name: [row[1:3] for row in self.kept(self.customer, name)] for name in customer._audited_names()}
        self.assertEqual(
            {name: rows for name, rows in kept.items() if rows},
            {
                "dunning_hold_until": [("", "03/20/2026"), ("03/20/2026", "")],
                "dunning_hold_reason": [("", "Abroad"), ("Abroad", "")],
                "collection_state": [("", "With the lawyer")],
                "dunning_policy_id": [("", "Other")],
            },
        )

    def test_a_wrong_address_marked_and_corrected(self):
        self.customer.is_wrong_addressee = True
        self.customer.email = "another@example.com"
        self.assertEqual(
            [row[1:3] for row in self.kept(self.customer, "is_wrong_addressee")], [("No", "Yes"), ("Yes", "No")]
        )

    def test_a_policy_stopped_and_its_limits(self):
        policy = self.policy.with_user(self.manager)
        policy.action_stop()
        policy.promise_max_days = 60
        policy.level_ids[0].requires_approval = True
        self.assertEqual(self.kept(self.policy, "is_running"), [(self.manager, "Yes", "No", False)])
        self.assertEqual(self.kept(self.policy, "promise_max_days"), [(self.manager, "30", "60", False)])
        self.assertEqual(self.kept(self.policy.level_ids[0], "requires_approval"), [(self.manager, "No", "Yes", False)])

    def test_settings_and_a_released_first_run(self):
        company = self.env.company
        company.write({"write_off_limit_user": 50.0, "dunning_daily_limit": 7})
        self.assertEqual([row[1:3] for row in self.kept(company, "write_off_limit_user")], [("0.00", "50.00")])
        self.assertEqual([row[1:3] for row in self.kept(company, "dunning_daily_limit")], [("0", "7")])

    def test_what_was_made_so(self):
        """Importing, merging, making and deleting are changes, too."""
        made = (
            self.env["res.partner"]
            .with_user(self.manager)
            .sudo()
            .create({"name": "Imported", "dunning_hold_until": "2026-12-01", "collection_state": "lawyer"})
        )
        self.assertEqual(self.kept(made, "collection_state"), [(self.manager, "", "With the lawyer", False)])
        target = self.env["res.partner"].create({"name": "Imported", "email": "x@example.com"})
        values = {"partner_ids": (made | target).ids, "dst_partner_id": target.id, "state": "selection"}
        self.env["base.partner.merge.automatic.wizard"].create(values).action_merge()
        self.assertEqual(
            self.kept(target, "collection_state")[-1][1:], ("", "With the lawyer", "Customers were merged.")
        )
        level = self.policy.level_ids[-1]
        policy = self.policy.with_user(self.manager)
        policy.level_ids = [Command.create({"name": "Third", "delay_days": 30, "sequence": 9})]
        third = self.policy.level_ids[-1]
        policy.level_ids = [Command.delete(third.id)]
        self.assertEqual([row[1:3] for row in self.kept(third, "display_name")], [("", "Third"), ("Third", "")])
        self.assertFalse(self.kept(level, "display_name"))

    def test_excluding_says_why(self):
        move = self.invoice()
        wizard = self.env["collection.action"].with_user(self.manager)
        wizard = wizard.create(
            {"kind": "exclude", "res_model": "account.move", "res_ids": move.ids, "reason": "Ours to pay"}
        )
        wizard.action_do()
        self.assertEqual(self.kept(self.items(move), "no_followup"), [(self.manager, "No", "Yes", "Ours to pay")])

    def test_what_stays_the_same_is_no_change(self):
        self.policy.write({"promise_max_days": self.policy.promise_max_days, "name": "Renamed"})
        self.assertFalse(self.env["l2c.audit.log"].search([("res_model", "=", "dunning.policy")]))

    def test_nobody_rewrites_it_and_others_companies_stay_theirs(self):
        self.policy.action_stop()
        row = self.env["l2c.audit.log"].search([], limit=1)
        for work in (lambda: row.with_user(self.manager).write({"new_value": "x"}), row.with_user(self.manager).unlink):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            row.with_user(self.manager).create({"res_model": "res.partner", "res_id": 1, "field_name": "x"})
        row.sudo().company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(row.with_user(self.auditor).search([("id", "=", row.id)]))

    def test_it_opens_what_was_changed(self):
        self.policy.action_stop()
        action = self.policy.with_user(self.auditor).action_audit_log()
        row = self.env["l2c.audit.log"].with_user(self.auditor).search(action["domain"])
        self.assertEqual(len(row), 1)
        self.assertEqual((row.field_label, row.model_name, row.record_name), ("Running", "Dunning Policy", "Test"))
        self.assertEqual((row.action_open_record()["res_model"], row.res_id), ("dunning.policy", self.policy.id))
        self.policy.level_ids[0].requires_approval = True
        self.items(self.invoice()).no_followup = True
        rows = self.env["l2c.audit.log"].with_user(self.auditor).search([], order="id desc", limit=2)
        opened = [(row.action_open_record()["res_model"], row.record_name) for row in rows]
        self.assertEqual((opened[0][0], opened[1]), ("account.move", ("dunning.policy", "Test · Friendly")))
        mine = self.customer.with_user(self.auditor).action_audit_log()
        self.assertIn(rows[0], self.env["l2c.audit.log"].with_user(self.auditor).search(mine["domain"]))
        levels = self.policy.with_user(self.auditor).action_audit_log()
        self.assertIn(rows[1], self.env["l2c.audit.log"].with_user(self.auditor).search(levels["domain"]))
