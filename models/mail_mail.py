from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["dunning.notice"]._follow_mails(self)
        return result

    def _send(self, *args, **kwargs):
        """Notices leave one by one, each checked against the books just before."""
        # The sender of a mail need not see what it is about.
        notices_sudo = self.env["dunning.notice"].sudo().search([("mail_id", "in", self.ids)])
        mails = notices_sudo.mail_id & self
        result = super(MailMail, self - mails)._send(*args, **kwargs)
        for mail in mails:
            mail.invalidate_recordset(["state"])
            if mail._claim_notice():
                super(MailMail, mail)._send(*args, **kwargs)
        return result

    def _claim_notice(self):
        """Lock the notice of the mail, and bring it in line with the books; whether the mail
        is still to be sent."""
        # The sender of a mail need not see what it is about.
        notice_sudo = self.env["dunning.notice"].sudo().search([("mail_id", "=", self.id)])
        if not notice_sudo.try_lock_for_update():
            return False  # another process sends it
        notice_sudo._follow_books()
        return self.state == "outgoing"
