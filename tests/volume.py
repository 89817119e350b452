"""Many documents, fast: a dozen made through the ORM, then multiplied in SQL."""

#: table: which of its rows are documents with a status
DOCUMENTS = {
    "crm_lead": "TRUE",
    "sale_order": "TRUE",
    "account_move": "move_type IN ('out_invoice', 'out_refund', 'out_receipt')",
}

#: One of each kind, as users make them; in the past, because the future can't be posted.
SEED = """
from odoo import Command
partner = env['res.partner'].create({'name': 'Volume', 'email': 'volume@example.com'})
for number in range(4):
    env['crm.lead'].create({'name': f'Volume {number}', 'type': 'opportunity', 'partner_id': partner.id})
leads = env['crm.lead'].search([('name', 'like', 'Volume')])
leads[0].action_set_won()
leads[1].action_set_lost()
product = env['product.product'].create({'name': 'Volume', 'list_price': 10, 'taxes_id': False})
line = lambda: [Command.create({'product_id': product.id})]
orders = env['sale.order'].create([{'partner_id': partner.id, 'order_line': line()} for _n in range(4)])
orders[0].action_confirm()
orders[1].action_quotation_sent()
orders[2]._action_cancel()
def invoice(due, move_type='out_invoice'):
    return {
        'move_type': move_type, 'partner_id': partner.id, 'invoice_date': '2024-01-01', 'invoice_date_due': due,
        'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})],
    }
moves = env['account.move'].create([
    invoice('2024-02-01'), invoice('2024-03-01'), invoice('2999-01-01'), invoice('2024-02-01'),
    invoice('2024-02-01', 'out_refund'),
])
moves.action_post()
env['account.payment.register'].with_context(active_model='account.move', active_ids=moves[3].ids).create({})._create_payments()
"""

COPY_LINES = """
    INSERT INTO account_move_line (move_id, {columns})
    SELECT m.id, {columns_of_l}
      FROM account_move m
      JOIN account_move_line l ON l.move_id = split_part(m.ref, '#', 2)::int
     WHERE m.ref LIKE 'volume#%%'
"""


def grow(database, count):
    """Add at least ``count`` leads, orders and customer invoices to a real database."""
    database.shell(SEED)
    for table, condition in DOCUMENTS.items():
        [[seeds]] = database.query(f"SELECT count(*) FROM {table} WHERE {condition}")
        copies = -(-count // seeds)
        columns = _columns(
            database,
            table,
            {"id", "name", "ref", "access_token"} if table == "account_move" else {"id", "access_token"},
        )
        extra, values = ("name, ref,", "name || '#' || n, 'volume#' || d.id,") if table == "account_move" else ("", "")
        database.query(
            f"""INSERT INTO {table} ({extra} {columns}) SELECT {values} {columns}
                  FROM {table} d, generate_series(1, {copies}) n WHERE {condition}"""
        )
    names = _columns(database, "account_move_line", {"id", "move_id"})
    prefixed = ", ".join(f"l.{name.strip()}" for name in names.split(","))
    database.query(COPY_LINES.format(columns=names, columns_of_l=prefixed).replace("%%", "%"))
    database.query("ANALYZE")


#: A customer ``s`` once more, as the ``n``-th copy; its posted invoices with their lines, too.
COPY_CUSTOMERS = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, ref, {partner})
    SELECT s.name || '-' || n, s.name || '-' || n, replace(s.email, '@', '-' || n || '@'),
           replace(s.email, '@', '-' || n || '@'), s.id || '-' || n, {partner_s}
      FROM res_partner s, generate_series(1, {copies}) n WHERE s.name LIKE 'Real %';
    UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Real %-%';
    INSERT INTO account_move (name, ref, partner_id, commercial_partner_id, partner_shipping_id, {move})
    SELECT s.name || '-' || n, 'copy of ' || s.id, p.id, p.id, p.id, {move_s}
      FROM account_move s, generate_series(1, {copies}) n, res_partner p WHERE p.ref = s.partner_id || '-' || n;
    INSERT INTO account_move_line (move_id, partner_id, {line})
    SELECT m.id, m.partner_id, {line_s}
      FROM account_move m JOIN account_move_line s ON m.ref = 'copy of ' || s.move_id;
    UPDATE account_move SET ref = NULL WHERE ref LIKE 'copy of %';
    ANALYZE
"""


def copy_customers(database, copies):
    """Each customer called “Real …” of a real database, with its invoice, so many times more."""
    customer = {"commercial_partner_id", "name", "complete_name", "email", "email_normalized", "ref", "id"}
    move = {"id", "name", "ref", "partner_id", "commercial_partner_id", "partner_shipping_id", "access_token"}
    names = {
        "partner": _columns(database, "res_partner", customer),
        "move": _columns(database, "account_move", move),
        "line": _columns(database, "account_move_line", {"id", "move_id", "partner_id"}),
    }
    prefixed = {f"{key}_s": ", ".join(f"s.{name}" for name in value.split(", ")) for key, value in names.items()}
    database.query(COPY_CUSTOMERS.format(copies=copies, **names, **prefixed))


def _columns(database, table, without):
    rows = database.query(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", table
    )
    return ", ".join(f'"{name}"' for [name] in rows if name not in without)
