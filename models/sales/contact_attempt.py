from odoo import api, models

from ...engine.handling.own import Own, ids_of


class ContactAttempt(models.Model):
    """A result of a line of the call list is about all that the line stands for; in a round of calls, the next line
    follows; taken back, it is the same line again."""

    _inherit = "contact.attempt"

    @api.model
    def _log(self, documents, outcome, channel, note, date, callback_at=False):
        line = self._called_line().exists()
        is_about_all = outcome != "not_interested" and len(documents) == 1 and line and line._document() == documents
        others = list(line._due_together(outcome, note)) if is_about_all else []
        one_call = self.with_context(l2c_one_call=Own([])) if any(others) else self
        attempts = super(ContactAttempt, one_call)._log(documents, outcome, channel, note, date, callback_at)
        for together in filter(None, others):
            attempts += super(ContactAttempt, one_call)._log(together, outcome, channel, note, date, callback_at)
        return attempts.with_env(self.env)

    def _called_line(self):
        """The line on which the button is."""
        return self.env["call.list.line"].browse(ids_of(self.env, "l2c_line_id")[:1])

    def _about(self):
        """Of a customer it is the row that says when to keep in touch."""
        was = self.sudo().snapshot or {}  # nobody else reads it
        touch_id = was.get("touch_id")
        return self.env["keep.in.touch"].browse(touch_id) if touch_id else super()._about()

    def _follow(self):
        result = super()._follow()
        self.env["keep.in.touch"].sudo()._follow_attempts(self)  # it is kept by what happens
        return result

    def _going_on(self, action):
        action = super()._going_on(action)
        if self.env.context.get("l2c_open_next"):
            line = self._called_line()
            called = ids_of(self.env, "l2c_called")
            action["params"] |= {"next": line.action_open_next(), "back": line._form_action(called)}
        return action
