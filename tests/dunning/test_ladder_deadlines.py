"""The next step that is named, the last level again, and deadlines."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..common import TODAY
from .test_ladder import LadderCase


@tagged("post_install", "-at_install")
class TestNextStep(LadderCase):
    """What warns of a next step names the one that the ladder has."""

    def said_of(self, *levels):
        self.ladder(*levels)
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        text = self.text(self.notices(move))
        self.pay(move)
        return text

    def test_a_call_only_where_one_comes(self):
        second = {"mail_template_id": self.env.ref("lead_to_cash.mail_template_second_reminder").id}
        self.assertIn("we will call you", self.said_of(("Second", 4, second), ("Call", 20, {"channel": "call"})))
        for following in ([], [("Demand", 20, {})]):
            self.assertNotIn("call", self.said_of(("Second", 4, second), *following))

    def test_the_lawyer_only_where_he_comes(self):
        final = {
            "mail_template_id": self.env.ref("lead_to_cash.mail_template_final_notice").id,
            "payment_deadline_days": 14,
        }
        lawyer = {"next_activity_type_id": self.env.ref("lead_to_cash.mail_activity_type_lawyer").id}
        self.assertIn("our lawyer", self.said_of(("Final", 4, final | lawyer)))
        self.assertNotIn("our lawyer", self.said_of(("Final", 4, final)))
        self.assertNotIn("our lawyer", self.said_of(("Final", 4, final | lawyer), ("Letter", 30, {})))


@tagged("post_install", "-at_install")
class TestRepetition(LadderCase):
    def repeated(self, times=2, days=14):
        return self.ladder(("First", 4, {}), ("Last", 10, {}), repetitions=times, repeat_days=days)

    def test_the_last_level_again_and_then_no_more(self):
        self.repeated()
        move = self.invoice(due="2026-02-20")
        for day in ("2026-02-24", "2026-03-02", "2026-03-15", "2026-03-16", "2026-03-16", "2026-03-30", "2026-04-30"):
            self.run_on(day)
        lines = self.notices(move).line_ids
        self.assertEqual(
            [(str(line.notice_id.date), line.level_id.name, line.repetition) for line in lines],
            [
                ("2026-02-24", "First", 0),
                ("2026-03-02", "Last", 0),
                ("2026-03-16", "Last", 1),
                ("2026-03-30", "Last", 2),
            ],
        )
        self.assertEqual(self.codes(move), ["last_level"])

    def test_the_next_day_is_told(self):
        self.repeated(times=1)
        move = self.invoice(due="2026-02-20")
        self.run_on("2026-02-24")
        self.run_on("2026-03-02")
        self.assertEqual(str(self.current(move).next_date), "2026-03-16")
        self.run_on("2026-03-03")
        self.assertEqual((self.codes(move), str(self.current(move).next_date)), (["reminded"], "2026-03-16"))
        self.run_on("2026-03-16")
        self.assertFalse(self.current(move).next_date)

    def test_off_as_shipped(self):
        self.assertFalse(
            any(self.env["dunning.policy"].with_context(active_test=False).search([]).mapped("repetitions"))
        )

    @mute_logger("odoo.sql_db")
    def test_limits(self):
        policy = self.repeated()
        for values in ({"repetitions": 4}, {"repetitions": -1}, {"repeat_days": 13}):
            with self.subTest(values), self.assertRaises(CheckViolation), self.env.cr.savepoint():
                policy.write(values)
                policy.flush_recordset()

    def test_nothing_final_is_repeated(self):
        policy = self.repeated()
        with self.assertRaisesRegex(ValidationError, "Last is a final notice: it can't be repeated"):
            policy.level_ids[-1].is_final = True
        form = Form(policy)
        with form.level_ids.edit(0) as level:
            level.is_final = True
        with self.assertRaisesRegex(ValidationError, "First is a final notice"):
            form.save()
        policy.repetitions = 0
        policy.level_ids[-1].is_final = True
        policy.level_ids = [Command.create({"name": "After it", "delay_days": 30, "sequence": 9})]
        with self.assertRaisesRegex(ValidationError, "nor what follows it"):
            policy.repetitions = 1

    def test_looking_ahead_repeats_too(self):
        policy = self.repeated(times=1)
        self.invoice(due="2026-02-20")
        self.run_on("2026-02-24")
        self.run_on("2026-03-02")
        policy.with_context(l2c_today=TODAY).action_forecast()
        rows = self.env["dunning.forecast"].search([("partner_id", "=", self.customer.id)])
        days = rows.filtered(lambda row: row.level_id.name == "Last").mapped("date")
        self.assertEqual([str(day) for day in days], ["2026-03-16"])


@tagged("post_install", "-at_install")
class TestDeadline(LadderCase):
    """No step comes before the deadline that the last notice named has passed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.ladder(
            ("First", 5, {"payment_deadline_days": 7}),
            ("Second", 8, {"payment_deadline_days": 0}),
            minimum_days_between=1,
        )

    def test_the_next_level_waits_for_it(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)  # the 10th: pay by the 17th
        self.assertEqual(str(self.current(move).next_date), "2026-03-18")
        self.run_on("2026-03-17")
        self.assertEqual(self.said(move), ["First"])
        self.run_on("2026-03-18")
        self.assertEqual(self.said(move), ["First", "Second"])

    def test_without_a_deadline_the_level_says_when(self):
        self.customer.dunning_policy_id.level_ids.payment_deadline_days = 0
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.assertEqual(str(self.current(move).next_date), "2026-03-11")
        self.run_on("2026-03-11")
        self.assertEqual(self.said(move), ["First", "Second"])

    def test_a_broken_promise_doesnt_wait(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.notices(move)._set_state("sent")
        self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 100.0,
                "date": "2026-03-12",
                "move_line_ids": self.items(move).ids,
            }
        )
        self.run_on("2026-03-16")
        self.assertEqual(self.said(move), ["First", "Second"])


@tagged("post_install", "-at_install")
class TestDeadlineBeforeDueDate(LadderCase):
    """A notice before the due date asks nobody to pay before it is due, and what follows waits as long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.ladder(
            ("Friendly", -20, {"payment_deadline_days": 7}),
            ("Sooner", -8, {"payment_deadline_days": 7}),
            ("First", 1, {"payment_deadline_days": 0}),
            minimum_days_between=1,
        )

    def test_it_names_the_due_date(self):
        move = self.invoice(due="2026-03-30")
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((notice.level_id.name, str(notice.payment_deadline)), ("Friendly", "2026-03-30"))
        self.assertEqual(str(notice.with_context(l2c_today="2026-03-28").payment_deadline), "2026-04-04")
        self.assertEqual(notice.amount_claimed, 100)
        self.assertIn("by *03/30/2026*", self.text(notice))

    def test_the_last_due_date_of_what_it_asks_for(self):
        early, late = self.invoices([{"due": "2026-03-19"}, {"due": "2026-03-27", "amount": 40.0}])
        self.run_on(TODAY)
        notice = self.notices(early)
        self.assertEqual(notice, self.notices(late))
        self.assertEqual(str(notice.payment_deadline), "2026-03-27")
        self.run_on("2026-03-20")  # the next level of the first one: its paper says the 27th
        self.assertEqual(self.said(early), ["Friendly"])
        self.run_on("2026-03-30")
        self.assertEqual(self.said(early), ["Friendly", "First"])

    def test_what_follows_waits_for_the_day_that_it_names(self):
        move = self.invoice(due="2026-03-30")
        self.run_on(TODAY)
        self.assertEqual(str(self.current(move).next_date), "2026-03-31")
        self.run_on("2026-03-23")  # the day of the second level
        self.assertEqual(self.said(move), ["Friendly"])
        self.run_on("2026-03-30")
        self.assertEqual(self.said(move), ["Friendly"])
        self.run_on("2026-03-31")
        self.assertEqual(self.said(move), ["Friendly", "First"])

    def test_of_what_is_past_due_the_days_count(self):
        move = self.invoice(due="2026-03-09")
        self.customer.dunning_policy_id.level_ids[-1].payment_deadline_days = 5
        self.run_on(TODAY)
        self.assertEqual(str(self.notices(move).payment_deadline), "2026-03-15")
