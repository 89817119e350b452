"""What Romania's tax authority refuses, told by Odoo's own addon for e-Factura, is a leak until it is accepted."""

import json

from ..real import RealProcessCase

DAY = "2026-06-10 08:00:00"

MAKE = """
import json
from odoo import Command
lei = env.ref('base.RON')
lei.active = True
made = env['res.company'].create({'name': 'ro', 'country_id': env.ref('base.ro').id, 'currency_id': lei.id})
env.user.company_ids |= made
env['account.chart.template'].try_loading('ro', company=made, install_demo=False)
env = env(context=dict(env.context, allowed_company_ids=made.ids))
firm = env['res.partner'].create({'name': 'Firm', 'is_company': True, 'country_id': env.ref('base.ro').id})
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': firm.id, 'company_id': made.id, 'invoice_date': '2026-06-01',
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': amount, 'tax_ids': False})]} for amount in (100, 40)])
moves.action_post()
moves.is_move_sent = True
first, second = moves
documents = env['l10n_ro_edi.document']

def sent(move, index):
    documents.search([('invoice_id', '=', move.id)]).unlink()
    documents.create({'invoice_id': move.id, 'state': 'invoice_sent'})
    move.l10n_ro_edi_index = index

def answer(index, **invoice):
    signature = {'key_signature': 'x', 'key_certificate': 'x', 'attachment_raw': b'eA=='}
    return {'id': '9' + index, 'id_solicitare': index, 'answer': {'signature': signature, 'invoice': invoice}}

def told():
    leaks = env['collection.leak'].search([('move_id', 'in', moves.ids)])
    return [[leak.kind, leak.amount, leak.document, str(leak.since)] for leak in leaks]

sent(first, '11')
sent(second, '12')
found = {'sent': told()}
env['account.move']._l10n_ro_edi_process_invoice_refused_messages([answer('11', error='E: the county is wrong')])
env['account.move']._l10n_ro_edi_process_invoice_accepted_messages([answer('12', name=second.name)])
found |= {'states': [move.l10n_ro_edi_state for move in moves], 'refused': told(), 'name': first.name}
sent(first, '13')
found['again'] = told()
env['account.move']._l10n_ro_edi_process_invoice_accepted_messages([answer('13', name=first.name)])
found['accepted'] = told()
print('FOUND', json.dumps(found))
"""


class TestRefused(RealProcessCase):
    def test_refused_by_the_authority(self):
        self.database.run("-i", "l10n_ro_edi", "--stop-after-init", "--no-http")
        output = self.database.shell(MAKE, at=DAY)
        [found] = [line for line in output.splitlines() if "FOUND " in line]
        found = json.loads(found.partition("FOUND ")[2])
        self.assertEqual(found["states"], ["invoice_refused", "invoice_validated"])
        self.assertEqual(found["sent"], [])
        self.assertEqual(found["refused"], [["rejected", 100.0, found["name"], "2026-06-01"]])
        self.assertEqual((found["again"], found["accepted"]), ([], []))
