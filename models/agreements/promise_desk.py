from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class DunningPromise(models.Model):
    """A promise made on the phone is the result of the call; a broken one needs another."""

    _inherit = "dunning.promise"

    is_followed_up = fields.Boolean(
        "Followed up", readonly=True, copy=False, help="Somebody has called since it was broken."
    )

    # Serves the desk: which promises were broken.
    _broken_idx = models.Index("(company_id) WHERE state = 'broken' AND is_followed_up IS NOT TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        if self.env.context.get("l2c_line_id"):
            for company, made in promises.grouped("company_id").items():
                made.partner_id.with_company(company).action_log_attempt("promise")
        return promises

    def _text(self):
        amount = format_amount(self.env, self.amount, self.currency_id)
        return self.env._("%(amount)s by %(date)s", amount=amount, date=format_date(self.env, self.date))

    def action_next(self):
        """Go on to the next customer of the desk, after a promise was made on the phone."""
        self.check_access("read")
        return self.env["call.list.line"]._after_result()
