from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.books.items import left
from ...engine.handling.own import own
from ...engine.handling.status import OPEN_ROLES, Rule, role_array
from ..handling.searching import check_searched

CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
#: Payment states in which nothing is left to collect.
SETTLED = ("paid", "in_payment", "reversed", "invoicing_legacy")
#: What changes what is under way for documents, or that it counts: payments are linked after they were made.
LINKED_BY = frozenset(("state", "matched_payment_ids", "transaction_ids"))
#: Of them, those that Odoo gives as soon as there is a payment without an entry, whatever its amount.
SAID_TO_BE_PAID = ("paid", "in_payment")


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["handling.mixin", "account.move"]

    _writable = frozenset({"handling_status_id", "next_action_date", "allocation_number"})
    _written_by = "action_log_attempt, action_close, action_reopen, action_pause and the document's own buttons"

    sent_date = fields.Date("Sent on", compute="_compute_sent_date", store=True, copy=False, groups="base.group_user")

    allocation_number = fields.Char(
        copy=False,
        help="Given by the tax authority for this invoice, also after it was posted. Printed on it.",
        groups="base.group_user",
    )

    # Customers read the messages of their own documents on the portal's pages, without internal notes.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    def _efactura_index(self):
        """The number that Romania's tax authority gave the document, where an addon of Odoo's sends it there."""
        return "l10n_ro_edi_index" in self._fields and self.l10n_ro_edi_index

    @api.depends("is_move_sent")
    def _compute_sent_date(self):
        for move in self:
            move.sent_date = move.is_move_sent and (move.sent_date or move._today())

    def _handling_rule(self):
        settled = SQL(
            "(d.state = 'posted' AND d.payment_state IN %s AND NOT (d.payment_state IN %s AND %s))",
            SETTLED,
            SAID_TO_BE_PAID,
            self._handling_open_sql(),
        )
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
        past = SQL("COALESCE(l.date_maturity, l.date) < %s", self._today())
        return SQL("(d.state = 'posted' AND %s)", self._handling_open_sql(past))

    def _handling_open_sql(self, which=SQL("TRUE")):  # noqa: B008
        """Whether an instalment of the document ``d`` is open, and not wholly under way."""
        return SQL(
            """EXISTS (SELECT 1 FROM account_move_line l
                        WHERE l.move_id = d.id AND l.display_type = 'payment_term' AND NOT l.reconciled
                          AND %s != 0 AND %s)""",
            left(),
            which,
        )

    def _handling_written_off_sql(self):
        """Whether the last entry that settled the document ``d`` is a write-off; differences
        of exchange rates settle nothing by themselves."""
        return SQL(
            """EXISTS (
                SELECT 1 FROM dunning_write_off o
                 WHERE o.move_id = (
                       SELECT c.move_id
                         FROM account_move_line l
                         JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                         JOIN account_move_line c ON c.id = p.credit_move_id
                        WHERE l.move_id = d.id
                          AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                           WHERE x.exchange_move_id = c.move_id)
                     ORDER BY p.id DESC LIMIT 1))"""
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
        documents.line_ids.flush_recordset(["date_maturity", "reconciled", "display_type", "amount_residual_currency"])
        return super(AccountMove, documents)._handling_update(chosen)

    def _handling_user(self):
        return self.invoice_user_id

    def _close(self, reason):
        """An invoice stays as it is booked; nobody reminds of it any more."""
        documents = self.filtered(lambda move: move.state == "posted" and move.handling_role in OPEN_ROLES)
        if self - documents:
            raise UserError(self.env._("Only an open invoice can be closed with a reason."))

    def action_close(self, reason, note=None):
        self.check_access("write")
        result = super().action_close(reason, note)
        self.env["dunning.notice"]._reasons_changed(self.line_ids)
        return result

    def _write_closure(self, reason_id, note, date):
        """An invoice that is collected no longer, or again: who decided it is kept."""
        before = self._audit_texts(["closure_reason_id"])
        result = super()._write_closure(reason_id, note, date)
        self._audit(before, reason=note)
        return result

    def _end_closure(self):
        """An invoice closed with a reason stays open in the books, and closed; one whose write-off
        was undone is collected again."""
        self.filtered(lambda move: not move.closure_reason_id)._write_closure(None, None, None)

    def button_cancel(self):
        if not self:  # the host, for who cancels a quotation without an invoice
            return super().button_cancel()
        self.check_access("write")
        result = super().button_cancel()
        self._write_offs_sudo()._refuse(lambda proposal: proposal.env._("Its entry was cancelled."))
        self.env["l2c.money"]._moved(self.line_ids)
        self._orders_invoiced()
        return result

    def button_draft(self):
        self.check_access("write")
        if not self:  # the host, for each line that is written
            return super().button_draft()
        self._refuse_discount_entries()
        result = super().button_draft()
        self._write_offs_to_draft()
        self._discount_notes_to_draft()
        self.env["l2c.money"]._moved(self.line_ids)
        self._orders_invoiced()
        return result

    def _group_expand_handling_status(self, statuses, domain):
        return statuses  # a list of open invoices needs no empty groups

    # On paper -----------------------------------------------------------------------------

    def write(self, vals):
        # Given by an authority to an invoice that stays as it is.
        if vals.keys() == {"allocation_number"}:
            self = self.with_context(skip_is_manually_modified=True)  # noqa: PLW0642
        if LINKED_BY.isdisjoint(vals):
            result = super().write(vals)
            if vals.get("allocation_number"):
                self._allocation_given()
            return result
        sharing = self._sharing() if "state" not in vals else self.browse()
        result = super().write(vals)
        if "state" in vals:
            self.env["l2c.money"]._linked(self, self.browse())  # the status follows of itself
        else:
            self.env["l2c.money"]._linked(self | sharing, self)
        return result

    def _sharing(self):
        """The documents that have a payment in common with these."""
        # Who enters a payment need not see what else was paid with it.
        moves_sudo = self.sudo()
        return (moves_sudo.matched_payment_ids.invoice_ids | moves_sudo.transaction_ids.invoice_ids).with_env(self.env)

    @api.model
    def _uncollected_domain(self):
        """Posted documents that are to be paid still, not only said to be by Odoo."""
        return Domain("state", "=", "posted") & (
            Domain("payment_state", "in", ("not_paid", "partial"))
            | Domain("payment_state", "in", SAID_TO_BE_PAID) & Domain("handling_role", "in", OPEN_ROLES)
        )

    def _get_invoice_next_payment_values(self, custom_amount=None):
        """Without a discount while a payment is made that books its discounts itself."""
        values = super()._get_invoice_next_payment_values(custom_amount=custom_amount)
        return values | {"installment_state": None} if own(self.env, "l2c_discounts_booked") else values

    def _online_payment_url(self):
        """Where the customer can pay the invoice online; nothing where that is not possible,
        or where Odoo prints its own link."""
        self.ensure_one()
        if not self.id or self.display_link_qr_code or not self._has_to_be_paid():
            return False
        providers = self.env["payment.provider"]
        if not providers._usable(self.company_id, self.partner_id, self.currency_id, self.amount_residual):
            return False
        return self.get_base_url() + self.get_portal_url()

    def _document_pdf(self):
        """(name of the file, its content): the document as its customer got it, else as it is printed now."""
        self.ensure_one()
        if legal := self._get_invoice_legal_documents("pdf"):
            return legal["filename"], legal["content"]
        report = self.env["account.move.send"]._get_default_pdf_report_id(self)
        reports = self.env["ir.actions.report"].with_company(self.company_id)
        content = reports._render_qweb_pdf(report, self.ids)[0]
        return self._get_invoice_report_filename(report=report), content

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)
