from urllib.parse import parse_qs, urlencode, urlparse

from odoo import api, models
from odoo.tools import email_normalize, hmac

#: The page that ends automatic sales mails.
OPT_OUT = "/sales-mail/opt-out"


class MailBlacklist(models.Model):
    """Whoever gets an automatic sales mail can end them with one click."""

    _inherit = "mail.blacklist"

    @api.model
    def _opt_out_token(self, email):
        return hmac(self.env(su=True), "lead_to_cash-opt-out", email or "")

    @api.model
    def _opt_out_url(self, email):
        query = urlencode({"email": email, "token": self._opt_out_token(email)})
        return f"{self.get_base_url()}{OPT_OUT}?{query}"

    @api.model
    def _opt_out(self, email):
        """Nothing automatic goes to the address any more."""
        self._add(email)

    @api.model
    def _is_out(self, email):
        """Whether the address is blocked."""
        return bool(self.search_count([("email", "=", email_normalize(email) or email)], limit=1))

    @api.model
    def _opt_out_lang(self, email):
        """The language of the contact with this address; False when there is none."""
        normalized = email_normalize(email)
        return normalized and self.env["res.partner"]._lang_by("email_normalized", normalized)

    @api.model
    def _opt_out_headers(self, email):
        """What a mail program needs for its own button (RFC 8058): it posts to the address, and asks nobody."""
        return {
            "List-Unsubscribe": f"<{self._opt_out_url(email)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    @api.model
    def _opted_out_address(self, headers):
        """The e-mail address that a mail's ``headers`` take off the list by way of ours; None for others."""
        url = urlparse((headers.get("List-Unsubscribe") or "").strip("<>"))
        return parse_qs(url.query).get("email", [""])[0] if url.path == OPT_OUT else None
