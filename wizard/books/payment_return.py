from odoo import fields, models
from odoo.exceptions import UserError


class PaymentReturn(models.TransientModel):
    """Guides through a payment that the bank gave back."""

    _name = "payment.return"
    _inherit = ["l2c.clock.mixin"]
    _description = "Payment Returned"

    payment_ids = fields.Many2many("account.payment", string="Payments", required=True)
    payment_id = fields.Many2one(
        "account.payment", required=True, domain="[('id', 'in', payment_ids)]", ondelete="cascade"
    )
    date = fields.Date("Returned on", required=True, default=lambda self: self._today())
    reason = fields.Char(required=True)

    def action_return(self):
        """Take the payment back."""
        self.check_access("write")
        for wizard in self:
            if wizard.date > wizard._today():
                raise UserError(
                    self.env._("A payment can't be returned on a future date. Choose today or an earlier day.")
                )
            if wizard.payment_id.state not in ("in_process", "paid"):
                raise UserError(self.env._("This payment was taken back already."))
            wizard.payment_id._return(wizard.date, wizard.reason)
