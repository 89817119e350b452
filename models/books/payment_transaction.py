from odoo import api, fields, models

#: What decides for which documents an online payment counts, and for how much.
COUNTS = frozenset(
    ("state", "last_state_change", "is_post_processed", "payment_id", "invoice_ids", "sale_order_ids", "amount")
)


class PaymentTransaction(models.Model):
    """An online payment counts for its documents, and for its orders' invoices, before it is booked."""

    _name = "payment.transaction"
    _inherit = ["l2c.protected.mixin", "payment.transaction"]

    _written_by = "the page of a notice, on which the customer pays"

    awaited_until = fields.Date(
        compute="_compute_awaited_until",
        store=True,
        groups="base.group_user",
        help="What the provider hasn't confirmed by then isn't expected any more.",
    )

    @api.depends("state", "last_state_change", "is_post_processed")
    def _compute_awaited_until(self):
        """As many working days as a customer who answered is left alone."""
        for transaction in self:
            day, state = transaction.last_state_change, transaction.state
            is_awaited = day and (state == "pending" or (state == "done" and not transaction.is_post_processed))
            transaction.awaited_until = is_awaited and transaction.company_id._dunning_working_days_after(day.date())

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        transactions._documents_changed()
        return transactions

    def write(self, vals):
        if COUNTS.isdisjoint(vals):
            return super().write(vals)
        documents = self._documents()
        result = super().write(vals)
        self._documents_changed(documents)
        return result

    def unlink(self):
        documents = self._documents()
        result = super().unlink()
        self.browse()._documents_changed(documents.exists())
        return result

    def _documents(self):
        """What these online payments are for; parts of one are for what all of it is."""
        every_sudo = (self | self.source_transaction_id).sudo()  # who books payments need not see orders
        return (every_sudo.invoice_ids | every_sudo.sale_order_ids.invoice_ids).with_env(self.env)

    def _documents_changed(self, before=None):
        documents = self._documents() if before is None else before | self._documents()
        if documents:
            self.env["l2c.money"]._linked(documents)
