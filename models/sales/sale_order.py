from odoo import api, models
from odoo.tools import SQL

from ...engine.handling.own import Own
from ...engine.handling.status import OPEN_ROLES, Rule, role_array


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
            self.action_cancel()
        elif status.role == "new":
            self.action_draft()
        elif status.role == "contacted":
            self.filtered(lambda order: order.state == "draft").action_quotation_sent()

    def action_cancel(self):
        self.check_access("write")
        self._required_reason(self._lost_status())
        return super().action_cancel()

    def _close(self, reason):
        self.with_context(l2c_closure_reason=Own(reason.id)).action_cancel()

    def _reopen(self):
        self.action_draft()

    def _follow_status(self, changed):
        """The lead goes on with its quotation, and who has confirmed is a customer."""
        result = super()._follow_status(changed)
        sent = self.browse(row.id for row in changed if row.role == "contacted")
        confirmed = self.browse(row.id for row in changed if row.role == "won")
        sent._move_leads("sent")
        confirmed._move_leads("sale")
        if confirmed:
            # Salespeople need not write customers.
            confirmed.partner_id.commercial_partner_id.sudo()._follow_customers(
                confirmed.partner_id.commercial_partner_id
            )
        return result

    def _move_leads(self, state):
        """A lead whose quotation is sent is in progress; confirmed, it is won."""
        # Who sends or confirms need not be the lead's salesperson.
        leads_sudo = self.opportunity_id.sudo()
        if state == "sent":
            leads_sudo._handling_event("quotation")
        elif state == "sale":
            leads_sudo = leads_sudo.filtered(lambda lead: lead.handling_role in (*OPEN_ROLES, "lost"))
            if leads_sudo:
                leads_sudo.action_set_won()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.opportunity_id.check_access("read")
        return orders

    def write(self, vals):
        moved = self.browse()
        if vals.get("opportunity_id"):
            moved = self.filtered(lambda order: order.opportunity_id.id != vals["opportunity_id"])
        result = super().write(vals)
        # The lead follows its quotation, whosever it is: only one that one sees can be chosen.
        moved.opportunity_id.check_access("read")
        if vals.get("state") == "sent":
            self._move_leads("sent")
        for state, orders in moved.grouped("state").items():
            orders._move_leads(state)
        return result

    def _contact_basis(self):
        """A quotation is the answer to an own enquiry; one made for a lead has that lead's basis."""
        if self.partner_id.commercial_partner_id.customer_status == "customer":
            return "customer"
        # Who works on the quotation need not be the lead's salesperson.
        lead_sudo = self.opportunity_id.sudo()
        return lead_sudo._contact_basis() if lead_sudo else "enquiry"

    def _handling_timed_sql(self):
        return SQL("d.state IN ('draft', 'sent') AND d.handling_role != 'dormant'")
