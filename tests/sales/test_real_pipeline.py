"""A company's pipeline of 5,000 leads, and its call list on the day of installing."""

import json

from ..real import RealProcessCase

#: What was done for a lead before installing, and what its salesperson sees on the first day, by hand:
#: stage, what was done, number: status, kind of line on the call list.
TABLE = """
New          nothing    1500  New            before
New          note        100  New            before
New          wrote       200  In_progress    -
New          call_today  200  In_progress    follow_up
New          call_later  100  In_progress    -
New          lost        100  Closed         -
Qualified    nothing     900  First_contact  -
Qualified    call_today  100  First_contact  follow_up
Proposition  nothing     800  In_progress    -
Negotiation  nothing     500  In_progress    -
On_hold      nothing     200  In_progress    -
Won          nothing     300  Customer       -
"""

PIPELINE = """
from odoo import Command, fields
seller = env['res.users'].create({
    'name': 'Seller', 'login': 'seller', 'group_ids': [Command.link(env.ref('sales_team.group_sale_salesman').id)]})
env['crm.stage'].create([
    {'name': 'Negotiation', 'sequence': 4}, {'name': 'On hold', 'sequence': 5, 'fold': True}])
stages = {stage.name: stage for stage in env['crm.stage'].search([])}
env['crm.lead'].search([]).unlink()
call = env.ref('mail.mail_activity_data_call')
model_id = env['ir.model']._get_id('crm.lead')
env = env(context=dict(env.context, mail_create_nosubscribe=True, mail_activity_quick_update=True, tracking_disable=True))
for line in TABLE.strip().splitlines():
    stage, done, number = line.split()[:3]
    leads = env['crm.lead'].create([{
        'name': f'{stage} {done}', 'type': 'opportunity', 'user_id': seller.id,
        'stage_id': stages[stage.replace('_', ' ')].id} for _number in range(int(number))])
    if done == 'lost':
        leads.action_set_lost()
    for lead in leads.with_user(seller) if done in ('note', 'wrote') else ():
        lead.message_post(body='So', message_type='comment',
                          subtype_xmlid='mail.mt_note' if done == 'note' else 'mail.mt_comment')
    if done.startswith('call'):
        env['mail.activity'].with_user(seller).create([{
            'activity_type_id': call.id, 'res_model_id': model_id, 'res_id': lead.id, 'user_id': seller.id,
            'date_deadline': '2026-03-10' if done == 'call_today' else '2026-03-30'} for lead in leads])
"""

DAY_ONE = """
import json
from collections import Counter
leads = env['crm.lead'].with_context(active_test=False).search([])
seller = env['res.users'].search([('login', '=', 'seller')])
lines = env['call.list.line'].with_user(seller).search([('user_id', '=', seller.id)])
print('FOUND', json.dumps([
    sorted(Counter((lead.name, lead.handling_status_id.name) for lead in leads).items()),
    sorted(Counter((line.name, line.kind) for line in lines).items())]))
"""


class TestPipeline(RealProcessCase):
    template = "L2C_BASE_DB"

    def test_the_call_list_of_the_first_day(self):
        self.database.shell(f"TABLE = '''{TABLE}'''\n{PIPELINE}", at="2026-03-09 08:00:00")
        self.database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http", at="2026-03-10 08:00:00")
        output = self.database.shell(DAY_ONE, at="2026-03-10 09:00:00")
        [found] = [line for line in output.splitlines() if "FOUND " in line]
        statuses, lines = json.loads(found.partition("FOUND ")[2])
        rows = [row.split() for row in TABLE.strip().splitlines()]
        expected = {(f"{stage} {done}", status.replace("_", " ")): int(n) for stage, done, n, status, _kind in rows}
        self.assertEqual({tuple(key): number for key, number in statuses}, expected)
        expected = {(f"{stage} {done}", kind): int(n) for stage, done, n, _status, kind in rows if kind != "-"}
        self.assertEqual({tuple(key): number for key, number in lines}, expected)
        self.assertEqual(sum(expected.values()), 1900)
        for table, condition in (
            ("handling_status_change", "TRUE"),
            ("crm_lead", "first_contact_date IS NOT NULL OR last_contact_date IS NOT NULL OR attempt_count > 0"),
        ):
            self.assertEqual(self.database.query(f"SELECT count(*) FROM {table} WHERE {condition}"), [(0,)], table)
