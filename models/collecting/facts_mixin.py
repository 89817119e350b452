from odoo import api, fields, models
from odoo.tools import ormcache
from odoo.tools.translate import code_translations

from ...engine.collecting import desk as engine

#: The addon's technical name, under which its sentences are translated.
ADDON = __name__.split(".")[2]


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
        activities_sudo.fetch(["summary", "activity_type_id", "res_model", "res_id"])
        notice_ids = [one.res_id for one in activities_sudo if one.res_model == "dunning.notice"]
        self.env["dunning.notice"].sudo().browse(notice_ids).fetch(["level_id"])  # as the activities
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
                planned = self._planned_text(activity_sudo)
                line.next_step, line.next_step_date = planned or (day and self.env._("Next reminder")), day

    def _planned_text(self, activity_sudo):
        """What is planned, in the reader's words where they are known: a reminder's own task is called by its level,
        one that has the words of its type, or of the addon, by these. What somebody wrote stays."""
        said, kind = activity_sudo.summary, activity_sudo.activity_type_id
        if activity_sudo.res_model == "dunning.notice":
            notice_sudo = self.env["dunning.notice"].sudo().browse(activity_sudo.res_id)  # as the activity
            if said in self._translations(notice_sudo.level_id, "name"):
                return notice_sudo.level_id.name
        if said and said in self._translations(kind, "summary"):
            return kind.summary
        if said and said in self._translations(kind, "name"):
            return kind.name
        return self._own_words(said) if said else kind.name

    def _translations(self, record, fname):
        """A field of the record in all languages."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        return {record.with_context(lang=lang, prefetch_langs=True)[fname] for lang in langs}

    def _own_words(self, said):
        """A sentence of the addon in the reader's language, in whichever it was written; any other as it is."""
        theirs = code_translations.get_python_translations(ADDON, self.env.lang or "en_US")
        sentence = self._sentences(tuple(code for code, _name in self.env["res.lang"].get_installed())).get(said)
        return theirs.get(sentence, sentence) or said

    @api.model
    @ormcache("langs")
    def _sentences(self, langs):
        """{what the addon says in a language: the same in English} of sentences that name nothing."""
        known = {}
        for lang in langs:
            terms = code_translations.get_python_translations(ADDON, lang)
            known |= {text: term for term, text in terms.items() if text and "%" not in term}
        return known | {term: term for term in known.values()}

    def _to_upload(self):
        """{line: what is to be uploaded to the customer's own portal, in a few words}: a customer with a portal pays
        nothing that isn't there."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            waiting = lines.partner_id.with_company(company)._not_uploaded()
            found |= {line: waiting[line.partner_id] for line in lines if line.partner_id in waiting}
        return found
