from odoo import fields, models
from odoo.tools import SQL


class HandlingStatusChange(models.Model):
    """Which changes of an invoice's status came of a promise or a dispute: they end with it."""

    _inherit = "handling.status.change"

    is_agreed = fields.Boolean("By a Promise or Dispute", readonly=True)

    def _note_agreed(self, documents):
        """A promise or dispute has just led these documents to their status."""
        if documents:
            self.env.cr.execute(
                SQL(
                    """UPDATE handling_status_change SET is_agreed = TRUE
                        WHERE id IN (SELECT max(id) FROM handling_status_change
                                      WHERE res_model = %s AND res_id IN %s GROUP BY res_id)""",
                    documents._name,
                    documents._ids,
                )
            )
            self.invalidate_model(["is_agreed"], flush=False)
