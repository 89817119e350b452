from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class DunningExplainedMixin(models.AbstractModel):
    """Says a decision in the reader's words, from its code and what it refers to."""

    _name = "dunning.explained.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Explained Decision"

    sentence = fields.Char("Why", compute="_compute_sentence")

    @api.depends_context("lang")
    def _compute_sentence(self):
        for record in self:
            record.sentence = record._sentence()

    def _explained(self):
        """(promise, dispute) that the decision refers to."""
        raise NotImplementedError

    def _item(self):
        """The journal item that it is about."""
        raise NotImplementedError

    def _goes_out(self):
        """Whether it would be reminded of today: asked before anything is made."""
        return False

    def _is_small_rest(self):
        item = self._item()
        return item.amount_residual_currency < min(item.amount_currency, 1)

    def _pause(self):
        """The last day of a pause, and why."""
        day = self.next_date and format_date(self.env, self.next_date - timedelta(days=1))
        return {"day": day, "reason": self.move_id.dunning_pause_reason or ""}

    def _sentence(self):
        _promise, dispute = self._explained()
        cheque = self.code == "in_flight" and self.partner_id.with_company(self.company_id).cheque_due_date
        values = {
            "level": self.level_id.name or "",
            "day": self.next_date and format_date(self.env, self.next_date),
            "reason": dispute.reason or "",
        }
        if self.code == "paused":
            values |= self._pause()
        sentences = {
            "reminded": self.env._("%(level)s. Next step on %(day)s.", **values),
            "not_due": self.env._("Next comes %(level)s on %(day)s.", **values),
            "below_minimum": self.env._("Less than 1.00 is left of it after a payment.")
            if self.code == "below_minimum" and self._is_small_rest()
            else self.env._("The customer owes less than the policy's minimum."),
            "paused": self.env._("Paused until %(day)s: %(reason)s.", **values),
            "unsent": self.env._("%(level)s is for invoices that were sent; this one wasn't yet.", **values),
            "net_position": self.env._("We owe the customer as much."),
            "withholding": self.env._("What is left was withheld as tax: its certificate is asked for."),
            "excluded": self.env._("Excluded from reminders, or older than the policy's cut-off date."),
            "promised": self.env._("A promise to pay holds until %(day)s.", **values),
            "disputed": self.env._("Disputed: %(reason)s.", **values),
            "charged": self.env._("It is charged to the saved card on %(day)s.", **values),
            "on_hold": self.env._("On hold until %(day)s.", **values),
            "too_soon": self.env._("The last notice is too recent; possible from %(day)s.", **values),
            "in_flight": self.env._("Paid by cheque due on %(day)s.", day=format_date(self.env, cheque))
            if cheque
            else self.env._("A payment is on its way."),
            "covered_by_credit": self.env._("Open credit covers it."),
            "replied": self.env._("The customer replied; reminders wait until %(day)s.", **values),
            "postponed": self.env._("Enough notices for today; possible from %(day)s.", **values),
            "no_address": self.env._("The customer has no e-mail address for it."),
            "no_policy": self.env._("No running policy is for this customer."),
            "last_level": self.env._("The last level was reached: %(level)s.", **values),
            "step_open": self.env._("%(level)s isn't done yet; nothing further until it is.", **values),
            "harder_open": self.env._("Something harder of this customer is open; newer items wait."),
            "not_delivered": self.env._("The last notice could not be delivered."),
            "insolvent": self.env._("The customer is insolvent."),
            "legal": self.env._("The customer is with the lawyer."),
            "internal": self.env._("One of our own companies."),
            "closed": self.env._("Closed, for this invoice or for the customer."),
        }
        if not self.next_date:
            sentences["not_due"] = self.env._("No level comes.")
            sentences["reminded"] = self.env._("%(level)s. No further step comes by itself.", **values)
        if self._goes_out():
            sentences["reminded"] = self.env._("%(level)s would go out today.", **values)
        return sentences.get(self.code, "")
