from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .token_page import ID, MOST_POSTED, TokenPages


class BalancePage(TokenPages, http.Controller):
    """Where a balance confirmation leads: the customer agrees or not, once, without login."""

    _page_model = "balance.confirmation"

    @http.route(
        f"/my/balance/<{ID}:confirmation_id>", type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def balance_page(self, confirmation_id, access_token="", **_query):
        """The page behind the question about a balance, for whoever has its link."""
        return self._render_balance(self._page_of(confirmation_id, access_token))

    @http.route(
        f"/my/balance/<{ID}:confirmation_id>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        max_content_length=MOST_POSTED,
        website=True,
        sitemap=False,
    )
    def balance_answer(self, confirmation_id, access_token="", **form):
        """Take the answer; a reload of what follows sends nothing."""
        if too_much := self._too_much(confirmation_id, access_token):
            return too_much
        confirmation_sudo = self._page_of(confirmation_id, access_token)
        try:
            confirmation_sudo._take_answer(form)
        except UserError as error:
            return self._render_balance(confirmation_sudo, error=str(error), form=form, status=422)
        return request.redirect(confirmation_sudo.get_portal_url())

    def _render_balance(self, confirmation_sudo, status=200, **values):
        page = {"confirmation": confirmation_sudo, "form": {}, "page_name": "balance"}
        return request.render("lead_to_cash.balance_page", page | self._layout() | values, status=status)
