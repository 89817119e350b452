from odoo import models


class ContactAttempt(models.Model):
    """What becomes of attempts that have been kept long enough."""

    _inherit = "contact.attempt"

    def _forget(self):
        """They go, with their lines in the chatter. What they counted stays on the documents."""
        self.message_id._unlink_unless_audited()
        self.unlink()
