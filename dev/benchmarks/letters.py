"""Many letters as one PDF, against as many of Odoo's own invoices printed together, in turns."""

import contextlib
import os
import time
import urllib.request
from statistics import median

from odoo.addons.lead_to_cash.tests.real import free_port

from .company import DATE, grow
from .databases import copy_of, figures, install
from .dunning import POLICY

COUNT = 200
ROUNDS = 3

RUN = """
env['dunning.run'].with_context(l2c_today='DATE').create({'date': 'DATE'}).action_run()
assert env['dunning.notice'].search_count([]) >= COUNT
env['ir.config_parameter'].set_param('report.url', 'URL')
env.company.external_report_layout_id = env.ref('web.external_layout_standard')
"""

WORK = """
import io, time
from odoo.tools.pdf import PdfFileReader

notices = env['dunning.notice'].search([], limit=COUNT)
invoices = env['account.move'].search([('move_type', '=', 'out_invoice')], limit=COUNT, order='id')
reports = env['ir.actions.report'].with_context(report_pdf_no_attachment=True, l2c_today='DATE')

def printed(report, records):
    env.invalidate_all()
    start = time.perf_counter()
    content = reports._render_qweb_pdf(report, records.ids)[0]
    seconds = time.perf_counter() - start
    assert len(PdfFileReader(io.BytesIO(content)).pages) >= len(records)
    return seconds

LETTERS, INVOICES = 'lead_to_cash.action_report_dunning_letter', 'account.account_invoices'
def rounds():
    printed(LETTERS, notices[:2]), printed(INVOICES, invoices[:2])
    return [(printed(LETTERS, notices), printed(INVOICES, invoices)) for _round in range(ROUNDS)]

found = rounds()
""".replace("ROUNDS", str(ROUNDS))


def measure(_options):
    with copy_of(os.environ["L2C_BASE_DB"]) as database:
        grow(database, 5 * COUNT)
        install(database, "lead_to_cash", script=POLICY)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        database.shell(RUN.replace("DATE", DATE).replace("COUNT", str(COUNT)).replace("URL", url))
        with database.server(f"--http-port={port}", "--max-cron-threads=0"):
            _wait_for(url)
            rounds = figures(database, WORK.replace("DATE", DATE).replace("COUNT", str(COUNT)))
    letters, invoices = (median(seconds) for seconds in zip(*rounds, strict=True))
    return {
        "letters_s": round(letters, 2),
        "invoices_printed_s": round(invoices, 2),
        "letters_to_invoices": round(letters / invoices, 2),
    }


def _wait_for(url):
    """Until the server gives the converter its styles."""
    for _second in range(60):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/web/health"):
            return
        time.sleep(1)
    raise AssertionError(f"{url} doesn't answer")
