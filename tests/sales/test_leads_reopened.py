"""Who was given up and is opened again gets as many tries as anybody else."""

from odoo.tests import tagged

from .test_call_list import CallListCase
from .test_leads_attempts import AttemptCase


@tagged("post_install", "-at_install")
class TestReopened(AttemptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_no_answer")
        for model in ("sale.order", "account.move"):
            statuses = cls.env["handling.status"].search([("res_model", "=", model), ("role", "=", "no_answer")])
            statuses.write({"max_attempts": 6, "exhausted_reason_id": cls.reason.id})

    def at(self, document, day):
        return document.with_context(l2c_today=day)

    def given_up(self, document):
        self.log_on(document, self.march(2, 7))
        self.assertEqual(document.closure_reason_id, self.reason)
        self.assertTrue(document.closure_date)
        return document

    def test_every_way_of_opening_again_begins_a_new_count(self):
        ways = (
            ("our button", self.lead, lambda document: document.action_reopen()),
            ("Odoo's button", self.lead, lambda document: document.action_restore()),
            (
                "the status chosen",
                self.lead,
                lambda document: document.write({"handling_status_id": self.status("crm.lead", "no_answer").id}),
            ),
            ("a quotation", self.order, lambda document: document.action_reopen()),
            ("Odoo's button on a quotation", self.order, lambda document: document.action_draft()),
            ("an invoice", self.invoice, lambda document: document.action_reopen()),
        )
        for name, make, reopen in ways:
            with self.subTest(name):
                document = self.given_up(make())
                reopen(self.at(document, "2026-03-08"))
                self.log_on(document, self.march(9, 13))
                self.assertFalse(document.closure_date, "five misses since")
                self.assertEqual(document.attempt_count, 11)
                self.log_on(document, ["2026-03-16"])
                self.assertEqual(document.closure_reason_id, self.reason, "the sixth")
                self.assertEqual(str(document.closure_date), "2026-03-16 12:00:00")

    def test_a_closed_invoice_keeps_its_closing(self):
        """It stays open in the books; a further try plans nothing and closes nothing."""
        move = self.given_up(self.invoice())
        self.log_on(move, self.march(9, 10))
        self.assertEqual(str(move.closure_date), "2026-03-07 12:00:00")
        self.assertEqual(self.activities(move), [])

    def test_many_are_given_up_at_once(self):
        leads = self.lead() | self.lead(name="Twin")
        self.log_on(leads, self.march(2, 7))
        self.assertEqual(leads.mapped("handling_role"), ["lost", "lost"])

    def test_many_are_restored_in_as_many_queries(self):
        """By Odoo's button and by ours; each has its status again, and something to do."""
        for button in ("action_restore", "action_reopen"):
            counts = []
            for number in (2, 5, 50):  # the first fills what is kept between
                leads = self.env["crm.lead"].create(
                    [{"name": f"Many {index}", "type": "opportunity"} for index in range(number)]
                )
                leads[::2]._set_handling_role("in_progress")
                before = leads.mapped("handling_status_id")
                leads.action_close(self.reason)
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.cr.sql_log_count
                getattr(leads, button)()
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - start)
                self.assertEqual(set(leads.mapped("won_status")), {"pending"})
                self.assertEqual(leads.mapped("handling_status_id"), before)
                self.assertEqual(leads[::2].handling_status_id.role, "in_progress")
                self.assertTrue(all(lead.next_action_date for lead in leads))
                self.assertFalse(any(leads.mapped("closure_date")))
            with self.subTest(button):
                self.assertEqual(counts[1], counts[2], counts)


@tagged("post_install", "-at_install")
class TestReopenedOnTheList(CallListCase):
    def test_the_list_counts_from_the_opening(self):
        tries = [(f"2026-03-0{day} 10:00:00", "no_answer") for day in range(2, 8)]
        lead = self.called("Given up", tries=tries)
        lead.with_context(l2c_today="2026-03-08").action_reopen()
        lead.with_context(l2c_today="2026-03-09").action_log_attempt("no_answer")
        line = self.line(lead)
        self.assertEqual((line.misses, line.attempt_count), (1, 7))
        self.assertEqual(line.reason, "No answer yesterday; try in the afternoon")

    def test_a_restored_lead_that_refused_is_followed_up(self):
        lead = self.called("refused", tries=[("2026-03-09 10:00:00", "refused")])
        lead.action_close(self.env.ref("lead_to_cash.lost_reason_no_answer"))
        lead.action_restore()
        lead.next_action_date = "2026-03-10"
        line = self.line(lead)
        self.assertEqual(self.lines(domain=[("kind", "=", "follow_up")]), line)
        self.assertEqual((lead.handling_role, line.kind), ("new", "follow_up"))
        self.assertEqual(line.reason, "Follow-up is due today")
