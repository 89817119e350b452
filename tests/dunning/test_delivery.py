"""E-mails of notices leave once, at once, and say what became of them: real processes, a real
mail server that hangs, refuses, and hangs up."""

import asyncio
import contextlib
import os
import queue
import textwrap
import threading
from collections import Counter
from email import message_from_bytes
from email.utils import parseaddr

from ..real import WAIT, MailSink, RealDatabase, RealProcessCase
from ..shells import Shell
from ..volume import copy_customers
from .test_real_dunning import COMPANY, text_of

DAY = "2026-03-10 12:00:00"
LATER = "2026-03-10 12:30:00"
SEND = "env['mail.mail'].process_email_queue()"
RUN = "env['dunning.run'].create({}).action_run()"

#: The invoices of some are paid, and others posted, one by one, as people do.
BESIDE = """
from odoo.service.model import retrying
drafts = env['account.move'].search([('ref', '=', 'Draft')], order='id')
owed = env['account.move'].search([('ref', '=', 'To pay')], order='id')
register = env['account.payment.register']
def pay(move):
    register.with_context(active_model='account.move', active_ids=move.ids).create({})._create_payments()
for draft, move in zip(drafts, owed, strict=True):
    retrying(draft.action_post, env)
    retrying(lambda: pay(move), env)
"""


class DeliveryCase(RealProcessCase):
    """A company with customers who owe, and a run that has queued their notices."""

    customers = 20
    prepare = RUN

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A hundred as an accountant makes them; the others are copied.
        script = COMPANY.replace("range(60)", f"range({min(cls.customers, 100)})")
        cls.database.shell("env.company.write({'dunning_hour_from': 0, 'dunning_hour_to': 24})" + script, at=DAY)
        if cls.customers > 100:
            copy_customers(cls.database, cls.customers // 100 - 1)
        cls.database.shell(cls.prepare, at=DAY)
        cls.database.stop_shells()  # it is copied

    @classmethod
    @contextlib.contextmanager
    def company(cls, sink=None):
        """A copy of the company; mails go to ``sink``."""
        database = RealDatabase(cls.database.name)
        if sink:
            database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
        try:
            yield database
        finally:
            database.drop()


def notices(database):
    """{address: (state, reason, tries, Message-Id)}"""
    rows = database.query(
        """SELECT p.email, n.state, n.failure_reason, m.dunning_tries, x.message_id
             FROM dunning_notice n JOIN res_partner p ON p.id = n.partner_id
        LEFT JOIN mail_mail m ON m.dunning_notice_id = n.id LEFT JOIN mail_message x ON x.id = m.mail_message_id"""
    )
    return {row[0]: row[1:] for row in rows}


def deliver(database, at=LATER):
    """The mail queue once, at that moment, which is after that of the run."""
    [ended] = database.shell_at(at).run(SEND + "\n" + SEND)  # it comes again while some are due
    if ended.status:
        raise AssertionError(ended.output[-3000:])


def states(database):
    return Counter(state for state, *_others in notices(database).values())


def wait_until(holds, nudge=lambda: None):
    """Until ``holds()``; calls ``nudge`` every half second until then."""
    wait = threading.Event()
    for _half_second in range(8 * WAIT):
        if holds():
            return
        nudge()
        wait.wait(0.5)
    raise AssertionError(f"{holds} doesn't come true")


def arrivals(sink):
    """How often each address got a mail."""
    return Counter(parseaddr(parse(envelope)["To"])[1] for envelope in sink.messages)


class TestExactlyOnce(DeliveryCase):
    """Many notices leave while the run is still making others, from two processes."""

    #: All of it: `L2C_ROUNDS=5 dev/test tests/dunning/test_delivery.py -k ExactlyOnce`.
    rounds = int(os.environ.get("L2C_ROUNDS", "0"))
    customers, busy = (3000, 500) if rounds else (1000, 100)
    prepare = f"""
owed = env['account.move'].search([('state', '=', 'posted'), ('partner_id.name', 'like', 'Real ')], limit={busy})
owed.ref = 'To pay'
from odoo import Command
env['account.move'].create([{{
    'move_type': 'out_invoice', 'partner_id': move.partner_id.id, 'invoice_date': '2026-03-01', 'ref': 'Draft',
    'invoice_line_ids': [Command.create({{'name': 'y', 'price_unit': 20, 'tax_ids': False}})],
}} for move in owed])
"""

    def test_while_the_run_goes_on(self):
        for number in range(self.rounds or 1):
            with self.subTest(number):
                self.round()

    def test_while_others_post_and_pay(self):
        for number in range(self.rounds or 1):
            with self.subTest(number):
                self.round(BESIDE)

    def round(self, *beside):
        with MailSink() as sink, self.company(sink) as database, contextlib.ExitStack() as stack:
            database.shell("env['dunning.run'].create({}).action_run_now()", at=DAY)
            shell = database.shell_at(DAY)
            for _worker in range(2):
                stack.enter_context(database.server("--no-http", "--max-cron-threads=1", at=DAY))
            with shell.running(*beside) as ended:
                wait_until(lambda: self.is_over(database), nudge=database.wake_crons)
            self.assertEqual([one.status for one in ended], [0] * len(beside), ended)
            wait_until(lambda: self.is_over(database), nudge=database.wake_crons)
            self.check(database, sink)

    def is_over(self, database):
        [[runs, open_notices]] = database.query(
            """SELECT (SELECT count(*) FROM dunning_run WHERE state = 'done'),
                      (SELECT count(*) FROM dunning_notice WHERE state IN ('draft', 'queued'))"""
        )
        return runs and not open_notices

    def check(self, database, sink):
        sent = {address for address, (state, *_others) in notices(database).items() if state == "sent"}
        found = arrivals(sink)
        self.assertEqual({address: count for address, count in found.items() if count > 1}, {})
        self.assertEqual(set(found), sent)
        self.assertEqual(set(states(database)) - {"sent", "cancelled"}, set())
        self.assertGreaterEqual(len(sent), self.customers - self.busy)


class AnsweringSink(MailSink):
    """Answers each mail as ``answer(address, times)`` says: the server's words, “take and hang
    up”, or None for OK; ``times``: how often it was offered to this address before."""

    def __init__(self, answer=lambda _address, _times: None):
        super().__init__()
        self.answer, self.offered = answer, Counter()

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        said = self.answer(address, self.offered[address])
        self.offered[address] += 1
        if said and said != HANG_UP:
            return said
        done = await super().handle_DATA(server, session, envelope)
        if said:
            server.transport.abort()
        return done


HANG_UP = "take and hang up"
GREYLISTED = "451 4.7.1 Greylisted, come back later"
UNKNOWN = "550 5.1.1 No such mailbox"


class TestWhatTheServerSays(DeliveryCase):
    """Refusals for now, for good, and no answer at all."""

    def test_each_notice_tells_its_mails_reason(self):
        answers = {"real0@example.com": UNKNOWN, "real1@example.com": GREYLISTED}
        with AnsweringSink(lambda address, _times: answers.get(address)) as sink, self.company(sink) as database:
            deliver(database)
            found = notices(database)
        state, reason, *_others = found["real0@example.com"]
        self.assertEqual(state, "failed")
        self.assertIn("No such mailbox", reason)
        state, reason, tries, _message_id = found["real1@example.com"]
        self.assertEqual((state, tries), ("queued", 1))
        self.assertIn("Greylisted", reason)
        self.assertEqual(
            Counter(row[0] for row in found.values()), {"sent": self.customers - 2, "failed": 1, "queued": 1}
        )

    def test_what_is_refused_for_now_goes_later_as_the_same_mail(self):
        def answer(_address, times):
            return GREYLISTED if times < 2 else None

        with AnsweringSink(answer) as sink, self.company(sink) as database:
            deliver(database, "2026-03-10 12:30:00")
            before = notices(database)
            self.assertEqual(states(database), {"queued": self.customers})
            deliver(database, "2026-03-10 12:34:00")
            self.assertEqual(set(sink.offered.values()), {1}, "five minutes have not passed")
            deliver(database, "2026-03-10 12:36:00")
            deliver(database, "2026-03-10 12:50:00")
            self.assertEqual(set(sink.offered.values()), {2}, "the second pause is longer")
            deliver(database, "2026-03-10 12:52:00")
            self.assertEqual(states(database), {"sent": self.customers})
            self.assertEqual({row[1] for row in notices(database).values()}, {None})
            self.assertEqual(database.query("SELECT DISTINCT dunning_failure FROM mail_mail"), [(None,)])
            ids = {parse(envelope)["Message-Id"] for envelope in sink.messages}
        self.assertEqual(ids, {row[3] for row in before.values()})

    def test_after_a_day_one_person_is_asked_once(self):
        with AnsweringSink(lambda _address, _times: GREYLISTED) as sink, self.company(sink) as database:
            for moment in ("10 12:30", "10 12:36", "10 12:52", "10 13:40", "10 15:45", "10 21:50"):
                deliver(database, f"2026-03-{moment}:00")
                self.assertEqual(states(database), {"queued": self.customers}, moment)
                self.assertEqual(self.asked(database), [])
            deliver(database, "2026-03-11 12:55:00")
            self.assertEqual(states(database), {"failed": self.customers})
            [note] = self.asked(database)
            self.assertIn("Greylisted", note)
            lines = "SELECT count(*) FROM mail_activity WHERE res_model = 'dunning.notice'"
            self.assertEqual(database.query(lines), [(1,)])
            kinds = database.shell("print('KINDS', env['call.list.line'].search([]).mapped('kind'))", at=DAY)
            self.assertNotIn("failed", kinds)

    def asked(self, database):
        return [
            note
            for [note] in database.query(
                """SELECT a.note FROM mail_activity a JOIN ir_model_data d ON d.res_id = a.activity_type_id
                    WHERE d.name = 'mail_activity_type_mail_server'"""
            )
        ]

    def test_nobody_listens(self):
        with MailSink() as sink:
            gone = sink
        with self.company(gone) as database:
            deliver(database)
            self.assertEqual(states(database), {"queued": self.customers})
            self.assertEqual({(row[2], "refused" in row[1]) for row in notices(database).values()}, {(1, True)})
            ids = {row[3] for row in notices(database).values()}
            with MailSink() as sink:
                database.mail_options[1] = f"--smtp-port={sink.port}"
                deliver(database, "2026-03-10 12:36:00")
            self.assertEqual(states(database), {"sent": self.customers})
        self.assertEqual({parse(envelope)["Message-Id"] for envelope in sink.messages}, ids)

    def test_nobody_knows_whether_it_was_taken(self):
        """The same mail goes again under the same Message-Id: by itself, and when a person says so."""

        def answer(address, times):
            return HANG_UP if address == "real3@example.com" and times < 8 else None

        with AnsweringSink(answer) as sink, self.company(sink) as database:
            for moment in ("10 12:30", "10 12:36", "10 12:52", "10 13:40", "10 15:45", "10 21:50", "11 12:55"):
                deliver(database, f"2026-03-{moment}:00")
            self.assertEqual(states(database), {"failed": 1, "sent": self.customers - 1})
            retry = "env['dunning.notice'].search([('state', '=', 'failed')]).action_retry()"
            database.shell(retry, at="2026-03-11 13:00:00")
            deliver(database, "2026-03-11 13:00:00")
            deliver(database, "2026-03-11 13:06:00")
            self.assertEqual(states(database), {"sent": self.customers})
            copies = [parse(envelope) for envelope in sink.messages if envelope.rcpt_tos == ["real3@example.com"]]
        self.assertEqual(len(copies), 9)
        self.assertEqual(len({(copy["Message-Id"], text_of(copy)) for copy in copies}), 1)


class TestTheQueueComesAgain(DeliveryCase):
    def test_after_its_most_mails_and_after_a_server_hung_up(self):
        def answer(address, times):
            return HANG_UP if address in ("real5@example.com", "real15@example.com") and not times else None

        with AnsweringSink(answer) as sink, self.company(sink) as database, contextlib.ExitStack() as stack:
            database.shell("env['ir.config_parameter'].set_param('mail.mail.queue.batch.size', 7)", at=DAY)
            database.shell("env.ref('mail.ir_cron_mail_scheduler_action')._trigger()", at=DAY)
            stack.enter_context(database.server("--no-http", "--max-cron-threads=1", at=LATER))
            wait_until(lambda: states(database)["sent"] >= self.customers - 2)
            self.assertEqual(states(database), {"sent": self.customers - 2, "queued": 2})


class HangingSink(MailSink):
    """Answers no mail until it is told to: ``arrived`` has (address, what to set) of each."""

    def __init__(self):
        super().__init__()
        self.arrived = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        answer = threading.Event()
        self.arrived.put((envelope.rcpt_tos[0], answer))
        while not answer.is_set():
            await asyncio.sleep(0.02)
        return await super().handle_DATA(server, session, envelope)


#: What others do while the mail of ``notice`` is at a server that hangs. Stopping the policy is
#: the last: it stops all that has not left.
EDITS = {
    "a payment": """
        wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=move.ids)
        wizard.create({})._create_payments()""",
    "a part of a payment": """
        wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=move.ids)
        wizard.create({'amount': 4})._create_payments()""",
    "the invoice": "move.write({'ref': 'Edited', 'narration': 'Edited'})",
    "its item": "item.write({'name': 'Edited', 'date_maturity': '2026-03-01'})",
    "its status": "move._set_handling_role('in_progress')",
    "the notice": "notice.write({'replied_until': '2026-03-20', 'exceptions': 'first'})",
    "its customer": "move.partner_id.write({'name': 'Edited', 'ref': 'Edited'})",
    "a reply": "notice._replied()",
    "the run": "notice.run_id.batch_count = 77",
    "a dispute": """
        values = {'partner_id': move.partner_id.id, 'note': 'Broken', 'move_line_ids': item.ids}
        env['dunning.dispute'].create(values)""",
    "a hold": "move.partner_id.dunning_hold_until = '2026-03-31'",
    "the policy is stopped": "notice.policy_id.action_stop()",
}
#: Nobody waits for a lock.
EDIT = """
env.cr.execute("SET lock_timeout = '2s'")
notice = env['dunning.notice'].search([('partner_id.email', '=', ADDRESS)])
item = notice.line_ids.move_line_id
move = item.move_id
"""


class TestAtTheServer(DeliveryCase):
    """What others do while a notice's mail is at the server: they don't wait, and it leaves once."""

    customers = len(EDITS)

    def test_others_go_on_and_the_mail_leaves_once(self):
        with HangingSink() as sink, self.company(sink) as database, contextlib.ExitStack() as stack:
            beside = Shell(database._command(("shell", "--no-http", "--log-level=warn"), LATER))
            stack.callback(beside.stop)
            with database.shell_at(LATER).running(SEND) as ended:
                for title, script in EDITS.items():
                    address, answer = sink.arrived.get(timeout=WAIT)
                    with self.subTest(title):
                        self.edit(beside, address, script)
                        self.assertNotIn(address, arrivals(sink))
                    answer.set()
            self.assertEqual(ended[0].status, 0, ended[0].output[-3000:])
            deliver(database)
            database.shell("env['dunning.notice']._cron_follow()", at=DAY)
            self.assertEqual(set(arrivals(sink).values()), {1})
            self.assertEqual(states(database), {"sent": self.customers})
            self.check_paid(database)

    def test_what_has_just_left_is_not_written_again(self):
        """Its notice learns of it only later; who looks at it now, sees that it has left."""
        stop = "notice.run_id.action_stop()"
        part = EDITS["a part of a payment"]
        with HangingSink() as sink, self.company(sink) as database, contextlib.ExitStack() as stack:
            beside = Shell(database._command(("shell", "--no-http", "--log-level=warn"), LATER))
            stack.callback(beside.stop)
            with database.shell_at(LATER).running(SEND) as ended:
                before, answer = sink.arrived.get(timeout=WAIT)
                for script in (EDITS["a payment"], part, stop):
                    answer.set()
                    address, answer = sink.arrived.get(timeout=WAIT)
                    self.edit(beside, before, script)
                    before = address
                answer.set()
            self.assertEqual(ended[0].status, 0, ended[0].output[-3000:])
            deliver(database)
            database.shell("env['dunning.notice']._cron_follow()", at=LATER)
            self.assertEqual(set(arrivals(sink).values()), {1})
            self.assertEqual(states(database), {"sent": 4, "cancelled": self.customers - 4})
            self.assertEqual(
                {row[0] for address, row in notices(database).items() if address in arrivals(sink)}, {"sent"}
            )

    def test_what_is_paid_or_deleted_before_its_turn_does_not_leave(self):
        """Though it was compared with the books together with the one at the server; the others go on."""
        with HangingSink() as sink, self.company(sink) as database, contextlib.ExitStack() as stack:
            beside = Shell(database._command(("shell", "--no-http", "--log-level=warn"), LATER))
            stack.callback(beside.stop)
            with database.shell_at(LATER).running(SEND) as ended:
                first, answer = sink.arrived.get(timeout=WAIT)
                paid, part, gone, *_others = sorted(notices(database).keys() - {first})
                self.edit(beside, paid, EDITS["a payment"])
                self.edit(beside, part, EDITS["a part of a payment"])
                self.edit(beside, gone, "notice.mail_ids.unlink()")
                for _mail in range(self.customers - 4):
                    answer.set()
                    _address, answer = sink.arrived.get(timeout=WAIT)
                answer.set()
            self.assertEqual(ended[0].status, 0, ended[0].output[-3000:])
            found = notices(database)
            self.assertEqual(arrivals(sink).keys(), found.keys() - {paid, part, gone})
            expected = {paid: "cancelled", part: "queued", gone: "failed"}
            self.assertEqual({address: found[address][0] for address in expected}, expected)

    def edit(self, beside, address, script):
        [edited] = beside.run(EDIT.replace("ADDRESS", repr(address)) + textwrap.dedent(script))
        self.assertEqual(edited.status, 0, edited.output[-3000:])

    def check_paid(self, database):
        """The notice of what was paid while its mail left can be opened for some time yet."""
        [[expiring]] = database.query("SELECT count(*) FROM dunning_notice WHERE expires_on IS NOT NULL")
        self.assertEqual(expiring, 1)


def parse(envelope):
    return message_from_bytes(envelope.content)
