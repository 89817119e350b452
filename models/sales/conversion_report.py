from odoo import fields, models

from ...engine.sales.conversion import conversions
from ..handling.ratio import Ratio


class LeadConversionReport(models.Model):
    """How leads go on from status to status: a row for each time that one entered a status. What was
    before installing isn't known, and not told."""

    _name = "lead.conversion.report"
    _description = "Conversion of Leads"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    status_id = fields.Many2one("handling.status", "From Status", readonly=True)
    next_status_id = fields.Many2one("handling.status", "To Status", readonly=True)
    date = fields.Date("Entered on", readonly=True)
    entered_count = fields.Integer("Entered", readonly=True)
    onward_count = fields.Integer("Went on", readonly=True, help="To a status further towards the customer.")
    lost_count = fields.Integer("Lost", readonly=True)
    open_count = fields.Integer("Still There", readonly=True)
    onward_rate = Ratio("Went on (%)", readonly=True, aggregator="avg")
    hours = Ratio("Hours in the Status", readonly=True, aggregator="avg")

    _depends = {
        "crm.lead": ["company_id", "user_id", "team_id", "source_id"],
        "handling.status.change": ["res_model", "res_id", "new_status_id", "new_role", "date", "hours_in_old_status"],
    }

    @property
    def _table_query(self):
        return conversions(self.env.tz.zone)

    def action_open_document(self):
        """Open the lead."""
        self.ensure_one()
        self.check_access("read")
        return self.lead_id.get_formview_action()
