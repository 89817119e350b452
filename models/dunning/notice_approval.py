import logging

from odoo import models
from odoo.tools import format_list
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)
#: So many reasons stand in a message, the others in the dialog.
REASONS_TOLD = 3


class DunningNotice(models.Model):
    """Approving notices: what stands in the way of it, and doing it."""

    _inherit = "dunning.notice"

    def action_review(self):
        """The dialog that says what approving these would send, before it does."""
        self.check_access("write")
        return self.env["dunning.approval"]._open(self)

    def _approve(self):
        """These may leave: they go their way."""
        self._set_state("draft")
        self._looked_at()
        self._queue()

    def _approval_problems(self):
        """{notice: why it can't leave, in a sentence}: there is nobody to write to, or its text can't be made."""
        by_mail = self.filtered(lambda notice: notice.channel == "email")
        # Who approves a notice need not see all contacts of its customer.
        readers = by_mail.sudo()._readers_now() if by_mail else {}
        unread = by_mail.filtered(lambda notice: not readers.get(notice.id))
        problems = {notice: notice._no_address_sentence() for notice in unread}
        for notices, template, lang in (by_mail - unread)._text_groups():
            broken = not notices._renders(template, lang) and notices
            for notice in broken or ():
                if len(notices) == 1 or not notice._renders(template, lang):
                    problems[self.browse(notice.id)] = notice._unrenderable_sentence(template)
        return problems

    def _renders(self, template, lang):
        """Whether these e-mails can be written; nothing of it is kept."""
        if not template:
            return False
        # Whoever approves them: the engine that sends them may read more.
        notices = self.sudo().with_context(lang=lang, l2c_reads=True)
        try:
            with self.env.cr.savepoint():
                template_sudo = template.sudo().with_context(lang=lang, l2c_reads=True)  # as the engine reads it
                notices._texts(template_sudo)
        except OperationalError:
            raise  # another process was quicker: not the template's fault
        except Exception:
            _logger.info("The template %s can't be rendered", template.id, exc_info=True)
            return False
        return True

    def _unrenderable_sentence(self, template):
        if not template:
            return self.env._("The level %(name)s has no e-mail template.", name=self.level_id.name)
        return self.env._(
            "The e-mail to %(customer)s can't be written: the template %(name)s has an error. Ask who looks after the "
            "templates to correct it, then approve again.",
            customer=self.partner_id.display_name,
            name=template.name,
        )

    def _approved_text(self, count, problems):
        """What was done, and what not and why."""
        text = self.env._("One notice is approved.") if count == 1 else self.env._("%s notices are approved.", count)
        if not problems:
            return text
        reasons = format_list(self.env, list(dict.fromkeys(problems.values()))[:REASONS_TOLD])
        left = self.env._("Not approved: %(count)s. %(reasons)s", count=len(problems), reasons=reasons)
        return f"{text} {left}"

    def _said(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }
