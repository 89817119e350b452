from collections import defaultdict
from typing import NamedTuple

from odoo import models

from ...engine.dunning import instalments as engine
from .account_move import NAMING


class History(NamedTuple):
    """What is known of items: (table, id, item) of what names them, {id: values} of their lines on notices
    and of their decisions, {item: marks}."""

    names: list
    lines: dict
    decisions: dict
    marks: dict


class AccountMoveLine(models.Model):
    """Instalments that take the place of others."""

    _inherit = "account.move.line"

    def _history(self):
        """What is known of these items, before they are gone; nothing when there is nothing."""
        marks = {item.id: (item.payment_returned_date, item.payment_return_open, item.no_followup) for item in self}
        names = self._names() if self.ids else []
        if not names and not any(any(mark) for mark in marks.values()):
            return None
        ids = defaultdict(list)
        for table, record_id, _item in names:
            ids[table].append(record_id)
        # Who edits an invoice need not see what is known of it.
        lines, decisions = (
            {record.id: record.copy_data()[0] for record in self.env[model].sudo().browse(sorted(ids[table]))}
            for table, model in (
                ("dunning_notice_line", "dunning.notice.line"),
                ("dunning_decision", "dunning.decision"),
            )
        )
        return History(names, lines, decisions, marks)

    def _names(self):
        for model in NAMING:
            self.env[model].flush_model(["move_line_ids"])
        self.env["dunning.notice.line"].flush_model()
        self.env["dunning.decision"].flush_model()
        return self.env.execute_query(engine.naming(self.ids, self._relations()))

    def _relations(self):
        """(table, column of the record, column of the item) of what names items."""
        fields = [self.env[model]._fields["move_line_ids"] for model in NAMING]
        return [(field.relation, field.column1, field.column2) for field in fields]

    def _take_over(self, history, before, now):
        """These items are what has become of the instalments ``before``."""
        shares = engine.shares(before, now)
        self._be_named(history, shares, before, now)
        self._be_marked(history, shares)
        self.env["dunning.dispute"]._hold(self)
        mine = {part.id for part in before}
        for model, known in (("dunning.notice.line", history.lines), ("dunning.decision", history.decisions)):
            rows = {row_id: values for row_id, values in known.items() if values["move_line_id"] in mine}
            self.env[model].sudo()._hand_on(rows, shares)  # as above
        self.env["l2c.money"]._moved(self)

    def _be_named(self, history, shares, before, now):
        """By the promises, disputes and the like of those whose money they are."""
        mine = {part.id for part in before}
        for relation in self._relations():
            old = defaultdict(set)
            for table, record_id, item in history.names:
                if table == relation[0] and item in mine:
                    old[record_id].add(item)
            new = {record: {item for item in shares if items & shares[item].keys()} for record, items in old.items()}
            for statement in engine.name_anew(relation, self.ids, new):
                self.env.cr.execute(statement)
            if old and relation[0] == self.env["dunning.promise"]._fields["move_line_ids"].relation:
                self.env.cr.execute(engine.aim_anew(old, new, before, now))
        for model in NAMING:
            self.env[model].invalidate_model(["move_line_ids"], flush=False)
        self.env["dunning.promise"].invalidate_model(["target"], flush=False)

    def _be_marked(self, history, shares):
        """By SQL, as what it takes over."""
        names = ("payment_returned_date", "payment_return_open", "no_followup")
        rows = []
        for item, others in shares.items():
            marks = [history.marks[other] for other in others if other in history.marks]
            days = [day for day, _open, _excluded in marks if day]
            if marks:
                rows.append(
                    (item, max(days, default=None), any(mark[1] for mark in marks), any(mark[2] for mark in marks))
                )
        if rows:
            self.env.remove_to_compute(self._fields["no_followup"], self)
            self.flush_recordset(names)
            self.env.cr.execute(engine.mark(rows))
            self.invalidate_recordset(names, flush=False)
