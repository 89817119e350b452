import logging

from odoo import api, fields, models
from odoo.tools import format_date
from psycopg2 import OperationalError

from ..engine import watch as engine

_logger = logging.getLogger(__name__)


class DunningWatch(models.Model):
    """Why a customer is watched. Begins and ends by itself, once a night."""

    _name = "dunning.watch"
    _inherit = ["l2c.clock.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Watched Customer"
    _order = "since desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(engine.KINDS, "Reason", required=True, readonly=True)
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
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for watch in self:
            watch.display_name = f"{watch.partner_id.display_name} · {labels.get(watch.kind, '')}"

    @api.depends("kind", "params")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for watch in self:
            watch.sentence = watch._sentence()

    def _sentence(self):
        """The reason in the reader's words."""
        params = self.params or {}
        values = {name: params.get(name, "") for name in ("count", "rating", "usual", "margin")}
        values["day"] = format_date(self.env, params["date"]) if params.get("date") else ""
        values["source"] = params.get("source") or self.env._("Somebody outside")
        # Of a document only its name, of a dispute its reason: facts of the customer.
        document_sudo = self.env["account.move"].sudo().browse(params.get("move_id")).exists()
        dispute_sudo = self.env["dunning.dispute"].sudo().browse(params.get("dispute_id")).exists()
        values |= {"document": document_sudo.name or "", "reason": (dispute_sudo.reason or "").rstrip(".")}
        sentences = {
            "no_reply": self.env._("%(count)s e-mails since %(day)s, no reply and no payment.", **values),
            "complaint": self.env._("Gave %(rating)s of 5 stars on %(day)s.", **values),
            "dispute": self.env._("Disputed: %(reason)s.", **values),
            "habit": self.env._(
                "Usually pays %(usual)s days after the due date; now more than %(margin)s days later than that.",
                **values,
            ),
            "returned": self.env._("A payment of %(document)s was taken back on %(day)s.", **values),
            "rating": self.env._("%(source)s rates the customer poor (%(day)s).", **values)
            if values["day"]
            else self.env._("%(source)s rates the customer poor.", **values),
        }
        return sentences[self.kind]

    # Every night ----------------------------------------------------------------------

    @api.model
    def _cron_nightly(self):
        """Collectors for new customers, then the watch list; company by company. One that fails
        doesn't stop the others."""
        for company in self.env["res.company"].search([]):
            try:
                self.env["dunning.collector.rule"].with_company(company)._assign(company)
                self.with_company(company)._follow(company)
                self.env.flush_all()
            except OperationalError:
                raise  # another process was quicker: the job comes again
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Collectors and watch list of %s failed", company.name)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _follow(self, company):
        """Bring the list of a company in line with the reasons: one statement a kind, writing
        only changes; an activity for each reason that begins, gone when it ends."""
        self.env.flush_all()
        question, now = company._watch_question(), self._now()
        rows = []
        for kind in engine.REASONS:
            rows += self.env.execute_query(engine.follow(kind, question, self.env.uid, now))
        if rows:
            self.invalidate_model()
            self.browse(row[0] for row in rows if not row[1]).activity_ids.unlink()
            self.browse(sorted(row[0] for row in rows if row[1]))._plan_look()

    def _plan_look(self):
        """Ask the responsible of each customer to have a look; where nobody is responsible, the
        list alone says so."""
        responsible = self.partner_id._collection_responsible()
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.mapped("display_name")  # warm: it is read one by one while planning
        values = []
        for watch in self:
            if user := responsible.get(watch.partner_id):
                spoken = watch.with_context(lang=user.lang or self.env.lang)
                labels = dict(self._fields["kind"]._description_selection(spoken.env))
                values.append(
                    {
                        "activity_type_id": todo.id,
                        "summary": labels[watch.kind],
                        "note": spoken.sentence,
                        "automated": True,
                        "date_deadline": watch.since,
                        "res_model_id": model_id,
                        "res_id": watch.id,
                        "user_id": user.id,
                    }
                )
        # A night's activities are one list in the morning, not an e-mail each.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
