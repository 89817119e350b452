"""The counters of the desk, and who sees what of it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY
from .test_desk import DeskCase


@tagged("post_install", "-at_install")
class TestDeskCounters(DeskCase):
    # Counters ----------------------------------------------------------------------------

    def counts(self, user=None):
        desk = self.env["call.list.line"].with_user(user or self.collector).get_desk()
        return {row["key"]: row["count"] for row in desk["counters"]}, desk["banners"]

    def test_counters_open_what_they_count(self):
        self.answered("a")
        self.returned("r")
        self.broken("b")
        self.called("c1")
        self.called("c2")
        late, later = self.owing("late"), self.owing("later")
        self.run_on(TODAY)
        self.notices(late).state = "failed"
        self.notices(later).state = "to_approve"
        counts, banners = self.counts()
        expected = {"answer": 1, "returned": 1, "broken": 1, "look": 1, "failed": 1, "call": 2}
        self.assertEqual(counts, expected)
        self.assertEqual(banners[0]["text"], "1 to send; 0 to look at")
        for key, count in counts.items():
            with self.subTest(key):
                action = self.env["call.list.line"].with_user(self.collector).action_desk_list(key)
                records = self.env[action["res_model"]].with_user(self.collector).search(safe_eval(action["domain"]))
                self.assertEqual(len(records), count)
                self.assertEqual([name for name in action["context"] if "search" in name], ["search_default_mine"])

    def test_one_company_counts_its_own(self):
        other = self.env["res.company"].create({"name": "Another"})
        invoice = self.called("here")
        self.notices(invoice).company_id = other
        self.assertEqual(self.counts()[0]["call"], 0)
        self.assertFalse(self.lines())
        self.collector.company_ids |= other
        line = self.lines(allowed_company_ids=[self.env.company.id, other.id])
        self.assertEqual((line.company_id, line.overdue_amount), (other, 0))
        line.action_no_answer()
        self.assertFalse(self.lines(allowed_company_ids=[self.env.company.id, other.id]))

    # Who sees what -----------------------------------------------------------------------

    def test_collectors_see_customers_salespeople_documents(self):
        self.called("owing")
        lead = self.lead(user_id=False)
        people = {
            "sales_team.group_sale_salesman": {"crm.lead"},
            "sales_team.group_sale_salesman_all_leads": {"crm.lead"},
            "lead_to_cash.group_collections_user": {"res.partner"},
            "account.group_account_invoice": {"res.partner"},
            "account.group_account_readonly": {"res.partner"},
            "sales_team.group_sale_salesman,lead_to_cash.group_collections_user": {"crm.lead", "res.partner"},
        }
        for number, (groups, expected) in enumerate(people.items()):
            with self.subTest(groups):
                user = self.user(f"desk_reader_{number}", groups)
                self.env.flush_all()
                found = self.env["call.list.line"].with_user(user).search([("partner_id.name", "in", ("owing", False))])
                found |= self.env["call.list.line"].with_user(user).search([("res_id", "=", lead.id)])
                self.assertEqual(set(found.mapped("res_model")), expected)
        seller = self.user("desk_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.lines(domain=[("name", "=", "owing")]).with_user(seller).read(["name"])
        with self.assertRaises(AccessError):
            self.counts(seller)

    def test_mine_are_my_customers_and_nobodys(self):
        mine, free, theirs = self.called("mine"), self.called("free"), self.called("theirs")
        mine.partner_id.collector_id = self.collector
        theirs.partner_id.collector_id = self.user("desk_other", "lead_to_cash.group_collections_user")
        found = self.lines(domain=[("user_id", "in", [self.collector.id, False])])
        self.assertEqual(found.partner_id, mine.partner_id | free.partner_id)
        self.assertEqual(len(self.lines()), 3)

    def test_a_reader_logs_nothing(self):
        invoice = self.called("owing")
        reader = self.user("desk_readonly", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self.line(invoice, reader).action_no_answer()
        self.assertEqual(len(self.line(invoice)), 1)

    def test_a_reader_sees_what_a_colleague_has_planned(self):
        line = self.line(self.called("owing"), self.user("desk_readonly", "account.group_account_readonly"))
        self.env.invalidate_all()
        [read] = line.read(["reason", "notice_id"])
        self.assertIn("overdue for", read["reason"])
        self.assertTrue(read["notice_id"])

    def test_the_page_costs_the_same_number_of_queries_for_more_customers(self):
        self.env.company.dunning_calls_a_day = 100
        for number in range(2):
            for maker in (self.answered, self.returned, self.broken, self.called):
                maker(f"{maker.__name__} {number}")
        names = ["kind", "partner_id", "phone", "reason", "overdue_amount", "oldest_date", "promise_text"]
        names += ["last_attempt_date", "last_note", "next_step", "next_step_date", "user_id"]

        def page():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines = self.env["call.list.line"].with_user(self.collector).search([("res_model", "=", "res.partner")])
            lines.read(names)
            return len(lines), self.env.cr.sql_log_count - before

        page()
        few, queries = page()
        for number in range(2, 4):
            for maker in (self.answered, self.returned, self.broken, self.called):
                maker(f"{maker.__name__} {number}")
        page()
        many, more = page()
        self.assertEqual((few, many), (8, 16))
        self.assertEqual(queries, more)
