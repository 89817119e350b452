from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.dunning.deciding import CODES
from ...engine.dunning.run import urgent_decisions
from ...engine.handling.status import OPEN_ROLES, Rule, role_array
from ..handling.searching import check_searched

CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
#: Payment states in which nothing is left to collect.
SETTLED = ("paid", "in_payment", "reversed", "invoicing_legacy")


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["handling.mixin", "account.move"]

    sent_date = fields.Date("Sent on", compute="_compute_sent_date", store=True, copy=False, groups="base.group_user")

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

    @api.depends("is_move_sent")
    def _compute_sent_date(self):
        for move in self:
            move.sent_date = move.is_move_sent and (move.sent_date or move._today())

    def _handling_rule(self):
        settled = SQL("(d.state = 'posted' AND d.payment_state IN %s)", SETTLED)
        return Rule(
            SQL(
                """CASE WHEN %(settled)s THEN CASE WHEN %(written_off)s THEN %(lost)s ELSE %(closed)s END
                        WHEN d.state = 'posted' THEN %(open)s
                        ELSE %(draft)s
                   END""",
                settled=settled,
                written_off=self._handling_written_off_sql(),
                lost=role_array("lost", "won"),
                closed=role_array("won", "lost"),
                open=role_array(*OPEN_ROLES),
                draft=role_array("new"),
            ),
            SQL(
                """CASE WHEN %(settled)s THEN CASE WHEN d.move_type = 'out_refund' THEN 'used' END
                        WHEN d.move_type = 'out_refund' THEN 'open_credit'
                        WHEN %(overdue)s THEN 'overdue'
                        ELSE 'not_due'
                   END""",
                settled=settled,
                overdue=self._handling_overdue_sql(),
            ),
        )

    def _handling_overdue_sql(self):
        """One open instalment past its date makes the invoice overdue."""
        return SQL(
            """(d.state = 'posted' AND EXISTS (
                    SELECT 1 FROM account_move_line l
                     WHERE l.move_id = d.id
                       AND l.display_type = 'payment_term'
                       AND NOT l.reconciled
                       AND COALESCE(l.date_maturity, l.date) < %s))""",
            self._today(),
        )

    def _handling_triggers(self):
        return {"state", "move_type", "payment_state", "invoice_date_due"}

    def _handling_documents(self):
        return self.filtered(lambda move: move.move_type in CUSTOMER_DOCUMENTS)

    def _handling_documents_sql(self):
        return SQL("d.move_type IN %s", CUSTOMER_DOCUMENTS)

    def _handling_timed_sql(self):
        return SQL("d.state = 'posted' AND d.handling_role = 'new' AND d.move_type != 'out_refund'")

    def _handling_update(self, chosen=None):
        documents = self._handling_documents()
        # The rule reads the due dates and what is reconciled of the lines.
        documents.line_ids.flush_recordset(["date_maturity", "reconciled", "display_type"])
        return super(AccountMove, documents)._handling_update(chosen)

    def _handling_user(self):
        return self.invoice_user_id

    def _close(self, reason):
        """An invoice stays as it is booked; nobody reminds of it any more."""
        documents = self.filtered(lambda move: move.state == "posted" and move.payment_state not in SETTLED)
        if self - documents:
            raise UserError(self.env._("Only an open invoice can be closed with a reason."))

    def action_close(self, reason, note=None):
        self.check_access("write")
        result = super().action_close(reason, note)
        self.env["dunning.notice"]._reasons_changed(self.line_ids)
        return result

    def _end_closure(self):
        """A closed invoice stays open in the books, and closed."""

    def button_cancel(self):
        self.check_access("write")
        result = super().button_cancel()
        self.env["dunning.notice"]._residual_changed(self.line_ids)
        return result

    def button_draft(self):
        self.check_access("write")
        result = super().button_draft()
        self.env["dunning.notice"]._residual_changed(self.line_ids)
        return result

    def _group_expand_handling_status(self, statuses, domain):
        return statuses  # a list of open invoices needs no empty groups
