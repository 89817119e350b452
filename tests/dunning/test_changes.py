"""What happens to items when what they belong to changes: policies, customers, companies."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..common import TODAY, RunCase


@tagged("post_install", "-at_install")
class TestChanges(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.given.run_on(TODAY)

    def test_another_policy_goes_on_after_the_level_reached(self):
        other = self.make_policy("Other", levels=(("Early", 2), ("Later", 8)))
        self.customer.dunning_policy_id = other
        self.run_on("2026-03-16")
        self.assertEqual(self.notices(self.move).level_id.mapped("name"), ["First", "Later"])

    def test_an_archived_policy_reminds_of_nothing(self):
        queued = self.notices(self.move)
        self.policy.active = False
        self.assertFalse(self.policy.is_running)
        queued.mail_ids.send()
        self.run_on("2026-03-16")
        self.assertEqual((queued.state, self.current(self.move).code), ("cancelled", "no_policy"))

    def test_a_policy_with_notices_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive it, so that their history stays"):
            self.policy.unlink()
        with self.assertRaisesRegex(UserError, "Items have reached the level First"):
            self.policy.level_ids[1].unlink()
        self.policy.level_ids[2].unlink()
        self.run_on("2026-03-16")
        self.assertEqual(self.current(self.move).code, "last_level")

    def test_a_level_put_before_the_one_reached_is_skipped(self):
        self.policy.level_ids = [Command.create({"name": "New", "delay_days": 1, "sequence": 0})]
        self.policy.level_ids.filtered(lambda level: level.name == "Friendly").unlink()
        self.run_on("2026-03-16")
        self.assertNotIn("New", self.notices(self.move).level_id.mapped("name"))

    def test_a_customer_merged_into_another(self):
        target = self.env["res.partner"].create({"name": "Target", "email": "customer@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.notices(self.move).partner_id, target)
        self.run_on("2026-03-16")
        self.assertEqual(self.notices(self.move).level_id.mapped("name"), ["First", "Second"])
        self.assertEqual(self.current(self.move).partner_id, target)

    def test_a_customer_with_a_hold_that_is_over_is_merged(self):
        self.customer.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "Abroad"})
        target = self.env["res.partner"].create({"name": "Target", "email": "customer@example.com"})
        merging = self.env["base.partner.merge.automatic.wizard"].with_context(l2c_today="2026-04-01")
        merging.create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        ).action_merge()
        self.env.invalidate_all()
        self.assertEqual((self.customer.exists(), str(target.dunning_hold_until)), (target.browse(), "2026-03-20"))
        later = target.with_context(l2c_today="2026-04-01")
        later.write({"dunning_hold_until": "2026-03-20", "city": "Iași"})  # as a form that was open saves it
        with self.assertRaisesRegex(ValidationError, "can't end in the past"):
            later.dunning_hold_until = "2026-03-19"

    def test_calls_to_a_customer_merged_into_another(self):
        self.customer.action_log_attempt("reached", note="Pays on Friday")
        target = self.env["res.partner"].create({"name": "Target"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        collector = self.user("merging_collector", "lead_to_cash.group_collections_user")
        attempts = self.env["contact.attempt"].with_user(collector).search([("partner_id", "=", target.id)])
        self.assertEqual(attempts.mapped(lambda row: (row.res_id, row.note)), [(target.id, "Pays on Friday")])

    def test_a_subsidiarys_address_is_not_the_customers(self):
        """A contact that is a company of its own is another customer, whatever its address is for."""
        self.env["res.partner"].create(
            {
                "name": "Subsidiary",
                "parent_id": self.customer.id,
                "is_company": True,
                "type": "invoice",
                "email": "subsidiary@example.com",
            }
        )
        self.run_on("2026-03-16")
        self.assertEqual(self.notices(self.move)[-1].mail_ids.partner_ids, self.customer)

    def test_the_next_step_of_a_trusted_customer(self):
        """A level that isn't for trusted customers is not announced to one."""
        second = self.policy.level_ids[2]
        move = self.invoice(due="2026-03-12")
        second.skip_trusted = True
        self.customer.trust = "good"
        self.run_on("2026-03-16")
        notice = self.notices(move)
        self.assertEqual(notice.level_id.name, "First")
        self.assertFalse(notice._next_level())
        self.assertFalse(self.current(move).next_date)

    def test_a_customer_that_becomes_a_contact_of_another(self):
        parent = self.env["res.partner"].create({"name": "Parent", "email": "parent@example.com", "is_company": True})
        self.customer.parent_id = parent
        self.env.flush_all()
        self.run_on("2026-03-16")
        notice = self.notices(self.move)[-1]
        self.assertEqual((notice.partner_id, notice.level_id.name), (parent, "Second"))
        self.assertEqual(notice.mail_ids.partner_ids, self.customer)  # whose invoice it is

    def test_a_closed_company(self):
        company = self.env["res.company"].create({"name": "Closing"})
        policy = self.make_policy("There", company_id=company.id)
        company.dunning_policy_id = policy
        company.active = False
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.run"].with_context(l2c_today=TODAY)._cron_run()
        self.assertFalse(self.env["dunning.run"].search([("company_id", "=", company.id)]))

    def test_a_branch_reads_the_choice_of_its_parent(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.env.company.id})
        chosen = self.make_policy("Chosen", sequence=99)
        self.assertEqual(self.customer.with_company(branch)._get_dunning_policy(), self.policy)
        self.customer.dunning_policy_id = chosen
        self.assertEqual(self.customer.with_company(branch)._get_dunning_policy(), chosen)
        self.customer.with_company(branch).dunning_policy_id = self.policy
        self.assertEqual(self.customer.with_company(branch)._get_dunning_policy(), self.policy)
        self.assertEqual(self.customer._get_dunning_policy(), chosen)

    def test_a_run_that_fails_says_why_and_is_tried_again(self):
        broken = self.make_policy("Broken", partner_domain="[('name', '=', 'x')]", sequence=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE dunning_policy SET partner_domain = '[(1' WHERE id = %s", [broken.id])
        self.env.invalidate_all()
        runs = self.env["dunning.run"].with_context(l2c_today="2026-03-16")
        with self.enter_registry_test_mode(), self.registry.cursor() as cr, mute_logger(MODULE):
            self.env(cr=cr)["dunning.run"].with_context(l2c_today="2026-03-16")._cron_run()
        self.env.invalidate_all()
        run = runs.search([("date", "=", "2026-03-16"), ("company_id", "=", self.env.company.id)])
        self.assertEqual((run.state, bool(run.state_reason)), ("failed", True))
        broken.partner_domain = False
        broken.action_stop()
        run.action_run_now()
        run.action_run()
        self.assertEqual((run.state, run.notice_count), ("done", 1))


@tagged("post_install", "-at_install")
class TestWhatStillWaits(RunCase):
    def test_a_run_begins_with_the_books(self):
        """A call that was planned while somebody paid doesn't stay on the desk."""
        self.policy.level_ids[1].channel = "call"
        move, other = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.second().id}])
        self.run_on(TODAY)
        call, kept = self.notices(move), self.notices(other)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET reconciled = TRUE, amount_residual_currency = 0 WHERE id = %s",
            [self.items(move).id],
        )
        self.env.invalidate_all()
        self.run_on("2026-03-11")
        self.assertEqual((call.state, bool(call.activity_ids)), ("cancelled", False))
        self.assertEqual((kept.state, bool(kept.activity_ids)), ("queued", True))

    def second(self):
        return self.env["res.partner"].create({"name": "Second", "email": "second@example.com"})


MODULE = "odoo.addons.lead_to_cash.models.dunning.run"


@tagged("post_install", "-at_install")
class TestBadInput(RunCase):
    def template(self, **values):
        return self.env["mail.template"].create(
            {"name": "Mine", "model_id": self.env["ir.model"]._get_id("dunning.notice"), "subject": "x", **values}
        )

    def test_templates_with_errors(self):
        level = self.policy.level_ids[1]
        for values in (
            {"body_html": '<p t-out="object.no_such_field"/>'},
            {"body_html": '<p t-out="1 / 0"/>'},
            {"subject": "{{ object.partner_id.nothing }}"},
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "The template Mine can't be rendered"):
                level.mail_template_id = self.template(**values)
        good = self.template(body_html='<p t-out="object.partner_id.name"/>')
        level.mail_template_id = good
        with self.assertRaisesRegex(ValidationError, "The template Mine can't be rendered"):
            good.body_html = '<p t-out="object.no_such_field"/>'
        self.template(body_html='<p t-out="object.no_such_field"/>')  # no level uses it

    def test_a_template_for_other_records(self):
        foreign = self.template(model_id=self.env["ir.model"]._get_id("res.partner"))
        with self.assertRaisesRegex(ValidationError, "is for other records"):
            self.policy.level_ids[1].mail_template_id = foreign

    def test_numbers(self):
        for values, sentence in (
            ({"minimum_balance": -1}, "minimum_balance_positive"),
            ({"minimum_days_between": -1}, "minimum_days_positive"),
            ({"level_ids": [Command.update(self.policy.level_ids[1].id, {"payment_deadline_days": -1})]}, "deadline"),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex((IntegrityError, ValidationError), sentence),
                self.env.cr.savepoint(),
            ):
                self.policy.write(values)
                self.env.flush_all()

    def test_a_cut_off_level_of_another_policy(self):
        other = self.make_policy("Other")
        with self.assertRaisesRegex(ValidationError, "can only be at a level of their own policy"):
            self.policy.cut_off_level_id = other.level_ids[0]
