"""What time does to a lead: by when it is answered, who is told, what is planned next, and when
it has been silent for too long."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from .test_leads_transitions import LeadCase


class ResponseCase(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"
        cls.cron = cls.env.ref("lead_to_cash.cron_response")
        cls.triggers().unlink()
        cls.leader = cls.user("leader", "sales_team.group_sale_salesman_all_leads")
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.team"].create({"name": "Team", "user_id": cls.leader.id})

    @classmethod
    def triggers(cls):
        return cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)], order="call_at")

    def lead_at(self, moment, **values):
        """A lead of the team that came at ``moment``."""
        values = {"name": "Lead", "type": "opportunity", "team_id": self.team.id, "user_id": self.seller.id, **values}
        lead = self.env["crm.lead"].with_context(l2c_today=moment).create(values)
        return lead.with_context(l2c_today=self.env.context["l2c_today"])

    def run_at(self, moment):
        self.env["crm.lead"].with_context(l2c_today=moment)._cron_response()
        self.env.invalidate_all()

    def told(self, lead):
        """Who was told about the lead, in their order."""
        activities = self.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        activities = activities.filtered(lambda row: row.summary == "Nobody has called yet").sorted("id")
        return [activity.user_id for activity in activities]


@tagged("post_install", "-at_install")
class TestResponseDeadline(ResponseCase):
    def test_a_day_is_the_same_time_on_the_next_working_day(self):
        for came, by in (
            ("2026-03-10 09:30:00", "2026-03-11 09:30:00"),
            ("2026-03-06 16:00:00", "2026-03-09 16:00:00"),  # from Friday to Monday
            ("2026-03-07 11:00:00", "2026-03-10 00:00:00"),  # Saturday counts from Monday's beginning
            ("2026-03-08 23:59:00", "2026-03-10 00:00:00"),
        ):
            self.assertEqual(str(self.lead_at(came).response_deadline), by, came)

    def test_a_holiday_of_the_company(self):
        calendar = self.env.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-03-11 00:00:00",
                "date_to": "2026-03-11 23:59:59",
            }
        )
        lead = self.lead_at("2026-03-10 09:30:00")
        self.assertEqual(str(lead.response_deadline), "2026-03-12 09:30:00")
        self.assertEqual(
            str(self.lead_at("2026-03-10 16:55:00", contact_basis="enquiry").response_goal), "2026-03-12 08:05:00"
        )

    def test_in_the_companies_zones(self):
        self.env.company.resource_calendar_id.tz = "Asia/Jerusalem"
        saturday_there = "2026-03-06 22:30:00"
        self.assertEqual(str(self.lead_at(saturday_there).response_deadline), "2026-03-09 22:00:00")

    def test_in_a_batch(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.resource_calendar_id = self.env["resource.calendar"].create({"name": "All days", "tz": "UTC"})
        other.resource_calendar_id.attendance_ids.unlink()
        other.resource_calendar_id.attendance_ids = [
            (0, 0, {"name": "Day", "dayofweek": str(day), "hour_from": 8, "hour_to": 16}) for day in range(7)
        ]
        leads = self.env["crm.lead"].with_context(l2c_today="2026-03-06 16:00:00")
        values = {"name": "Lead", "user_id": False, "team_id": False}
        leads = leads.create([values, values, {**values, "company_id": other.id}])
        days = [str(day) for day in leads.mapped("response_deadline")]
        self.assertEqual(days, ["2026-03-09 16:00:00"] * 2 + ["2026-03-07 16:00:00"])

    def test_a_company_that_never_opens(self):
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        lead = self.lead_at("2026-03-10 09:30:00", contact_basis="enquiry")
        self.assertGreater(lead.response_deadline, fields.Datetime.to_datetime("2026-03-10 09:30:00"))
        self.assertFalse(lead.response_goal)
        self.env.company.resource_calendar_id = False
        lead = self.lead_at("2026-03-06 16:00:00", contact_basis="enquiry")
        self.assertEqual(str(lead.response_deadline), "2026-03-07 16:00:00")
        self.assertFalse(lead.response_goal)

    def test_a_lead_that_is_opened_again(self):
        lead = self.lead_at("2026-03-03 09:00:00")
        lead.action_set_lost()
        lead.with_context(l2c_today="2026-03-05 10:00:00").action_restore()
        self.assertEqual(str(lead.response_deadline), "2026-03-06 10:00:00")


@tagged("post_install", "-at_install")
class TestResponseTime(ResponseCase):
    def lead_of(self, created, assigned=None):
        """A lead that was created and assigned at those moments, which the ORM takes from
        the real clock."""
        lead = self.lead_at(created)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id = %s", (created, assigned, lead.id)
        )
        self.env.invalidate_all()
        return lead

    def test_from_creation_and_from_assignment(self):
        for outcome in ("no_answer", "left_message", "reached", "wrong_person", "refused"):
            lead = self.lead_of("2026-03-09 08:00:00", "2026-03-09 10:30:00")
            lead.action_log_attempt(outcome, date="2026-03-09 11:00:00")
            measured = (lead.first_response_hours, lead.first_response_hours_assigned)
            self.assertEqual((*measured, lead.response_band), (3, 0.5, "day"), outcome)
            lead.action_log_attempt("reached", date="2026-03-10 11:00:00")
            measured = (lead.first_response_hours, lead.first_response_hours_assigned)
            self.assertEqual((*measured, lead.response_band), (3, 0.5, "day"), "the second changes nothing")

    def test_the_month_is_the_readers(self):
        lead = self.lead_of("2026-02-28 22:30:00")
        lead.action_log_attempt("no_answer", date="2026-02-28 23:00:00")
        self.env.flush_all()
        for zone, month in (("UTC", "2026-02-01"), ("Europe/Bucharest", "2026-03-01")):
            self.env.invalidate_all()
            report = self.env["lead.response.report"].with_context(tz=zone).search([("user_id", "=", self.seller.id)])
            self.assertEqual([str(row.month) for row in report], [month], zone)

    def test_nobody_assigned(self):
        lead = self.lead_of("2026-03-09 08:00:00")
        lead.action_log_attempt("no_answer", date="2026-03-09 08:30:00")
        self.assertEqual((lead.first_response_hours, lead.first_response_hours_assigned), (0.5, 0.5))

    def test_bands(self):
        for minutes, band in (
            (0, "minutes"),
            (10, "minutes"),
            (11, "hour"),
            (60, "hour"),
            (61, "day"),
            (900, "day"),
            (901, "next_day"),
            (1440, "next_day"),
            (1441, "later"),
        ):
            lead = self.lead_of("2026-03-09 08:00:00")
            self.assertFalse(lead.response_band)
            lead.action_log_attempt("no_answer", date=datetime(2026, 3, 9, 8) + timedelta(minutes=minutes))
            self.assertEqual(lead.response_band, band, minutes)


@tagged("post_install", "-at_install")
class TestAlerts(ResponseCase):
    def test_salesperson_then_leader_each_once(self):
        lead = self.lead_at("2026-03-05 09:00:00")
        for moment, told in (
            ("2026-03-06 08:59:00", []),
            ("2026-03-06 09:00:00", [self.seller]),
            ("2026-03-06 12:00:00", [self.seller]),
            ("2026-03-09 08:59:00", [self.seller]),
            ("2026-03-09 09:00:00", [self.seller, self.leader]),
            ("2026-03-20 09:00:00", [self.seller, self.leader]),
        ):
            self.run_at(moment)
            self.assertEqual(self.told(lead), told, moment)

    def test_nobody_is_told_of_an_answered_lead(self):
        for outcome in ("wrong_person", "no_answer"):
            lead = self.lead_at("2026-03-05 09:00:00")
            lead.action_log_attempt(outcome, date="2026-03-05 10:00:00")
            self.run_at("2026-03-20 09:00:00")
            self.assertEqual(self.told(lead), [], outcome)
        lead = self.lead_at("2026-03-05 09:00:00")
        self.run_at("2026-03-06 09:00:00")
        lead.action_log_attempt("wrong_person")
        self.run_at("2026-03-20 09:00:00")
        self.assertEqual(self.told(lead), [], "the salesperson has tried, and the leader is not told")

    def test_leads_without_a_salesperson_or_a_leader(self):
        for values, told in (
            ({"user_id": False}, [self.leader]),
            ({"user_id": self.leader.id}, [self.leader]),
            ({"team_id": False}, [self.seller]),
            ({"user_id": False, "team_id": False}, []),
        ):
            lead = self.lead_at("2026-03-05 09:00:00", **values)
            for moment in ("2026-03-06 09:00:00", "2026-03-09 09:00:00", "2026-03-20 09:00:00"):
                self.run_at(moment)
                self.assertEqual(self.told(lead), told, f"{values} {moment}")

    def test_one_pending_trigger_at_the_earliest_deadline(self):
        for moment in ("2026-03-10 09:00:00", "2026-03-10 09:30:00", "2026-03-10 15:00:00"):
            self.lead_at(moment)
        self.assertEqual([str(trigger.call_at) for trigger in self.triggers()], ["2026-03-11 09:00:00"])
        self.triggers().unlink()  # Odoo removes it when the job begins
        self.run_at("2026-03-11 09:00:00")
        self.assertEqual([str(trigger.call_at) for trigger in self.triggers()], ["2026-03-11 09:30:00"])

    def test_the_job_arms_itself_until_nothing_is_open(self):
        """At each lead's deadline, at the leader's, and no more; answered leads don't matter."""
        lead, answered = self.lead_at("2026-03-10 09:00:00"), self.lead_at("2026-03-10 09:30:00")
        answered.action_log_attempt("no_answer")
        for moment, told, following in (
            ("2026-03-11 09:00:00", [self.seller], ["2026-03-12 09:00:00"]),
            ("2026-03-12 09:00:00", [self.seller, self.leader], []),
        ):
            self.triggers().unlink()  # Odoo removes it when the job begins
            self.run_at(moment)
            self.assertEqual(self.told(lead), told)
            self.assertEqual([str(trigger.call_at) for trigger in self.triggers()], following)
        self.assertEqual(self.told(answered), [])

    def test_many_late_leads_at_once(self):
        """Beside what Odoo asks for each activity of a colleague, the job's queries are constant."""
        extra = []
        for number in (3, 33):
            leads = self.env["crm.lead"].concat(*(self.lead_at("2026-03-05 09:00:00") for _i in range(number)))
            job = self.queries(lambda: self.run_at("2026-03-06 09:00:00"))
            self.assertEqual([self.told(lead) for lead in leads], [[self.seller]] * number)
            plain = self.queries(lambda leads=leads: leads.activity_schedule(user_id=self.seller.id))
            extra.append(job - plain)
            leads.action_log_attempt("no_answer")
        self.assertLess(extra[1] - extra[0], 1, extra)

    def queries(self, do):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        do()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_a_shorter_deadline_wakes_the_job_earlier(self):
        self.lead_at("2026-03-10 09:00:00")
        self.status("crm.lead", "new").response_hours = 2
        self.lead_at("2026-03-10 10:00:00")
        self.assertEqual(str(self.triggers()[0].call_at), "2026-03-10 12:00:00")


@tagged("post_install", "-at_install")
class TestFollowUps(ResponseCase):
    def test_first_contact(self):
        """Two working days later, whatever was planned for calling it before."""
        fresh, missed, alerted = (self.lead_at("2026-03-03 09:00:00") for _i in range(3))
        missed.with_context(l2c_today="2026-03-03 10:00:00").action_log_attempt("no_answer")
        self.run_at("2026-03-04 09:00:00")
        for lead in (fresh, missed, alerted):
            lead.with_context(l2c_today="2026-03-05").action_log_attempt("reached")
            self.assertEqual(self.activities(lead), [("2026-03-09", "Follow up")])
            self.assertEqual(lead.activity_ids.user_id, self.seller)

    def test_in_progress_again_and_again(self):
        """Every 3 working days; Friday the 13th is the first."""
        lead = self.lead_in("in_progress")
        for day in ("2026-03-13", "2026-03-18", "2026-03-23", "2026-03-26"):
            self.assertEqual(self.activities(lead), [(day, "Follow up")])
            self.done(lead, day)

    def test_a_step_forward_plans_anew(self):
        lead = self.lead_in("contacted")
        self.assertEqual(self.activities(lead), [("2026-03-12", "Follow up")])
        lead.with_context(l2c_today="2026-03-11").action_log_attempt("reached")
        self.assertEqual(self.activities(lead), [("2026-03-16", "Follow up")])

    def test_customer(self):
        """After 7 days, after 30 more, and then no more."""
        for event in ("set_won", "order"):
            lead = self.lead_in("in_progress")
            self.happen(lead, event)
            self.assertEqual(self.activities(lead), [("2026-03-17", "Follow up")])
            self.done(lead, "2026-03-17")
            self.assertEqual(self.activities(lead), [("2026-04-16", "Follow up")])
            self.done(lead, "2026-04-16")
            self.assertEqual(self.activities(lead), [])

    def test_done_by_somebody_who_no_longer_sees_the_lead(self):
        lead = self.lead_in("in_progress", user_id=self.seller.id)
        activity = lead.activity_ids.with_user(self.seller)
        lead.user_id = self.leader
        activity.with_context(l2c_today="2026-03-13").action_feedback()
        self.assertEqual(self.activities(lead), [("2026-03-18", "Follow up")])
        self.assertEqual(lead.activity_ids.user_id, self.leader)

    def test_own_activities_stay_and_come_first(self):
        lead = self.lead()
        lead.activity_schedule(date_deadline="2026-03-30", summary="Mine", automated=False)
        lead.action_log_attempt("reached")
        self.assertEqual(self.activities(lead), [("2026-03-30", "Mine")])
        lead.next_action_date = "2026-03-11"
        self.assertEqual(self.activities(lead), [("2026-03-11", "Mine")])
        lead.action_set_lost()
        self.assertEqual(self.activities(lead), [("2026-03-11", "Mine")])

    def test_next_action(self):
        lead = self.lead_in("no_answer")
        flagged = self.env["crm.lead"].search([("id", "=", lead.id), ("is_without_next_action", "=", True)])
        self.assertEqual((lead.is_without_next_action, flagged), (True, lead))
        lead.next_action_date = "2026-03-20"
        self.assertEqual(self.activities(lead), [("2026-03-20", "Follow up")])
        lead.next_action_date = "2026-03-25"
        self.assertEqual(self.activities(lead), [("2026-03-25", "Follow up")])
        self.assertEqual((lead.next_action_summary, lead.is_without_next_action), ("Follow up", False))
        self.assertFalse(flagged.search([("id", "=", lead.id), ("is_without_next_action", "=", True)]))
        self.assertTrue(flagged.search([("id", "=", lead.id), ("is_without_next_action", "=", False)]))
        lead.next_action_date = False
        self.assertEqual((self.activities(lead), lead.is_without_next_action), ([], True))
        self.assertFalse(self.lead().is_without_next_action, "a new one requires none")

    def test_silence(self):
        """From the last contact, or without any from the day it came in progress."""
        spoken = self.lead_in("contacted")
        spoken.with_context(l2c_today="2026-03-03").action_log_attempt("reached")
        leads = spoken | self.lead_at(
            "2026-03-03 12:00:00", handling_status_id=self.status("crm.lead", "in_progress").id
        )
        for day, silent in (("2026-03-10", False), ("2026-03-11", True)):
            found = leads.with_context(l2c_today=day)
            found.invalidate_recordset(["is_silent"])
            self.assertEqual(found.mapped("is_silent"), [silent] * 2, day)
            for value in (True, False):
                matching = found.search([("id", "in", leads.ids), ("is_silent", "=", value)])
                self.assertEqual(matching == leads, value == silent, f"{day} {value}")
        spoken.action_log_attempt("no_answer", date="2026-03-10 11:00:00")
        self.assertTrue(spoken.with_context(l2c_today="2026-03-11").is_silent, "a miss is no contact")
        spoken.action_log_attempt("reached", date="2026-03-10 11:00:00")
        self.assertFalse(spoken.with_context(l2c_today="2026-03-11").is_silent)
