from odoo import api, fields, models
from odoo.exceptions import UserError


class PaymentReturn(models.TransientModel):
    """Guides through a payment that the bank gave back."""

    _name = "payment.return"
    _inherit = ["l2c.clock.mixin"]
    _description = "Payment Returned"

    payment_ids = fields.Many2many("account.payment", string="Payments")
    payment_id = fields.Many2one("account.payment", domain="[('id', 'in', payment_ids)]", ondelete="cascade")
    bank_line_ids = fields.Many2many("account.bank.statement.line", string="Bank Lines to Choose from")
    bank_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Money on the Bank",
        domain="[('id', 'in', bank_line_ids)]",
        ondelete="cascade",
        help="Money that came without a payment: a line of a bank statement.",
    )
    return_line_id = fields.Many2one(
        "account.bank.statement.line", "Taken Back by", readonly=True, ondelete="cascade", help="The bank's money out."
    )
    date = fields.Date("Returned on", required=True, default=lambda self: self._today())
    reason = fields.Char(required=True)

    @api.onchange("payment_id")
    def _onchange_payment_id(self):
        if self.payment_id:
            self.bank_line_id = False

    @api.onchange("bank_line_id")
    def _onchange_bank_line_id(self):
        if self.bank_line_id:
            self.payment_id = False

    @api.model
    def _ask(self, payments=None, lines=None):
        """The dialog for one of these payments or lines of the bank; one of money out asks for those that
        may have come back with it.

        :raise UserError: when nothing can come back
        """
        self.check_access("create")
        payments = payments or self.env["account.payment"]
        lines = lines or self.env["account.bank.statement.line"]
        out = lines.filtered(lambda line: line.amount < 0 and not line.is_reconciled)[:1]
        if out:
            payments, lines = out._may_have_returned()
        payments, lines = payments._can_return(), lines._can_return()
        if not payments and not lines:
            raise UserError(self.env._("There is no payment to return."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.payment_return_action")
        values = {
            "payment_ids": payments.ids,
            "payment_id": payments[-1:].id,
            "bank_line_ids": lines.ids,
            "bank_line_id": not payments and lines[:1].id,
        }
        if out:
            values |= {"return_line_id": out.id, "date": out.date, "reason": out.payment_ref}
        return action | {"context": {f"default_{name}": value for name, value in values.items()}}

    def action_return(self):
        """Take the payment back."""
        self.check_access("write")
        for wizard in self:
            if wizard.date > wizard._today():
                raise UserError(
                    self.env._("A payment can't be returned on a future date. Choose today or an earlier day.")
                )
            money = wizard.payment_id or wizard.bank_line_id
            if not money:
                raise UserError(self.env._("Choose what came back: a payment, or money on the bank."))
            money.check_access("read")
            if not money._can_return():
                raise UserError(self.env._("This payment was taken back already."))
            lines = money._return(wizard.date, wizard.reason)
            if wizard.return_line_id:
                wizard.return_line_id._match_return(lines)
