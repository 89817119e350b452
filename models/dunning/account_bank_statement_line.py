from odoo import api, models


class AccountBankStatementLine(models.Model):
    """A dunning run that waits for bank data goes on when it has come."""

    _inherit = "account.bank.statement.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Who imports bank statements need not see the runs.
        runs_sudo = self.env["dunning.run"].sudo()
        if runs_sudo.search_count([("state", "=", "waiting"), ("company_id", "in", lines.company_id.ids)], limit=1):
            runs_sudo._cron()._trigger()
        return lines
