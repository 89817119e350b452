from odoo import models
from odoo.tools import SQL

from ...engine.handling.status import OPEN_ROLES
from .crm_lead import HANDOVER_FIELDS, QUALIFICATION_FIELDS

#: What is summed up, and what is kept of whichever lead has it.
CONTACT_FIELDS = ["attempt_count", "first_contact_date", "last_contact_date"]
RESPONSE_FIELDS = ["first_response_hours", "first_response_hours_assigned", "response_band"]


class CrmLead(models.Model):
    """Leads that become one: what happened with any of them has happened with it."""

    _inherit = "crm.lead"

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
