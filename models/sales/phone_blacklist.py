from urllib.parse import urlencode

from odoo import api, models


class PhoneBlacklist(models.Model):
    """Whoever gets an automatic sales SMS can end them with one click."""

    _inherit = "phone.blacklist"

    @api.model
    def _opt_out(self, number):
        """Nothing automatic goes to the number any more."""
        self._add([number])

    @api.model
    def _is_out(self, number):
        """Whether the number is blocked."""
        return bool(self.search_count([("number", "=", number)], limit=1))

    @api.model
    def _opt_out_lang(self, number):
        """The language of the contact with this number; False when there is none."""
        return self.env["res.partner"]._lang_by("phone_sanitized", number)

    @api.model
    def _opt_out_url(self, number):
        token = self.env["mail.blacklist"]._opt_out_token(number)
        return f"{self.get_base_url()}/sales-sms/opt-out?{urlencode({'number': number, 'token': token})}"
