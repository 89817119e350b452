"""Invoicing at once with real processes: killed in the middle, twice at once."""

import os
import signal

from ..real import MailSink, RealDatabase, RealProcessCase

ORDERS = 12
DAY = "2026-03-10 08:00:00"

COMPANY = """
from odoo import Command
env.company.write({'invoices_at_once': True, 'email': 'us@example.com'})
env['ir.mail_server'].search([]).unlink()
env['ir.mail_server'].create({'name': 'Sink', 'smtp_host': '127.0.0.1', 'smtp_port': PORT})
product = env['product.product'].create({
    'name': 'Thing', 'list_price': 100.0, 'taxes_id': False, 'invoice_policy': 'order'})
orders = env['sale.order'].create([{
    'partner_id': env['res.partner'].create({'name': f'Real {n}', 'email': f'real{n}@example.com'}).id,
    'order_line': [Command.create({'product_id': product.id})],
} for n in range(ORDERS)])
orders.action_confirm()
""".replace("ORDERS", str(ORDERS))

#: Small batches, so that there are several to be killed between.
INVOICE = """
from odoo.addons.lead_to_cash.models.sales import invoice_at_once
invoice_at_once.INVOICED_TOGETHER = 4
env['ir.cron'].search([('cron_name', 'ilike', 'invoiced at once')]).method_direct_trigger()
"""

SEND = """
cron = env.ref('account.ir_cron_account_move_send')
while env['account.move'].search_count([('sending_data', '!=', False)]):
    cron.method_direct_trigger()
    env.cr.commit()
env['mail.mail'].process_email_queue()
"""

#: The same, killing its own process at the n-th call of a method, before or after it.
KILLED = """
import os, signal
from odoo.addons.lead_to_cash.models.sales.invoice_at_once import SaleOrder as model
original, calls = model.{method}, []
def kill_at(self, *args, **kwargs):
    calls.append(1)
    if len(calls) == {at} and {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(self, *args, **kwargs)
    if len(calls) == {at}:
        env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)
    return result
model.{method} = kill_at
"""

OUTCOME = """
    SELECT o.name, o.invoice_status, count(DISTINCT m.id), sum(l.price_total), min(m.state), bool_and(m.is_move_sent)
      FROM sale_order o
      JOIN sale_order_line s ON s.order_id = o.id
 LEFT JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
 LEFT JOIN account_move_line l ON l.id = r.invoice_line_id
 LEFT JOIN account_move m ON m.id = l.move_id
  GROUP BY o.id
"""


class TestInvoiceAtOnce(RealProcessCase):
    def setUp(self):
        super().setUp()
        self.database = RealDatabase(os.environ[self.template])
        self.addCleanup(self.database.drop)
        self.sink = self.enterContext(MailSink())
        self.database.shell(COMPANY.replace("PORT", str(self.sink.port)), at=DAY)

    def outcome(self):
        rows = self.database.query(OUTCOME)
        return {(status, count, float(total or 0), state) for _name, status, count, total, state, _sent in rows}, len(
            rows
        )

    def test_killed_in_the_middle(self):
        done = {("invoiced", 1, 100.0, "posted")}, ORDERS
        for method, at, before in (
            ("_invoice_wanted", 1, True),
            ("_invoice_wanted", 1, False),
            ("_invoice_and_send", 2, True),
            ("_invoice_and_send", 2, False),
        ):
            [ended] = self.database.shell_at(DAY).run(KILLED.format(method=method, at=at, before=before) + INVOICE)
            self.assertEqual(ended.status, -signal.SIGKILL, ended.output[-2000:])
            made = self.database.query("SELECT count(*) FROM account_move WHERE move_type = 'out_invoice'")
            self.assertLess(made, [(ORDERS,)])
        for _twice in range(2):
            self.database.shell(INVOICE, at=DAY)
            self.assertEqual(self.outcome(), done)
        for _twice in range(2):
            self.database.shell(SEND, at=DAY)
        sent = {row[-1] for row in self.database.query(OUTCOME)}
        self.assertEqual(sent, {True})
        readers = sorted(address for message in self.sink.wait_for(ORDERS) for address in message.rcpt_tos)
        self.assertEqual(readers, sorted(f"real{number}@example.com" for number in range(ORDERS)))

    def test_two_processes_at_once(self):
        self.database.shell_at(DAY).run(INVOICE, INVOICE)  # one of them may be refused
        self.database.shell(INVOICE, at=DAY)
        self.assertEqual(self.outcome(), ({("invoiced", 1, 100.0, "posted")}, ORDERS))
