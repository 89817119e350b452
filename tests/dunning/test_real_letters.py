"""Codes for banking apps, which an addon of Odoo's makes that ours doesn't need."""

import base64
import json

from reportlab.graphics.barcode import createBarcodeDrawing

from ..real import RealProcessCase

IBAN = "RO49AAAA1B31007593840000"
#: A customer with two invoices, one of them in another currency, of which it is reminded by letter.
PREPARE = f"""
from odoo import Command
euro = env.ref('base.EUR')
euro.active = True
env.company.partner_id.write({{'name': 'Our Company', 'bank_ids': [Command.create({{'acc_number': '{IBAN}'}})]}})
customer = env['res.partner'].create({{'name': 'Customer', 'ref': 'C-17'}})
for currency, price in ((env.company.currency_id, 50.0), (euro, 120.5)):
    env['account.move'].create({{
        'move_type': 'out_invoice', 'partner_id': customer.id, 'currency_id': currency.id,
        'invoice_date': '2026-02-01', 'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({{'name': 'Thing', 'price_unit': price, 'tax_ids': False}})],
    }}).action_post()
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({{
    'name': 'Letters', 'level_ids': [Command.create({{'name': 'First', 'delay_days': 4, 'channel': 'letter'}})],
}})
policy.action_start()
env.company.dunning_policy_id = policy
run = env['dunning.run'].create({{'date': '2026-03-10'}})
run.action_run()
"""
READ = """
import json
from lxml import etree
customer = env['res.partner'].search([('ref', '=', 'C-17')])
notice = env['dunning.notice'].search([('partner_id', '=', customer.id)])
reports = env['ir.actions.report']
for report, records in (('dunning_letter', notice.sorted('amount_due')), ('statement', customer)):
    html, _type = reports._render_qweb_html('lead_to_cash.action_report_' + report, records.ids)
    codes = etree.HTML(html).xpath("//*[@name='qr_code']//img/@src")
    print('CODES', json.dumps([report, codes]))
"""


class TestPaymentCodes(RealProcessCase):
    def test_a_code_where_odoo_knows_one(self):
        """SEPA's, of which only euros are paid; on the letter and on the statement."""
        self.database.shell(PREPARE, at="2026-03-10 12:00:00")
        self.assertEqual(self.codes(), {"dunning_letter": [], "statement": []})
        self.database.run("-i", "account_qr_code_sepa", "--stop-after-init", "--no-http")
        [(number,)] = self.database.query("SELECT name FROM account_move WHERE amount_total = 120.5")
        self.assertEqual(self.codes(), {"dunning_letter": [picture(number)], "statement": [picture("C-17")]})

    def codes(self):
        """The pictures on the letters of both currencies, and on the statement."""
        printed = self.database.shell(READ, at="2026-03-10 12:00:00").splitlines()
        return dict(json.loads(line.removeprefix("CODES")) for line in printed if line.startswith("CODES"))


#: The numbers of the authority's, on the statement: none for a document that wasn't sent there.
INDEX = """
env['account.move'].search([('partner_id.ref', '=', 'C-17')], limit=1).l10n_ro_edi_index = '5000123'
customer = env['res.partner'].search([('ref', '=', 'C-17')])
html, _type = env['ir.actions.report']._render_qweb_html('lead_to_cash.action_report_statement', customer.ids)
print('TOLD', html.decode().count('e-Factura'), html.decode().count('5000123'))
"""


class TestEFactura(RealProcessCase):
    def test_the_index_where_odoo_sends_documents_there(self):
        self.database.shell(PREPARE, at="2026-03-10 12:00:00")
        self.database.run("-i", "l10n_ro_edi", "--stop-after-init", "--no-http")
        self.assertIn("TOLD 1 1", self.database.shell(INDEX, at="2026-03-10 12:00:00"))


def picture(reference):
    """The code of a SEPA transfer, by the European Payments Council's guidelines EPC069-12."""
    lines = ["BCD", "002", "1", "SCT", "", "Our Company", IBAN, "EUR120.5", "", "", reference, ""]
    drawing = createBarcodeDrawing(
        "QR", value="\n".join(lines), barLevel="L", barWidth=100, barHeight=100, barBorder=0, format="svg"
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.asString('svg').encode()).decode()}"
