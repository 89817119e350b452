from odoo import fields, models

from ...engine.handling.status import REQUIRED


class MailActivity(models.Model):
    """A notice that goes by phone, by post or by hand follows its activity; whose alert is done was dealt with."""

    _name = "mail.activity"
    _inherit = ["l2c.protected.mixin", "mail.activity"]

    _given = frozenset({"handling_step", "callback_at"})
    _written_by = "what planned it"

    handling_step = fields.Integer(
        help="Of the follow-up that a status plans: the first, or once more.", groups="base.group_user"
    )

    callback_at = fields.Datetime(
        "Call Back at", readonly=True, copy=False, help="When they asked to be called.", groups="base.group_user"
    )

    def write(self, vals):
        """On another day it has no time."""
        if vals.get("date_deadline") and "callback_at" not in vals:
            day = fields.Date.to_date(vals["date_deadline"])
            moved = self.filtered(lambda activity: activity.callback_at and activity.date_deadline != day)
            moved.sudo().callback_at = False  # whoever may move it
        return super().write(vals)

    def _action_done(self, feedback=False, attachment_ids=None):
        notices = self._queued_notices()
        steps = self.filtered(lambda activity: activity.handling_step > 0 and activity.res_model in REQUIRED)
        steps = {key: group.mapped("res_id") for key, group in steps.grouped(_step_of).items()}
        alerts = self.filtered(lambda activity: activity.res_model == "dunning.watch" and activity.automated)
        # Whoever is assigned may end an alert; the message of the activity says so already.
        self.env["dunning.watch"].sudo().browse(alerts.mapped("res_id"))._dealt_with(feedback or "", says=False)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        notices._set_state("sent")
        for (model, step), ids in steps.items():
            # Whoever is assigned may end an activity without seeing its document.
            self.env[model].sudo().browse(ids)._follow_up_done(step)
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


def _step_of(activity):
    return activity.res_model, activity.handling_step
