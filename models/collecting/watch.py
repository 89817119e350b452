from odoo import api, fields, models
from odoo.tools import format_date, plaintext2html

from ...engine.collecting import watch as engine
from ..handling.cron_step import cron_step


class DunningWatch(models.Model):
    """Why a customer is watched. Begins and ends by itself, once a night."""

    _name = "dunning.watch"
    _inherit = ["l2c.clock.mixin", "l2c.posting.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Watched Customer"
    _order = "since desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(engine.WATCH_KINDS, "Reason", required=True, readonly=True)
    ref = fields.Char(required=True, readonly=True, help="Which of several reasons of the kind it is.")
    params = fields.Json(readonly=True)
    since = fields.Date(required=True, readonly=True)
    until = fields.Date("Ended on", readonly=True)
    collector_id = fields.Many2one(related="partner_id.collector_id")
    sentence = fields.Char("Why", compute="_compute_sentence")

    # A reason is on the list once; serves the comparison with the day before.
    _current_uniq = models.UniqueIndex(
        "(company_id, kind, partner_id, ref) WHERE until IS NULL", "A customer is watched for a reason once."
    )

    @api.depends("partner_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for watch in self:
            watch.display_name = f"{watch.partner_id.display_name} · {labels.get(watch.kind, '')}"

    @api.depends("kind", "params")
    @api.depends_context("lang")
    def _compute_sentence(self):
        """The reasons in the reader's words."""
        # Of an invoice its number, of a dispute its reason: facts of the customer.
        numbers = self._named("move_id", self.env["account.move"].sudo(), "name")
        reasons = self._named("dispute_id", self.env["dunning.dispute"].sudo(), "reason")  # as above
        for watch in self:
            params = watch.params or {}
            values = {name: params.get(name) or 0 for name in ("count", "rating", "usual", "margin")}
            values["day"] = format_date(self.env, params["date"]) if params.get("date") else ""
            values["document"] = numbers.get(params.get("move_id"), "")
            values["reason"] = reasons.get(params.get("dispute_id"), "").rstrip(".")
            values["rater"] = params.get("source") or self.env._("Somebody outside")
            watch.sentence = getattr(watch, f"_sentence_{watch.kind}")(values)

    def _named(self, param, records, fname):
        """``{id: what its field holds}`` of the records that the reasons name."""
        found = records.browse({(watch.params or {}).get(param) for watch in self} - {None}).exists()
        return {record.id: record[fname] or "" for record in found}

    def _sentence_no_reply(self, values):
        return self.env._("%(count)s e-mails since %(day)s, no reply and no payment.", **values)

    def _sentence_complaint(self, values):
        return self.env._("Gave %(rating)s of 5 stars on %(day)s.", **values)

    def _sentence_dispute(self, values):
        return self.env._("Disputed: %(reason)s.", **values)

    def _sentence_habit(self, values):
        days = {name: self._days_text(int(values[name])) for name in ("usual", "margin")}
        if values["usual"] <= 0:
            return self.env._("Usually pays by the due date; now at least %(margin)s later.", **days)
        return self.env._(
            "Usually pays %(usual)s after the due date; now more than %(margin)s later than that.", **days
        )

    def _sentence_returned(self, values):
        return self.env._("A payment of %(document)s was taken back on %(day)s.", **values)

    def _sentence_rating(self, values):
        if not values["day"]:
            return self.env._("%(rater)s rates the customer poor.", **values)
        return self.env._("%(rater)s rated the customer poor on %(day)s.", **values)

    # Every night ----------------------------------------------------------------------

    @api.model
    def _cron_nightly(self):
        """Collectors for new customers, then the watch list; company by company. One that fails
        doesn't stop the others."""
        for company in self.env["res.company"].search([]):
            with cron_step(self.env.ref("lead_to_cash.cron_watch"), f"Collectors and watch list of {company.name}"):
                self.env["dunning.collector.rule"].with_company(company)._assign(company)
                self.with_company(company)._follow(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _follow(self, company):
        """Bring the list of a company in line with the reasons: one statement a kind, writing
        only changes; an activity for each reason that begins, gone when it ends."""
        self.env.flush_all()
        question, now = company._watch_question(), self._now()
        rows = []
        for kind in engine.WATCH_REASONS:
            rows += self.env.execute_query(engine.follow(kind, question, self.env.uid, now))
        if rows:
            self.invalidate_model()
            self.browse(row[0] for row in rows if not row[1]).activity_ids.unlink()
            self.browse(sorted(row[0] for row in rows if row[1]))._plan_look()

    def _plan_look(self):
        """Ask the responsible of each customer to have a look; where nobody is responsible, the
        list alone says so."""
        responsible = self.partner_id._collection_responsibles()
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.mapped("display_name")  # warm: it is read one by one while planning
        values = []
        for watch in self:
            if user := responsible.get(watch.partner_id):
                spoken = user._reading(watch)
                labels = dict(self._fields["kind"]._description_selection(spoken.env))
                values.append(
                    {
                        "activity_type_id": todo.id,
                        "summary": labels[watch.kind],
                        "note": plaintext2html(spoken.sentence),
                        "automated": True,
                        "date_deadline": watch.since,
                        "res_model_id": model_id,
                        "res_id": watch.id,
                        "user_id": user.id,
                    }
                )
        # A night's activities are one list in the morning, not an e-mail each.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
