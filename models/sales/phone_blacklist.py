from urllib.parse import urlencode

from odoo import api, models


class PhoneBlacklist(models.Model):
    """Whoever gets an automatic sales SMS can end them with one click."""

    _inherit = "phone.blacklist"

    @api.model
    def _opt_out_url(self, number):
        token = self.env["mail.blacklist"]._opt_out_token(number)
        return f"{self.get_base_url()}/sales-sms/opt-out?{urlencode({'number': number, 'token': token})}"
