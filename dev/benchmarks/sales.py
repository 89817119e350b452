"""What confirming orders costs with the addon and without it, and what invoicing them at once costs beside what
Odoo needs for the same invoices."""

from statistics import median

from .databases import ratio, with_and_without

COUNT = 500

PREPARE = """
from odoo import Command
partners = env['res.partner'].create([{'name': f'Host {n}', 'email': f'h{n}@example.com'} for n in range(50)])
product = env['product.product'].create({
    'name': 'Thing', 'list_price': 100.0, 'taxes_id': False, 'invoice_policy': 'order'})
env['sale.order'].create([{
    'partner_id': partners[n % 50].id, 'order_line': [Command.create({'product_id': product.id})],
} for n in range(2 * COUNT)])
""".replace("COUNT", str(COUNT))

#: Confirmed; then invoiced by Odoo's own methods; then others invoiced at once, where that can be.
WORK = """
quotations = env['sale.order'].search([('state', '=', 'draft')], order='id')
assert len(quotations) == 2 * COUNT, quotations
ours = 'invoices_at_once' in env['res.company']._fields

def timed(work):
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    work()
    settle()
    return time.perf_counter() - start

def by_hand(orders):
    orders._create_invoices(grouped=True, final=True).action_post()

first, second = quotations[:COUNT], quotations[COUNT:]
found = [timed(first.action_confirm), timed(lambda: by_hand(first))]
if ours:
    env.company.invoices_at_once = True
second.action_confirm()
if ours:
    assert all(second.mapped('is_invoiced_at_once'))
    env.registry['ir.cron']._commit_progress = lambda self, *args, **kwargs: 1
    found.append(timed(env['sale.order']._cron_invoice_at_once))
else:
    found.append(timed(lambda: by_hand(second)))
for orders in (first, second):
    assert set(orders.mapped('invoice_status')) == {'invoiced'}
    assert set(orders.invoice_ids.mapped('state')) == {'posted'} and len(orders.invoice_ids) == COUNT
""".replace("COUNT", str(COUNT))


def measure(_options):
    rounds = with_and_without(PREPARE, WORK)
    found = ratio(rounds, "confirm", 0) | ratio(rounds, "invoice", 1) | ratio(rounds, "at_once", 2)
    beside = [ours[2] / ours[1] for ours, _plain in rounds]
    return found | {"at_once_to_by_hand": round(median(beside), 2)}
