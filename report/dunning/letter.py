from collections import defaultdict

from odoo import models


class DunningLetter(models.AbstractModel):
    """The reminder or formal demand of a notice."""

    _name = "report.lead_to_cash.dunning_letter"
    _inherit = ["l2c.letter.mixin"]
    _description = "Reminder or Formal Demand"

    def _kept_names(self, records):
        return {notice: notice._letter_file() for notice in records}

    def _letters(self, records, data):
        next_dates = self._next_dates(records)
        return [self._dunning_letter(notice, next_dates[notice]) for notice in records]

    def _dunning_letter(self, notice, next_date):
        lines = notice.line_ids.sorted(
            lambda line: (line.is_also_due, line.amount_residual < 0, line.date_maturity or notice.date)
        )
        letter = self._letter(
            notice,
            notice._addressee(),
            notice.company_id,
            lang=notice._lang(),
            dated=notice.noticed_on,
            lines=lines,
            claimed_count=len(lines) - len(lines.filtered("is_also_due")),
            is_overdue=any(line.days_overdue > 0 for line in lines),
            next_level=notice._next_level(),
            next_date=next_date,
        )
        letter["ways"] = letter["record"]._ways_to_pay()
        # The level's name is the heading, also for those who may not open policies.
        letter["level"] = letter["record"].level_id.sudo()
        letter["next_level"] = letter["next_level"].sudo().with_context(lang=letter["lang"])  # as above
        letter["early"] = notice._early_payment()
        asked = (letter["early"] or {"amount": notice.amount_due})["amount"]
        self._add_payment_codes(letter["ways"], asked, notice.currency_id, notice.partner_id)
        return letter

    def _next_dates(self, notices):
        """The day of the next step of what each notice claims, by the decisions in force; none before its
        own deadline has passed."""
        claimed = notices.line_ids.filtered(lambda line: line.level_id and not line.is_also_due)
        raised = claimed.move_line_id
        groups = self.env["dunning.decision"]._read_group(
            [("move_line_id", "in", raised.ids), ("current", "=", True), ("code", "=", "reminded")],
            ["move_line_id"],
            ["next_date:min"],
        )
        by_item, days = dict(groups), defaultdict(lambda: False)
        for notice in notices:
            dates = [by_item.get(line.move_line_id) for line in notice.line_ids & claimed]
            day = min(filter(None, dates), default=False)
            days[notice] = day and (not notice.payment_deadline or day > notice.payment_deadline) and day
        return days
