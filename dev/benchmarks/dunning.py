"""The dunning run on a generated company: deciding, the run, writing its e-mails and their leaving,
against the deciding statement alone, as many mails by the ORM, the host's own sending of the same
mails, and the peer on a copy of the same database."""

import logging
import os

from odoo.addons.lead_to_cash.tests.real import MailSink

from . import peer
from .company import DATE, grow
from .databases import copy_of, figures, install

#: Two levels; the whole overdue volume is between them.
POLICY = """
from odoo import Command
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Bench', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 1, 'sequence': 1}),
    Command.create({'name': 'Second', 'delay_days': 500, 'sequence': 2})]})
policy.action_start()
env.company.dunning_policy_id = policy
"""

MEASURE = """
import resource, time
from odoo.tools import SQL
from odoo.addons.lead_to_cash.engine.dunning.deciding import decide

env = env(context=dict(env.context, l2c_today='DATE', tracking_disable=False))
clock = time.perf_counter
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

env['dunning.run'].search([])
env.company._dunning_question()
question = env.company._dunning_question()
env.cr.execute(SQL('SELECT count(*) FROM (%s) x', decide(question)))
start = clock()
env.cr.execute(SQL('SELECT count(*) FROM (%s) x', decide(question)))
items = env.cr.fetchone()[0]
sql_floor = clock() - start

start_rss, queries = peak(), env.cr.sql_log_count
start = clock()
run = env['dunning.run'].create({'date': 'DATE'})
run._start()
settle()
decided = clock() - start
while run._process_batch():
    pass
settle()
ran = clock() - start
queries, rss = env.cr.sql_log_count - queries, peak() - start_rss

start = clock()
env['dunning.notice']._write_due_mails()
settle()
wrote, rss_mails = clock() - start, peak() - start_rss
env.cr.execute(SQL(
    'SELECT count(*), count(m.id), count(DISTINCT m.id) FROM dunning_notice n'
    ' LEFT JOIN mail_mail m ON m.dunning_notice_id = n.id AND m.state = %s WHERE n.run_id = %s AND n.state = %s',
    'outgoing', run.id, 'queued'))
notices, linked, different = env.cr.fetchone()
assert notices == linked == different > 0, (notices, linked, different)

# The mails by the ORM alone, of as many as fit; the time of all of them is in proportion.
sample = env['dunning.notice'].search([('run_id', '=', run.id)], limit=SAMPLE)
template = env.ref('lead_to_cash.mail_template_dunning_notice')
env.flush_all(); env.invalidate_all()
start = clock()
for at in range(0, len(sample), 500):
    part = sample[at:at + 500]
    bodies = template._render_bodies_at_once(part)
    env['mail.mail'].create([{
        'model': 'dunning.notice', 'res_id': notice.id, 'subject': 'x', 'body_html': body, 'body': body,
        'email_from': 'us@example.com', 'recipient_ids': [(4, notice.partner_id.id)], 'auto_delete': False,
    } for notice, body in zip(part, bodies)])
    env.flush_all()
    env.invalidate_all()
mail_floor = (clock() - start) * notices / len(sample)

# Leaving, in turns: the host's own mails with the same text, and those of the notices.
env['ir.mail_server'].search([]).unlink()
env['ir.mail_server'].create({'name': 'Bench', 'smtp_host': '127.0.0.1', 'smtp_port': PORT})
ours = sample.mail_ids
plain = ours.copy()
env.cr.commit()

def leave(mails):
    env.invalidate_all()
    start = clock()
    mails.send(auto_commit=True)
    assert set(mails.mapped('state')) == {'sent'}, mails.mapped('failure_reason')
    return clock() - start

turns = []
for at in range(0, len(ours) - LEAVING + 1, LEAVING):
    first, then = (plain, ours) if at % (2 * LEAVING) else (ours, plain)
    took = {mails: leave(mails[at:at + LEAVING]) for mails in (first, then)}
    turns.append((took[plain], took[ours]))
left_plain, left = (min(times) for times in zip(*turns))
found = {
    'items': items, 'notices': notices, 'decide_s': round(decided, 2), 'run_s': round(ran, 2),
    'write_mails_s': round(wrote, 2), 'total_s': round(ran + wrote, 2), 'sql_floor_s': round(sql_floor, 3),
    'mail_floor_s': round(mail_floor, 2), 'queries': queries, 'leave_s': round(left, 2),
    'leave_plain_s': round(left_plain, 2), 'peak_rss_mb_run': round(rss), 'peak_rss_mb_mails': round(rss_mails)}
""".replace("DATE", DATE)


#: Mails that leave in a turn, of which the fastest counts; and those whose time stands for all of them.
LEAVING, SAMPLE = 500, 2000


def measure(options):
    with copy_of(os.environ["L2C_BASE_DB"]) as company:
        found = {"invoices": grow(company, options.invoices)}
        with copy_of(company.name) as database:
            install(database, "lead_to_cash", script=POLICY)
            logging.getLogger("mail.log").setLevel(logging.WARNING)
            with MailSink() as sink:
                script = MEASURE.replace("PORT", str(sink.port)).replace("SAMPLE", str(SAMPLE))
                found |= figures(database, script.replace("LEAVING", str(LEAVING)))
        with copy_of(company.name) as database:
            found |= peer.measure(database) if options.peer else dict.fromkeys(peer.KEYS)
    found["decide_to_sql_floor"] = round(found["decide_s"] / found["sql_floor_s"], 1)
    found["leave_to_plain"] = round(found["leave_s"] / found["leave_plain_s"], 2)
    found["total_to_mail_floor"] = round(found["total_s"] / found["mail_floor_s"], 2)
    if found["peer_total_s"]:
        assert found["peer_letters"] == found["notices"], "the peer reminds others than we do"
        found["peer_to_run"] = round(found["peer_total_s"] / found["run_s"], 1)
        found["peer_to_total"] = round(found["peer_total_s"] / found["total_s"], 1)
    return found
