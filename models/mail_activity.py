from odoo import models


class MailActivity(models.Model):
    """A notice that goes by phone, by post or by hand follows its activity."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        notices = self._queued_notices()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        notices.state = "sent"
        return result

    def unlink(self):
        notices = self.filtered("active")._queued_notices()
        result = super().unlink()
        if notices:
            notices._cancel()
        return result

    def _queued_notices(self):
        # Whoever may end the activity thereby ends the notice.
        return self.env["dunning.notice"].sudo().search([("activity_id", "in", self.ids), ("state", "=", "queued")])
