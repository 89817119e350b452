from odoo import api, fields, models
from odoo.tools import formatLang

from ...engine.books.terms import discount_rate


class AccountPaymentTerm(models.Model):
    """What giving a discount for paying early costs."""

    _inherit = "account.payment.term"

    discount_cost_hint = fields.Char(
        "Cost of the Discount", compute="_compute_discount_cost_hint", groups="base.group_user"
    )

    @api.depends(
        *("early_discount", "discount_percentage", "discount_days", "example_date"),
        *("line_ids.nb_days", "line_ids.delay_type", "line_ids.days_next_month"),
    )
    @api.depends_context("lang")
    def _compute_discount_cost_hint(self):
        for term in self:
            term.discount_cost_hint = term._discount_cost(term.example_date or fields.Date.context_today(term))

    def _last_due(self, day):
        """The day on which the last instalment of a document of a day falls due; at once without terms."""
        return max((line._get_due_date(day) for line in self.line_ids), default=day)

    def _discount_cost(self, day):
        """What the early-payment discount of a document of a day costs as a yearly rate, in a sentence; nothing
        where there is none, or money doesn't come earlier by it."""
        if not self.early_discount:
            return False
        days = (self._last_due(day) - self._get_last_discount_date(day)).days
        rate = discount_rate(self.discount_percentage, days)
        return rate is not None and self.env._(
            "%(percent)s %% for money that comes %(days)s earlier costs %(rate)s %% a year",
            percent=formatLang(
                self.env, self.discount_percentage, digits=0 if self.discount_percentage % 1 == 0 else 2
            ),
            days=self.env["l2c.clock.mixin"]._days_text(days),
            rate=formatLang(self.env, rate, digits=0),
        )
