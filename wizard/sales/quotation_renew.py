from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount

#: Days for which a quotation is valid where neither its template nor its company says it.
DAYS = 30


class QuotationRenew(models.TransientModel):
    """Asks until when an expired quotation is valid again, and whether at today's prices."""

    _name = "quotation.renew"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Renew Quotation"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    validity_date = fields.Date(
        "Valid until",
        compute="_compute_validity_date",
        precompute=True,
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )
    price_changes = fields.Text("Changed Prices", compute="_compute_price_changes")
    updates_prices = fields.Boolean("Take Today's Prices", help="Prices that were agreed stay.")

    @api.depends("order_id")
    def _compute_validity_date(self):
        for dialog in self:
            order = dialog.order_id
            days = order.sale_order_template_id.number_of_days or order.company_id.quotation_validity_days or DAYS
            dialog.validity_date = order._today() + timedelta(days=days)

    @api.depends("order_id")
    def _compute_price_changes(self):
        for dialog in self:
            dialog.order_id.check_access("read")
            rows = []
            for line, price in dialog.order_id._price_changes().items():
                old, new, agreed = (
                    format_amount(self.env, amount, line.currency_id)
                    for amount in (line.technical_price_unit, price, line.price_unit)
                )
                row = f"{line.product_id.display_name}: {old} → {new}"
                if line._is_price_agreed():
                    row = self.env._("%(change)s (agreed: %(price)s, it stays)", change=row, price=agreed)
                rows.append(row)
            dialog.price_changes = "\n".join(rows)

    def action_renew(self):
        """Renew the quotation."""
        self.ensure_one()
        self.check_access("write")
        self.order_id.action_renew(self.validity_date, updates_prices=self.updates_prices)
        return {"type": "ir.actions.act_window_close"}

    def action_renew_and_send(self):
        """Renew the quotation, and open the e-mail that sends it."""
        self.action_renew()
        return self.order_id.action_quotation_send()
