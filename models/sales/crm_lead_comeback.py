from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..handling.searching import check_searched
from .crm_lead_series import SERIES_BASES

#: Since when closed leads are asked again: who was closed before this addon asked is not asked at once.
ASKED_SINCE = "lead_to_cash.asked_again_since"
#: What a new opportunity of somebody who was won before has of the old one.
KNOWN_FIELDS = [
    *("name", "partner_id", "partner_name", "contact_name", "email_from", "phone", "lang_id", "website", "function"),
    *("street", "street2", "zip", "city", "state_id", "country_id", "company_id", "team_id", "user_id", "referred"),
    *("contact_basis", "consent_date", "do_not_call_checked_on", "decision_maker"),
]


class CrmLead(models.Model):
    """Who was closed, or won, and what comes after."""

    _inherit = "crm.lead"

    may_be_mailed = fields.Boolean(
        compute="_compute_may_be_mailed",
        search="_search_may_be_mailed",
        help="Closed for so long as its reason says, with a consent or as a customer, and not blocked.",
        groups="base.group_user",
    )

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
