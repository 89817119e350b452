from odoo import api, fields, models

#: Fields of the quotation, by the lead's that they show.
SHOWN = {
    "need": "lead_need",
    "interest_level": "lead_interest_level",
    "budget": "lead_budget",
    "company_currency": "lead_currency_id",
    "decision_maker": "lead_decision_maker",
    "decision_when": "lead_decision_when",
    "qualified_date": "lead_qualified_date",
}


class SaleOrder(models.Model):
    """What is known of the lead, for whoever makes the quotation, also when the lead is a
    colleague's. Computed, not related: related fields are searched, sorted and grouped by
    whoever may read the quotation, and that is the customer too."""

    _inherit = "sale.order"

    lead_need = fields.Char(
        "Need",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="What the customer needs, in a few words.",
    )
    lead_interest_level = fields.Selection(
        selection=lambda self: self.env["crm.lead"]._fields["interest_level"]._description_selection(self.env),
        string="Interest Level",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
    )
    lead_budget = fields.Monetary(
        "Budget",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        currency_field="lead_currency_id",
        aggregator=None,
    )
    lead_currency_id = fields.Many2one(
        "res.currency", "Currency of the Lead", compute="_compute_lead", compute_sudo=True, groups="base.group_user"
    )
    lead_decision_maker = fields.Char(
        "Decision Maker",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="Who decides.",
    )
    lead_decision_when = fields.Char(
        "Decides When",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="In the customer's words.",
    )
    lead_qualified_date = fields.Date(
        "Qualified Date",
        compute="_compute_lead",
        compute_sudo=True,
        groups="base.group_user",
        help="The day on which need and interest were known.",
    )

    @api.depends(*(f"opportunity_id.{name}" for name in SHOWN))
    def _compute_lead(self):
        for order in self:
            lead = order.opportunity_id
            if lead != order._origin.opportunity_id and not lead.with_user(self.env.uid).has_access("read"):
                lead = lead.browse()  # chosen on the screen, not by whoever may
            order.update({shown: lead[name] for name, shown in SHOWN.items()})
