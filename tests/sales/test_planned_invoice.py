"""Customers who want it are told of an invoice that is planned."""

from odoo.tests import tagged

from .proforma import ProformaCase


@tagged("post_install", "-at_install")
class TestPlanned(ProformaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.planned_invoice_days = 3
        cls.product.invoice_policy = "delivery"
        cls.customer.tells_planned_invoice = True

    def mails(self, order):
        mine = [("model", "=", "sale.order"), ("res_id", "=", order.id), ("body_html", "like", "we plan to send")]
        return self.env["mail.mail"].search(mine)

    def test_once_for_each_planned_day(self):
        order = self.confirmed(commitment_date="2026-03-20 10:00:00")
        self.assertEqual(self.counts(order, ["2026-03-16", "2026-03-17", "2026-03-18"]), [0, 1, 1])
        self.assertIn("03/20/2026", self.mails(order).body_html)
        self.assertIn("100.00", self.mails(order).body_html)
        order.planned_invoice_date = "2026-03-25"
        self.assertEqual(self.counts(order, ["2026-03-19", "2026-03-22", "2026-03-25"]), [1, 2, 2])

    def test_only_where_it_is_wanted(self):
        self.customer.tells_planned_invoice = False
        silent = self.confirmed(commitment_date="2026-03-20 10:00:00")
        wanted = self.confirmed(commitment_date="2026-03-20 10:00:00", tells_planned_invoice=True)
        self.job("2026-03-17")
        self.assertEqual((len(self.mails(silent)), len(self.mails(wanted))), (0, 1))

    def test_off_as_shipped(self):
        self.assertEqual(self.env["res.company"].new({}).planned_invoice_days, 0)
        self.env.company.planned_invoice_days = 0
        order = self.confirmed(commitment_date="2026-03-20 10:00:00")
        self.assertEqual(self.counts(order, ["2026-03-18"]), [0])

    def test_not_what_is_invoiced_or_cancelled_or_has_no_day(self):
        invoiced, cancelled, without = (
            self.confirmed(planned_invoice_date="2026-03-20"),
            self.confirmed(planned_invoice_date="2026-03-20"),
            self.confirmed(),
        )
        invoiced.order_line.qty_delivered = 1
        invoiced._create_invoices()
        cancelled._action_cancel()
        self.job("2026-03-18")
        self.assertEqual([len(self.mails(order)) for order in (invoiced, cancelled, without)], [0, 0, 0])
