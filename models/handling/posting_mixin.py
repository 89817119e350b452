from odoo import models


class PostingMixin(models.AbstractModel):
    """Who does the books writes to customers from what they may only read; who only reads the books
    writes to nobody."""

    _name = "l2c.posting.mixin"
    _description = "Posting by Those Who Do the Books"

    @property
    def _mail_post_access(self):
        does_books = self.env.su or self.env.user.has_group("account.group_account_invoice")
        return "read" if does_books else "write"
