"""Working days are those of each document's company, in a batch of several too."""

from odoo.tests import tagged

from .test_leads_transitions import LeadCase

#: 2026-03-12 is a Thursday: the next working day is Friday here, Sunday there.
THURSDAY = "2026-03-12"


@tagged("post_install", "-at_install")
class TestCompanies(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.env.company
        cls.here.resource_calendar_id.tz = "UTC"
        cls.there = cls.env["res.company"].create({"name": "Sunday to Thursday"})
        cls.there.resource_calendar_id = cls.calendar("Sunday to Thursday", (6, 0, 1, 2, 3))
        cls.env.user.company_ids |= cls.there
        companies = (cls.here | cls.there).ids
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=companies))

    @classmethod
    def calendar(cls, name, days):
        hours = [(0, 0, {"name": "Day", "dayofweek": str(day), "hour_from": 8, "hour_to": 16}) for day in days]
        calendar = cls.env["resource.calendar"].create({"name": name, "tz": "UTC", "attendance_ids": False})
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = hours
        return calendar

    def pair(self, number=1, day=THURSDAY, **values):
        """Leads of here and there, mixed; one of no company is of the current one."""
        vals = {"name": "Lead", "type": "opportunity", "user_id": False, "team_id": False, **values}
        companies = [self.here.id, self.there.id, False] * number
        leads = self.env["crm.lead"].with_context(l2c_today=day)
        return leads.create([{**vals, "company_id": company} for company in companies])

    def days(self, leads):
        self.env.flush_all()
        return [str(lead.next_action_date) for lead in leads]

    def test_next_try(self):
        leads = self.pair()
        leads.action_log_attempt("no_answer")
        self.assertEqual(self.days(leads), ["2026-03-13", "2026-03-15", "2026-03-13"])

    def test_follow_up(self):
        leads = self.pair()
        leads.action_log_attempt("reached")
        self.assertEqual(self.days(leads), ["2026-03-16", "2026-03-16", "2026-03-16"])
        leads.action_log_attempt("reached")
        self.assertEqual(self.days(leads), ["2026-03-17", "2026-03-17", "2026-03-17"])
        leads = self.pair(day="2026-03-13")
        leads.action_log_attempt("reached")
        self.assertEqual(self.days(leads), ["2026-03-17", "2026-03-16", "2026-03-17"])

    def test_the_first_contacts_dialog(self):
        for lead, day in zip(self.pair(), ("2026-03-13", "2026-03-15", "2026-03-13"), strict=True):
            self.assertEqual([str(found) for found in lead._by_working_day(1)], [day])
        lead = self.pair()[1].with_context(l2c_today="2026-03-13")
        dialog = self.env["contact.dialog"].with_context(l2c_today="2026-03-13")
        dialog = dialog.create({"res_model": "crm.lead", "res_id": lead.id})
        self.assertEqual(str(dialog.day), "2026-03-16")

    def test_silence(self):
        """In progress since Friday the 13th: five working days have passed on Friday evening
        here, on Thursday evening there."""
        values = {"handling_status_id": self.status("crm.lead", "in_progress").id}
        leads = self.pair(day="2026-03-13", **values)
        for day, here, there in (
            ("2026-03-19", False, False),
            ("2026-03-20", False, True),
            ("2026-03-21", True, True),
        ):
            found = leads.with_context(l2c_today=day)
            found.invalidate_recordset(["is_silent"])
            self.assertEqual(found.mapped("is_silent"), [here, there, here], day)

    def test_queries_are_by_company(self):
        for outcome in ("no_answer", "reached"):
            counts = []
            for number in (2, 20):
                leads = self.pair(number)
                leads.user_id = self.env.user  # nobody else is told of a task
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                leads.action_log_attempt(outcome)
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
            self.assertLess((counts[1] - counts[0]) / (18 * 3), 1, f"{outcome}: {counts}")
