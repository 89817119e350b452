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

    @api.depends("line_ids.amount_residual", "line_ids.is_also_due", "payment_deadline")
    def _compute_amount_claimed(self):
        for notice in self:
            notice.amount_claimed = notice.line_ids._claimed(notice.payment_deadline)

    def _early_payment(self):
        """What it asks for, on the day on which it leaves, of who pays all of it early: as of
        :meth:`_asked_early`."""
        return self._asked_early(self.amount_due, self.line_ids._discounts(self._leaves_on()))

    def _asked_early(self, amount, discounts):
        """What is asked for while these early-payment discounts run.

        :param amount: without them
        :return: ``amount``, ``discount`` (all of them), ``until`` (the last day of all of them), and ``asked``
            ({item: amount}); nothing without discounts
        """
        discount = self.currency_id.round(sum(discounts.values()))
        return discounts and {
            "amount": self.currency_id.round(amount - discount),
            "discount": discount,
            "until": min(item.discount_date for item in discounts),
            "asked": {item: item.currency_id.round(item.left_currency - taken) for item, taken in discounts.items()},
        }

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
            lambda notice: notice.env._("Not done yet: do it, or cancel the notice. Until then no further step comes.")
        )
        stuck = self.env.execute_query(engine.stuck(company.id))
        notices_sudo.browse(notice_id for [notice_id] in stuck)._ask(
            lambda notice: notice.env._("Newer items wait, because something harder is open. Decide how to go on.")
        )

    def _open_too_long(self, company):
        """Calls and letters that nobody made or posted within the patience of their levels, counted from the
        day for which they are planned."""
        today, found = self._today(), self.browse()
        domain = [("company_id", "=", company.id), ("state", "=", "queued"), ("channel", "!=", "email")]
        domain.append(("is_asked", "=", False))
        by_patience = self.search(domain).grouped(lambda notice: notice.level_id.patience_days)
        longest = max(by_patience, default=0)
        holidays = company._dunning_holidays(today - engine.span(longest), today)
        for patience, notices in by_patience.items():
            limit = working_days_before(today, patience, holidays)
            found |= notices.filtered(
                lambda notice, limit=limit: (notice.activity_id.date_deadline or notice.date) < limit
            )
        return found

    def _ask(self, say):
        for user, notices in self.grouped(lambda notice: notice._responsible()).items():
            theirs = user._reading(notices)
            theirs.activity_schedule(
                "lead_to_cash.mail_activity_type_decide",
                self._today(),
                summary=say(theirs),
                user_id=user.id,
                handling_step=ONCE,
            )
        self.is_asked = True

    def _end_question(self):
        """The step that somebody was asked about is done."""
        decide = self.env.ref("lead_to_cash.mail_activity_type_decide", raise_if_not_found=False)
        self.activity_ids.filtered(lambda activity: decide and activity.activity_type_id == decide).unlink()
