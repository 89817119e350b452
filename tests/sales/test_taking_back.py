"""A result can be taken back for some minutes, by who logged it; clicked twice, it counts once."""

from itertools import count

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import TODAY
from .test_results import ResultCase
from .test_series import AGREED

#: What a try changes on a lead, and on a quotation.
COLUMNS = [
    "handling_status_id",
    "handling_role",
    "handling_status_since",
    "first_contact_date",
    "last_contact_date",
    "attempt_count",
    "closure_reason_id",
    "closure_note",
    "closure_date",
    "reopened_date",
    "next_action_date",
    "callback_at",
]
RESPONSE = [
    "series_draft_id",
    "date_last_stage_update",
    "reengaged_date",
    "response_deadline",
    "response_alert",
    "first_response_hours",
    "first_response_hours_assigned",
    "response_band",
    "active",
    "won_status",
    "probability",
    "date_closed",
    "stage_id",
]


class TakingBackCase(ResultCase):
    def state(self, document):
        self.env.flush_all()
        self.env.invalidate_all()
        names = COLUMNS + (RESPONSE if document._name == "crm.lead" else ["state"])
        planned = self.env["mail.activity"].search([("res_model", "=", document._name), ("res_id", "=", document.id)])
        activities = [
            (row.date_deadline, row.summary, row.user_id, row.automated, row.handling_step, row.callback_at, row.note)
            for row in planned.sorted(lambda row: (row.date_deadline, row.summary or "", row.id))
        ]
        return [document[name] for name in names], activities, self.log(document)

    def click(self, document, button, user=None, **context):
        """A result as on the screen: what the browser is told to do."""
        action = getattr(document.with_user(user or self.seller).with_context(**context), button)()
        self.assertEqual(action["tag"], "l2c_logged")
        return action["params"]

    def undo(self, params, user=None, **context):
        """The button of the message."""
        attempts = self.env["contact.attempt"].browse(params["attempt_ids"])
        self.assertTrue(attempts)
        return attempts.with_user(user or self.seller).with_context(**context).action_undo()


@tagged("post_install", "-at_install")
class TestTakingBack(TakingBackCase):
    def test_each_result_of_each_document(self):
        """Status, dates, counters, activities and response time are as before."""
        for button in ("action_no_answer", "action_left_message", "action_reached"):
            for make in (self.fresh, self.spoken_to, self.silent, self.sent):
                document = make()
                self.due(document, note="<p>Ask for the price</p>")
                if button == "action_reached" and not document.first_contact_date:
                    continue  # asks in a dialog
                with self.subTest(button=button, document=make.__name__):
                    before = self.state(document)
                    params = self.click(document, button)
                    self.assertNotEqual(self.state(document), before)
                    self.assertIs(self.undo(params), True)
                    self.assertEqual(self.state(document), before)
                    self.assertFalse(self.attempts(document) - self.known)
                    self.assertIn("Taken back", document.message_ids[0].body)
                    self.assertTrue(self.listed(document))

    known = ()
    numbers = count(120)

    def attempts(self, document):
        found = self.env["contact.attempt"].search([("res_model", "=", document._name), ("res_id", "=", document.id)])
        return found.filtered(lambda row: str(row.date) > "2026-03-10")

    def fresh(self):
        self.known = self.env["contact.attempt"]
        # Another person each time: one person is one line.
        return self.called("Fresh", phone=f"+4021555{next(self.numbers):04d}")

    def spoken_to(self):
        self.known = self.env["contact.attempt"]
        return self.called("Spoken to", "contacted", tries=[("2026-03-06 10:00:00", "reached")])

    def silent(self):
        self.known = self.env["contact.attempt"]
        return self.called("Silent", tries=[("2026-03-06 10:00:00", "no_answer")])

    def sent(self, **values):
        self.known = self.env["contact.attempt"]
        return super().sent(**values)

    def test_the_sixth_try(self):
        """The lead isn't lost after all, nor the quotation."""
        status = self.status("sale.order", "no_answer")
        status.write({"max_attempts": 1, "exhausted_reason_id": self.env.ref("lead_to_cash.lost_reason_no_answer").id})
        days = [f"2026-03-0{day} 10:00:00" for day in range(2, 7)]
        for document in (self.called("Six", tries=[(day, "no_answer") for day in days], due=TODAY), self.sent()):
            if document._name == "sale.order":
                document._set_handling_role("no_answer")
            with self.subTest(document._name):
                before = self.state(document)
                params = self.click(document, "action_no_answer")
                self.assertEqual(document.handling_role, "lost")
                self.undo(params)
                self.assertEqual(self.state(document), before)

    def test_a_dialog(self):
        lead = self.fresh()
        self.due(lead)
        before = self.state(lead)
        dialog = self.env["contact.dialog"].with_user(self.seller)
        dialog = dialog.create({"res_model": "crm.lead", "res_id": lead.id, "need": "Tills", "day": "2026-03-20"})
        self.undo(dialog.action_demo()["params"])
        self.assertEqual(self.state(lead), before)

    def test_the_draft_of_the_series(self):
        lead = self.called("Agreed", tries=[("2026-03-09 10:00:00", "no_answer")], **AGREED)
        before = self.state(lead)
        params = self.click(lead, "action_no_answer")
        self.assertEqual(lead.series_draft_id.number, 2)
        self.undo(params)
        self.assertEqual(self.state(lead), before)
        self.click(lead, "action_no_answer")
        before = self.state(lead)
        dialog = self.env["contact.dialog"].with_user(self.seller).create({"res_model": "crm.lead", "res_id": lead.id})
        params = dialog.action_demo()["params"]
        self.assertFalse(lead.series_draft_id)
        self.undo(params)
        self.assertEqual(self.state(lead), before)

    def test_a_status_that_moves_to_a_stage(self):
        lead = self.called("Moved", "contacted", tries=[("2026-03-06 10:00:00", "reached")])
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET date_last_stage_update = '2026-03-01' WHERE id = %s", [lead.id])
        before = self.state(lead)
        params = self.click(lead, "action_reached")
        self.assertEqual(lead.stage_id, self.env.ref("crm.stage_lead3"))
        self.undo(params)
        self.assertEqual(self.state(lead), before)

    def test_a_closed_one_that_is_asked_again(self):
        reason = self.env["crm.lost.reason"].create({"name": "Later", "reengage_days": 30})
        lead = self.called("Closed", tries=[("2026-01-02 10:00:00", "reached")])
        lead.with_context(l2c_today="2026-01-05").action_set_lost(lost_reason_id=reason.id)
        self.nightly("2026-03-09")
        before = self.state(lead)
        for button in ("action_reached", "action_no_answer"):
            with self.subTest(button):
                self.assertTrue(self.listed(lead))
                self.undo(self.click(lead, button))
                self.assertEqual(self.state(lead), before)
                self.assertTrue(self.listed(lead))

    def test_merged_in_between(self):
        """What the other lead brings isn't lost."""
        lead, other = (self.called(name, tries=[("2026-03-06 10:00:00", "no_answer")]) for name in ("Kept", "Other"))
        self.click(lead, "action_no_answer")
        attempt = lead.contact_attempt_ids.filtered("can_undo") or lead.contact_attempt_ids[:1]
        kept = (lead | other).merge_opportunity()
        self.assertEqual(kept.attempt_count, 3)
        with self.assertRaisesRegex(UserError, "can't be taken back any more"):
            attempt.with_user(self.seller).action_undo()

    def test_many_at_once(self):
        leads = self.fresh() | self.silent() | self.spoken_to()
        before = [self.state(lead) for lead in leads]
        params = self.click(leads, "action_no_answer")
        self.assertEqual(params["message"], "No answer: Fresh, Silent, and Spoken to")
        self.undo(params)
        self.assertEqual([self.state(lead) for lead in leads], before)

    def test_who_and_how_long(self):
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        colleague = self.user("colleague", "sales_team.group_sale_salesman_all_leads")
        for user, now, sentence in (
            (colleague, "2026-03-10 12:01:00", "Only list_seller"),
            (self.seller, "2026-03-10 12:10:01", "can't be taken back any more"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self.undo(params, user, l2c_today=now)
        self.assertEqual(lead.attempt_count, 1)
        self.undo(params, l2c_today="2026-03-10 12:10:00")
        with self.assertRaisesRegex(UserError, "already"):
            self.undo(params)

    def test_nobody_without_the_lead(self):
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        lead.user_id = self.env.user
        with self.assertRaises(AccessError):
            self.undo(params)

    def test_what_has_happened_since(self):
        first, second = self.fresh(), self.fresh()
        params = self.click(first, "action_no_answer")
        self.click(first, "action_left_message")
        with self.assertRaisesRegex(UserError, "Only the last try"):
            self.undo(params)
        params = self.click(second, "action_no_answer")
        second.handling_status_id = self.status("crm.lead", "in_progress")
        with self.assertRaisesRegex(UserError, "status has changed since"):
            self.undo(params)

    def due_for(self, lead, summary, day=TODAY):
        kind = "mail.mail_activity_data_todo"
        return lead.activity_schedule(kind, fields.Date.to_date(day), summary, user_id=self.seller.id)

    def planned(self, document):
        document.invalidate_recordset()
        return document.activity_ids.filtered("active")

    def test_a_task_that_is_done_since_stays_done(self):
        """What the try left open, and a colleague has done since."""
        lead = self.fresh()
        mine = self.due_for(lead, "Mine", "2026-03-20")
        params = self.click(lead, "action_no_answer")
        mine.with_user(self.user("colleague", "sales_team.group_sale_manager")).action_feedback("Done by me")
        self.undo(params)
        self.assertFalse(self.planned(lead))
        self.assertFalse(mine.active)

    def test_a_follow_up_that_is_done_since_stays_done(self):
        """What the try planned, and somebody has done since: no trace of it is deleted."""
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        follow_up = self.planned(lead)
        follow_up.with_user(self.seller).action_feedback("Called already")
        self.undo(params)
        self.assertTrue(follow_up.exists())
        self.assertFalse(follow_up.active)

    def test_a_next_action_that_was_edited_since_stays(self):
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        follow_up = self.planned(lead)
        follow_up.write({"date_deadline": "2026-03-25", "summary": "After the fair"})
        self.undo(params)
        self.assertEqual(lead.attempt_count, 0)
        self.assertEqual(
            [(str(a.date_deadline), a.summary) for a in self.planned(lead)], [("2026-03-25", "After the fair")]
        )
        self.assertEqual(str(lead.next_action_date), "2026-03-25")

    def test_what_a_colleague_has_planned_since_stays(self):
        lead = self.fresh()
        before = self.state(lead)
        params = self.click(lead, "action_no_answer")
        meeting = self.due_for(lead, "Meeting", "2026-03-18")
        self.undo(params)
        self.assertEqual(self.planned(lead), meeting)
        self.assertEqual(str(lead.next_action_date), "2026-03-18")
        meeting.unlink()
        self.assertEqual(self.state(lead), before)

    def test_a_status_that_is_changed_since(self):
        """There and back: it was changed all the same."""
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        for role in ("in_progress", "no_answer"):
            lead.handling_status_id = self.status("crm.lead", role)
        with self.assertRaisesRegex(UserError, "status has changed since"):
            self.undo(params)
        self.assertEqual((lead.handling_role, lead.attempt_count), ("no_answer", 1))

    def test_the_company_decides(self):
        self.env.company.undo_minutes = 0
        self.assertEqual(self.click(self.fresh(), "action_no_answer")["attempt_ids"], [])
        with self.assertRaisesRegex(UserError, "can't be negative"):
            self.env.company.undo_minutes = -1

    def test_the_snapshot_is_nobodys(self):
        lead = self.fresh()
        params = self.click(lead, "action_no_answer")
        attempt = self.env["contact.attempt"].browse(params["attempt_ids"]).with_user(self.seller)
        with self.assertRaises(AccessError):
            attempt.read(["snapshot"])
        for values in ({"active": False}, {"is_counted": False}, {"snapshot": {}}):
            with (
                self.assertRaisesRegex(UserError, "can't be written|can be changed|not have enough"),
                self.cr.savepoint(),
            ):
                attempt.write(values)
