"""One search box on the list of customers: phones, names, numbers of invoices, amounts, however they are written."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_customers import CustomersCase


@tagged("post_install", "-at_install")
class TestOneBox(CustomersCase):
    def found(self, text, **kwargs):
        return set(self.customers([("search_text", "ilike", text)], **kwargs).mapped("name"))

    def test_phones_in_any_writing(self):
        self.owing("Bucharest", phone="+40 21 555 0120")
        self.owing("Local", phone="021/555.77.88")
        self.owing("Cluj", phone="0264 555 121")
        for text in ("+40 21 555 0120", "0040215550120", "021 555 0120", "(021) 555-01-20", "5550120", "+40215550120"):
            with self.subTest(text):
                self.assertEqual(self.found(text), {"Bucharest"})
        for text in ("+40 21 555 77 88", "0215557788", "0040 21 5557788"):
            with self.subTest(text):
                self.assertEqual(self.found(text), {"Local"})

    def test_a_contacts_number_finds_the_customer(self):
        invoice = self.owing("Firm", phone=False)
        self.env["res.partner"].create(
            {
                "name": "Ann Bookkeeper",
                "parent_id": invoice.partner_id.id,
                "phone": "0722-111-222",
                "email": "ann@firm.example",
            }
        )
        for text in ("0722111222", "+40 722 111 222", "bookkeeper", "ann@firm"):
            with self.subTest(text):
                self.assertEqual(self.found(text), {"Firm"})

    def test_names_references_tax_ids(self):
        self.owing("Rosen & Sons", ref="K-4711", vat="XX0477472701")
        self.owing("לקוחות בע״מ")
        for text in ("rosen", "K-4711", "0477472701", "Rosen & Sons@example"):
            with self.subTest(text):
                self.assertEqual(self.found(text), {"Rosen & Sons"})
        self.assertEqual(self.found("לקוחות"), {"לקוחות בע״מ"})
        self.assertEqual(self.found("50%_nobody"), set())

    def test_invoice_numbers(self):
        one, other = self.owing("One"), self.owing("Other")
        one.ref = "PO-2231-X"
        self.assertEqual(self.found(one.name), {"One"})
        self.assertEqual(self.found("PO-2231-X"), {"One"})
        self.assertEqual(self.found(other.name.lower()), {"Other"})

    def test_amounts_as_the_reader_writes_them(self):
        one = self.owing("Whole", amount=17320.50)
        self.owing("Other", amount=17320.55)
        part = self.owing("Part", amount=900)
        self.pay(part, amount=123.45)
        self.invoice(partner_id=one.partner_id.id, amount=79.5)
        for text in ("17,320.50", "17.320,50", "17320.5", "17320,50", "$ 17,320.50", "17 320,50"):
            with self.subTest(text):
                self.assertEqual(self.found(text), {"Whole"})
        self.assertEqual(self.found("17,400.00"), {"Whole"})  # the sum of its two
        self.assertEqual(self.found("776.55"), {"Part"})  # what is left
        self.assertEqual(self.found("900"), {"Part"})  # the whole invoice

    def test_in_the_readers_format(self):
        self.owing("Thousand", amount=1250)
        self.owing("One and a quarter", amount=1.25)
        self.env["res.lang"]._activate_lang("ro_RO")
        self.assertEqual(self.found("1.250", lang="ro_RO"), {"Thousand"})
        self.assertEqual(self.found("1.250", lang="en_US"), {"One and a quarter"})
        self.assertEqual(self.found("1,25", lang="ro_RO"), {"One and a quarter"})

    def test_nothing_and_nonsense(self):
        self.owing("Somebody")
        for text in ("%", "'; DROP TABLE x --", "\\", "____", "1,2,3,4", "\u0661\u0662\u0663\u0664", "9" * 400):
            with self.subTest(text):
                self.found(text)
        self.assertIn("Somebody", self.found("  "))
        self.assertEqual(self.customers([("search_text", "=", "Somebody")]).mapped("name"), ["Somebody"])
        self.assertFalse(self.customers([("search_text", "=", False)]))

    def test_who_may_not_read_may_not_search(self):
        self.owing("Secret")
        seller = self.user("search_seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.found("Secret", user=seller)
