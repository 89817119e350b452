from markupsafe import Markup
from odoo.exceptions import UserError
from odoo.http import request, serialize_exception
from werkzeug.exceptions import abort

from ..engine.agreements.files import MOST_BYTES, MOST_FILES
from ..engine.portal.answers import read_number

#: In the addresses of pages, so that no number is too long to be read: Odoo's own way fails on those.
ID = "string(maxlength=10)"
#: Bytes of a post, at most: a file that is too large is still told so.
MOST_POSTED = (MOST_FILES + 1) * MOST_BYTES
#: How routes of pages are declared that only show, and that take what is posted.
SHOWS = {"type": "http", "auth": "public", "methods": ["GET"], "website": True, "sitemap": False}
TAKES = {**SHOWS, "methods": ["POST"], "max_content_length": MOST_POSTED}
#: For what reads the page without its headers (`models/portal/ir_http.py`).
UNLISTED = Markup('<meta name="robots" content="noindex, nofollow"/>')


class TokenPages:
    """What pages behind a token have in common, for controllers."""

    #: The model of what the token opens.
    _page_model = None

    def _find(self, record_id, token):
        return request.env[self._page_model]._by_token(read_number(record_id) or 0, token)

    def _page_of(self, record_id, token):
        """The record that the token opens, with all rights, in its customer's language. Anything
        else is the same page that isn't there.

        :param record_id: a text
        :raise NotFound: when the token doesn't open it
        """
        record_sudo = self._find(record_id, token)
        if not record_sudo:
            raise request.not_found()
        self._speak(record_sudo._page_lang())
        return record_sudo.with_context(lang=request.env.context.get("lang"))

    def _speak(self, code):
        """The page is in this language, when it is active and the reader has no login, so none chosen."""
        language = request.env["res.lang"]._get_data(code=code)
        if language and request.env.user._is_public():
            request.lang = language
            request.update_context(lang=language.code)

    def _layout(self):
        """What the frame of a page has to know: the language of what it shows. Odoo's choice of
        languages is left out, the page is in its customer's."""
        language = (request.env.lang or "en_US").replace("_", "-")
        return {"html_data": {"lang": language}, "no_footer": True, "head": UNLISTED}

    def _is_too_much(self, record_id, token):
        """Count a post. What opens its page is counted by itself, so that who guesses shuts out
        nobody behind the same address."""
        posts = request.env["l2c.portal.post"]
        if self._find(record_id, token):
            return posts._is_too_much("token", token)
        return posts._is_too_much("address", request.httprequest.remote_addr)

    def _take_post(self, record_id, token, take, show, **shown):
        """What is posted to a page is taken; a reload of what follows sends nothing.

        :param take: what takes it, of the record, with all rights
        :param show: what shows the page again where something is wrong, of the record: with ``shown``, the sentence as
            ``error``, and the ``status``
        """
        if too_much := self._too_much(record_id, token):
            return too_much
        record_sudo = self._page_of(record_id, token)
        try:
            take(record_sudo)
        except UserError as error:
            return show(record_sudo, error=str(error), status=422, **shown)
        return request.redirect(record_sudo.get_portal_url())

    def _too_much(self, record_id, token):
        """The page that says so, when there were too many posts."""
        if self._is_too_much(record_id, token):
            return request.render("lead_to_cash.too_many_posts", self._layout(), status=429)
        return None

    def _refuse_too_much(self, record_id, token):
        """The same for a JSON-RPC route: an error whose sentence the browser shows, with the status
        429. (Odoo answers an exception that is raised there with the status 200.)"""
        if self._is_too_much(record_id, token):
            error = UserError(
                request.env._("Too many answers came from here in the last hour. Please try again later, or call us.")
            )
            body = {
                "jsonrpc": "2.0",
                "id": request.dispatcher.request_id,
                "error": {"code": 429, "message": str(error), "data": serialize_exception(error)},
            }
            abort(request.make_json_response(body, status=429))
