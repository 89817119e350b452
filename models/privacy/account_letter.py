from odoo import models


class AccountLetter(models.Model):
    """What becomes of statements and confirmations of whoever is anonymised."""

    _inherit = "account.letter"

    def _forget_words(self):
        """Nothing of what was sent, and to whom; that it was, and when, stays. What waits isn't written."""
        written = self.filtered("is_written")
        (self - written).unlink()
        mails = written.mail_id
        mails._forget_words()
        (written.message_ids - mails.mail_message_id).unlink()
        written.write({"pdf": False, "problem": False, "recipient_ids": [(5,)]})
