"""What the addon costs its hosts: posting invoices and reconciling payments, with and without it."""

import os
from statistics import median

from .databases import copy_of, figures, install

COUNT = 500
ROUNDS = 5

#: Drafts to post; posted invoices and their payments to reconcile. Committed before the database is copied.
PREPARE = """
from odoo import Command
partners = env['res.partner'].create([{'name': f'Host {n}'} for n in range(50)])
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': partners[n % 50].id, 'invoice_date': '2026-01-01',
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})],
} for n in range(2 * COUNT)])
posted = moves[COUNT:]
posted.action_post()
bank = env['account.journal'].search([('type', '=', 'bank')], limit=1)
env['account.payment'].create([{
    'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': move.partner_id.id, 'amount': 10,
    'date': '2026-01-02', 'journal_id': bank.id, 'outstanding_account_id': bank.default_account_id.id,
} for move in posted]).action_post()
""".replace("COUNT", str(COUNT))

WORK = """
import time
drafts = env['account.move'].search([('move_type', '=', 'out_invoice'), ('state', '=', 'draft')], order='id')
items = env['account.move.line'].search([
    ('account_type', '=', 'asset_receivable'), ('parent_state', '=', 'posted'), ('reconciled', '=', False)], order='id')
debits, credits = items.filtered('debit'), items.filtered('credit')
assert len(drafts) == len(debits) == len(credits) == COUNT, (drafts, debits, credits)
env.invalidate_all()
start = time.perf_counter()
drafts.action_post()
settle()
post = time.perf_counter() - start
env.invalidate_all()
start = time.perf_counter()
for debit, credit in zip(debits, credits):
    (debit | credit).reconcile()
settle()
found = [post, time.perf_counter() - start]
assert set(drafts.mapped('state')) == {'posted'}
assert set(debits.move_id.mapped('payment_state')) == set(credits.payment_id.mapped('state')) == {'paid'}
""".replace("COUNT", str(COUNT))


def measure(_options):
    with copy_of(os.environ["L2C_BASE_DB"]) as plain:
        plain.shell(PREPARE)
        plain.query("ANALYZE")
        with copy_of(plain.name) as own:
            install(own, "lead_to_cash")
            rounds = [(figures(own, WORK), figures(plain, WORK)) for _round in range(ROUNDS)]
    result = {}
    for index, work in enumerate(("post", "reconcile")):
        ours, without = (median(seconds[index] for seconds in side) for side in zip(*rounds, strict=True))
        result |= {
            f"{work}_s": round(ours, 2),
            f"{work}_plain_s": round(without, 2),
            f"{work}_ratio": round(ours / without, 2),
        }
    return result
