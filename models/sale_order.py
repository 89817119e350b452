from odoo import models
from odoo.tools import SQL

from ..engine.handling import OPEN_ROLES, Rule, role_array


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["handling.mixin", "sale.order"]

    def _handling_rule(self):
        return Rule(
            SQL(
                """CASE WHEN d.state = 'sale' THEN %(won)s
                        WHEN d.state = 'cancel' THEN %(lost)s
                        WHEN d.validity_date < %(today)s THEN %(expired)s
                        WHEN d.state = 'sent' THEN %(sent)s
                        ELSE %(draft)s
                   END""",
                won=role_array("won"),
                lost=role_array("lost"),
                today=self._today(),
                expired=role_array("dormant"),
                sent=role_array("contacted", "no_answer", "in_progress"),
                draft=role_array("new", "no_answer", "in_progress"),
            )
        )

    def _handling_triggers(self):
        return {"state", "validity_date"}

    def _handling_acts(self):
        if self.state in ("draft", "sent"):
            return {"lost", "won", "contacted"}
        return {"new"} if self.state == "cancel" else set()

    def _handling_act(self, status):
        if status.role == "won":
            self.action_confirm()
        elif status.role == "lost":
            self._required_reason(status)
            self.action_cancel()
        elif status.role == "new":
            self.action_draft()
        elif status.role == "contacted":
            self.filtered(lambda order: order.state == "draft").action_quotation_sent()

    def _close(self, reason):
        self.with_context(l2c_closure_reason=reason.id).action_cancel()

    def _reopen(self):
        self.action_draft()

    def _follow_status(self, changed):
        """The lead goes on with its quotation: sent, it is in progress; confirmed, it is won."""
        result = super()._follow_status(changed)
        sent = self.browse(row.id for row in changed if row.role == "contacted")
        confirmed = self.browse(row.id for row in changed if row.role == "won")
        # Who sends or confirms need not be the lead's salesperson.
        sent.opportunity_id.sudo()._handling_event("quotation")
        won_sudo = confirmed.opportunity_id.sudo().filtered(lambda lead: lead.handling_role in (*OPEN_ROLES, "lost"))
        if won_sudo:
            won_sudo.action_set_won()
        if confirmed:
            confirmed.partner_id.commercial_partner_id.sudo()._follow_customers(
                confirmed.partner_id.commercial_partner_id
            )
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "sent":
            # Who sends need not be the lead's salesperson.
            self.opportunity_id.sudo()._handling_event("quotation")
        return result

    def _handling_timed_sql(self):
        return SQL("d.state IN ('draft', 'sent') AND d.handling_role != 'dormant'")
