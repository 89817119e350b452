from odoo import fields, models
from odoo.tools import SQL

from .dispute_outcome import DISPUTE_OUTCOMES


class DunningDisputeReport(models.Model):
    """How long disputes are open, by reason and owner: those that are open, up to today."""

    _name = "dunning.dispute.report"
    _description = "Disputes, Days Open"
    _inherit = ["l2c.clock.mixin"]
    _auto = False
    _order = "days_open desc, id"
    _rec_name = "reason_id"

    dispute_id = fields.Many2one("dunning.dispute", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    reason_id = fields.Many2one("dunning.dispute.reason", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    state = fields.Selection([("open", "Unresolved"), ("resolved", "Resolved")], readonly=True)
    outcome = fields.Selection(DISPUTE_OUTCOMES, readonly=True)
    opened_date = fields.Date("Opened on", readonly=True)
    closed_date = fields.Date("Resolved on", readonly=True)
    days_open = fields.Integer(readonly=True, aggregator="avg")

    _depends = {
        "dunning.dispute": [
            *("closed_date", "company_id", "days_open", "opened_date", "outcome", "partner_id", "reason_id"),
            *("state", "user_id"),
        ]
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT d.id, d.id AS dispute_id, d.company_id, d.partner_id, d.reason_id, d.user_id, d.state, d.outcome,
                   d.opened_date, d.closed_date,
                   CASE WHEN d.state = 'open' THEN GREATEST(%s - d.opened_date, 0) ELSE d.days_open END AS days_open
              FROM dunning_dispute d
            """,
            self._today(),
        )

    def action_open(self):
        """The dispute behind the row."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "dunning.dispute",
            "views": [[False, "form"]],
            "res_id": self.dispute_id.id,
        }
