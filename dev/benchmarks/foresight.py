"""A night of forecasts over many documents, against the plain SQL that counts each customer's late documents."""

import json
import os

from .databases import HELPERS, copy_of, run_script

#: Documents a customer, and the day of the night.
OF_A_CUSTOMER, DATE = 55, "2026-03-10"

#: Settled and open documents as the books hold them, written by SQL alone: the receivable item of each, the item of
#: its payment, and their match. The indexes are made afterwards, as in a restored database.
FILL = """
env.cr.execute('''
    CREATE TEMP TABLE l2c_index AS
        SELECT indexdef, quote_ident(indexname) AS name FROM pg_indexes i
         WHERE tablename IN ('account_move', 'account_move_line', 'account_partial_reconcile', 'res_partner')
           AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)''')
env.cr.execute('SELECT name FROM l2c_index')
for [name] in env.cr.fetchall():
    env.cr.execute(f'DROP INDEX {name}')
company, partner = env.company, env['res.partner'].create({'name': 'Bench'})
journal = env['account.journal'].search([('type', '=', 'sale'), ('company_id', '=', company.id)], limit=1)
account = partner.property_account_receivable_id
values = dict(settled=SETTLED, opened=OPENED, customers=max((SETTLED + OPENED) // OF_A_CUSTOMER, 1), company=company.id,
              journal=journal.id, currency=company.currency_id.id, account=account.id, day='DATE')
env.flush_all()
env.cr.execute('SET session_replication_role = replica')
env.cr.execute('''
    CREATE TEMP TABLE doc AS
        SELECT n, 10000000 + n AS id, 10000000 + n %% %(customers)s AS partner_id, issued, issued + 30 AS due,
               ROUND((50 + 1000 * h2)::numeric, 2) AS amount,
               CASE WHEN n > %(settled)s THEN NULL
                    WHEN h3 < (n %% %(customers)s %% 9) / 10.0 THEN issued + 31 + (40 * h4)::integer
                    ELSE issued + 30 - (15 * h4)::integer END AS paid
          FROM (SELECT n, CASE WHEN n > %(settled)s THEN %(day)s::date - (60 * h1)::integer
                               ELSE %(day)s::date - 72 - (1400 * h1)::integer END AS issued, h2, h3, h4
                  FROM (SELECT n, (hashint4(n) & 1048575) / 1048576.0 AS h1, (hashint4(n + 1) >> 11 & 1048575) / 1048576.0 AS h2,
                               (hashint4(n * 7) & 1048575) / 1048576.0 AS h3, (hashint4(n * 13) & 1048575) / 1048576.0 AS h4
                          FROM generate_series(1, %(settled)s + %(opened)s) n) d) d;
    INSERT INTO res_partner (id, name, complete_name, active, is_company, commercial_partner_id, autopost_bills)
        SELECT 10000000 + n, 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, 10000000 + n, 'ask'
          FROM generate_series(0, %(customers)s) n;
    INSERT INTO account_move (id, name, state, move_type, journal_id, company_id, currency_id, partner_id, commercial_partner_id,
                              date, invoice_date, invoice_date_due, amount_total, amount_total_signed, amount_residual,
                              auto_post, payment_state)
        SELECT id, 'B/' || n, 'posted', 'out_invoice', %(journal)s, %(company)s, %(currency)s, partner_id, partner_id,
               issued, issued, due, amount, amount, CASE WHEN paid IS NULL THEN amount ELSE 0 END, 'no',
               CASE WHEN paid IS NULL THEN 'not_paid' ELSE 'paid' END
          FROM doc;
    INSERT INTO account_move_line (id, move_id, parent_state, account_id, partner_id, company_id, journal_id, currency_id,
                                   company_currency_id, date, date_maturity, balance, amount_currency, debit, credit,
                                   amount_residual, amount_residual_currency, reconciled, display_type)
        SELECT id, id, 'posted', %(account)s, partner_id, %(company)s, %(journal)s, %(currency)s, %(currency)s, issued, due,
               amount, amount, amount, 0, CASE WHEN paid IS NULL THEN amount ELSE 0 END,
               CASE WHEN paid IS NULL THEN amount ELSE 0 END, paid IS NOT NULL, 'payment_term'
          FROM doc;
    INSERT INTO account_move_line (id, move_id, parent_state, account_id, partner_id, company_id, journal_id, currency_id,
                                   company_currency_id, date, balance, amount_currency, debit, credit, amount_residual,
                                   amount_residual_currency, reconciled, display_type, payment_id)
        SELECT 20000000 + n, 20000000, 'posted', %(account)s, partner_id, %(company)s, %(journal)s, %(currency)s, %(currency)s,
               paid, -amount, -amount, 0, amount, 0, 0, TRUE, 'product', 1
          FROM doc WHERE paid IS NOT NULL;
    INSERT INTO account_partial_reconcile (id, debit_move_id, credit_move_id, amount, debit_amount_currency,
                                           credit_amount_currency, max_date, company_id)
        SELECT id, id, 20000000 + n, amount, amount, amount, GREATEST(paid, issued), %(company)s FROM doc WHERE paid IS NOT NULL
''', values)
env.cr.execute('SET session_replication_role = origin')
env.cr.execute('SELECT indexdef FROM l2c_index')
for [definition] in env.cr.fetchall():
    env.cr.execute(definition)
env.cr.execute('SELECT setval(%s, 30000000)', ['account_move_id_seq'])
env.cr.commit()
"""

ASK = """
import resource
env = env(context=dict(env.context, l2c_today='DATE', lang='en_US'))

def plain():
    env.cr.execute('''
        SELECT m.commercial_partner_id, COUNT(*), COUNT(*) FILTER (WHERE d.paid > d.due)
          FROM (SELECT l.move_id, MAX(l.date_maturity) AS due, MAX(r.max_date) AS paid
                  FROM account_move_line l JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                 WHERE l.parent_state = 'posted' AND l.company_id = %s
                   AND l.account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
              GROUP BY l.move_id) d
          JOIN account_move m ON m.id = d.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
      GROUP BY 1''', [env.company.id])
    env.cr.fetchall()

def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

def night():
    env['payment.model']._foresee(env.company)
    env.cr.commit()  # as the job does after each company

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

ROUNDS = 3
plain()
before = megabytes()
pairs = [(timed(plain), timed(night)) for _round in range(ROUNDS)]
first = pairs[0][1]  # it measures itself too, as once a week
[[plain_s, night_s]] = [[sorted(column)[ROUNDS // 2] for column in zip(*pairs)]]
env.cr.execute('SELECT COUNT(*) FROM payment_forecast')
found = {
    'documents': SETTLED + OPENED, 'forecasts': env.cr.fetchone()[0], 'plain_s': plain_s, 'night_s': night_s,
    'night_ratio': night_s / plain_s, 'weekly_s': first, 'weekly_ratio': first / pairs[0][0],
    'memory_mb': megabytes() - before,
}
"""


def measure(options):
    """At a tenth of the documents, and at all of them: the memory must not grow with them."""
    found = {}
    for name, count in (("tenth", options.documents_settled // 10), ("all", options.documents_settled)):
        sizes = {"SETTLED": count, "OPENED": count // 10, "OF_A_CUSTOMER": OF_A_CUSTOMER, "DATE": DATE}
        with copy_of(os.environ["L2C_TEMPLATE_DB"]) as database:
            run_script(database, _with(FILL, sizes))
            database.query("ANALYZE")
            tail = "\nimport json\nprint('FIGURES', json.dumps(found))\n"
            output = run_script(database, HELPERS + _with(ASK, sizes) + tail)
        figures = json.loads(output.split("FIGURES")[1].splitlines()[0])
        found |= {f"foresight_{name}_{key}": round(value, 2) for key, value in figures.items()}
    return found


def _with(script, values):
    for name, value in values.items():
        script = script.replace(name, str(value))
    return script
