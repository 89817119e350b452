"""Charging with real processes and Odoo's demo provider: killed in the middle, twice at once, declined."""

import signal
import tempfile
from pathlib import Path

from ..real import MailSink, RealProcessCase

CUSTOMERS = 6
ANNOUNCED, DUE, LATER = "2026-03-10 10:00:00", "2026-03-24 10:00:00", "2026-03-24 14:00:00"

#: Odoo refuses to enable its demo provider, and in test mode no card is charged.
COMPANY = """
from odoo import Command
company = env.company
company.write({'charges_saved_cards': True, 'email': 'us@example.com'})
env['ir.mail_server'].search([]).unlink()
env['ir.mail_server'].create({'name': 'Sink', 'smtp_host': '127.0.0.1', 'smtp_port': PORT})
provider = env.ref('payment.payment_provider_demo')
env.cr.execute("UPDATE payment_provider SET state = 'enabled', is_published = TRUE WHERE id = %s", [provider.id])
env.invalidate_all()
method = env.ref('payment_demo.payment_method_demo')
method.active = True
for number in range(CUSTOMERS):
    partner = env['res.partner'].create({'name': f'Real {number}', 'email': f'real{number}@example.com'})
    move = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-03-01',
        'invoice_date_due': '2026-03-24', 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
    move.action_post()
    card = env['payment.token'].create({
        'provider_id': provider.id, 'payment_method_id': method.id, 'partner_id': partner.id,
        'payment_details': '4242', 'provider_ref': 'x', 'demo_simulated_state': STATES[number % len(STATES)]})
    consents = env['payment.consent']
    [offer] = [offer for offer in consents._offers(partner) if offer['company'] == company]
    consents._agree(partner, offer['key'], card.id, offer['shown'], '127.0.0.1')
"""

#: The provider keeps books of its own: who was charged, whatever becomes of our process.
BOOKS = """
import os
from odoo.addons.payment_demo.models.payment_transaction import PaymentTransaction as demo
if not hasattr(demo, 'really'):
    demo.really = demo._send_payment_request
def booked(self):
    with open('BOOKS', 'a') as books:
        books.write(f'{self.reference} {self.amount}\\n')
        books.flush()
        os.fsync(books.fileno())
    return demo.really(self)
demo._send_payment_request = booked
"""

CHARGE = """
env['ir.cron'].search([('cron_name', 'ilike', 'charges to saved cards')]).method_direct_trigger()
"""

#: The same without Odoo's count of runs that never came to an end, after some of which it leaves one out.
CHARGE_ALONE = """
env['payment.charge']._cron_charge()
env.cr.commit()
"""

SEND = """
env['account.letter']._cron_write()
env.cr.commit()
env['mail.mail'].search([('state', '=', 'outgoing')]).write({'scheduled_date': False})
env['mail.mail'].process_email_queue()
"""

#: Kills its own process at the n-th call of a method, before or after it.
KILLED = """
import os, signal
from odoo.addons.lead_to_cash.models.portal.payment_charge import PaymentCharge as ours
from odoo.addons.lead_to_cash.models.portal.payment_charge_follow import PaymentCharge as following
model = {model}
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
    SELECT m.partner_id, c.state, c.is_unclear, c.attempts, c.reference, m.payment_state, l.amount_residual,
           (SELECT count(*) FROM account_payment p WHERE p.partner_id = m.partner_id)
      FROM payment_charge c
      JOIN account_move_line l ON l.id = c.move_line_id JOIN account_move m ON m.id = l.move_id
  ORDER BY c.id
"""


class TestCharging(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database.run("-i", "payment_demo", "--stop-after-init", "--no-http")

    def setUp(self):
        super().setUp()
        self.database = self.database.twin()
        self.addCleanup(self.database.drop)
        self.sink = self.enterContext(MailSink())
        self.books = Path(tempfile.mkstemp(prefix="l2c_books_")[1])
        self.addCleanup(self.books.unlink)

    def announce(self, *states):
        """Cards of which the bank will say these, one after the other, and their announcements."""
        company = COMPANY.replace("PORT", str(self.sink.port)).replace("CUSTOMERS", str(CUSTOMERS))
        self.database.shell(company.replace("STATES", repr(list(states))), at=ANNOUNCED)
        self.database.shell(CHARGE, at=ANNOUNCED)
        self.database.shell(SEND, at=ANNOUNCED)

    def charged(self):
        """The references of the provider's own books."""
        return [line.split()[0] for line in self.books.read_text().splitlines()]

    def with_books(self, script):
        return BOOKS.replace("BOOKS", str(self.books)) + script

    def test_killed_in_the_middle(self):
        self.announce("done")
        self.assertEqual(len(self.sink.wait_for(CUSTOMERS)), CUSTOMERS)
        for model, method, at, before in (
            ("ours", "_begin", 1, True),
            ("ours", "_begin", 1, False),
            ("ours", "_ask", 1, True),  # asked for nothing yet
            ("demo", "_send_payment_request", 1, True),
            ("demo", "_send_payment_request", 1, False),  # charged, and we don't know
            ("following", "_follow_transaction", 1, False),
            ("following", "_paid", 1, True),
        ):
            killed = KILLED.format(model=model, method=method, at=at, before=before)
            [ended] = self.database.shell_at(DUE).run(self.with_books(killed) + CHARGE_ALONE)
            self.assertEqual(ended.status, -signal.SIGKILL, ended.output[-2000:])
            self.assertEqual(len(self.charged()), len(set(self.charged())), "nothing twice")
        for at in (DUE, LATER, LATER):
            self.database.shell(self.with_books(CHARGE_ALONE), at=at)
        charged = self.charged()
        self.assertEqual(len(charged), len(set(charged)), "nothing twice")
        rows = self.database.query(OUTCOME)
        self.assertEqual(len(rows), CUSTOMERS)
        unclear = [row for row in rows if row[2]]
        self.assertTrue(unclear)
        self.assertEqual({(row[1], row[3]) for row in unclear}, {("pending", 1)})
        for _partner, state, is_unclear, _attempts, reference, _paid, _residual, payments in rows:
            if not is_unclear:
                self.assertIn(reference, charged)
                self.assertEqual((state, payments), ("done", 1))
        tasks = self.database.query("SELECT count(*) FROM mail_activity WHERE summary ILIKE 'Look up a charge%'")
        self.assertEqual(tasks, [(len(unclear),)])
        self.look_up(charged)

    def look_up(self, charged):
        """A person reads the provider's books, and says what they say; then nothing is lost."""
        script = f"""
for charge in env['payment.charge'].search([('is_unclear', '=', True)]):
    charge.action_was_charged() if charge.reference in {charged!r} else charge.action_was_not_charged()
"""
        self.database.shell(script, at=LATER)
        self.database.shell(SEND, at=LATER)
        for day in ("2026-03-27 10:00:00", "2026-03-27 12:00:00"):
            self.database.shell(self.with_books(CHARGE), at=day)
        rows = self.database.query(OUTCOME)
        self.assertEqual({(row[1], row[7]) for row in rows}, {("done", 1)})
        self.assertEqual({row[5] for row in rows} - {"paid", "in_payment"}, set())
        booked = self.charged()
        self.assertEqual((len(booked), len(set(booked))), (CUSTOMERS, CUSTOMERS))

    def test_two_processes_at_once(self):
        self.announce("done")
        script = self.with_books(CHARGE)
        self.database.shell_at(DUE).run(script, script)  # one of them may be refused
        self.database.shell(script, at=LATER)
        self.assertEqual(sorted(self.charged()), sorted(row[4] for row in self.database.query(OUTCOME)))
        self.assertEqual({(row[1], row[7]) for row in self.database.query(OUTCOME)}, {("done", 1)})

    def test_declines_and_confirmations(self):
        """What the bank says: one of each."""
        self.announce("done", "error", "cancel", "pending")
        for day in ("24", "27", "30"):
            for hour in ("10", "12"):
                self.database.shell(self.with_books(CHARGE), at=f"2026-03-{day} {hour}:00:00")
            self.database.shell(SEND, at=f"2026-03-{day} 13:00:00")
        rows = self.database.query(
            "SELECT k.demo_simulated_state, c.state, c.attempts FROM payment_charge c"
            " JOIN payment_consent o ON o.id = c.consent_id JOIN payment_token k ON k.id = o.token_id"
        )
        self.assertEqual(
            set(rows), {("done", "done", 1), ("error", "failed", 3), ("cancel", "failed", 3), ("pending", "pending", 1)}
        )
        kinds = dict(self.database.query("SELECT kind, count(*) FROM account_letter GROUP BY kind"))
        declined, waiting = 3, 1  # of six customers
        self.assertEqual(
            kinds,
            {
                "charge_announced": CUSTOMERS,
                "charge_again": 2 * declined,
                "charge_failed": declined,
                "charge_confirm": waiting,
            },
        )
