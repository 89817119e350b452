from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.handling.own import Own
from ...engine.handling.status import OPEN_ROLES, Rule, role_array


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["handling.mixin", "crm.lead"]

    # On a lead the reason for closing is Odoo's own.
    closure_reason_id = fields.Many2one(
        string="Closure Reason", related="lost_reason_id", readonly=False, index=False, groups="base.group_user"
    )

    need = fields.Char(help="What the customer needs, in a few words.", groups="base.group_user")
    budget = fields.Monetary(currency_field="company_currency", groups="base.group_user")
    interest_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], groups="base.group_user"
    )
    decision_maker = fields.Char(help="Who decides.", groups="base.group_user")
    decision_when = fields.Char("Decides When", help="In the customer's words.", groups="base.group_user")
    qualified_date = fields.Date(
        compute="_compute_qualified_date",
        store=True,
        copy=False,
        help="The day on which need and interest were known.",
        groups="base.group_user",
    )

    @api.depends("need", "interest_level")
    def _compute_qualified_date(self):
        for lead in self:
            known = lead.need and lead.interest_level
            lead.qualified_date = known and (lead.qualified_date or lead._today())

    def _handling_rule(self):
        return Rule(
            SQL(
                "CASE d.won_status WHEN 'won' THEN %s WHEN 'lost' THEN %s ELSE %s END",
                role_array("won", "dormant"),
                role_array("lost"),
                role_array(*OPEN_ROLES),
            )
        )

    def _handling_triggers(self):
        return {"active", "probability", "stage_id"}

    def _handling_acts(self):
        return {"won", *OPEN_ROLES} if self.won_status == "won" else {"won", "lost", *OPEN_ROLES}

    def _handling_act(self, status):
        if status.role == "won":
            self.action_set_won()
        elif status.role == "lost":
            self._required_reason(status)
            self.action_set_lost()
        elif status.role in OPEN_ROLES:
            self._reopen()

    def action_set_lost(self, **additional_values):
        self.check_access("write")
        if not additional_values.get("lost_reason_id"):
            self._required_reason(self._lost_status())
        return super().action_set_lost(**additional_values)

    def _close(self, reason):
        self.with_context(l2c_closure_reason=Own(reason.id)).action_set_lost(lost_reason_id=reason.id)

    def _reopen(self):
        self.filtered(lambda lead: lead.won_status == "lost").action_restore()
        for lead in self.filtered(lambda lead: lead.won_status == "won"):
            lead.stage_id = lead._stage_find(domain=[("is_won", "=", False)])
            lead.probability = lead.automated_probability

    def _merge_dependences_history(self, opportunities):
        """Attempts and what is planned go to the lead that stays."""
        result = super()._merge_dependences_history(opportunities)
        self.invalidate_recordset(["activity_ids"])
        self.modified(["activity_ids"])
        # The attempts go with the leads, whoever made them.
        attempts_sudo = self.env["contact.attempt"].sudo()
        attempts_sudo = attempts_sudo.search([("res_model", "=", self._name), ("res_id", "in", opportunities.ids)])
        attempts_sudo.res_id = self.id
        for outcome, rows in attempts_sudo.grouped("outcome").items():
            self._count_attempts(outcome, [(self.id, row.date) for row in rows])
        return result

    def _closure_column(self):
        return "lost_reason_id"
