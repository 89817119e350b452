from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.dunning.deciding import CODES
from ...engine.dunning.run import urgent_decisions
from ..handling.searching import check_searched


class AccountMove(models.Model):
    """What is decided about an invoice, for whoever may see it."""

    _inherit = "account.move"

    dunning_decision_ids = fields.One2many(
        "dunning.decision",
        "move_id",
        "Dunning Decisions",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    # Customers can read their own invoices: not what we think of them.
    dunning_level_id = fields.Many2one(
        "dunning.level", compute="_compute_dunning", search="_search_dunning_level", groups="base.group_user"
    )
    dunning_next_date = fields.Date(
        "Next Dunning Step",
        compute="_compute_dunning",
        search="_search_dunning_next_date",
        groups="base.group_user",
    )
    dunning_decision_code = fields.Selection(
        CODES,
        "Dunning Decision",
        compute="_compute_dunning",
        search="_search_dunning_decision_code",
        groups="base.group_user",
    )

    @api.depends("dunning_decision_ids.current", "dunning_decision_ids.next_date")
    def _compute_dunning(self):
        """What is decided about the invoice's most urgent open instalment."""
        self.env["dunning.decision"].flush_model()
        where = SQL("d.move_id IN %s", tuple(self.ids) or (0,))
        rows = {row[0]: row[2:] for row in self.env.execute_query(urgent_decisions(where))}
        for move in self:
            code, level, day = rows.get(move._origin.id, (False, False, False))
            move.dunning_decision_code, move.dunning_level_id, move.dunning_next_date = code, level, day

    def _search_dunning_level(self, operator, value):
        if operator in ("any", "any!") and isinstance(value, Domain):
            check_searched(self, "dunning_level_id")
            # What the levels are asked is answered as the reader: only their ids go on.
            operator, value = "in", self.env["dunning.level"].search(value).ids
        if operator != "in":
            return NotImplemented
        return self._search_decision("dunning_level_id", "level_id", operator, value)

    def _search_dunning_next_date(self, operator, value):
        return self._search_decision("dunning_next_date", "next_date", operator, value)

    def _search_dunning_decision_code(self, operator, value):
        return self._search_decision("dunning_decision_code", "code", operator, value)

    def _search_decision(self, name, of_decision, operator, value):
        """The invoices by what the field ``of_decision`` of their decision is; ``value`` holds
        plain values, no domain: it is compared as superuser."""
        check_searched(self, name)
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        # A decision is a fact of an invoice that the reader may see.
        decisions = self.env["dunning.decision"].sudo()._search(Domain(of_decision, operator, value))
        found = SQL(
            "(SELECT u.move_id FROM (%s) u WHERE u.id IN %s)", urgent_decisions(SQL("TRUE")), decisions.subselect()
        )
        domain = Domain("id", "in", found)
        if operator == "in" and False in value:
            domain |= Domain("id", "not in", SQL("(SELECT move_id FROM dunning_decision WHERE current)"))
        return domain
