"""What has happened with a lead survives that it becomes one with another; and it is always somebody's."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_leads_transitions import LeadCase

SELLS = "sales_team.group_sale_salesman"


@tagged("post_install", "-at_install")
class TestMerged(LeadCase):
    def merged(self, *leads):
        merged = self.env["crm.lead"].concat(*leads).with_context(active_test=False).merge_opportunity()
        merged.invalidate_recordset()
        return merged

    def test_the_furthest_status(self):
        for roles, expected in (
            (("new", "in_progress"), "in_progress"),
            (("in_progress", "new"), "in_progress"),
            (("no_answer", "contacted", "new"), "contacted"),
            (("new", "lost"), "new"),
            (("won", "in_progress"), "won"),
        ):
            with self.subTest(roles):
                self.assertEqual(self.merged(*map(self.lead_in, roles)).handling_role, expected)

    def test_nothing_follows_anew(self):
        """No e-mail of the status goes a second time, and what was planned stays as it was."""
        template = self.env["mail.template"].create(
            {"name": "Hello", "model_id": self.env["ir.model"]._get_id("crm.lead"), "subject": "Hello again"}
        )
        self.status("crm.lead", "in_progress").mail_template_id = template
        first = self.lead(contact_basis="enquiry", email_from="a@example.com")
        second = self.lead(contact_basis="enquiry", email_from="a@example.com")
        second.handling_status_id = self.status("crm.lead", "in_progress")
        sent = self.env["mail.mail"].search([("subject", "=", "Hello again")])
        planned = (first | second).activity_ids
        kept = self.merged(first, second)
        self.assertLessEqual(self.env["mail.mail"].search([("subject", "=", "Hello again")]), sent)
        self.assertEqual(kept.activity_ids, planned)

    def test_tries_and_the_earliest_contact(self):
        first, second = self.lead(), self.lead()
        first.action_log_attempt("no_answer", date="2026-03-05 10:00:00")
        first.action_log_attempt("reached", date="2026-03-06 10:00:00")
        second.action_log_attempt("reached", date="2026-03-02 10:00:00")
        second.action_log_attempt("reached", date="2026-03-09 10:00:00")
        kept = self.merged(first, second)
        self.assertEqual((kept.attempt_count, len(kept.contact_attempt_ids)), (4, 4))
        self.assertEqual(str(kept.first_contact_date), "2026-03-02 10:00:00")
        self.assertEqual(str(kept.last_contact_date), "2026-03-09 10:00:00")

    def test_tries_that_are_kept_no_longer_count(self):
        """Attempts are deleted when their time has come; their number stays."""
        first, second = self.lead(), self.lead()
        for lead in (first, second):
            lead.action_log_attempt("reached", date="2026-03-02 10:00:00")
        (first | second).contact_attempt_ids._forget()
        kept = self.merged(first, second)
        self.assertEqual((kept.attempt_count, str(kept.first_contact_date)), (2, "2026-03-02 10:00:00"))

    def test_the_response(self):
        new, answered = self.lead(), self.lead()
        answered.action_log_attempt("reached")
        band = answered.response_band
        self.assertTrue(band)
        self.assertEqual(self.merged(new, answered).response_band, band)

    def test_consent(self):
        plain, agreed = self.lead(), self.lead(contact_basis="consent", consent_date="2026-03-01")
        kept = self.merged(plain, agreed)
        self.assertEqual((kept.contact_basis, str(kept.consent_date)), ("consent", "2026-03-01"))


@tagged("post_install", "-at_install")
class TestNeverNobody(LeadCase):
    def test_returned_to_the_manager(self):
        """Who handed it over has gone, and the team has no leader."""
        manager = self.user("sales_boss", "sales_team.group_sale_manager")
        sender, seller = (self.user(login, "sales_team.group_sale_salesman") for login in ("sender", "receiver"))
        self.env["crm.team"].search([]).user_id = False
        lead = self.lead(user_id=sender.id)
        lead.with_user(sender).action_hand_over(user=seller)
        sender.active = False
        lead.with_user(seller).action_return("No budget")
        self.assertEqual((lead.user_id, lead.handover_state, lead.activity_ids.user_id), (manager, "returned", manager))

    def left(self):
        """A salesperson who has gone, and whose team has a leader."""
        leaver, leader = self.user("leaver", SELLS), self.user("stays", SELLS)
        team = self.env["crm.team"].create({"name": "Team", "user_id": leader.id, "member_ids": leaver.ids})
        return leaver, leader, {"user_id": leaver.id, "team_id": team.id}

    def test_nobody_has_called_and_the_salesperson_has_gone(self):
        leaver, leader, values = self.left()
        lead = self.lead(**values)
        leaver.active = False
        self.env["crm.lead"].with_context(l2c_today="2026-03-12 13:00:00")._cron_response()
        self.assertEqual((lead.activity_ids.summary, lead.activity_ids.user_id), ("Nobody has called yet", leader))

    def test_what_is_planned_by_night(self):
        """Of who has gone, and of nobody: the leader has it."""
        leaver, leader, values = self.left()
        reason = self.env.ref("crm.lost_reason_1")
        for user_id in (leaver.id, False):
            leaver.active = True
            lead, order = self.lead(**values), self.order(**values, validity_date="2026-03-12")
            order.action_quotation_sent()
            lead.user_id = order.user_id = user_id
            lead.action_close(reason)
            leaver.active = False
            for document, day, summary in (
                (order, "2026-03-11", "Valid until 03/12/2026 only: call"),
                (order, "2026-03-13", "Expired: renew the quotation, or close it"),
                (lead, "2026-09-10", "Ask again"),
            ):
                with self.subTest(summary, user=user_id):
                    self.nightly(day)
                    self.assertEqual((document.activity_ids.summary, document.activity_ids.user_id), (summary, leader))

    def test_opened_again_when_the_salesperson_has_gone(self):
        leaver, leader, values = self.left()
        lead = self.lead(**values)
        lead.action_close(self.env.ref("crm.lost_reason_1"))
        leaver.active = False
        lead.action_come_back()
        self.assertEqual((lead.user_id, lead.activity_ids.user_id), (leader, leader))


@tagged("post_install", "-at_install")
class TestAllOfAPerson(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.user("work_boss", "sales_team.group_sale_manager")
        cls.leaver, cls.anna, cls.ben = (
            cls.user(login, "sales_team.group_sale_salesman") for login in ("leaver", "anna", "ben")
        )

    def hand_over(self, *users, by=None):
        form = Form(self.env["sales.work.hand.over"].with_user(by or self.boss))
        form.from_user_id = self.leaver
        for user in users:
            form.user_ids.add(user)
        return form.save().action_hand_over()

    def test_everything_open(self):
        self.customer.user_id = self.leaver
        self.env["res.partner"].create({"name": "Person", "parent_id": self.customer.id})
        leads = [self.lead(partner_id=self.customer.id, user_id=self.leaver.id) for _number in range(2)]
        other = self.lead(user_id=self.leaver.id, name="Other")
        lost, won = self.lead(user_id=self.leaver.id), self.lead(user_id=self.leaver.id)
        lost.action_set_lost()
        won.action_set_won()
        order = self.order(user_id=self.leaver.id)
        confirmed = self.order(user_id=self.leaver.id)
        confirmed.action_confirm()
        task = leads[0].activity_schedule("mail.mail_activity_data_todo", user_id=self.leaver.id, automated=False)
        visit = self.customer.activity_schedule("mail.mail_activity_data_todo", user_id=self.leaver.id)
        mine = leads[0].activity_schedule("mail.mail_activity_data_todo", user_id=self.ben.id)
        self.leaver.active = False
        action = self.hand_over(self.anna, self.ben)
        owner = self.customer.user_id
        self.assertIn(owner, self.anna | self.ben)
        self.assertEqual({lead.user_id for lead in leads} | {order.user_id, task.user_id, visit.user_id}, {owner})
        self.assertEqual(other.user_id, (self.anna | self.ben) - owner, "evenly")
        self.assertEqual((lost.user_id, won.user_id, confirmed.user_id), (self.leaver, self.leaver, self.leaver))
        self.assertEqual(mine.user_id, self.ben)
        self.assertIn("3", action["params"]["message"])

    def test_queries_do_not_grow(self):
        def make(number):
            for _number in range(number):
                partner = self.env["res.partner"].create({"name": "Customer", "user_id": self.leaver.id})
                lead = self.lead(partner_id=partner.id, user_id=self.leaver.id)
                lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.leaver.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.hand_over(self.anna)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        make(1)
        few, many = make(2), make(12)
        self.assertLess(many - few, 30, "of ten more leads and ten more customers")

    def test_refused(self):
        stranger = self.user("portal_one", "base.group_portal")
        clerk = self.user("clerk_one", "base.group_user")
        for users, sentence in (
            ((), "Choose who gets the work"),
            ((self.leaver,), "leaver .*gives the work away"),
            ((clerk,), "clerk_one .*does not work with leads"),
            ((stranger,), "portal_one .*does not work with leads"),
        ):
            wizard = self.env["sales.work.hand.over"].with_user(self.boss)
            values = {"from_user_id": self.leaver.id, "user_ids": [(6, 0, [user.id for user in users])]}
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
                wizard.create(values).action_hand_over()

    def test_by_managers_only(self):
        with self.assertRaises(AccessError):
            self.env["sales.work.hand.over"].with_user(self.anna).create({"from_user_id": self.leaver.id})

    def test_another_company(self):
        """What lies in a company in which one of them doesn't work: a sentence, and nothing is changed."""
        there = self.env["res.company"].create({"name": "There"})
        self.boss.company_ids |= there
        self.leaver.company_ids |= there
        lead = self.lead(user_id=self.leaver.id, company_id=there.id, team_id=False)
        here = self.lead(user_id=self.leaver.id, company_id=self.env.company.id)
        wizard = self.env["sales.work.hand.over"].with_user(self.boss)
        values = {"from_user_id": self.leaver.id, "user_ids": [(6, 0, self.anna.ids)]}
        with self.assertRaisesRegex(UserError, "anna .*may not work in There"), self.cr.savepoint():
            wizard.with_context(allowed_company_ids=[self.env.company.id, there.id]).create(values).action_hand_over()
        wizard.with_context(allowed_company_ids=self.env.company.ids).create(values).action_hand_over()
        self.assertEqual((here.user_id, lead.user_id), (self.anna, self.leaver))
