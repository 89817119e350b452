"""A backup that was restored, a copy that became the real one, and a job that stood still: nothing leaves by
itself before somebody has released it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..real import RealProcessCase
from .test_going_live import GoingLiveCase

#: The last run; a week later is no gap for levels six days apart, a day after that is one.
LAST, A_WEEK, A_GAP = "2026-03-10", "2026-03-17", "2026-03-18"


class RestoredCase(GoingLiveCase):
    def newest(self, day=None):
        return (self.cron(day) if day else self.env["dunning.run"].search([]))[:1]

    def restore(self):
        """What PostgreSQL or Odoo number anew in another database: here, Odoo's number of it."""
        self.env["ir.config_parameter"].set_param("database.uuid", "00000000-0000-0000-0000-000000000001")

    def customer_due(self, name, due="2026-03-02"):
        partner = self.env["res.partner"].create({"name": name, "email": f"{name.lower()}@example.com"})
        return self.invoice(due=due, partner_id=partner.id)

    def leave(self, moment):
        """The mail queue, at a moment: how many mails it hands over to the server."""
        queue = self.env["mail.mail"].with_context(l2c_today=moment)
        queue.env["dunning.notice"]._write_due_mails()
        mails = queue.search([("state", "=", "outgoing"), ("model", "=", "dunning.notice")])
        leaving = [mail._claim_notice() for mail in mails]
        self.env.invalidate_all()
        return sum(leaving)


@tagged("post_install", "-at_install")
class TestLongGap(RestoredCase):
    def test_the_next_run_waits_and_says_why(self):
        self.assertEqual(self.newest(LAST).state, "done")
        move = self.customer_due("Late")
        run = self.newest(A_GAP)
        self.assertEqual((run.state, str(run.date), run.waits_for_release), ("waiting", A_GAP, True))
        self.assertIn("The last run was on 03/10/2026, 8 days ago", run.state_reason)
        self.assertIn("press Release", run.state_reason)
        self.assertFalse(self.notices(move))
        banner = self.env["dunning.preview"].with_context(l2c_today=A_GAP).get_dunning_banners()[0]
        self.assertEqual((banner["kind"], banner["text"]), ("warning", run.state_reason))
        self.assertEqual(self.env["call.list.line"].get_desk()["banners"][0], banner)
        self.assertEqual(self.newest("2026-03-19"), run)
        self.assertEqual((run.state, str(run.date)), ("waiting", "2026-03-19"))

    def test_released_it_goes_on(self):
        self.newest(LAST)
        move = self.customer_due("Late")
        run = self.newest(A_GAP)
        run.with_context(l2c_today=A_GAP).action_release()
        self.assertEqual((run.state, run.waits_for_release, run.state_reason), ("draft", False, False))
        self.assertEqual(self.newest(A_GAP), run)
        self.assertEqual((run.state, self.notices(move).state), ("done", "queued"))
        later = self.newest("2026-03-19")
        self.assertNotEqual(later, run)
        self.assertEqual(later.state, "done")

    def test_run_now_on_it_is_the_same(self):
        self.newest(LAST)
        run = self.newest(A_GAP)
        run.with_context(l2c_today=A_GAP).action_run_now()
        self.assertEqual(self.newest(A_GAP).state, "done")

    def test_no_gap(self):
        """The first run, a week as short as the least step, and companies that begin."""
        self.assertEqual(self.newest(LAST).state, "done")
        self.assertEqual(self.newest(A_WEEK).state, "done")
        other = self.env["res.company"].create({"name": "Other"})
        self.make_policy("There", company_id=other.id)
        self.cron("2026-03-23")
        there = self.env["dunning.run"].search([("company_id", "=", other.id)])
        self.assertEqual(there.state, "done")

    def test_levels_far_apart(self):
        self.policy.level_ids[0].unlink()
        self.policy.level_ids[-1].delay_days = 24
        self.newest(LAST)
        self.assertEqual(self.newest("2026-03-30").state, "done")
        self.assertEqual(self.newest("2026-04-20").state, "waiting")

    def test_the_shortest_of_all_running_policies(self):
        self.policy.level_ids[0].unlink()
        self.policy.level_ids[-1].delay_days = 24
        other = self.make_policy("Quick", partner_domain="[('id', '=', 0)]")
        self.newest(LAST)
        self.assertEqual(self.newest(A_GAP).state, "waiting")
        other.action_stop()
        self.assertEqual(self.newest(A_GAP).state, "done")

    def test_policies_that_began_since(self):
        """A company that had stopped, and starts again, knows what it does."""
        self.newest(LAST)
        self.policy.action_stop()
        self.make_policy("New", start_date="2026-04-13")
        self.assertEqual(self.newest("2026-04-13").state, "done")

    def test_waiting_for_the_bank_is_no_gap(self):
        self.newest(LAST)
        self.env.company.dunning_bank_freshness_days = 3
        for day in ("2026-03-12", "2026-03-16", "2026-03-20"):
            run = self.newest(day)
            self.assertEqual((run.state, run.waits_for_release), ("waiting", False))
        self.env.company.dunning_bank_freshness_days = 0
        self.assertEqual(self.newest("2026-03-21").state, "done")

    def test_released_it_still_waits_for_the_bank(self):
        self.newest(LAST)
        run = self.newest(A_GAP)
        self.env.company.dunning_bank_freshness_days = 3
        run.with_context(l2c_today=A_GAP).action_release()
        self.assertEqual(self.newest(A_GAP), run)
        self.assertEqual((run.state, run.waits_for_release), ("waiting", False))
        self.assertIn("Import the bank statements", run.state_reason)
        run.with_context(l2c_today=A_GAP).action_run_now()
        self.assertEqual(self.newest(A_GAP).state, "done")

    def test_for_some_customers_a_person_has_pressed(self):
        self.newest(LAST)
        move = self.customer_due("Late")
        runs = self.env["dunning.run"].with_context(l2c_today=A_GAP)
        self.assertEqual(runs._remind_now(self.env.company, move.partner_id).state, "queued")
        self.assertEqual(self.newest("2026-03-19").state, "waiting", "that was no run for all")


@tagged("post_install", "-at_install")
class TestAnotherDatabase(RestoredCase):
    def test_the_next_run_waits(self):
        self.newest(LAST)
        move = self.customer_due("Late")
        self.restore()
        run = self.newest("2026-03-11")
        self.assertEqual((run.state, run.waits_for_release), ("waiting", True))
        self.assertIn("isn't the one in which the last run was", run.state_reason)
        run.with_context(l2c_today="2026-03-11").action_release()
        self.assertEqual(self.newest("2026-03-11"), run)
        self.assertEqual((run.state, self.notices(move).state), ("done", "queued"))
        self.assertEqual(self.newest("2026-03-12").state, "done")

    def test_what_was_queued_in_the_backup_stays(self):
        move = self.customer_due("Queued")
        self.newest(LAST)
        notice = self.notices(move)
        self.restore()
        self.assertEqual(self.leave("2026-03-11 09:00:00"), 0)
        self.assertEqual((notice.state, notice.mail_ids.ids), ("queued", []))
        self.assertEqual(str(notice.send_at), "2026-03-11 10:00:00")
        run = self.newest("2026-03-11 10:30:00")
        run.with_context(l2c_today="2026-03-11 11:00:00").action_release()
        self.assertEqual(self.leave("2026-03-11 11:00:00"), 1)
        self.assertEqual((notice.state, notice.mail_ids.state), ("queued", "outgoing"))

    def test_mails_that_were_written_in_the_backup_stay(self):
        move = self.customer_due("Written")
        self.newest(LAST)
        self.mails_due(LAST)
        notice, mail = self.notices(move), self.notices(move).mail_ids
        self.assertEqual(mail.state, "outgoing")
        self.restore()
        self.assertEqual(self.leave("2026-03-10 13:00:00"), 0)
        self.assertEqual((notice.state, notice.mail_ids.ids, mail.state), ("queued", [], "cancel"))
        self.assertEqual(str(notice.send_at), "2026-03-10 14:00:00")

    def test_a_run_that_was_under_way_queues_and_nothing_leaves(self):
        move = self.customer_due("Begun")
        run = self.newest(LAST)
        run._set_state("running")
        notice = self.notices(move)
        notice._set_state("draft")
        self.restore()
        self.cron("2026-03-11 09:00:00")
        self.assertEqual(self.leave("2026-03-11 10:00:00"), 0)
        self.assertEqual((run.state, notice.state, notice.mail_ids.ids), ("done", "queued", []))

    def test_nothing_by_hand_either(self):
        waiting = self.policy.level_ids[1]
        waiting.requires_approval = True
        move = self.customer_due("Approved")
        self.newest(LAST)
        self.restore()
        notice = self.notices(move)
        for act in (notice.action_approve, notice.action_send):
            with self.assertRaisesRegex(UserError, "isn't the one in which the last run was"):
                act()
        with self.assertRaisesRegex(UserError, "isn't the one in which the last run was"):
            self.env["dunning.run"]._remind_now(self.env.company, self.customer_due("By hand").partner_id)
        self.assertEqual(notice.state, "to_approve")

    def test_thanks_wait_too(self):
        self.policy.thanks_template_id = self.env.ref("lead_to_cash.mail_template_thanks")
        move = self.customer_due("Thanked")
        self.newest(LAST)
        self.mails_due(LAST)
        notice = self.notices(move)
        notice.mail_ids.state = "sent"
        self.pay(move)
        self.restore()
        self.nightly()
        self.assertFalse(notice.is_thanked)
        self.newest("2026-03-11").with_context(l2c_today="2026-03-11").action_release()
        self.nightly("2026-03-11")
        self.assertTrue(notice.is_thanked)

    def test_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_policy("There", company_id=other.id)
        self.newest(LAST)
        self.restore()
        ours = self.newest("2026-03-11")
        ours.with_context(l2c_today="2026-03-11").action_release()
        self.cron("2026-03-11")
        there = self.env["dunning.run"].search([("company_id", "=", other.id)], limit=1)
        self.assertEqual((ours.state, there.state, there.waits_for_release), ("done", "waiting", True))

    def test_only_managers_release(self):
        self.newest(LAST)
        self.restore()
        run = self.newest("2026-03-11")
        collector = self.user("rb_collector", "lead_to_cash.group_collections_user")
        self.assertRaises(AccessError, run.with_user(collector).action_release)
        manager = self.user("rb_manager", "lead_to_cash.group_collections_manager")
        run.with_user(manager).with_context(l2c_today="2026-03-11").action_release()
        self.assertEqual(run.state, "draft")


#: A customer who owes something, and the policy by which each is reminded.
STORY = """
from odoo import Command
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Ours', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 4}), Command.create({'name': 'Second', 'delay_days': 10})]})
policy.action_start()
env.company.dunning_policy_id = policy
partner = env['res.partner'].create({'name': 'Late', 'email': 'late@example.com'})
move = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-02-01', 'invoice_date_due': '2026-03-02',
    'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})]})
move.action_post()
"""
RUN = "env.ref('lead_to_cash.cron_dunning_run').method_direct_trigger()"
SEND = "env['mail.mail'].process_email_queue()"


class TestCopyOfADatabase(RealProcessCase):
    """PostgreSQL numbers a copy anew, of which Odoo keeps its own number."""

    def test_a_copy_reminds_nobody_before_it_is_released(self):
        self.database.shell(STORY, at="2026-03-10 08:00:00")
        self.database.shell(RUN, at="2026-03-10 08:00:00")
        copy = self.database.twin()
        self.addCleanup(copy.drop)
        uuid = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
        self.assertEqual(copy.query(uuid), self.database.query(uuid))
        states = {}
        for name, database in (("copy", copy), ("real", self.database)):
            database.shell(f"{RUN}\nenv.cr.commit()\n{SEND}", at="2026-03-11 09:00:00")
            states[name] = database.query(
                """SELECT (SELECT state FROM dunning_run ORDER BY id DESC LIMIT 1), n.state, count(m.id)
                     FROM dunning_notice n LEFT JOIN mail_mail m ON m.dunning_notice_id = n.id GROUP BY n.state"""
            )
        self.assertEqual(states["copy"], [("waiting", "queued", 0)])
        [(run, _notice, mails)] = states["real"]
        self.assertEqual((run, mails), ("done", 1))
