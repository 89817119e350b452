from odoo import Command, api, fields, models


class AccountMoveReversal(models.TransientModel):
    """A credit note that is made for a dispute belongs to it, and is about what is disputed."""

    _inherit = "account.move.reversal"

    dispute_id = fields.Many2one("dunning.dispute", "For the Dispute", readonly=True)
    disputed_amount = fields.Monetary(
        "Of Which Disputed", compute="_compute_disputed_amount", help="What is granted, else what is disputed."
    )
    credits_disputed = fields.Boolean(
        "Only What Is Disputed",
        default=True,
        help="The credit note is a draft of that amount, by accounts and taxes as the invoice; else of the whole invoice.",
    )

    @api.depends("dispute_id", "move_ids")
    def _compute_disputed_amount(self):
        """0 where it is all of the invoice, or not about it alone."""
        for wizard in self:
            dispute, move = wizard.dispute_id, wizard.move_ids._origin
            amount = dispute._left_to_credit()
            about = len(move) == 1 and move == dispute.move_line_ids.move_id and dispute.currency_id == move.currency_id
            is_part = about and 0 < move.currency_id.round(amount) < move.amount_total
            wizard.disputed_amount = amount if is_part else 0

    def reverse_moves(self, is_modify=False):
        amount = self.credits_disputed and not is_modify and self.disputed_amount  # before the note itself counts
        action = super().reverse_moves(is_modify=is_modify)
        dispute = self.dispute_id
        if dispute and self.move_ids <= dispute.move_line_ids.move_id:
            dispute.check_access("write")
            notes = self.new_move_ids.filtered(lambda move: move.move_type == "out_refund")
            if amount:
                self._reduce(notes, amount)
            notes.sudo().dispute_id = dispute  # who credits need not write fields of ours
        return action

    def _reduce(self, note, amount):
        """The draft is about what is disputed, taxes included, to the cent: its lines are those of Odoo's down
        payments, one for each account and its taxes."""
        there = note.with_context(lang=note.partner_id.lang or self.env.lang)
        name = there.env._("Of invoice %(number)s: %(reason)s", number=self.move_ids.name, reason=self.reason or "")
        taxes = self.env["account.tax"]
        lines, _tax_lines = note._get_rounded_base_and_tax_lines()
        reduced = taxes._prepare_down_payment_lines(
            lines,
            note.company_id,
            "fixed",
            amount,
            computation_key=f"dispute,{self.dispute_id.id}",
            grouping_function=lambda line: {"account_id": line["account_id"]},
        )
        note.invoice_cash_rounding_id = False
        note.invoice_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": name.rstrip(": "),
                        "quantity": 1,
                        "price_unit": line["price_unit"],
                        "account_id": line["account_id"].id,
                        "tax_ids": [Command.set(line["tax_ids"].ids)],
                        "analytic_distribution": line["analytic_distribution"],
                        "extra_tax_data": taxes._export_base_line_extra_tax_data(line),
                    }
                )
                for line in reduced
            ),
        ]
