"""Runs and mails with real processes: killed in the middle, twice at once, failing servers."""

import re
import signal
from collections import Counter, defaultdict
from email import message_from_bytes

from ..real import MailSink, RealProcessCase

CUSTOMERS = 60

COMPANY = """
from odoo import Command
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Real', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 4, 'sequence': 1}),
    Command.create({'name': 'Second', 'delay_days': 10, 'sequence': 2})]})
policy.action_start()
env.company.dunning_policy_id = policy
env.company.email = 'us@example.com'
partners = env['res.partner'].create([
    {'name': f'Real {n}', 'email': f'real{n}@example.com'} for n in range(CUSTOMERS)])
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-02', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})],
} for partner in partners])
moves.action_post()
""".replace("CUSTOMERS", str(CUSTOMERS))

#: Small batches, so that there are several to be killed between.
RUN = """
from odoo.addons.lead_to_cash.models.dunning import run as dunning_run
dunning_run.BATCH = 10
env['ir.cron'].search([('cron_name', 'ilike', 'daily dunning run')]).method_direct_trigger()
"""

#: The mail queue's first step, in small batches too.
WRITE = """
from odoo.addons.lead_to_cash.models.dunning import outbox
outbox.AT_ONCE = 10
env['dunning.notice']._write_due_mails()
"""

#: The same, killing its own process at the n-th call of a method, before or after it.
KILLED = """
import os, signal
from odoo.addons.lead_to_cash.models.dunning.{file} import {model} as model
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

DAY = "2026-03-10 08:00:00"

OUTCOME = """
    SELECT p.name, n.state, n.amount_due, l.name->>'en_US', count(nl.id), m.state, m.id IS NOT NULL
      FROM dunning_notice n
      JOIN res_partner p ON p.id = n.partner_id
      JOIN dunning_level l ON l.id = n.level_id
      JOIN dunning_notice_line nl ON nl.notice_id = n.id
 LEFT JOIN mail_mail m ON m.dunning_notice_id = n.id
  GROUP BY p.name, n.id, l.id, m.id
  ORDER BY p.name
"""


class TestCrash(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database.shell(COMPANY, at=DAY)

    def setUp(self):
        super().setUp()
        self.database = self.database.twin()
        self.addCleanup(self.database.drop)

    def test_killed_and_started_again(self):
        expected = sorted((f"Real {n}", "queued", 10.0, "First", 1, None, False) for n in range(CUSTOMERS))
        for method, at, before in (
            ("_decide", 1, True),
            ("_decide", 1, False),
            ("_process_batch", 1, False),
            ("_process_batch", 3, True),
            ("_process_batch", 3, False),
        ):
            self.killed(KILLED.format(file="run", model="DunningRun", method=method, at=at, before=before) + RUN)
        self.database.shell(RUN, at=DAY)
        self.assertEqual(self.outcome(), expected)
        self.database.shell(RUN, at=DAY)
        self.assertEqual(self.outcome(), expected)
        [[decisions]] = self.database.query("SELECT count(*) FROM dunning_decision WHERE current")
        self.assertEqual(decisions, CUSTOMERS)

    def test_killed_while_writing_mails(self):
        expected = sorted((f"Real {n}", "queued", 10.0, "First", 1, "outgoing", True) for n in range(CUSTOMERS))
        self.database.shell(RUN, at=DAY)
        for method, at, before in (
            ("_claim_due", 1, False),
            ("_write_alike", 1, False),
            ("_write_mails", 3, True),
            ("_write_mails", 3, False),
        ):
            kill = KILLED.format(file="outbox", model="DunningNotice", method=method, at=at, before=before)
            self.killed(kill + WRITE)
        for _twice in range(2):
            self.database.shell(WRITE, at=DAY)
            self.assertEqual(self.outcome(), expected)
            [[mails]] = self.database.query("SELECT count(*) FROM mail_mail")
            self.assertEqual(mails, CUSTOMERS)

    def outcome(self):
        rows = [(*row[:2], float(row[2]), *row[3:]) for row in self.database.query(OUTCOME)]
        return sorted(rows)

    def killed(self, script):
        [ended] = self.database.shell_at(DAY).run(script)
        self.assertEqual(ended.status, -signal.SIGKILL, ended.output[-2000:])


class TestTwice(RealProcessCase):
    def test_two_processes_at_once(self):
        self.database.shell(COMPANY, at=DAY)
        self.database.shell_at(DAY).run(RUN, RUN)  # one of them may be refused
        self.database.shell(RUN, at=DAY)
        notices = self.database.query("SELECT partner_id, count(*) FROM dunning_notice GROUP BY 1")
        self.assertEqual((len(notices), {count for _partner, count in notices}), (CUSTOMERS, {1}))
        self.database.shell_at(DAY).run(WRITE, WRITE)
        self.database.shell(WRITE, at=DAY)
        [[mails]] = self.database.query("SELECT count(*) FROM mail_mail WHERE state = 'outgoing'")
        self.assertEqual(mails, CUSTOMERS)


class UnreliableSink(MailSink):
    """Refuses every fifth mail for good, and hangs up on every nineteenth."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    async def handle_DATA(self, server, session, envelope):
        self.seen += 1
        if self.seen % 5 == 0:
            return "554 refused"
        if self.seen % 19 == 0:
            server.transport.abort()
            return "421 hanging up"
        return await super().handle_DATA(server, session, envelope)


SEND = "env['mail.mail'].process_email_queue()"

#: The same, killing its own process right after the server's OK for the third mail.
SEND_KILLED = """
import os, signal
from odoo.addons.base.models.ir_mail_server import IrMail_Server
original, calls = IrMail_Server.send_email, []
def kill_after_ok(self, *args, **kwargs):
    result = original(self, *args, **kwargs)
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
IrMail_Server.send_email = kill_after_ok
env['mail.mail'].process_email_queue()
"""

PAY_TWO = """
moves = env['account.move'].search([('partner_id.name', 'in', ['Real 0', 'Real 1'])])
env['account.payment.register'].with_context(active_model='account.move', active_ids=moves.ids).create(
    {'group_payment': False})._create_payments()
"""

NOON = "2026-03-10 12:00:00"
#: When what failed for a while goes again.
TRIES = (NOON, "2026-03-10 12:06:00", "2026-03-10 12:22:00", "2026-03-10 13:10:00", "2026-03-10 15:15:00")


class TestSending(RealProcessCase):
    def setUp(self):
        super().setUp()
        self.database = self.database.twin()
        self.addCleanup(self.database.drop)
        # Not before the copy is made: what waits in a copy of a database doesn't leave.
        self.database.shell(COMPANY, at=DAY)
        self.database.shell(RUN, at=DAY)

    def send_all(self, sink, *scripts):
        """Two pay; then the mail queue, with ``scripts`` first, until nothing is left; returns what arrived."""
        self.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
        self.database.shell(PAY_TWO, at=NOON)
        self.database.shell_at(NOON).run(*scripts)
        for moment in TRIES:
            # Each in a process of its own, as often as a server hangs up and the queue comes again.
            for script in [SEND] * 6:
                self.database.shell_at(moment).run(script)
            [[left]] = self.database.query("SELECT count(*) FROM mail_mail WHERE state = 'outgoing'")
            if not left:
                break
        self.assertEqual(left, 0)
        self.database.shell("env['dunning.notice']._cron_follow()", at=moment)
        return [message_from_bytes(envelope.content) for envelope in sink.messages]

    def states(self):
        return Counter(dict(self.database.query("SELECT state, count(*) FROM dunning_notice GROUP BY state")))

    def test_every_notice_ends_as_sent_or_failed(self):
        with UnreliableSink() as sink:
            arrived = self.send_all(sink)
        states = self.states()
        self.assertEqual(states["cancelled"], 2)
        self.assertEqual(states["sent"] + states["failed"], CUSTOMERS - 2)
        self.assertGreater(states["sent"], 30)
        self.assertGreater(states["failed"], 3)
        [[without_reason]] = self.database.query(
            "SELECT count(*) FROM dunning_notice WHERE state = 'failed' AND failure_reason IS NULL"
        )
        self.assertEqual(without_reason, 0)
        recipients = Counter(message["To"] for message in arrived)
        self.assertEqual(set(recipients.values()), {1})
        self.assertFalse([to for to in recipients if re.search(r"real[01]@", to)])
        self.assertEqual(len({message["Message-Id"] for message in arrived}), len(arrived))

    def test_killed_between_the_ok_and_the_commit(self):
        with MailSink() as sink:
            arrived = self.send_all(sink, SEND_KILLED)
        self.assertEqual(self.states(), {"cancelled": 2, "sent": CUSTOMERS - 2})
        self.assertEqual(len(arrived), CUSTOMERS - 1)  # one of them twice: the server's OK was lost
        contents = defaultdict(set)
        for message in arrived:
            contents[message["Message-Id"]].add((message["To"], text_of(message)))
        self.assertEqual((len(contents), {len(found) for found in contents.values()}), (CUSTOMERS - 2, {1}))


def text_of(message):
    return "".join(part.get_payload() for part in message.walk() if part.get_content_type() == "text/html")
