from odoo import models

from ...engine.handling.own import own


class DunningNotice(models.Model):
    """What comes back: a person's reply holds the customer, a returned mail is a failure."""

    _inherit = "dunning.notice"

    def message_update(self, msg_dict, update_vals=None):
        self.check_access("write")  # the mail gateway has all rights
        result = super().message_update(msg_dict, update_vals)
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if not own(self.env, "l2c_automatic_mail") and (author.partner_share or not author):
            self._replied()
        return result

    def _replied(self):
        """Hold the customer, and ask the responsible to answer."""
        self._hold_after_reply()
        for notice in self:
            if not notice.activity_ids - notice.activity_id:
                notice.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The customer replied"),
                    date_deadline=notice._today(),
                    user_id=notice._responsible().id,
                )
        self._heard_from()

    def _heard_from(self):
        """The customer said something, by e-mail or on the page of the notice."""

    def _hold_after_reply(self):
        """Leave the customer alone while somebody deals with what they said."""
        for notice in self:
            days = notice.company_id.dunning_reply_hold_days
            if days:
                notice.replied_until = notice.company_id._dunning_working_days_later(days)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        reason = self.env._("The e-mail to %(address)s came back.", address=email)
        self.filtered(lambda notice: notice.state in ("queued", "sent")).write(
            {"state": "failed", "failure_reason": reason}
        )
        return result
