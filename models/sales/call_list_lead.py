from odoo import api, fields, models
from odoo.fields import Domain

from ..handling.searching import check_searched
from .crm_lead import HANDOVER_STATES, QUALIFICATION_FIELDS


class CallListLine(models.Model):
    """What is known of the lead, and whether it was handed over: not in the query, so that it
    costs nothing where it isn't shown."""

    _inherit = "call.list.line"

    need = fields.Char(compute="_compute_lead")
    interest_level = fields.Selection(selection=lambda self: self._interest_levels(), compute="_compute_lead")
    budget = fields.Monetary(compute="_compute_lead")
    decision_maker = fields.Char(compute="_compute_lead")
    decision_when = fields.Char("Decides When", compute="_compute_lead")
    handover_state = fields.Selection(
        HANDOVER_STATES, "Hand-over", compute="_compute_lead", search="_search_handover_state"
    )
    handed_over_by_id = fields.Many2one("res.users", compute="_compute_lead")
    handover_note = fields.Text("Hand-over Note", compute="_compute_lead")

    def _interest_levels(self):
        return self.env["crm.lead"]._fields["interest_level"].selection

    @api.depends("res_model", "res_id")
    def _compute_lead(self):
        """A quotation tells what is known of its lead, also where that is a colleague's."""
        for model, lines in self.grouped("res_model").items():
            documents = self.env[model].browse(lines.mapped("res_id"))
            for line, document in zip(lines, documents, strict=True):
                lead = document if model == "crm.lead" else self.env["crm.lead"]
                known_sudo = (
                    document.opportunity_id if model == "sale.order" else lead
                ).sudo()  # the lead may be a colleague's
                line.update({name: known_sudo[name] for name in QUALIFICATION_FIELDS})
                line.handover_state = lead.handover_state
                line.handed_over_by_id = lead.handed_over_by_id
                line.handover_note = lead.handover_note

    def _search_handover_state(self, operator, value):
        check_searched(self, "handover_state")
        if operator != "in":
            return NotImplemented
        leads = self.env["crm.lead"].with_context(active_test=False)._search([("handover_state", "in", value)])
        domain = Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads)
        return domain | Domain("res_model", "!=", "crm.lead") if False in value else domain

    def action_accept(self):
        """Accept the lead that was handed over."""
        return self._log("action_accept")

    def action_return_dialog(self):
        """Ask for the reason; in the form, the next line follows."""
        action = self._log("action_return_dialog")
        if self.env.context.get("l2c_open_next"):
            kept = {name: self.env.context.get(name) for name in ("l2c_call_domain", "l2c_called")}
            action["context"] |= kept | {"l2c_call_line": self.id}
        return action
