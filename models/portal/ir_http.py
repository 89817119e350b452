import re

from odoo import models
from odoo.http import Response, request
from werkzeug.exceptions import MethodNotAllowed, abort

from ...engine.portal.answers import plain_values

#: Where our pages for customers are, in each language of theirs.
PAGES = re.compile(r"(/[^/]+)?/(my/collection|my/balance|my/plan|my/charging|sales-mail|sales-sms)(/.*)?", re.DOTALL)
#: They are read by whoever has the link; nobody else learns it, keeps what it shows, or shows it in a frame.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class IrHttp(models.AbstractModel):
    """What all pages for customers have in common, whatever is sent there."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        if not _is_ours(path):
            return super()._match(path)
        for name, value in HEADERS.items():
            request.future_response.headers.set(name, value)
        if any(character < " " for character in path):  # a redirection of the host's would break with them
            abort(Response(status=404))
        if request.httprequest.method == "OPTIONS":  # Odoo would run the page, without looking for its form's key
            abort(Response(status=204, headers={"Allow": "GET, HEAD, POST"}))
        try:
            return super()._match(path)
        except MethodNotAllowed as error:  # else it is answered without the headers
            abort(Response(status=405, headers={"Allow": ", ".join(error.valid_methods or ())}))

    @classmethod
    def _dispatch(cls, endpoint):
        if _is_ours():
            request.params = plain_values(request.params)
        return super()._dispatch(endpoint)

    @classmethod
    def _serve_fallback(cls):
        if _is_ours() and "\x00" in request.httprequest.path:
            return None  # else a file of this name is looked for, which no database can
        return super()._serve_fallback()

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        if _is_ours() and isinstance(response, Response):
            response.headers.update(HEADERS)  # an error of JSON-RPC has none of what waits for the response
        return response


def _is_ours(path=None):
    """Whether the address, of the request if none is given, is of a page of ours."""
    return PAGES.fullmatch(path or request.httprequest.path)
