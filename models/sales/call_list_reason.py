from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...engine.handling.contact import half_of_day


class CallListLine(models.Model):
    """Why one is to be called now, in a sentence."""

    _inherit = "call.list.line"

    reason = fields.Char("Why Now", compute="_compute_reason")

    @api.depends(
        "kind", "amount", "waiting_hours", "due_date", "last_attempt_date", "misses", "handover_state", "response_goal"
    )
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

    def _reason_goal(self, _today):
        left = (self.response_goal - self._now()).total_seconds() / 3600
        return self.env._("New enquiry, nobody has called yet; %(duration)s left", duration=self._hours_text(left))

    def _reason_before(self, _today):
        return self.env._("From before the calls were logged; whether somebody has called isn't known")

    def _reason_again(self, _today):
        # Why it was closed is a fact of the line's document, which its reader reads.
        lead = self._document()
        values = {"date": self._day(lead.closure_date), "reason": lead.lost_reason_id.name}
        if not (lead.closure_date and lead.lost_reason_id):
            return self.env._("Closed before; ask again")
        return self.env._("Closed on %(date)s (%(reason)s); ask again", **values)

    def _reason_first(self, _today):
        duration = self._hours_text(self.waiting_hours)
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
