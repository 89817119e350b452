from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .token_page import ID, MOST_POSTED, TokenPages


class PlanPage(TokenPages, http.Controller):
    """Where a payment plan can be seen, and agreed on, without login."""

    _page_model = "dunning.plan"

    @http.route(f"/my/plan/<{ID}:plan_id>", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def plan_page(self, plan_id, access_token="", **_query):
        """The plan, for whoever has its link."""
        return self._render_plan(self._page_of(plan_id, access_token))

    @http.route(
        f"/my/plan/<{ID}:plan_id>/agree",
        type="http",
        auth="public",
        methods=["POST"],
        max_content_length=MOST_POSTED,
        website=True,
        sitemap=False,
    )
    def plan_agree(self, plan_id, access_token="", **_form):
        """The customer agrees; a reload of what follows sends nothing."""
        if too_much := self._too_much(plan_id, access_token):
            return too_much
        plan_sudo = self._page_of(plan_id, access_token)
        try:
            plan_sudo._take_agreement(request.httprequest.remote_addr)
        except UserError as error:
            return self._render_plan(plan_sudo, error=str(error), status=422)
        return request.redirect(plan_sudo.get_portal_url())

    def _render_plan(self, plan_sudo, status=200, **values):
        grace = plan_sudo._grace_days()
        page = {"plan": plan_sudo, "page_name": "plan", "letter": {"grace": grace and plan_sudo._days_text(grace)}}
        return request.render("lead_to_cash.plan_page", page | self._layout() | values, status=status)
