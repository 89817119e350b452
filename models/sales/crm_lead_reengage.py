from odoo import api, fields, models
from odoo.tools import SQL

from ..handling.isolated import isolated


class CrmLead(models.Model):
    """Closed leads are asked again, as often as the reason for closing says."""

    _inherit = "crm.lead"

    reengaged_date = fields.Date("Asked Again on", copy=False, readonly=True, groups="base.group_user")

    # Serves the job that asks again.
    _reengage_idx = models.Index("(lost_reason_id, closure_date) WHERE handling_role = 'lost'")

    @api.model
    def _reengage(self):
        """Plan a call, or send the reason's e-mail, for the leads whose period has passed: once
        in each period."""
        today = self._today()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.id FROM crm_lead d JOIN crm_lost_reason r ON r.id = d.lost_reason_id
                    WHERE d.handling_role = 'lost' AND r.reengage_days > 0
                      AND GREATEST(d.closure_date::date, d.reengaged_date) + r.reengage_days <= %s""",
                today,
            )
        )
        leads = self.browse(row[0] for row in rows)
        for template, group in leads.grouped(lambda lead: lead.lost_reason_id.reengage_template_id).items():
            with isolated(self.env.ref("lead_to_cash.cron_follow_time"), f"Asking again by {template.name}"):
                if template:
                    group._send_sales_mail(template)
                else:
                    group._plan_activity(today, self.env._("Ask again"))
                group.reengaged_date = today
