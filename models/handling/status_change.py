from odoo import fields, models

from ...engine.handling.status import DOCUMENTS, REQUIRED, ROLES


class HandlingStatusChange(models.Model):
    """One row for each transition, with the roles of that time, so that history stays.

    Written by :func:`engine.handling.status.transition` only.
    """

    _name = "handling.status.change"
    _inherit = ["l2c.document.access.mixin"]
    _description = "Handling Status Change"
    _order = "date desc, id desc"
    _rec_name = "new_status_id"

    res_model = fields.Selection(DOCUMENTS, "Document Type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    old_status_id = fields.Many2one(
        "handling.status", "From Status", ondelete="restrict", index="btree_not_null", readonly=True
    )
    new_status_id = fields.Many2one(
        "handling.status", "To Status", ondelete="restrict", index=True, required=True, readonly=True
    )
    old_role = fields.Selection(ROLES, "From Role", readonly=True)
    new_role = fields.Selection(ROLES, "To Role", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", ondelete="set null", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    hours_in_old_status = fields.Float("Hours Before", aggregator="avg", readonly=True)

    # Serves the history on a document's form.
    _document_idx = models.Index("(res_id, res_model)")
    # Serves the funnel: who entered which role in a period.
    _entered_idx = models.Index("(res_model, new_role, date)")

    def _document_models(self):
        return list(REQUIRED)
