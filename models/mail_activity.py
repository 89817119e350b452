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
        ids = [activity.res_id for activity in self if activity.res_model == "dunning.notice"]
        # Whoever may end the activity thereby ends the notice.
        notices_sudo = self.env["dunning.notice"].sudo().browse(ids)
        return notices_sudo.exists().filtered(lambda notice: notice.state == "queued" and notice.channel != "email")
