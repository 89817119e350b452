from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.handling.own import Own, own
from ...engine.handling.status import OPEN_ROLES
from ...engine.sales.pipeline import WORKED_ON, untouched
from ..handling.searching import check_searched
from .crm_lead import HANDOVER_FIELDS, QUALIFICATION_FIELDS
from .crm_lead_series import SERIES_BASES

#: Since when closed leads are asked again: who was closed before this addon asked is not asked at once.
ASKED_SINCE = "lead_to_cash.asked_again_since"
#: What a new opportunity of somebody who was won before has of the old one.
KNOWN_FIELDS = [
    *("name", "partner_id", "partner_name", "contact_name", "email_from", "phone", "lang_id", "website", "function"),
    *("street", "street2", "zip", "city", "state_id", "country_id", "company_id", "team_id", "user_id", "referred"),
    *("contact_basis", "consent_date", "do_not_call_checked_on", "decision_maker"),
]
#: What is summed up, and what is kept of whichever lead has it.
CONTACT_FIELDS = ["attempt_count", "first_contact_date", "last_contact_date"]
RESPONSE_FIELDS = ["first_response_hours", "first_response_hours_assigned", "response_band"]


class CrmLead(models.Model):
    """The way of a lead: its stage and status, leads that become one, who was closed or won and comes back."""

    _inherit = "crm.lead"

    may_be_mailed = fields.Boolean(
        compute="_compute_may_be_mailed",
        search="_search_may_be_mailed",
        help="Closed for so long as its reason says, with a consent or as a customer, and not blocked.",
        groups="base.group_user",
    )

    # Stage and status ----------------------------------------------------------------------

    # Stage and status of a lead follow each other, as stages and statuses are linked.
    # Who has given both gets both; a lead moves at most once for each: the stage it is moved to gives the status it has.

    @api.model
    def _with_status_of_stage(self, vals_list):
        """Values of new leads, with the status that their stage gives where none is given."""
        by_stage, default = self.env["crm.stage"]._status_by_stage(), self.env.context.get("default_stage_id")
        return [
            {"handling_status_id": by_stage[vals.get("stage_id", default)], **vals}
            if vals.get("stage_id", default) in by_stage
            else vals
            for vals in vals_list
        ]

    def _with_both(self, vals):
        """The same, where ``vals`` give stage and status: neither follows the other."""
        stage_id = vals.get("stage_id", self.env.context.get("default_stage_id"))
        is_given = stage_id and vals.get("handling_status_id")
        return self.with_context(l2c_stage_given=Own(True)) if is_given else self

    def _moved_by(self, vals):
        """Those to which ``vals`` give another stage, and no status."""
        if "stage_id" not in vals or "handling_status_id" in vals or own(self.env, "l2c_stage_given"):
            return self.browse()
        return self.filtered(lambda lead: lead.stage_id.id != vals["stage_id"])

    def _take_status_of_stage(self):
        """The status that their stage gives, for those that are still open."""
        by_stage = self.env["crm.stage"]._status_by_stage()
        open_leads = self.filtered(lambda lead: lead.won_status == "pending" and lead.stage_id.id in by_stage)
        for status_id, leads in open_leads.grouped(lambda lead: by_stage[lead.stage_id.id]).items():
            leads.filtered(lambda lead: lead.handling_status_id.id != status_id)._handling_update(chosen=status_id)  # noqa: B023

    def _move_on(self, changed):
        """Those whose status moves them to a stage go there."""
        if not own(self.env, "l2c_stage_given"):
            for status, leads in self._by_status(changed, "stage_id").items():
                leads._move_on_to(status.stage_id)

    def _go_to_stage(self):
        """Go to the stages of the statuses they have."""
        for status, leads in self.grouped("handling_status_id").items():
            if status.stage_id:
                leads._move_on_to(status.stage_id)

    def _move_on_to(self, stage):
        """Go to ``stage``: those that are open, before it, and whose team uses it."""
        by_stage = self.env["crm.stage"]._status_by_stage()
        before = self.filtered(
            lambda lead: (
                lead.won_status == "pending"
                and lead.stage_id.sequence < stage.sequence
                and by_stage.get(lead.stage_id.id) != lead.handling_status_id.id
                and (not stage.team_ids or lead.team_id in stage.team_ids)
            )
        )
        before.with_context(l2c_stage_given=Own(True)).stage_id = stage

    # Leads that were there before ----------------------------------------------------------

    @api.model
    def _handling_install(self):
        self.env["crm.stage"]._map_pipeline()
        result = super()._handling_install()
        self._derive_status(SQL("TRUE"))
        return result

    @api.model
    def _derive_status(self, where):
        """The leads of ``where`` that are *New* and were never tried get the status that their stage gives;
        those on which somebody works all the same are in progress. Who was spoken to, and when, isn't
        known: no dates, no log."""
        self.env.flush_all()
        by_stage = self.env["crm.stage"]._status_by_stage()
        where = untouched(where)
        for status_id in set(by_stage.values()):
            stages = tuple(stage for stage, given in by_stage.items() if given == status_id)
            in_stage = SQL("%s AND d.stage_id IN %s", where, stages)
            self._handling_transition(in_stage, chosen=status_id, log=False)
        self._handling_transition(SQL("%s AND %s", where, WORKED_ON), chosen="in_progress", log=False)
        self.invalidate_model()

    # Leads that become one: what happened with any of them has happened with it ------------

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *QUALIFICATION_FIELDS, "contact_basis", "consent_date"]

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        furthest = self._furthest_status()
        kept = super()._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
        )
        kept._keep_status(furthest)
        return kept

    def _furthest_status(self):
        """The status of the lead that has come furthest, of the open ones."""
        still_open = self.filtered(lambda lead: lead.handling_role in OPEN_ROLES)
        return max(
            still_open, key=lambda lead: OPEN_ROLES.index(lead.handling_role), default=self.browse()
        ).handling_status_id

    def _keep_status(self, status):
        """The lead has ``status``, unless it is further or can't have it. Nothing follows: that has
        happened when the status was entered."""
        if self.handling_role not in OPEN_ROLES or status not in self.handling_choice_ids:
            return
        if OPEN_ROLES.index(status.role) > OPEN_ROLES.index(self.handling_role):
            self.flush_recordset()
            self._handling_written(self._handling_transition(SQL("d.id = %s", self.id), chosen=status.id))

    def _merge_dependences_history(self, opportunities):
        """Attempts, what is planned, and whether it was handed over go to the lead that stays."""
        result = super()._merge_dependences_history(opportunities)
        self.invalidate_recordset(["activity_ids"])
        self.modified(["activity_ids"])
        handed = (self | opportunities).filtered("handover_state")[:1]
        if handed and handed != self:
            # Whoever may merge leads may not write this of each.
            self.sudo().write(self._convert_to_write({name: handed[name] for name in HANDOVER_FIELDS}))
        # The attempts go with the leads, whoever made them.
        attempts_sudo = self.env["contact.attempt"].sudo().with_context(active_test=False)
        attempts_sudo = attempts_sudo.search([("res_model", "=", self._name), ("res_id", "in", opportunities.ids)])
        attempts_sudo.res_id = self.id
        # Each knows one of the leads alone: none can be taken back any more. Nobody writes it but this code.
        (attempts_sudo | self.sudo().contact_attempt_ids).snapshot = False
        self._forget_what_was()
        self._merge_contacts(opportunities)
        return result

    def _merge_contacts(self, others):
        """All tries count, from the earliest contact to the last."""
        (self | others).flush_recordset([*CONTACT_FIELDS, *RESPONSE_FIELDS])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead d
                      SET attempt_count = x.tries, first_contact_date = x.first, last_contact_date = x.last,
                          first_response_hours = COALESCE(d.first_response_hours, answered.first_response_hours),
                          first_response_hours_assigned =
                              COALESCE(d.first_response_hours_assigned, answered.first_response_hours_assigned),
                          response_band = COALESCE(d.response_band, answered.response_band)
                     FROM (SELECT SUM(COALESCE(attempt_count, 0)) AS tries, MIN(first_contact_date) AS first,
                                  MAX(last_contact_date) AS last
                             FROM crm_lead WHERE id IN %(all)s) x
                LEFT JOIN (SELECT * FROM crm_lead WHERE id IN %(others)s AND response_band IS NOT NULL
                         ORDER BY first_response_hours LIMIT 1) answered ON TRUE
                    WHERE d.id = %(id)s""",
                all=(self | others)._ids,
                others=others._ids,
                id=self.id,
            )
        )
        self.invalidate_recordset([*CONTACT_FIELDS, *RESPONSE_FIELDS, "contact_attempt_ids"], flush=False)
        self.modified(CONTACT_FIELDS)

    # Asked again, and when ----------------------------------------------------------------

    @api.model
    def _asked_again_since(self):
        """The day from which the days of reasons count for leads that were closed before; None where none
        is noted."""
        noted = self.env["ir.config_parameter"].sudo().get_param(ASKED_SINCE)  # a day, and no secret
        try:
            return fields.Date.to_date(noted) or None
        except ValueError:
            return None

    @api.model
    def _note_asked_again_since(self):
        self.env["ir.config_parameter"].sudo().set_param(ASKED_SINCE, self._today())  # as above

    @api.depends("lost_reason_id", "closure_date", "reengaged_date", "contact_basis", "email_normalized")
    @api.depends_context("l2c_today")
    def _compute_may_be_mailed(self):
        domain = Domain("id", "in", self.ids) & Domain("may_be_mailed", "=", True)
        found = self.with_context(active_test=False).search(domain) if self.ids else self
        for lead in self:
            lead.may_be_mailed = lead._origin in found

    def _search_may_be_mailed(self, operator, value):
        """What was closed before the addon was installed counts from Odoo's own date."""
        check_searched(self, "may_be_mailed")
        if operator != "in":
            return NotImplemented
        over = SQL(
            """(SELECT d.id FROM crm_lead d JOIN crm_lost_reason r ON r.id = d.lost_reason_id
                 WHERE d.handling_role = 'lost' AND r.reengage_days > 0
                   AND GREATEST(COALESCE(d.closure_date, d.date_closed)::date, d.reengaged_date) + r.reengage_days
                       <= %s)""",
            self._today(),
        )
        customers = Domain("partner_id.commercial_partner_id.customer_status", "=", "customer")
        reachable = Domain("email_normalized", "!=", False) & Domain("is_blacklisted", "=", False)
        agreed = Domain("contact_basis", "in", self._mailing_bases()) | customers
        return Domain("id", "in", over) & agreed & reachable

    @api.model
    def _mailing_bases(self):
        """The bases on which somebody is written to who has not just asked: an enquiry covers its answer alone."""
        return list(SERIES_BASES)

    def _plan_again(self):
        """What is open again isn't left with somebody who has gone."""
        left = self.filtered(lambda lead: lead.user_id and not lead.user_id.active)
        for (company, team), leads in left.grouped(lambda lead: (lead.company_id, lead.team_id)).items():
            user = (company or self.env.company)._working_salesperson(team)
            leads.sudo().user_id = user  # whoever opens it again
        return super()._plan_again()

    # Coming back --------------------------------------------------------------------------

    def action_come_back(self):
        """Somebody comes back: what was closed is open again; what was won stays, with a new opportunity
        beside it.

        :return: the action that opens the lead with which it goes on
        """
        self.ensure_one()
        self.check_access("write")
        lead = self
        if self.won_status == "won":
            lead = self._new_opportunity()
        elif self.won_status == "lost":
            self.action_reopen()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": lead.id,
            "views": [(False, "form")],
        }

    def _new_opportunity(self):
        self.env[self._name].check_access("create")
        new = self.create(self._prepare_new_opportunity_values())
        new._plan_again()
        for lead, other in ((self, new), (new, self)):
            lead._message_log(body=Markup("%s: %s") % (self.env._("Comes back"), other._get_html_link()))
        return new

    def _prepare_new_opportunity_values(self):
        values = self._convert_to_write({name: self[name] for name in KNOWN_FIELDS})
        user = (self.company_id or self.env.company)._working_salesperson(self.user_id, self.team_id)
        return {**values, "type": "opportunity", "user_id": user.id}
