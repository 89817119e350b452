from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import subtract

from ...engine.handling.workdays import add_working_days, working_days_before

A_DAY = timedelta(days=1)
#: A day on which people work less than this part of the longest one is a half day.
SHORT = 0.75


class ResCompany(models.Model):
    """Today, and the working days of a company; how long it keeps what it knows about people."""

    _name = "res.company"
    _inherit = ["l2c.clock.mixin", "res.company"]

    keep_attempts_months = fields.Integer(
        "Keep Attempts",
        default=24,
        help="Months, with their notes; and why customers were watched. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    keep_answers_months = fields.Integer(
        "Keep Answers",
        default=24,
        help="Months, with their proofs. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    keep_notices_years = fields.Integer(
        "Keep Notices",
        default=7,
        help="Years, with their e-mails; and what was agreed. What is about open items stays. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    is_deletion_confirmed = fields.Boolean(
        "Old Data Are Deleted",
        default=True,
        copy=False,
        readonly=True,
        help="After an upgrade a manager of collections looks first at what would go.",
        groups="base.group_user",
        audited=True,
    )

    @api.constrains("keep_attempts_months", "keep_answers_months", "keep_notices_years")
    def _check_keeping(self):
        for company in self:
            if min(company.keep_attempts_months, company.keep_answers_months, company.keep_notices_years) < 0:
                raise ValidationError(self.env._("What is kept is kept for a number of months or years; 0: for ever."))

    def _kept_since(self, setting):
        """The first day of which is kept what ``setting`` names (keep_…_months or keep_…_years); None:
        all is kept."""
        company_sudo = self.sudo()  # a setting, whoever is asked to follow it
        number = company_sudo[setting]
        unit = setting.rpartition("_")[2]
        today = self.with_context(tz=company_sudo._zone())._today()
        return subtract(today, **{unit: number}) if number else None

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
