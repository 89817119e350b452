from odoo import fields

from ..handling.searching import check_searched


class GuardedSelection(fields.Selection):
    """A related field that is read as superuser: searching by it asks first whether the reader may read it, which
    Odoo leaves out. Ordering and grouping by it are asked by the model, in ``_traverse_related_sql``."""

    def _search_related(self, records, operator, value):
        check_searched(records, self.name)
        return super()._search_related(records, operator, value)
