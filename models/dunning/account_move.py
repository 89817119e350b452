from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, frozendict

from ...engine.dunning import instalments as engine
from ...engine.dunning.deciding import CODES
from ...engine.dunning.run import urgent_decisions
from ...engine.handling.own import Own
from ..handling.audit_log import WHY
from ..handling.next_action import ONCE
from ..handling.searching import check_searched

#: Documents of which customers are reminded; entries hold opening balances.
REMINDED_OF = ("out_invoice", "out_receipt", "out_refund", "entry")
#: What of a document, beside the time and the customer, decides about it.
DECIDED_BY = ("state", "line_ids.amount_residual", "line_ids.no_followup", "dunning_paused_until", "closure_reason_id")
#: What names items, and goes on with the instalments that take their place.
NAMING = (
    *("dunning.promise", "dunning.plan", "dunning.dispute", "dunning.write.off", "dunning.answer"),
    "collection.case",
)


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
        help="As of now. Lists are filtered by what the last run decided.",
    )
    dunning_sentence = fields.Char("Why", compute="_compute_dunning_sentence", groups="base.group_user")

    dunning_paused_until = fields.Date(
        "Paused until",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Until then nobody is reminded of it.",
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )
    dunning_pause_reason = fields.Char(
        "Reason for Pausing",
        copy=False,
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )

    def _pause(self, until, reason):
        """Nobody is reminded of these documents until that day (False: from now on again), for a reason.
        On an invoice that is no accounting."""
        # Collectors need not be allowed to write invoices.
        moves_sudo = self.sudo().with_context(skip_is_manually_modified=True, **{WHY: Own(reason)})
        moves_sudo.write({"dunning_paused_until": until, "dunning_pause_reason": reason})
        self.env["dunning.notice"]._reasons_changed(self.line_ids)

    def _common_pause(self):
        """What the dialog shows of a pause that all of these documents have."""
        pauses = {(move.dunning_paused_until, move.dunning_pause_reason) for move in self}
        until, reason = pauses.pop() if len(pauses) == 1 else (False, False)
        return {"default_date": until, "default_reason": reason} if until and until >= self._today() else {}

    def _ask_for_certificate(self, company):
        """A task on each of these documents: what is left of it was withheld as tax."""
        customers = self.with_company(company).commercial_partner_id
        responsibles = customers._collection_responsibles(self)
        moves = self.with_context(mail_activity_quick_update=True)
        by_user = moves.grouped(lambda move: responsibles.get(move.commercial_partner_id, self.env.user))
        for user, group in by_user.items():
            user._reading(group).activity_schedule(
                "lead_to_cash.mail_activity_type_withholding", self._today(), user_id=user.id, handling_step=ONCE
            )

    def _bills_posted(self):
        """What we owe a customer may hold its reminders: what has not left yet follows at once."""
        bills = self.filtered(lambda move: move.move_type in ("in_invoice", "in_receipt"))
        for company, group in bills.grouped("company_id").items():
            if company._dunning_nets():
                self.env["dunning.notice"].with_company(company)._customers_changed(group.commercial_partner_id)

    @api.depends("dunning_decision_ids.current", "dunning_decision_ids.next_date", *DECIDED_BY)
    @api.depends_context("l2c_today")
    def _compute_dunning(self):
        """What would be decided now about the invoice's most urgent open instalment: as the preview says,
        also where something has changed since the last run."""
        decisions = self._decisions_now()
        for move in self:
            decision = decisions.get(move._origin, self.env["dunning.decision"])
            move.dunning_decision_code, move.dunning_next_date = decision.code, decision.next_date
            move.dunning_level_id = decision.level_id

    @api.depends("dunning_decision_code")
    @api.depends_context("lang", "l2c_today")
    def _compute_dunning_sentence(self):
        decisions = self._decisions_now()
        for move in self:
            # Why is a fact of an invoice that the reader may see.
            move.dunning_sentence = move._origin in decisions and decisions[move._origin].sudo().sentence

    def _decisions_now(self):
        """{document: decision about its oldest open item}"""
        found = {}
        booked = self._origin.filtered(lambda move: move.state == "posted" and move.move_type in REMINDED_OF)
        for company, moves in booked.grouped("company_id").items():
            moves_sudo = moves.sudo()  # whose documents they are, whoever reads them
            customers = moves_sudo.commercial_partner_id | moves_sudo.line_ids.partner_id.commercial_partner_id
            for decision in self.env["dunning.decision"]._now_about(company, customers).values():
                found.setdefault(decision.move_id._origin, decision)
        return found

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

    # Instalments that take the place of others --------------------------------------------

    def _get_sync_stack(self, container):
        stack, update_containers = super()._get_sync_stack(container)
        return [(1, self._keep_history(container)), *stack], update_containers

    @contextmanager
    def _keep_history(self, container):
        """A document that was reset to draft may get other instalments, by another payment term: its money
        is cut anew, in the order of the due dates. Each takes over the levels, promises, disputes and marks of
        those whose money it is; one of several, the highest level, so that none comes twice. Those that only
        get another day or amount stay what they are. The host deletes, reuses and makes their lines in here."""
        drafts = container["records"].filtered(lambda move: move.id and move.posted_before and move.state == "draft")
        history = drafts._instalment_items()._history() if drafts else None
        before = {move: (move.invoice_payment_term_id, move._instalments()) for move in drafts if history}
        yield
        for move, (term, groups) in before.items():
            now = move._instalments()
            for group in groups.keys() & now.keys():
                others = {part.id for part in groups[group]} != {part.id for part in now[group]}
                if others or term != move.invoice_payment_term_id:
                    items = self.env["account.move.line"].browse(part.id for part in now[group])
                    items._take_over(history, groups[group], now[group])

    def _instalment_items(self):
        return self.line_ids.filtered(lambda line: line.id and line.account_type == "asset_receivable")

    def _instalments(self):
        """{what may take the place of each other: instalments}: those of an invoice; of another entry, as of opening
        balances, those of one customer."""
        parts = defaultdict(list)
        for line in self._instalment_items():
            customer = self.is_invoice(True) or (
                line.partner_id.commercial_partner_id,
                line.currency_id,
                line.balance > 0,
            )
            parts[customer].append(engine.Part(line.id, line.date_maturity or line.date, line.amount_currency))
        return parts

    def _compute_needed_terms(self):
        """A document that was reminded of, reset to draft and emptied keeps its instalments, at zero: else
        what is known of them would go with them."""
        result = super()._compute_needed_terms()
        emptied = self.filtered(lambda move: move.posted_before and move.is_sale_document(True))
        for move in emptied.filtered(lambda move: not move.needed_terms):
            if move._origin._instalment_items()._history():
                lines = move.line_ids.filtered("term_key")
                nothing = {"balance": 0.0, "amount_currency": 0.0}
                move.needed_terms = {frozendict(line.term_key): dict(nothing) for line in lines}
        return result
