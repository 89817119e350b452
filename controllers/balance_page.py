from odoo import http
from odoo.http import request

from .token_page import ID, SHOWS, TAKES, TokenPages


class BalancePage(TokenPages, http.Controller):
    """Where a balance confirmation leads: the customer agrees or not, once, without login."""

    _page_model = "balance.confirmation"

    @http.route(f"/my/balance/<{ID}:confirmation_id>", **SHOWS)
    def balance_page(self, confirmation_id, access_token="", **_query):
        """The page behind the question about a balance, for whoever has its link."""
        return self._render_balance(self._page_of(confirmation_id, access_token))

    @http.route(f"/my/balance/<{ID}:confirmation_id>/answer", **TAKES)
    def balance_answer(self, confirmation_id, access_token="", **form):
        """Take the answer."""
        return self._take_post(
            confirmation_id,
            access_token,
            lambda confirmation_sudo: confirmation_sudo._take_answer(form),
            self._render_balance,
            form=form,
        )

    def _render_balance(self, confirmation_sudo, status=200, **values):
        page = {"confirmation": confirmation_sudo, "form": {}, "page_name": "balance"}
        return request.render("lead_to_cash.balance_page", page | self._layout() | values, status=status)
