"""Attempts: what one click writes, counts, plans and closes, and who may do it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...engine.handling.contact import OUTCOMES
from ..dunning.test_run import RunCase
from .test_leads_transitions import LeadCase

#: Queries that each further lead of a batch may cost. Measured: none, 33 for any number of
#: leads with their attempt, message and planned call.
QUERIES_PER_LEAD = 1


class AttemptCase(LeadCase):
    def log_on(self, document, days, outcome="no_answer"):
        """One attempt at noon of each of ``days``."""
        for day in days:
            document.with_context(l2c_today=day).action_log_attempt(outcome)

    def attempts(self, documents):
        domain = [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        return self.env["contact.attempt"].search(domain, order="id")

    def march(self, first, last):
        return [f"2026-03-{day:02}" for day in range(first, last + 1)]


@tagged("post_install", "-at_install")
class TestAttempts(AttemptCase):
    def test_one_attempt_and_one_line_for_each_document(self):
        for documents in (self.lead() | self.lead(), self.order() | self.order(), self.invoice() | self.invoice()):
            before = len(documents.message_ids)
            documents.action_log_attempt("left_message", "sms", "Call <i>me</i>", "2026-03-09 08:00:00")
            made = self.attempts(documents)
            self.assertEqual(made.mapped("res_id"), documents.ids)
            for attempt in made:
                self.assertEqual(
                    (attempt.outcome, attempt.channel, attempt.user_id), ("left_message", "sms", self.env.user)
                )
                self.assertEqual((attempt.note, str(attempt.date)), ("Call <i>me</i>", "2026-03-09 08:00:00"))
            self.assertEqual(len(documents.message_ids), before + 2, documents._name)
            for document in documents:
                self.assertIn("<b>SMS: Left a message</b><br>Call &lt;i&gt;me", document.message_ids[0].body)

    def test_buttons(self):
        for button, outcome in (
            ("action_no_answer", "no_answer"),
            ("action_left_message", "left_message"),
            ("action_wrong_number", "wrong_number"),
            ("action_call_back", "callback"),
        ):
            lead = self.lead()
            action = getattr(lead, button)()
            if "context" in action:  # a dialog
                self.env[action["res_model"]].with_context(**action["context"]).create({}).action_log()
            self.assertEqual(self.attempts(lead).mapped("outcome"), [outcome])

    def test_counters_and_dates(self):
        """All attempts are counted; a contact is a conversation, whichever was logged first."""
        for outcome, _label in OUTCOMES:
            with self.subTest(outcome):
                lead = self.lead()
                for day in ("2026-03-06", "2026-03-04", "2026-03-09"):
                    lead.action_log_attempt(outcome, date=f"{day} 10:00:00")
                dates = [lead.first_contact_date and lead.first_contact_date.date().isoformat()]
                dates.append(lead.last_contact_date and lead.last_contact_date.date().isoformat())
                spoken = outcome in ("reached", "callback", "promise", "says_paid", "hardship", "not_interested")
                self.assertEqual(dates, ["2026-03-04", "2026-03-09"] if spoken else [False, False])
                self.assertEqual(lead.attempt_count, 3)

    def test_refusals(self):
        lead = self.lead()
        for arguments, sentence in (
            ({"outcome": "hung_up"}, "There is no “hung_up”; choose one of no_answer, left_message, reached, "),
            ({"outcome": "reached", "channel": "fax"}, "There is no “fax”; choose one of call, email, "),
            ({"outcome": "reached", "date": "2026-03-10 12:00:01"}, "can't lie in the future"),
        ):
            with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
                lead.action_log_attempt(**arguments)
        self.assertEqual((lead.attempt_count, lead.handling_role, self.attempts(lead).ids), (0, "new", []))

    def test_attempts_go_with_their_document(self):
        lead = self.lead()
        lead.action_log_attempt("no_answer")
        self.assertEqual(self.attempts(lead).display_name, "No answer")
        gone = self.env["crm.lead"].browse(lead.ids)
        lead.unlink()
        self.assertFalse(self.attempts(gone))

    def test_attempts_of_merged_leads(self):
        first, second = self.lead(), self.lead(name="Twin")
        for lead in first | second:
            lead.action_log_attempt("no_answer")
        kept = (first | second).merge_opportunity()
        self.assertEqual((len(kept.contact_attempt_ids), kept.attempt_count), (2, 2))

    def test_many_at_once_cost_no_more_queries(self):
        for outcome in ("no_answer", "reached"):
            counts = []
            for number in (4, 40):
                leads = self.env["crm.lead"].create([{"name": "Lead", "type": "opportunity"} for _i in range(number)])
                leads.action_log_attempt("no_answer")
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                leads.action_log_attempt(outcome)
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
            self.assertLess((counts[1] - counts[0]) / 36, QUERIES_PER_LEAD, f"{outcome}: {counts}")


@tagged("post_install", "-at_install")
class TestMisses(AttemptCase):
    def test_the_sixth_in_a_row_closes(self):
        lead = self.lead()
        self.log_on(lead, self.march(2, 3), "left_message")
        self.log_on(lead, self.march(4, 6))
        self.assertEqual((lead.handling_role, lead.active), ("no_answer", True))
        self.log_on(lead, ["2026-03-09"])
        self.assertEqual((lead.handling_role, lead.active), ("lost", False))
        self.assertEqual(lead.lost_reason_id.name, "No answer after 6 attempts")
        self.assertEqual(lead.closure_date.isoformat(), "2026-03-09T12:00:00")
        self.assertEqual(self.activities(lead), [])
        self.assert_consistent(lead)

    def test_a_contact_in_between_starts_anew(self):
        lead = self.lead()
        self.log_on(lead, self.march(1, 5))
        lead.action_log_attempt("callback", date="2026-03-05 15:00:00")
        lead.handling_status_id = self.status("crm.lead", "no_answer")
        self.log_on(lead, self.march(6, 10))
        self.assertEqual(
            (lead.handling_role, lead.attempt_count), ("no_answer", 10)
        )  # the conversation was three hours after a try
        self.log_on(lead, ["2026-03-11"])
        self.assertEqual(lead.handling_role, "lost")

    def test_six_misses_after_a_contact(self):
        """They are counted from the last contact, so who was reached once is given up too."""
        lead = self.lead()
        self.log_on(lead, ["2026-03-02"], "reached")
        self.log_on(lead, self.march(3, 7))
        self.assertTrue(lead.active)
        self.log_on(lead, ["2026-03-09"])
        self.assertEqual((lead.handling_role, lead.lost_reason_id.name), ("lost", "No answer after 6 attempts"))

    def test_wrong_person_is_neither(self):
        lead = self.lead()
        self.log_on(lead, self.march(2, 6))
        self.log_on(lead, self.march(7, 9), "wrong_person")
        self.assertEqual(lead.handling_role, "no_answer")
        self.log_on(lead, ["2026-03-10"])
        self.assertEqual(lead.handling_role, "lost")

    def test_the_next_try(self):
        """On the next working day, in the other half of the day; one at a time."""
        lead = self.lead()
        for day, planned in (
            ("2026-03-05", ("2026-03-06", "Call again, in the afternoon")),
            ("2026-03-06", ("2026-03-09", "Call again, in the morning")),
            ("2026-03-07", ("2026-03-09", "Call again, in the afternoon")),
            ("2026-03-09", ("2026-03-10", "Call again, in the morning")),
        ):
            self.log_on(lead, [day])
            self.assertEqual(self.activities(lead), [planned], day)
            self.assertEqual(lead.next_action_date.isoformat(), planned[0])

    def test_any_number_of_tries(self):
        status = self.status("crm.lead", "no_answer")
        status.max_attempts = 0
        lead = self.lead()
        self.log_on(lead, self.march(2, 9))
        self.assertEqual(lead.handling_role, "no_answer")
        self.assertEqual(self.activities(lead), [("2026-03-10", "Call again, in the morning")])

    def series(self, status, model, address):
        """An e-mail after the second try."""
        template = self.env["mail.template"].create(
            {
                "name": "Missed you",
                "model_id": self.env["ir.model"]._get_id(model),
                "subject": "We missed you",
                "body_html": "<p>When may we call?</p>",
                "email_to": address,
            }
        )
        status.series_ids = [(5,), (0, 0, {"number": 2, "mail_template_id": template.id})]

    def mails(self, document):
        return self.env["mail.mail"].search([("model", "=", document._name), ("res_id", "=", document.id)])

    def test_the_series_of_mails(self):
        self.series(self.status("crm.lead", "no_answer"), "crm.lead", "{{ object.email_from }}")
        lead, blocked = (
            self.lead(email_from=f"{name}@example.com", contact_basis="notified") for name in ("a", "blocked")
        )
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        for day, number in (("2026-03-04", 0), ("2026-03-05", 1), ("2026-03-06", 1)):
            self.log_on(lead | blocked, [day])
            self.assertEqual([len(self.mails(lead)), len(self.mails(blocked))], [number, 0], day)
        mail = self.mails(lead)
        self.assertEqual((mail.state, mail.email_to, mail.subject), ("outgoing", "a@example.com", "We missed you"))

    def test_the_series_of_a_quotation(self):
        status = self.status("sale.order", "no_answer")
        status.write({"max_attempts": 3, "exhausted_reason_id": self.env.ref("lead_to_cash.lost_reason_no_answer").id})
        self.series(status, "sale.order", "{{ object.partner_id.email }}")
        orders = [self.order(partner_id=self.customer.copy({"email": f"{name}@example.com"}).id) for name in "ab"]
        self.env["mail.blacklist"].create({"email": "b@example.com"})
        for order in orders:
            self.log_on(order, self.march(5, 6))
        self.assertEqual([len(self.mails(order)) for order in orders], [1, 0])
        self.log_on(orders[0], ["2026-03-09"])
        self.assertEqual((orders[0].state, orders[0].handling_role), ("cancel", "lost"))
        self.assertEqual(orders[0].closure_reason_id, status.exhausted_reason_id)


@tagged("post_install", "-at_install")
class TestDialog(AttemptCase):
    def dialog(self, document, **values):
        action = document.action_reached()
        self.assertEqual(action["res_model"], "contact.dialog")
        return self.env["contact.dialog"].with_context(**action["context"]).create(values)

    def test_its_buttons(self):
        for button, summary, activity_type in (
            ("action_demo", "Demo call", "mail.mail_activity_data_call"),
            ("action_meeting", "Meeting", "mail.mail_activity_data_meeting"),
            ("action_call", "Call after quotation", "mail.mail_activity_data_call"),
        ):
            lead = self.lead()
            lead.action_no_answer()
            dialog = self.dialog(lead, need="A bigger one", note="Budget in May")
            self.assertEqual(dialog.day.isoformat(), "2026-03-12")
            self.assertFalse(lead.first_contact_date, "nothing is logged before a button")
            dialog.day = "2026-03-20"
            getattr(dialog, button)()
            self.assertEqual((lead.handling_role, lead.need), ("contacted", "A bigger one"))
            self.assertEqual(self.attempts(lead)[-1].note, "Budget in May")
            self.assertEqual(self.activities(lead), [("2026-03-20", summary)])
            self.assertEqual(lead.activity_ids.activity_type_id, self.env.ref(activity_type))

    def test_once_only(self):
        lead = self.lead()
        self.dialog(lead).action_call()
        lead = lead.with_context(l2c_today="2026-03-10 16:00:00")
        self.assertEqual(lead.action_reached()["tag"], "l2c_logged")
        self.assertEqual((lead.attempt_count, lead.handling_role), (2, "in_progress"))

    def test_of_quotations_and_invoices(self):
        for document in (self.order(), self.invoice()):
            self.dialog(document, need="Nowhere to go").action_meeting()
            self.assertEqual(document.attempt_count, 1)
            self.assertEqual(self.activities(document), [("2026-03-12", "Meeting")])

    def test_many_at_once_without_a_dialog(self):
        leads = self.lead() | self.lead()
        leads.action_reached()
        self.assertEqual(leads.mapped("handling_role"), ["contacted"] * 2)


@tagged("post_install", "-at_install")
class TestClosing(AttemptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_not_interested")

    def closure(self, document):
        return document.closure_reason_id, document.closure_note, document.closure_date

    def test_lead_and_quotation(self):
        for document, field, closed, role, reopened in (
            (self.lead(), "won_status", "lost", "contacted", "pending"),
            (self.order(), "state", "cancel", "in_progress", "draft"),
        ):
            document.action_log_attempt("reached")
            document.activity_schedule("mail.mail_activity_data_todo", summary="Mine", automated=False)
            document.action_close(self.reason, "Too dear")
            self.assertEqual((document.handling_role, document[field]), ("lost", closed))
            self.assertEqual(
                (*self.closure(document)[:2], str(document.closure_date)),
                (self.reason, "Too dear", "2026-03-10 12:00:00"),
            )
            self.assertEqual([summary for _day, summary in self.activities(document)], ["Mine"])
            document.action_reopen()
            self.assertEqual((document.handling_role, document[field]), (role, reopened))
            self.assertFalse(any(self.closure(document)))

    def test_odoo_buttons_reopen_too(self):
        lead, order, expired = self.lead(), self.order(), self.order()
        for document in (lead, order, expired):
            document.action_close(self.reason, "Too dear")
        lead.action_restore()
        order.action_draft()
        expired.validity_date = "2026-03-01"
        expired.action_draft()
        for document in (lead, order, expired):
            self.assertFalse(any(self.closure(document)), document.handling_role)

    def test_a_reason_is_needed(self):
        for document in (self.lead(), self.order(), self.invoice()):
            with self.assertRaisesRegex(UserError, "Choose a reason"):
                document.action_close(self.env["crm.lost.reason"])
            self.assertFalse(document.closure_date)

    def test_many_at_once(self):
        for documents in (self.lead() | self.lead(), self.order() | self.order(), self.invoice() | self.invoice()):
            for note in ("End of season", False):
                action = documents.action_close_dialog()
                dialog = self.env[action["res_model"]].with_context(**action["context"])
                dialog.create({"reason_id": self.reason.id, "note": note}).action_close()
                for document in documents:
                    self.assertEqual(self.closure(document)[:2], (self.reason, note))
                documents.action_reopen()

    def test_only_open_invoices(self):
        paid, draft = self.invoice(), self.invoice(post=False)
        self.pay(paid)
        for move in (paid, draft, paid | self.invoice()):
            with self.assertRaisesRegex(UserError, "Only an open invoice"):
                move.action_close(self.reason)


@tagged("post_install", "-at_install")
class TestClosedInvoice(RunCase):
    def test_nobody_reminds_of_it(self):
        move = self.invoice()
        self.run_on("2026-03-10")
        notice = self.notices(move)
        self.assertEqual((len(notice), notice.state), (1, "queued"))
        move.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Disputed for years")
        self.assertEqual(notice.state, "cancelled")
        self.assertEqual((move.handling_role, move.state, move.payment_state), ("new", "posted", "not_paid"))
        self.run_on("2026-03-11")
        self.assertEqual(self.current(move).code, "closed")
        self.assertEqual(self.notices(move), notice)
        move.action_reopen()
        self.run_on("2026-03-12")
        self.assertNotEqual(self.current(move).code, "closed")
        self.assertEqual((self.notices(move) - notice).state, "queued")


@tagged("post_install", "-at_install")
class TestCustomersAttempts(AttemptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.readonly = cls.user("readonly", "account.group_account_readonly")
        cls.collector = cls.user("collector", "lead_to_cash.group_collections_user")

    def test_one_attempt_counts_on_every_open_invoice(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        open_ones = self.invoice() | self.invoice(due="2026-04-01") | self.invoice(partner_id=contact.id)
        others = self.invoice() | self.invoice(post=False) | self.invoice(move_type="in_invoice")
        self.pay(others[0])
        contact.with_user(self.collector).action_log_attempt("callback", note="On Friday")
        made = self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((made.res_model, made.res_id, made.user_id), ("res.partner", self.customer.id, self.collector))
        self.assertEqual(set(open_ones.mapped("handling_role")), {"contacted"})
        self.assertEqual((open_ones | others).mapped("attempt_count"), [1, 1, 1, 0, 0, 0])
        self.assertEqual([str(day) for day in set(open_ones.mapped("last_contact_date"))], ["2026-03-10 12:00:00"])

    def test_buttons_on_an_invoice_are_for_who_may_log(self):
        for user, shown in ((self.readonly, False), (self.seller, False), (self.collector, True)):
            arch = self.env["account.move"].with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual("action_left_message" in arch, shown, user.name)

    def test_who_may_log(self):
        mine, other, move = self.lead(user_id=self.seller.id), self.lead(user_id=self.env.user.id), self.invoice()
        mine.with_user(self.seller).action_log_attempt("no_answer")
        move.with_user(self.collector).action_log_attempt("no_answer")
        self.assertEqual((mine.handling_role, move.handling_role), ("no_answer", "no_answer"))
        for user, document in (
            (self.seller, other),
            (self.readonly, move),
            (self.readonly, self.customer),
            (self.collector, other),
        ):
            with self.assertRaises(AccessError, msg=f"{user.login} {document._name}"), self.cr.savepoint():
                document.with_user(user).action_log_attempt("no_answer")

    def test_attempts_are_seen_with_their_document(self):
        mine, other, move = self.lead(user_id=self.seller.id), self.lead(user_id=self.env.user.id), self.invoice()
        for document in (mine, other, move):
            document.action_log_attempt("no_answer")
        domain = [("res_id", "in", (mine | other).ids), ("res_model", "=", "crm.lead")]
        domain = ["|", *["&", *domain], "&", ("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        for user, document in ((self.seller, mine), (self.readonly, move), (self.collector, move)):
            self.assertEqual(self.env["contact.attempt"].with_user(user).search(domain), self.attempts(document))
        with self.assertRaises(AccessError):
            self.attempts(other).with_user(self.seller).read(["outcome"])
