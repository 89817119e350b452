from odoo import models
from odoo.fields import Domain


class CallListLine(models.Model):
    """What those owe who are called about a lead or quotation: read for the page that is shown alone."""

    _inherit = "call.list.line"

    def _debts(self):
        """``{(model, id): what its customer has past due}`` of the lines whose reader is told of it, of a page
        at once."""
        shown = []
        for model, lines in self.grouped("res_model").items():
            shown += self.env[model].browse(lines.mapped("res_id"))._shows_debts()
        owing = self._owing([document.partner_id.commercial_partner_id.id for document in shown])
        debtors = {
            document: document._debtor() for document in shown if document.partner_id.commercial_partner_id.id in owing
        }
        facts = self.env["res.partner"]._collection_facts(list(debtors.values()))
        found = {
            (document._name, document.id): facts.get((company.id, partner.commercial_partner_id.id))
            for document, (company, partner) in debtors.items()
        }
        return {document: row["overdue"] for document, row in found.items() if row and row["overdue"] > 0}

    def _owing(self, customer_ids):
        """Those of the customers that have an open item: most whom salespeople call have none."""
        if not customer_ids:
            return set()
        items_sudo = self.env["account.move.line"].sudo()  # who is told of debts needn't read the books
        domain = items_sudo._open_domain() & Domain("partner_id.commercial_partner_id", "in", customer_ids)
        groups = items_sudo._read_group(domain, ["partner_id"])
        return {partner.commercial_partner_id.id for [partner] in groups}
