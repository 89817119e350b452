from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...engine.books import discount_notes as engine
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE

NOTE_TASK = "lead_to_cash.mail_activity_type_discount_note"


class AccountMove(models.Model):
    """A discount that a customer has taken by paying early: in some countries the VAT that is saved by it needs a
    credit note.

    Odoo books the discount in the payment's entry. The credit note books it once more, on the same accounts; when it is
    posted, an entry takes back what the payment has booked, and both are matched. So the discount counts once, by its
    credit note, and neither the payment nor what the bank has confirmed is touched.
    """

    _inherit = "account.move"

    discounted_move_id = fields.Many2one(
        "account.move", "Discount of", copy=False, readonly=True, index="btree_not_null", groups="base.group_user"
    )
    discount_note_ids = fields.One2many(
        "account.move", "discounted_move_id", "Credit Notes of the Discount", readonly=True, groups="base.group_user"
    )
    discount_entry_id = fields.Many2one(
        "account.move",
        "Discount Taken Back",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The entry that takes back what the payment has booked as the discount.",
    )
    is_discount_note_asked = fields.Boolean(copy=False, readonly=True, groups="base.group_user")
    lacks_discount_note = fields.Boolean(compute="_compute_lacks_discount_note", groups="base.group_user")

    @api.depends("move_type", "state", "payment_state", "discount_note_ids.state")
    def _compute_lacks_discount_note(self):
        for move in self:
            may = move._may_need_discount_note() and not move._discount_notes_sudo()
            move.lacks_discount_note = may and bool(move._taken_discount())

    def _discount_notes_sudo(self):
        """Those that aren't cancelled."""
        notes_sudo = self.sudo().discount_note_ids  # whoever reads the invoice
        return notes_sudo.filtered(lambda note: note.state != "cancel")

    def _may_need_discount_note(self):
        country = self.company_id.sudo().account_fiscal_country_id.code  # a fact of the company
        return (
            self.move_type == "out_invoice"
            and self.state == "posted"
            and self.payment_state != "not_paid"
            and self.invoice_payment_term_id.early_discount
            and country in engine.NEEDS_NOTE
        )

    def _taken_discount(self):
        """The journal items that have booked its discount, with its taxes, when the money came for it alone. A discount
        that leaves the VAT as it was needs no note."""
        found = self.env["account.move.line"]
        for entry, paid in self._discounting():
            if paid == self:
                found |= entry._discount_lines()
        return found

    def _discounting(self):
        """(payment's entry, the documents that it pays) of what has paid it; differences of rates aren't documents."""
        owed = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        payments = owed.matched_credit_ids.credit_move_id.move_id  # the host matches drafts, too
        for entry in payments.filtered(lambda move: move.move_type == "entry" and move.state == "posted"):
            customers = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            matched = customers.matched_debit_ids | customers.matched_credit_ids | owed.matched_credit_ids
            yield entry, customers.matched_debit_ids.debit_move_id.move_id - matched.exchange_move_id

    def _discount_lines(self):
        """Of a payment's entry, what is on the account of discounts, with its taxes."""
        account = self.company_id.account_journal_early_pay_discount_loss_account_id
        base = self.line_ids.filtered(lambda line: account and line.account_id == account and line.tax_ids)
        taxes = base.tax_ids.flatten_taxes_hierarchy()
        return base | self.line_ids.filtered(lambda line: line.tax_line_id and line.tax_line_id in taxes)

    # The note -----------------------------------------------------------------------------------

    def action_discount_note(self):
        """The draft of the credit note of the discount that was taken.

        :raise UserError: when no discount with VAT was taken, or there is a note already
        """
        self.ensure_one()
        self.check_access("write")
        if not self.lacks_discount_note:
            raise UserError(self.env._("%s has no discount that needs a credit note.", self.display_name))
        booked = self._taken_discount()
        note = self.with_company(self.company_id).create(self._prepare_discount_note_values(booked))
        note._meet(sum(booked.mapped("amount_currency")))
        note.sudo().discounted_move_id = self  # written by this action alone
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": self._name,
            "res_id": note.id,
            "views": [(False, "form")],
        }

    def _prepare_discount_note_values(self, booked):
        at_its_rate = {"invoice_date": self._today(), "invoice_currency_rate": self.invoice_currency_rate}
        return {
            **(at_its_rate if self.currency_id != self.company_currency_id else {}),
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "journal_id": self.journal_id.id,
            "currency_id": self.currency_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "invoice_payment_term_id": False,
            "invoice_user_id": self.invoice_user_id.id,
            "reversed_entry_id": self.id,
            "ref": self.env._("Discount for paying early: %s", self.name),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": line.name,
                        "account_id": line.account_id.id,
                        "quantity": 1,
                        "price_unit": line.tax_ids._price_of(line.amount_currency, line.currency_id),
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                        "analytic_distribution": line.analytic_distribution,
                    }
                )
                for line in booked.filtered(lambda line: not line.tax_line_id)
            ],
        }

    def _meet(self, total):
        """The note is of what was taken, to the cent: what rounding leaves goes to its biggest line.

        :raise UserError: when it can't be
        """
        if rest := self.currency_id.round(total - self.amount_total):
            biggest = max(self.invoice_line_ids, key=lambda line: line.price_unit)
            biggest.price_unit += rest
        self._check_discount(total)

    def _check_discount(self, total):
        if self.currency_id.compare_amounts(total, self.amount_total):
            raise UserError(
                self.env._(
                    "The discount that was taken is %(amount)s. A credit note of it can't be of another amount.",
                    amount=format_amount(self.env, total, self.currency_id),
                )
            )

    # Posted, and back to draft --------------------------------------------------------------------

    def _discount_notes_posted(self):
        """What the payments have booked is taken back, and matched with the notes."""
        for note in self.filtered(lambda move: move.discounted_move_id and not move.discount_entry_id):
            booked = note.discounted_move_id._taken_discount()
            note._check_discount(sum(booked.mapped("amount_currency")))
            entry = self.create(note._prepare_discount_entry_values(booked))
            note.sudo().discount_entry_id = entry  # written by posting alone
            entry._post(soft=False)
            (entry | note).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
            note.discounted_move_id.activity_unlink([NOTE_TASK])

    def _prepare_discount_entry_values(self, booked):
        """The opposite of what was booked, taxes and all, owed by the customer until the note meets it."""
        owed = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")[:1]
        opposite = [
            {
                "name": line.name,
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "amount_currency": -line.amount_currency,
                "balance": -line.balance,
                "tax_ids": [Command.set(line.tax_ids.ids)],
                "tax_tag_ids": [Command.set(line.tax_tag_ids.ids)],
                "tax_repartition_line_id": line.tax_repartition_line_id.id,
                "group_tax_id": line.group_tax_id.id,
                "analytic_distribution": line.analytic_distribution,
            }
            for line in booked
        ]
        customer = {
            "name": self.name,
            "account_id": owed.account_id.id,
            "partner_id": owed.partner_id.id,
            "currency_id": booked[:1].currency_id.id,
            "amount_currency": sum(booked.mapped("amount_currency")),
            "balance": sum(booked.mapped("balance")),
        }
        return {
            "move_type": "entry",
            "date": self.date,
            "ref": self.env._("Booked with the payment, now by %s", self.name),
            "journal_id": self._general_journal(self.company_id).id,
            "line_ids": [Command.create(values) for values in (customer, *opposite)],
        }

    def _refuse_discount_entries(self):
        """
        :raise UserError: when an entry that takes back a discount would go without its credit note: the discount would
            count twice
        """
        notes_sudo = self.sudo().search([("discount_entry_id", "in", self.ids), ("id", "not in", self.ids)])  # a fact
        if notes_sudo:
            raise UserError(
                self.env._(
                    "This entry goes with the credit note %(note)s. Reset that to draft, and the entry is cancelled.",
                    note=notes_sudo[0].name,
                )
            )

    def _discount_notes_to_draft(self):
        """The payment's own booking counts again."""
        entries = self.discount_entry_id
        if entries:
            self.sudo().discount_entry_id = False  # written by posting alone
            entries.filtered(lambda entry: entry.state == "posted").button_draft()
            entries.button_cancel()

    # The job ------------------------------------------------------------------------------------

    @api.model
    def _cron_propose_discount_notes(self):
        """Who has the invoice gets a task, once, where the law asks for a credit note of the discount, and where one was
        given whose payment was taken back."""
        cron = self.env.ref("lead_to_cash.cron_discount_notes")
        companies = self.env["res.company"].search([("account_fiscal_country_id.code", "in", list(engine.NEEDS_NOTE))])
        for company in companies:
            self.env.flush_all()
            since = self._today() - timedelta(days=engine.TOO_OLD)
            for [move_id] in self.env.execute_query(engine.taken(company.ids, since)):
                with cron_step(cron, f"Asking for the credit note of a discount, invoice {move_id}"):
                    self.browse(move_id)._ask_discount_note()
            for [note_id] in self.env.execute_query(engine.given(company.ids, since)):
                with cron_step(cron, f"Telling that the discount of the credit note {note_id} was not taken"):
                    self.browse(note_id)._tell_not_taken()

    def _tell_not_taken(self):
        self.sudo().is_discount_note_asked = True  # written by the job alone
        user = self._planned_for()[self]
        there = user._reading(self)
        note = there.env._(
            "The payment that took this discount was taken back. Reset this credit note to draft, or bill what it gave, "
            "unless the customer pays less the discount again."
        )
        there.activity_schedule(NOTE_TASK, self._today(), user_id=user.id, note=note, handling_step=ONCE)

    def _ask_discount_note(self):
        self.sudo().is_discount_note_asked = True  # written by the job alone
        shared = self._is_discount_shared()
        if shared or self.lacks_discount_note:
            user = self._planned_for()[self]
            there = user._reading(self)
            note = there.env._(
                "It was paid together with other documents, and the payment has booked the discounts of all. Take the "
                "payment back to draft and register one for each document: then its credit note is proposed."
            )
            about = {"user_id": user.id, "note": note if shared else False, "handling_step": ONCE}
            there.activity_schedule(NOTE_TASK, self._today(), **about)

    def _is_discount_shared(self):
        """Whether its payment has booked discounts, and is for other documents, too."""
        if not self._may_need_discount_note() or self._discount_notes_sudo():
            return False
        return any(len(paid) > 1 and entry._discount_lines() for entry, paid in self._discounting())


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _price_of(self, untaxed, currency):
        """The price whose amount before these taxes is ``untaxed``: more than it, where prices include taxes."""
        if not any(tax.price_include for tax in self.flatten_taxes_hierarchy()):
            return untaxed
        base_line = self._prepare_base_line_for_taxes_computation(
            None, price_unit=untaxed, quantity=1.0, tax_ids=self, currency_id=currency, special_mode="total_excluded"
        )
        self._add_tax_details_in_base_line(base_line, self.company_id[:1])
        return currency.round(base_line["tax_details"]["raw_total_included_currency"])
