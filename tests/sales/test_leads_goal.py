"""Ten minutes: which leads count down, where they stand on the call list, who is told, and of which nothing is known."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .test_call_list import CallListCase
from .test_leads_response import ResponseCase

CAME = "2026-03-10 10:55:00"
MAIL = """From: Noa <noa@example.com>
To: sales@example.com
Subject: Tills
Message-Id: <%s@example.com>

We need tills for three shops.
"""


class GoalCase(ResponseCase):
    def enquiry(self, moment, **values):
        return self.lead_at(moment, **{"contact_basis": "enquiry", **values})

    def goal(self, lead):
        return str(lead.response_goal) if lead.response_goal else None


@tagged("post_install", "-at_install")
class TestGoal(GoalCase):
    def test_minutes_of_opening_hours_as_the_company_says(self):
        for minutes, came, goal in (
            (10, "2026-03-10 09:30:00", "2026-03-10 09:40:00"),
            (10, "2026-03-10 03:00:00", "2026-03-10 08:10:00"),
            (10, "2026-03-06 16:55:00", "2026-03-09 08:05:00"),
            (30, "2026-03-10 09:30:00", "2026-03-10 10:00:00"),
            (0, "2026-03-10 09:30:00", None),
        ):
            self.env.company.response_goal_minutes = minutes
            self.assertEqual(self.goal(self.enquiry(came)), goal, came)

    def test_the_setting(self):
        self.env.user.group_ids |= self.env.ref("sales_team.group_sale_manager")
        with Form(self.env["res.config.settings"]) as form:
            form.response_goal_minutes = 15
        form.record.execute()
        self.assertEqual(self.env.company.response_goal_minutes, 15)
        for minutes in (-1, 100000):
            with self.assertRaisesRegex(ValidationError, "within a number of minutes"):
                self.env.company.response_goal_minutes = minutes

    def test_an_email_that_makes_a_lead_counts_down(self):
        lead = self.env["crm.lead"].browse(
            self.env["mail.thread"]
            .with_context(l2c_today="2026-03-10 09:30:00")
            .message_process("crm.lead", MAIL % "one")
        )
        self.assertEqual(self.goal(lead), "2026-03-10 09:40:00")

    def test_what_did_not_just_come_does_not_count_down(self):
        leads = self.env["crm.lead"].with_context(l2c_today="2026-03-10 09:30:00")
        values = {"name": "Lead", "contact_basis": "enquiry"}
        enquiry = leads.create(values)
        imported = leads.with_context(import_file=True).create(values)
        loaded = leads.load(["name", "contact_basis"], [["Loaded", "Own enquiry"]])["ids"]
        cases = {
            "by hand": leads.create({"name": "Lead"}),
            "in numbers": leads.create([values] * 2),
            "a duplicate": enquiry.copy(),
            "imported": imported,
            "closed": leads.create({**values, "active": False, "probability": 0}),
        }
        for name, made in cases.items():
            self.assertEqual([self.goal(lead) for lead in made], [None] * len(made), name)
        self.assertEqual(len(loaded), 1)
        self.assertTrue(enquiry.response_goal)

    def test_nobody_writes_the_goal(self):
        lead = self.enquiry("2026-03-10 09:30:00").with_user(self.seller)
        for name in ("response_goal", "response_leader_date", "is_from_before"):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                lead.write({name: False})


@tagged("post_install", "-at_install")
class TestGoalAlerts(GoalCase):
    def leaders_told(self, lead):
        activities = self.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        return activities.filtered(lambda row: row.summary == "Nobody has called for an hour").user_id

    def test_the_leader_is_told_after_an_hour_of_work(self):
        lead = self.enquiry("2026-03-09 16:30:00")
        self.assertEqual(str(self.triggers()[0].call_at), "2026-03-10 08:30:00")
        for moment, told in (("2026-03-10 08:29:00", 0), ("2026-03-10 08:30:00", 1), ("2026-03-10 09:00:00", 1)):
            self.run_at(moment)
            self.assertEqual(len(self.leaders_told(lead)), told, moment)
        self.assertEqual(self.leaders_told(lead), self.leader)

    def test_nobody_is_told_of_what_was_called_or_is_planned(self):
        called, planned = self.enquiry("2026-03-10 09:00:00"), self.enquiry("2026-03-10 09:00:00")
        called.with_context(l2c_today="2026-03-10 09:30:00").action_no_answer()
        planned.next_action_date = "2026-03-30"
        self.run_at("2026-03-10 12:00:00")
        self.run_at("2026-03-13 12:00:00")
        for lead in (called, planned):
            self.assertFalse(self.leaders_told(lead))
            self.assertEqual(self.told(lead), [])

    def test_after_a_working_day_everybody_of_the_team_may_take_it(self):
        colleague = self.user("colleague", "sales_team.group_sale_salesman")
        self.team.member_ids = self.seller | colleague
        lead = self.enquiry("2026-03-05 09:00:00")
        by_hand = self.lead_at("2026-03-05 09:00:00")
        self.run_at("2026-03-06 08:59:00")
        self.assertEqual(lead.user_id, self.seller)
        self.run_at("2026-03-06 09:00:00")
        self.assertEqual(
            (lead.user_id.id, lead.handover_state, lead.handed_over_by_id), (False, "waiting", self.seller)
        )
        self.assertEqual(by_hand.user_id, self.seller)
        line = self.env["call.list.line"].with_user(colleague).search([("res_id", "=", lead.id)])
        line.action_accept()
        self.assertEqual(lead.user_id, colleague)

    def test_who_is_alone_keeps_it(self):
        self.team.member_ids = self.seller
        lead = self.enquiry("2026-03-05 09:00:00")
        self.run_at("2026-03-06 09:00:00")
        self.assertEqual(lead.user_id, self.seller)

    def test_without_a_leader(self):
        for values in ({"team_id": False}, {"team_id": self.env["crm.team"].create({"name": "Nobody's"}).id}):
            lead = self.enquiry("2026-03-10 09:00:00", **values)
            self.run_at("2026-03-10 12:00:00")
            self.assertFalse(self.leaders_told(lead))


@tagged("post_install", "-at_install")
class TestGoalOnTheList(CallListCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"

    def enquiry(self, came=CAME, **values):
        lead = self.env["crm.lead"].with_context(l2c_today=came)
        lead = lead.create({"name": "Enquiry", "user_id": self.seller.id, "contact_basis": "enquiry", **values})
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (came, lead.id))
        self.env.invalidate_all()
        return lead.with_context(l2c_today=self.env.context["l2c_today"])

    def kinds(self, **context):
        return [(line.res_id, line.kind) for line in self.lines(self.seller, **context)]

    def test_the_newest_first_as_long_as_the_goal_is_not_over(self):
        old = self.called("old")
        first, second = self.enquiry("2026-03-10 10:52:00"), self.enquiry("2026-03-10 10:55:00")
        for moment, kinds in (
            ("11:00", [(second, "goal"), (first, "goal"), (old, "first")]),
            ("11:03", [(second, "goal"), (old, "first"), (first, "first")]),
            ("13:00", [(old, "first"), (first, "first"), (second, "first")]),
        ):
            expected = [(lead.id, kind) for lead, kind in kinds]
            self.assertEqual(self.kinds(l2c_today=f"2026-03-10 {moment}:00"), expected, moment)
        second.with_context(l2c_today="2026-03-10 10:59:00").action_no_answer()
        expected = [(first.id, "goal"), (old.id, "first")]
        self.assertEqual(self.kinds(l2c_today="2026-03-10 11:00:00"), expected)

    def test_a_night(self):
        """What comes at night counts from the opening."""
        lead = self.enquiry("2026-03-09 22:00:00")
        self.assertEqual(self.kinds(l2c_today="2026-03-10 07:00:00"), [(lead.id, "goal")])
        self.assertEqual(self.kinds(l2c_today="2026-03-10 08:10:01"), [(lead.id, "first")])

    def test_one_line_a_person_in_the_goal_too(self):
        old = self.called("old", email_from="noa@example.com")
        self.called("silent", "no_answer", "2026-03-10", email_from="noa@example.com")
        quotation = self.sent(partner_id=self.customer.id)
        asked = self.enquiry("2026-03-10 10:52:00", email_from="noa@example.com")
        again = self.enquiry("2026-03-10 10:55:00", email_from="noa@example.com")
        customer = self.enquiry("2026-03-10 10:54:00", partner_id=self.customer.id)
        self.assertEqual(self.kinds(l2c_today="2026-03-10 11:00:00"), [(again.id, "goal"), (customer.id, "goal")])
        expected = [(old.id, "first"), (customer.id, "first")]
        self.assertEqual(self.kinds(l2c_today="2026-03-10 13:00:00"), expected)
        self.assertIn(asked.name, self.line(again, l2c_today="2026-03-10 11:00:00").also)
        self.assertIn(quotation.name, self.line(customer, l2c_today="2026-03-10 11:00:00").also)

    def test_what_stands_on_the_line(self):
        lead = self.enquiry()
        line = self.line(lead, l2c_today="2026-03-10 11:00:00")
        self.assertEqual(line.reason, "New enquiry, nobody has called yet; 5 minutes left")
        self.assertEqual(str(line.response_goal), "2026-03-10 11:05:00")
        self.assertEqual(line.id, lead.id * 10 + 4)
        found = self.lines(domain=[("id", "=", line.id)], l2c_today="2026-03-10 11:00:00")
        self.assertEqual(found, line)
        line.with_context(l2c_today="2026-03-10 11:06:00").action_no_answer()
        self.env.invalidate_all()
        self.assertEqual((line.kind, line.name), ("no_answer", "Enquiry"))  # who has it open can still read it

    def test_a_skipped_line_does_not_come_again_when_its_goal_is_over(self):
        lead, other = self.enquiry(), self.called("other")
        lines = self.env["call.list.line"].with_user(self.seller).with_context(l2c_today="2026-03-10 11:00:00")
        action = lines.action_start()
        self.assertEqual(action["res_id"], lead.id * 10 + 4)
        line = lines.browse(action["res_id"]).with_context(**action["context"], l2c_today="2026-03-10 11:10:00")
        action = line.action_open_next()["params"]["action"]
        self.assertEqual(action["res_id"], other.id * 10 + 1)
        line = lines.browse(action["res_id"]).with_context(**action["context"], l2c_today="2026-03-10 11:10:00")
        self.assertEqual(line.action_open_next()["tag"], "display_notification")

    def test_first_calls_by_score_then_waiting(self):
        plain = {"probability": 10}
        old = self.called("old", created="2026-03-09 09:00:00", **plain)
        young = self.called("young", created="2026-03-10 09:00:00", **plain)
        keen = self.called("keen", created="2026-03-10 10:00:00", interest_level="high", **plain)
        known = self.called(
            "known", created="2026-03-10 11:00:00", need="Tills", budget=100, interest_level="medium", **plain
        )
        likely = self.called("likely", created="2026-03-10 11:30:00", probability=90)
        leads = [likely, known, keen, old, young]
        self.assertEqual(self.lines().mapped("res_id"), [lead.id for lead in leads])

    def test_from_before_stand_apart(self):
        """As after installing: no status was logged, no deadline set, and it isn't said that nobody has called."""
        before = self.called("before")
        silent = self.called("silent", "no_answer", "2026-03-10")
        self.env.cr.execute(
            "DELETE FROM handling_status_change WHERE res_model = 'crm.lead' AND res_id = %s", (before.id,)
        )
        self.env.cr.execute("UPDATE crm_lead SET response_deadline = NULL WHERE id = %s", (before.id,))
        self.env.invalidate_all()
        since = self.called("since")
        self.env["crm.lead"]._mark_from_before()
        self.assertEqual(self.kinds(), [(since.id, "first"), (silent.id, "no_answer"), (before.id, "before")])
        line = self.line(before)
        self.assertNotIn("nobody has called", line.reason)
        self.assertEqual(self.lines(domain=[("kind", "=", "before")]), line)
        line.with_user(self.seller).action_no_answer()
        self.assertFalse(self.line(before))

    # The bus -----------------------------------------------------------------------------

    def heard(self):
        """What the bus has said of new enquiries: (whom, ids)."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", "lead_to_cash.new_enquiry")], order="id")
        found = [(json.loads(row.channel), json.loads(row.message)["payload"]["ids"]) for row in rows]
        rows.unlink()
        return [(channel[-1], ids) for channel, ids in found]

    def test_its_salesperson_hears_of_it_at_once(self):
        colleague = self.user("list_colleague", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].create({"name": "Team", "member_ids": [(6, 0, (self.seller | colleague).ids)]})
        self.heard()
        lead = self.enquiry()
        self.assertEqual(self.heard(), [(self.seller.partner_id.id, [lead.id])])
        self.called("by hand")
        self.assertEqual(self.heard(), [])
        free = self.enquiry(user_id=False, team_id=team.id)
        self.assertEqual(sorted(self.heard()), sorted((u.partner_id.id, [free.id]) for u in (self.seller, colleague)))
        free.with_context(l2c_today="2026-03-10 11:00:00").user_id = colleague
        self.assertEqual(self.heard(), [(colleague.partner_id.id, [free.id])])
        free.with_user(colleague).with_context(l2c_today="2026-03-10 11:00:00").user_id = colleague
        free.with_context(l2c_today="2026-03-10 13:00:00").user_id = self.seller
        self.assertEqual(self.heard(), [])

    def test_who_gives_an_enquiry_away(self):
        colleague = self.user("list_colleague", "sales_team.group_sale_salesman")
        lead = self.enquiry()
        self.heard()
        self.env.invalidate_all()
        lead.with_user(self.seller).with_context(l2c_today="2026-03-10 11:00:00").write({"user_id": colleague.id})
        self.assertEqual(self.heard(), [(colleague.partner_id.id, [lead.id])])

    def news(self, ids, moment="2026-03-10 11:00:00", user=None):
        self.env.flush_all()
        lines = self.env["call.list.line"].with_user(user or self.seller).with_context(l2c_today=moment)
        return lines.get_new_enquiries(ids)

    def test_what_is_told(self):
        one, two = self.enquiry(contact_name="Noa"), self.enquiry("2026-03-10 10:56:00", contact_name="Ion")
        theirs = self.enquiry(user_id=self.user("list_other", "sales_team.group_sale_salesman").id)
        told = {"on_call": False, "message": "New enquiry: Noa", "unassigned": False}
        self.assertEqual(self.news([one.id, theirs.id]), told)
        self.assertEqual(self.news([one.id, two.id])["message"], "New enquiries: 2")
        self.assertEqual(self.news([one.id, two.id], "2026-03-10 11:30:00")["message"], "")
        self.assertEqual(self.news([])["message"], "")
        for strange in ("all", ["a"], [[1]], None, [True]):
            with self.assertRaisesRegex(UserError, "Open the call list"):
                self.news(strange)

    def test_an_enquiry_of_the_team_that_a_colleague_takes(self):
        """It is told as nobody's; the others hear at once that it is taken, and aren't told of it any more."""
        colleague = self.user("list_colleague", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].create({"name": "Team", "member_ids": [(6, 0, (self.seller | colleague).ids)]})
        lead = self.enquiry(user_id=False, team_id=team.id, contact_name="Noa")
        told = {"on_call": False, "message": "New enquiry: Noa", "unassigned": True}
        self.assertEqual(self.news([lead.id]), told)
        self.env.cr.precommit.run()
        self.line(lead, colleague, l2c_today="2026-03-10 11:00:00").action_open()
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", "lead_to_cash.taken_enquiry")])
        heard = [(json.loads(row.channel)[-1], json.loads(row.message)["payload"]) for row in rows]
        self.assertEqual(heard, [(self.seller.partner_id.id, {"ids": lead.ids})])
        self.assertEqual(self.news([lead.id])["message"], "")
        self.assertEqual(self.news([lead.id], "2026-03-10 11:00:00", colleague)["message"], "New enquiry: Noa")

    def test_nothing_is_told_while_somebody_is_called(self):
        called, asked = self.called("called"), self.enquiry()
        moment = "2026-03-10 11:00:00"
        self.line(called, self.seller, l2c_today=moment).action_take()
        self.assertTrue(self.news([asked.id])["on_call"])
        called.with_user(self.seller).with_context(l2c_today=moment).action_no_answer()
        self.assertFalse(self.news([asked.id])["on_call"])
