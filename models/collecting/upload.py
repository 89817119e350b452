from odoo import api, fields, models


class InvoiceUpload(models.Model):
    """Who uploaded an invoice to its customer's own portal, and when: a row each time."""

    _name = "invoice.upload"
    _inherit = ["l2c.protected.mixin", "l2c.clock.mixin"]
    _description = "Upload to a Customer's Portal"
    _order = "date desc, id desc"
    _rec_name = "move_id"

    _written_by = "the button Uploaded of an invoice"

    move_id = fields.Many2one("account.move", "Invoice", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer", store=True, index=True)
    user_id = fields.Many2one("res.users", "Uploaded by", readonly=True, ondelete="set null")
    date = fields.Datetime("Uploaded on", required=True, readonly=True)
    portal_url = fields.Char("Their Portal", readonly=True, help="As it was then.")

    @api.model
    def _log(self, moves):
        """The user has just uploaded these invoices."""
        # Rows are made here alone; where the portal is, is a fact of who uploads to it.
        self.sudo().create(
            [
                {
                    **{"move_id": move.id, "user_id": self.env.uid, "date": self._now()},
                    "portal_url": move.commercial_partner_id.sudo().with_company(move.company_id).supplier_portal_url,
                }
                for move in moves
            ]
        )
