from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    payment_returned_date = fields.Date(
        "Payment Returned on",
        readonly=True,
        copy=False,
        help="The day on which a payment of this item was taken back.",
        groups="base.group_user",
    )

    payment_return_open = fields.Boolean(
        readonly=True,
        copy=False,
        help="A payment was taken back, and nobody has followed it up yet.",
        groups="base.group_user",
    )

    # Serves the desk: which payments came back.
    _payment_return_idx = models.Index("(company_id) WHERE payment_return_open")
    # Serves what was open on a day: drafts that are matched still.
    _matched_draft_idx = models.Index("(id) WHERE parent_state = 'draft' AND matching_number IS NOT NULL")

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
            statement = SQL(
                "UPDATE account_move_line SET payment_returned_date = %s, payment_return_open = TRUE WHERE id IN %s",
                day,
                items._ids,
            )
            self.env.cr.execute(statement)
            items.invalidate_recordset(["payment_returned_date", "payment_return_open"], flush=False)

    @api.model
    def _return_followed_up(self, customers):
        """Somebody has spoken to these customers about what came back. By SQL, as above."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line l SET payment_return_open = FALSE FROM res_partner p
                    WHERE l.payment_return_open AND l.company_id = %s AND p.id = l.partner_id
                      AND p.commercial_partner_id IN %s""",
                self.env.company.id,
                tuple(customers.ids) or (0,),
            )
        )
        self.invalidate_model(["payment_return_open"], flush=False)

    @api.model
    def _open_domain(self):
        """What customers owe, and their credits, that is still open."""
        return (
            Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
        )

    @api.model
    def _past_due_domain(self, day):
        """Items that were due before ``day``; entries by hand (opening balances) may have no due
        date: theirs counts."""
        return Domain("date_maturity", "<", day) | (Domain("date_maturity", "=", False) & Domain("date", "<", day))

    def _owed_by_customers(self):
        return self.filtered(lambda line: line.account_type == "asset_receivable" and line.balance > 0)

    def _is_payment(self):
        """Whether the line is money: of a payment, or of a bank statement."""
        return bool(self.payment_id or self.statement_line_id)
