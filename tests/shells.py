"""Scripts in Odoo's shell, each in a process of its own: forked from one that has loaded the
database already, which is what takes long."""

import contextlib
import json
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

WAIT = 120  # seconds after which a process or a mail counts as lost

#: What the first process does: runs what it is asked to in forked processes, tells how they ended.
SERVE = """
import json, os, socket, sys, traceback
from odoo import api, sql_db
registry, uid, context = env.registry, env.uid, env.context
env.cr.close()
sql_db.close_all()

def run(script, output):
    written = os.open(output, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(written, 1)
    os.dup2(written, 2)
    try:
        registry.check_signaling()
        with registry.cursor() as cr:
            exec(script, {'env': api.Environment(cr, uid, context)})
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0

def start(script, output):
    pid = os.fork()
    if not pid:
        os._exit(run(script, output))
    return pid

with socket.socket(fileno=CHANNEL) as channel, channel.makefile('rw') as lines:
    for line in lines:
        pids = [start(*task) for task in json.loads(line)]
        ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        print(json.dumps(ended), file=lines, flush=True)
os._exit(0)
"""


class Ended(NamedTuple):
    """How a script ended: its process's status (negative: by which signal), what it printed."""

    status: int
    output: str


class Shell:
    """:param command: Odoo's shell on a database"""

    def __init__(self, command):
        self._folder = tempfile.TemporaryDirectory()
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(10 * WAIT)
        self._lines = self._channel.makefile("rw")
        self._log = Path(self._folder.name, "log")
        with theirs, self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, pass_fds=[theirs.fileno()]
            )
            self._process.stdin.write(SERVE.replace("CHANNEL", str(theirs.fileno())))
            self._process.stdin.close()

    @contextlib.contextmanager
    def running(self, *scripts):
        """Starts them all at once, with ``env``, committed at the end; yields a list that tells,
        when all have ended, how each did."""
        outputs = [Path(self._folder.name, str(number)) for number in range(len(scripts))]
        for output in outputs:
            output.unlink(missing_ok=True)
        tasks = [(script, str(output)) for script, output in zip(scripts, outputs, strict=True)]
        self._lines.write(json.dumps(tasks) + "\n")
        self._lines.flush()
        ended = []
        yield ended
        try:
            answer = self._lines.readline()
        except ConnectionError:  # it ended before it had read what it was asked
            answer = ""
        if not answer:
            raise AssertionError(f"Odoo's shell ended:\n{self._log.read_text()[-4000:]}")
        ended += [Ended(status, out.read_text()) for status, out in zip(json.loads(answer), outputs, strict=True)]

    def run(self, *scripts):
        """How each of them ended."""
        with self.running(*scripts) as ended:
            pass
        return ended

    def stop(self):
        self._lines.close()
        self._channel.close()  # whereupon it ends
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=20)
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()
