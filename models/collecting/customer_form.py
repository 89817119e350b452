from odoo import api, fields, models

from .res_partner import BOOKKEEPERS


class ResPartner(models.Model):
    """What was tried and decided about a customer's debts: not in its chatter, which every employee reads."""

    _inherit = "res.partner"

    contact_attempt_ids = fields.Many2many(
        "contact.attempt",
        string="Attempts",
        compute="_compute_contact_attempt_ids",
        groups=f"sales_team.group_sale_salesman,{BOOKKEEPERS}",
    )
    sales_release_ids = fields.One2many(
        "dunning.sales.release", "partner_id", "Releases of Sales", readonly=True, groups=BOOKKEEPERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_contact_attempt_ids(self):
        """The last ones that the reader may see."""
        for partner in self:
            partner.contact_attempt_ids = self.env["contact.attempt"].search(
                [("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id)], limit=20
            )
