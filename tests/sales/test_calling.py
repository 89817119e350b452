"""Calling: who takes a line, what each outcome does with it, what the screen of a call shows."""

from lxml import etree
from markupsafe import Markup
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import TODAY
from .test_call_list import NOW, CallListCase


@tagged("post_install", "-at_install")
class TestCalling(CallListCase):
    # Taking ------------------------------------------------------------------------------

    def test_a_lead_that_is_taken_shows_who_has_it_for_ten_minutes(self):
        colleague = self.user("list_colleague", "sales_team.group_sale_salesman_all_leads")
        lead = self.called("wanted")
        line = self.line(lead, self.seller, l2c_today=NOW)
        before = lead.write_date
        line.action_take()
        self.assertEqual(line.claimed_by_id, self.seller)
        theirs = self.line(lead, colleague, l2c_today=NOW)
        self.assertEqual(theirs.claimed_by_id, self.seller)
        with self.assertRaisesRegex(UserError, "list_seller.* has taken wanted until 12:10"):
            theirs.action_take()
        line.with_context(l2c_today="2026-03-10 12:05:00").action_take()  # my own goes on
        late = self.line(lead, colleague, l2c_today="2026-03-10 12:15:00")
        self.assertFalse(late.claimed_by_id)
        late.action_take()
        self.assertEqual((lead.claimed_by_id, lead.write_date), (colleague, before))

    def test_a_quotation_is_not_taken(self):
        line = self.line(self.sent())
        self.assertTrue(line.action_take())
        self.assertFalse(line.claimed_by_id)

    def test_one_needs_the_right_to_write_to_take(self):
        line = self.line(self.called("wanted", user_id=self.env.uid))
        with self.assertRaises(AccessError):
            line.with_user(self.seller).action_take()

    # Calling -----------------------------------------------------------------------------

    def test_a_result_takes_the_line_off_the_list(self):
        for method, outcome in (
            ("action_no_answer", "no_answer"),
            ("action_left_message", "left_message"),
            ("action_call_back", "callback"),
        ):
            with self.subTest(method):
                lead = self.called(method)
                line = self.line(lead, self.seller)
                action = getattr(line, method)()
                if method == "action_call_back":
                    dialog = self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"])
                    action = dialog.create({}).action_log()
                self.assertEqual(action["tag"], "l2c_logged")
                self.assertEqual(lead.contact_attempt_ids.outcome, outcome)
                self.assertFalse(self.line(lead, self.seller))
                self.assertEqual(line.name, method)  # who has it open can still read it

    def test_the_first_contact_asks_what_came_of_it(self):
        line = self.line(self.called("first"), self.seller)
        action = line.with_context(l2c_open_next=True).action_reached()
        self.assertEqual((action["res_model"], action["context"]["default_res_id"]), ("contact.dialog", line.res_id))

    def test_calling_goes_from_line_to_line(self):
        colleague = self.user("list_colleague", "sales_team.group_sale_salesman_all_leads")
        leads = [self.called(f"lead {n}", created=f"2026-03-10 0{n}:00:00") for n in range(4)]
        self.called("not mine", user_id=colleague.id, created="2026-03-01 09:00:00")
        self.line(leads[1], colleague).action_take()
        action = self.env["call.list.line"].with_user(self.seller).action_start()
        self.assertEqual(action["res_id"], leads[0].id * 10 + 1)
        self.assertEqual(leads[0].claimed_by_id, self.seller)
        opened = []
        while action.get("res_model") == "call.list.line":
            line = self.env["call.list.line"].with_user(self.seller).browse(action["res_id"])
            opened.append(line.res_id)
            line = line.with_context(**action["context"], l2c_open_next=True)
            result = line.action_open_next() if line.res_id == leads[2].id else line.action_no_answer()
            result = result["params"].get("next", result) if result["tag"] == "l2c_logged" else result
            action = result["params"].get("action", result)
        self.assertEqual(opened, [leads[0].id, leads[2].id, leads[3].id])
        self.assertEqual(action["params"]["message"], "The call list is done.")
        self.assertEqual(action["params"]["next"], self.env.ref("lead_to_cash.call_list_line_action").id)

    def test_calling_keeps_to_the_filters_of_the_list(self):
        self.called("first")
        follow_up = self.called("follow-up", "contacted", TODAY)
        start = (
            self.env["call.list.line"].with_user(self.seller).with_context(active_domain=[("kind", "=", "follow_up")])
        )
        action = start.action_start()
        self.assertEqual(action["res_id"], follow_up.id * 10 + 1)
        line = start.browse(action["res_id"]).with_context(**action["context"])
        self.assertEqual(line.action_open_next()["tag"], "display_notification")

    # The screen of a call ------------------------------------------------------------------

    def screen(self, line, **context):
        """All that the form shows, as the browser reads it."""
        line = line.with_context(**context)
        arch = etree.fromstring(line.get_view(line.env.ref("lead_to_cash.call_list_line_view_form").id)["arch"])
        names = {node.get("name") for node in arch.iter("field") if not [*node.iterancestors("field")]}
        return line.read(sorted(names))[0]

    def test_what_the_screen_of_a_call_shows(self):
        source, campaign = (self.env[f"utm.{name}"].create({"name": name}) for name in ("source", "campaign"))
        values = {"partner_id": self.customer.id, "source_id": source.id, "campaign_id": campaign.id}
        lead = self.called(
            "A lead", email_from="noa@example.com", description="<p>Tills for <b>three</b></p>", **values
        )
        mine, theirs = self.order(user_id=self.seller.id), self.order(user_id=self.env.user.id)
        orders = mine | theirs
        orders.opportunity_id = lead
        self.called("Another")
        shown = self.screen(self.line(lead, self.seller), l2c_call_domain=[("kind", "=", "first")])
        self.assertEqual((shown["email"], shown["written"]), ("noa@example.com", "Tills for *three*"))
        self.assertEqual((shown["source_id"][1], shown["campaign_id"][1]), ("source", "campaign"))
        self.assertEqual((shown["order_ids"], shown["left_count"]), (mine.ids, 1))
        self.assertEqual(self.screen(self.line(lead, self.seller))["left_count"], 1)

    def test_what_an_e_mail_wrote(self):
        lead = self.called("By e-mail")
        written = Markup("<p>We need tills</p>")
        lead.message_post(body=written, message_type="email", author_id=self.customer.id)
        self.assertEqual(self.screen(self.line(lead, self.seller))["written"], "We need tills")
        order = self.sent(opportunity_id=lead.id)
        self.assertEqual(self.screen(self.line(order, self.seller))["written"], "We need tills")
        lead.user_id = self.env.user
        self.assertEqual(self.screen(self.line(order, self.seller))["written"], "")

    def test_a_note_goes_with_each_outcome(self):
        for button in ("action_no_answer", "action_left_message", "action_wrong_number", "action_whatsapp"):
            lead = self.called(button, phone="+40215550120")
            getattr(self.line(lead, self.seller).with_context(l2c_note=" Said <b>no</b> "), button)()
            self.assertEqual(lead.contact_attempt_ids.note, "Said <b>no</b>", button)
            self.assertIn("Said &lt;b&gt;no&lt;/b&gt;", lead.message_ids[0].body)
        lead = self.called("No text")
        self.line(lead, self.seller).with_context(l2c_note=["x"]).action_no_answer()
        self.assertFalse(lead.contact_attempt_ids.note)

    def test_a_line_goes_on_and_comes_back(self):
        first, second = self.called("First", created="2026-03-10 08:00:00"), self.called("Second")
        line = self.line(first, self.seller).with_context(l2c_open_next=1)
        params = line.action_no_answer()["params"]
        self.assertEqual(params["next"]["params"]["action"]["res_id"], second.id * 10 + 1)
        self.assertEqual(params["back"]["res_id"], line.id)
        dialog = line.browse(second.id * 10 + 1).with_context(l2c_open_next=1).action_call_back()
        dialog = self.env["contact.result"].with_user(self.seller).with_context(**dialog["context"]).create({})
        done = dialog.action_log()["params"]["next"]
        self.assertEqual(done["params"]["message"], "The call list is done.")

    def test_other_documents_outcomes(self):
        customer = self.env["call.list.line"].browse((self.env.company.id * 10**9 + self.customer.id) * 10 + 3)
        with self.assertRaisesRegex(UserError, "can't be said of this line"):
            customer.action_not_interested()
