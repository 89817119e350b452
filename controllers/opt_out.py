from odoo import http
from odoo.http import request
from odoo.tools import consteq

from .token_page import MOST_POSTED, TokenPages


class OptOut(TokenPages, http.Controller):
    """Where the link at the end of an automatic sales mail leads."""

    @http.route(
        "/sales-mail/opt-out",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,  # a mail program posts by itself (RFC 8058); the token says that it may
        max_content_length=MOST_POSTED,
        website=True,
        sitemap=False,
    )
    def opt_out(self, email="", token="", **post):
        """Ask, and on the second step block the address: mail programs follow links by
        themselves. Their own button posts at once, as often as they like."""
        return self._opt_out(self._sudo("mail.blacklist"), "email", email, token)

    @http.route(
        "/sales-sms/opt-out",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        max_content_length=MOST_POSTED,
        website=True,
        sitemap=False,
    )
    def opt_out_sms(self, number="", token="", **post):
        """The same for the link at the end of an automatic sales SMS."""
        return self._opt_out(self._sudo("phone.blacklist"), "number", number, token)

    def _opt_out(self, blacklist_sudo, name, contact, token):
        if not consteq(token.encode(), self._sudo("mail.blacklist")._opt_out_token(contact).encode()):
            raise request.not_found()
        # That of what was sent; of nobody known it stays what the browser asks for.
        self._speak(blacklist_sudo._opt_out_lang(contact))
        if request.httprequest.method == "POST":
            blacklist_sudo._opt_out(contact)
        done = blacklist_sudo._is_out(contact)
        values = {"name": name, "contact": contact, "path": request.httprequest.path, "token": token, "done": done}
        return request.render("lead_to_cash.opt_out", self._layout() | values)

    def _sudo(self, model):
        return request.env[model].sudo()  # the token says that the address is the reader's
