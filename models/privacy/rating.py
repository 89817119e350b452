from odoo import models
from odoo.tools import SQL


class Rating(models.Model):
    """What becomes of ratings that have been kept long enough."""

    _inherit = "rating.rating"

    def _forget(self):
        """Their words go; how content the customer was, and when, is a figure. By SQL: for the ORM it
        would be a rating of today; and the rating goes with its message."""
        messages = self.message_id
        self.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE rating_rating SET feedback = NULL, message_id = NULL WHERE id IN %s", self._ids or (0,))
        )
        self.invalidate_recordset(["feedback", "message_id"], flush=False)
        messages.invalidate_recordset(["rating_ids"], flush=False)
        messages._unlink_unless_audited()
