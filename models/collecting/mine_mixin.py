from odoo import api, fields, models
from odoo.fields import Domain

from ..handling.searching import check_searched
from .res_partner import BOOKKEEPERS


class CollectorMineMixin(models.AbstractModel):
    """Whether a record is about a customer whom the reader collects from."""

    _name = "collector.mine.mixin"
    _description = "Mine to Collect"

    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        groups=BOOKKEEPERS,  # customers read the items of their own invoices
        help="Of my customers, of somebody's whom I stand in for, or of nobody's.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.env.user._acting_for()
        for record in self:
            # Whose customer it is is a fact of the record.
            customer_sudo = record.partner_id.commercial_partner_id.sudo().with_company(record.company_id)
            record.is_mine = not customer_sudo.collector_id or customer_sudo.collector_id in mine

    def _search_is_mine(self, operator, _value):
        check_searched(self, "is_mine")
        if operator != "in":
            return NotImplemented
        wanted = Domain("collector_id", "in", [*self.env.user._acting_for().ids, False])
        partners_sudo = self.env["res.partner"].sudo()  # as above
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id.commercial_partner_id", "in", partners_sudo.with_company(company)._search(wanted))
            for company in self.env.companies
        )
