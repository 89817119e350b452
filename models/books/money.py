from collections import defaultdict

from odoo import api, models

from ...engine.books.money import naming
from ...engine.books.under_way import concerned, follow

#: Who is told that money moved, in this order.
TOLD = ("dunning.notice", "dunning.promise", "dunning.dispute", "dunning.write.off", "collection.case")


class Money(models.AbstractModel):
    """The one place that is told when money moved, and what follows from it."""

    _name = "l2c.money"
    _description = "Money That Moves"

    @api.model
    def _moved(self, lines):
        """Money moved on these journal items: they were matched, unmatched, or are no longer booked.
        What names them is told, in the order of ``TOLD``."""
        if lines:
            lines |= self._follow_under_way(lines.move_id)
            self._tell(lines, lines.move_id)

    @api.model
    def _linked(self, moves, changed=None):
        """What is under way for these documents, linked to them or not any more, may have changed; so may
        what Odoo says of those ``changed``, else of all."""
        lines = self._follow_under_way(moves)
        self._tell(lines, lines.move_id | (moves if changed is None else changed))

    def _tell(self, lines, moves):
        moves._handling_sync()
        # Who reconciles need not see what names the items.
        for records in self.sudo()._naming(lines).values():
            records._money_moved()

    # Under way ----------------------------------------------------------------------------

    @api.model
    def _follow_under_way(self, moves):
        """Write what is under way for these documents, and for all that share a payment with them.

        :return: the items on which it changed
        """
        payments, transactions, found, new = set(), set(), set(), set(moves.ids)
        while new:
            self.env["account.payment"].flush_model(["state", "move_id", "payment_transaction_id"])
            self.env["payment.transaction"].flush_model(["state", "payment_id"])
            rows = self.env.execute_query(concerned(new))
            payments.update(row[0] for row in rows if row[0])
            transactions.update(row[1] for row in rows if row[1])
            found |= new
            new = {row[2] for row in rows} - found
            if not rows and len(found) == len(moves):
                return self.env["account.move.line"]  # what is asked mostly
        return self._write_under_way(found, (payments, transactions)) if found else self.env["account.move.line"]

    @api.model
    def _follow_all_under_way(self):
        """The same for all documents, and who is told of it: an online payment isn't awaited for ever."""
        lines = self._write_under_way()
        self._tell(lines, lines.move_id)

    def _write_under_way(self, move_ids=None, only=None):
        self.env.flush_all()
        states = self.env["account.payment"]._valid_payment_states()
        rows = self.env.execute_query(follow(states, self.env["res.company"]._today(), move_ids, only))
        lines = self.env["account.move.line"].browse(line_id for [line_id] in rows)
        lines.invalidate_recordset(["under_way", "under_way_currency", "left_currency"], flush=False)
        return lines

    # Who is told --------------------------------------------------------------------------

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
            self.env["collection.case"].flush_model(["state", "move_line_ids"])
            for model, record_id in self.env.execute_query(naming(lines.ids)):
                found[model].append(record_id)
        return {model: self.env[model].browse(found[model]) for model in TOLD if model in found}
