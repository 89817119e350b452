from odoo import api, fields, models
from odoo.exceptions import ValidationError

FEE_KINDS = [("fee", "Fee"), ("court", "Court Costs"), ("expense", "Expenses"), ("other", "Other")]


class CollectionCaseFee(models.Model):
    """What a lawyer or an agency has cost in a case."""

    _name = "collection.case.fee"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Fee or Cost of a Case"
    _order = "date, id"
    _rec_name = "kind"
    _check_company_auto = True

    _writable = frozenset({"case_id", "date", "kind", "amount", "bill_id", "note"})

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    currency_id = fields.Many2one(related="case_id.currency_id")
    date = fields.Date(required=True, default=lambda self: self._today())
    kind = fields.Selection(FEE_KINDS, required=True, default="fee")
    amount = fields.Monetary(required=True)
    bill_id = fields.Many2one(
        "account.move",
        "Vendor Bill",
        check_company=True,
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt'))]",
        index="btree_not_null",
    )
    note = fields.Char()

    @api.constrains("amount")
    def _check_amount(self):
        if any(fee.currency_id.compare_amounts(fee.amount, 0) <= 0 for fee in self):
            raise ValidationError(self.env._("A fee is an amount above zero."))

    @api.constrains("bill_id")
    def _check_bill(self):
        if any(fee.bill_id and fee.bill_id.move_type not in ("in_invoice", "in_receipt") for fee in self):
            raise ValidationError(self.env._("Choose a vendor bill: other documents are no costs."))
