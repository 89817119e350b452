from datetime import timedelta

from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_amount, format_date, get_lang

from ...engine.handling.contact import half_of_day


class CallListLine(models.Model):
    """Why one is to be called now, in a sentence."""

    _inherit = "call.list.line"

    reason = fields.Char("Why Now", compute="_compute_reason")

    @api.depends("kind", "amount", "waiting_hours", "due_date", "last_attempt_date", "misses", "handover_state")
    @api.depends_context("lang", "tz")
    def _compute_reason(self):
        today = self._today()
        for line in self:
            # A line that somebody has open, of a customer whom nothing waits for any more, has no kind.
            line.reason = getattr(line, f"_reason_{line.kind}")(today) if line.kind else False
            if line.handover_state == "waiting":
                line.reason = self.env._(
                    "Handed over by %(name)s. %(reason)s",
                    name=line.handed_over_by_id.sudo().name,  # a colleague's name is no secret
                    reason=line.reason,
                )

    def _reason_first(self, _today):
        locale = babel_locale_parse(get_lang(self.env).code)
        duration = format_timedelta(timedelta(hours=self.waiting_hours), granularity="minute", locale=locale)
        return self.env._("Waiting for %(duration)s, nobody has called yet", duration=duration)

    def _reason_follow_up(self, today):
        values = {"date": self._day(self.due_date), "amount": self._money()}
        if self.due_date == today:
            if self.amount:
                return self.env._("Follow-up is due today; %(amount)s expected", **values)
            return self.env._("Follow-up is due today")
        if self.amount:
            return self.env._("Follow-up was due on %(date)s; %(amount)s expected", **values)
        return self.env._("Follow-up was due on %(date)s", **values)

    def _reason_quotation(self, today):
        values = {"date": self._day(self.due_date), "amount": self._money()}
        if self.due_date == today:
            return self.env._("Ask about the quotation of %(amount)s; due today", **values)
        return self.env._("Ask about the quotation of %(amount)s; was due on %(date)s", **values)

    def _reason_no_answer(self, today):
        if not self.misses:
            return self.env._("The next try was due on %(date)s", date=self._day(self.due_date))
        tried = fields.Datetime.context_timestamp(self, self.last_attempt_date).date()
        yesterday = tried == today - timedelta(days=1)
        values = {"date": self._day(tried)}
        if half_of_day(self.misses) == "morning":
            if yesterday:
                return self.env._("No answer yesterday; try in the morning")
            return self.env._("No answer on %(date)s; try in the morning", **values)
        if yesterday:
            return self.env._("No answer yesterday; try in the afternoon")
        return self.env._("No answer on %(date)s; try in the afternoon", **values)

    def _day(self, day):
        return format_date(self.env, day)

    def _money(self):
        return format_amount(self.env, self.amount, self.currency_id, trailing_zeroes=bool(self.amount % 1))
