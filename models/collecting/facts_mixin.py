from odoo import api, fields, models

from ...engine.collecting import desk as engine


class CustomerFactsMixin(models.AbstractModel):
    """What a page shows of the customers of its lines, read for all of them at once."""

    _name = "customer.facts.mixin"
    _description = "Facts of Customers"

    promise_ids = fields.Many2many("dunning.promise", string="Promises", compute="_compute_promises")
    promise_text = fields.Char("Promise", compute="_compute_promises")
    next_step = fields.Char(compute="_compute_next_step")
    next_step_date = fields.Date("On", compute="_compute_next_step")

    def _customers(self):
        """Those of the lines that are about customers."""
        return self

    def _facts(self, query, *args):
        """The rows of a query of the engine about the lines' customers, by the first columns."""
        customers = self._customers()
        if not customers:
            return []
        self.env.flush_all()
        return self.env.execute_query(query(customers.partner_id.ids, customers.company_id.ids, *args))

    def _is_of(self, record):
        return record.partner_id == self.partner_id and record.company_id == self.company_id

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_promises(self):
        customers = self._customers()
        promises = self.env["dunning.promise"].search(
            [("partner_id", "in", customers.partner_id.ids), ("state", "in", ("open", "broken"))], order="date"
        )
        for line in self:
            own = promises.filtered(lambda p, line=line: line._is_of(p)) if line in customers else promises[:0]
            line.promise_ids = own
            first = own.filtered(lambda promise: promise.state == "open")[:1]
            line.promise_text = first._text() if first else False

    @api.depends("partner_id", "company_id", "promise_text")
    @api.depends_context("lang")
    def _compute_next_step(self):
        """What comes first: an invoice that isn't in the customer's own portal, what somebody has planned, the
        promise's day, or the next reminder."""
        rows = self._facts(engine.next_steps, self._today())
        found = {(partner, company): step for partner, company, *step in rows}
        # What is planned for a customer is a fact of its line, whoever planned it.
        activities_sudo = self.env["mail.activity"].sudo().browse(step[1] for step in found.values() if step[1])
        activities_sudo.fetch(["summary", "activity_type_id"])
        uploads = self._customers()._to_upload()
        for line in self:
            promise = line.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
            day, activity_id = found.get((line.partner_id.id, line.company_id.id), (False, False))
            activity_sudo = activities_sudo.browse(activity_id or ())
            if line in uploads and not promise:
                line.next_step, line.next_step_date = uploads[line], self._today()
            elif promise and not (activity_sudo and day < promise.date):
                line.next_step, line.next_step_date = self.env._("Promise falls due"), promise.date
            else:
                planned = activity_sudo.summary or activity_sudo.activity_type_id.name
                line.next_step, line.next_step_date = planned or (day and self.env._("Next reminder")), day

    def _to_upload(self):
        """{line: what is to be uploaded to the customer's own portal, in a few words}: a customer with a portal pays
        nothing that isn't there."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            waiting = lines.partner_id.with_company(company)._not_uploaded()
            found |= {line: waiting[line.partner_id] for line in lines if line.partner_id in waiting}
        return found
