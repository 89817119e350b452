"""What became of Odoo's own tests: as a plugin of pytest it writes them down, one a line; as a program
it tells what differs between two such files."""

import sys
from collections import Counter
from pathlib import Path

#: From good to bad; a test that isn't there counts as skipped.
OUTCOMES = ["passed", "skipped", "failed"]


def pytest_addoption(parser):
    """``--host-results FILE``: where to write."""
    parser.addoption("--host-results", help="a file for what became of each test")


def pytest_configure(config):
    """Workers send their reports to the one process that writes."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(), "host results")


class Results:
    """The worst of a test's phases and subtests, and why."""

    def __init__(self):
        self.worst = {}

    def pytest_runtest_logreport(self, report):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = " ".join((crash.message if crash else "").split())[:200]
        found = (OUTCOMES.index(report.outcome), why)
        self.worst[report.nodeid] = max(self.worst.get(report.nodeid, (0, "")), found, key=lambda pair: pair[0])

    def pytest_sessionfinish(self, session):
        lines = [f"{nodeid}\t{OUTCOMES[rank]}\t{why}\n" for nodeid, (rank, why) in sorted(self.worst.items())]
        Path(session.config.option.host_results).write_text("".join(lines))


def read(path):
    rows = (line.split("\t") for line in Path(path).read_text().splitlines())
    return {nodeid: (OUTCOMES.index(outcome), why) for nodeid, outcome, why in rows}


def summary(results):
    counts = Counter(OUTCOMES[rank] for rank, _why in results.values())
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])


def only(title, here, there):
    """Print and return the tests that are worse ``here`` than ``there``."""
    absent = (OUTCOMES.index("skipped"), "")
    worse = [nodeid for nodeid in sorted({*here, *there}) if here.get(nodeid, absent)[0] > there.get(nodeid, absent)[0]]
    for nodeid in worse:
        rank, why = here.get(nodeid, absent)
        print(f"  {OUTCOMES[rank]} only {title}: {nodeid}\n      {why}")
    return worse


def main(addon, without, with_us):
    without, with_us = read(without), read(with_us)
    print(f"{addon}: without us {summary(without)}; with us {summary(with_us)}")
    only("without us", without, with_us)
    return bool(only("with us", with_us, without))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
