from odoo import fields, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    collection_item_ids = fields.Many2many(
        "account.move.line",
        "payment_transaction_item_rel",
        "transaction_id",
        "move_line_id",
        "Instalments",
        readonly=True,
        copy=False,
        help="What the customer has ticked on the page of a notice: what the payment is matched with.",
        groups="base.group_user",
    )
