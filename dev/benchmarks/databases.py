"""Databases to measure on: copies that are dropped, the addon installed, figures read from a script."""

import contextlib
import json

from odoo.addons.lead_to_cash.tests.real import RealDatabase

#: Before a script: what Odoo does before it commits belongs to the work that is measured.
SETTLE = """
def settle():
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()
"""


@contextlib.contextmanager
def copy_of(template):
    """A database that is dropped at the end."""
    database = RealDatabase(template)
    try:
        yield database
    finally:
        database.drop()


def install(database, addon, *arguments, script=""):
    """Install an addon, commit what ``script`` sets up, and let the planner know the tables."""
    database.run("-i", addon, "--stop-after-init", "--no-http", *arguments)
    if script:
        run_script(database, f"{script}\nenv.cr.commit()\n", *arguments)
    database.query("ANALYZE")


def run_script(database, script, *arguments):
    """Run ``script`` in Odoo's shell; returns what it printed."""
    return database.run("shell", "--no-http", "--log-level=critical", *arguments, script=script)


def figures(database, script, *arguments):
    """What ``script``, which may call ``settle()``, leaves in ``found``; its work is rolled back."""
    tail = "\nimport json\nprint('FIGURES', json.dumps(found))\nenv.cr.rollback()\n"
    output = run_script(database, SETTLE + script + tail, *arguments)
    return json.loads(output.split("FIGURES")[1].splitlines()[0])
