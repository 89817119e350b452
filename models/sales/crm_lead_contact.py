from datetime import date, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.handling.contact import CONTACTS, misses_in_a_row
from ...engine.sales.asking_again import asked_again
from ...engine.sales.response import deadline
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE
from ..handling.ratio import Ratio

BANDS = [
    ("minutes", "Up to 10 minutes"),
    ("hour", "Up to an hour"),
    ("day", "Up to 15 hours"),
    ("next_day", "Up to 24 hours"),
    ("later", "Later"),
]
#: Hours up to which the bands go, in their order.
BAND_HOURS = (0.16667, 1, 15, 24)

#: Tries in a row without an answer after which somebody who was asked again is left alone until the next time.
TRIES_AGAIN = 3

BASES = [
    ("enquiry", "Own enquiry"),
    ("notified", "Told, and did not object"),
    ("customer", "Customer"),
    ("consent", "Consent"),
]


class CrmLead(models.Model):
    """How fast a new lead is answered, and who is told when it isn't; and who is asked again."""

    _inherit = "crm.lead"

    response_deadline = fields.Datetime(copy=False, readonly=True, groups="base.group_user")
    response_alert = fields.Integer(
        copy=False, readonly=True, help="Told: 1 the salesperson, 2 the team leader.", groups="base.group_user"
    )
    first_response_hours = Ratio(
        "Response Time (Hours)", copy=False, readonly=True, aggregator="avg", groups="base.group_user"
    )
    first_response_hours_assigned = Ratio(
        "Response Time since Assignment (Hours)",
        copy=False,
        readonly=True,
        aggregator="avg",
        groups="base.group_user",
    )
    response_band = fields.Selection(BANDS, copy=False, readonly=True, groups="base.group_user")

    waiting_minutes = fields.Integer(
        compute="_compute_waiting_minutes", help="Since the lead came.", groups="base.group_user"
    )

    # Serves the job that looks for leads past their deadline, and its next time.
    _response_idx = models.Index("(response_deadline) WHERE handling_role = 'new' AND active")

    contact_basis = fields.Selection(
        BASES,
        help="Without a basis no automatic sales mail is sent. E-mails, forms and chats that make a lead are own enquiries.",
        groups="base.group_user",
    )
    consent_date = fields.Date("Consent Given on", groups="base.group_user")
    do_not_call_checked_on = fields.Date(
        "Do-not-call List Checked on",
        help="The day on which the number was looked up in the official list.",
        groups="base.group_user",
    )

    reengaged_date = fields.Date("Asked Again on", copy=False, readonly=True, groups="base.group_user")

    # Serves the job that asks again.
    _reengage_idx = models.Index("(lost_reason_id, closure_date) WHERE handling_role = 'lost'")

    # Serves to count whom it has asked today.
    _reengaged_idx = models.Index("(reengaged_date) WHERE reengaged_date IS NOT NULL")

    @api.depends("handling_status_since")
    def _compute_waiting_minutes(self):
        now = self._now()
        for lead in self:
            since = lead.handling_role == "new" and lead.handling_status_since
            lead.waiting_minutes = since and (now - since).total_seconds() // 60

    def _follow_status(self, changed):
        for status, leads in self._by_status(changed, "response_hours").items():
            leads._set_response_deadline(status)
        self._series_follows(changed)
        self.browse(row.id for row in changed)._recount()
        result = super()._follow_status(changed)
        self._move_on(changed)
        return result

    def _set_response_deadline(self, status):
        for company, leads in self.grouped(lambda lead: lead.company_id or self.env.company).items():
            moment = self._deadline_from_now(company, status)
            self.env.cr.execute(
                SQL("UPDATE crm_lead SET response_deadline = %s, response_alert = 0 WHERE id IN %s", moment, leads._ids)
            )
            self._wake_at(moment)
        self.invalidate_recordset(["response_deadline", "response_alert"], flush=False)

    @api.model
    def _wake_at(self, moment):
        """Have the job look again at ``moment``, unless it does so earlier anyway."""
        cron_sudo = self.env.ref("lead_to_cash.cron_response").sudo()  # whoever makes a lead may wake it
        # A trigger of the past may be just at work, and not see what this transaction writes.
        pending = Domain("cron_id", "=", cron_sudo.id) & Domain("call_at", ">", self._now())
        triggers_sudo = self.env["ir.cron.trigger"].sudo()  # as the cron
        if not triggers_sudo.search_count(pending & Domain("call_at", "<=", moment), limit=1):
            cron_sudo._trigger(at=moment)

    def _count_attempts(self, outcome, moments, counts=1):
        """The first try is the response, whatever its outcome."""
        result = super()._count_attempts(outcome, moments, counts)
        rows = SQL(", ").join(SQL("(%s, %s::timestamp)", *moment) for moment in moments)
        hours = "GREATEST(EXTRACT(EPOCH FROM x.first - %s) / 3600, 0)"
        since_creation = SQL(hours % "d.create_date")
        limits = SQL(" ").join(
            SQL("WHEN %s <= %s THEN %s", since_creation, limit, band)
            for limit, (band, _label) in zip(BAND_HOURS, BANDS, strict=False)
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead d
                      SET first_response_hours = %(created)s, first_response_hours_assigned = %(assigned)s,
                          response_band = CASE %(limits)s ELSE %(later)s END
                     FROM (SELECT id, min(date) AS first FROM (VALUES %(rows)s) v(id, date) GROUP BY id) x
                    WHERE x.id = d.id AND d.response_band IS NULL""",
                created=since_creation,
                assigned=SQL(hours % "COALESCE(d.date_open, d.create_date)"),
                limits=limits,
                later=BANDS[-1][0],
                rows=rows,
            )
        )
        names = ["first_response_hours", "first_response_hours_assigned", "response_band"]
        self.invalidate_recordset(names, flush=False)
        self._recount()
        return result

    def _taken_back_names(self):
        response = ["response_deadline", "response_alert", "first_response_hours", "first_response_hours_assigned"]
        state = ["active", "won_status", "probability", "automated_probability", "date_closed"]
        others = ["stage_id", "date_last_stage_update", "series_draft_id"]
        return [*super()._taken_back_names(), *response, "response_band", *state, *others]

    # The deadline passes -----------------------------------------------------------------

    @api.model
    def _cron_response(self):
        """Tell the team leader of an enquiry that nobody has called for an hour; the salesperson when the
        deadline of a lead passes, later the team leader. What somebody has planned for later waits."""
        now = self._now()
        waiting = Domain("handling_role", "=", "new") & Domain("attempt_count", "=", 0)
        waiting &= Domain("next_action_date", "=", False) | Domain("next_action_date", "<=", self._today())
        self.search(waiting & Domain("response_leader_date", "<=", now))._tell_leaders()
        late = self.search(waiting & Domain("response_deadline", "<=", now) & Domain("response_alert", "<", 2))
        late._tell_about_response()
        for name in ("response_leader_date", "response_deadline"):
            following = self.search(waiting & Domain(name, ">", now), order=f"{name}, id", limit=1)
            if following:
                self._wake_at(following[name])

    def _tell_about_response(self):
        """Plan an activity for the salesperson at the deadline, and once as many hours have
        passed again for the team's leader."""
        for (user, told), leads in self.grouped(lambda lead: lead._next_to_tell()).items():
            if user:
                theirs = user._reading(leads)
                theirs.activity_schedule(
                    "mail.mail_activity_data_call",
                    self._today(),
                    theirs.env._("Nobody has called yet"),
                    user_id=user.id,
                    handling_step=ONCE,
                )
            leads.sudo().response_alert = told  # whoever the job runs as
        self.filtered("response_goal")._free_for_team()
        again = self.filtered(lambda lead: lead.response_alert == 1)
        for (company, status), leads in again.grouped(_company_and_status).items():
            leads.sudo().response_deadline = leads._deadline_from_now(company, status)  # the same

    def _next_to_tell(self):
        """Who is told now, and how far the telling has come then."""
        leader, mine = self.team_id.user_id.filtered("active"), self.user_id.filtered("active")
        user = mine if self.response_alert == 0 and mine else leader
        return user, 2 if user == leader or not leader else 1

    def _deadline_from_now(self, company, status):
        now = self._now()
        return deadline(now, status.response_hours, company._zone(), company._days_off_from(now.date()))

    # On what basis ------------------------------------------------------------------------

    @api.constrains("contact_basis", "consent_date")
    def _check_consent(self):
        for lead in self:
            if lead.contact_basis == "consent" and not lead.consent_date:
                raise ValidationError(self.env._("A consent needs its date: enter when %s gave it.", lead.display_name))

    def _call_hint_fields(self):
        return ["phone_sanitized", "phone", "do_not_call_checked_on", "company_id.do_not_call_days"]

    def _call_hint(self):
        if hint := super()._call_hint():
            return hint
        company_sudo = (self.company_id or self.env.company).sudo()  # its settings are no secret
        days = company_sudo.do_not_call_days
        checked = self.do_not_call_checked_on
        if self.phone and days and (not checked or checked + timedelta(days=days) < self._today()):
            return self.env._("Look the number up in the do-not-call list first.")
        return ""

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        self.browse().check_access("create")
        values = {"contact_basis": "enquiry", **(custom_values or {})}
        return super().message_new(msg_dict, custom_values=values)

    def _contact_basis(self):
        is_customer = self.partner_id.commercial_partner_id.customer_status == "customer"
        return self.contact_basis or (is_customer and "customer")

    def _sales_contact(self):
        return self

    def _sales_lang(self):
        return self.env["res.lang"]._get_code(self.lang_id.code) or super()._sales_lang()

    # Asking again -------------------------------------------------------------------------

    @api.model
    def _reengage(self):
        """Plan a call, or send the reason's e-mail, for the leads whose period has passed: once
        in each period, and no more calls than a salesperson can make."""
        today = self._today()
        self.env.flush_all()
        rows = self.env.execute_query(asked_again(today, self._asked_again_since(), self.env.company.id))
        leads = self.browse(row[0] for row in rows)
        for template, group in leads.grouped(lambda lead: lead.lost_reason_id.reengage_template_id).items():
            with cron_step(self.env.ref("lead_to_cash.cron_follow_time"), f"Asking again by {template.name}"):
                if template:
                    group._send_sales_mail(template)
                else:
                    group._plan_activity(today, lambda lead: lead.env._("Ask again"))
                group.sudo().reengaged_date = today  # whoever the job runs as

    # Asked again after closing: who answers is in work again, who doesn't is tried a few times more

    def _is_asked_again(self):
        closed = self.closure_date and self.closure_date.date()
        return bool(
            self.handling_role == "lost" and self.reengaged_date and self.reengaged_date >= (closed or date.min)
        )

    def _is_called(self):
        return super()._is_called() or self._is_asked_again()

    def _handling_event(self, event):
        """Who is spoken to after all is open again."""
        if event in CONTACTS and (asked := self.filtered(lambda lead: lead._is_asked_again())):
            asked._drop_automated_activities()
            asked.action_reopen()
        return super()._handling_event(event)

    def _after_misses(self):
        """The next try is on the next working day; after some, none."""
        asked = self.filtered(lambda lead: lead._is_asked_again())
        for lead in asked:
            since = datetime.combine(lead.reengaged_date, time())
            attempts = lead.contact_attempt_ids.sorted(lambda row: (row.date, row.id))
            if misses_in_a_row([(row.date, row.outcome) for row in attempts], since) >= TRIES_AGAIN:
                lead._drop_automated_activities()
            else:
                lead._plan_activity(
                    lead._by_working_day(1).popitem()[0], lambda lead: lead.env._("Ask again"), replace=True
                )
        return super(CrmLead, self - asked)._after_misses()


def _company_and_status(lead):
    return lead.company_id or lead.env.company, lead.handling_status_id
