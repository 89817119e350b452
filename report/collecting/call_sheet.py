from odoo import models


class CallSheet(models.AbstractModel):
    """What a collector has at hand for calls: one page a customer."""

    _name = "report.lead_to_cash.call_sheet"
    _inherit = ["l2c.account.letters"]
    _description = "Call Sheet"

    #: The last tries that are shown.
    ATTEMPTS = 5

    def _letters(self, records, data):
        customers = records.commercial_partner_id
        accounts = self._open_sections(customers, self._members(customers), self._today())
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", self.env.company.id)]
        facts = {
            "promises": self._by_customer("dunning.promise", [*domain, ("state", "in", ("open", "broken"))]),
            "disputes": self._by_customer("dunning.dispute", [*domain, ("state", "=", "open")]),
            "notices": self._by_customer("dunning.notice", [*domain, ("state", "!=", "cancelled")]),
            "attempts": self._attempts(customers),
        }
        return [
            self._letter(customer, customer, self.env.company, inside=True, sections=accounts[customer])
            | {name: found.get(customer) for name, found in facts.items()}
            for customer in customers
        ]

    def _by_customer(self, model, domain):
        return self.env[model].search(domain).grouped("partner_id")

    def _attempts(self, customers):
        """The tries to reach anybody of each customer, the last first."""
        attempts = self.env["contact.attempt"].search(
            [("partner_id.commercial_partner_id", "in", customers.ids), ("company_id", "=", self.env.company.id)]
        )
        groups = attempts.grouped(lambda attempt: attempt.partner_id.commercial_partner_id)
        return {customer: tries[: self.ATTEMPTS] for customer, tries in groups.items()}
