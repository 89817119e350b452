from datetime import timedelta

from odoo import fields, models

from ...engine.handling.workdays import add_working_days, working_days_before


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
