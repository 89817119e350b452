from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.handling.own import own
from ...engine.handling.status import OPEN_ROLES
from .searching import check_searched

#: The step of an activity that was planned by setting the date of the next action.
BY_DATE = -1
#: The step of one that is planned by this addon, and that no other one follows.
ONCE = -2
#: What is planned by this addon. Odoo's own code, automation rules and other addons plan
#: automated activities too: those have no step and are theirs.
PLANNED = Domain("automated", "=", True) & Domain("handling_step", "!=", 0)


class HandlingMixin(models.AbstractModel):
    """The next action of a document: its earliest open activity."""

    _inherit = "handling.mixin"

    next_action_date = fields.Date(
        compute="_compute_next_action",
        inverse="_inverse_next_action_date",
        store=True,
        readonly=False,
        copy=False,
        groups="base.group_user",
    )
    callback_at = fields.Datetime(
        "Call Back at",
        compute="_compute_next_action",
        store=True,
        copy=False,
        help="The time of the next action, where they asked to be called at one.",
        groups="base.group_user",
    )
    next_action_summary = fields.Char(compute="_compute_next_action_summary", groups="base.group_user")
    is_without_next_action = fields.Boolean(
        "No Next Action",
        compute="_compute_is_without_next_action",
        search="_search_is_without_next_action",
        groups="base.group_user",
    )

    @api.depends("activity_ids.date_deadline", "activity_ids.active", "activity_ids.callback_at")
    def _compute_next_action(self):
        """Its day; and its time, where all that is planned for that day has one."""
        for document in self:
            activities = document.activity_ids.filtered("active")
            document.next_action_date = min(activities.mapped("date_deadline"), default=False)
            moments = [row.callback_at for row in activities if row.date_deadline == document.next_action_date]
            document.callback_at = all(moments) and min(moments, default=False)

    @api.depends("activity_ids.summary", "activity_ids.active", "activity_ids.date_deadline")
    def _compute_next_action_summary(self):
        for document in self:
            activity = document._next_activity()
            document.next_action_summary = activity.summary or activity.activity_type_id.name

    def _next_activity(self):
        return self.activity_ids.filtered("active").sorted("date_deadline")[:1]

    def _inverse_next_action_date(self):
        """Plan an activity, or move the one that comes next; without a date, drop what was
        planned automatically."""
        for document in self:
            activity = document._next_activity()
            if not document.next_action_date:
                document._drop_automated_activities(by_date=True)
            elif activity:
                activity.date_deadline = document.next_action_date
                if document.callback_at:
                    document.sudo().callback_at = False  # whoever may move it; on another day it has no time
            else:
                document._plan_activity(document.next_action_date, _follow_up, step=BY_DATE, automated=False)

    @api.depends(
        *("handling_status_id.requires_next_action", "handling_role", "attempt_count", "next_action_date"),
        "closure_date",
    )
    def _compute_is_without_next_action(self):
        own = Domain("id", "in", self._origin.ids)
        without = self.with_context(active_test=False).search(own & self._without_next_action_domain())
        for document in self:
            document.is_without_next_action = document._origin in without

    def _search_is_without_next_action(self, operator, value):
        check_searched(self, "is_without_next_action")
        return self._without_next_action_domain() if operator == "in" else NotImplemented

    def _without_next_action_domain(self):
        """Nothing is planned, although the status wants it, or somebody has tried: a new one without a
        try stands on the call list."""
        tried = Domain("handling_role", "=", "new") & Domain("attempt_count", ">", 0)
        wanted = Domain("handling_status_id.requires_next_action", "=", True) | tried
        return Domain("next_action_date", "=", False) & Domain("closure_date", "=", False) & wanted

    def action_plan_next(self):
        """Open Odoo's dialog that plans an activity for these documents."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Action"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids, "active_id": self[:1].id},
        }

    is_silent = fields.Boolean(
        "Silent",
        compute="_compute_is_silent",
        search="_search_is_silent",
        help="No contact for longer than its status allows.",
        groups="base.group_user",
    )

    @api.depends("handling_status_id.silent_days", "last_contact_date")
    def _compute_is_silent(self):
        silent = self.search([("id", "in", self.ids), ("is_silent", "=", True)]) if self.ids else self
        for document in self:
            document.is_silent = document in silent

    def _search_is_silent(self, operator, value):
        check_searched(self, "is_silent")
        if operator != "in":
            return NotImplemented
        statuses = self.env["handling.status"].search([("res_model", "=", self._name), ("silent_days", ">", 0)])
        others = self.env.companies - self.env.company
        domain = Domain.FALSE
        for days, of_days in statuses.grouped("silent_days").items():
            quiet = Domain("company_id", "not in", others.ids) & self._quiet_domain(self.env.company, days)
            for company in others:
                quiet |= Domain("company_id", "=", company.id) & self._quiet_domain(company, days)
            domain |= Domain("handling_status_id", "in", of_days.ids) & quiet
        return domain

    def _quiet_domain(self, company, days):
        """No contact for so many working days of the company."""
        day = company._working_days_before(days)
        return Domain("last_contact_date", "<", day) | (
            Domain("last_contact_date", "=", False) & Domain("handling_status_since", "<", day)
        )

    # Planning --------------------------------------------------------------------------

    def _plan_on_entering(self, changed):
        """Closed documents lose what was planned for them automatically, and the status plans
        its follow-up."""
        closed = [row.id for row in changed if row.has_next_action and row.role not in OPEN_ROLES]
        self.browse(closed)._drop_automated_activities(agreed=True)
        for status, documents in self._by_status(changed, "followup_days").items():
            documents._drop_automated_activities()
            documents._plan_follow_up(status)
        if self._asks_why:
            self.browse(row.id for row in changed if row.was_closed and row.role in OPEN_ROLES)._plan_again()

    def _plan_again(self):
        """Who opens a document again has something to do about it today, unless something is planned."""
        self.invalidate_recordset(["activity_ids"], flush=False)
        free = self.filtered(lambda document: not document._next_activity())
        # Of many nobody is told one by one.
        free = free.with_context(mail_activity_quick_update=True) if len(free) > 1 else free
        for status, documents in free.grouped("handling_status_id").items():
            documents._plan_activity(self._today(), partial(_follow_up, status=status), status)

    def _by_status(self, changed, setting):
        """The documents by their status, where it has ``setting``."""
        statuses = self.env["handling.status"]
        with_setting = statuses._ids_with(setting)
        return {
            statuses.browse(status_id): self.browse(row.id for row in changed if row.status_id == status_id)
            for status_id in {row.status_id for row in changed}
            if status_id in with_setting
        }

    def _plan_follow_up(self, status, step=1, least=0):
        """The follow-up of ``status`` for those that have nothing planned; after ``least`` days where it says
        nothing."""
        self.invalidate_recordset(["activity_ids"], flush=False)
        free = self.filtered(lambda document: not document._next_activity())
        for days, alike in free.grouped(lambda document: document._follow_up_days(status, step) or least).items():
            if status.role in ("contacted", "in_progress"):
                by_day = alike._by_working_day(days)
            else:
                by_day = {fields.Date.add(alike._today(), days=days): alike}
            for day, documents in by_day.items():
                documents._plan_activity(day, partial(_follow_up, status=status), status, step)

    def _follow_up_days(self, status, step):
        """After how many days the document is followed up in ``status``."""
        return status.followup_days if step == 1 else status.followup_again_days

    def _planned_days(self, day):
        """{document: the day on which is done what is planned for ``day``}"""
        return dict.fromkeys(self, day)

    def _plan_activity(self, day, say, status=None, step=ONCE, *, replace=False, automated=True, callback_at=False):
        """An activity on ``day`` for each document's responsible; ``automated``: what follows
        from a status may drop it again.

        :param say: of a document, as its responsible reads it: what is to be done
        """
        if replace:
            self._drop_automated_activities()
        self.mapped("display_name")  # warm: it is read one by one while planning
        activity_type = (status and status.activity_type_id) or self.env.ref("mail.mail_activity_data_call")
        model_id = self.env["ir.model"]._get_id(self._name)
        users = self._planned_for()
        days = self._planned_days(day)
        planned = self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": say(users[document]._reading(document)),
                    "automated": automated,
                    "handling_step": step,
                    "date_deadline": days[document],
                    "callback_at": callback_at,
                    "res_model_id": model_id,
                    "res_id": document.id,
                    "user_id": users[document].id,
                }
                for document in self
            ]
        )
        planned.mapped("res_name")  # while the names are known

    def _planned_for(self):
        """{document: whose it is what is planned for it}: its responsible's, else of who is at it. Of leads and
        quotations whoever has gone gets nothing; where nobody is left, as by night, the team's leader does, else
        who manages sales."""
        at_it = self.env.user
        myself = at_it.filtered(lambda user: user._is_internal())  # a customer may have confirmed
        users = {document: document._handling_user() or myself for document in self}
        left = [row for row in self if not users[row].active and row._handling_user() != at_it]
        if not (self._moved_by_results and left):
            return users
        left = self.browse(document.id for document in left)
        for (company, team), documents in left.grouped(lambda row: (row.company_id, row.team_id)).items():
            found = myself.filtered("active") or (company or self.env.company)._working_salesperson(team)
            users |= dict.fromkeys(documents, found)
        return users

    def _drop_automated_activities(self, *, by_date=False, agreed=False):
        """Drop what this addon has planned; with ``by_date``, also what was planned by setting
        a date, and with ``agreed``, at which time they asked to be called."""
        if not self.ids:
            return
        domain = PLANNED | Domain("handling_step", "=", BY_DATE) if by_date else PLANNED
        if agreed:
            domain |= Domain("callback_at", "!=", False)
        domain &= Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # What was planned automatically belongs to nobody.
        self.env["mail.activity"].sudo().search(domain).unlink()

    def _drop_follow_ups(self):
        """Drop what was planned on entering a status; not what results of calls or rules plan."""
        followed = Domain("automated", "=", True) & Domain("handling_step", ">", 0)
        followed &= Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # What was planned automatically belongs to nobody.
        self.env["mail.activity"].sudo().search(followed).unlink()

    def _follow_up_done(self, step):
        """An automated follow-up was done: the status may want another one."""
        followed = self
        if own(self.env, "l2c_result"):  # from which more follows than from ending it
            followed = self.filtered(lambda document: document.handling_role not in OPEN_ROLES)
        for status, documents in followed.grouped("handling_status_id").items():
            again = status.followup_again_days and step == 1
            if status.role in ("contacted", "in_progress") and status.followup_days:
                documents._plan_follow_up(status)
            elif again:
                documents._plan_follow_up(status, step=2)

    def _handling_user(self):
        """Who is responsible for the document."""
        return self.user_id

    def _by_working_day(self, days):
        """The documents by the date that is so many working days of their company after today."""
        by_company = self.grouped(lambda document: document.company_id or self.env.company)
        by_day = defaultdict(self.browse)
        for company, documents in by_company.items():
            by_day[company._working_days_later(days)] |= documents
        return by_day


def _follow_up(document, status=None):
    """What a follow-up is called, as the reader of the document reads it: as the status says, where it does."""
    kind = (status and status.activity_type_id) or document.env["mail.activity.type"]
    return kind.with_context(lang=document.env.lang).summary or document.env._("Follow up")
