"""Payment grades as a night leaves them, for tests of what uses them."""

from datetime import date, timedelta

from .test_collectors import CollectorCase
from .test_sales_hold import HoldCase


class Grades:
    """Made as the nightly job makes them: a row for each grade, the last without an end; what domains use."""

    def grade(self, grade, partner=None, since="2026-03-01", company=None, **values):
        partner, company = partner or self.customer, company or self.env.company
        rows = self.env["payment.grade"].sudo()  # as the job
        current = [("partner_id", "=", partner.id), ("company_id", "=", company.id), ("until", "=", False)]
        rows.search(current).until = since
        rows.flush_model()
        partner.sudo().with_company(company).payment_grade = grade
        days = {"a": 0, "b": 8, "c": 20, "d": 45, "e": 80, "new": 0}[grade]
        return rows.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "grade": grade,
                "since": since,
                "as_of": since,
                "expected_days_late": days,
                "late_risk": days / 80,
                "settled_count": 2 if grade == "new" else 8,
                "late_count": 6,
                "reasons": [],
                **values,
            }
        )


class LateCase(Grades, CollectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"collector_id": cls.ann.id, "is_company": True})

    def night(self, day="2026-03-10"):
        watches = self.env["dunning.watch"].with_context(l2c_today=day)
        watches._follow(watches.env.company)
        watches.env["payment.proposal"]._propose(watches.env.company)
        self.env.invalidate_all()

    def kinds(self):
        return sorted(self.customer.watch_ids.mapped("kind"))

    def why(self, kind):
        return self.customer.watch_ids.filtered(lambda watch: watch.kind == kind).mapped("sentence")

    def paid(self, *delays, ends="2026-03-10", **values):
        """Invoices that were paid so many days after their due dates, the last on ``ends``."""
        invoices = self.invoices(
            [{"due": self.day(ends, -days), "invoice_date": self.day(ends, -days - 10), **values} for days in delays]
        )
        for invoice in invoices:
            register = self.env["account.payment.register"]
            register = register.with_context(active_model="account.move", active_ids=invoice.ids)
            register.create({"payment_date": ends})._create_payments()
        return invoices

    def day(self, day, days):
        return str(date.fromisoformat(day) + timedelta(days=days))

    def alerts(self):
        return self.env["mail.activity"].search([("res_model", "=", "dunning.watch")])


class LateSalesCase(Grades, HoldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True

    def own_order(self):
        """An order that the salesperson has made: it shows nothing of its customer."""
        order = self.order(user_id=self.seller.id)
        order.given_customer_id = False
        return order

    def told(self, order):
        """The order's salesperson, whose invoices the customer has."""
        self.invoice(invoice_user_id=order.user_id.id)
        self.env.invalidate_all()
        return order.with_user(order.user_id)
