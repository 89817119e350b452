from urllib.parse import urlencode

from odoo import api, models
from odoo.tools import hmac


class MailBlacklist(models.Model):
    """Whoever gets an automatic sales mail can end them with one click."""

    _inherit = "mail.blacklist"

    @api.model
    def _opt_out_token(self, email):
        return hmac(self.env(su=True), "lead_to_cash-opt-out", email or "")

    @api.model
    def _opt_out_url(self, email):
        query = urlencode({"email": email, "token": self._opt_out_token(email)})
        return f"{self.get_base_url()}/sales-mail/opt-out?{query}"
