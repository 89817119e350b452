"""What Odoo promises of its own documents holds with this addon."""

import importlib.util

from odoo.tests import tagged
from odoo.tools import file_path

from ...models.handling.next_action import ONCE
from ..common import TODAY, HandlingCase

TODO = "mail.mail_activity_data_todo"


@tagged("post_install", "-at_install")
class TestHostPromises(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_not_interested")
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman_all_leads")

    def theirs(self, document):
        """An activity as an automation rule or another addon plans it."""
        return document.activity_schedule(TODO, "2026-03-20", "By a rule", user_id=self.seller.id)

    def test_the_reason_is_told_once(self):
        closed = ["active", "lost_reason_id", "won_status"]
        for title, close, expected in (
            ("Odoo's button", lambda lead: lead.action_set_lost(lost_reason_id=self.reason.id), closed),
            ("ours", lambda lead: lead.action_close(self.reason), closed),
            ("the field", lambda lead: lead.write({"closure_reason_id": self.reason.id}), ["lost_reason_id"]),
        ):
            with self.subTest(title):
                lead = self.lead().with_context(tracking_disable=False)
                self.cr.flush()
                close(lead)
                self.cr.flush()
                told = lead.message_ids.tracking_value_ids.field_id.mapped("name")
                self.assertEqual(sorted(told), expected)

    def test_a_mail_that_leaves_in_between_splits_no_line(self):
        """What is changed in one transaction is one line in the chatter, whatever is sent meanwhile."""
        lead = self.lead().with_context(tracking_disable=False)
        mail = self.env["mail.mail"].create({"subject": "Other", "body_html": "Other", "email_to": "a@example.com"})
        self.cr.flush()
        for email in ("first@example.com", "second@example.com"):
            lead.email_from = email
            self.assertEqual(len(mail._prepare_outgoing_list()), 1)
        self.cr.flush()
        told = lead.message_ids.tracking_value_ids
        self.assertEqual(told.mapped("new_value_char"), ["second@example.com"])

    def test_no_field_that_repeats_another_is_tracked(self):
        """A related field is tracked when its target is, unless it says otherwise."""
        fields = [field for model in self.env.registry.values() for field in model._fields.values()]
        ours = [field for field in fields if field.related and "lead_to_cash" in (field._modules or ())]
        self.assertIn(self.env["crm.lead"]._fields["closure_reason_id"], ours)
        self.assertEqual([field for field in ours if getattr(field, "tracking", None)], [])

    def test_a_merge_moves_what_others_planned(self):
        kept, other = self.lead(probability=60), self.lead(type="lead", name="Twin", probability=10)
        planned = self.theirs(other)
        self.env["calendar.event"].create(
            {"name": "Meeting", "start": TODAY, "stop": TODAY, "opportunity_id": other.id, "res_id": other.id}
        )
        self.assertEqual(other.handling_role, "in_progress")
        (kept | other).merge_opportunity()
        self.assertFalse(other.exists())
        self.assertEqual(kept.activity_ids, planned)
        self.assertEqual(str(kept.next_action_date), "2026-03-20")

    def test_what_others_planned_is_theirs_to_end(self):
        for document in (self.lead(), self.order(), self.invoice()):
            with self.subTest(document._name):
                planned = self.theirs(document)
                for outcome in ("no_answer", "reached", "no_answer"):
                    document.action_log_attempt(outcome)
                self.assertIn(planned, document.activity_ids)
                document.action_close(self.reason)
                self.assertEqual(document.activity_ids, planned)

    def test_what_others_planned_stays_with_its_person(self):
        lead = self.lead(user_id=self.env.uid)
        planned = self.theirs(lead)
        lead.action_hand_over(user=self.user("other", "sales_team.group_sale_salesman"))
        self.assertEqual(planned.user_id, self.seller)

    def test_what_was_written_before_closing_is_kept(self):
        """Closing writes by SQL, past what the ORM has not yet sent to the database."""
        for document, field in ((self.lead(), "referred"), (self.order(), "client_order_ref"), (self.invoice(), "ref")):
            for number, act in enumerate((lambda doc: doc.action_close(self.reason), lambda doc: doc.action_reopen())):
                with self.subTest(document._name, number=number):
                    self.env.flush_all()
                    document[field] = f"By hand {number}"
                    act(document)
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self.assertEqual(document[field], f"By hand {number}")

    def test_planned_before_the_update(self):
        """What an earlier version planned is still dropped."""
        lead = self.lead()
        planned = self.theirs(lead)
        by_hand = lead.activity_schedule(TODO, "2026-03-21", "Mine", automated=False)
        self.env.flush_all()
        path = file_path("lead_to_cash/migrations/19.0.1.2.0/post-handling_step.py")
        spec = importlib.util.spec_from_file_location("handling_step", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((planned.handling_step, by_hand.handling_step), (ONCE, 0))
        lead.action_close(self.reason)
        self.assertEqual(lead.activity_ids, by_hand)

    def test_what_joins_customers_is_planned_as_without_this_addon(self):
        """Odoo gives each field that differs by company an index: the planner looks at all of them whenever it meets the table."""
        self.env.cr.execute(
            """SELECT tablename, indexname FROM pg_indexes
                WHERE (tablename, indexname) IN (
                      SELECT replace(f.model, '.', '_'), replace(f.model, '.', '_') || '__' || f.name || '_index'
                        FROM ir_model_fields f
                        JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id AND d.module = 'lead_to_cash'
                       WHERE f.company_dependent)"""
        )
        self.assertEqual(self.env.cr.fetchall(), [])
