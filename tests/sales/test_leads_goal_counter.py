"""The counter of new enquiries in the top menu: for whom, and when it changes."""

import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_leads_goal import GoalCase


@tagged("post_install", "-at_install")
class TestCounter(GoalCase):
    """How many new enquiries wait for whoever looks."""

    MOMENT = "2026-03-10 09:31:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.leader = cls.user("counting_leader", "sales_team.group_sale_salesman_all_leads")
        cls.colleague = cls.user("counting_colleague", "sales_team.group_sale_salesman")
        cls.others = cls.user("counting_other", "sales_team.group_sale_salesman_all_leads")
        cls.team = cls.env["crm.team"].create(
            {"name": "Counting", "user_id": cls.leader.id, "member_ids": [(6, 0, cls.colleague.ids)]}
        )
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_not_interested")

    def counted(self, user, moment=MOMENT):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["call.list.line"].with_user(user).with_context(l2c_today=moment).get_enquiry_count()

    def came(self, **values):
        return self.enquiry("2026-03-10 09:30:00", **{"user_id": False, "team_id": self.team.id, **values})

    def test_mine_and_those_of_nobody_in_my_team(self):
        self.came(user_id=self.colleague.id)
        self.came()
        self.came(team_id=False)
        expected = ((self.colleague, 2), (self.leader, 1), (self.others, 0))
        self.assertEqual([self.counted(user)["count"] for user, _number in expected], [2, 1, 0])
        self.assertEqual(self.counted(self.leader), {"count": 1, "unassigned": True, "seconds": 9 * 60})
        self.assertEqual(self.counted(self.others), {"count": 0, "unassigned": False, "seconds": None})

    def test_until_the_goal_is_over_or_somebody_has_it(self):
        lead = self.came()
        self.assertEqual(self.counted(self.colleague, "2026-03-10 09:40:01")["count"], 0)
        line = self.env["call.list.line"].with_user(self.leader).with_context(l2c_today=self.MOMENT)
        line.search([("res_id", "=", lead.id), ("kind", "=", "goal")]).action_take()
        self.assertEqual([self.counted(user)["count"] for user in (self.leader, self.colleague)], [1, 0])
        lead.with_user(self.leader).with_context(l2c_today=self.MOMENT).action_no_answer()
        self.assertEqual(self.counted(self.leader)["count"], 0)

    def test_of_the_companies_that_are_chosen(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.colleague.company_ids |= company
        self.came(user_id=self.colleague.id, company_id=company.id, team_id=False)
        counts = self.env["call.list.line"].with_user(self.colleague).with_context(l2c_today=self.MOMENT)
        here, there = self.env.company, company
        for companies, number in ((here, 0), (there, 1), (here + there, 1)):
            self.env.invalidate_all()
            found = counts.with_context(allowed_company_ids=companies.ids).get_enquiry_count()
            self.assertEqual(found["count"], number, companies.mapped("name"))

    def test_one_query(self):
        self.came()
        lines = self.env["call.list.line"].with_user(self.colleague).with_context(l2c_today=self.MOMENT)
        lines.get_enquiry_count()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(lines.get_enquiry_count()["count"], 1)

    def test_nobody_else_asks(self):
        accountant = self.user("counting_accountant", "account.group_account_invoice")
        for user in (accountant, self.user("counting_employee", "base.group_user")):
            with self.assertRaises(AccessError):
                self.counted(user)

    def heard(self):
        """Whose browsers were told to count anew."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", "lead_to_cash.enquiries_changed")])
        found = {json.loads(row.channel)[-1] for row in rows}
        rows.unlink()
        users = self.leader | self.colleague | self.others
        return [user.partner_id.id in found for user in users]

    def test_who_hears_that_the_number_has_changed(self):
        steps = (
            ("it comes", lambda lead: None, [True, True, False]),
            ("it is given", lambda lead: lead.write({"user_id": self.colleague.id}), [True, True, False]),
            ("it is called", lambda lead: lead.with_user(self.colleague).action_no_answer(), [False, True, False]),
            (
                "taken back",
                lambda lead: lead.contact_attempt_ids.with_user(self.colleague).action_undo(),
                [False, True, False],
            ),
            ("it is lost", lambda lead: lead.action_close(self.reason), [False, True, False]),
        )
        lead = None
        for name, step, expected in steps:
            lead = lead or self.came().with_context(l2c_today=self.MOMENT)
            step(lead)
            with self.subTest(name):
                self.assertEqual(self.heard(), expected)

    def test_nothing_is_said_of_what_has_no_goal(self):
        lead = self.lead_at("2026-03-10 09:30:00", user_id=self.colleague.id)
        self.heard()
        lead.user_id = self.leader
        self.assertEqual(self.heard(), [False] * 3)


@tagged("post_install", "-at_install")
class TestWhoSells(HttpCase):
    def test_the_browser_of_a_salesperson_knows_it(self):
        for groups, sells in (("sales_team.group_sale_salesman", True), ("account.group_account_invoice", None)):
            login = groups.replace(".", "_")
            new_test_user(self.env, login, groups=f"base.group_user,{groups}", password=login)
            self.authenticate(login, login)
            answer = self.url_open("/web/session/get_session_info", json={"params": {}}, timeout=60).json()
            self.assertEqual(answer["result"].get("l2c_sells"), sells, groups)
