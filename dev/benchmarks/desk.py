"""The collector's desk on a company with many invoices: its first page with its counters, and the first
page of its customers, against Odoo's own list of invoices with its count."""

import os

from .company import DATE, grow
from .databases import copy_of, figures, install

#: Every customer has a payment grade and a notice; of a hundred, ten are to be called, four to approve (one of them
#: to look at), and one each has answered, failed, broken a promise, had a payment returned.
PREPARE = """
from odoo import Command
from odoo.tools import SQL
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Bench', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 1, 'sequence': 1}),
    Command.create({'name': 'Second', 'delay_days': 500, 'sequence': 2})]})
policy.action_start()
env.company.dunning_policy_id = policy
env = env(context=dict(env.context, l2c_today='TODAY'))
run = env['dunning.run'].create({'date': 'TODAY'})
run._start()
env.flush_all()
run.state = 'done'
run.flush_recordset()
number = SQL('(row_number() OVER (ORDER BY n.id)) %% 100')
env.cr.execute(SQL('CREATE TEMPORARY TABLE bench AS SELECT n.id, n.partner_id, n.company_id, n.currency_id, %s AS x'
                   ' FROM dunning_notice n', number))
env.cr.execute('''
UPDATE dunning_notice n SET channel = CASE WHEN x < 10 THEN 'call' ELSE channel END,
       state = CASE WHEN x < 10 THEN 'queued' WHEN x < 14 THEN 'to_approve' WHEN x = 14 THEN 'failed' ELSE 'sent' END,
       exceptions = CASE WHEN x = 13 THEN 'first,amount' END, needs_answer = x = 15
  FROM bench WHERE bench.id = n.id''')
call = env.ref('mail.mail_activity_data_call')
model = env['ir.model']._get_id('dunning.notice')
env.cr.execute(SQL('''
WITH made AS (
    INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, summary, date_deadline, user_id, active)
    SELECT %s, 'dunning.notice', id, %s, 'Collection call', DATE 'TODAY' - (x %% 3)::int, %s, TRUE FROM bench WHERE x < 10
 RETURNING id, res_id)
UPDATE dunning_notice n SET activity_id = made.id FROM made WHERE made.res_id = n.id''', model, call.id, env.uid))
env.cr.execute('''
WITH made AS (
    INSERT INTO dunning_promise (partner_id, company_id, currency_id, amount, date, state)
    SELECT partner_id, company_id, currency_id, 100, CASE x WHEN 16 THEN DATE 'TODAY' - 5 ELSE DATE 'TODAY' + 5 END,
           CASE x WHEN 16 THEN 'broken' ELSE 'open' END FROM bench WHERE x BETWEEN 16 AND 18
 RETURNING id, partner_id)
INSERT INTO dunning_promise_line_rel (promise_id, move_line_id)
SELECT made.id, l.id FROM made JOIN account_move_line l ON l.partner_id = made.partner_id
 WHERE l.reconciled IS NOT TRUE AND l.account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')''')
env.cr.execute('''
UPDATE account_move_line l SET payment_return_open = TRUE, payment_returned_date = DATE 'TODAY'
  FROM bench WHERE x = 19 AND l.partner_id = bench.partner_id AND l.reconciled IS NOT TRUE AND l.balance > 0
   AND l.account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')''')
env.cr.execute('''
INSERT INTO payment_grade (partner_id, company_id, grade, since, as_of, expected_days_late, late_risk, settled_count)
SELECT DISTINCT ON (partner_id, company_id) partner_id, company_id, 'c', DATE 'TODAY', DATE 'TODAY', 20,
       (x %% 10) / 10.0, 9 FROM bench'''.replace('%%', '%'))
env.cr.execute(SQL('''
INSERT INTO contact_attempt (res_model, res_id, partner_id, company_id, user_id, date, channel, outcome, note)
SELECT 'res.partner', partner_id, partner_id, company_id, %s, TIMESTAMP 'TODAY' - interval '1 day', 'call', 'reached', 'Pays soon'
  FROM bench WHERE x %% 2 = 0''', env.uid))
""".replace("TODAY", DATE)

#: Both as the screen asks for them: the fields of the list, one page, the count; the desk's
#: counters too.
OPEN = """
from odoo.tools import SQL

env = env(context=dict(env.context, l2c_today='TODAY', lang='en_US', tz='UTC'))

desk, move = env['call.list.line'], env['account.move']
mine = [('res_model', '=', 'res.partner'), ('user_id', 'in', [env.uid, False])]
invoices = [('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt'))]
desk_spec = specification(desk, 'lead_to_cash.desk_view_list')
move_spec = specification(move, 'account.view_out_invoice_tree')

page = lambda: desk.web_search_read(mine, desk_spec, limit=PAGE, count_limit=10001)
counters = desk.get_desk
owing = env['collections.customer']
owing_spec = specification(owing, 'lead_to_cash.collections_customer_view_list')
overdue = [('overdue_amount', '>', 0)]
customers = lambda: owing.web_search_read(overdue, owing_spec, limit=PAGE, order='overdue_amount desc', count_limit=10001)
odoo = lambda: move.web_search_read(invoices, move_spec, limit=PAGE, count_limit=10001)
lines = page()
assert len(lines['records']) == PAGE and lines['length'] > PAGE, lines['length']
assert len(odoo()['records']) == PAGE
owed = customers()
assert len(owed['records']) == PAGE and owed['length'] == 10001, owed['length']
one = owed['records'][0]['partner_id']['id']
names = ('collection_line_ids', 'collection_overdue', 'collection_item_ids', 'collection_notice_ids', 'contact_attempt_ids')
card = lambda: env['res.partner'].browse(one).web_read({name: {'fields': {'display_name': {}}} if name.endswith('ids') else {} for name in names})
[[open_items]] = env.execute_query(SQL("SELECT count(*) FROM account_move_line l JOIN account_account a ON a.id = l.account_id"
    " WHERE a.account_type = 'asset_receivable' AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'"))
query = desk._search(mine, limit=PAGE, order=desk._order)
plan = [row for [row] in env.execute_query(SQL('EXPLAIN (ANALYZE) %s', query.select()))]
found = {'desk_lines': lines['length'], 'desk_page_ms': seconds(page) * 1000, 'desk_counters_ms': seconds(counters) * 1000,
         'customers_page_ms': seconds(customers) * 1000, 'customer_card_ms': seconds(card) * 1000,
         'customers': owing.search_count([]), 'open_items': open_items,
         'invoices_page_ms': seconds(odoo) * 1000, 'desk_plan': chr(10).join(plan)}
""".replace("TODAY", DATE)


def measure(options):
    with copy_of(os.environ["L2C_BASE_DB"]) as database:
        found = {"invoices": grow(database, options.desk_invoices)}
        install(database, "lead_to_cash", script=PREPARE)
        found |= figures(database, OPEN)
    for name in ("desk_page_ms", "desk_counters_ms", "invoices_page_ms", "customers_page_ms", "customer_card_ms"):
        found[name] = round(found[name], 1)
    found["desk_to_invoices"] = round(
        (found["desk_page_ms"] + found["desk_counters_ms"]) / found["invoices_page_ms"], 2
    )
    found["customers_to_invoices"] = round(found["customers_page_ms"] / found["invoices_page_ms"], 2)
    return found
