from odoo import api, fields, models

#: How many rows are shown.
LONGEST = 100


class HandlingMixin(models.AbstractModel):
    """What has happened to a document: tries and changes of its status, as one list."""

    _inherit = "handling.mixin"

    handling_timeline = fields.Json("Timeline", compute="_compute_handling_timeline", groups="base.group_user")

    @api.depends("contact_attempt_ids", "handling_change_ids")
    @api.depends_context("uid", "lang")
    def _compute_handling_timeline(self):
        """Rows of ``key, date, text, user, note, attempt, can_undo``, the latest first."""
        for document in self:
            rows = [attempt._timeline_row() for attempt in document.contact_attempt_ids[:LONGEST]]
            rows += [change._timeline_row() for change in document.handling_change_ids[:LONGEST]]
            document.handling_timeline = sorted(rows, key=lambda row: row["date"], reverse=True)[:LONGEST]


class ContactAttempt(models.Model):
    _inherit = "contact.attempt"

    def _timeline_row(self):
        return {
            "key": f"attempt {self.id}",
            "date": fields.Datetime.to_string(self.date),
            "text": f"{self._label('channel', self.channel)}: {self._label('outcome', self.outcome)}",
            "user": self.sudo().user_id.name,  # no secret to who sees the try
            "note": self.note or "",
            "attempt": self.id,
            "can_undo": self.can_undo,
        }


class HandlingStatusChange(models.Model):
    _inherit = "handling.status.change"

    def _timeline_row(self):
        old, new = self.old_status_id.name, self.new_status_id.name
        return {
            "key": f"change {self.id}",
            "date": fields.Datetime.to_string(self.date),
            "text": f"{old} → {new}" if old else new,
            "user": self.sudo().user_id.name,  # no secret to who sees the change
            "note": "",
            "attempt": False,
            "can_undo": False,
        }
