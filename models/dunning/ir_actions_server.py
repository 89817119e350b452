import logging

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from .mail_template import first_lines

_logger = logging.getLogger(__name__)


class IrActionsServer(models.Model):
    """A server action that a company attached to an event of collection."""

    _inherit = "ir.actions.server"

    def _check_is_for(self, model):
        """Refuse an action that works on other records."""
        if self and self.model_name != model:
            raise ValidationError(
                self.env._(
                    "The action %(name)s is for other records. Choose one for %(model)s.",
                    name=self.name,
                    model=self.env[model]._description,
                )
            )

    def _run_after_the_fact(self, records):
        """Run the action for ``records``, isolated: a batch that fails goes one by one, and
        the one that fails says why."""
        if not self or not records:
            return
        # Attached by an administrator: what set it off may be a cron, or a person without its rights.
        action = self.sudo().with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id, active_test=True
        )
        try:
            with self.env.cr.savepoint():
                action.run()
        except Exception as error:
            if len(records) > 1:
                for record in records:
                    self._run_after_the_fact(record)
                return
            _logger.warning("The action %s failed for %s", self.id, records, exc_info=True)
            self._tell_failure(records, first_lines(error))

    def _tell_failure(self, record, reason):
        """A line and an activity on the record, or, when it has none, on the document that it is about."""
        on_record = "activity_ids" in record._fields
        about = record if on_record else record.move_line_ids.move_id[:1]
        record_sudo = record.sudo()  # as in _run_after_the_fact
        user = record_sudo._responsible() if record._name == "dunning.notice" else record_sudo.create_uid
        target_sudo = user._reading(about.sudo())  # the same
        name = self.sudo().with_context(lang=target_sudo.env.lang).name  # the same
        text = target_sudo.env._("The action “%(name)s” failed: %(reason)s", name=name, reason=reason)
        target_sudo._message_log(body=text)
        target_sudo.activity_schedule("mail.mail_activity_data_warning", note=plaintext2html(text), user_id=user.id)
