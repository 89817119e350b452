from odoo import models


class MailMessage(models.Model):
    """Lines in the chatter that repeat what was said."""

    _inherit = "mail.message"

    def _unlink_unless_audited(self):
        """Delete them, but for those that bookkeeping law keeps where the company says so (the host's
        restricted audit trail)."""
        self.filtered(lambda message: not message.account_audit_log_restricted).unlink()
