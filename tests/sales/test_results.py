"""Each result moves the list: what was due is done with, and what follows is planned."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_call_list import CallListCase
from .test_leads_transitions import LeadCase

#: The next working day, and the days after which the shipped statuses follow up.
TOMORROW, IN_TWO_DAYS, IN_THREE_DAYS = "2026-03-11", "2026-03-12", "2026-03-13"


class ResultCase(LeadCase, CallListCase):
    """Leads and quotations with something due today, and what is left of it after a result."""

    def due(self, document, summary="By hand", day=TODAY, kind="mail.mail_activity_data_call", **values):
        """Something planned by hand: by a colleague, for the salesperson."""
        return document.activity_schedule(kind, day, summary, user_id=self.seller.id, **values)

    def listed(self, document, **context):
        return bool(self.line(document, self.seller, **context))

    def result(self, document, outcome):
        """As a salesperson logs it."""
        document.with_user(self.seller).action_log_attempt(outcome)


@tagged("post_install", "-at_install")
class TestResults(ResultCase):
    def in_progress(self):
        lead = self.called("In progress")
        lead._set_handling_role("in_progress")
        lead.activity_ids.unlink()
        return lead

    def test_what_was_due_is_done_with(self):
        """On leads and quotations, whoever planned it: the line goes, and comes back on its day."""
        for outcome, day in (
            ("reached", IN_THREE_DAYS),
            ("callback", TOMORROW),
            ("no_answer", TOMORROW),
            ("left_message", TOMORROW),
            ("wrong_person", TOMORROW),
        ):
            for make in (self.in_progress, lambda: self.sent(due=False)):
                document = make()
                document.activity_ids.unlink()
                with self.subTest(outcome=outcome, model=document._name):
                    due = self.due(document)
                    self.assertTrue(self.listed(document))
                    self.result(document, outcome)
                    self.assertFalse(due.active)
                    self.assertEqual([planned for planned, _what in self.activities(document)], [day])
                    self.assertFalse(self.listed(document))
                    self.assertTrue(self.listed(document, l2c_today=day))
                    self.assertEqual(document.activity_ids.user_id, self.seller)

    def test_a_follow_up_of_the_status_moves(self):
        """Also one that was not due yet: they were spoken to today."""
        lead = self.in_progress()
        lead._plan_follow_up(lead.handling_status_id)
        self.assertEqual(self.activities(lead), [(IN_THREE_DAYS, "Follow up")])
        lead.with_context(l2c_today=TOMORROW).action_log_attempt("reached")
        self.assertEqual(self.activities(lead), [("2026-03-16", "Follow up")])

    def test_what_was_agreed_for_later_stays(self):
        lead = self.called("Demo agreed")
        dialog = self.env["contact.dialog"].create({"res_model": "crm.lead", "res_id": lead.id, "day": "2026-03-20"})
        dialog.action_demo()
        for outcome in ("no_answer", "reached"):
            self.result(lead, outcome)
            self.assertIn(("2026-03-20", "Demo call"), self.activities(lead), outcome)

    def test_a_demo_call_of_yesterday(self):
        lead = self.called("Demo yesterday")
        dialog = self.env["contact.dialog"].create({"res_model": "crm.lead", "res_id": lead.id, "day": "2026-03-09"})
        with self.assertRaisesRegex(UserError, "a day that has passed"), self.cr.savepoint():
            dialog.action_demo()
        self.assertEqual((lead.attempt_count, self.activities(lead)), (0, []))

    def test_a_demo_call_that_is_due(self):
        lead = self.called("Demo today")
        dialogs = self.env["contact.dialog"].with_context(l2c_today=f"{TODAY} 07:00:00")
        dialogs.create({"res_model": "crm.lead", "res_id": lead.id, "day": TODAY}).action_demo()
        self.result(lead, "no_answer")
        self.assertEqual(self.activities(lead), [(TOMORROW, "Call again, in the afternoon")])

    def test_customers_are_followed_up_once_more(self):
        lead = self.lead_in("won", user_id=self.seller.id)
        self.result(lead.with_context(l2c_today="2026-03-17"), "reached")
        self.assertEqual(self.activities(lead), [("2026-04-16", "Follow up")])

    def test_a_closed_lead_plans_nothing(self):
        lead = self.called("Closed")
        lead.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"))
        for outcome in ("reached", "no_answer", "callback"):
            self.result(lead, outcome)
            self.assertEqual(self.activities(lead), [])


@tagged("post_install", "-at_install")
class TestOutcomes(ResultCase):
    """What can't be said with one click, and what the status wants to know."""

    def dialog(self, document, button, **context):
        """The dialog that a button opens, as in the browser."""
        action = getattr(document.with_user(self.seller).with_context(**context), button)()
        return Form(self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"]))

    def test_a_call_at_a_time(self):
        """It is on the list at that time, and not before; on leads and quotations."""
        self.seller.tz = "Asia/Jerusalem"
        for document in (self.called("Later today"), self.sent()):
            with self.subTest(document._name):
                dialog = self.dialog(document, "action_call_back")
                self.assertEqual(str(dialog.callback_at), "2026-03-11 08:00:00")
                dialog.callback_at = "2026-03-10 13:30:00"
                dialog.note = "In a meeting"
                dialog.save().action_log()
                attempt = document.contact_attempt_ids[:1]
                self.assertEqual((attempt.outcome, attempt.note), ("callback", "In a meeting"))
                self.assertEqual(str(attempt.callback_at), "2026-03-10 13:30:00")
                self.assertEqual(
                    (str(document.callback_at), str(document.next_action_date)), (str(attempt.callback_at), TODAY)
                )
                self.assertEqual(
                    document.next_action_summary.replace("\N{NARROW NO-BREAK SPACE}", " "), "Call back at 3:30 PM"
                )
                for moment, listed in (("13:29:00", False), ("13:30:00", True)):
                    self.assertEqual(self.listed(document, l2c_today=f"{TODAY} {moment}"), listed, moment)
                later = document.with_user(self.seller).with_context(l2c_today=f"{TODAY} 17:00:00")
                later.action_log_attempt("no_answer")
                self.assertFalse(document.callback_at)

    def test_moved_to_another_day_it_has_no_time(self):
        lead = self.called("Moved")
        lead.action_log_attempt("callback", callback_at="2026-03-12 13:30:00")
        lead.next_action_date = TODAY
        self.assertFalse(lead.callback_at)
        self.assertTrue(self.listed(lead))

    def test_a_second_call_replaces_the_first(self):
        lead = self.called("Twice")
        for moment in ("2026-03-12 13:30:00", "2026-03-13 08:00:00"):
            lead.action_log_attempt("callback", callback_at=moment)
        self.assertEqual([day for day, _summary in self.activities(lead)], ["2026-03-13"])
        lead.action_log_attempt("no_answer")
        self.assertIn("2026-03-13", [day for day, _summary in self.activities(lead)])
        lead.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"))
        self.assertEqual(self.activities(lead), [])

    def test_a_call_in_the_past(self):
        lead = self.called("Past")
        dialog = self.dialog(lead, "action_call_back")
        dialog.callback_at = "2026-03-10 11:59:59"
        with self.assertRaisesRegex(UserError, "moment that has passed"):
            dialog.save().action_log()
        self.assertEqual(lead.attempt_count, 0)

    def test_not_interested(self):
        for document in (self.called("No, thanks", "contacted"), self.sent()):
            self.due(document)
            before = self.activities(document)
            with self.subTest(document._name):
                dialog = self.dialog(document, "action_not_interested")
                self.assertEqual(dialog.reason_id, self.env.ref("lead_to_cash.lost_reason_not_interested"))
                dialog.note = "Has another one"
                action = dialog.save().action_log()
                self.assertEqual(document.handling_role, "lost")
                self.assertEqual(
                    (document.closure_reason_id.name, document.closure_note), ("Not interested", "Has another one")
                )
                self.assertEqual(
                    (document.contact_attempt_ids[:1].outcome, self.activities(document)), ("not_interested", [])
                )
                self.env["contact.attempt"].browse(action["params"]["attempt_ids"]).with_user(self.seller).action_undo()
                self.assertEqual(document.handling_role, "contacted")
                self.assertEqual(self.activities(document), before)

    def test_a_wrong_number(self):
        lead = self.called("Wrong")
        lead.with_user(self.seller).action_wrong_number()
        self.assertEqual(
            (lead.handling_role, self.activities(lead)), ("new", [(TOMORROW, "Find out the right number")])
        )
        self.assertFalse(self.listed(lead))

    def test_what_is_asked_at_the_first_conversation(self):
        lead = self.called("First")
        dialog = self.dialog(lead, "action_reached", l2c_note="Wants three")
        self.assertEqual(dialog.note, "Wants three")
        dialog.need, dialog.budget, dialog.decision_maker = "Tills", 4800, "The owner"
        dialog.save().action_meeting()
        self.assertEqual((lead.need, lead.budget, lead.decision_maker), ("Tills", 4800, "The owner"))
        self.assertEqual(lead.contact_attempt_ids.note, "Wants three")

    def test_a_status_that_wants_to_know(self):
        """By whatever way it is logged; off as shipped."""
        status = self.status("crm.lead", "new")
        self.assertFalse(self.env["handling.status"].search([("requires_note", "=", True)]))
        status.write({"requires_need": True, "requires_note": True})
        lead = self.called("Asked")
        with self.assertRaisesRegex(UserError, "asks for a note"):
            lead.action_log_attempt("reached")
        with self.assertRaisesRegex(UserError, "Say what Asked needs"):
            lead.action_log_attempt("callback", note="Busy")
        lead.action_log_attempt("no_answer")
        self.assertEqual(lead.attempt_count, 1)
        status = self.status("crm.lead", "no_answer")
        status.write({"requires_need": True, "requires_note": True})
        dialog = self.dialog(lead, "action_reached")
        with self.assertRaisesRegex(AssertionError, "required"):
            dialog.save()
        dialog.need, dialog.note = "Tills", "Call in May"
        dialog.save().action_demo()
        self.assertEqual((lead.need, lead.handling_role), ("Tills", "contacted"))

    def test_whatsapp(self):
        lead = self.called("Shops", phone="+40215550120")
        action = lead.with_user(self.seller).action_whatsapp()
        url = action["params"]["next"]["url"]
        self.assertTrue(url.startswith("https://wa.me/40215550120?text=Hello%2C%20this%20is%20list_seller"), url)
        self.assertIn("%E2%80%9CShops%E2%80%9D", url)
        self.assertEqual(
            (lead.contact_attempt_ids.channel, lead.contact_attempt_ids.outcome), ("whatsapp", "left_message")
        )
        self.assertEqual(lead.handling_role, "no_answer")

    def test_whatsapp_without_a_number(self):
        self.env["phone.blacklist"].create({"number": "+40215550199"})
        for phone, sentence in (
            (False, "no number that WhatsApp knows"),
            ("12", "no number"),
            ("+40215550199", "blocked"),
        ):
            lead = self.called("Number", phone=phone)
            with self.subTest(phone), self.assertRaisesRegex(UserError, sentence):
                lead.action_whatsapp()
            self.assertEqual(lead.attempt_count, 0)
