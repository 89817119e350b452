from odoo import models
from odoo.fields import Domain


class CollectionCover(models.AbstractModel):
    """The first pages of a collection file: what is claimed, and all that was done about it."""

    _name = "report.lead_to_cash.collection_cover"
    _inherit = ["l2c.account.letters"]
    _description = "Summary of a Collection File"

    def _letters(self, records, data):
        customers = records.commercial_partner_id
        accounts = self._open_sections(customers, self._members(customers), self._today())
        return [self._cover(customer, accounts[customer]) for customer in customers]

    def _cover(self, customer, sections):
        own = [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)]
        notices = self.env["dunning.notice"].search([*own, ("state", "!=", "cancelled")], order="date, id")
        of_customer = Domain("partner_id.commercial_partner_id", "=", customer.id)
        of_customer &= Domain("company_id", "=", self.env.company.id)
        return self._letter(
            customer,
            customer,
            self.env.company,
            inside=True,
            sections=sections,
            notices=notices,
            attempts=self.env["contact.attempt"].search(of_customer, order="date, id"),
            promises=self.env["dunning.promise"].search(own, order="date, id"),
            disputes=self.env["dunning.dispute"].search(own, order="id"),
            entries=self.env["l2c.correspondence"]._of(customer),
        )
