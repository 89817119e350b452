from odoo import models

from ..dunning.notice import WAITING


class MailMessage(models.Model):
    """Lines in the chatter that repeat what was said."""

    _inherit = "mail.message"

    def _unlink_unless_audited(self):
        """Delete them, but for those that bookkeeping law keeps where the company says so (the host's
        restricted audit trail)."""
        self.filtered(lambda message: not message.account_audit_log_restricted).unlink()


class MailMail(models.Model):
    """What was written by e-mail."""

    _inherit = "mail.mail"

    def _forget_words(self):
        """Nothing of what they said, and to whom they went; what hasn't left doesn't leave."""
        self.filtered(lambda mail: mail.state in WAITING).cancel()
        blank = dict.fromkeys(("subject", "body", "body_html", "email_to", "email_cc", "failure_reason"), False)
        self.write({**blank, "recipient_ids": [(5,)], "partner_ids": [(5,)]})
        self.mail_message_id.notification_ids.unlink()
