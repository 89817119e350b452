"""A closed lead whose period has passed is a line of the call list, with its buttons."""

from odoo.tests import tagged

from .test_call_list import CallListCase


@tagged("post_install", "-at_install")
class TestAskAgain(CallListCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Later", "reengage_days": 30})

    def closed(self, name="Closed", **values):
        lead = self.called(name, **values).with_context(l2c_today="2026-01-05")
        lead.action_set_lost(lost_reason_id=self.reason.id)
        return lead.with_context(l2c_today=self.env.context["l2c_today"])

    def on(self, lead, day):
        return self.line(lead, self.seller, l2c_today=day)

    def test_it_comes_on_its_day_the_highest_amount_first(self):
        small, large = self.closed("small", expected_revenue=10), self.closed("large", expected_revenue=900)
        silent = self.called("silent", "no_answer", "2026-02-04")
        self.nightly("2026-02-03")
        self.assertEqual(self.lines(self.seller, l2c_today="2026-02-04").mapped("res_id"), [silent.id])
        self.nightly("2026-02-04")
        lines = self.lines(self.seller, l2c_today="2026-02-04")
        self.assertEqual(lines.mapped("res_id"), [silent.id, large.id, small.id])
        self.assertEqual(lines.mapped("kind"), ["no_answer", "again", "again"])
        self.assertEqual(lines[1].reason, "Closed on 01/05/2026 (Later); ask again")
        self.assertEqual(self.lines(self.seller, [("kind", "=", "again")], l2c_today="2026-02-04"), lines[1:])

    def test_who_is_reached_is_in_work_again(self):
        lead = self.closed(tries=[("2026-01-02 10:00:00", "reached")])
        self.nightly("2026-02-04")
        self.assertEqual(self.on(lead, "2026-02-04").action_reached()["tag"], "l2c_logged")
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))
        self.assertIn(lead.handling_role, ("contacted", "in_progress"))
        self.assertFalse(self.on(lead, "2026-02-04"))
        self.assertGreater(str(lead.next_action_date), "2026-02-04")
        self.assertFalse(lead.activity_ids.filtered(lambda activity: activity.summary == "Ask again"))

    def test_who_does_not_answer_is_tried_three_times(self):
        lead = self.closed()
        self.nightly("2026-02-04")
        for day, following in (("2026-02-04", "2026-02-05"), ("2026-02-05", "2026-02-06"), ("2026-02-06", "False")):
            line = self.on(lead, day)
            self.assertEqual(line.kind, "again")
            line.action_no_answer()
            self.assertFalse(self.on(lead, day))
            self.assertEqual(str(lead.next_action_date), following)
        self.assertFalse(lead.active)
        self.nightly("2026-03-05")
        self.assertFalse(self.on(lead, "2026-03-05"))
        self.nightly("2026-03-06")
        self.assertEqual(self.on(lead, "2026-03-06").kind, "again")

    def test_who_has_something_open_is_asked_about_that(self):
        closed = self.closed(email_from="noa@example.com")
        self.nightly("2026-02-04")
        lead = self.called("open", "in_progress", "2026-02-04", email_from="noa@example.com")
        line = self.lines(self.seller, l2c_today="2026-02-04")
        self.assertEqual(line.res_id, lead.id)
        self.assertIn(closed.name, line.also)

    def test_who_was_closed_for_good_does_not_come(self):
        self.reason.reengage_days = 0
        lead = self.closed()
        lead.activity_schedule(date_deadline="2026-02-04")
        self.nightly("2026-02-04")
        self.assertFalse(self.on(lead, "2026-02-04"))
