from odoo import http
from odoo.http import request

from .token_page import ID, SHOWS, TAKES, TokenPages


class PlanPage(TokenPages, http.Controller):
    """Where a payment plan can be seen, and agreed on, without login."""

    _page_model = "dunning.plan"

    @http.route(f"/my/plan/<{ID}:plan_id>", **SHOWS)
    def plan_page(self, plan_id, access_token="", **_query):
        """The plan, for whoever has its link."""
        return self._render_plan(self._page_of(plan_id, access_token))

    @http.route(f"/my/plan/<{ID}:plan_id>/agree", **TAKES)
    def plan_agree(self, plan_id, access_token="", **_form):
        """The customer agrees."""
        address = request.httprequest.remote_addr
        return self._take_post(
            plan_id, access_token, lambda plan_sudo: plan_sudo._take_agreement(address), self._render_plan
        )

    def _render_plan(self, plan_sudo, status=200, **values):
        grace = plan_sudo._grace_days()
        page = {"plan": plan_sudo, "page_name": "plan", "letter": {"grace": grace and plan_sudo._days_text(grace)}}
        return request.render("lead_to_cash.plan_page", page | self._layout() | values, status=status)
