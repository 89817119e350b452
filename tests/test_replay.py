"""What holds on every day of a replay of a small file, however it went."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import config, file_path

from ..dev.replaying import company, days
from ..dev.replaying.apart import Apart
from ..dev.replaying.calendar import dispute_of, last_day, promise_of
from ..dev.replaying.table import read_invoices, read_mapping
from .real import WAIT, RealDatabase, RealProcessCase
from .receivables import RULES, example_mapping, generated, generated_rows, real_folder, write_file

POLICY = "Standard"
#: Of the real data: half of the customers in the first weeks.
PART_UNTIL = date(2012, 1, 20)
#: What a replay leaves, without ids.
REMINDED = """
    SELECT m.ref, v.sequence, n.date, n.state
      FROM dunning_notice_line l JOIN dunning_notice n ON n.id = l.notice_id
      JOIN dunning_level v ON v.id = l.level_id
      JOIN account_move_line i ON i.id = l.move_line_id JOIN account_move m ON m.id = i.move_id
     WHERE n.state != 'cancelled' ORDER BY 1, 3, 2"""
DECIDED = """
    SELECT m.ref, d.date, d.code, v.sequence, d.next_date, d.current
      FROM dunning_decision d JOIN account_move m ON m.id = d.move_id
 LEFT JOIN dunning_level v ON v.id = d.level_id ORDER BY 1, 2, 3"""
PAID = "SELECT ref, payment_state, amount_total FROM account_move WHERE move_type = 'out_invoice' ORDER BY 1"
LETTERS = "SELECT p.ref, n.date, n.amount_due FROM dunning_notice n JOIN res_partner p ON p.id = n.partner_id ORDER BY 1, 2, 3"
TRACES = (REMINDED, DECIDED, PAID, LETTERS)


class ReplayCase(TransactionCase):
    def replay(self, invoices, mapping, watch=None):
        """Replay the file; ``watch(env, day)`` after each day."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr)
            company.prepare(env, invoices, POLICY)
            replay = days.Replay(env, invoices, mapping)
            for day in replay.run(last_day(invoices)):
                if watch:
                    watch(replay.env, day)
            env.flush_all()
        self.env.invalidate_all()

    def traces(self):
        found = []
        for query in TRACES:
            self.env.cr.execute(query)
            found.append(self.env.cr.fetchall())
        return found


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestInvariants(ReplayCase):
    def test_each_day_in_any_order(self):
        """What holds each day; and the order of a day's events makes no difference."""
        invoices, mapping = generated()
        savepoint = self.env.cr.savepoint()
        self.check(invoices, mapping)
        straight = self.traces()
        self.assertTrue(all(straight))
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.replay(self.shuffled(invoices, 1), mapping)
        for expected, found in zip(straight, self.traces(), strict=True):
            self.assertEqual(expected, found)

    def test_a_part_of_the_real_data(self):
        path, mapping = real_folder(self) / "receivables.csv", read_mapping(example_mapping())
        early = [invoice for invoice in read_invoices(path, mapping) if invoice.date <= PART_UNTIL]
        part = [invoice for invoice in early if invoice.customer in sorted({i.customer for i in early})[::2]]
        self.assertGreater(len(part), 25)
        self.check(part, mapping)

    def check(self, invoices, mapping):
        self.invoices, self.mapping, self.reminded = invoices, mapping, []
        self.by_number = {invoice.number: invoice for invoice in invoices}
        self.replay(invoices, mapping, self.watch)
        self.check_reminders()

    def shuffled(self, invoices, seed):
        """In another order within each day, and so on every later day too."""
        mixed = random.Random(seed).sample(invoices, len(invoices))
        self.assertNotEqual(mixed, invoices)
        return sorted(mixed, key=lambda invoice: invoice.date)

    def watch(self, env, day):
        today = fields.Date.to_string(day)
        env.invalidate_all()
        ageing = env["receivable.ageing"].with_context(l2c_as_at=today).search([])
        ledger = env["account.move.line"].search(
            [("account_type", "=", "asset_receivable"), ("parent_state", "=", "posted"), ("date", "<=", day)]
        )
        self.assertAlmostEqual(sum(ageing.mapped("residual")), sum(ledger.mapped("balance")), 2, day)
        expected = {i.number for i in self.invoices if i.date <= day and not (i.settled and i.settled <= day)}
        self.assertEqual(set(ageing.mapped("move_id.ref")), expected, day)
        decisions = env["dunning.decision"].search([("current", "=", True)])
        refs = decisions.mapped("move_id.ref")
        self.assertEqual(sorted(decisions.move_line_id.move_id.mapped("ref")), sorted(expected), day)
        self.assertEqual(len(decisions), len(expected), f"{day}: {refs}")
        lines = env["dunning.notice.line"].search([("notice_id.date", "=", day), ("level_id", "!=", False)])
        self.reminded += [(line.move_line_id.move_id.ref, line.level_id.delay_days, day) for line in lines]

    def check_reminders(self):
        """Of all reminders: none a second time at a level, or after the payment, or before its
        time, or while there is a promise or a dispute."""
        self.assertGreater(len({delay for _number, delay, _day in self.reminded}), 2)
        self.assertEqual(len(self.reminded), len({(number, delay) for number, delay, _day in self.reminded}))
        for number, delay, day in self.reminded:
            invoice = self.by_number[number]
            with self.subTest(number=number, delay=delay, day=day):
                self.assertTrue(invoice.date <= day < invoice.settled)
                self.assertGreaterEqual(day, invoice.due + timedelta(days=delay))
                if dispute := dispute_of(invoice, self.mapping["dispute"]):
                    self.assertFalse(dispute[0] <= day < dispute[1])
                if promise := promise_of(invoice, self.mapping["promise"]):
                    self.assertFalse(promise[0] <= day <= promise[1])


class Refusing:
    def book(self, day):
        raise ValueError(f"{day} can't be booked")


class Ending:
    def book(self, day):
        os._exit(1)


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestOtherProcess(BaseCase):
    """What goes wrong in the process that books new invoices stops the first one."""

    def test_its_problem_is_raised_here(self):
        with self.assertRaisesRegex(RuntimeError, "in book(.|\n)*2012-01-03 can't be booked"):
            self.book(Refusing)

    def test_its_end_is_noticed(self):
        with self.assertRaisesRegex(RuntimeError, "was ended"):
            self.book(Ending)

    def book(self, make):
        with Apart(make).meanwhile("2012-01-03"):
            pass


class TestKilled(RealProcessCase):
    """The command itself, on a database of its own."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "small.csv"
        write_file(self.file, list(generated_rows())[:12])
        self.mapping = self.folder / "small.toml"
        rules = {f"{name} = {value}" for rule in RULES.values() for name, value in rule.items()}
        text = example_mapping().read_text()
        for rule in rules:
            name = rule.split(" = ")[0]
            text = "\n".join(rule if line.startswith(name) else line for line in text.splitlines())
        self.mapping.write_text(text)
        self.options = ("--mapping", self.mapping, "--until", "2012-01-24")

    def start(self, database):
        arguments = ("--config", config["config"], "--database", database.name, "--charts", self.folder / "out")
        dev = Path(file_path("lead_to_cash/__manifest__.py")).parent / "dev"
        paths = os.pathsep.join([str(dev), os.environ.get("PYTHONPATH", "")])
        return subprocess.Popen(
            [sys.executable, "-m", "replaying", *map(str, arguments), *self.options, self.file],
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def test_killed_and_resumed_equals_run_through(self):
        straight = self.database
        output, _none = (process := self.start(straight)).communicate(timeout=3 * WAIT)
        self.assertEqual(process.returncode, 0, output)
        self.assertIn("Ageing at each month's end", output)
        self.assertTrue((self.folder / "out" / "metrics.csv").read_text().startswith("as at,Credit Sales"))
        self.assertTrue((self.folder / "out" / "ageing.png").read_bytes().startswith(b"\x89PNG"))
        killed = RealDatabase(os.environ[self.template])
        self.addCleanup(killed.drop)
        self.kill_in_the_middle(killed)
        output, _none = (process := self.start(killed)).communicate(timeout=3 * WAIT)
        self.assertEqual(process.returncode, 0, output)
        for query in TRACES:
            self.assertTrue(straight.query(query))
            self.assertEqual(straight.query(query), killed.query(query))

    def kill_in_the_middle(self, database):
        process = self.start(database)
        done = f"SELECT value FROM ir_config_parameter WHERE key = '{days.DONE}' AND value >= '2012-01-10'"
        for _tick in range(10 * WAIT):
            if database.query(done) or process.poll() is not None:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        [[day]] = database.query(done)
        self.assertLess(day, "2012-01-24", "it was killed too late to mean anything")
