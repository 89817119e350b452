"""OCA's account_credit_control on the same company: fetched as its wheel, installed on a copy of
the database without our addon, and asked to do the same: decide, release, group, queue mails.

Only its own methods are called; nothing of it is part of this project."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo.tools import config

from .company import DATE
from .databases import figures, install

NAME = "account_credit_control"
WHEEL = "odoo-addon-account-credit-control==19.0.*"
STEPS = ("decide", "release", "group", "mail")
KEYS = ("peer_total_s", *(f"peer_{step}_s" for step in STEPS), "peer_queries", "peer_letters", "peer_to_total")

#: A first level by e-mail like ours. The mail names the invoices, as ours does; the PDF that
#: the peer would attach to it is left out, because ours has none.
POLICY = """
from odoo import Command

template = env.ref('account_credit_control.email_template_credit_control_base')
template.report_template_ids = False
level = {'computation_mode': 'net_days', 'channel': 'email', 'email_template_id': template.id,
         'mail_show_invoice_detail': True, 'custom_text': 'Please pay.', 'custom_mail_text': '<p>Please pay.</p>'}
receivable = env['account.account'].search([('account_type', '=', 'asset_receivable')])
env.company.credit_policy_id = env['credit.control.policy'].create({
    'name': 'Bench', 'account_ids': [Command.set(receivable.ids)], 'level_ids': [
        Command.create({**level, 'name': 'First', 'level': 1, 'delay_days': 1}),
        Command.create({**level, 'name': 'Second', 'level': 2, 'delay_days': 500})]})
"""

MEASURE = """
import time

assert 'dunning.run' not in env
queries, seconds = env.cr.sql_log_count, [time.perf_counter()]

def done():  # each step is a button of its own
    settle()
    seconds.append(time.perf_counter())

policy = env.company.credit_policy_id
run = env['credit.control.run'].create({'date': 'DATE', 'policy_ids': [(6, 0, policy.ids)]})
run.generate_credit_lines()
done()
run.set_to_ready_lines()
done()
letters = env['credit.control.communication']._generate_comm_from_credit_lines(run.line_ids)
done()
letters._generate_emails()
done()
queries = env.cr.sql_log_count - queries
mails = env['mail.mail'].search([('model', '=', letters._name)])
assert set(mails.mapped('state')) == {'outgoing'}, mails.mapped('state')
assert sorted(mails.mapped('res_id')) == sorted(letters.ids), (len(mails), len(letters))
assert all(mail.recipient_ids.email and 'INV/' in mail.body_html for mail in mails)
found = {'letters': len(letters), 'queries': queries,
         'seconds': [after - before for before, after in zip(seconds, seconds[1:])]}
""".replace("DATE", DATE)


def addons_folder():
    """The folder with the peer's addon, from its wheel; None when it can't be had."""
    folder = Path(os.environ["L2C_CACHE"]) / "peer"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            reason = _download(work)
            if reason:
                print(f"The peer is left out: its wheel {WHEEL} can't be downloaded ({reason}).")  # pylint: disable=print-used
                return None
            [wheel] = Path(work).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(Path(work) / "peer")
            (Path(work) / "peer").rename(folder)  # whole, or not there
    return folder / "odoo" / "addons"


def _download(folder):
    """Put the peer's wheel there; returns why that failed, else None."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--retries=1", "--no-deps", "--dest", folder, WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.strip().splitlines() or ["no message"])[-1] if done.returncode else None


def measure(database):
    """The peer's figures on ``database``, which it may change; None for each without it."""
    folder = addons_folder()
    if not folder:
        return dict.fromkeys(KEYS)
    path = "--addons-path=" + ",".join([*config["addons_path"], str(folder)])
    install(database, NAME, path, script=POLICY)
    found = figures(database, MEASURE, path)
    steps = zip(STEPS, found["seconds"], strict=True)
    return {
        "peer_total_s": round(sum(found["seconds"]), 2),
        **{f"peer_{step}_s": round(value, 2) for step, value in steps},
        "peer_queries": found["queries"],
        "peer_letters": found["letters"],
    }
