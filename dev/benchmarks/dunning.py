"""The dunning run on a generated company: deciding, and all of it until the mails are queued,
against the deciding statement alone, against as many mails by the ORM, and against the peer on
a copy of the same database."""

import os

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
total = clock() - start
queries, rss = env.cr.sql_log_count - queries, peak() - start_rss
notices = run.notice_ids
assert set(notices.mapped('state')) == {'queued'}
mails = env['mail.mail'].search([('model', '=', 'dunning.notice'), ('state', '=', 'outgoing')])
assert sorted(mails.mapped('res_id')) == sorted(notices.ids), (len(mails), len(notices))

template = env.ref('lead_to_cash.mail_template_dunning_notice')
env.flush_all(); env.invalidate_all()
start = clock()
for at in range(0, len(notices), 500):
    part = notices[at:at + 500]
    bodies = template._render_bodies_at_once(part)
    env['mail.mail'].create([{
        'model': 'dunning.notice', 'res_id': notice.id, 'subject': 'x', 'body_html': body, 'body': body,
        'email_from': 'us@example.com', 'recipient_ids': [(4, notice.partner_id.id)], 'auto_delete': False,
    } for notice, body in zip(part, bodies)])
    env.flush_all()
    env.invalidate_all()
mail_floor = clock() - start
found = {
    'items': items, 'notices': len(notices), 'decide_s': round(decided, 2), 'total_s': round(total, 2),
    'sql_floor_s': round(sql_floor, 3), 'mail_floor_s': round(mail_floor, 2), 'queries': queries,
    'peak_rss_mb_over_start': round(rss)}
""".replace("DATE", DATE)


def measure(options):
    with copy_of(os.environ["L2C_BASE_DB"]) as company:
        found = {"invoices": grow(company, options.invoices)}
        with copy_of(company.name) as database:
            install(database, "lead_to_cash", script=POLICY)
            found |= figures(database, MEASURE)
        with copy_of(company.name) as database:
            found |= peer.measure(database) if options.peer else dict.fromkeys(peer.KEYS)
    found["decide_to_sql_floor"] = round(found["decide_s"] / found["sql_floor_s"], 1)
    found["total_to_mail_floor"] = round(found["total_s"] / found["mail_floor_s"], 2)
    if found["peer_total_s"]:
        assert found["peer_letters"] == found["notices"], "the peer reminds others than we do"
        found["peer_to_total"] = round(found["peer_total_s"] / found["total_s"], 1)
    return found
