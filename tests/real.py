"""Real processes on a real, committed database: for what a test transaction can't show
(crashes, concurrency, mails that leave, installing and uninstalling)."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
import uuid
from pathlib import Path

import psycopg2
from aiosmtpd.controller import Controller
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import config

from .shells import WAIT, Shell


class MailSink:
    """A real SMTP server that keeps what arrives."""

    def __init__(self):
        self.messages = []
        self._arrived = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self):
        return self._controller.port

    async def handle_DATA(self, _server, _session, envelope):
        with self._arrived:
            self.messages.append(envelope)
            self._arrived.notify_all()
        return "250 OK"

    def wait_for(self, count, nudge=lambda: None):
        """The messages, once there are ``count`` of them; calls ``nudge`` every second until then."""
        for _second in range(WAIT):
            nudge()
            with self._arrived:
                if self._arrived.wait_for(lambda: len(self.messages) >= count, timeout=1):
                    return list(self.messages)
        raise AssertionError(f"{len(self.messages)} of {count} mails arrived within {WAIT} s")

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_exc):
        self._controller.stop()


def _sweep_clocks():
    """A process that was killed leaves behind what its clock shares with its children; another one that gets its number
    would not start."""
    for path in Path("/dev/shm").glob("*faketime_*"):
        number = path.name.rpartition("_")[2]
        if number.isdigit() and not Path("/proc", number).exists():
            path.unlink(missing_ok=True)


class RealDatabase:
    """A copy of a template database with its filestore, and Odoo's processes on it.

    :ivar addons_path: folders with addons, when they aren't those of the working tree
    """

    def __init__(self, template):
        self.name = f"{get_db_name()}_{uuid.uuid4().hex[:8]}"
        self.addons_path = []
        self.mail_options = []
        self._shells = {}
        self._admin(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        source = self._filestore(template)
        if source.is_dir():
            shutil.copytree(source, self._filestore(self.name), copy_function=os.link)

    def twin(self):
        """Another database with what is in this one."""
        self.stop_shells()
        twin = RealDatabase(self.name)
        twin.addons_path = self.addons_path
        return twin

    def drop(self):
        self.stop_shells()
        self._admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(self._filestore(self.name), ignore_errors=True)

    def query(self, statement, *params):
        """Rows of one statement, committed."""
        with contextlib.closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchall() if cursor.description else []

    def run(self, *arguments, script=None, at=None):
        """Run Odoo to its end and return what it printed.

        :param arguments: Odoo's command line, without the database
        :param script: for ``shell``: what it runs
        :param at: moves the clock of the process: "2026-03-10 09:00:00"
        :raise AssertionError: when it ends with another status than 0
        """
        self.stop_shells()  # it may change what they have loaded
        done = subprocess.run(
            self._command(arguments, at), input=script, capture_output=True, text=True, timeout=WAIT * 2, check=False
        )
        output = done.stdout + done.stderr
        if done.returncode or "Traceback (most recent call last)" in output:
            raise AssertionError(f"odoo {' '.join(arguments)} ended with {done.returncode}:\n{output[-4000:]}")
        return output

    def shell(self, script, at=None):
        """Run ``script`` in Odoo's shell and commit; returns what it printed."""
        [ended] = self.shell_at(at).run(script)
        if ended.status or "Traceback (most recent call last)" in ended.output:
            raise AssertionError(f"the script ended with {ended.status}:\n{ended.output[-4000:]}")
        return ended.output

    def shell_at(self, at=None):
        """Odoo's shell with the clock moved to ``at`` when it was first used."""
        key = at, *self.addons_path, *self.mail_options
        if key not in self._shells:
            self._shells[key] = Shell(self._command(("shell", "--no-http", "--log-level=warn"), at))
        return self._shells[key]

    def stop_shells(self):
        """End the processes that run scripts; the next script begins one."""
        while self._shells:
            self._shells.popitem()[1].stop()

    @contextlib.contextmanager
    def server(self, *arguments, at=None):
        """A running Odoo server; yields its process, stops it at the end."""
        with tempfile.TemporaryFile() as log:
            # In a group of its own: what moves the clock runs the server as its child.
            process = subprocess.Popen(
                self._command(arguments, at), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
            try:
                yield process
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=20)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def wait_for_server(self, url):
        """Until a server that was started answers; returns the page of the login."""
        for _attempt in range(WAIT * 5):
            try:
                with urllib.request.urlopen(f"{url}/web/login", timeout=WAIT) as page:
                    return page.read().decode()
            except (urllib.error.URLError, ConnectionResetError) as error:
                # Not yet there; or the one before on this port was just going.
                if not isinstance(getattr(error, "reason", error), ConnectionRefusedError | ConnectionResetError):
                    raise
                self.query("SELECT pg_sleep(0.2)")
        raise AssertionError(f"nobody answers at {url}")

    def wake_crons(self):
        """Tell the running servers, as a trigger does, that a cron of this database is due."""
        self._admin(f"SELECT pg_notify('cron_trigger', '{self.name}')")

    def _command(self, arguments, at):
        arguments = list(arguments)
        subcommand = [arguments.pop(0)] if arguments and not arguments[0].startswith("-") else []
        clock = ["faketime", at] if at else []
        if at:
            _sweep_clocks()
        return [
            *clock,
            sys.executable,
            os.environ["ODOO_BIN"],
            *subcommand,
            "-d",
            self.name,
            *([f"--addons-path={','.join(self.addons_path)}"] if self.addons_path else []),
            *self.mail_options,
            *arguments,
        ]

    def _filestore(self, name):
        return Path(config["data_dir"]) / "filestore" / name

    def _admin(self, statement):
        with contextlib.closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def connect(self):
        """A connection of its own to the database."""
        return self._connect(self.name)

    def _connect(self, name):
        return psycopg2.connect(
            dbname=name, host=config["db_host"] or None, port=config["db_port"] or None, user=config["db_user"] or None
        )


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class RealProcessCase(BaseCase):
    """Each test class gets a database of its own, a copy of ``template``. What is tested so
    takes long: ``dev/test --long`` has it."""

    #: Names the environment variable with the template: with the addon, or without it.
    template = "L2C_TEMPLATE_DB"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        missing = [name for name in (cls.template, "ODOO_BIN") if not os.environ.get(name)]
        if missing:
            cls.skipTest(cls, f"needs {', '.join(missing)}, which dev/test sets")
        cls.database = RealDatabase(os.environ[cls.template])
        cls.addClassCleanup(cls.database.drop)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
