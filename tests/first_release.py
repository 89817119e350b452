"""A company that works with the first release: scripts for Odoo's shell, with that release's code."""

#: Before there is the addon.
OLD_INVOICES = """
from odoo import Command
partner = env['res.partner'].create({'name': 'Old', 'email': 'old@example.com'})
for ref, sent in (('sent long ago', True), ('never sent', False), ('sent today', False)):
    move = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': partner.id, 'ref': ref, 'invoice_date': '2026-01-15',
        'invoice_date_due': '2026-01-30', 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})]})
    move.action_post()
    move.is_move_sent = sent
"""

SEND_TODAY = """
move = env['account.move'].search([('ref', '=', 'sent today')])
env['account.move.send']._generate_and_send_invoices(move, sending_methods=['manual'])
"""

#: One customer for each thing that can happen.
STORY = """
from odoo import Command
from odoo.tests import new_test_user
env['dunning.policy'].search([]).active = False
level = lambda name, days, **values: Command.create({'name': name, 'delay_days': days, 'sequence': days, **values})
policies = env['dunning.policy'].create([
    {'name': 'By sending', 'partner_domain': "[('name', '=', 'Old')]",
     'level_ids': [level('After sending', 20, delay_from='sent')]},
    {'name': 'With approval', 'partner_domain': "[('name', '=', 'to approve')]",
     'level_ids': [level('Looked at', 4, requires_approval=True)]},
    {'name': 'All others', 'level_ids': [level('First', 4), level('Second', 10)]}])
policies.action_start()
env.company.dunning_policy_id = policies[-1]
account = env['account.account'].create({'name': 'Bad debts', 'code': '699001', 'account_type': 'expense'})
env.company.write({'email': 'us@example.com', 'write_off_account_id': account.id, 'write_off_limit_manager': 500})
manager = new_test_user(env, 'manager', context={'no_reset_password': True},
    groups='lead_to_cash.group_collections_manager,account.group_account_manager')

moves = {}
for name, due in (('sent', 2), ('failed', 2), ('queued', 2), ('cancelled', 2), ('to approve', 2), ('draft', 7),
                  ('promised', 2), ('written off', 2), ('approved', 2)):
    partner = env['res.partner'].create({'name': name, 'email': name.replace(' ', '-') + '@example.com'})
    moves[name] = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': partner.id, 'ref': name, 'invoice_date': '2026-02-01',
        'invoice_date_due': f'2026-03-0{due}', 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})]})
    moves[name].action_post()
items = {name: move.line_ids.filtered('date_maturity') for name, move in moves.items()}

env['dunning.promise'].create({'partner_id': moves['promised'].partner_id.id, 'amount': 10, 'date': '2026-03-30',
                               'move_line_ids': [Command.set(items['promised'].ids)]})
proposals = env['dunning.write.off'].with_user(manager).create([
    {'partner_id': items[name].partner_id.id, 'move_line_ids': [Command.set(items[name].ids)], 'reason': 'Gone'}
    for name in ('written off', 'approved')])
proposals.action_approve()
proposals[0].action_post()

lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'partner_id': moves['sent'].partner_id.id})
lead.action_log_attempt('reached', note='Wants a quotation')
product = env['product.product'].create({'name': 'Thing', 'list_price': 100, 'taxes_id': False})
orders = env['sale.order'].create([{
    'partner_id': lead.partner_id.id, 'opportunity_id': lead.id, 'validity_date': '2026-12-31',
    'order_line': [Command.create({'product_id': product.id})]} for _number in range(2)])
orders[0].action_confirm()

env['dunning.run'].create({'date': '2026-03-10'}).action_run()
env['dunning.notice'].search([('partner_id.name', '=', 'cancelled')]).action_cancel()
"""

#: What the company makes of what the addon has brought.
OWN_WORDS = """
env.ref('lead_to_cash.mail_template_dunning_notice').with_context(lang='he_IL').subject = 'Our own'
env.ref('lead_to_cash.mail_template_before_due').body_html = '<p>Our own</p>'
env.ref('lead_to_cash.view_move_form').update_field_translations('arch_db', {'ro_RO': {'Attempts': 'Our own'}})
env.ref('lead_to_cash.status_lead_new').name = 'Our own'
"""

SEND = """
notices = env['dunning.notice'].search([('partner_id.name', 'in', ['sent', 'failed'])])
notices.mail_id.send(auto_commit=True)
"""

#: A run that is killed after its decisions: what it made is a draft still.
KILLED = """
import os, signal
from odoo.addons.lead_to_cash.models import dunning_run
dunning_run.DunningRun._process_batch = lambda self: os.kill(os.getpid(), signal.SIGKILL)
env.ref('lead_to_cash.cron_dunning_run').method_direct_trigger()
"""
