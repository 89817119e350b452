from odoo import http
from odoo.http import request
from odoo.tools import consteq


class OptOut(http.Controller):
    """Where the link at the end of an automatic sales mail leads."""

    @http.route("/sales-mail/opt-out", type="http", auth="public", website=True, sitemap=False)
    def opt_out(self, email="", token="", **post):
        """Ask, and on the second step block the address: mail programs follow links by
        themselves."""
        blacklist_sudo = request.env["mail.blacklist"].sudo()  # the token says that the address is the reader's
        if not consteq(token, blacklist_sudo._opt_out_token(email)):
            raise request.not_found()
        done = request.httprequest.method == "POST"
        if done:
            blacklist_sudo._add(email)
        return request.render("lead_to_cash.opt_out", {"email": email, "token": token, "done": done})
