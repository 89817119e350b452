from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _get_raw_access_token(self):
        """Odoo gives who reads a message a key to each of its files. That of a letter is for who may read it there."""
        is_letter = self.res_model == "account.letter" and self.res_field
        may_read = not is_letter or self.sudo(False).has_access("read")  # the reader's own rights
        return super()._get_raw_access_token() if may_read else False
