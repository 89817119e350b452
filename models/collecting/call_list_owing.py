from odoo import models
from odoo.tools import SQL

from ...engine.collecting import desk as engine


class CallListLine(models.Model):
    """*All* on the desk: beside those who need somebody now, those who owe something."""

    _inherit = "call.list.line"

    def _listed(self):
        if not (self.env.context.get("l2c_all_customers") and self._is_desk()):
            return super()._listed()
        self.env.flush_all()  # the engine's query
        return SQL(
            "(%s OR %s = 'res.partner' AND (%s, %s) IN (%s))",
            super()._listed(),
            SQL.identifier(self._table, "res_model"),
            SQL.identifier(self._table, "company_id"),
            SQL.identifier(self._table, "partner_id"),
            engine.owing(self.env.companies.ids),
        )
