"""Two salespeople take the same lead in the same moment, each in a process of their own."""

import contextlib
import time

from ..real import WAIT, RealProcessCase

LEAD = """
from odoo.tests import new_test_user
for login in ('first', 'second'):
    new_test_user(env, login, groups='sales_team.group_sale_salesman_all_leads')
env['crm.lead'].search([]).active = False
env['crm.lead'].create([{'name': f'Wanted {n}', 'user_id': False} for n in range(ROUNDS)])
env['crm.lead'].create([{'name': f'Free {n}', 'user_id': False} for n in range(3 * ROUNDS)])
"""

#: Waits for the start, which is given to both at once, takes every lead, says how it went. As
#: in a request, PostgreSQL's refusal of a row that changed meanwhile leads to another try.
TAKE = """
from odoo.exceptions import UserError
from odoo.service.model import retrying
mine = env(user=env['res.users'].search([('login', '=', LOGIN)]))
lines = mine['call.list.line'].search([('name', '=like', 'Wanted %')]).sorted('name')
env.cr.commit()
for number, line in enumerate(lines):
    env.cr.execute('SELECT pg_advisory_lock_shared(%s)', (number,))
    env.cr.commit()
    try:
        retrying(line.action_take, mine)
        print('RESULT', number, 'taken')
    except UserError as error:
        env.cr.rollback()
        print('RESULT', number, error)
"""

#: The same, but each wants the next lead that is free.
NEXT = """
from odoo.service.model import retrying
mine = env(user=env['res.users'].search([('login', '=', LOGIN)]))
line = mine['call.list.line'].with_context(active_domain=[('name', '=like', 'Free %')])
method = line.action_start
env.cr.commit()
for number in range(ROUNDS):
    env.cr.execute('SELECT pg_advisory_lock_shared(%s)', (number,))
    env.cr.commit()
    action = retrying(method, mine)
    action = action.get('params', {}).get('action', action)
    print('RESULT', number, action['res_id'])
    method = mine['call.list.line'].browse(action['res_id']).with_context(**action['context']).action_open_next
"""

ROUNDS = 8


class TestClaims(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database.shell(LEAD.replace("ROUNDS", str(ROUNDS)))

    def test_who_wants_the_next_one_gets_another(self):
        results = self.race(NEXT, "first", "second")
        opened = [line_id for answer in results.values() for line_id in answer.values()]
        self.assertEqual(len(set(opened)), 2 * ROUNDS, results)

    def test_exactly_one_of_two_gets_each_lead(self):
        results = self.race(TAKE, "first", "second")
        owners = dict(self.database.query("SELECT name, claimed_by_id FROM crm_lead WHERE name LIKE 'Wanted %%'"))
        for number in range(ROUNDS):
            answers = {login: answer[number] for login, answer in results.items()}
            winners = [login for login, answer in answers.items() if answer == "taken"]
            self.assertEqual(len(winners), 1, answers)
            [[uid]] = self.database.query("SELECT id FROM res_users WHERE login = %s", winners[0])
            self.assertEqual(owners[f"Wanted {number}"], uid)
            [refusal] = set(answers.values()) - {"taken"}
            self.assertRegex(refusal, rf"^{winners[0]}.* has taken Wanted .* until|^Somebody else is taking Wanted")

    def race(self, script, *logins):
        """What each answered, by login and round; they start each round at once."""
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(contextlib.closing(self.database.connect()))
            connection.autocommit = True
            self.gate = connection.cursor()
            for number in range(ROUNDS):
                self.gate.execute("SELECT pg_advisory_lock(%s)", (number,))
            ended = stack.enter_context(
                self.database.shell_at().running(*[self.script(script, login) for login in logins])
            )
            for number in range(ROUNDS):
                self.wait_for(len(logins), number)
                self.gate.execute("SELECT pg_advisory_unlock(%s)", (number,))
        return {login: self.answers(output) for login, (_status, output) in zip(logins, ended, strict=True)}

    def script(self, script, login):
        return script.replace("LOGIN", repr(login)).replace("ROUNDS", str(ROUNDS))

    def wait_for(self, count, number):
        """Until so many processes stand before the gate of a round."""
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            self.gate.execute(waiting, (number,))
            if self.gate.fetchone() == (count,):
                return
            self.gate.execute("SELECT pg_sleep(0.02)")
        self.fail(f"after {WAIT} s not all stand before round {number}")

    def answers(self, output):
        lines = [line.split(" ", 2)[1:] for line in output.splitlines() if line.startswith("RESULT")]
        self.assertEqual(len(lines), ROUNDS, output[-2000:])
        return {int(number): answer for number, answer in lines}
