"""The first run and the runs after: prepared, released, waiting, failed; looking ahead."""

from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import TODAY, RunCase


class GoingLiveCase(RunCase):
    def go_live(self, **values):
        wizard = self.env["dunning.go.live"].with_context(default_policy_id=self.policy.id).create(values)
        return wizard, wizard.action_go_live()

    def cron(self, moment=TODAY):
        """The scheduled action, which commits; returns the runs of the company."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.run"].with_context(l2c_today=moment)._cron_run()
        self.env.invalidate_all()
        return self.env["dunning.run"].search([("company_id", "=", self.env.company.id)])

    def opening(self, amount=70.0):
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        receivable = self.customer.property_account_receivable_id
        entry = self.env["account.move"].create(
            {
                "date": "2026-01-01",
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": self.customer.id, "debit": amount}),
                    Command.create({"account_id": equity.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry


@tagged("post_install", "-at_install")
class TestGoingLive(GoingLiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.action_stop()

    def test_older_items_are_already_at_a_level(self):
        old, new = self.invoices([{"due": "2026-02-02"}, {"due": "2026-03-02", "partner_id": self.second().id}])
        _wizard, action = self.go_live(
            cut_off_date="2026-02-15", cut_off_level_id=self.policy.level_ids[1].id, needs_release=False
        )
        self.assertEqual(action["res_model"], "dunning.preview")
        self.assertTrue(self.policy.is_running)
        self.run_on(TODAY)
        self.assertEqual(self.notices(old).level_id.name, "Second")
        self.assertEqual(self.notices(new).level_id.name, "First")

    def second(self):
        return self.env["res.partner"].create({"name": "Second", "email": "second@example.com"})

    def test_older_items_at_the_last_level_are_through(self):
        old = self.invoice(due="2026-02-02")
        self.go_live(cut_off_date="2026-02-15", cut_off_level_id=self.policy.level_ids[2].id, needs_release=False)
        self.run_on(TODAY)
        self.assertEqual(self.current(old).code, "last_level")

    def test_older_items_by_hand(self):
        old = self.invoice(due="2026-02-02")
        self.go_live(cut_off_date="2026-02-15", older_items="manual", needs_release=False)
        self.run_on(TODAY)
        self.assertEqual(self.current(old).code, "excluded")

    def test_a_level_has_to_be_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose the level that older items have reached"):
            self.go_live(cut_off_date="2026-02-15")
        self.assertFalse(self.policy.is_running)

    def test_everything_waits_for_the_release(self):
        move = self.invoice(due="2026-03-02")
        self.go_live(rehearsal_user_id=False)
        run = self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((run.state, notice.state, notice.mail_ids.id), ("done", "to_approve", False))
        self.assertTrue(run.is_to_release)
        run.action_release()
        self.assertEqual((run.state, notice.state), ("running", "draft"))
        self.cron()
        self.assertEqual((run.state, notice.state), ("done", "queued"))
        self.assertFalse(run.is_to_release)
        later = self.invoice(due="2026-03-02", partner_id=self.second().id)
        self.run_on("2026-03-11")
        self.assertEqual(self.notices(later).state, "queued")

    def test_release_leaves_what_its_level_wants_approved(self):
        self.policy.level_ids[1].requires_approval = True
        move = self.invoice(due="2026-03-02")
        self.go_live()
        run = self.run_on(TODAY)
        run.action_release()
        run.action_run()
        self.assertEqual((run.state, self.notices(move).state), ("done", "to_approve"))

    def test_all_mails_to_me_first(self):
        move = self.invoice(due="2026-03-02")
        me = self.user("l2c_me", "account.group_account_manager")
        me.email = "me@example.com"
        self.go_live(rehearsal_user_id=me.id)
        self.run_on(TODAY)
        mail = self.env["mail.mail"].search([("subject", "like", "customer@example.com")])
        self.assertEqual((len(mail), mail.email_to, mail.recipient_ids.ids), (1, me.email_formatted, []))
        self.assertIn(move.name, mail.body_html)
        self.assertEqual((self.notices(move).state, self.notices(move).mail_ids.id), ("to_approve", False))
        self.run_on(TODAY)
        self.assertEqual(self.env["mail.mail"].search_count([("subject", "like", "customer@example.com")]), 1)

    def test_most_notices_a_day(self):
        partners = self.env["res.partner"].create([{"name": f"C{n}", "email": f"c{n}@example.com"} for n in range(5)])
        moves = self.invoices(
            [{"due": "2026-03-02", "partner_id": p.id, "amount": 100.0 + n} for n, p in enumerate(partners)]
        )
        self.go_live(daily_limit=2, needs_release=False)
        self.assertEqual([self.code(move) for move in moves], ["postponed"] * 3 + ["reminded"] * 2)
        for day, expected in ((TODAY, 2), (TODAY, 2), ("2026-03-11", 4), ("2026-03-12", 5)):
            self.run_on(day)
            self.assertEqual(sum(bool(self.notices(move)) for move in moves), expected)

    def test_opening_balances(self):
        entry = self.opening()
        wizard = self.env["dunning.go.live"].with_context(default_policy_id=self.policy.id).create({})
        self.assertEqual((wizard.opening_count, wizard.opening_amount), (1, 70.0))
        self.go_live(include_opening=True, needs_release=False)
        self.run_on(TODAY)
        self.assertEqual(self.current(entry).code, "reminded")

    def test_opening_balances_above_the_preview(self):
        entry = self.opening()
        preview = self.env["dunning.preview"]
        [banner] = preview.get_dunning_banners()
        self.assertIn("Open items of miscellaneous entries", banner["text"])
        self.assertIn("70.00", banner["text"])
        reader = self.user("opening_reader", "account.group_account_readonly")
        [told] = preview.with_user(reader).get_dunning_banners()
        self.assertFalse(told["action"], "who only reads includes nothing")
        getattr(preview, banner["action"])()
        self.assertEqual(preview.get_dunning_banners(), [])
        self.assertFalse(self.items(entry).no_followup)

    def test_only_managers_go_live(self):
        collector = self.user("l2c_collector", "lead_to_cash.group_collections_user")
        with self.assertRaises(AccessError):
            self.env["dunning.go.live"].with_user(collector).create({"policy_id": self.policy.id})


@tagged("post_install", "-at_install")
class TestRuns(GoingLiveCase):
    def bank_line(self, day):
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        return self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "amount": 5.0, "date": day, "payment_ref": "x"}
        )

    def test_waits_for_bank_data(self):
        self.env.company.dunning_bank_freshness_days = 3
        self.bank_line("2026-03-06")
        move = self.invoice(due="2026-03-02")
        run = self.cron()
        self.assertEqual((run.state, run.notice_count), ("waiting", 0))
        self.assertIn("older than 3 days", run.state_reason)
        self.assertEqual(self.cron("2026-03-11"), run)
        self.bank_line("2026-03-10")
        self.assertEqual(self.cron("2026-03-12"), run)
        self.assertEqual((run.state, str(run.date), run.state_reason), ("done", "2026-03-12", False))
        self.assertEqual(self.notices(move).state, "queued")

    def test_a_run_that_was_killed_before_it_decided_is_the_next_days(self):
        killed = self.env["dunning.run"].create({"date": "2026-03-09"})
        move = self.invoice(due="2026-03-02")
        self.cron()
        self.assertEqual((killed.state, str(killed.date)), ("done", TODAY))
        self.assertEqual(self.notices(move).run_id, killed)

    def test_a_neutralized_copy_says_so(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        run = self.env["dunning.run"].create({})
        with self.assertRaisesRegex(UserError, "neutralized copy"):
            run.action_run_now()

    def test_new_bank_data_wake_the_run(self):
        self.env.company.dunning_bank_freshness_days = 3
        self.cron()
        triggers = [("cron_id", "=", self.env.ref("lead_to_cash.cron_dunning_run").id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        self.bank_line("2026-03-10")
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), before + 1)

    def test_runs_anyway_when_a_person_says_so(self):
        self.env.company.dunning_bank_freshness_days = 3
        self.invoice(due="2026-03-02")
        run = self.run_on(TODAY)
        self.assertEqual(run.state, "waiting")
        run.action_run_now()
        self.assertEqual(self.cron().state, "done")

    def test_waits_while_another_addon_follows_up(self):
        module = self.env["ir.module.module"].create(
            {"name": "account_credit_control", "shortdesc": "Credit Control", "state": "installed"}
        )
        self.assertEqual(self.env["dunning.run"].get_dunning_banners()[0]["kind"], "warning")
        cron = self.env.ref("lead_to_cash.cron_follow_time").copy()
        self.env["ir.model.data"].create({"module": module.name, "name": "cron", "model": "ir.cron", "res_id": cron.id})
        run = self.run_on(TODAY)
        self.assertEqual(run.state, "waiting")
        self.assertIn("Credit Control follows up customers too", run.state_reason)
        cron.active = False
        run.action_run()
        self.assertEqual(run.state, "done")

    def test_run_now_is_done_in_the_background(self):
        move = self.invoice(due="2026-03-02")
        run = self.env["dunning.run"].with_context(l2c_today=TODAY).create({"date": "2026-03-09"})
        run.action_run_now()
        self.assertEqual((run.state, run.is_working, run.progress), ("draft", True, 0.0))
        self.cron()
        self.assertEqual((run.state, run.is_working, run.progress), ("done", False, 100.0))
        self.assertEqual(self.notices(move).run_id, run)

    def test_no_run_for_a_day_to_come(self):
        run = self.env["dunning.run"].with_context(l2c_today=TODAY).create({"date": "2026-03-11"})
        with self.assertRaisesRegex(UserError, "can't be for a future date"):
            run.action_run_now()

    def test_a_draft_nobody_asked_for_stays(self):
        manager = self.user("l2c_drafts", "lead_to_cash.group_collections_manager")
        run = self.env["dunning.run"].with_user(manager).with_context(l2c_today=TODAY).create({"date": "2026-03-09"})
        self.cron()
        self.assertEqual(run.state, "draft")

    def test_look_ahead(self):
        first, second = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-20", "amount": 40.0}])
        forecast = self.env["dunning.forecast"].with_context(l2c_today=TODAY)
        action = forecast.action_open()
        self.assertEqual(action["res_model"], "dunning.forecast")
        rows = [
            (str(row.date), row.level_id.name, row.amount_due, row.item_count)
            for row in forecast.search([("partner_id", "=", self.customer.id)])
        ]
        # Five days apart; nothing friendly after the second reminder.
        self.assertEqual(rows, [(TODAY, "First", 100.0, 1), ("2026-03-15", "Second", 100.0, 1)])
        self.assertFalse(self.notices(first | second))
        self.assertFalse(self.env["dunning.decision"].search([("move_id", "in", (first | second).ids)]))

    def test_look_ahead_for_readers_and_as_if_running(self):
        self.invoice(due="2026-03-02")
        self.policy.action_stop()
        reader = self.user("l2c_reader", "account.group_account_readonly")
        forecast = self.env["dunning.forecast"].with_user(reader).with_context(l2c_today=TODAY)
        forecast.action_open()
        self.assertFalse(forecast.search([]))
        self.policy.with_user(reader).with_context(l2c_today=TODAY).action_forecast()
        self.assertTrue(forecast.search([("level_id.name", "=", "First")]))
        other = self.user("l2c_other", "account.group_account_readonly")
        self.assertFalse(self.env["dunning.forecast"].with_user(other).search([]))

    def test_times_of_the_clock(self):
        run = self.env["dunning.run"].with_context(l2c_today="2026-03-10 23:30:00", tz="Asia/Jerusalem").create({})
        self.assertEqual(str(run.date), "2026-03-11")
        self.assertEqual(run._now(), datetime(2026, 3, 10, 23, 30))
