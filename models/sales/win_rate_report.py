from odoo import fields, models
from odoo.tools import SQL

from ..handling.ratio import Ratio


class WinRateReport(models.Model):
    """Opportunities that were won or lost, by when they were closed. The rates of any group of
    them are made of their sums: won ÷ (won + lost), by count and by value."""

    _name = "win.rate.report"
    _inherit = ["l2c.clock.mixin"]
    _description = "Win Rate"
    _auto = False
    _order = "closed_date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True)
    closed_date = fields.Date("Closed on", readonly=True)
    won_count = fields.Integer("Won", readonly=True)
    lost_count = fields.Integer("Lost", readonly=True)
    won_value = fields.Monetary("Won (Value)", readonly=True)
    lost_value = fields.Monetary("Lost (Value)", readonly=True)
    count_rate = Ratio("Win Rate (%)", readonly=True, aggregator="avg")
    value_rate = Ratio("Win Rate by Value (%)", readonly=True, aggregator="avg")

    _depends = {
        "crm.lead": [
            "company_id",
            "date_closed",
            "expected_revenue",
            "lost_reason_id",
            "partner_id",
            "team_id",
            "type",
            "user_id",
            "won_status",
        ],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT d.id, d.id AS lead_id, d.company_id, d.user_id, d.team_id, d.partner_id, d.lost_reason_id,
                   COALESCE(c.currency_id, %(currency)s) AS currency_id,
                   (d.date_closed AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS closed_date,
                   (d.won_status = 'won')::int AS won_count,
                   (d.won_status = 'lost')::int AS lost_count,
                   CASE WHEN d.won_status = 'won' THEN d.expected_revenue ELSE 0 END AS won_value,
                   CASE WHEN d.won_status = 'lost' THEN d.expected_revenue ELSE 0 END AS lost_value,
                   CASE WHEN d.won_status = 'won' THEN 100.0 ELSE 0 END AS count_rate,
                   CASE WHEN d.expected_revenue != 0
                        THEN CASE WHEN d.won_status = 'won' THEN 100.0 ELSE 0 END END AS value_rate
              FROM crm_lead d
         LEFT JOIN res_company c ON c.id = d.company_id
             WHERE d.type = 'opportunity' AND d.won_status IN ('won', 'lost') AND d.date_closed IS NOT NULL
            """,
            currency=self.env.company.currency_id.id,
            zone=self.env.tz.zone,
        )

    def _read_group_select(self, aggregate_spec, query):
        """The average by value is weighed with the values."""
        if aggregate_spec != "value_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        won, lost = (self._field_to_sql(self._table, name, query) for name in ("won_value", "lost_value"))
        return SQL("100.0 * SUM(%(won)s) / NULLIF(SUM(%(won)s + %(lost)s), 0)", won=won, lost=lost)

    def action_open_document(self):
        """Open the opportunity."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
