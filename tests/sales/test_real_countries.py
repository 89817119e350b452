"""Companies of Israel and Romania with Odoo's own charts: checked, invoiced at once, held and sent."""

import json

from ..real import RealProcessCase

DAY = "2026-06-10 08:00:00"

MAKE = """
import json
from odoo import Command
product = env['product.product'].create({'name': 'Thing', 'list_price': 9000.0, 'invoice_policy': 'order'})

def company(code, chart, currency):
    currency = env.ref('base.' + currency)
    currency.active = True
    made = env['res.company'].create({
        'name': code, 'country_id': env.ref('base.' + code).id, 'currency_id': currency.id, 'invoices_at_once': True})
    env.user.company_ids |= made
    env['account.chart.template'].try_loading(chart, company=made, install_demo=False)
    return made

def invoiced(made, partner):
    order = env['sale.order'].with_company(made).create({
        'partner_id': partner.id, 'company_id': made.id, 'order_line': [Command.create({
            'product_id': product.id, 'tax_ids': [Command.set(made.account_sale_tax_id.ids)]})]})
    order.action_confirm()
    env['sale.order']._cron_invoice_at_once()
    return order.invoice_ids

israeli, romanian = company('il', 'il', 'ILS'), company('ro', 'ro', 'RON')
dealer = env['res.partner'].create({
    'name': 'Dealer', 'is_company': True, 'country_id': env.ref('base.il').id, 'vat': '000000018',
    'street': 'x', 'city': 'Haifa', 'email': 'd@example.com'})
firm = env['res.partner'].create({
    'name': 'Firm', 'is_company': True, 'country_id': env.ref('base.ro').id, 'street': 'x',
    'city': 'Cluj', 'email': 'f@example.com'})
move, other = invoiced(israeli, dealer), invoiced(romanian, firm)
draft = other.copy()
found = {
    'il': [move.state, move.waits_to_be_sent, bool(move.sending_data), sorted(move._missing().get(move, {}))],
    'ro': [other.state, other.waits_to_be_sent, bool(other.sending_data), sorted(draft._missing().get(draft, {}))]}
move.allocation_number = '123456789'
found['given'] = [move.waits_to_be_sent, bool(move.sending_data)]
print('FOUND', json.dumps(found))
"""


class TestCountries(RealProcessCase):
    def test_checked_held_and_sent(self):
        self.database.run("-i", "l10n_il,l10n_ro", "--stop-after-init", "--no-http")
        output = self.database.shell(MAKE, at=DAY)
        [found] = [line for line in output.splitlines() if "FOUND " in line]
        found = json.loads(found.partition("FOUND ")[2])
        state, waits, leaving, missing = found["il"]
        self.assertEqual((state, waits, leaving), ("posted", True, False))
        self.assertIn("allocation", missing)
        state, waits, leaving, missing = found["ro"]
        self.assertEqual((state, waits, leaving), ("posted", False, True))
        self.assertTrue({"county", "vat"} <= set(missing), missing)
        self.assertEqual(found["given"], [False, True])
