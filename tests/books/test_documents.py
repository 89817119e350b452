"""What quotations, invoices and collection files say beside Odoo's own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from markupsafe import Markup
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..dunning.test_reports import LetterCase

QUOTATION = "sale.action_report_saleorder"
INVOICE = "account.account_invoices"


@tagged("post_install", "-at_install")
class TestDocuments(LetterCase):
    def test_terms_of_a_quotation(self):
        order = self.order(payment_term_id=self.half_later().id, date_order="2026-03-01 12:00:00")
        text = self.text(QUOTATION, order)
        self.assertTells(text, "when invoiced on 03/01/2026", "$ 50.00 due on 03/01/2026", "$ 50.00 due on 05/30/2026")
        self.assertNotIn("if paid by", text)

    def test_early_payment(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2/10",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        order = self.order(payment_term_id=term.id, date_order="2026-03-01 12:00:00")
        self.assertTells(self.text(QUOTATION, order), "$ 98.00 if paid by 03/11/2026", "$ 100.00 due on 03/31/2026")

    def test_nothing_where_it_does_not_apply(self):
        order = self.order(payment_term_id=False, require_signature=False, require_payment=False)
        text = self.text(QUOTATION, order)
        for words in ("when invoiced on", "online:", "Trade register"):
            self.assertNotIn(words, text)

    def test_accept_online(self):
        order = self.order(require_signature=True, require_payment=False, validity_date="2099-01-01")
        url = order.get_portal_url()
        html = self.env["ir.actions.report"]._render_qweb_html(QUOTATION, order.ids)[0].decode()
        self.assertIn(url.replace("&", "&amp;"), html)
        self.assertTells(self.text(QUOTATION, order), "Accept online:")

    def test_pay_an_invoice_online(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        self.env["payment.provider"].search([]).write({"state": "disabled"})
        move = self.invoice()
        self.assertFalse(move._online_payment_url())
        provider = self.env["payment.provider"].search([("company_id", "=", self.env.company.id)], limit=1)
        provider.write({"state": "test", "is_published": True})
        self.assertTells(self.text(INVOICE, move), "Pay online:")
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
                self.assertTells(self.text(report, record), "S.R.L.", "J40/1234/2020", "200.00", "Company number: 51-4")
                self.assertIn("Registered seat: Strada 5, Iasi", self.text(report, record))

    def test_allocation_number(self):
        move = self.invoice()
        move.is_manually_modified = False
        move.allocation_number = "123456789"
        self.assertFalse(move.is_manually_modified)
        self.assertTells(self.text(INVOICE, move), "Allocation Number", "123456789")
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
