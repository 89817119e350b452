from odoo import api, fields, models

from ...engine.agreements.disputes import claimed, held


class AccountMoveLine(models.Model):
    """How much of an item is disputed, and what is claimed of it."""

    _inherit = "account.move.line"

    # Written by open disputes alone, as superuser's SQL: no accounting check applies.
    disputed_currency = fields.Monetary(
        "Disputed in Currency",
        readonly=True,
        copy=False,
        help="How much of it was disputed; of what is disputed as a whole, more than anybody owes.",
        groups="base.group_user",
    )
    disputed_left = fields.Monetary(
        "Disputed",
        compute="_compute_claimed_currency",
        help="How much of what is left is disputed: a payment in part meets the rest first.",
        groups="base.group_user",
    )
    claimed_currency = fields.Monetary(
        "Claimed in Currency",
        compute="_compute_claimed_currency",
        help="What is left, less the part that is disputed; of what is wholly disputed all.",
        groups="base.group_user",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.env["payment.charge"]._refuse_without([("move_line_id", "in", self.ids)])

    @api.depends("left_currency", "disputed_currency")
    def _compute_claimed_currency(self):
        """As `engine.books.items` says it in SQL."""
        for item in self:
            item.disputed_left = held(item.disputed_currency, item.left_currency)
            item.claimed_currency = claimed(item.disputed_currency, item.left_currency)

    def _is_partly_disputed(self):
        """Whether a part of the item is disputed, and the rest is claimed."""
        return bool(self.disputed_left) and self.disputed_left < self.left_currency
