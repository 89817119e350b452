"""What dev/replay says of a file that it can't replay."""

import tempfile
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..dev.replaying.calendar import calendars_of, dispute_of, last_day, promise_of
from ..dev.replaying.opportunities import read_opportunities
from ..dev.replaying.table import InputError, read_invoices, read_mapping
from .receivables import HEADER, example_mapping, generated, generated_rows, write_file


@tagged("post_install", "-at_install")
class TestInput(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "invoices.csv"
        self.mapping = read_mapping(example_mapping())

    def problem(self):
        with self.assertRaises(InputError) as caught:
            read_invoices(self.path, self.mapping)
        return str(caught.exception)

    def test_a_good_file(self):
        write_file(self.path, generated_rows())
        invoices = read_invoices(self.path, self.mapping)
        self.assertEqual((len(invoices), {type(invoice.disputed) for invoice in invoices}), (24, {bool}))
        self.assertEqual(invoices, sorted(invoices, key=lambda invoice: (invoice.date, invoice.line)))

    def test_what_is_wrong_in_a_row(self):
        for column, value, said in (
            ("InvoiceDate", "2012-01-03", "“2012-01-03” is no date like %m/%d/%Y; correct it"),
            ("DueDate", "", "“” is no date"),
            ("DueDate", "1/1/2012", "is before the invoice's date"),
            ("SettledDate", "1/1/2012", "1/1/2012 is before the invoice's date"),
            ("InvoiceAmount", "-5", "-5 is not above 0"),
            ("InvoiceAmount", "0", "0 is not above 0"),
            ("InvoiceAmount", "NaN", "“NaN” is no number"),
            ("InvoiceAmount", "1,5", "“1,5” is no number"),
            ("InvoiceAmount", "1.005", "more than two decimals"),
            ("invoiceNumber", "1000", "1000 stands in line 2 already"),
            ("customerID", " ", "is empty; fill it in"),
            ("Disputed", "Maybe", "“Maybe” is none of Yes, No"),
        ):
            with self.subTest(column=column, value=value):
                rows = list(generated_rows())
                rows[3][column] = value
                write_file(self.path, rows)
                self.assertIn(f"invoices.csv, line 5, column {column}: ", self.problem())
                self.assertIn(said, self.problem())

    def test_all_wrong_rows_are_told_at_once(self):
        rows = [row | {"InvoiceAmount": "x"} for row in generated_rows()]
        write_file(self.path, rows)
        self.assertEqual(self.problem().count(" is no number"), 20)
        self.assertTrue(self.problem().endswith("… and 4 more."))

    def test_what_is_wrong_with_the_file(self):
        header = ",".join(HEADER)
        for content, said in (
            (header.replace("DueDate", "Due").encode(), "line 1: no column DueDate, only countryCode,"),
            (header.replace(",", ";").encode(), "Name the file's columns and its delimiter in the mapping."),
            (b"", "line 1: no column"),
            (header.encode(), "no invoice"),
            (f"{header}\n1,Caf\u00e9,1/1/2012".encode("latin-1"), "line 2: not utf-8. Save the file as utf-8"),
            (header.encode("utf-16"), "line 1: not utf-8"),
        ):
            with self.subTest(said=said):
                self.path.write_bytes(content)
                self.assertIn(said, self.problem())
        self.path.unlink()
        self.assertIn("can't be read", self.problem())

    def test_a_mapping_that_lacks_something(self):
        path = self.path.with_suffix(".toml")
        for text, said in (("[columns]\nnumber = 'n'", "lacks customer, date"), ("x", "can't be read")):
            with self.subTest(text=text):
                path.write_text(text)
                with self.assertRaisesRegex(InputError, said):
                    read_mapping(path)

    def test_opportunities(self):
        """What is wrong is told with its file, line and column."""
        right = {
            "crm_accounts.csv": "account,office_location,subsidiary_of\nCancity,,\n",
            "crm_products.csv": "product,sales_price\nGTX Pro,4821\n",
            "crm_sales_teams.csv": "sales_agent,manager,regional_office\nAnna,Dan,East\n",
            "crm_sales_pipeline.csv": "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,"
            "close_value\n1,Anna,GTXPro,Cancity,Won,20-10-2016,01-03-2017,1054\n",
        }
        folder = self.path.parent
        for name, text in right.items():
            (folder / name).write_text(text)
        [one] = read_opportunities(folder).opportunities
        self.assertEqual((one.product, one.value, str(one.closed)), ("GTX Pro", 1054.0, "2017-03-01"))
        for name, old, new, said in (
            ("crm_products.csv", "4821", "dear", "crm_products.csv, line 2, column sales_price: “dear” is no number"),
            ("crm_sales_pipeline.csv", "1054", "much", "line 2, column close_value: “much” is no number"),
            ("crm_sales_pipeline.csv", "20-10-2016", "2016", "line 2, column engage_date: “2016” is no date"),
            ("crm_sales_pipeline.csv", "GTXPro", "MG", "line 2, column product: “MG” is not in crm_products.csv"),
            ("crm_sales_pipeline.csv", "Anna", "Ben", "line 2, column sales_agent: “Ben” is not in"),
            ("crm_sales_pipeline.csv", "01-03-2017", "", "line 2, column close_date: what is won or lost has one"),
        ):
            with self.subTest(said=said):
                (folder / name).write_text(right[name].replace(old, new))
                with self.assertRaisesRegex(InputError, said):
                    read_opportunities(folder)
                (folder / name).write_text(right[name])

    def test_the_rules(self):
        invoices, mapping = generated()
        new, earlier = calendars_of(invoices, mapping)
        for invoice in invoices:
            self.assertIn(invoice, new[invoice.date].invoiced)
            opened, resolved = dispute_of(invoice, mapping["dispute"]) or (None, None)
            if opened:
                self.assertTrue(invoice.disputed and invoice.date < opened < resolved <= invoice.settled)
                self.assertIn(invoice, earlier[opened].disputed)
                self.assertIn(invoice, earlier[resolved].resolved)
            if promise := promise_of(invoice, mapping["promise"]):
                self.assertFalse(invoice.disputed)
                self.assertLess(promise[0], invoice.settled)
        kinds = {
            name for days in (new, earlier) for day in days.values() for name, rows in day._asdict().items() if rows
        }
        self.assertEqual(kinds, {"invoiced", "resolved", "disputed", "promised", "settled"})
        self.assertEqual(last_day(invoices), max(max(invoice.settled, invoice.due) for invoice in invoices))
