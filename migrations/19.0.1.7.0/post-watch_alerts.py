from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Watched customers have one activity for all their reasons, where there was one for each. A reason whose
    activity somebody had done was dealt with on that day."""
    cr.execute(
        """
        UPDATE dunning_watch w SET dealt_on = done.day, dealt_by_id = done.user_id
          FROM (SELECT DISTINCT ON (res_id) res_id, date_done AS day, user_id FROM mail_activity
                 WHERE res_model = 'dunning.watch' AND active IS NOT TRUE AND date_done IS NOT NULL
              ORDER BY res_id, date_done DESC) done
         WHERE done.res_id = w.id AND w.until IS NULL AND w.dealt_on IS NULL
           AND NOT EXISTS (SELECT 1 FROM mail_activity a
                            WHERE a.res_model = 'dunning.watch' AND a.res_id = w.id AND a.active)
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for company in env["res.company"].search([]):
        watches = env["dunning.watch"].with_company(company)
        alerted = watches.search([("company_id", "=", company.id), ("activity_ids", "!=", False)])
        watches._alert(company, alerted.partner_id)
