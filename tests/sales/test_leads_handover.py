"""Marketing hands over, sales accepts or returns; qualification on quotation and call list;
referrals."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..common import TODAY, HandlingCase
from .test_call_list import CallListCase

QUALIFIED = {
    "need": "Tills for three shops",
    "interest_level": "high",
    "budget": 18000,
    "decision_maker": "The owner",
    "decision_when": "Before Easter",
}


@tagged("post_install", "-at_install")
class TestHandOver(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls.user("marketing", "sales_team.group_sale_salesman")
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.leader = cls.user("leader", "sales_team.group_sale_salesman_all_leads")
        cls.team = cls.env["crm.team"].create({"name": "Field sales", "user_id": cls.leader.id})

    def handed_over(self, note="Met at the fair", **values):
        lead = self.lead(user_id=self.marketing.id, **values)
        lead.with_user(self.marketing).action_hand_over(user=self.seller, note=note)
        return lead

    def chatter(self, lead):
        return lead.message_ids[:1].body

    def test_handed_over_to_a_salesperson(self):
        lead = self.handed_over(note="<i>Met</i> at the fair")
        self.assertEqual((lead.handover_state, lead.user_id), ("waiting", self.seller))
        self.assertEqual((lead.handed_over_by_id, str(lead.handed_over_date)), (self.marketing, f"{TODAY} 12:00:00"))
        self.assertEqual(lead.handling_role, "new")
        self.assertIn("Handed over to seller", self.chatter(lead))
        self.assertIn("&lt;i&gt;Met", self.chatter(lead))

    def test_accepted(self):
        lead = self.handed_over()
        lead.with_user(self.seller).action_accept()
        self.assertEqual((lead.handover_state, lead.user_id), ("accepted", self.seller))
        self.assertIn("Accepted", self.chatter(lead))

    def test_a_team_gets_it_and_the_first_who_accepts(self):
        lead = self.lead(user_id=self.marketing.id)
        lead.with_user(self.marketing).action_hand_over(team=self.team.id)
        self.assertEqual((lead.user_id, lead.team_id, lead.handover_state), (lead.user_id[:0], self.team, "waiting"))
        lead.with_user(self.seller).action_accept()
        self.assertEqual((lead.user_id, lead.handover_state), (self.seller, "accepted"))
        with self.assertRaisesRegex(UserError, "somebody has answered already"):
            lead.with_user(self.leader).action_accept()

    def test_odoos_own_assignment_gives_it_to_somebody(self):
        """Of a lead handed over to a team, as of any other; it still waits for acceptance."""
        self.env["crm.team.member"].create(
            {"crm_team_id": self.team.id, "user_id": self.seller.id, "assignment_max": 30}
        )
        self.team.assignment_domain = "[('name', '=', 'To be assigned')]"
        lead = self.lead(name="To be assigned", user_id=False)
        lead.action_hand_over(team=self.team)
        self.team._action_assign_leads(force_quota=True)
        self.assertEqual((lead.user_id, lead.handover_state), (self.seller, "waiting"))

    def test_returned_with_a_reason(self):
        lead = self.handed_over()
        lead.with_user(self.seller).action_return("Only wants <b>a job</b>")
        self.assertEqual((lead.handover_state, lead.user_id), ("returned", self.marketing))
        self.assertIn("Only wants &lt;b&gt;a job", self.chatter(lead))
        activity = lead.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.marketing, "Returned by sales"))
        self.assertIn("Only wants &lt;b&gt;a job", activity.note)
        found = self.env["crm.lead"].with_user(self.marketing).search([("handover_state", "=", "returned")])
        self.assertEqual(found, lead)
        with self.assertRaises(AccessError):
            lead.with_user(self.seller).read(["name"])

    def test_returned_when_the_sender_is_gone(self):
        manager = self.user("manager", "sales_team.group_sale_manager")
        for leader, expected in ((self.leader, self.leader), (self.leader.browse(), manager)):
            lead = self.handed_over()
            lead.team_id = self.team
            self.team.user_id = leader
            self.marketing.active = False
            lead.with_user(self.seller).action_return("No budget")
            self.assertEqual(
                (lead.handover_state, lead.user_id, lead.activity_ids.user_id), ("returned", expected, expected)
            )
            self.marketing.active = True

    def test_returned_and_handed_over_again(self):
        lead = self.handed_over()
        lead.with_user(self.seller).action_return("No phone number")
        lead.with_user(self.marketing).action_hand_over(user=self.seller.id)
        self.assertEqual((lead.handover_state, lead.handover_note), ("waiting", False))

    def test_what_was_planned_automatically_goes_along(self):
        lead = self.lead(user_id=self.marketing.id)
        lead.action_log_attempt("reached")
        lead.with_user(self.marketing).activity_schedule(
            "mail.mail_activity_data_todo", TODAY, "My own", user_id=self.marketing.id, automated=False
        )
        lead.with_user(self.marketing).action_hand_over(user=self.seller)
        self.env.invalidate_all()
        planned = {activity.summary: activity.user_id for activity in lead.activity_ids}
        self.assertEqual(planned, {"Follow up": self.seller, "My own": self.marketing})

    def test_refused(self):
        """Each with a message that says what to do; nothing changes."""
        lead, other = self.handed_over(), self.lead(user_id=self.seller.id)
        lost, won = self.lead(user_id=self.seller.id), self.lead(user_id=self.seller.id)
        lost.action_set_lost()
        won.action_set_won()
        clerk = self.user("clerk", "base.group_user")
        gone = self.user("gone", "sales_team.group_sale_salesman")
        gone.active = False
        cases = {
            "nobody": (other.action_hand_over, "Choose the salesperson or the team"),
            "no salesperson": (lambda: other.action_hand_over(user=clerk), "clerk .*does not work with leads"),
            "archived": (lambda: other.action_hand_over(user=gone), "gone .*does not work with leads"),
            "lost": (lambda: lost.action_hand_over(user=self.seller), "is closed. Restore it"),
            "won": (lambda: won.action_hand_over(user=self.seller), "is closed. Restore it"),
            "no reason": (lambda: lead.action_return("  "), "Say why"),
            "not handed over": (other.action_accept, "was not handed over"),
            "not returnable": (lambda: other.action_return("No"), "was not handed over"),
            "some of many": ((lead | other).action_accept, "was not handed over"),
            "no dialog": (other.action_return_dialog, "was not handed over"),
        }
        for name, (way, message) in cases.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, message), self.cr.savepoint():
                way()
            self.assertEqual((lead.handover_state, other.handover_state), ("waiting", False))
            self.assertEqual(other.user_id, self.seller)

    def test_another_salesperson_neither_accepts_nor_returns(self):
        lead, other = self.handed_over(), self.user("other", "sales_team.group_sale_salesman")
        for way in (lambda lead: lead.action_accept(), lambda lead: lead.action_return("Mine")):
            with self.assertRaises(AccessError):
                way(lead.with_user(other))
        with self.assertRaises(AccessError):
            lead.with_user(other).action_hand_over(user=other)
        self.assertEqual((lead.handover_state, lead.user_id), ("waiting", self.seller))

    def test_a_lead_that_nobody_handed_over_works_as_before(self):
        lead = self.lead(user_id=self.seller.id)
        lead.with_user(self.seller).action_log_attempt("reached")
        lead.action_set_won()
        self.assertEqual((lead.handover_state, lead.handling_role), (False, "won"))

    def test_many_at_once(self):
        """The number of queries doesn't grow with the leads."""
        counts = []
        for number in (2, 20):
            leads = self.env["crm.lead"].create(
                [{"name": f"Lead {i}", "user_id": self.marketing.id} for i in range(number)]
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            leads.with_user(self.marketing).action_hand_over(user=self.seller)
            leads.with_user(self.seller).action_return("All wrong")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(set(leads.mapped("handover_state")), {"returned"})
        plain = self.plain_reassignments(20) - self.plain_reassignments(2)
        self.assertLessEqual(counts[1] - counts[0], plain + 10)

    def plain_reassignments(self, number):
        """Queries of Odoo itself for giving so many leads away, twice, with an activity."""
        leads = self.env["crm.lead"].create([{"name": f"Plain {i}"} for i in range(number)])
        self.env.flush_all()
        before = self.cr.sql_log_count
        for user in (self.seller, self.marketing):
            leads.user_id = user
            leads._message_log_batch(bodies=dict.fromkeys(leads.ids, "Given away"))
        leads.activity_schedule("mail.mail_activity_data_todo", TODAY, "Look", user_id=self.marketing.id)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_merged_leads_keep_what_is_known(self):
        first = self.lead(name="First", type="lead", user_id=self.seller.id, need="Tills", probability=50)
        second = self.lead(name="Second", type="lead", user_id=self.seller.id, **QUALIFIED)
        second.with_user(self.seller).action_hand_over(user=self.seller, note="Twice")
        merged = (first | second).with_user(self.seller).merge_opportunity()
        for name in ("interest_level", "budget", "decision_maker", "decision_when"):
            self.assertEqual(merged[name], QUALIFIED[name])
        self.assertEqual((merged.handover_state, merged.handed_over_by_id), ("waiting", self.seller))
        self.assertEqual(str(merged.qualified_date), TODAY)

    def test_a_copy_is_not_handed_over(self):
        copy = self.handed_over().copy()
        self.assertFalse(copy.handover_state or copy.handed_over_by_id or copy.handover_note)

    # Dialogs -------------------------------------------------------------------------------

    def dialog(self, action, user):
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def test_dialogs(self):
        lead = self.lead(user_id=self.marketing.id)
        with self.dialog(lead.with_user(self.marketing).action_hand_over_dialog(), self.marketing) as form:
            form.user_id = self.seller
            form.note = "Call before noon"
        action = form.record.action_hand_over()
        self.assertEqual((lead.user_id, lead.handover_note), (self.seller, "Call before noon"))
        # The lead is no longer marketing's: the form can't stay.
        self.assertEqual((action["res_model"], action["target"]), ("crm.lead", "main"))
        with self.dialog(lead.with_user(self.seller).action_return_dialog(), self.seller) as form:
            form.reason = "No answer to three mails"
        form.record.action_return()
        self.assertEqual((lead.user_id, lead.handover_state), (self.marketing, "returned"))

    def test_dialog_where_the_lead_stays_in_sight(self):
        lead = self.lead(user_id=self.marketing.id)
        with self.dialog(lead.with_user(self.leader).action_hand_over_dialog(), self.leader) as form:
            form.user_id = self.seller
        action = form.record.action_hand_over()
        self.assertEqual(action["type"], "ir.actions.act_window_close")


@tagged("post_install", "-at_install")
class TestQualification(CallListCase):
    def test_qualified_when_need_and_interest_are_known(self):
        lead = self.lead()
        for values, day, expected in (
            ({"need": "Tills"}, TODAY, False),
            ({"interest_level": "low"}, TODAY, TODAY),
            ({"interest_level": "high"}, "2026-03-12", TODAY),
            ({"need": False}, "2026-03-12", False),
        ):
            lead.with_context(l2c_today=day).write(values)
            self.assertEqual(lead.qualified_date and str(lead.qualified_date), expected)

    def test_the_list_says_what_has_to_be_known(self):
        manager = self.user("list_manager", "sales_team.group_sale_manager")
        questions = self.env["lead.qualification"].with_user(manager)
        lead, lost = self.lead(need="Tills", interest_level="low"), self.lead(need="Tills", interest_level="low")
        lost.action_set_lost(lost_reason_id=self.env.ref("crm.lost_reason_1").id)
        added = questions.create([{"question": "budget"}, {"question": "tag_ids"}])
        self.assertEqual((lead.qualified_date, str(lost.qualified_date)), (False, TODAY))
        lead.write({"budget": 100, "tag_ids": [(0, 0, {"name": "Shops"})]})
        self.assertEqual(str(lead.qualified_date), TODAY)
        other = self.lead(need="Tills", interest_level="low")
        self.assertFalse(other.qualified_date)
        added.unlink()
        self.assertEqual(str(other.qualified_date), TODAY)
        questions.search([]).unlink()
        self.assertFalse(lead.qualified_date or other.qualified_date)
        with self.assertRaises(AccessError):
            questions.with_user(self.seller).create({"question": "need"})

    def test_asked_for_at_the_hand_over(self):
        self.env["lead.qualification"].create({"question": "budget"})
        lead = self.lead(need="Tills")
        action = lead.action_hand_over_dialog()
        form = Form(self.env["lead.hand.over"].with_context(**action["context"]))
        self.assertEqual(form.need, "Tills")
        self.assertEqual(form.asked, "need interest_level budget")
        form.user_id, form.interest_level, form.budget = self.seller, "high", 900
        form.save().action_hand_over()
        self.assertEqual((lead.need, lead.interest_level, lead.budget), ("Tills", "high", 900))
        self.assertTrue(lead.qualified_date)

    def test_on_the_quotation(self):
        """Also for a salesperson who doesn't see the lead."""
        other = self.user("other_seller", "sales_team.group_sale_salesman")
        lead = self.lead(user_id=other.id, partner_id=self.customer.id, **QUALIFIED)
        order = self.order(opportunity_id=lead.id, user_id=self.seller.id).with_user(self.seller)
        self.assertEqual({name: order[f"lead_{name}"] for name in QUALIFIED}, QUALIFIED)
        self.assertEqual(str(order.lead_qualified_date), TODAY)
        self.assertFalse(self.order(user_id=self.seller.id).lead_need)

    def test_in_the_call_list(self):
        lead = self.called("Lead", **QUALIFIED)
        order = self.sent(opportunity_id=self.lead(partner_id=self.customer.id, **QUALIFIED).id)
        unknown = dict.fromkeys(QUALIFIED, False) | {"budget": 0}
        for document, known in ((lead, QUALIFIED), (order, QUALIFIED), (self.sent(), unknown)):
            line = self.line(document, self.seller)
            self.assertEqual({name: line[name] for name in QUALIFIED}, known)

    def test_a_lead_handed_over_in_the_call_list(self):
        marketing = self.user("marketing", "sales_team.group_sale_salesman_all_leads")
        lead, plain, quotation = self.called("Handed over"), self.called("Plain"), self.sent()
        lead.with_user(marketing).action_hand_over(user=self.seller, note="Urgent")
        self.assertEqual(self.lines(self.seller, [("handover_state", "=", "waiting")]).res_id, lead.id)
        others = self.lines(self.seller, [("handover_state", "=", False)])
        self.assertEqual(others.mapped("res_id"), [plain.id, quotation.id])
        line = self.line(lead, self.seller)
        reason = f"Handed over by {marketing.name}. Waiting for 3 hours, nobody has called yet"
        self.assertEqual((line.reason, line.handover_note), (reason, "Urgent"))
        self.assertEqual(self.line(plain).reason, "Waiting for 3 hours, nobody has called yet")
        line.action_accept()
        self.assertEqual(lead.handover_state, "accepted")
        self.assertNotIn("Handed over", self.line(lead, self.seller).reason)

    def test_returned_from_the_call_list(self):
        """The next line follows."""
        marketing = self.user("marketing", "sales_team.group_sale_salesman_all_leads")
        lead, following = self.called("Handed over"), self.called("Next", created="2026-03-10 10:00:00")
        lead.with_user(marketing).action_hand_over(user=self.seller)
        line = self.line(lead, self.seller).with_context(l2c_open_next=1, l2c_called=[])
        action = line.action_return_dialog()
        dialog = self.env["lead.return"].with_user(self.seller).with_context(**action["context"])
        action = dialog.create({"reason": "A student"}).action_return()
        self.assertEqual((lead.handover_state, lead.user_id), ("returned", marketing))
        self.assertEqual(action["params"]["action"]["res_id"], self.line(following).id)


@tagged("post_install", "-at_install")
class TestReferral(HandlingCase):
    def test_a_lead_from_a_customers_referral(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        action = self.customer.with_user(seller).action_new_referral()
        form = Form(self.env[action["res_model"]].with_user(seller).with_context(**action["context"]))
        form.name = "A friend of the customer"
        lead = form.save()
        self.assertEqual((lead.source_id.name, lead.referred, lead.user_id), ("Referral", "Customer", seller))
        self.assertFalse(lead.partner_id)


@tagged("post_install", "-at_install")
class TestAllWorkInTheBrowser(HandlingCase, HttpCase):
    def test_the_dialog_clicked_through(self):
        leaving, getting = (
            new_test_user(self.env, login, name=name, groups="sales_team.group_sale_salesman")
            for login, name in (("leah_leaves", "Leah Leaves"), ("gil_gets", "Gil Gets"))
        )
        leads = self.lead(user_id=leaving.id) | self.lead(user_id=leaving.id)
        leads[0].activity_schedule("mail.mail_activity_data_call", user_id=leaving.id)
        customer = self.customer.copy({"user_id": leaving.id})
        self.start_tour(
            "/odoo/action-lead_to_cash.sales_work_hand_over_action", "l2c_hand_over_all", login="admin", timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual(leads.user_id | customer.user_id | leads.activity_ids.user_id, getting)
