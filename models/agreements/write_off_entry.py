from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class DunningWriteOff(models.Model):
    """The entry of an approved write-off: made as a draft, posted by a person."""

    _inherit = "dunning.write.off"

    entry_as_approved = fields.Json(compute="_compute_entry_as_approved", store=True, copy=False)

    @api.depends("move_id")
    def _compute_entry_as_approved(self):
        """What the entry was when it was made, whatever becomes of it."""
        for proposal in self:
            proposal.entry_as_approved = proposal._entry_now()

    def _entry_now(self):
        """What of the entry makes it this one: its day and its labels are the accountant's."""
        move = self.move_id
        lines = [
            (
                *(line.account_id.id, line.partner_id.id, line.currency_id.id),
                *(round(line.amount_currency, 6), round(line.balance, 6), sorted(line.tax_ids.ids)),
            )
            for line in move.line_ids.filtered("account_id")
        ]
        about = [move.move_type, move.company_id.id, move.reversed_entry_id.id]
        return [about, *(list(line) for line in sorted(lines))]

    def action_open_entry(self):
        """Show the entry."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_post(self):
        """Post the entry, made now when there is none, and reconcile it with the items.

        :raise UserError: unless it is approved, and, in a settlement, the customer has paid
        """
        self.check_access("read")
        self.env["account.move"].check_access("write")
        for proposal in self:
            if proposal.state != "approved":
                raise UserError(self.env._("Only what was approved, and isn't written off yet, can be posted."))
            proposal._check_paid()
            if not proposal.move_id:
                proposal._make_entry()
        self.move_id.filtered(lambda move: move.state == "draft").action_post()
        self.filtered(lambda proposal: proposal.state == "approved").sudo()._after_posting()  # matched again

    def _check_paid(self):
        if self.kind == "settlement" and not self.currency_id.is_zero(self.amount_to_pay):
            raise UserError(self.env._("The rest is written off when the customer has paid what was agreed."))

    # Making it -------------------------------------------------------------------------------

    def _make_entry(self):
        """The draft; whoever approves within the limits may make it."""
        if self.kind == "settlement":  # the customer may have paid more than was agreed
            self.sudo().amount = min(self.amount, self._open_amount())  # whoever approves
        context = clean_context(self.env.context)  # a client's defaults are none for what it makes
        moves = self.env["account.move"].with_context(context)  # pylint: disable=context-overridden
        moves_sudo = moves.sudo().with_company(self.company_id)  # the same
        if self.document == "entry":
            move_sudo = moves_sudo.create(self._prepare_entry_values(moves_sudo._general_journal(self.company_id)))
        else:
            move_sudo = self._make_credit_note(moves_sudo)
        self.sudo().move_id = move_sudo  # the same
        self.flush_recordset()  # as it is now

    def _shares(self):
        """What is written off of each item, oldest first, as the host reconciles."""
        left, shares = self.amount, {}
        for item in self.move_line_ids.sorted(lambda item: (item.date_maturity or item.date, item.id)):
            share = min(left, item.amount_residual_currency)
            if self.currency_id.compare_amounts(share, 0) > 0:
                shares[item] = share
            left -= share
        return shares

    def _prepare_entry_values(self, journal):
        """Bad debts against the items, at the rates at which they stand in the books."""
        lines, total = [], 0.0
        for item, share in self._shares().items():
            part = share / item.amount_residual_currency
            balance = self.company_id.currency_id.round(item.amount_residual * part)
            lines.append(
                self._prepare_line_values(item.account_id, item.partner_id, -share, -balance, item.move_id.name)
            )
            total += balance
        account = self._bad_debt_account()
        lines.append(self._prepare_line_values(account, self.partner_id, self.amount, total, self.reason))
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": self._open_date(journal),
            "ref": self.env._("Write-off: %s", self.reason),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_line_values(self, account, partner, amount, balance, name):
        return {
            "account_id": account.id,
            "partner_id": partner.id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": balance,
            "name": name,
        }

    def _bad_debt_account(self):
        account_sudo = self.company_id.sudo().write_off_account_id  # a setting of the company
        if not account_sudo:
            raise UserError(
                self.env._(
                    "%(company)s has no account for bad debts. A Collections manager chooses it in the settings "
                    "of Lead to Cash.",
                    company=self.company_id.name,
                )
            )
        return account_sudo

    def _open_date(self, journal, has_tax=False):
        """Today, or the first day that no lock date closes."""
        today = self._today()
        locks = self.company_id._get_violated_lock_dates(today, has_tax, journal)
        return locks[-1][0] + timedelta(days=1) if locks else today

    def _make_credit_note(self, moves_sudo):
        """A credit note like the invoice, its lines in proportion; what rounding leaves is a
        line of its own without tax."""
        invoice_sudo = moves_sudo.browse(self.move_line_ids.move_id.id)
        date = self._open_date(invoice_sudo.journal_id, has_tax=bool(invoice_sudo.line_ids.tax_ids))
        note_sudo = invoice_sudo._reverse_moves([self._prepare_credit_note_values(date)])
        if self.currency_id.compare_amounts(note_sudo.amount_total, self.amount):
            factor = self.amount / note_sudo.amount_total
            note_sudo.invoice_line_ids = [
                Command.update(line.id, self._prepare_part_values(line, factor))
                for line in note_sudo.invoice_line_ids
                if line.display_type == "product"
            ]
            difference = self.currency_id.round(self.amount - note_sudo.amount_total)
            if not self.currency_id.is_zero(difference):
                first = note_sudo.invoice_line_ids.filtered(lambda line: line.display_type == "product")[:1]
                note_sudo.invoice_line_ids = [Command.create(self._prepare_rounding_values(first, difference))]
        return note_sudo

    def _prepare_credit_note_values(self, date):
        return {
            "ref": self.env._("Write-off: %s", self.reason),
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "invoice_payment_term_id": False,
        }

    def _prepare_part_values(self, line, factor):
        price = line.price_unit * line.quantity * (1 - line.discount / 100)
        return {"quantity": 1, "discount": 0, "price_unit": price * factor}

    def _prepare_rounding_values(self, line, difference):
        return {
            "name": self.env._("Rounding"),
            "account_id": line.account_id.id,
            "quantity": 1,
            "price_unit": difference,
            "tax_ids": [Command.clear()],
        }

    # Posting it ------------------------------------------------------------------------------

    def _before_posting(self):
        """Whether what is posted is what was approved."""
        for proposal in self:
            if proposal.state != "approved":
                raise UserError(
                    self.env._("The entry belongs to a write-off that isn't approved. Approve or delete it first.")
                )
            proposal._check_paid()
            proposal._check_still_open()
            booked = -sum(proposal._counterparts().mapped("amount_currency"))
            is_other = proposal._entry_now() != proposal.entry_as_approved
            if is_other or proposal.currency_id.compare_amounts(booked, proposal.amount):
                raise UserError(
                    self.env._("The entry isn't what was approved any more. Refuse the write-off and propose anew.")
                )
        self._set_state("done")
        self.flush_recordset()  # the status of the invoices is found by SQL

    def _after_posting(self):
        """The items are settled by the entry, as far as the host has not done it."""
        for proposal in self:
            lines = (proposal.move_line_ids | proposal._counterparts()).filtered(lambda line: not line.reconciled)
            for same in lines.grouped("account_id").values():
                if len(same.mapped("move_id")) > 1:
                    same.reconcile()
            invoices = proposal.move_line_ids.move_id.filtered(lambda move: move.handling_role == "lost")
            invoices._write_closure(None, proposal.reason, self._now())
            proposal._end_requests()

    def _counterparts(self):
        """The lines of the entry that settle the items."""
        accounts = self.move_line_ids.account_id
        return self.move_id.line_ids.filtered(lambda line: line.account_id in accounts)
