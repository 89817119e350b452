"""Databases to measure on: copies that are dropped, the addon installed, figures read from a script."""

import contextlib
import json
import os

from odoo.addons.lead_to_cash.tests.real import RealDatabase

#: Rounds at least, of which the fastest counts for work, the median for reading.
ROUNDS = 5

#: What scripts may use. What Odoo does before it commits belongs to the work that is measured; a
#: screen asks for the fields of its list, one page of ``PAGE``.
HELPERS = """
import time
from lxml import etree

PAGE = 80

def settle():
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()

def specification(model, view):
    arch = etree.fromstring(model.get_view(env.ref(view).id, 'list')['arch'])
    shown = {node.get('name') for node in arch.iter('field') if node.get('optional') != 'hide'}
    nested = {'fields': {'display_name': {}}}
    return {name: nested if model._fields[name].relational else {} for name in shown & set(model._fields)}

def seconds(work):
    times, end = [], time.perf_counter() + 2
    while len(times) <= ROUNDS or time.perf_counter() < end:  # what is quick, more often; the first one warms up
        env.invalidate_all()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times[1:])[(len(times) - 1) // 2]
""".replace("ROUNDS", str(ROUNDS))


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
    """What ``script``, which may use the ``HELPERS``, leaves in ``found``; its work is rolled back."""
    tail = "\nimport json\nprint('FIGURES', json.dumps(found))\nenv.cr.rollback()\n"
    output = run_script(database, HELPERS + script + tail, *arguments)
    return json.loads(output.split("FIGURES")[1].splitlines()[0])


def with_and_without(prepare, work):
    """What ``work`` finds with the addon and without it, in turns: a pair a round.

    :param prepare: committed before the database is copied
    """
    with copy_of(os.environ["L2C_BASE_DB"]) as plain:
        plain.shell(prepare)
        plain.query("ANALYZE")
        with copy_of(plain.name) as own:
            install(own, "lead_to_cash")
            return [(_of_a_copy(own, work), _of_a_copy(plain, work)) for _round in range(ROUNDS)]


def _of_a_copy(database, work):
    """Figures of a fresh copy: what a round that was rolled back leaves in the tables doesn't slow the next one down."""
    with copy_of(database.name) as copy:
        return figures(copy, work)


def ratio(rounds, name, index):
    """The least seconds that stand at ``index``, and how they compare: what else the machine does only adds to them."""
    ours, without = (min(run[index] for run in side) for side in zip(*rounds, strict=True))
    return {
        f"{name}_s": round(ours, 2),
        f"{name}_plain_s": round(without, 2),
        f"{name}_ratio": round(ours / without, 2),
    }
