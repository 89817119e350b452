from odoo import fields, models

from ...engine.handling.own import ids_of


class LeadHandOver(models.TransientModel):
    """Asks to whom leads are handed over."""

    _name = "lead.hand.over"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Hand Over to Sales"

    lead_ids = fields.Many2many("crm.lead", required=True, context={"active_test": False})
    user_id = fields.Many2one("res.users", "Salesperson", domain=lambda self: self._salespeople())
    team_id = fields.Many2one("crm.team", "Sales Team")
    note = fields.Text(help="What sales is to know.")

    def _salespeople(self):
        return [("share", "=", False), ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").id)]

    def action_hand_over(self):
        """Hand the leads over."""
        self.ensure_one()
        self.check_access("write")
        self.lead_ids.action_hand_over(self.user_id, self.team_id, self.note)
        return _leave(self.lead_ids)


class LeadReturn(models.TransientModel):
    """Asks why leads are returned to who handed them over."""

    _name = "lead.return"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Return to Marketing"

    lead_ids = fields.Many2many("crm.lead", required=True)
    reason = fields.Text(required=True)

    def action_return(self):
        """Return the leads."""
        self.ensure_one()
        self.check_access("write")
        self.lead_ids.action_return(self.reason)
        line = self.env["call.list.line"].browse(ids_of(self.env, "l2c_call_line"))
        return line.action_open_next() if line else _leave(self.lead_ids)


def _leave(leads):
    """Where to go on: to the pipeline, when one has given the lead away that one had open."""
    if leads.has_access("read"):
        return {"type": "ir.actions.act_window_close"}
    return leads.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_action_pipeline") | {"target": "main"}
