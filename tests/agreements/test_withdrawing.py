"""What a promise or a dispute led to ends with it."""

from odoo.tests import tagged

from ..common import TODAY
from .test_disputes import DisputeCase


@tagged("post_install", "-at_install")
class TestWithdrawing(DisputeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.discussed = cls.given.status("account.move", "in_progress")
        cls.discussed.followup_days = 3
        cls.overdue = cls.move.handling_status_id

    def planned(self):
        return self.move.activity_ids.filtered("active").mapped("handling_step")

    def stands(self):
        self.env.invalidate_all()
        return self.move.handling_status_id, self.planned()

    def test_of_the_promise_alone(self):
        promise = self.promise(self.move)
        self.assertEqual(self.stands(), (self.discussed, [1]))
        promise.with_user(self.collector).action_cancel()
        self.assertEqual(self.stands(), (self.overdue, []))

    def test_as_it_was_before(self):
        reminded = self.status("account.move", "contacted")
        self.move.handling_status_id = reminded
        self.promise(self.move).action_cancel()
        self.assertEqual(self.stands()[0], reminded)

    def test_what_came_due_since(self):
        move = self.invoice(due="2026-03-12")
        self.assertEqual(move.handling_status_id.situation, "not_due")
        promise = self.promise(move, date="2026-03-20")
        later = promise.with_context(l2c_today="2026-03-14")
        later.action_cancel()
        self.env.invalidate_all()
        self.assertEqual(move.handling_status_id.situation, "overdue")

    def test_not_while_something_else_is_open(self):
        promise = self.promise(self.move)
        dispute = self.dispute(self.move)
        promise.action_cancel()
        self.assertEqual(self.stands(), (self.discussed, [1]))
        dispute.action_not_justified()
        self.assertEqual(self.stands(), (self.overdue, []))

    def test_a_whole_plan(self):
        plan = self.plan(self.move)
        self.assertEqual(self.move.handling_status_id, self.discussed)
        plan.action_cancel()
        self.assertEqual(self.stands()[0], self.overdue)

    def test_not_what_somebody_chose(self):
        self.move.handling_status_id = self.discussed
        self.promise(self.move).action_cancel()
        self.assertEqual(self.stands(), (self.discussed, [1]))

    def test_nor_what_somebody_planned(self):
        promise = self.promise(self.move)
        own = self.move.activity_schedule("mail.mail_activity_data_todo", date_deadline=TODAY, summary="Ask Ann")
        promise.action_cancel()
        self.env.invalidate_all()
        self.assertEqual(self.move.activity_ids, own)

    def test_nor_after_another_change(self):
        promise = self.promise(self.move)
        no_answer = self.status("account.move", "no_answer")
        self.move.handling_status_id = no_answer
        self.move.handling_status_id = self.discussed
        promise.action_cancel()
        self.assertEqual(self.stands()[0], self.discussed)
