"""A plugin of pytest: which tests are taken, in which order they are shared out, and each worker's files."""

import os
import shutil
from pathlib import Path

import pytest

#: What tests carry that take long: real processes, attacks, properties, load (tests/real.py).
LONG = "l2c_long"


def pytest_addoption(parser):
    """``--long``: the long tests alone; ``--short``: all but these. Neither: all that is named."""
    parser.addoption("--long", action="store_true", help="the long tests alone")
    parser.addoption("--short", action="store_true", help="all but the long tests")


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Each worker has a filestore of its own: with a common one, each would collect, after each class of
    tests, the files that the other hasn't committed."""
    from odoo.tools import config

    worker = os.getenv("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    common = Path(config.filestore(None))
    own = common.with_name(f"{common.name}-{worker}")
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(common, own, copy_function=os.link)
    config.filestore.return_value = str(own)
    yield
    shutil.rmtree(own, ignore_errors=True)


def pytest_collection_modifyitems(config, items):
    """What takes long comes first: else one worker is still busy with it when all else is done.
    The browser's tests are one class, which a worker has to itself."""
    # Not at the top: Odoo is not configured yet when pytest reads this.
    from odoo.addons.lead_to_cash.tests import real, test_browser, test_replay

    order = (test_browser.TestBrowser, test_browser.TestMondays, test_replay.ReplayCase, real.RealProcessCase, object)
    items.sort(key=lambda item: next(place for place, cls in enumerate(order) if issubclass(item.cls or object, cls)))
    _choose(config, items)


def _choose(config, items):
    if config.option.long == config.option.short:
        return
    chosen, others = [], []
    for item in items:
        is_long = LONG in getattr(item.cls, "test_tags", ())
        (chosen if is_long == config.option.long else others).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=others)
