from odoo import fields, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    payment_returned_date = fields.Date(
        "Payment Returned on", readonly=True, copy=False, help="The day on which a payment of this item was taken back."
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("no_followup"):
            self.env["dunning.notice"]._reasons_changed(self)
        return result

    def _payment_returned(self, day=None):
        """A payment of these items was taken back, today or on ``day``. Written by SQL: no
        accounting check applies to it, and a posted entry takes no other write."""
        items = self._owed_by_customers()
        if items:
            day = day or self.env["res.company"]._today()
            statement = SQL("UPDATE account_move_line SET payment_returned_date = %s WHERE id IN %s", day, items._ids)
            self.env.cr.execute(statement)
            items.invalidate_recordset(["payment_returned_date"], flush=False)

    def _owed_by_customers(self):
        return self.filtered(lambda line: line.account_type == "asset_receivable" and line.balance > 0)

    def _is_payment(self):
        """Whether the line is money: of a payment, or of a bank statement."""
        return bool(self.payment_id or self.statement_line_id)
