from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, plaintext2html
from odoo.tools.date_utils import subtract

from ...engine.collecting import watch as engine
from ..handling.cron_step import cron_step

#: What the sentences name in numbers.
NUMBERS = ("count", "rating", "usual", "margin", "days", "late", "settled", "before", "recent", "amount", "limit")


class DunningWatch(models.Model):
    """Why a customer is watched. Begins and ends by itself, once a night. A customer has one alert for all
    its reasons, until somebody has dealt with it."""

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
    dealt_on = fields.Date("Dealt with on", readonly=True)
    dealt_by_id = fields.Many2one("res.users", "Dealt with by", readonly=True, ondelete="set null")
    dealt_note = fields.Text("What Was Done", readonly=True)

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
        warnings = self._named("warning_id", self.env["customer.warning"].sudo(), "sentence")  # as above
        for watch in self:
            params = watch.params or {}
            values = {name: params.get(name) or 0 for name in NUMBERS}
            values["day"] = format_date(self.env, params["date"]) if params.get("date") else ""
            values["document"] = numbers.get(params.get("move_id"), "")
            values["reason"] = reasons.get(params.get("dispute_id"), "").rstrip(".")
            values["warning"] = warnings.get(params.get("warning_id"), "")
            values |= {name: (params.get(name) or "").upper() for name in ("from", "to")}
            values["rater"] = params.get("source") or self.env._("Somebody outside")
            watch.sentence = getattr(watch, f"_sentence_{watch.kind}")(values)

    def _named(self, param, records, fname):
        """``{id: what its field holds}`` of the records that the reasons name."""
        found = records.browse({(watch.params or {}).get(param) for watch in self} - {None}).exists()
        return {record.id: record[fname] or "" for record in found}

    def _sentence_no_reply(self, values):
        if values["count"] == 1:
            return self.env._("One e-mail since %(day)s, no reply and no payment.", **values)
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

    def _sentence_chronic(self, values):
        return self.env._(
            "Is expected to pay %(days)s after the due date; %(late)s of %(settled)s documents were paid late.",
            **values | {"days": self._days_text(int(values["days"]))},
        )

    def _sentence_worsening(self, values):
        if values["to"]:
            return self.env._("Payment grade %(from)s became %(to)s on %(day)s.", **values)
        days = {name: self._days_text(max(int(values[name]), 0)) for name in ("before", "recent")}
        return self.env._(
            "Paid %(recent)s after the due date on average in the last 90 days; before that, %(before)s.", **days
        )

    def _sentence_promises(self, values):
        if values["count"] == 1:
            return self.env._("One promise was broken in twelve months.")
        return self.env._("%(count)s promises were broken in twelve months.", **values)

    def _sentence_limit(self, values):
        currency = self.company_id.currency_id
        amounts = {name: format_amount(self.env, values[name], currency) for name in ("amount", "limit")}
        return self.env._("%(amount)s is open; the credit limit is %(limit)s.", **amounts)

    def _sentence_warning(self, values):
        return values["warning"]

    def _sentence_returned(self, values):
        return self.env._("A payment of %(document)s was taken back on %(day)s.", **values)

    def _sentence_rating(self, values):
        if not values["day"]:
            return self.env._("%(rater)s rates the customer poor.", **values)
        return self.env._("%(rater)s rated the customer poor on %(day)s.", **values)

    # Every night ----------------------------------------------------------------------

    @api.model
    def _cron_nightly(self):
        """Collectors for new customers, then the watch list, what is proposed to late payers, and tasks about
        leaks; company by company. One that fails doesn't stop the others."""
        for company in self.env["res.company"].search([]):
            with cron_step(self.env.ref("lead_to_cash.cron_watch"), f"Collectors and watch list of {company.name}"):
                self.env["dunning.collector.rule"].with_company(company)._assign(company)
                self.with_company(company)._follow(company)
            with cron_step(self.env.ref("lead_to_cash.cron_watch"), f"Payment proposals of {company.name}"):
                self.env["payment.proposal"].with_company(company)._propose(company)
            with cron_step(self.env.ref("lead_to_cash.cron_watch"), f"Leaks of {company.name}"):
                self.env["collection.leak"].with_company(company)._follow(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _follow(self, company):
        """Bring the list of a company in line with the reasons: one statement a kind, writing
        only changes; then each customer's alert."""
        self.env.flush_all()
        question, now = company._watch_question(), self._now()
        rows = []
        for kind in engine.WATCH_REASONS:
            rows += self.env.execute_query(engine.follow(kind, question, self.env.uid, now))
        if rows:
            self.invalidate_model()
        self._come_back(company)
        self._alert(company, self.browse(row[0] for row in rows).partner_id)

    def _end_by_rule(self):
        """These reasons hold no more, before the night says so."""
        for company, watches in self.grouped("company_id").items():
            watches.write({"until": company._today()})
            watches.with_company(company)._alert(company, watches.partner_id)

    # The alert ------------------------------------------------------------------------

    @api.model
    def _come_back(self, company):
        """What was dealt with so long ago, and still holds, is to be looked at again."""
        if days := company.watch_again_days:
            old = [
                ("company_id", "=", company.id),
                ("until", "=", False),
                ("dealt_on", "<=", subtract(company._today(), days=days)),
            ]
            self.search(old).write({"dealt_on": False, "dealt_by_id": False, "dealt_note": False})

    @api.model
    def _alert(self, company, changed=None):
        """One activity a customer who has reasons that nobody has dealt with, none for the others.

        :param changed: customers whose alert says anew why
        """
        self.env.flush_all()
        activities = self.env["mail.activity"]
        gone, kept, new = activities, {}, self.browse()
        for partner_id, reasons, alert_ids in self.env.execute_query(engine.to_look_at(company.id)):
            alerts = activities.browse(alert_ids or ())
            first = alerts[:1] if reasons and alerts[:1].res_id in reasons else activities
            gone |= alerts - first
            if first:
                kept[partner_id] = (first, self.browse(reasons))
            elif reasons:
                new |= self.browse(reasons)
        gone.unlink()
        for partner in changed or ():
            if partner.id in kept:
                alert, watches = kept[partner.id]
                alert.write(watches._alert_text(alert.user_id))
        new._plan_look()

    def _plan_look(self):
        """Ask the responsible of each customer to have a look; where nobody is responsible, the
        list alone says so."""
        responsible = self.partner_id._collection_responsibles() if self else {}
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        values = []
        for partner, watches in self.grouped("partner_id").items():
            if user := responsible.get(partner):
                values.append(
                    {
                        "activity_type_id": todo.id,
                        **watches._alert_text(user),
                        "automated": True,
                        "date_deadline": max(watches.mapped("since")),
                        "res_model_id": model_id,
                        "res_id": watches[0].id,
                        "user_id": user.id,
                    }
                )
        watches = self.browse(row["res_id"] for row in values)
        watches.mapped("display_name")  # warm: it is read one by one while planning
        # A night's activities are one list in the morning, not an e-mail each.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)

    def _alert_text(self, user):
        """What the alert about these reasons of a customer says, in the words of ``user``."""
        spoken = user._reading(self)
        labels = dict(self._fields["kind"]._description_selection(spoken.env))
        sentences = Markup("").join(plaintext2html(watch.sentence) for watch in spoken)
        return {"summary": ", ".join(dict.fromkeys(labels[watch.kind] for watch in spoken)), "note": sentences}

    def action_dealt_with(self):
        """Ask what was done about these customers."""
        return self.env["watch.dealt.with"]._open(self)

    def _dealt_with(self, note, says=True):
        """Somebody has dealt with all reasons of these customers: their alerts go, and come back with a new
        reason, or after the days of the company.

        :param says: leave a note in the chatter; else it is there already
        """
        for company, watches in self.grouped("company_id").items():
            own = Domain("company_id", "=", company.id) & Domain("until", "=", False)
            # Who does the books deals with them; nobody writes the list itself.
            open_sudo = self.sudo().search(own & Domain("partner_id", "in", watches.partner_id.ids), order="since, id")
            open_sudo.write({"dealt_on": company._today(), "dealt_by_id": self.env.uid, "dealt_note": note})
            for reasons_sudo in open_sudo.grouped("partner_id").values() if says else ():
                reasons_sudo[0].message_post(
                    body=self.env._("Dealt with: %(note)s", note=note or self.env._("nothing to do")),
                    author_id=self.env.user.partner_id.id,
                )
            if says:
                open_sudo.activity_ids.filtered("automated").unlink()
