"""A live lead and two browsers on a real server: the bus says that an enquiry comes, and that a colleague takes it."""

from contextlib import ExitStack

from ...dev.photos.browser import browser
from ..served import ServedCase

TEAM = """
env['crm.lead'].search([]).active = False
members = env['res.users'].search([('login', 'in', ('first', 'second'))])
team = env['crm.team'].create({'name': 'Live', 'user_id': False, 'member_ids': [(6, 0, members.ids)]})
"""
MAIL = """
team = env['crm.team'].search([('name', '=', 'Live')])
env['mail.thread'].message_process('crm.lead', '''From: Noa Levi <noa@example.com>
To: sales@example.com
Subject: Tills
Message-Id: <live@example.com>

We need tills for three shops.
''', custom_values={'team_id': team.id, 'contact_name': 'Noa Levi'})
"""
LINE = ".o_data_row td[name=partner_name]"
TOAST = ".o_notification_buttons button"
SHOWN = "[...document.querySelectorAll('%s')].some((node) => node.textContent.includes('%s'))"
AVATAR = "!!document.querySelector('.o_data_row td[name=claimed_by_id] img')"


class TestTwoBrowsers(ServedCase):
    people = dict.fromkeys(("first", "second"), ("sales_team.group_sale_salesman", {}))
    prepare = TEAM

    def test_one_sees_it_come_and_the_other_take_it(self):
        with ExitStack() as stack:
            first, second = (self.window(stack, login) for login in ("first", "second"))
            self.database.shell(MAIL)
            for window in (first, second):
                window.wait_for(SHOWN % (".o_notification", "New enquiry: Noa Levi"))
                window.click(TOAST)
                window.wait_for(SHOWN % (LINE, "Noa Levi"))
            self.assertFalse(second.ask("Runtime.evaluate", expression=AVATAR)["result"]["value"])
            first.click(LINE)
            first.wait_for(SHOWN % (".o_form_view h1", "Noa Levi"))
            second.wait_for(AVATAR)
            second.click(LINE)
            second.wait_for(SHOWN % (".modal", "has taken"))
        [[login]] = self.database.query(
            "SELECT u.login FROM crm_lead l JOIN res_users u ON u.id = l.claimed_by_id WHERE l.contact_name = 'Noa Levi'"
        )
        self.assertEqual(login, "first")

    def window(self, stack, login):
        """A browser of its own with the call list, which hears of the bus."""
        window = stack.enter_context(browser())
        window.size(1366, 768)
        window.sign_in(self.url, self.client(login).web.cookies["session_id"])
        window.go_to(f"{self.url}/odoo/call-list", ".o_view_nocontent")
        return window
