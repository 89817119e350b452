from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.own import Own, own
from ..handling.next_action import ONCE

#: Minutes of opening hours after which the team leader is told.
LEADER_MINUTES = 60
#: What the web client hears of a new enquiry, and when a colleague has taken it.
NEW_ENQUIRY = "lead_to_cash.new_enquiry"
TAKEN_ENQUIRY = "lead_to_cash.taken_enquiry"
#: What it hears when other enquiries wait than before.
ENQUIRIES_CHANGED = "lead_to_cash.enquiries_changed"


class CrmLead(models.Model):
    """An enquiry is called within minutes: by when, who hears of it at once, and who when nobody calls.

    What somebody imports, makes in numbers or duplicates is no enquiry that has just come.
    """

    _inherit = "crm.lead"

    response_goal = fields.Datetime(
        copy=False,
        readonly=True,
        help="By when an enquiry is to be called: minutes of opening hours after it came.",
        groups="base.group_user",
    )
    response_leader_date = fields.Datetime(
        "Leader Told at",
        copy=False,
        readonly=True,
        help="When the team's leader is told that nobody has called.",
        groups="base.group_user",
    )
    is_from_before = fields.Boolean(
        "Before Installing",
        copy=False,
        readonly=True,
        help="It was there before the calls were logged: whether somebody has called isn't known.",
        groups="base.group_user",
    )

    # Serves the job that tells leaders, and its next time.
    _response_leader_idx = models.Index(
        "(response_leader_date) WHERE handling_role = 'new' AND response_leader_date IS NOT NULL"
    )
    # Serves to see whether somebody is calling.
    _claimed_idx = models.Index("(claimed_by_id, claimed_until) WHERE claimed_by_id IS NOT NULL")

    def copy(self, default=None):
        return super(CrmLead, self.with_context(l2c_copied=Own(True))).copy(default).with_env(self.env)

    def _take_goal(self):
        """A lead that has come by itself, not one of many that were made."""
        if len(self) == 1 and self._has_arrived():
            self._start_response_goal()

    def _has_arrived(self):
        """Whether it is an enquiry that has just come."""
        made = self.env.context.get("import_file") or own(self.env, "l2c_copied")
        return not made and self.contact_basis == "enquiry" and self.handling_role == "new"

    def _start_response_goal(self):
        """By when it is called, and when its leader is told: in the opening hours of its company. A company
        that never opens has no goal."""
        company_sudo = (self.company_id or self.env.company).sudo()  # whoever sends an enquiry
        minutes, calendar = company_sudo.response_goal_minutes, company_sudo.resource_calendar_id
        goal = minutes and calendar and calendar.plan_hours(minutes / 60, self._now(), True)
        if not goal:
            return
        later = calendar.plan_hours(LEADER_MINUTES / 60, self._now(), True)
        self.sudo().write({"response_goal": goal, "response_leader_date": later})  # the same
        self._wake_at(later)
        self._announce()
        self._recount()

    def _announce(self):
        """Show enquiries that nobody has called yet to who is to call them, but not to who has just
        made or taken them."""
        for user, leads_sudo in self._fresh().grouped("user_id").items():
            users = (user or leads_sudo.team_id.member_ids) - self.env.user
            users._bus_send(NEW_ENQUIRY, {"ids": leads_sudo.ids})

    def _claim(self):
        self.check_access("write")
        taken = super()._claim()
        if taken:
            self._tell_taken()
        return taken

    def _refuse_taken(self):
        now, me = self._now(), self.env.user
        for lead in self:
            if lead.claimed_by_id not in (me.browse(), me) and lead.claimed_until and lead.claimed_until > now:
                raise UserError(lead._claim_refusal())

    def _tell_taken(self):
        """Who else might call an enquiry sees at once that it is taken."""
        for lead_sudo in self._fresh():
            users = (lead_sudo.user_id | lead_sudo.team_id.member_ids) - self.env.user
            users._bus_send(TAKEN_ENQUIRY, {"ids": lead_sudo.ids})

    def _recount(self):
        """Who might call these enquiries, or has just done something about them, counts anew what waits."""
        now = self._now()
        leads_sudo = self.sudo()  # as of _fresh
        within = leads_sudo.filtered(lambda lead: lead.response_goal and lead.response_goal > now)
        if within:
            teams = within.filtered(lambda lead: not lead.user_id).team_id
            users = within.user_id | teams.member_ids | teams.user_id | self.env.user
            users.filtered("active")._bus_send(ENQUIRIES_CHANGED, {})

    def _tell_taken_back(self, label):
        """It may wait again."""
        self._recount()
        return super()._tell_taken_back(label)

    def _fresh(self):
        """Enquiries within their goal that nobody has called yet, as superuser."""
        now = self._now()
        leads_sudo = self.sudo()  # who gives a lead away may see no more of it
        return leads_sudo.filtered(
            lambda lead: (
                lead.response_goal
                and lead.response_goal > now
                and lead.handling_role == "new"
                and not lead.attempt_count
            )
        )

    def _tell_leaders(self):
        """An activity for the leaders of the teams; once."""
        for leader, leads in self.grouped(lambda lead: lead.team_id.user_id.filtered("active")).items():
            if leader:
                theirs = leader._reading(leads)
                theirs.activity_schedule(
                    "mail.mail_activity_data_call",
                    self._today(),
                    theirs.env._("Nobody has called for an hour"),
                    user_id=leader.id,
                    handling_step=ONCE,
                )
        self.sudo().response_leader_date = False  # whoever the job runs as

    def _free_for_team(self):
        """After a working day without a call everybody of the team may take it: it is handed over to the team,
        in the name of its salesperson, to whom it goes back when it is returned."""
        shared = self.filtered(
            lambda lead: lead.user_id and lead.handover_state != "waiting" and lead.team_id.member_ids - lead.user_id
        )
        for user, leads in shared.grouped("user_id").items():
            values = {
                "handover_state": "waiting",
                "handed_over_by_id": user.id,
                "handed_over_date": self._now(),
                "handover_note": False,
                "user_id": False,
            }
            leads._pass_on(values, self.env._("Nobody has called for a working day: everybody of the team may take it"))

    @api.model
    def _mark_from_before(self):
        """Leads that are new when the addon comes: nobody knows whether somebody has called."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET is_from_before = TRUE
                WHERE handling_role = 'new' AND COALESCE(attempt_count, 0) = 0 AND response_deadline IS NULL
                  AND is_from_before IS NOT TRUE
                  AND NOT EXISTS (SELECT FROM handling_status_change c
                                   WHERE c.res_model = 'crm.lead' AND c.res_id = crm_lead.id)"""
        )
        self.invalidate_model(["is_from_before"])
