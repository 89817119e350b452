from odoo.exceptions import UserError
from odoo.http import request, serialize_exception
from werkzeug.exceptions import abort


class TokenPages:
    """What pages behind a token have in common, for controllers."""

    def _page_of(self, model, record_id, token):
        """The record that the token opens, with all rights, in its customer's language. Anything
        else is the same page that isn't there.

        :raise NotFound: when the token doesn't open it
        """
        record_sudo = request.env[model]._by_token(record_id, token)
        if not record_sudo:
            raise request.not_found()
        language = request.env["res.lang"]._get_data(code=record_sudo.partner_id.lang)
        if language and request.env.user._is_public():
            request.lang = language
            request.update_context(lang=language.code)
        return record_sudo.with_context(lang=request.env.context.get("lang"))

    def _layout(self):
        """What the frame of a page has to know: the language of what it shows. Odoo's choice of
        languages is left out, the page is in its customer's."""
        return {"html_data": {"lang": (request.env.lang or "en_US").replace("_", "-")}, "no_footer": True}

    def _is_too_much(self, token):
        return request.env["l2c.portal.post"]._is_too_much(token, request.httprequest.remote_addr)

    def _too_much(self, token):
        """The page that says so, when there were too many posts."""
        if self._is_too_much(token):
            return request.render("lead_to_cash.too_many_posts", {}, status=429)
        return None

    def _refuse_too_much(self, token):
        """The same for a JSON-RPC route: an error whose sentence the browser shows, with the status
        429. (Odoo answers an exception that is raised there with the status 200.)"""
        if self._is_too_much(token):
            error = UserError(
                request.env._("Too many answers came from here in the last hour. Please try again later, or call us.")
            )
            body = {
                "jsonrpc": "2.0",
                "id": request.dispatcher.request_id,
                "error": {"code": 429, "message": str(error), "data": serialize_exception(error)},
            }
            abort(request.make_json_response(body, status=429))
