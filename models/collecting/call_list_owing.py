from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.collecting import desk as engine
from ..handling.searching import check_searched


class CallListLine(models.Model):
    """*All* on the desk: beside those who need somebody now, those who owe something."""

    _inherit = "call.list.line"

    waits_or_owes = fields.Boolean(
        "Waits, or Owes Something",
        compute="_compute_waits_or_owes",
        search="_search_waits_or_owes",
        help="A line of somebody for whom it is time, or of a customer with something open.",
    )

    def _only_listed(self):
        return not (self.env.context.get("l2c_all_customers") and self._is_desk())

    @api.depends("kind", "overdue_amount")
    def _compute_waits_or_owes(self):
        known = self.with_context(active_test=False)
        found = known.search([("id", "in", self.ids), ("waits_or_owes", "=", True)])
        for line in self:
            line.waits_or_owes = line in found

    def _search_waits_or_owes(self, operator, _value):
        check_searched(self, "waits_or_owes")
        if operator != "in":
            return NotImplemented
        self.env.flush_all()  # the engine's query
        companies = self.env.companies.ids
        return Domain("kind", "!=", False) | Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s = 'res.partner' AND (%s, %s) IN (%s)",
                SQL.identifier(alias, "res_model"),
                SQL.identifier(alias, "company_id"),
                SQL.identifier(alias, "partner_id"),
                engine.owing(companies),
            )
        )
