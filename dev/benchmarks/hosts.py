"""What the addon costs its hosts: posting invoices and reconciling payments, with and without it."""

from .databases import ratio, with_and_without

COUNT = 500

#: Drafts to post; posted invoices and their payments to reconcile.
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
    rounds = with_and_without(PREPARE, WORK)
    return ratio(rounds, "post", 0) | ratio(rounds, "reconcile", 1)
