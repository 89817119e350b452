from datetime import datetime, time

from odoo import fields, models


class ClockMixin(models.AbstractModel):
    """The one place where today and now come from.

    The context key ``l2c_today`` (a string: a date, meaning 12:00 UTC, or a UTC
    datetime) moves the clock, for tests, previews and runs as of another day.
    """

    _name = "l2c.clock.mixin"
    _description = "Clock"

    def _now(self):
        """The current moment, a naive UTC datetime."""
        moved = self.env.context.get("l2c_today")
        if not moved:
            return fields.Datetime.now()
        if len(moved) == len("2000-01-01"):
            return datetime.combine(fields.Date.to_date(moved), time(12))
        return fields.Datetime.to_datetime(moved)

    def _today(self):
        """The current date in the user's time zone."""
        return fields.Datetime.context_timestamp(self, self._now()).date()
