from odoo import fields, models


class SaleOrder(models.Model):
    """The terms of payment of an order, in days and amounts."""

    _inherit = "sale.order"

    def _payment_terms(self):
        """The instalments of the order, were it invoiced on its date: ``date``, ``lines`` of date
        and amount, and the early payment's ``discount_date`` and ``discount_amount``. Empty
        without terms or amount."""
        self.ensure_one()
        term = self.payment_term_id
        if not self.id or not term or self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            return {}
        day = fields.Datetime.context_timestamp(self, self.date_order).date()
        company_currency = self.company_id.currency_id

        def converted(amount):
            return self.currency_id._convert(amount, company_currency, self.company_id, day)

        found = term._compute_terms(
            date_ref=day,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=converted(self.amount_tax),
            tax_amount_currency=self.amount_tax,
            sign=1,
            untaxed_amount=converted(self.amount_untaxed),
            untaxed_amount_currency=self.amount_untaxed,
        )
        return {
            "date": day,
            "lines": [(line["date"], line["foreign_amount"]) for line in found["line_ids"]],
            "discount_date": found["discount_date"],
            "discount_amount": found.get("discount_amount_currency"),
        }

    def _online_url(self):
        """Where the customer can sign or pay the order online, while that is still to be done."""
        self.ensure_one()
        if not self.id or not (self._has_to_be_signed() or self._has_to_be_paid()):
            return False
        return self.get_base_url() + self.get_portal_url()
