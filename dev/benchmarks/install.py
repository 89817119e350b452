"""How long the first statuses take on a database with many documents."""

import os
import time

from odoo.addons.lead_to_cash.tests.real import RealDatabase
from odoo.addons.lead_to_cash.tests.volume import DOCUMENTS, grow

HOOK = """
import time
from odoo.addons.lead_to_cash.engine.handling.status import REQUIRED
start = time.perf_counter()
for model in REQUIRED:
    env[model]._handling_install()
print('HOOK', time.perf_counter() - start)
env.cr.rollback()
"""

FORGET = "UPDATE {} SET handling_status_id = NULL, handling_role = NULL, handling_status_since = NULL"


def install_seconds(count):
    """Seconds of the whole ``-i`` on a fresh copy with ``count`` documents of each kind,
    of the hook alone, and the number of documents."""
    database = RealDatabase(os.environ["L2C_BASE_DB"])
    try:
        if count:
            grow(database, count)
        start = time.perf_counter()
        database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http")
        whole = time.perf_counter() - start
        for table in DOCUMENTS:
            database.query(FORGET.format(table))
        output = database.run("shell", "--no-http", "--log-level=critical", script=HOOK)
        hook = float(output.split("HOOK")[1].split()[0])
        documents = sum(
            database.query(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]
            for table, condition in DOCUMENTS.items()
        )
        return whole, hook, documents
    finally:
        database.drop()


def measure(options):
    empty, _hook, _none = install_seconds(0)
    whole, hook, documents = install_seconds(options.documents)
    return {
        "documents": documents,
        "install_empty_s": round(empty, 2),
        "install_s": round(whole, 2),
        "install_ratio": round(whole / empty, 2),
        "statuses_s": round(hook, 2),
    }
