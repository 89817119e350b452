from datetime import datetime, time

from odoo import fields, models
from odoo.tools import babel_locale_parse, get_lang

from ...engine.handling.own import Own, own
from ...engine.handling.spans import in_words, whole

#: How a day is written.
A_DAY = "2000-01-01"


class ClockMixin(models.AbstractModel):
    """The one place where today and now come from.

    The context key ``l2c_today`` (a string: a date, meaning 12:00 UTC, or a UTC
    datetime) moves the clock, for tests, forecasts and runs as of another day: where no
    client can have sent it, or as a value of :class:`Own`, which no client can make.
    """

    _name = "l2c.clock.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Clock"

    def _at(self, moment):
        """The same records at another moment: a date, or the text of one or of a UTC datetime."""
        return self.with_context(l2c_today=Own(str(moment)))

    def _now(self):
        """The current moment, a naive UTC datetime."""
        moved = self._moved_to()
        if not moved:
            return fields.Datetime.now()
        if len(moved) == len(A_DAY):
            return datetime.combine(fields.Date.to_date(moved), time(12))
        return fields.Datetime.to_datetime(moved)

    def _today(self):
        """The current date in the user's time zone."""
        moved = self._moved_to()
        if moved and len(moved) == len(A_DAY):
            return fields.Date.to_date(moved)
        return fields.Datetime.context_timestamp(self, self._now()).date()

    def _days_text(self, days):
        """A number of days in words of the reader's language."""
        return self._span_text(days, "day")

    def _hours_text(self, hours):
        """How long something has lasted, in whole days, hours or minutes, in the reader's language."""
        return self._span_text(*whole(hours))

    def _span_text(self, number, unit):
        if number == 1:  # a word in some languages, where the formats of the locale have a digit
            ones = {"day": self.env._("1 day"), "hour": self.env._("1 hour"), "minute": self.env._("1 minute")}
            return ones[unit]
        return in_words(number, unit, babel_locale_parse(get_lang(self.env).code))

    def _moved_to(self):
        return "l2c_today" in self.env.context and own(self.env, "l2c_today")
