from odoo import fields, models
from odoo.tools import SQL

from ..handling.ratio import Ratio


class LeadResponseReport(models.Model):
    """How fast each salesperson answered the leads of a month: the median, the time within
    which nine of ten were answered, and the number in each band."""

    _name = "lead.response.report"
    _description = "Response Time to Leads"
    _auto = False
    _order = "month desc, user_id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="In which the leads came.")
    lead_count = fields.Integer("Leads Answered", readonly=True)
    median_hours = Ratio("Median (Hours)", readonly=True, aggregator=None)
    most_hours = Ratio("Nine of Ten within (Hours)", readonly=True, aggregator=None)
    minutes_count = fields.Integer("Up to 10 Minutes", readonly=True)
    hour_count = fields.Integer("Up to an Hour", readonly=True)
    day_count = fields.Integer("Up to 15 Hours", readonly=True)
    next_day_count = fields.Integer("Up to 24 Hours", readonly=True)
    later_count = fields.Integer("Later", readonly=True)

    _depends = {
        "crm.lead": ["user_id", "team_id", "company_id", "create_date", "first_response_hours", "response_band"]
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(d.id) AS id, d.user_id, d.team_id, d.company_id,
                   date_trunc('month', d.create_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS month,
                   count(*) AS lead_count,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY d.first_response_hours) AS median_hours,
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY d.first_response_hours) AS most_hours,
                   count(*) FILTER (WHERE d.response_band = 'minutes') AS minutes_count,
                   count(*) FILTER (WHERE d.response_band = 'hour') AS hour_count,
                   count(*) FILTER (WHERE d.response_band = 'day') AS day_count,
                   count(*) FILTER (WHERE d.response_band = 'next_day') AS next_day_count,
                   count(*) FILTER (WHERE d.response_band = 'later') AS later_count
              FROM crm_lead d
             WHERE d.response_band IS NOT NULL
          GROUP BY d.user_id, d.team_id, d.company_id, month
            """,
            zone=self.env.tz.zone,
        )
