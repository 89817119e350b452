from odoo import api, fields, models
from odoo.fields import Domain

from ..books.payment_grade import PAYMENT_GRADES
from ..handling.searching import check_searched
from .res_partner import BOOKKEEPERS


class CustomerGradeMixin(models.AbstractModel):
    """How the customer of a record pays the record's company: for those who do the books alone."""

    _name = "customer.grade.mixin"
    _description = "Payment Grade of the Customer"

    customer_grade = fields.Selection(
        PAYMENT_GRADES,
        "Payment Grade",
        compute="_compute_customer_grade",
        search="_search_customer_grade",
        groups=BOOKKEEPERS,
    )

    @api.depends("partner_id", "company_id")
    def _compute_customer_grade(self):
        for company, records in self.grouped("company_id").items():
            for record in records.with_company(company):
                record.customer_grade = record.partner_id.commercial_partner_id.payment_grade

    def _search_customer_grade(self, operator, value):
        check_searched(self, "customer_grade")
        if operator != "in":
            return NotImplemented
        partners = self.env["res.partner"].with_context(active_test=False)
        wanted = Domain("payment_grade", "in", value)
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id.commercial_partner_id", "in", partners.with_company(company)._search(wanted))
            for company in self.env.companies
        )
