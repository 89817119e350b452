from datetime import timedelta

from odoo import api, fields, models

from ...engine.dunning import run as engine
from ...engine.handling.own import Own
from ...models.dunning.level import NOTICE_CHANNELS

#: Days to come that the forecast looks at, today included.
DAYS = 30


class DunningForecast(models.TransientModel):
    """A notice that would go out in the next days, if nobody paid and all were approved.

    The engine itself is run day after day, and taken back: nothing of it stays but these rows.
    """

    _name = "dunning.forecast"
    _description = "Dunning Forecast"
    _order = "date, partner_id, id"
    _rec_name = "partner_id"

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    policy_id = fields.Many2one("dunning.policy", readonly=True)
    level_id = fields.Many2one("dunning.level", readonly=True)
    channel = fields.Selection(NOTICE_CHANNELS, readonly=True)
    amount_due = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    item_count = fields.Integer("Items", readonly=True)

    @api.model
    def action_open(self):
        """Look ahead, and show what was found. Policies named in the context key
        ``l2c_as_if_running`` count as running."""
        self.env["dunning.preview"].check_access("read")
        as_if = self.env["dunning.policy"]._as_if_running()
        # The engine's tables are not for readers to write; but for these rows it is taken back.
        forecast_sudo = self.sudo().with_context(l2c_as_if_running=Own(tuple(as_if.ids)))
        forecast_sudo.search([("create_uid", "=", self.env.uid)]).unlink()
        forecast_sudo.create([row for company in self.env.companies for row in forecast_sudo._look_ahead(company)])
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_forecast_action")

    def _look_ahead(self, company):
        """Values for a row for each notice of the company in the next days."""
        savepoint = self.env.cr.savepoint()
        try:
            runs = self.env["dunning.run"]
            for number in range(DAYS):
                day = company._today() + timedelta(days=number)
                run = runs._at(day).create({"company_id": company.id, "date": day})
                run._make_notices()
                self.env.cr.execute(engine.count_as_sent(run.id))
                runs |= run
            return self.env.execute_query_dict(engine.notices_of(runs.ids))
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
