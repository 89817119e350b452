from odoo import api, fields, models


class L2cReasonsMixin(models.AbstractModel):
    """Says why, in the reader's words, from codes and what they name."""

    _name = "l2c.reasons.mixin"
    _description = "Explained by Reasons"

    reasons = fields.Json(readonly=True, help="The strongest first: code, and what its sentence names.")
    reason_text = fields.Char("Why", compute="_compute_reason_text")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for record in self:
            record.reason_text = "; ".join(self._reason_sentences(record.reasons))

    @api.model
    def _reason_sentences(self, reasons):
        """The sentences of reasons as they are stored: a list of ``{"code": …, …}``."""
        return [getattr(self, f"_reason_{reason['code']}")(reason) for reason in reasons or []]
