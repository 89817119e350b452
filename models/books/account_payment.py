from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.handling.own import Own, own

#: States of a payment that can come back.
UNDER_WAY = ("in_process", "paid")
#: What decides for which documents a payment without an entry counts, and for how much.
COUNTS = frozenset(
    (
        *("state", "move_id", "invoice_ids", "payment_transaction_id", "amount", "currency_id", "date"),
        *("payment_type", "partner_type", "partner_id", "company_id"),
    )
)


class AccountPayment(models.Model):
    """A payment without an entry of its own changes its invoices by its state alone."""

    _inherit = "account.payment"

    is_tax_withheld = fields.Boolean(
        "Rest Withheld as Tax",
        copy=False,
        help="What it leaves open of its invoices the customer has withheld as tax: nobody is reminded of it, and "
        "its certificate is asked for.",
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )

    # Serves what is under way: payments without an entry, of which there are few, or many in process.
    _without_entry_idx = models.Index("(id) WHERE move_id IS NULL AND state IN ('in_process', 'paid')")

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._counting()._documents_changed()
        return payments

    def write(self, vals):
        """A rejected one has come back; what they are for, and were, is paid to another extent."""
        documents = self._documents_before(vals)
        back = self.filtered(lambda payment: vals.get("state") == "rejected" and payment.state in UNDER_WAY)
        items = {payment: payment._paid_items() for payment in back}
        result = super().write(vals)
        for payment in back:
            payment._came_back(items[payment])
        if documents is not None:
            self._documents_changed(documents)
        if "is_tax_withheld" in vals:
            self.env["dunning.notice"]._reasons_changed((self.invoice_ids | self.reconciled_invoice_ids).line_ids)
        return result

    def _documents_before(self, vals):
        """What these payments are for, before ``vals`` change that; None when they don't."""
        if COUNTS.isdisjoint(vals):
            return None
        # Without an entry nothing is reconciled; asking for it is dear.
        settled = self.filtered("move_id").reconciled_invoice_ids if "state" in vals else self.env["account.move"]
        return self._documents() | settled

    def unlink(self):
        if not self:  # the host, for each line that is written
            return super().unlink()
        documents = self._documents()
        result = super().unlink()
        self.browse()._documents_changed(documents.exists())
        return result

    def _counting(self):
        """Those that are under way, or have arrived."""
        return self.filtered(lambda payment: payment.state in UNDER_WAY)

    def _documents(self):
        """What these payments are for."""
        # Who enters a payment need not see the customer's orders.
        transactions_sudo = self.sudo().payment_transaction_id
        return self.invoice_ids | transactions_sudo._documents().with_env(self.env)

    def _documents_changed(self, before=None):
        """What these payments are for, and were ``before``, is paid to another extent."""
        documents = self._documents() if before is None else before | self._documents()
        if documents:
            self.env["l2c.money"]._linked(documents)

    def _came_back(self, items):
        """The payment of these items was rejected: today, unless our wizard says when and why."""
        day, reason = own(self.env, "l2c_return") or (self.env["res.company"]._today(), "")
        items._came_back(day, self.display_name, reason)
        customer = self.partner_id.commercial_partner_id.with_company(self.company_id)
        reader = customer._collection_responsibles(items.move_id).get(customer, self.env.user)
        noted = self.env["res.users"]._noting(self, reader)
        body = noted.env._("Payment returned: %(payment)s. %(reason)s", payment=self.display_name, reason=reason)
        noted._message_log(body=body)

    def _paid_items(self):
        """What the payment has paid: what its entry was matched with; without an entry, what is open of
        the documents it is linked to, oldest first, up to its amount."""
        self.ensure_one()
        if self.move_id:
            return self.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")._paid_items()
        paid = self.env["account.move.line"]
        owed = self.invoice_ids.line_ids._still_owed()
        for item in owed.sorted(lambda item: (item.date_maturity or item.date, item.id)):
            if sum(paid.mapped("amount_residual")) < self.amount_company_currency_signed:
                paid |= item
        return paid

    def _cheque_domain(self, today):
        """What customers have given that falls due after today. (Odoo calls a payment paid as soon
        as its invoices are, whatever its date.)"""
        return (
            Domain("state", "in", ("in_process", "paid"))
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("date", ">", today)
        )

    def action_payment_returned(self):
        """The bank gave the payment back: ask when and why."""
        self.check_access("read")
        return self.env["payment.return"]._ask(payments=self)

    def _can_return(self):
        """Those that can come back."""
        return self.filtered(lambda payment: payment.payment_type == "inbound" and payment.state in UNDER_WAY)

    def _return(self, day, reason):
        """Take the payment back on ``day``: its invoices are owed again, its entry is reversed,
        what was promised with it is broken, and the responsible knows at once.

        :return: the lines of the opposite entry that are still to be matched with the bank's
        """
        self.ensure_one()
        self.with_context(l2c_return=Own((day, reason))).action_reject()
        return self._reverse_entry(day) if self.move_id else self.env["account.move.line"]

    def _reverse_entry(self, day):
        """The opposite entry on ``day``. What the bank has confirmed stays matched; the bank's line
        of the return is matched with the opposite entry."""
        entry = self.move_id
        customer = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        customer.remove_move_reconcile()
        values = {"date": day, "ref": self.env._("Returned: %s", entry.name)}
        opposite = entry._reverse_moves([values])
        self.move_id = entry  # copying an entry takes its payment along
        opposite._post(soft=False)
        for account, lines in (entry | opposite).line_ids.grouped("account_id").items():
            unmatched = lines.filtered(lambda line: not line.reconciled)
            if account.reconcile and len(unmatched) == len(lines):
                unmatched.reconcile()
        return opposite.line_ids.filtered(lambda line: line.account_id.reconcile and not line.reconciled)
