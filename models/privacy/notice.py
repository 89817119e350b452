from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.privacy.keeping import is_settled


class DunningNotice(models.Model):
    """What may be deleted of a notice, and when."""

    _inherit = "dunning.notice"

    # Serves deleting old ones.
    _old_idx = models.Index("(company_id, date) WHERE state IN ('sent', 'failed', 'cancelled')")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        """Open items would begin again at the first level."""
        self.env.flush_all()
        query = SQL(
            """SELECT named.notice_id FROM dunning_notice_line named JOIN account_move_line l ON l.id = named.move_line_id
                WHERE named.notice_id IN %s AND named.level_id IS NOT NULL AND named.notice_state != 'cancelled'
                  AND NOT %s LIMIT 1""",
            self._ids or (0,),
            is_settled(),
        )
        for [notice_id] in self.env.execute_query(query):
            raise UserError(
                self.env._(
                    "%(notice)s is about open items: without it they would be reminded from the first level again. "
                    "It can be deleted once they are paid.",
                    notice=self.browse(notice_id).display_name,
                )
            )

    def _forget_tasks(self, since):
        """What was planned for these notices since then, and what was noted when it was done: the tasks
        after an answer repeat its words."""
        self._chatter(Domain("mail_activity_type_id", "!=", False) & Domain("date", ">=", since)).unlink()
        # Whomever they are for.
        activities_sudo = self.env["mail.activity"].sudo().with_context(active_test=False)
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        activities_sudo.search(about & Domain("create_date", ">=", since) & Domain("active", "=", False)).unlink()

    def _forget_words(self):
        """Nothing of what was written, to whom, and what was attached; that it was, and when, stays."""
        mails = self.env["mail.mail"].search(self._about())
        mails._forget_words()
        (self._chatter() - mails.mail_message_id).unlink()
        attached = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        self.env["ir.attachment"].search(attached).unlink()
        self.with_context(active_test=False).activity_ids.unlink()
        nobody = {"recipient_ids": [(5,)], "cc_ids": [(5,)]}
        self.write({"failure_reason": False, "contact_key": False, "access_token": False, **nobody})

    def _chatter(self, domain=Domain.TRUE):
        return self.env["mail.message"].search(self._about() & domain)

    def _about(self):
        return Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
