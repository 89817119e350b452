from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from odoo import fields, models

from ...engine.handling.workdays import add_working_days, working_days_before

A_DAY = timedelta(days=1)
#: A day on which people work less than this part of the longest one is a half day.
SHORT = 0.75


class ResCompany(models.Model):
    """Today, and the working days of a company."""

    _name = "res.company"
    _inherit = ["l2c.clock.mixin", "res.company"]

    def _days_off(self, calendar, start, end):
        """The days from ``start`` to ``end`` on which ``calendar`` has no hours; none when it has
        no hours at all: nobody has told then when people work."""
        begin, finish = (fields.Datetime.to_datetime(day) for day in (start, end + timedelta(days=1)))
        unusual = calendar._get_unusual_days(begin, finish, self) if calendar else {}
        if all(unusual.values()) and not calendar.attendance_ids:
            return set()
        return {fields.Date.to_date(day) for day, none_works in unusual.items() if none_works}

    def _early_ends(self, calendar, start, end):
        """{day: the moment, naive UTC, at which its work ends}: of the days from ``start`` to ``end`` on
        which people work clearly less than on the longest of them, as on a Friday or the eve of a holiday."""
        if not calendar or calendar.flexible_hours:
            return {}
        # A day more on each side: what is cut off there isn't short.
        begin, finish = (datetime.combine(day, time(), UTC) for day in (start - A_DAY, end + 2 * A_DAY))
        worked, ends = defaultdict(timedelta), {}
        company = [("company_id", "in", (self.id, False))]
        for opens, closes, _meta in calendar._work_intervals_batch(begin, finish, domain=company)[False]:
            worked[opens.date()] += closes - opens
            ends[opens.date()] = closes.astimezone(UTC).replace(tzinfo=None)
        longest = max(worked.values(), default=timedelta())
        return {
            day: ends[day]
            for day, time_of_day in worked.items()
            if start <= day <= end and time_of_day < SHORT * longest
        }

    def _working_days_later(self, days, calendar=None):
        """The date that is so many working days after today, of the company or of ``calendar``."""
        today = self._today()
        horizon = today + timedelta(days=2 * days + 31)
        return add_working_days(today, days, self._days_off(calendar or self.resource_calendar_id, today, horizon))

    def _working_days_before(self, days):
        """The date that is so many working days of the company before today."""
        today = self._today()
        off = self._days_off(self.resource_calendar_id, today - timedelta(days=2 * days + 31), today)
        return working_days_before(today, days, off)

    def _days_off_from(self, day):
        """The days off of the company in the month after ``day``, and the day before it."""
        return self._days_off(self.resource_calendar_id, day - timedelta(days=1), day + timedelta(days=31))

    def _zone(self):
        """The name of the company's time zone."""
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"
