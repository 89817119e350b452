from odoo import api, fields, models
from odoo.exceptions import UserError


class DunningRun(models.Model):
    """A run for some customers at once, beside the daily one."""

    _inherit = "dunning.run"

    partner_ids = fields.Many2many(
        "res.partner", "dunning_run_partner_rel", "run_id", "partner_id", "Only These Customers", readonly=True
    )

    def _question(self):
        if self.partner_ids:
            return self.company_id._dunning_question(partners=self.partner_ids)
        return super()._question()

    def _daily_domain(self):
        return [*super()._daily_domain(), ("partner_ids", "=", False)]

    @api.depends("partner_ids")
    def _compute_is_to_release(self):
        result = super()._compute_is_to_release()
        self.filtered("partner_ids").is_to_release = False
        return result

    @api.model
    def _remind_now(self, company, partners):
        """Decide about the commercial ``partners`` now, and queue their notices, which are
        returned. The engine's own rules hold: who rises, daily limits, hours for sending.

        :raise UserError: when something is in the way of every run
        """
        # Users may remind their customers, not make runs for all of them.
        runs_sudo = self.sudo().with_company(company)
        if runs_sudo.search_count([("company_id", "=", company.id), ("state", "=", "running")], limit=1):
            raise UserError(self.env._("A dunning run is under way. Try again when it is done."))
        run_sudo = runs_sudo.create({"company_id": company.id, "partner_ids": [(6, 0, partners.ids)]})
        run_sudo.action_run()
        if run_sudo.state == "waiting":
            raise UserError(run_sudo.state_reason)
        notices = self.env["dunning.notice"].browse(run_sudo.notice_ids.ids)
        if not notices:
            run_sudo.unlink()
        return notices
