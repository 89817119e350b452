from odoo import api, fields, models
from odoo.tools import formatLang


class L2cReasonsMixin(models.AbstractModel):
    """Says why, in the reader's words, from codes and what they name."""

    _name = "l2c.reasons.mixin"
    _inherit = ["l2c.clock.mixin"]
    _description = "Explained by Reasons"

    reasons = fields.Json(readonly=True, help="The strongest first: code, and what its sentence names.")
    reason_text = fields.Char("Why", compute="_compute_reason_text")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for record in self:
            text = record._reason_list()
            record.reason_text = text[:1].upper() + text[1:]

    def _reason_list(self):
        """The reasons as they go on a sentence: small letters, one after the other."""
        return "; ".join(self._reason_sentences(self.reasons))

    @api.model
    def _reason_sentences(self, reasons):
        """The sentences of reasons as they are stored: a list of ``{"code": …, …}``. A code that isn't known any more
        says nothing."""
        told = [(getattr(self, f"_reason_{reason.get('code')}", None), reason) for reason in reasons or []]
        return list(filter(None, [sentence(reason) for sentence, reason in told if sentence]))

    # How the customer pays ----------------------------------------------------------------

    def _reason_usual_late(self, reason):
        return self.env._("pays on average %(days)s late", days=self._days_text(reason.get("days", 0)))

    def _reason_usual_in_time(self, reason):
        return self.env._("pays %(share)s %% in time", share=reason.get("share", 0))

    def _reason_worse_lately(self, _reason):
        return self.env._("pays later than before")

    def _reason_better_lately(self, _reason):
        return self.env._("pays sooner than before")

    def _reason_late_of_last(self, reason):
        late, count = reason.get("late", 0), reason.get("count", 0)
        if count == 1:
            return self.env._("the last one late") if late else self.env._("the last one on time")
        if not late:
            return self.env._("none of the last %(count)s late", count=count)
        return self.env._("%(late)s of the last %(count)s late", late=late, count=count)

    def _reason_few(self, reason):
        if not reason.get("count"):
            return self.env._("no document is settled yet")
        if reason.get("count") == 1:
            return self.env._("only one document is settled")
        return self.env._("only %(count)s documents are settled", count=reason.get("count", 0))

    def _reason_on_time(self, _reason):
        return self.env._("pays on time")

    def _reason_others_late(self, _reason):
        return self.env._("others pay later, which counts as one more document")

    def _reason_worsening(self, reason):
        return self.env._("pays later than before: %(days)s late instead of %(before)s", **self._changed(reason))

    def _reason_improving(self, reason):
        return self.env._("pays sooner than before: %(days)s late instead of %(before)s", **self._changed(reason))

    def _changed(self, reason):
        return {name: self._days_text(reason.get(name, 0)) for name in ("days", "before")}

    def _reason_first_document(self, _reason):
        return self.env._("first document of this customer")

    def _reason_disputes(self, reason):
        return self.env._("disputed %(share)s %% of its documents", share=reason.get("share", 0))

    def _reason_past_due(self, reason):
        return self.env._("%(days)s past due already", days=self._days_text(reason.get("days", 0)))

    def _reason_in_dispute(self, _reason):
        return self.env._("this document is disputed")

    def _reason_overdue(self, reason):
        if reason.get("count") == 1:
            days = self._days_text(reason.get("days", 0))
            return self.env._("one other document past due, for %(days)s", days=days)
        return self.env._(
            "%(count)s other documents past due, the oldest since %(days)s",
            count=reason.get("count", 0),
            days=self._days_text(reason.get("days", 0)),
        )

    def _reason_nothing_overdue(self, _reason):
        return self.env._("nothing else past due")

    def _reason_broken_promises(self, reason):
        return self.env._("broken promises: %(count)s", count=reason.get("count", 0))

    def _reason_kept_promises(self, reason):
        return self.env._("kept promises: %(count)s", count=reason.get("count", 0))

    def _reason_silent(self, reason):
        return self.env._("reminders without an answer: %(count)s", count=reason.get("count", 0))

    # The document, and everybody ----------------------------------------------------------

    def _reason_usual_amount(self, reason):
        times = reason.get("times") or 1
        if times < 1:
            return self.env._("%(share)s %% of the usual amount", share=round(100 * times))
        if times == 2:
            return self.env._("twice the usual amount")
        return self.env._("%(times)s times the usual amount", times=formatLang(self.env, times, digits=1))

    def _reason_terms(self, reason):
        return self.env._("%(days)s to pay", days=self._days_text(reason.get("days", 0)))

    def _reason_due_weekend(self, _reason):
        return self.env._("due on a weekend")

    def _reason_due_month_end(self, _reason):
        return self.env._("due at the end of a month")

    def _reason_all_later(self, _reason):
        return self.env._("all customers pay later than before")

    def _reason_all_sooner(self, _reason):
        return self.env._("all customers pay sooner than before")
