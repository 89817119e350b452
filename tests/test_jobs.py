"""Scheduled actions: a part that fails stops no other, and what another process was in the way of
comes again soon."""

from contextlib import contextmanager

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.handling.cron_step import cron_step
from .common import TODAY, RunCase

MODULE = "odoo.addons.lead_to_cash.models.handling.cron_step"


@tagged("post_install", "-at_install")
class TestJobs(RunCase):
    @contextmanager
    def conflict(self, table, event):
        """Another process is in the way of whoever does this to the table."""
        self.env.flush_all()
        self.env.cr.execute(
            "CREATE FUNCTION l2c_conflict() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE 'concurrent update' USING ERRCODE = 'serialization_failure'; END $$"
        )
        table = SQL.identifier(table)
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER l2c_conflict BEFORE %s ON %s EXECUTE FUNCTION l2c_conflict()",
                SQL(event),
                table,
            )
        )
        yield
        self.env.cr.execute(SQL("DROP TRIGGER l2c_conflict ON %s; DROP FUNCTION l2c_conflict()", table))

    def cron_run(self, day=TODAY):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.run"].with_context(l2c_today=day)._cron_run()
        self.env.invalidate_all()

    def comes_again(self, cron):
        """Whether the scheduled action was asked to come again."""
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref(f"lead_to_cash.{cron}").id)])
        return bool(triggers.filtered(lambda trigger: trigger.call_at > fields.Datetime.now()))

    def test_a_policy_that_cant_be_read_stops_no_other_company(self):
        other = self.env["res.company"].create({"name": "Zebra"})
        self.make_policy("There", company_id=other.id)
        self.run_on(TODAY)
        self.env.flush_all()
        self.env.cr.execute("UPDATE dunning_policy SET partner_domain = '[(1' WHERE id = %s", [self.policy.id])
        self.env.invalidate_all()
        with mute_logger(MODULE):
            self.cron_run()
        self.assertEqual(self.env["dunning.run"].search([("company_id", "=", other.id)]).state, "done")

    def test_a_run_in_whose_way_somebody_is_comes_again(self):
        move = self.invoice(due="2026-03-02")
        with self.conflict("dunning_notice", "INSERT"), mute_logger("odoo.sql_db"):
            self.cron_run()
        run = self.env["dunning.run"].search([("company_id", "=", self.env.company.id), ("date", "=", TODAY)])
        self.assertEqual((run.state, self.comes_again("cron_dunning_run")), ("draft", True))
        self.cron_run()
        self.assertEqual((run.state, self.notices(move).state), ("done", "queued"))

    def test_a_nightly_step_in_whose_way_somebody_is(self):
        order = self.order(validity_date="2026-03-15")
        move = self.invoice(due="2026-03-15")
        with self.conflict("sale_order", "UPDATE"), mute_logger("odoo.sql_db"):
            self.nightly("2026-03-16")
        self.assertEqual(move.handling_status_id.situation, "overdue")
        self.assertEqual((order.handling_role, self.comes_again("cron_follow_time")), ("new", True))
        self.nightly("2026-03-16")
        self.assertEqual(order.handling_role, "dormant")

    def test_what_was_left_to_be_written_before_a_step(self):
        """Where it fails the transaction is aborted, without a savepoint: the action comes again, the step is done."""
        done = []
        with (
            self.conflict("res_partner", "UPDATE"),
            mute_logger("odoo.sql_db"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr)
            self.customer.with_env(env).ref = "Left over"
            with cron_step(env.ref("lead_to_cash.cron_follow_time"), "A step"):
                done.append(env["res.partner"].search_count([]))
        self.env.invalidate_all()
        self.assertTrue(done)
        self.assertEqual((self.customer.ref, self.comes_again("cron_follow_time")), (False, True))

    def test_the_mail_queue_goes_on_when_a_policy_cant_be_read(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        notice = self.notices(move)
        self.env.flush_all()
        self.env.cr.execute("UPDATE dunning_policy SET partner_domain = '[(1' WHERE id = %s", [self.policy.id])
        self.env.invalidate_all()
        notice.mail_ids.send()
        with self.enter_registry_test_mode():
            self.env.ref("lead_to_cash.cron_follow").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((notice.state, bool(notice.failure_reason)), ("failed", True))

    def test_a_policy_that_cant_be_read_stops_no_mail(self):
        """Neither what is to be written, nor the host's own."""
        move = self.invoice(due="2026-03-02")
        self.env["dunning.run"].create({"date": TODAY}).action_run()
        notice = self.notices(move)
        other = self.make_policy("Gone")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dunning_policy SET partner_domain = '[(''gone'',''='',1)]' WHERE id = %s", other.ids
        )
        self.env.invalidate_all()
        plain = self.env["mail.mail"].create({"subject": "Plain", "email_to": "x@example.com", "auto_delete": False})
        self.env["mail.mail"].process_email_queue()
        with self.enter_registry_test_mode():
            self.env.ref("lead_to_cash.cron_follow").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((notice.state, bool(notice.failure_reason)), ("failed", True))
        self.assertTrue(plain.exists())

    def test_jobs_run_as_any_administrator(self):
        """Not only as the one who has all rights."""
        user = self.user("l2c_job", "base.group_system,account.group_account_manager,sales_team.group_sale_manager")
        reason = self.env["crm.lost.reason"].create({"name": "Later", "reengage_days": 1})
        lost = self.lead(user_id=user.id)
        lost.action_log_attempt("reached")
        lost.with_context(l2c_today="2026-03-01").action_close(reason)
        self.policy.thanks_template_id = self.env.ref("lead_to_cash.mail_template_thanks")
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.notices(move).mail_ids.state = "sent"
        self.pay(move)
        waiting = self.env["dunning.run"].create({"date": "2026-03-09"})
        waiting._set_state("waiting")
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=user.id, su=False)
            env["handling.status"]._cron_follow_time()
            env["crm.lead"]._cron_response()
            env["dunning.notice"]._cron_follow()
            env["dunning.watch"]._cron_nightly()
            env["dunning.run"]._cron_run()
            env["l2c.privacy"].with_context(l2c_today="2029-03-10")._cron_delete()
        self.env.invalidate_all()
        self.assertFalse(lost.contact_attempt_ids)
        self.assertTrue(self.notices(move).is_thanked)
        self.assertTrue(lost.reengaged_date)
        self.assertEqual((waiting.state, waiting.state_reason), ("done", False))

    def test_thanks_that_cant_be_rendered_stop_no_others(self):
        good = self.env.ref("lead_to_cash.mail_template_thanks")
        bad = good.copy({"body_html": '<t t-out="object.there_is_no_such_field"/>'})
        policy = self.make_policy("Other", thanks_template_id=bad.id)
        self.policy.thanks_template_id = good
        other = self.env["res.partner"].create({"name": "Other", "email": "o@example.com"})
        other.dunning_policy_id = policy
        moves = self.invoice(due="2026-03-02") | self.invoice(due="2026-03-02", partner_id=other.id)
        self.run_on(TODAY)
        notices = self.notices(moves)
        notices.mail_ids.state = "sent"
        for move in moves:
            self.pay(move)
        with mute_logger(MODULE):
            self.nightly()
        thanked = {notice.partner_id: notice.is_thanked for notice in notices}
        self.assertEqual(thanked, {self.customer: True, other: False})
        mail = self.env["mail.mail"].search([("subject", "like", "%thank you for your payment")])
        self.assertEqual(mail.partner_ids, self.customer)
