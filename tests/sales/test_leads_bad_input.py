"""Bad input, through the public ways in: one clear sentence, and nothing is changed or lost."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...engine.handling.status import REQUIRED
from .test_leads_response import ResponseCase

FUTURE = "2026-03-10 12:00:01"


@tagged("post_install", "-at_install")
class TestBadInput(ResponseCase):
    def refused(self, sentence, way, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.cr.savepoint():
            way()

    def documents(self):
        return self.lead(name="Kept"), self.order(), self.invoice()

    def state(self, document):
        document.invalidate_recordset()
        closure = document.closure_reason_id, document.closure_note, document.closure_date
        return document.handling_status_id, document.attempt_count, self.log(document), closure

    def test_a_status_of_another_document(self):
        for document in self.documents():
            others = [self.status(model, "contacted") for model in REQUIRED if model != document._name]
            before = self.state(document)
            for status in others:
                with self.subTest(document=document._name, status=status.res_model):
                    sentence = f"Choose one of the statuses for this kind of document; {status.name} is none"
                    self.refused(sentence, lambda d=document, s=status: d.write({"handling_status_id": s.id}))
                    self.refused(sentence, lambda d=document, s=status: d.web_save({"handling_status_id": s.id}, {}))
            self.assertEqual(self.state(document), before)

    def test_a_new_lead_in_a_status_of_another_document(self):
        count = self.env["crm.lead"].search_count([])
        status = self.status("sale.order", "contacted")
        self.refused("Choose one of the statuses", lambda: self.lead(handling_status_id=status.id))
        result = self.env["crm.lead"].load(
            ["name", "handling_status_id/id"], [["Imported", "lead_to_cash.status_order_contacted"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("Choose one of the statuses", result["messages"][0]["message"])
        self.assertEqual(self.env["crm.lead"].search_count([]), count)

    def test_an_archived_status(self):
        status = self.env["handling.status"].create({"name": "Old", "res_model": "crm.lead", "role": "contacted"})
        status.active = False
        lead = self.lead()
        self.refused("The status Old is archived", lambda: lead.write({"handling_status_id": status.id}))
        self.refused("The status Old is archived", lambda: self.lead(handling_status_id=status.id))
        self.assertNotIn(status, lead.handling_offer_ids)

    def test_a_lead_in_a_status_that_is_archived_later(self):
        """It stays there, is worked on, and goes on from there."""
        status = self.env["handling.status"].create({"name": "Old", "res_model": "crm.lead", "role": "contacted"})
        lead = self.lead(handling_status_id=status.id)
        status.active = False
        unlinked = self.env["crm.stage"].create({"name": "Unlinked"})
        lead.write({"name": "Saved", "stage_id": unlinked.id})
        self.assertEqual(lead.handling_status_id, status)
        lead.action_log_attempt("reached")
        self.assertEqual(lead.handling_role, "in_progress")

    def test_a_closure_without_a_reason(self):
        for document in self.documents():
            before = self.state(document)
            action = document.action_close_dialog()
            dialog = self.env[action["res_model"]].with_context(**action["context"])
            with self.subTest(document._name):
                self.refused("Choose a reason", lambda d=document: d.action_close(False))
                self.refused("(?i)reason", lambda w=dialog: w.create({"note": "?"}).action_close(), Exception)
                self.assertEqual(self.state(document), before)

    def test_a_status_that_asks_for_a_reason(self):
        lead, order, _invoice = self.documents()
        for document, button in ((lead, "action_set_lost"), (order, "action_cancel")):
            status = self.status(document._name, "lost")
            status.requires_closure_reason = True
            with self.subTest(document._name):
                self.refused("needs a reason", getattr(document, button))
                self.refused("needs a reason", lambda d=document, s=status: d.write({"handling_status_id": s.id}))
                document.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"))
                self.assertEqual(document.handling_role, "lost")

    def test_an_attempt_that_cannot_be(self):
        for document in (*self.documents(), self.customer):
            for arguments, sentence in (
                ({"outcome": "reached", "date": FUTURE}, "can't lie in the future. Plan a next action instead"),
                ({"outcome": "reached", "date": "yesterday"}, "“yesterday” is no date and time"),
                ({"outcome": "reached", "date": 5}, "“5” is no date and time"),
                ({"outcome": "hung_up"}, "There is no “hung_up”; choose one of"),
                ({"outcome": "reached", "channel": "fax"}, "There is no “fax”; choose one of"),
            ):
                with self.subTest(document=document._name, **arguments):
                    self.refused(sentence, lambda d=document, a=arguments: d.action_log_attempt(**a))
            made = [("res_model", "=", document._name), ("res_id", "=", document.id)]
            self.assertFalse(self.env["contact.attempt"].search(made))
        lead = self.lead()
        values = {"res_model": "crm.lead", "res_id": lead.id, "outcome": "reached", "date": FUTURE}
        self.refused("can't lie in the future", lambda: self.env["contact.attempt"].create(values))
        self.assertEqual((lead.attempt_count, lead.handling_role), (0, "new"))

    def test_a_scheme_without_a_status_for_a_role(self):
        """All of a role can't be archived or deleted, so that every event leads somewhere."""
        for model, pairs in REQUIRED.items():
            for role, situation in pairs:
                statuses = self.env["handling.status"].search(
                    [("res_model", "=", model), ("role", "=", role), ("situation", "=", situation)]
                )
                with self.subTest(model=model, role=role):
                    self.refused("First make or restore another one", lambda s=statuses: s.write({"active": False}))
                    self.refused("First make or restore another one|in use", statuses.unlink)
        lead = self.lead()
        lead.action_log_attempt("no_answer")
        self.assertEqual(lead.handling_role, "no_answer")

    def test_numbers_below_zero_and_giving_up_without_a_reason(self):
        status = self.status("crm.lead", "no_answer")
        self.refused("with which reason", lambda: status.write({"exhausted_reason_id": False}), ValidationError)
        for name in ("response_hours", "followup_days", "silent_days", "max_attempts"):
            with self.assertRaises(Exception, msg=name) as caught, self.cr.savepoint():
                status.write({name: -1})
                self.env.flush_all()
            self.assertIn("numbers_positive", str(caught.exception))

    def test_a_calendar_without_hours(self):
        """Nobody has said when people work: every day counts, there is no goal in minutes."""
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        friday = "2026-03-06 16:00:00"
        lead = self.lead_at(friday, contact_basis="enquiry")
        self.assertEqual(str(lead.response_deadline), "2026-03-07 16:00:00")
        self.assertFalse(lead.response_goal)
        self.run_at("2026-03-07 16:00:00")
        self.run_at("2026-03-08 16:00:00")
        self.assertEqual(self.told(lead), [self.seller, self.leader])
        lead.with_context(l2c_today=friday).action_log_attempt("no_answer")
        self.assertEqual(str(lead.next_action_date), "2026-03-07")
        lead.with_context(l2c_today=friday).action_log_attempt("reached")
        self.assertEqual(str(lead.next_action_date), "2026-03-08")
        lead = self.lead_at("2026-03-05", handling_status_id=self.status("crm.lead", "in_progress").id)
        for day, silent in (("2026-03-10", False), ("2026-03-11", True)):
            found = lead.with_context(l2c_today=day)
            found.invalidate_recordset(["is_silent"])
            self.assertEqual(found.is_silent, silent, day)
