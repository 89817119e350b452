from odoo import api, fields, models

from .crm_lead_handover import HANDOVER_STATES


class CallListLine(models.Model):
    """What is known of the lead, and whether it was handed over."""

    _inherit = "call.list.line"

    handover_state = fields.Selection(HANDOVER_STATES, "Hand-over", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True, help="Of a quotation, its opportunity.")
    interest_level = fields.Selection(related="lead_id.interest_level")
    budget = fields.Monetary(related="lead_id.budget", aggregator=None)
    decision_maker = fields.Char(related="lead_id.decision_maker")
    decision_when = fields.Char(related="lead_id.decision_when")
    handover_note = fields.Text(related="lead_id.handover_note")

    _depends = {"crm.lead": ["handover_state"], "sale.order": ["opportunity_id"]}

    @api.depends("handover_state")
    def _compute_reason(self):
        result = super()._compute_reason()
        for line in self.filtered(lambda line: line.handover_state == "waiting"):
            line.reason = self.env._(
                "Handed over by %(name)s. %(reason)s",
                name=line.lead_id.sudo().handed_over_by_id.name,  # a colleague's name is no secret
                reason=line.reason,
            )
        return result

    def action_accept(self):
        return self._log("action_accept")

    def action_return_dialog(self):
        """Ask for the reason; in the form, the next line follows."""
        action = self._log("action_return_dialog")
        if self.env.context.get("l2c_open_next"):
            kept = {name: self.env.context.get(name) for name in ("l2c_call_domain", "l2c_called")}
            action["context"] |= kept | {"l2c_call_line": self.id}
        return action
