from odoo import api, fields, models

from ...engine.handling.own import Own

#: What decides for which documents an online payment counts, and for how much.
COUNTS = frozenset(
    (
        "state",
        "last_state_change",
        "is_post_processed",
        "payment_id",
        "invoice_ids",
        "sale_order_ids",
        "amount",
        "discounted_item_ids",
    )
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

    discounted_item_ids = fields.Many2many(
        "account.move.line",
        "payment_transaction_discount_rel",
        "transaction_id",
        "move_line_id",
        "Paid Early",
        readonly=True,
        copy=False,
        help="Wholly paid with it, less their early-payment discount: that ran on the day on which the customer paid.",
        groups="base.group_user",
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
        transactions._pay_early()
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

    # Paid early -----------------------------------------------------------------------------

    def _pay_early(self):
        """One document's amount less its discount, as Odoo's own page asks for it, pays it wholly. That page
        counts the days as Odoo does."""
        for transaction in self.filtered(lambda one: len(one.invoice_ids) == 1 and not one.discounted_item_ids):
            items_sudo = transaction.sudo().invoice_ids.line_ids._still_owed()  # who pays need not see the books
            discounts = items_sudo._discounts(fields.Date.context_today(transaction))
            asked = sum(items_sudo.mapped("left_currency")) - sum(discounts.values())
            if discounts and not transaction.currency_id.compare_amounts(transaction.amount, asked):
                transaction.discounted_item_ids = items_sudo.filtered(discounts.get)

    def _paid_early(self):
        """The items that all of it, not a part that was captured, pays less their discounts: those of which
        nothing else was paid since."""
        source = self.source_transaction_id
        whole = source if source and source.operation == self.operation else self
        if self.currency_id.compare_amounts(self.amount, whole.amount):
            return self.env["account.move.line"]
        return whole.discounted_item_ids.filtered(lambda item: item._is_discounted(None))

    def _create_payment(self, **extra_create_values):
        """With the discounts of all items that were paid early. Odoo books that of one document, when the amount
        happens to be just its, and the payment is booked in time."""
        early = self._paid_early()
        if not early and len(self.invoice_ids) < 2:
            return super()._create_payment(**extra_create_values)
        early -= early._without_discount_account()
        entries = extra_create_values.pop("write_off_line_vals", []) + early._discount_entries()
        transaction = self.with_context(l2c_discounts_booked=Own(True))
        return super(PaymentTransaction, transaction)._create_payment(
            write_off_line_vals=entries, **extra_create_values
        )
