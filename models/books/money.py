from collections import defaultdict

from odoo import api, models

from ...engine.books.money import naming


class Money(models.AbstractModel):
    """The one place that is told when money moved, and what follows from it."""

    _name = "l2c.money"
    _description = "Money That Moves"

    @api.model
    def _moved(self, lines):
        """Money moved on these journal items: they were matched, unmatched, or are no longer booked."""
        lines.move_id._handling_sync()
        # Who reconciles need not see what names the items.
        named = self.sudo()._naming(lines)
        named["dunning.notice"]._money_moved()
        named["dunning.promise"]._money_moved()
        named["dunning.dispute"]._money_moved()
        self.env["dunning.write.off"]._money_moved(lines)

    @api.model
    def _naming(self, lines):
        """{model: its records that name these journal items}, of notices, promises and disputes that
        are not done with. Asked at every reconciliation: without the ORM's search."""
        found = defaultdict(list)
        if lines.ids:
            self.env["dunning.notice.line"].flush_model(["notice_id", "move_line_id", "notice_state"])
            self.env["dunning.promise"].flush_model(["state", "move_line_ids"])
            self.env["dunning.dispute"].flush_model(["state", "is_settled", "move_line_ids"])
            for model, record_id in self.env.execute_query(naming(lines.ids)):
                found[model].append(record_id)
        return {
            model: self.env[model].browse(found[model])
            for model in ("dunning.notice", "dunning.promise", "dunning.dispute")
        }
