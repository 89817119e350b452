"""The dunning run on a generated company: deciding, and all of it until the mails are queued,
against the deciding statement alone and against as many mails by the ORM."""

import json
import os

from odoo.addons.lead_to_cash.tests.real import RealDatabase

#: Ten invoices of two customers: six overdue, two not due, two paid; multiplied below.
SEED = """
from odoo import Command
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Bench', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 1, 'sequence': 1}),
    Command.create({'name': 'Second', 'delay_days': 500, 'sequence': 2})]})
policy.action_start()
env.company.dunning_policy_id = policy
env.company.email = 'us@example.com'
partners = env['res.partner'].create([{'name': f'Bench {n}', 'email': f'bench{n}@example.com'} for n in range(2)])
def invoice(n, due):
    return {
        'move_type': 'out_invoice', 'partner_id': partners[n % 2].id, 'invoice_date': '2025-09-01',
        'invoice_date_due': due, 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 100 + n, 'tax_ids': False})],
    }
moves = env['account.move'].create(
    [invoice(n, f'2026-0{1 + n % 2}-1{n}') for n in range(6)] + [invoice(n, '2026-12-01') for n in (6, 7)]
    + [invoice(n, '2026-01-15') for n in (8, 9)])
moves.action_post()
env['account.payment.register'].with_context(active_model='account.move', active_ids=moves[-2:].ids).create({})._create_payments()
"""

COPY_PARTNERS = """
    CREATE TABLE bench_partner AS
    SELECT p.id AS old, n, nextval('res_partner_id_seq') AS new
      FROM res_partner p, generate_series(1, {copies}) n WHERE p.name LIKE 'Bench %'
"""
COPY_MOVES = """
    CREATE TABLE bench_move AS
    SELECT m.id AS old, b.n, b.new AS partner, nextval('account_move_id_seq') AS new
      FROM account_move m JOIN bench_partner b ON b.old = m.partner_id WHERE m.move_type = 'out_invoice'
"""

MEASURE = """
import json, resource, time
from odoo.tools import SQL
from odoo.addons.lead_to_cash.engine.dunning import decide
from odoo.addons.lead_to_cash.engine.dunning_run import remember

env = env(context=dict(env.context, l2c_today='2026-03-10', tracking_disable=False))
clock = time.perf_counter
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
env['dunning.run'].search([])
env.company._dunning_question()
question = env.company._dunning_question()
env.cr.execute(SQL('SELECT count(*) FROM (%s) x', decide(question)))
start = clock()
env.cr.execute(SQL('SELECT count(*) FROM (%s) x', decide(question)))
items = env.cr.fetchone()[0]
sql_floor = clock() - start

start_rss, queries = peak(), env.cr.sql_log_count
run = env['dunning.run'].create({'date': '2026-03-10'})
start = clock()
run._start()
env.flush_all()
decided = clock() - start
while run._process_batch():
    pass
env.flush_all()
total = clock() - start
queries, rss = env.cr.sql_log_count - queries, peak() - start_rss
count = len(run.notice_ids)
assert set(run.notice_ids.mapped('state')) == {'queued'}

template = env.ref('lead_to_cash.mail_template_dunning_notice')
notices = run.notice_ids
env.flush_all(); env.invalidate_all()
start = clock()
for at in range(0, count, 500):
    part = notices[at:at + 500]
    bodies = template._render_bodies_at_once(part)
    env['mail.mail'].create([{
        'model': 'dunning.notice', 'res_id': notice.id, 'subject': 'x', 'body_html': body, 'body': body,
        'email_from': 'us@example.com', 'recipient_ids': [(4, notice.partner_id.id)], 'auto_delete': False,
    } for notice, body in zip(part, bodies)])
    env.flush_all()
    env.invalidate_all()
mail_floor = clock() - start
print('FIGURES', json.dumps({
    'items': items, 'notices': count, 'decide_s': round(decided, 2), 'total_s': round(total, 2),
    'sql_floor_s': round(sql_floor, 3), 'mail_floor_s': round(mail_floor, 2), 'queries': queries,
    'peak_rss_mb_over_start': round(rss)}))
env.cr.rollback()
"""


def grow(database, invoices):
    """A company with so many posted invoices: 60 % overdue, 20 % not due, 20 % paid."""
    database.shell(SEED)
    copies = max(invoices // 10 - 1, 0)
    database.query(COPY_PARTNERS.format(copies=copies))
    database.query(COPY_MOVES)
    partner = _columns(database, "res_partner", {"id", "commercial_partner_id", "email", "email_normalized"})
    database.query(
        f"""INSERT INTO res_partner (id, commercial_partner_id, email, email_normalized, {partner})
            SELECT b.new, b.new, 'b' || b.new || '@example.com', 'b' || b.new || '@example.com', {_of("p", partner)}
              FROM bench_partner b JOIN res_partner p ON p.id = b.old"""
    )
    move = _columns(database, "account_move", {"id", "name", "partner_id", "commercial_partner_id", "access_token"})
    database.query(
        f"""INSERT INTO account_move (id, name, partner_id, commercial_partner_id, {move})
            SELECT b.new, m.name || '/' || b.n, b.partner, b.partner, {_of("m", move)}
              FROM bench_move b JOIN account_move m ON m.id = b.old"""
    )
    line = _columns(database, "account_move_line", {"id", "move_id", "partner_id"})
    database.query(
        f"""INSERT INTO account_move_line (move_id, partner_id, {line})
            SELECT b.new, b.partner, {_of("l", line)} FROM bench_move b JOIN account_move_line l ON l.move_id = b.old"""
    )
    database.query("ANALYZE")


def _columns(database, table, without):
    rows = database.query("SELECT column_name FROM information_schema.columns WHERE table_name = %s", table)
    return ", ".join(f'"{name}"' for [name] in rows if name not in without)


def _of(alias, columns):
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def measure(options):
    database = RealDatabase(os.environ["L2C_TEMPLATE_DB"])
    try:
        grow(database, options.invoices)
        output = database.run("shell", "--no-http", "--log-level=critical", script=MEASURE)
        figures = {"invoices": options.invoices, **json.loads(output.split("FIGURES")[1].splitlines()[0])}
    finally:
        database.drop()
    figures["decide_to_sql_floor"] = round(figures["decide_s"] / figures["sql_floor_s"], 1)
    figures["total_to_mail_floor"] = round(figures["total_s"] / figures["mail_floor_s"], 2)
    return figures
