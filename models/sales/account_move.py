from odoo import api, fields, models


class AccountMove(models.Model):
    """An invoice's terms: what its discount costs, and whether they are longer than the law lets them be."""

    _inherit = "account.move"

    discount_cost_hint = fields.Char(
        "Cost of the Discount", compute="_compute_terms_hints", groups="account.group_account_invoice"
    )
    term_limit_hint = fields.Char(
        "Longest Term", compute="_compute_terms_hints", groups="account.group_account_invoice"
    )

    @api.depends(
        *("company_id", "invoice_date", "invoice_date_due", "invoice_payment_term_id", "move_type", "partner_id"),
        "state",
    )
    @api.depends_context("lang")
    def _compute_terms_hints(self):
        limits_sudo = self.env["payment.term.limit"]._known_sudo(self.company_id)
        for move in self:
            move.discount_cost_hint = move.term_limit_hint = False
            if not move._has_terms():
                continue
            day = move.invoice_date or move._today()
            move.discount_cost_hint = move.invoice_payment_term_id._discount_cost(day)
            if move.invoice_date_due and not move._is_term_agreed():
                move.term_limit_hint = limits_sudo._passed_text(
                    move.partner_id, move.company_id, day, move.invoice_date_due
                )

    def _has_terms(self):
        return self.move_type == "out_invoice" and self.state != "cancel" and bool(self.partner_id)

    def _is_term_agreed(self):
        """Whether it was said of the customer, or of an order that it invoices, that longer terms are agreed."""
        move_sudo = self.sudo()  # accountants need not see orders
        customer_sudo = move_sudo.partner_id.commercial_partner_id.with_company(move_sudo.company_id)
        orders_sudo = move_sudo.invoice_line_ids.sale_line_ids.order_id
        return customer_sudo.is_long_term_agreed or any(orders_sudo.mapped("is_term_agreed"))
