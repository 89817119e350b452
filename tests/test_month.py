"""A month of an accountant: going live on old books, ten mornings of payments, runs, reminders, and the month's end with its
statements, with real processes and a real SMTP server. Each morning the ageing is the ledger, to the cent."""

import re

from odoo.tests import tagged

from .real import MailSink, RealProcessCase

#: Ten working days in a row, and the last day of the month.
MORNINGS = [f"2026-03-{day:02} 09:00:00" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
MONTH_END = "2026-03-31 09:00:00"
CUSTOMERS = 50

#: Old books: an opening balance and three invoices each, due from long ago to soon; nothing was ever reminded.
PREPARE = """
from odoo import Command
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Month', 'level_ids': [
    Command.create({'name': name, 'delay_days': days, 'sequence': days}) for name, days in (('First', 4), ('Second', 12))]})
env.company.write({'dunning_policy_id': policy.id, 'email': 'books@example.com'})
customers = env['res.partner'].create([
    {'name': f'Month {n:02}', 'email': f'month{n}@example.com', 'tz': 'UTC'} for n in range(50)])
days = ('2025-12-20', '2026-02-25', '2026-03-08')
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2025-12-01', 'invoice_date_due': day,
    'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.10 + n, 'tax_ids': False})]}
    for n, customer in enumerate(customers) for day in days])
moves.action_post()
moves.is_move_sent = True
"""

GO_LIVE = """
policy = env['dunning.policy'].search([('name', '=', 'Month')])
wizard = env['dunning.go.live'].with_context(default_policy_id=policy.id).create({
    'cut_off_date': '2026-01-31', 'older_items': 'manual', 'needs_release': False})
wizard.action_go_live()
"""

#: A morning: the bank's payments of the night are in, the jobs run, what waits is approved.
MORNING = """
customers = env['res.partner'].search([('name', 'like', 'Month %%')], order='name')
paying = customers[%(first)s:%(first)s + 3]
due = env['account.move'].search([('partner_id', 'in', paying.ids), ('payment_state', '=', 'not_paid')])
for move in due[:3]:
    wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=move.ids)
    wizard.create({'amount': 50.05})._create_payments()
env.cr.commit()  # the jobs have transactions of their own
for name in ('cron_follow_time', 'cron_watch', 'cron_dunning_run'):
    env.ref(f'lead_to_cash.{name}').method_direct_trigger()
env.cr.commit()
env['dunning.notice'].search([('state', '=', 'to_approve')]).action_approve()
env.cr.commit()
env['mail.mail'].process_email_queue()
env.cr.commit()
"""

#: What the ageing says is open, and what the ledger does.
BOOKS = """
env.invalidate_all()
lines = env['account.move.line'].search([
    ('account_type', '=', 'asset_receivable'), ('parent_state', '=', 'posted'), ('company_id', '=', env.company.id)])
rows = env['receivable.ageing'].search([('company_id', '=', env.company.id)])
print(f"BOOKS {sum(rows.mapped('residual')):.2f} {sum(lines.mapped('amount_residual')):.2f} "
      f"{sum(lines.mapped('balance')):.2f}")
"""

#: All customers are chosen, and *Send by E-mail* is pressed.
STATEMENTS = """
customers = env['res.partner'].search([('name', 'like', 'Month %')], order='name')
env['statement.wizard'].create({'partner_ids': customers.ids}).action_send()
"""

#: A visit of the scheduler: each action does what its time allows.
LETTERS = """
env.ref('lead_to_cash.cron_letters').method_direct_trigger()
env.cr.commit()
env.ref('mail.ir_cron_mail_scheduler_action').method_direct_trigger()
"""


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestMonth(RealProcessCase):
    def books(self, at):
        said = re.search(r"BOOKS (\S+) (\S+) (\S+)", self.database.shell(BOOKS, at=at))
        ageing, residual, balance = said.groups()
        self.assertEqual(ageing, residual)
        self.assertEqual(residual, balance, "what is open is the balance of the account")
        return float(ageing)

    def test_a_month(self):
        with MailSink() as sink:
            self.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            self.database.shell(PREPARE, at=MORNINGS[0])
            begun = self.books(MORNINGS[0])
            self.database.shell(GO_LIVE, at=MORNINGS[0])
            for number, at in enumerate(MORNINGS):
                with self.subTest(morning=at):
                    self.database.shell(MORNING % {"first": number * 3}, at=at)
                    self.assertAlmostEqual(self.books(at), begun - (number + 1) * 3 * 50.05, places=2)
            reminded = len(sink.messages)
            self.assertGreater(reminded, CUSTOMERS)
            self.assertEqual(self.database.query("SELECT count(*) FROM dunning_notice WHERE state = 'failed'"), [(0,)])
            left = self.database.query(
                "SELECT partner_id, level_id FROM dunning_notice WHERE state = 'sent' GROUP BY 1, 2 HAVING count(*) > 3"
            )
            self.assertEqual(left, [], "nobody hears a level again and again")
            self.month_end(sink, reminded)

    def month_end(self, sink, reminded):
        """The statement goes to all customers, each once, with its PDF; the ageing is the ledger's."""
        self.database.shell(STATEMENTS, at=MONTH_END)
        self.assertEqual(len(sink.messages), reminded, "it leaves in the background")
        for _visit in range(CUSTOMERS):
            self.database.shell(LETTERS, at=MONTH_END)
            if self.database.query("SELECT count(*) FROM account_letter WHERE is_written IS NOT TRUE") == [(0,)]:
                break
        statements = sink.messages[reminded:]
        readers = sorted(envelope.rcpt_tos[0] for envelope in statements)
        self.assertEqual(readers, sorted(f"month{n}@example.com" for n in range(CUSTOMERS)))
        self.assertTrue(all(b"application/pdf" in envelope.content for envelope in statements))
        wrong = self.database.query("SELECT id FROM account_letter WHERE is_written IS NOT TRUE OR problem IS NOT NULL")
        self.assertEqual(wrong, [])
        self.books(MONTH_END)
