"""What the addon costs its hosts: posting invoices and paying them, with and without it."""

import os
from statistics import median

from odoo.addons.lead_to_cash.tests.real import RealDatabase

COUNT = 500
ROUNDS = 5

WORK = """
import time
from odoo import Command
partners = env['res.partner'].create([{'name': f'Host {n}'} for n in range(50)])
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': partners[n % 50].id, 'invoice_date': '2026-01-01',
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})],
} for n in range(COUNT)])
env.flush_all()
env.invalidate_all()
start = time.perf_counter()
moves.action_post()
env.flush_all()
posted = time.perf_counter() - start
env.invalidate_all()
start = time.perf_counter()
wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=moves.ids)
wizard.create({'group_payment': False})._create_payments()
env.flush_all()
print('SECONDS', posted, time.perf_counter() - start)
env.cr.rollback()
""".replace("COUNT", str(COUNT))


def measure(_options):
    databases = {
        "with": RealDatabase(os.environ["L2C_TEMPLATE_DB"]),
        "without": RealDatabase(os.environ["L2C_BASE_DB"]),
    }
    seconds = {name: [] for name in databases}
    try:
        for _round in range(ROUNDS):
            for name, database in databases.items():
                output = database.run("shell", "--no-http", "--log-level=critical", script=WORK)
                seconds[name].append([float(value) for value in output.split("SECONDS")[1].split()[:2]])
    finally:
        for database in databases.values():
            database.drop()
    figures = {}
    for index, work in enumerate(("post", "reconcile")):
        own, plain = (median(run[index] for run in seconds[name]) for name in ("with", "without"))
        figures |= {
            f"{work}_s": round(own, 2),
            f"{work}_plain_s": round(plain, 2),
            f"{work}_ratio": round(own / plain, 2),
        }
    return figures
