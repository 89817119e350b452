from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

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
    next_action_summary = fields.Char(compute="_compute_next_action_summary", groups="base.group_user")
    is_without_next_action = fields.Boolean(
        "No Next Action",
        compute="_compute_is_without_next_action",
        search="_search_is_without_next_action",
        groups="base.group_user",
    )

    @api.depends("activity_ids.date_deadline", "activity_ids.active")
    def _compute_next_action(self):
        for document in self:
            activities = document.activity_ids.filtered("active")
            document.next_action_date = min(activities.mapped("date_deadline"), default=False)

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
            else:
                document._plan_activity(
                    document.next_action_date, self.env._("Follow up"), step=BY_DATE, automated=False
                )

    @api.depends("handling_status_id.requires_next_action", "next_action_date")
    def _compute_is_without_next_action(self):
        for document in self:
            document.is_without_next_action = (
                document.handling_status_id.requires_next_action and not document.next_action_date
            )

    def _search_is_without_next_action(self, operator, value):
        check_searched(self, "is_without_next_action")
        if operator != "in":
            return NotImplemented
        return [("handling_status_id.requires_next_action", "=", True), ("next_action_date", "=", False)]

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
        self.browse(closed)._drop_automated_activities()
        for status, documents in self._by_status(changed, "followup_days").items():
            documents._drop_automated_activities()
            documents._plan_follow_up(status)

    def _by_status(self, changed, setting):
        """The documents by their status, where it has ``setting``."""
        statuses = self.env["handling.status"]
        with_setting = statuses._ids_with(setting)
        return {
            statuses.browse(status_id): self.browse(row.id for row in changed if row.status_id == status_id)
            for status_id in {row.status_id for row in changed}
            if status_id in with_setting
        }

    def _plan_follow_up(self, status, step=1):
        """The follow-up of ``status`` for those that have nothing planned."""
        self.invalidate_recordset(["activity_ids"], flush=False)
        days = status.followup_days if step == 1 else status.followup_again_days
        free = self.filtered(lambda document: not document._next_activity())
        summary = status.activity_type_id.summary or self.env._("Follow up")
        if status.role in ("contacted", "in_progress"):
            by_day = free._by_working_day(days)
        else:
            by_day = {fields.Date.add(free._today(), days=days): free}
        for day, documents in by_day.items():
            documents._plan_activity(day, summary, status, step)

    def _plan_activity(self, day, summary, status=None, step=ONCE, *, replace=False, automated=True):
        """An activity on ``day`` for each document's responsible; ``automated``: what follows
        from a status may drop it again."""
        if replace:
            self._drop_automated_activities()
        self.mapped("display_name")  # warm: it is read one by one while planning
        activity_type = (status and status.activity_type_id) or self.env.ref("mail.mail_activity_data_call")
        model_id = self.env["ir.model"]._get_id(self._name)
        myself = self.env.user.filtered(lambda user: user._is_internal())  # a customer may have confirmed
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": summary,
                    "automated": automated,
                    "handling_step": step,
                    "date_deadline": day,
                    "res_model_id": model_id,
                    "res_id": document.id,
                    "user_id": (document._handling_user() or myself).id,
                }
                for document in self
            ]
        )

    def _drop_automated_activities(self, *, by_date=False):
        """Drop what this addon has planned; with ``by_date``, also what was planned by setting
        a date."""
        if not self.ids:
            return
        domain = PLANNED | Domain("handling_step", "=", BY_DATE) if by_date else PLANNED
        domain &= Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # What was planned automatically belongs to nobody.
        self.env["mail.activity"].sudo().search(domain).unlink()

    def _follow_up_done(self, step):
        """An automated follow-up was done: the status may want another one."""
        for status, documents in self.grouped("handling_status_id").items():
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
