from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What customers owe."""

    _inherit = "res.partner"

    def _open_invoices(self):
        """The open invoices of the customers in the current company, oldest first."""
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            order="invoice_date_due, id",
        )

    def _open_items(self):
        """The open debit items of the customers in the current company, oldest first."""
        domain = (
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & self.env["account.move.line"]._open_domain()
            & Domain("balance", ">", 0)
        )
        return self.env["account.move.line"].search(domain, order="date_maturity, id")
