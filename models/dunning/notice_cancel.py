from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.dunning import waiting as engine
from .notice import WAITING


class DunningNotice(models.Model):
    """Cancelling what has not left: by a person, who says why and may think again; or since nothing is left to
    remind of."""

    _inherit = "dunning.notice"

    cancelled_by_id = fields.Many2one("res.users", "Cancelled by", readonly=True, copy=False)
    cancelled_on = fields.Datetime("Cancelled on", readonly=True, copy=False)
    cancel_reason = fields.Char("Cancelled Because", readonly=True, copy=False)

    def action_ask_cancel(self):
        """The dialog that says what is cancelled, and asks why."""
        self.check_access("write")
        return self.env["dunning.cancel"]._open(self)

    def action_cancel(self):
        """Cancel what has not been sent; the next run decides about its items anew."""
        self.check_access("write")
        self._cancel_by_hand("")

    def _cancel_by_hand(self, reason):
        """A person cancels these, and says why.

        :raise UserError: when one of them has left, or leaves right now
        """
        waiting = self.filtered(lambda notice: notice.state != "cancelled")
        leaving = waiting - waiting._not_leaving()
        if sent := waiting.filtered(lambda notice: notice.state == "sent"):
            raise UserError(sent[0]._no_way("cancelled"))
        if leaving:
            raise UserError(self.env._("An e-mail is leaving right now. Try again in a moment, without it."))
        waiting._cancel()
        waiting._note_cancel(reason)

    def _note_cancel(self, reason):
        """Who cancelled these, when and why."""
        done = self.filtered(lambda notice: notice.state == "cancelled")
        note = self.env._("Cancelled: %s", reason) if reason else self.env._("Cancelled.")
        values = {"cancelled_by_id": self.env.uid, "cancelled_on": self._now(), "cancel_reason": reason or False}
        done.sudo().write(values)  # whoever may cancel them
        for notice in done:
            notice._message_log(body=note)

    def _cancel(self):
        asked = self._still_asked()
        begun = self.filtered(lambda notice: notice._reached())
        (self - begun)._set_state("cancelled")
        mails_sudo = self.sudo().mail_ids  # users may not see mails
        mails_sudo.filtered(lambda mail: mail.state in WAITING).cancel()
        self.activity_ids.unlink()
        begun.filtered(lambda notice: notice.state != "sent")._set_state("sent")  # a part has left
        asked.sudo()._ask_others()  # as above

    # Thinking again --------------------------------------------------------------------

    def action_undo_cancel(self):
        """What a person cancelled is to approve again, while nothing newer took its place.

        :raise UserError: when that can't be, with the reason
        """
        self.check_access("write")
        for notice, problem in self._undo_problems().items():
            raise UserError(
                self.env._("%(name)s stays cancelled: %(reason)s", name=notice.display_name, reason=problem)
            )
        self._undo_cancel()
        for notice in self.filtered(lambda notice: notice.state == "cancelled"):
            raise UserError(
                self.env._("Nothing is left of %s to remind of: its items are paid, or held.", notice.display_name)
            )

    def _undo_problems(self):
        """{notice: why it can't come back, in a sentence}."""
        problems = {}
        for notice in self:
            if notice.state != "cancelled":
                problems[notice] = self.env._("It isn't cancelled, so that there is nothing to undo.")
            elif not notice.cancelled_on:
                problems[notice] = self.env._(
                    "Nobody has cancelled it: nothing was left to remind of. The next run decides anew."
                )
        self.env.flush_all()
        for notice_id, later_id in self.env.execute_query(engine.replaced(self.ids)):
            later = self.browse(later_id)
            problems.setdefault(
                self.browse(notice_id),
                self.env._("Since then %(name)s of %(day)s took its place.", **later._name_and_day()),
            )
        return problems

    def _name_and_day(self):
        later_sudo = self.sudo()  # that there is another one is no secret
        return {"name": later_sudo.level_id.name, "day": format_date(self.env, later_sudo.date)}

    def _undo_cancel(self):
        notices = self.filtered(lambda notice: notice.state == "cancelled")
        notices._drop_mails()
        notices._set_state(
            "to_approve", expires_on=False, cancelled_by_id=False, cancelled_on=False, cancel_reason=False
        )
        for notice in notices:
            notice._message_log(body=self.env._("No longer cancelled: it is to approve."))
        # Since then something may have been paid, promised or held.
        notices.sudo()._follow_reasons()
