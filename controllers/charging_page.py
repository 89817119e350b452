from odoo import http
from odoo.addons.payment import utils as payment_utils
from odoo.exceptions import UserError
from odoo.http import request

from ..engine.portal.answers import read_number
from .token_page import ID, MOST_POSTED, SHOWS, TAKES, UNLISTED, TokenPages


class ChargingPage(TokenPages, http.Controller):
    """Where a contact of a customer agrees that a saved card is charged by itself, after a login; and where whoever has
    the link of an e-mail about it sees what was agreed, and withdraws it."""

    _page_model = "payment.consent"

    @http.route("/my/charging", type="http", auth="user", methods=["GET"], website=True, sitemap=False)
    def charging(self, **_query):
        """What can be charged by itself, and what is; Odoo's own form saves a card and comes back here."""
        return self._render_charging()

    @http.route(
        "/my/charging/agree",
        type="http",
        auth="user",
        methods=["POST"],
        max_content_length=MOST_POSTED,
        website=True,
        sitemap=False,
    )
    def agree(self, offer="", card="", shown="", **_form):
        """The contact agrees to what the page has shown; a reload of what follows sends nothing."""
        user = request.env.user
        if request.env["l2c.portal.post"]._is_too_much("token", f"charging-{user.id}"):
            return request.render("lead_to_cash.too_many_posts", self._layout(), status=429)
        address = request.httprequest.remote_addr
        try:
            with request.env.cr.savepoint():
                request.env["payment.consent"]._agree(user.partner_id, offer, read_number(card), shown, address)
        except UserError as error:
            return self._render_charging(error=str(error), status=422)
        return request.redirect("/my/charging")

    @http.route(f"/my/charging/<{ID}:consent_id>", **SHOWS)
    def consent_page(self, consent_id, access_token="", **_query):
        """What was agreed, and what comes, for whoever has the link."""
        return self._render_consent(self._page_of(consent_id, access_token))

    @http.route(f"/my/charging/<{ID}:consent_id>/withdraw", **TAKES)
    def withdraw(self, consent_id, access_token="", **_form):
        """One click, from any page that shows the consent."""
        if too_much := self._too_much(consent_id, access_token):
            return too_much
        consent_sudo = self._page_of(consent_id, access_token)
        user = request.env.user
        consent_sudo._withdraw(
            by=None if user._is_public() else user.partner_id, address=request.httprequest.remote_addr
        )
        return request.redirect(consent_sudo.get_portal_url())

    def _render_consent(self, consent_sudo):
        page = {"consent": consent_sudo, "coming": consent_sudo._coming(), "page_name": "charging"}
        return request.render("lead_to_cash.consent_page", page | self._layout())

    def _render_charging(self, status=200, **values):
        user = request.env.user
        consents = request.env["payment.consent"]
        offers = consents._offers(user.partner_id)
        for offer in offers:
            offer["cards"] = consents._cards(offer["company"], user.partner_id)
            if offer["consent"]:
                offer["consent"]._portal_ensure_token()
        page = {"offers": offers, "page_name": "charging", "head": UNLISTED}
        return request.render(
            "lead_to_cash.charging_page", page | self._saving(offers) | self._layout() | values, status=status
        )

    def _saving(self, offers):
        """What Odoo's form for saving a card has to know, as on its own page; nothing where no card can be charged."""
        partner = request.env.user.partner_id
        company = offers[0]["company"] if offers else request.env.company
        report = {}
        # Which providers are set up is no secret to who is asked to pay.
        providers_sudo = request.env["payment.provider"].sudo()
        providers_sudo = providers_sudo._get_compatible_providers(
            company.id, partner.id, 0.0, force_tokenization=True, is_validation=True, report=report
        )
        providers_sudo = providers_sudo.filtered(lambda provider: provider.is_published and provider.state == "enabled")
        methods_sudo = request.env["payment.method"].sudo()  # as above
        methods_sudo = methods_sudo._get_compatible_payment_methods(
            providers_sudo.ids, partner.id, force_tokenization=True, report=report
        )
        return {
            "can_save": bool(offers and methods_sudo),
            "mode": "validation",
            "allow_token_selection": False,
            "reference_prefix": payment_utils.singularize_reference_prefix(prefix="V"),
            "partner_id": partner.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": request.env["payment.token"].sudo(),  # none: they are chosen above the form
            "availability_report": report,
            "transaction_route": "/payment/transaction",
            "landing_route": "/my/charging",
            "access_token": payment_utils.generate_access_token(partner.id, None, None),
        }
