from collections import defaultdict

from odoo import api, fields, models

from ...engine.agreements.disputes import of_documents
from ...engine.agreements.promises import badges, before_discussion

#: Roles from which a promise or a dispute leads to *Under discussion*.
BEFORE_DISCUSSION = ("new", "no_answer", "contacted")


class AccountMove(models.Model):
    """What stands beside an invoice's status: a promise, a plan, a dispute, a cheque."""

    _inherit = "account.move"

    is_promised = fields.Boolean("Promised", compute="_compute_badges", groups="base.group_user")
    is_on_plan = fields.Boolean("Payment Plan", compute="_compute_badges", groups="base.group_user")
    is_promise_broken = fields.Boolean("Broken Promise", compute="_compute_badges", groups="base.group_user")
    is_disputed = fields.Boolean("Disputed", compute="_compute_badges", groups="base.group_user")
    dispute_count = fields.Integer("Disputes", compute="_compute_disputes", groups="base.group_user")
    dispute_text = fields.Char("Open Disputes", compute="_compute_disputes", groups="base.group_user")
    dispute_id = fields.Many2one(
        "dunning.dispute",
        "Credits the Dispute",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The credit note was made for it.",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    payment_returned_date = fields.Date(
        "Payment Returned on", compute="_compute_payment_returned_date", groups="base.group_user"
    )
    cheque_due_date = fields.Date("Paid by Cheque Due on", compute="_compute_cheque_due_date", groups="base.group_user")

    @api.depends("line_ids")
    def _compute_badges(self):
        self.env["dunning.promise"].flush_model(["state", "move_line_ids"])
        self.env["dunning.dispute"].flush_model(["state", "move_line_ids"])
        ids = tuple(self._origin.ids) or (0,)
        rows = {row[0]: row[1:] for row in self.env.execute_query(badges(ids))}
        for move in self:
            move.is_promised, move.is_on_plan, move.is_promise_broken, move.is_disputed = rows.get(
                move._origin.id, (False, False, False, False)
            )

    @api.depends("line_ids.disputed_currency", "line_ids.left_currency")
    @api.depends_context("lang")
    def _compute_disputes(self):
        """How many disputes there were about it; what is disputed now, why, and who looks into it."""
        # A fact of an invoice that the reader may see, as its badge.
        disputes_sudo = self.env["dunning.dispute"].sudo()
        disputes_sudo.flush_model(["state", "move_line_ids"])
        found = defaultdict(disputes_sudo.browse)
        for move_id, dispute_id in self.env.execute_query(of_documents(tuple(self._origin.ids) or (0,))):
            found[move_id] |= disputes_sudo.browse(dispute_id)
        for move in self:
            theirs_sudo = found[move._origin.id].with_prefetch(disputes_sudo.browse(found).ids)
            move.dispute_count = len(theirs_sudo)
            still_open = theirs_sudo.filtered(lambda dispute: dispute.state == "open")
            move.dispute_text = " ".join(dispute._text_about(move) for dispute in still_open)

    @api.depends("line_ids.payment_returned_date")
    def _compute_payment_returned_date(self):
        """Of an invoice that is owed again."""
        for move in self:
            open_items = move.line_ids.filtered(lambda line: not line.reconciled and line.payment_returned_date)
            move.payment_returned_date = max(open_items.mapped("payment_returned_date"), default=False)

    @api.depends("payment_state", "matched_payment_ids.state", "matched_payment_ids.date")
    @api.depends_context("l2c_today")
    def _compute_cheque_due_date(self):
        for move in self:
            # A payment is a fact of an invoice that the reader may see.
            payments_sudo = move.sudo().reconciled_payment_ids
            cheques = payments_sudo.filtered_domain(payments_sudo._cheque_domain(move._today()))
            move.cheque_due_date = min(cheques.mapped("date"), default=False)

    def _under_discussion(self):
        """Somebody promised or disputed: the status says so, where it was at a step before."""
        documents = self.filtered(lambda move: move.handling_role in BEFORE_DISCUSSION)
        documents._handling_update(chosen="in_progress")
        self.env["handling.status.change"]._note_agreed(documents)

    def _discussion_over(self):
        """A promise or dispute about these documents ended. Where that alone had led to *Under discussion*, nothing is
        promised or disputed any more, and nobody has changed the status since, it is again as it was before, and what
        was planned on entering it is dropped."""
        self.env.flush_all()
        rows = self.env.execute_query(before_discussion(tuple(self.ids) or (0,)))
        statuses = self.env["handling.status"].browse(status_id for _move_id, status_id in rows)
        statuses.fetch(["role"])
        again = defaultdict(self.browse)
        for move_id, status_id in rows:
            move, status = self.browse(move_id), statuses.browse(status_id)
            # What has come due since is overdue.
            again[status.id if status in move.handling_choice_ids else status.role] |= move
        for chosen, moves in again.items():
            moves._drop_follow_ups()
            moves._handling_update(chosen=chosen)

    def _promise_items(self):
        return self.line_ids._owed_by_customers()

    def action_promise(self):
        """Log a promise for these invoices: everything is filled in."""
        self.check_access("read")
        self.env["dunning.promise"].check_access("create")
        partner = self.commercial_partner_id[:1]
        values = partner._dunning_promise_defaults(self._promise_items())
        return partner._action_agree("lead_to_cash.dunning_promise_action_new", values)

    def action_disputes(self):
        """The disputes about these invoices."""
        self.check_access("read")
        self.env["dunning.dispute"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_dispute_action")
        return action | {"domain": [("move_line_ids.move_id", "in", self.ids)], "context": {"create": False}}

    def action_dispute(self):
        """Open a dispute about these invoices."""
        self.check_access("read")
        self.env["dunning.dispute"].check_access("create")
        items = self._promise_items().filtered(lambda line: not line.reconciled)
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_dispute_action_new")
        return action | {
            "context": {
                "default_partner_id": self.commercial_partner_id[:1].id,
                "default_company_id": self.company_id[:1].id,
                "default_move_line_ids": [(6, 0, items.ids)],
            }
        }

    def action_payment_returned(self):
        """A payment of this invoice came back, or what the bank has booked with this entry: ask which, when
        and why."""
        self.check_access("read")
        credits = self.line_ids.matched_credit_ids.credit_move_id
        lines = self.statement_line_id | credits.statement_line_id
        return self.env["payment.return"]._ask(self.reconciled_payment_ids, lines)

    # Writing off --------------------------------------------------------------------------

    def _post(self, soft=True):
        self._refuse_incomplete(soft)
        proposals_sudo = self._write_offs_sudo()
        if proposals_sudo and soft:
            proposals_sudo = proposals_sudo.filtered(lambda row: row.move_id.date <= fields.Date.context_today(row))
        if proposals_sudo:
            proposals_sudo._before_posting()
        posted = super()._post(soft=soft)
        proposals_sudo._after_posting()
        posted._bills_posted()
        posted._orders_invoiced()
        posted._ask_for_allocation()
        posted._discount_notes_posted()
        return posted

    def _write_offs_to_draft(self):
        """Entries were reset to draft: what they wrote off is to be booked again."""
        done_sudo = self._write_offs_sudo().filtered(lambda proposal: proposal.state == "done")
        if not done_sudo:
            return
        done_sudo._counterparts().remove_move_reconcile()  # the host keeps drafts reconciled
        done_sudo._set_state("approved")

    def unlink(self):
        if not self:  # the host, for each line that is written
            return super().unlink()
        proposals_sudo = self._write_offs_sudo().filtered(lambda proposal: proposal.state == "approved")
        proposals_sudo._refuse(lambda proposal: proposal.env._("Its entry was deleted."))
        return super(AccountMove, self.exists()).unlink()

    def _write_offs_sudo(self):
        """The proposals whose entries these are; whoever posts need not see them."""
        return self.env["dunning.write.off"].sudo().search([("move_id", "in", self.ids)])  # whoever posts

    def _general_journal(self, company):
        """The journal of miscellaneous entries of a company."""
        return self.new({"move_type": "entry", "company_id": company.id})._search_default_journal()
