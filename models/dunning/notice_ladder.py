from odoo import api, fields, models

from ...engine.dunning import ladder as engine
from ...engine.handling.workdays import working_days_before
from ..handling.next_action import ONCE


class DunningNotice(models.Model):
    """A notice as a step of its policy's ladder: what it claims, what it may say comes next, and
    when the ladder waits for a person."""

    _inherit = "dunning.notice"

    is_asked = fields.Boolean("The Collector Was Asked", readonly=True, copy=False)
    amount_claimed = fields.Monetary(
        "Claimed", compute="_compute_amount_claimed", help="What is due without what is only also due."
    )

    # Serves the daily look for calls that nobody made and letters that nobody posted.
    _open_step_idx = models.Index("(company_id, date) WHERE state = 'queued' AND channel != 'email'")

    @api.depends("line_ids.amount_residual", "line_ids.is_also_due")
    def _compute_amount_claimed(self):
        for notice in self:
            notice.amount_claimed = notice.line_ids._claimed()

    def _next_level(self):
        """The policy's next step for items past due, of those that the customer's trust allows."""
        trusted = self.partner_id.with_company(self.company_id).trust == "good"
        later = self.level_id.policy_id.level_ids.filtered(
            lambda level: (
                (level.sequence, level.id) > (self.level_id.sequence, self.level_id.id)
                and level.delay_from == self.level_id.delay_from
                and not (level.delay_from == "due" and level.delay_days < 0)
                and not (level.skip_trusted and trusted)
            )
        )
        return later.sorted(lambda level: (level.sequence, level.id))[:1]

    def _next_step(self):
        """What the notice may say of its next step: ``call`` or ``lawyer``, where the ladder has it, else nothing."""
        if following := self._next_level():
            return following.channel == "call" and "call"
        lawyer = self.env.ref("lead_to_cash.mail_activity_type_lawyer", raise_if_not_found=False)
        is_for_lawyer = lawyer and self.level_id.next_activity_type_id == lawyer
        return self.payment_deadline and is_for_lawyer and "lawyer"

    # Where the ladder waits for a person -----------------------------------------------

    @api.model
    def _ask_collectors(self, company):
        """Ask, once, about calls and letters that wait longer than their level allows, and about customers
        whose newer items wait behind a notice after which nothing comes by itself."""
        notices_sudo = self.sudo()  # whoever runs
        notices_sudo._open_too_long(company)._ask(
            self.env._("Not done yet: do it, or cancel the notice. Until then no further step comes.")
        )
        stuck = self.env.execute_query(engine.stuck(company.id))
        notices_sudo.browse(notice_id for [notice_id] in stuck)._ask(
            self.env._("Newer items wait, because something harder is open. Decide how to go on.")
        )

    def _open_too_long(self, company):
        """Calls and letters that nobody made or posted within the patience of their levels, counted from the
        day for which they are planned."""
        today, found = self._today(), self.browse()
        domain = [("company_id", "=", company.id), ("state", "=", "queued"), ("channel", "!=", "email")]
        domain.append(("is_asked", "=", False))
        groups = self._read_group(domain, ["level_id"], ["id:recordset"])
        for level, notices in groups:
            holidays = company._dunning_holidays(today - engine.span(level.patience_days), today)
            limit = working_days_before(today, level.patience_days, holidays)
            found |= notices.filtered(
                lambda notice, limit=limit: (notice.activity_id.date_deadline or notice.date) < limit
            )
        return found

    def _ask(self, summary):
        for notice in self:
            notice.activity_schedule(
                "lead_to_cash.mail_activity_type_decide",
                notice._today(),
                summary=summary,
                user_id=notice._responsible().id,
                handling_step=ONCE,
            )
        self.is_asked = True

    def _end_question(self):
        """The step that somebody was asked about is done."""
        decide = self.env.ref("lead_to_cash.mail_activity_type_decide", raise_if_not_found=False)
        self.activity_ids.filtered(lambda activity: decide and activity.activity_type_id == decide).unlink()
