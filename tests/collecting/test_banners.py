"""Above an invoice and a quotation stands one banner: whatever alert of ours there is, is in its container."""

from odoo.tests import TransactionCase, tagged

#: As they come, the first that applies is shown.
INVOICE = [
    *("closed", "missing_compulsory", "disputes", "paused", "lacks_order_number", "call_hint", "missing"),
    *("discount_note", "customer_portal"),
]
ORDER = [
    *("closure", None, "expired", "customer_warning", "late_payer", "call_hint", "proforma", "at_once"),
    *("payment_grade", None),
]


@tagged("post_install", "-at_install")
class TestBanners(TransactionCase):
    def alerts(self, view):
        """(names of those in the container, those of ours beside it)"""
        arch = self.env.ref(view)._get_combined_arch()
        [container] = arch.xpath("//div[@name='banners']")
        inside = container.xpath("./div[contains(@class, 'alert')]")
        names = {name for names in (INVOICE, ORDER) for name in names if name}
        beside = [alert.get("name") for alert in arch.xpath("//div[contains(@class, 'alert')]") if alert not in inside]
        return [alert.get("name") for alert in inside], names.intersection(beside)

    def test_of_invoices(self):
        inside, beside = self.alerts("account.view_move_form")
        self.assertEqual(inside, INVOICE)
        self.assertFalse(beside)

    def test_of_quotations(self):
        inside, beside = self.alerts("sale.view_order_form")
        self.assertEqual(inside, ORDER)
        self.assertFalse(beside)
