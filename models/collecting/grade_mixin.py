from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..books.payment_grade import PAYMENT_GRADES
from ..handling.searching import check_searched
from .res_partner import BOOKKEEPERS


class CustomerGrade(fields.Selection):
    """Ordering and grouping by the grade, which isn't stored, take it from the customer, as the record's company has
    it. Odoo asks for the right to read the field before it comes here."""

    def to_sql(self, model, alias):
        names = model._fields
        partners = model.env["res.partner"]._fields
        return SQL(
            """(SELECT cp.%(grade)s->>%(company)s::text FROM res_partner p JOIN res_partner cp ON cp.id = p.%(customer)s
                 WHERE p.id = %(partner)s)""",
            grade=SQL.identifier("payment_grade", to_flush=partners["payment_grade"]),
            customer=SQL.identifier("commercial_partner_id", to_flush=partners["commercial_partner_id"]),
            company=SQL.identifier(alias, "company_id", to_flush=names["company_id"]),
            partner=SQL.identifier(alias, "partner_id", to_flush=names["partner_id"]),
        )


class CustomerGradeMixin(models.AbstractModel):
    """How the customer of a record pays the record's company: for those who do the books alone."""

    _name = "customer.grade.mixin"
    _description = "Payment Grade of the Customer"

    customer_grade = CustomerGrade(
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
