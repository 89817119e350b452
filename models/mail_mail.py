from odoo import models
from psycopg2 import OperationalError

from .mail_template import first_lines


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["dunning.notice"]._follow_mails(self)
        return result

    def unlink(self):
        # Who deletes a mail need not see what it is about.
        notices_sudo = self.env["dunning.notice"].sudo().search([("mail_id", "in", self.ids), ("state", "=", "queued")])
        notices_sudo.write({"state": "failed", "failure_reason": self.env._("The e-mail was deleted.")})
        return super().unlink()

    def _send(self, *args, **kwargs):
        """Notices leave one by one, each checked against the books just before."""
        # The sender of a mail need not see what it is about.
        notices_sudo = self.env["dunning.notice"].sudo().search([("mail_id", "in", self.ids)])
        mails = notices_sudo.mail_id & self
        result = super(MailMail, self - mails)._send(*args, **kwargs)
        for group_sudo in notices_sudo.grouped("company_id").values():
            (group_sudo.mail_id & self)._prepared(group_sudo._follow_reasons)
        for mail in mails:
            mail.invalidate_recordset(["state"])
            if mail._claim_notice():
                super(MailMail, mail)._send(*args, **kwargs)
        return result

    def _claim_notice(self):
        """Lock the notice of the mail and prepare it to leave; whether the mail is still to
        be sent."""
        # The sender of a mail need not see what it is about.
        notice_sudo = self.env["dunning.notice"].sudo().search([("mail_id", "=", self.id)])
        if not notice_sudo.try_lock_for_update():
            return False  # another process sends it
        return self._prepared(notice_sudo._before_leaving)

    def _prepared(self, prepare):
        """What ``prepare`` returns; when it fails, these mails failed, and say why."""
        try:
            with self.env.cr.savepoint():
                return prepare()
        except OperationalError:
            raise  # another process was quicker: not the mails' fault
        except Exception as error:
            self.write({"state": "exception", "failure_reason": first_lines(error)})
            return False

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """The last step before the server: what fails in the database fails here, while
        nothing has left yet."""
        result = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        self.env.flush_all()
        return result
