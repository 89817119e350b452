from odoo import api, fields, models
from odoo.tools import format_amount, format_list

from ...engine.sales.call_list import same_person


class CallListLine(models.Model):
    """Whom to call, not which record: what else the same person waits for with the same salesperson."""

    _inherit = "call.list.line"

    also = fields.Char(
        compute="_compute_also", help="What else is open with the same person, who is one line of the list."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_also(self):
        """Of a page at once."""
        others = self._of_same_person()
        for model in ("crm.lead", "sale.order"):
            names = {document for found in others.values() for document, _day in found if document._name == model}
            self.env[model].browse(document.id for document in names).fetch(["name", "handling_status_id"])
        for line in self:
            found = others.get((line.res_model, line.res_id), ())
            line.also = format_list(self.env, [line._told(document) for document, _day in found], style="unit")

    def _told(self, document):
        """A document in a few words: its name and status, and what it is about."""
        amount = document.amount_total if document._name == "sale.order" else document.expected_revenue
        currency = document.currency_id if document._name == "sale.order" else document.company_currency
        values = {"name": document.name, "status": document.handling_status_id.name}
        if not amount:
            return self.env._("%(name)s (%(status)s)", **values)
        money = format_amount(self.env, amount, currency, trailing_zeroes=bool(amount % 1))
        return self.env._("%(name)s (%(status)s, %(amount)s)", amount=money, **values)

    def _of_same_person(self):
        """``{(model, id): [(document, day), …]}``: with each line's document, those of the same person with the
        same salesperson that the reader may read, the most urgent first, and their planned days."""
        documents = [(line.res_model, line.res_id) for line in self if line.res_model != "res.partner"]
        if not documents:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(same_person(documents))
        ids = {model: {row[3] for row in rows if row[2] == model} for model in ("crm.lead", "sale.order")}
        unfiltered = self.env(context={**self.env.context, "active_test": False})
        readable = {
            # Those that are asked again are archived.
            model: {document.id: document for document in unfiltered[model].search([("id", "in", list(found))])}
            for model, found in ids.items()
            if found
        }
        result = {}
        for model, res_id, other_model, other_id, day in rows:
            if other := readable[other_model].get(other_id):
                result.setdefault((model, res_id), []).append((other, day))
        return result

    def _due_together(self, outcome, note):
        """The documents that this line stands for beside its own and that are due: one call is about all of them,
        else who was just called is called again. Those whose status wants to know more come as lines of their own."""
        today = self._today()
        found = self._of_same_person().get((self.res_model, self.res_id), ())
        for model in ("crm.lead", "sale.order"):
            ids = [document.id for document, day in found if document._name == model and day and day <= today]
            documents = self.env[model].browse(ids)._filtered_access("write")
            yield documents.filtered(lambda document: not document._what_is_missing(outcome, note))
