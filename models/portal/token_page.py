from odoo import api, fields, models
from odoo.tools import consteq

from ...engine.handling.links import without_links

#: The largest id that a database can hold; addresses may say more.
LARGEST_ID = 2**31 - 1
#: Who does the books, and so may open the customers' pages.
DOES_BOOKS = "account.group_account_invoice"


class PortalPage(models.AbstractModel):
    """A record with a page for whoever has its token, without login; of a model with
    `l2c.clock.mixin` and a field `expires_on`. The token opens that page and nothing else."""

    _name = "l2c.token.page.mixin"
    _inherit = ["portal.mixin", "l2c.posting.mixin", "mail.thread"]
    _description = "Page behind a Token"

    _protected_too = frozenset({"access_token"})

    access_token = fields.Char(groups=DOES_BOOKS)

    @api.model
    def _by_token(self, record_id, token):
        """The record with this id that ``token`` opens, with all rights; none when there is
        none, it is another one's, or it is over. Takes the same time in each case."""
        # The token stands in for rights.
        record_sudo = self.sudo().browse(record_id if record_id <= LARGEST_ID else 0).exists()
        expected = record_sudo.access_token or "no token, no page"
        fits = consteq(expected.encode(), str(token).encode("utf-8", "replace"))
        is_over = record_sudo.expires_on and record_sudo.expires_on < self._today()
        return record_sudo if fits and record_sudo.access_token and not is_over else record_sudo.browse()

    def _page_lang(self):
        """The language of who reads the page."""
        return self.partner_id.lang

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **_tokens):
        """The chatter is for those who have rights here: on our pages customers answer by a form,
        which is checked, counted, and over when the page is."""
        return super()._get_thread_with_access(thread_id, mode=mode)

    def _message_post_after_hook(self, message, msg_vals):
        """A reply repeats the e-mail that it answers, with the way to the page."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            message.body = without_links(message.body)
        return result
