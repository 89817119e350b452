from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError


class CollectionAction(models.TransientModel):
    """What needs no dialog of its own: reminding now, and closing."""

    _inherit = "collection.action"

    @api.model
    def _remind(self, records):
        """Remind the customers of ``records`` now, where the engine says that an item escalates."""
        self._check_collections()
        wizard = self.new({"res_model": records._name, "res_ids": records.ids})
        notices, left = self.env["dunning.notice"], Counter()
        for company, customers in wizard._customers_by_company().items():
            made = self.env["dunning.run"]._remind_now(company, customers)
            notices |= made
            left.update(wizard._why_not(company, customers - made.partner_id))
        labels = dict(notices._fields["state"]._description_selection(self.env))
        queued = notices.filtered(lambda notice: notice.state == "queued")
        left.update(labels[notice.state] for notice in notices - queued)
        return self._report(self.env._("Reminders queued"), len(queued), left, notices)

    def _why_not(self, company, customers):
        """The reason for each customer that isn't reminded: that of its oldest item."""
        decisions = self.env["dunning.decision"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", company.id), ("current", "=", True)]
        )
        labels = dict(decisions._fields["code"]._description_selection(self.env))
        labels["reminded"] = self.env._("Reminded already, next level not due")
        oldest = {}
        for decision in decisions.sorted(lambda row: (row.move_line_id.date_maturity or row.date, row.id)):
            oldest.setdefault(decision.partner_id, labels[decision.code])
        return [oldest.get(customer, self.env._("Nothing open")) for customer in customers]

    @api.model
    def _close(self, records):
        """Ask for the reason, and close the open invoices of ``records``."""
        wizard = self.new({"res_model": records._name, "res_ids": records.ids})
        invoices = wizard._items().move_id._handling_documents()
        if not invoices:
            raise UserError(self.env._("There is no open invoice to close."))
        return invoices.action_close_dialog()
