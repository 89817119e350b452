from collections import defaultdict

from odoo import api, models

from ...engine.books.money import naming

#: Who is told that money moved, in this order.
TOLD = ("dunning.notice", "dunning.promise", "dunning.dispute", "dunning.write.off")


class Money(models.AbstractModel):
    """The one place that is told when money moved, and what follows from it."""

    _name = "l2c.money"
    _description = "Money That Moves"

    @api.model
    def _moved(self, lines):
        """Money moved on these journal items: they were matched, unmatched, or are no longer booked.
        What names them is told, in the order of ``TOLD``."""
        if not lines:
            return
        lines.move_id._handling_sync()
        # Who reconciles need not see what names the items.
        for records in self.sudo()._naming(lines).values():
            records._money_moved()

    @api.model
    def _naming(self, lines):
        """{model: its records that name these journal items and are not done with}; models without any
        are left out. Asked at every reconciliation, mostly in vain: without the ORM's search."""
        found = defaultdict(list)
        if lines.ids:
            self.env["dunning.notice.line"].flush_model(["notice_id", "move_line_id", "notice_state"])
            self.env["dunning.promise"].flush_model(["state", "move_line_ids"])
            self.env["dunning.dispute"].flush_model(["state", "is_settled", "move_line_ids"])
            self.env["dunning.write.off"].flush_model(["state", "move_id", "move_line_ids"])
            for model, record_id in self.env.execute_query(naming(lines.ids)):
                found[model].append(record_id)
        return {model: self.env[model].browse(found[model]) for model in TOLD if model in found}
