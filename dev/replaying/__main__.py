"""dev/replay: reads and checks the input, replays what is left, tells what it found."""

import argparse
import gc
import hashlib
import sys
import time
from datetime import date
from pathlib import Path

import odoo.init  # first: it makes the package's names
import psutil
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from . import opportunities as crm
from .calendar import last_day
from .table import InputError, read_invoices, read_mapping

MAPPINGS = Path(__file__).parent / "mappings"


def main():
    options = _options()
    try:
        mapping_path = options.mapping or _mapping_of(options.file)
        mapping = read_mapping(mapping_path)
        invoices = read_invoices(options.file, mapping)
        opportunities = _opportunities(options)
        if options.key:
            print(_key(options, mapping_path))  # pylint: disable=print-used
            return
        _replay(options, invoices, mapping, opportunities)
    except InputError as error:
        sys.exit(f"dev/replay: {error}")
    except KeyboardInterrupt:
        sys.exit("\ndev/replay: stopped; the same command goes on")


def _options():
    parser = argparse.ArgumentParser(prog="dev/replay")
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--database", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--charts", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--key", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("file", type=Path, help="the invoices, as CSV")
    parser.add_argument("--mapping", type=Path, help="which column is which; by the file's name, else receivables.toml")
    parser.add_argument("--policy", default="Standard", help="the dunning policy that runs (Standard)")
    parser.add_argument("--until", type=date.fromisoformat, help="the last day, YYYY-MM-DD")
    parser.add_argument("--opportunities", type=Path, metavar="DIR", help="also load crm_*.csv from there")
    parser.add_argument("--output", type=Path, help="where tables (CSV) and charts (PNG) are written")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    return parser.parse_args()


def _mapping_of(file):
    named = MAPPINGS / f"{file.stem}.toml"
    return named if named.exists() else MAPPINGS / "receivables.toml"


def _opportunities(options):
    return crm.read_opportunities(options.opportunities) if options.opportunities else None


def _key(options, mapping_path):
    """Names the database: another file, mapping or policy is another replay."""
    parts = options.file.read_bytes(), mapping_path.read_bytes(), options.policy.casefold().encode()
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:8]


def _replay(options, invoices, mapping, opportunities):
    registry = _registry(options)
    from . import company, report  # not for checking the input: it draws
    from .apart import Apart
    from .booking import Booking
    from .calendar import calendars_of
    from .days import NEW, Replay

    def new_invoices():
        env = _environment(registry, core=0)
        env.cr.execute("SELECT pg_advisory_lock(hashtext(%s))", [NEW])  # who was killed may not have ended yet
        env.cr.commit()
        return Booking(env, calendars_of(invoices, mapping)[0], mapping, NEW)

    apart = Apart(new_invoices)
    env = _environment(registry, core=-1)
    until = min(options.until or date.max, last_day(invoices))
    if not env["res.partner"].search_count([("ref", "=", invoices[0].customer)]):
        company.prepare(env, invoices, options.policy)
        env.cr.commit()
    if opportunities and not crm.is_loaded(env):
        print("loading the opportunities", file=sys.stderr)  # pylint: disable=print-used
        crm.load(env, opportunities)
        env.cr.commit()
    bar = Progress((until - invoices[0].date).days + 1, invoices[0].date)
    for day in Replay(env, invoices, mapping, apart).run(until):
        bar.show(day)
        gc.collect()  # environments lie in cycles, and Odoo compares each new one with all that are alive
    bar.end()
    report.write(env, until, options.output or options.charts)


def _registry(options):
    config.parse_config(["-c", options.config, "-d", options.database, "--log-level=error"])
    odoo.modules.module.initialize_sys_path()
    registry = Registry(options.database)
    sql_db.close_all()
    gc.freeze()  # what is loaded stays; collecting garbage need not look at it every time
    return registry


def _environment(registry, core):
    """With a connection that shares one of the cores with this process, where that is allowed: the
    two take turns, and else each statement waits until another core is awake."""
    cr = registry.cursor()
    try:
        server = psutil.Process(cr.connection.info.backend_pid)
        if server.name() == "postgres":
            server.cpu_affinity([server.cpu_affinity()[core]])
            psutil.Process().cpu_affinity(server.cpu_affinity())
    except psutil.Error:
        pass  # elsewhere, or somebody else's: it is only slower
    return api.Environment(cr, SUPERUSER_ID, {})


class Progress:
    """A bar on a terminal; elsewhere a line a month."""

    WIDTH = 40

    def __init__(self, count, first):
        self.count, self.first = count, first
        self.start, self.begun = time.monotonic(), None

    def show(self, day):
        number = (day - self.first).days + 1
        self.begun = self.begun or number - 1
        seconds = time.monotonic() - self.start
        left = seconds / (number - self.begun) * (self.count - number)
        if sys.stderr.isatty():
            bar = "#" * (self.WIDTH * number // self.count)
            text = f"\r{day} [{bar:<{self.WIDTH}}] {number}/{self.count} days, {left // 60:.0f}:{left % 60:02.0f} left "
            print(text, end="", file=sys.stderr, flush=True)  # pylint: disable=print-used
        elif day.day == 1 or number == self.count:
            text = f"{day}: {number}/{self.count} days in {seconds:.0f} s"
            print(text, file=sys.stderr, flush=True)  # pylint: disable=print-used

    def end(self):
        seconds = time.monotonic() - self.start
        print(f"\nreplayed in {seconds:.0f} s", file=sys.stderr)  # pylint: disable=print-used


main()
