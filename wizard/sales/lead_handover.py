from odoo import api, fields, models

from ...engine.handling.own import ids_of
from ...models.sales.crm_lead import QUALIFICATION_FIELDS


class LeadHandOver(models.TransientModel):
    """Asks to whom leads are handed over."""

    _name = "lead.hand.over"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Hand Over to Sales"

    lead_ids = fields.Many2many("crm.lead", required=True, context={"active_test": False})
    user_id = fields.Many2one("res.users", "Salesperson", domain=lambda self: self._salespeople())
    team_id = fields.Many2one("crm.team", "Sales Team")
    note = fields.Text(help="What sales is to know.")
    asked = fields.Char(compute="_compute_asked", help="What makes a lead qualified; of several at once, nothing.")
    need = fields.Char(compute="_compute_known", store=True, readonly=False)
    interest_level = fields.Selection(
        selection=lambda self: self.env["crm.lead"]._fields["interest_level"].selection,
        compute="_compute_known",
        store=True,
        readonly=False,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_known", store=True)
    budget = fields.Monetary(compute="_compute_known", store=True, readonly=False)
    decision_maker = fields.Char(compute="_compute_known", store=True, readonly=False)
    decision_when = fields.Char("Decides When", compute="_compute_known", store=True, readonly=False)
    tag_ids = fields.Many2many("crm.tag", string="Segment", compute="_compute_known", store=True, readonly=False)

    @api.depends("lead_ids")
    def _compute_asked(self):
        names = " ".join(self.env["lead.qualification"]._asked())
        for dialog in self:
            dialog.asked = names if len(dialog.lead_ids) == 1 else ""

    @api.depends("lead_ids")
    def _compute_known(self):
        """What is known of the lead already."""
        for dialog in self:
            lead = dialog.lead_ids if len(dialog.lead_ids) == 1 else self.env["crm.lead"]
            for name in (*QUALIFICATION_FIELDS, "tag_ids"):
                dialog[name] = lead[name]
            dialog.currency_id = lead.company_currency or self.env.company.currency_id

    def _salespeople(self):
        return [("share", "=", False), ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").id)]

    def action_hand_over(self):
        """Hand the leads over."""
        self.ensure_one()
        self.check_access("write")
        if self.asked:
            self.lead_ids.write({name: self[name] for name in self.asked.split() if self[name] != self.lead_ids[name]})
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
