"""What quotations, invoices and collection files say beside Odoo's own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from markupsafe import Markup
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY
from ..dunning.test_reports import LetterCase

STATEMENT = "lead_to_cash.action_report_statement"
QUOTATION = "sale.action_report_saleorder"
INVOICE = "account.account_invoices"


@tagged("post_install", "-at_install")
class TestDocuments(LetterCase):
    def test_terms_of_a_quotation(self):
        """Each on its own page: in two parts, paid early, and without any."""
        early = self.early_term(percent=2, days=10, due=30)
        terms = ({"payment_term_id": self.half_later().id}, {"payment_term_id": early.id}, {"payment_term_id": False})
        more = {"date_order": "2026-03-01 12:00:00", "require_signature": False, "require_payment": False}
        orders = self.env["sale.order"].union(*(self.order(**term, **more) for term in terms))
        half, early, without = self.pages(self.pdf(QUOTATION, orders))
        self.assertTells(half, "when invoiced on 03/01/2026", "$ 50.00 due on 03/01/2026", "$ 50.00 due on 05/30/2026")
        self.assertNotIn("if paid by", half)
        self.assertTells(early, "$ 98.00 if paid by 03/11/2026", "$ 100.00 due on 03/31/2026")
        for words in ("when invoiced on", "online:", "Trade register"):
            self.assertNotIn(words, without)

    def test_accept_online(self):
        order = self.order(require_signature=True, require_payment=False, validity_date="2099-01-01")
        url = order.get_portal_url()
        html = self.env["ir.actions.report"]._render_qweb_html(QUOTATION, order.ids)[0].decode()
        self.assertIn(url.replace("&", "&amp;"), html)
        self.assertTells(self.words(QUOTATION, order), "Accept online:")

    def test_pay_an_invoice_online(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        provider = self.only_provider(is_published=False)
        move = self.invoice()
        self.assertFalse(move._online_payment_url())
        provider.is_published = True
        self.assertTells(self.words(INVOICE, move), "Pay online:")
        self.pay(move)
        self.assertFalse(move._online_payment_url())

    def test_particulars(self):
        """Printed where they are filled in, on all that leaves the company."""
        self.env.company.write(
            {
                "legal_form": "S.R.L.",
                "trade_register": "J40/1234/2020",
                "share_capital": 200,
                "company_registry": "51-4",
            }
        )
        self.env.company.partner_id.write({"street": "Strada 5", "street2": False, "city": "Iasi", "zip": "700001"})
        move = self.invoice()
        for report, record in (
            (QUOTATION, self.order()),
            (INVOICE, move),
            ("lead_to_cash.action_report_statement", self.customer),
        ):
            with self.subTest(report):
                text = self.text(report, record)
                self.assertTells(text, "S.R.L.", "J40/1234/2020", "200.00", "Company number: 51-4")
                self.assertIn("Registered seat: Strada 5, Iasi", text)

    def test_a_number_stands_once(self):
        self.env.company.write({"trade_register": "J40/1234/2020", "company_registry": "J40/1234/2020"})
        text = self.words("lead_to_cash.action_report_statement", self.customer)
        self.assertEqual(text.count("J40/1234/2020"), 1)

    def test_a_tax_number_is_not_called_the_tax(self):
        """Odoo's translations of VAT name the tax, in a letter too."""
        company = self.env.company
        company.account_fiscal_country_id = self.env.ref("base.ro")
        company.write({"trade_register": "J40/1234/2020", "vat": False})
        self.customer.vat = "RO1234567897"
        self.customer.lang = self.env["res.lang"]._activate_lang("ro_RO").code
        self.assertIn("CUI: RO1234567897", self.words("lead_to_cash.action_report_statement", self.customer))
        company.account_fiscal_country_id = self.env.ref("base.pt")
        self.assertIn("Cod fiscal: RO1234567897", self.words("lead_to_cash.action_report_statement", self.customer))

    def particulars(self, code, lang="en_US", **values):
        """What stands below a statement of a company of that country."""
        country = self.env.ref(f"base.{code}").id
        unset = {"vat": False, "company_registry": False, "trade_register": False, "registered_as": False}
        self.env.company.write({"country_id": country, "account_fiscal_country_id": country, **unset, **values})
        self.customer.lang = lang
        [block] = self.html(STATEMENT, self.customer).xpath("//*[@name='company_particulars']")
        return " ".join(block.text_content().split())

    def test_romanian_particulars(self):
        """CUI, not the tax's name; the trade register's number once; the account."""
        self.env.company.partner_id.bank_ids = [
            Command.create({"acc_number": number, "sequence": sequence})
            for sequence, number in enumerate(("12-345-678901", "RO49AAAA1B31007593840000"))
        ]
        values = {"vat": "RO24736200", "trade_register": "J40/1234/2020", "share_capital": 200}
        for registry, printed in (
            ("J40/1234/2020", False),
            ("j40 / 1234/2020", False),
            ("RO24736200", False),
            ("17", True),
        ):
            with self.subTest(registry):
                text = self.particulars("ro", **values, company_registry=registry)
                self.assertTells(text, "CUI: RO24736200", "IBAN: RO49 AAAA 1B31 0075 9384 0000", "200.00")
                self.assertEqual(text.count("J40"), 1)
                self.assertEqual("Company number" in text, printed)
                self.assertNotIn("VAT", text)

    def test_israeli_particulars(self):
        for number, kind, label in (
            ("514123456", False, "Company No."),
            ("312345678", False, "Licensed Dealer No."),
            ("312345678", "exempt", "Exempt Dealer No."),
            ("514123456", "licensed", "Licensed Dealer No."),
            (False, False, False),
        ):
            with self.subTest(number=number, kind=kind):
                text = self.particulars("il", vat=number, registered_as=kind, legal_form="Ltd.")
                self.assertTrue(f"{label}: {number}" in text if number else "No." not in text, text)

    def test_the_label_of_a_customers_number(self):
        for code, label in (("ro", "CUI"), ("us", "Tax ID"), ("uk", "VAT")):
            self.customer.write({"vat": "12345674", "country_id": self.env.ref(f"base.{code}").id})
            with self.subTest(code):
                [address] = self.html(STATEMENT, self.customer).xpath("//div[@name='address']")
                self.assertIn(f"{label}: 12345674", " ".join(address.text_content().split()))

    def test_numbers_of_the_authority_by_document(self):
        moves = self.invoices([{}, {}])
        moves[0].allocation_number = "123456789"
        period = {"date_from": "2026-01-01", "date_to": TODAY}
        for data in ({}, period):
            rows = self.html(STATEMENT, self.customer, **data).xpath("//tbody/tr")
            told = [" ".join(row.text_content().split()) for row in rows if "Allocation Number" in row.text_content()]
            with self.subTest(data):
                self.assertEqual(len(told), 1)
                self.assertTells(told[0], moves[0].name, "123456789")

    def test_allocation_number(self):
        move = self.invoice()
        move.is_manually_modified = False
        move.allocation_number = "123456789"
        self.assertFalse(move.is_manually_modified)
        self.assertTells(self.words(INVOICE, move), "Allocation Number", "123456789")
        self.assertFalse(move.copy().allocation_number)


#: Ways in which HTML makes its reader ask a server.
FETCHING = (
    '<img src="URL/img.png"/>',
    '<p style="background: url(URL/style.png)">a</p>',
    "<style>body { background: url(URL/sheet.png) }</style>",
    '<link rel="stylesheet" href="URL/link.css"/>',
    '<script src="URL/script.js"></script>',
    '<iframe src="URL/frame.html"></iframe>',
    '<table background="URL/table.png"><tr><td background="URL/cell.png">b</td></tr></table>',
    '<object data="URL/object.html"></object><embed src="URL/embed.html"/>',
    '<img srcset="URL/set.png 1x" src="data:,"/><video poster="URL/poster.png"></video>',
    '<svg><image href="URL/svg.png" xlink:href="URL/xlink.png"/></svg><input type="image" src="URL/input.png"/>',
    '<meta http-equiv="refresh" content="0; url=URL/meta.html"/>',
)


class Listener:
    """A web server that writes down what it is asked for."""

    def __init__(self):
        self.asked = asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_args):
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self._server.shutdown()
        self._server.server_close()


@tagged("post_install", "-at_install")
class TestCollectionFile(LetterCase):
    def test_all_in_one(self):
        self.order(payment_term_id=False)
        order = self.order(signed_by="Dana Signer", signature=self._picture(), client_order_ref="PO-5")
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.write(
            {"invoice_date": "2026-02-01", "invoice_date_due": "2026-03-01", "invoice_payment_term_id": False}
        )
        invoice.action_post()
        notice = self.notice(invoice)
        notice.mail_ids.state = "sent"
        self.customer.action_log_attempt("reached", note="Will ask the boss")
        said = "We pay soon"
        notice.message_post(body=said, message_type="email", author_id=self.customer.id)
        action = self.customer.with_context(force_report_rendering=True).action_collection_file()
        self.assertIn("/web/content/", action["url"])
        [file] = self.env["ir.attachment"].search(
            [("res_model", "=", "dunning.notice"), ("res_id", "=", notice.id), ("name", "like", "Collection file")]
        )
        for login, groups in (("employee", "base.group_user"), ("seller", "sales_team.group_sale_salesman_all_leads")):
            self.assertFalse(file.with_user(self.user(login, groups)).has_access("read"), login)
        auditor = self.user("auditor", "account.group_account_readonly")
        self.assertTrue(file.with_user(auditor).has_access("read"))
        text = " ".join(self.pages(file.raw))
        self.assertTells(text, "Collection file", invoice.name, f"Order # {order.name}", "Will ask the boss")
        self.assertTells(text.replace(" ", ""), notice.mail_ids.message_id, "Wepaysoon", "DearCustomer")

    def test_replies_fetch_nothing(self):
        """What a customer writes names pages and pictures: none is asked for while it is printed."""
        notice = self.notice(self.invoice())
        notice.mail_ids.state = "sent"
        with Listener() as listener:
            for number, html in enumerate(FETCHING):
                body = Markup(html.replace("URL", f"{listener.url}/{number}") + f"<p>Reply-{number}</p>")
                message = notice.message_post(message_type="email", author_id=self.customer.id)
                # As it might be stored, whatever cleans it before.
                self.env.cr.execute("UPDATE mail_message SET body = %s WHERE id = %s", (body, message.id))
            self.env.invalidate_all()
            self.customer.with_context(force_report_rendering=True).action_collection_file()
        [file] = self.env["ir.attachment"].search([("name", "=", "Collection file Customer.pdf")])
        text = " ".join(self.pages(file.raw))
        self.assertTells(text, *(f"Reply-{number}" for number in range(len(FETCHING))))
        self.assertEqual(listener.asked, [])

    def test_nothing_open(self):
        with self.assertRaisesRegex(UserError, "nothing to hand over"):
            self.customer.action_collection_file()

    def _picture(self):
        return "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
