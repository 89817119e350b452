"""A company with many posted invoices, fast: ten made through the ORM, then multiplied in SQL.

Of ten invoices six are overdue by 1 to 120 days on the day of the run, two are not due, two
are paid and reconciled; each customer has five."""

from .databases import run_script

DATE = "2026-03-10"
SEEDS = 10

#: Ten invoices of two customers; the copies are due up to 19 days earlier.
SEED = """
from datetime import date, timedelta
from odoo import Command

env.company.email = 'us@example.com'
partners = env['res.partner'].create([{'name': f'Bench {n}', 'email': f'bench{n}@example.com'} for n in range(2)])

def invoice(n, overdue):
    return {
        'move_type': 'out_invoice', 'partner_id': partners[n % 2].id, 'invoice_date': '2025-09-01',
        'invoice_date_due': date.fromisoformat('DATE') - timedelta(overdue), 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 100 + n, 'tax_ids': False})],
    }

days_overdue = [1, 21, 41, 61, 81, 101, -30, -60, 50, 70]
moves = env['account.move'].create([invoice(n, days) for n, days in enumerate(days_overdue)])
moves.action_post()
for paid in moves[-2:]:
    wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=paid.ids)
    wizard.create({'payment_date': '2026-01-20'})._create_payments()
assert moves.mapped('payment_state') == ['not_paid'] * 8 + ['paid'] * 2
""".replace("DATE", DATE)

#: What multiplies: table: (which rows, {column: the table whose copies it points to}).
COPIED = {
    "res_partner": ("name LIKE 'Bench %%'", {"commercial_partner_id": "res_partner"}),
    "account_full_reconcile": ("TRUE", {}),
    "account_payment": ("TRUE", {"move_id": "account_move", "partner_id": "res_partner"}),
    "account_move": (
        "TRUE",
        {
            "partner_id": "res_partner",
            "partner_shipping_id": "res_partner",
            "commercial_partner_id": "res_partner",
            "origin_payment_id": "account_payment",
        },
    ),
    "account_move_line": (
        "TRUE",
        {
            "move_id": "account_move",
            "partner_id": "res_partner",
            "payment_id": "account_payment",
            "full_reconcile_id": "account_full_reconcile",
        },
    ),
    "account_partial_reconcile": (
        "TRUE",
        {
            "debit_move_id": "account_move_line",
            "credit_move_id": "account_move_line",
            "full_reconcile_id": "account_full_reconcile",
        },
    ),
    "account_move__account_payment": ("TRUE", {"invoice_id": "account_move", "payment_id": "account_payment"}),
}

#: Ten invoices and two payments a copy: their numbers have no gaps.
STEP = "n * CASE WHEN s.{column} LIKE 'INV/%%' THEN 10 ELSE 2 END"
#: An expression that gives the copy ``n`` of a text the number of its invoice or payment.
NUMBERED = rf"""COALESCE(regexp_replace(s.{{column}}, '\d+$',
                   lpad((substring(s.{{column}} FROM '\d+$')::int + {STEP})::text, 7, '0')), s.{{column}})"""

#: What else differs in the copy ``n`` of a row ``s``.
CHANGED = {
    "res_partner": {
        "name": "s.name || ' ' || n",
        "complete_name": "s.complete_name || ' ' || n",
        "email": "replace(s.email, '@', '.' || n || '@')",
        "email_normalized": "replace(s.email_normalized, '@', '.' || n || '@')",
    },
    "account_payment": dict.fromkeys(("name", "memo"), NUMBERED),
    "account_move": {
        **dict.fromkeys(("name", "ref", "payment_reference"), NUMBERED),
        "sequence_number": "s.sequence_number + " + STEP.format(column="name"),
        "invoice_partner_display_name": "s.invoice_partner_display_name || ' ' || n",
        "invoice_date_due": "s.invoice_date_due - CASE WHEN s.move_type = 'out_invoice' THEN n %% 20 ELSE 0 END",
        "access_token": "NULL",
    },
    "account_move_line": {
        **dict.fromkeys(("name", "ref", "move_name"), NUMBERED),
        "matching_number": "({full_reconcile_id})::text",
        "date_maturity": "s.date_maturity - CASE WHEN s.payment_id IS NULL THEN n %% 20 ELSE 0 END",
    },
}

#: A sample of the copies, paid ones among them: all that is computed and stored is computed anew
#: and stays. (Not the account that a payment was given; it is computed only while there is none.)
PROOF = """
import random

def pick(most, where):
    env.cr.execute("SELECT id FROM account_move WHERE move_type = 'out_invoice' AND %s ORDER BY id OFFSET %s" % where)
    ids = [row[0] for row in env.cr.fetchall()]
    return random.Random(1).sample(ids, min(most, len(ids)))

# Never all of them in memory.
paid = env['account.move'].browse(pick(5, ("payment_state = 'paid'", 2)))
moves = paid.browse(pick(15, ("TRUE", SEEDS))) | paid
partials = moves.line_ids.matched_credit_ids
payments = moves.matched_payment_ids
assert len(payments) == len(moves.filtered(lambda move: move.payment_state == 'paid')) == len(partials), (payments, partials)
entries = moves | payments.move_id
for records in (entries, entries.line_ids, entries.partner_id, payments):
    names = [name for name, field in records._fields.items()
             if field.store and field.compute and field.readonly and name != 'outstanding_account_id']
    before = records.read(names)
    for name in names:
        env.add_to_compute(records._fields[name], records)
    env.flush_all()
    env.invalidate_all()
    after = records.read(names)
    assert before == after, [pair for pair in zip(before, after) if pair[0] != pair[1]]
assert all(line.amount_residual == 0 and line.matching_number == str(line.full_reconcile_id.id)
           for line in partials.debit_move_id)
env.cr.rollback()
""".replace("SEEDS", str(SEEDS))


def grow(database, invoices):
    """Give a database without the addon a company with at least so many posted invoices; returns
    how many there are."""
    database.shell(SEED)
    copies = -(-invoices // SEEDS) - 1
    if copies > 0:
        database.query(_multiply(database), copies)
        for table in COPIED:
            if "id" in _columns(database, table):
                database.query(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
        database.query("ANALYZE")  # else the planner takes the copies for a few rows
        run_script(database, PROOF)
    database.query("ANALYZE")
    [[count]] = database.query("SELECT COUNT(*) FROM account_move WHERE move_type = 'out_invoice'")
    return count


def _multiply(database):
    """One statement that copies all seeds; as one, it may make rows that point to each other."""
    spans = {}
    for table, (seeds, _references) in COPIED.items():
        if "id" in _columns(database, table):
            where = seeds.replace("%%", "%")
            [[spans[table]]] = database.query(
                f"SELECT (SELECT MAX(id) FROM {table}) - MIN(id) + 1 FROM {table} WHERE {where}"
            )
    parts = [f"copy_{table} AS ({_copy(database, table, spans)})" for table in COPIED]
    return f"WITH number AS (SELECT generate_series(1, %s) AS n), {', '.join(parts)} SELECT"


def _copy(database, table, spans):
    """The copy ``n`` of a seed has the seed's id plus ``n`` spans of ids; so have references."""
    seeds, references = COPIED[table]
    shifted = {name: f"s.{name} + n * {spans[target]}" for name, target in references.items()}
    if table in spans:
        shifted["id"] = f"s.id + n * {spans[table]}"
    changed = {name: value.format(column=name, **shifted) for name, value in CHANGED.get(table, {}).items()}
    columns = _columns(database, table)
    values = [changed.get(name) or shifted.get(name) or f's."{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} s, number WHERE {seeds}"


def _columns(database, table):
    rows = database.query(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", table
    )
    return [name for [name] in rows]
