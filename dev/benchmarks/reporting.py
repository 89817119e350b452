"""Ageing and DSO of a company with many invoices, against Odoo's own analysis of them."""

import os

from .company import DATE, grow
from .databases import copy_of, figures

ASK = """
env = env(context=dict(env.context, l2c_today='TODAY', lang='en_US'))

ageing, metrics, odoo = env['receivable.ageing'], env['receivable.metrics'], env['account.invoice.report']
sums = [f'{name}:sum' for name in ('not_due', 'age_1', 'age_2', 'age_3', 'age_4', 'credits', 'residual')]
names = {'move_id': {}, 'partner_id': {}, 'due': {}, 'residual': {}}
found = {
    'ageing_items': ageing.search_count([]),
    'ageing_page_s': seconds(lambda: ageing.web_search_read([], names, limit=PAGE)),
    'ageing_by_customer_s': seconds(lambda: ageing.formatted_read_group([], ['partner_id'], sums, limit=PAGE)),
    'ageing_last_year_s': seconds(
        lambda: ageing.with_context(l2c_as_at='2025-12-31').formatted_read_group([], ['partner_id'], sums, limit=PAGE)),
    'dso_by_month_s': seconds(lambda: metrics.search_read([])),
    'odoo_analysis_s': seconds(
        lambda: odoo.formatted_read_group([], ['partner_id'], ['price_subtotal:sum'], limit=PAGE)),
}
""".replace("TODAY", DATE)


def measure(options):
    with copy_of(os.environ["L2C_TEMPLATE_DB"]) as database:
        found = {"invoices": grow(database, options.desk_invoices)}
        database.query("ANALYZE")
        found |= figures(database, ASK)
    return {name: round(value, 3) for name, value in found.items()}
