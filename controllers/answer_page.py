import logging
import uuid

from odoo import Command, http
from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..engine.agreements.files import MOST_BYTES
from ..engine.portal.answers import read_number
from ..models.portal.amounts import ITEM
from ..models.portal.token_page import LARGEST_ID
from .token_page import ID, MOST_POSTED, SHOWS, TAKES, UNLISTED, TokenPages

_logger = logging.getLogger(__name__)


class AnswerPage(TokenPages, PortalAccount, PaymentPortal):
    """Where a notice leads: what is open, paying, and answering. The token opens it, no login."""

    _page_model = "dunning.notice"

    @http.route(f"/my/collection/<{ID}:notice_id>", **SHOWS)
    def answer_page(self, notice_id, access_token="", done=None, **_query):
        """The page behind a notice, for whoever has its link."""
        notice_sudo = self._notice(notice_id, access_token)
        answer = notice_sudo.answer_ids.filtered(lambda answer: answer.id == read_number(done or ""))
        return self._render_page(notice_sudo, answer=answer, done=done)

    @http.route(f"/my/collection/<{ID}:notice_id>/document/<{ID}:document_id>", **SHOWS)
    def document(self, notice_id, document_id, access_token="", **_query):
        """One of the documents that the notice names, as PDF; no other one. Making it anew counts as a post."""
        notice_sudo = self._notice(notice_id, access_token)
        number = read_number(document_id)
        move_sudo = notice_sudo._documents().filtered(lambda move: move.id == number)
        if not move_sudo:
            raise request.not_found()
        if not move_sudo.invoice_pdf_report_id and (too_much := self._too_much(notice_id, access_token)):
            return too_much
        try:
            name, content = move_sudo._document_pdf()
        except UserError:
            _logger.exception("The document %s can't be shown", move_sudo.id)
            error = request.env._("This document can't be shown now. Please ask us for it.")
            return self._render_page(notice_sudo, error=error, status=422)
        headers = {
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition(name, disposition_type="inline"),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, list(headers.items()))

    @http.route(f"/my/collection/<{ID}:notice_id>/copies", **TAKES)
    def copies(self, notice_id, access_token="", **_form):
        """Send the open documents once more, to those who got the notice."""
        if too_much := self._too_much(notice_id, access_token):
            return too_much
        notice_sudo = self._notice(notice_id, access_token)
        try:
            notice_sudo._ask_copies()
        except UserError as error:
            return self._render_page(notice_sudo, error=str(error), status=422)
        return request.redirect(notice_sudo.get_portal_url(query_string="&done=copies"))

    @http.route(f"/my/collection/<{ID}:notice_id>/answer", **TAKES)
    def answer(self, notice_id, access_token="", **form):
        """Take one answer; a reload of what follows sends nothing."""
        if too_much := self._too_much(notice_id, access_token):
            return too_much
        notice_sudo = self._notice(notice_id, access_token)
        form["items"] = request.httprequest.form.getlist("items")
        files = [file for file in request.httprequest.files.getlist("proof") if file.filename]
        proof = [(file.filename, file.read(MOST_BYTES + 1)) for file in files]
        try:
            with request.env.cr.savepoint():
                answer = notice_sudo._take_answer(form, proof)
        except UserError as error:
            return self._render_page(notice_sudo, error=str(error), form=form, status=422)
        return request.redirect(notice_sudo.get_portal_url(query_string=f"&done={answer.id}"))

    @http.route(f"/my/collection/<{ID}:notice_id>/pay", **SHOWS)
    def pay_page(self, notice_id, access_token="", amount="", **_query):
        """Choose how to pay all of what is open, or some items, or part of an amount."""
        notice_sudo = self._notice(notice_id, access_token)
        chosen = request.httprequest.args.getlist("items")
        try:
            items, owed, early = notice_sudo._to_pay(chosen, amount)
            providers_sudo = self._providers(notice_sudo, owed)
        except UserError as error:
            form = {"kind": "pay", "amount": amount, "items": chosen}
            return self._render_page(notice_sudo, error=str(error), form=form, status=422)
        names = notice_sudo._names_to_pay(chosen, items, early)
        route = f"/my/collection/{notice_sudo.id}/transaction/{'-'.join(names)}"
        values = self._get_common_page_view_values(
            {
                "partner": notice_sudo.partner_id,
                "company": notice_sudo.company_id,
                "total_amount": owed,
                "currency": notice_sudo.currency_id,
                "amount_residual": owed,
                "landing_route": self._after_paying(notice_sudo),
                "transaction_route": route,
            },
            access_token=access_token,
        )
        self._offer_only(values, providers_sudo)
        labels = [notice_sudo._label(item) for item in items] if chosen else items.move_id.mapped("name")
        values |= {"notice": notice_sudo, "labels": labels, "amount": owed, "page_name": "collection"}
        values["early"] = early and notice_sudo._asked_early(owed, items._discounts(notice_sudo._today_there()))
        values |= self._layout()
        if request.env.user._is_public():
            # The link says that its reader may pay, not that the customer's cards are theirs.
            values["tokens_sudo"] = request.env["payment.token"]
            values["show_tokenize_input_mapping"] = dict.fromkeys(values["show_tokenize_input_mapping"], False)
        return request.render("lead_to_cash.answer_pay", values)

    @http.route(
        f"/my/collection/<{ID}:notice_id>/transaction/<string:documents>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        max_content_length=MOST_POSTED,
    )
    def pay(self, notice_id, documents, access_token="", amount=None, **kwargs):
        """Create the transaction of the payment form. The token, the documents or items, and the amount
        are checked anew. Ticked items are what its payment is matched with."""
        self._refuse_too_much(notice_id, access_token)
        notice_sudo = self._notice(notice_id, access_token)
        names = documents.split("-")
        items, amount, early = notice_sudo._to_pay_named(names, amount)
        self._validate_transaction_kwargs(kwargs)
        self._check_card(kwargs)
        self._check_payment_form(kwargs)
        card_sudo = request.env["payment.token"].sudo().browse(kwargs.get("token_id") or ())  # checked above
        provider_ids = {kwargs["provider_id"], *card_sudo.provider_id.ids}  # Odoo takes a card of another one, too
        if not provider_ids <= set(self._providers(notice_sudo, amount).ids) or len(provider_ids) > 1:
            raise UserError(request.env._("This amount can't be paid so. Choose another way to pay."))
        kwargs |= {"is_validation": False, "landing_route": self._after_paying(notice_sudo)}
        ticked = items if early or any(name.startswith(ITEM) for name in names) else items.browse()
        transaction_sudo = self._create_transaction(
            partner_id=self._payer(notice_sudo).id,
            currency_id=notice_sudo.currency_id.id,
            amount=amount,
            custom_create_values={
                "invoice_ids": [Command.set(items.move_id.ids)],
                "collection_item_ids": [Command.set(ticked.ids)],
                "discounted_item_ids": [Command.set(early.ids)],
            },
            **kwargs,
        )
        return transaction_sudo._get_processing_values()

    @http.route("/my/collection", type="http", auth="user", methods=["GET"], website=True, sitemap=False)
    def open_payments(self, **_query):
        """The pages of a customer who is logged in, and of its contacts."""
        values = self._prepare_portal_layout_values() | {"head": UNLISTED}
        values |= {"notices": request.env["dunning.notice"]._pages_of(request.env.user.partner_id)}
        return request.render("lead_to_cash.open_payments", values | {"page_name": "collection"})

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "open_payment_count" in counters:
            values["open_payment_count"] = len(request.env["dunning.notice"]._pages_of(request.env.user.partner_id))
        return values

    # -----------------------------------------------------------------------------------

    def _check_payment_form(self, kwargs):
        """Whether the values are such as Odoo's payment form sends.

        :raise UserError: when they aren't
        """
        flow = kwargs.get("flow")
        models = {"payment.provider": kwargs.get("provider_id")}
        if flow != "token":  # else the card's
            models["payment.method"] = kwargs.get("payment_method_id")
        # Not every reader of the page may see providers.
        known = all(
            type(number) is int and 0 < number <= LARGEST_ID and request.env[model].sudo().browse(number).exists()
            for model, number in models.items()
        )
        if not known or flow not in ("redirect", "direct", "token"):
            raise UserError(request.env._("Paying could not be started. Open the link in your e-mail again."))

    def _payer(self, notice_sudo):
        """Who pays, as Odoo's payment form has it."""
        user = request.env.user
        return notice_sudo.partner_id if user._is_public() else user.partner_id

    def _providers(self, notice_sudo, amount):
        """Those by which the reader of the page can pay an amount.

        :raise UserError: when there is none
        """
        if providers_sudo := notice_sudo._providers(amount, self._payer(notice_sudo)):
            return providers_sudo
        raise UserError(
            request.env._("This amount can't be paid online. Enter less, or pay in one of the ways named below.")
        )

    def _offer_only(self, values, providers_sudo):
        """Of what Odoo's payment form would offer, staff too, only what customers can really pay by."""
        methods, tokens = values["payment_methods_sudo"], values["tokens_sudo"]
        values |= {
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods.filtered(lambda method: method.provider_ids & providers_sudo),
            "tokens_sudo": tokens.filtered(lambda token: token.provider_id in providers_sudo),
        }

    def _check_card(self, kwargs):
        """Whether the payment form may use and save a card. By the link alone it does neither.

        :raise UserError: for a saved card that isn't the user's own
        """
        user = request.env.user
        if user._is_public():
            kwargs["tokenization_requested"] = False
        if kwargs.get("token_id"):
            cards_sudo = request.env["payment.token"].sudo()  # not every user may read even their own
            own = not user._is_public() and cards_sudo.search([("partner_id", "=", user.partner_id.id)]).ids
            if kwargs["token_id"] not in (own or []):
                raise UserError(
                    request.env._("A saved card is used by its owner alone. Log in, or choose another way to pay.")
                )

    def _after_paying(self, notice_sudo):
        return notice_sudo.get_portal_url(query_string="&done=payment")

    def _notice(self, notice_id, token):
        return self._page_of(notice_id, token)

    def _render_page(self, notice_sudo, status=200, **values):
        page = {
            "notice": notice_sudo,
            "lines": notice_sudo._page_lines(),
            "hidden": notice_sudo._is_hidden(),
            "amount": notice_sudo._open_amount(),
            "early": notice_sudo._early(),
            "limits": notice_sudo._answer_limits(),
            "reasons": notice_sudo.env["dunning.dispute.reason"].search([]),
            "form_key": uuid.uuid4().hex,
            "form": {},
            "page_name": "collection",
            **notice_sudo._paying(self._payer(notice_sudo)),
        }
        return request.render("lead_to_cash.answer_page", page | self._layout() | values, status=status)
