"""Stages and statuses of leads follow each other, and an existing pipeline isn't called new."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ...engine.sales.pipeline import never_changed
from .test_leads_transitions import LeadCase

#: What somebody wrote.
SAID = "Good day"


@tagged("post_install", "-at_install")
class TestLinked(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("stage_lead1", "stage_lead2", "stage_lead3", "stage_lead4")
        cls.new, cls.qualified, cls.proposition, cls.won = (cls.env.ref(f"crm.{name}") for name in names)

    def changes(self, lead):
        return len(self.log(lead))

    def test_as_shipped(self):
        self.assertFalse(self.new.handling_status_id)
        self.assertEqual(self.qualified.handling_status_id, self.status("crm.lead", "contacted"))
        self.assertEqual(self.proposition.handling_status_id, self.status("crm.lead", "in_progress"))
        self.assertEqual(self.status("crm.lead", "in_progress").stage_id, self.proposition)
        self.assertFalse(self.status("crm.lead", "contacted").stage_id)

    def test_the_stage_gives_the_status_once(self):
        lead = self.lead()
        for stage, role in (
            (self.qualified, "contacted"),
            (self.proposition, "in_progress"),
            (self.new, "in_progress"),
        ):
            before = self.changes(lead)
            lead.stage_id = stage
            self.assertEqual((lead.stage_id, lead.handling_role), (stage, role))
            self.assertLessEqual(self.changes(lead), before + 1)

    def test_the_status_moves_to_the_stage_once_and_never_back(self):
        lead = self.lead()
        lead.handling_status_id = self.status("crm.lead", "in_progress")
        self.assertEqual((lead.stage_id, lead.handling_role), (self.proposition, "in_progress"))
        self.assertEqual(self.changes(lead), 2)  # the first one, and this
        for role in ("contacted", "no_answer", "new"):
            lead.handling_status_id = self.status("crm.lead", role)
            self.assertEqual((lead.stage_id, lead.handling_role), (self.proposition, role))

    def test_made_together(self):
        """One that is given both doesn't keep the others from following."""
        status = self.status("crm.lead", "in_progress").id
        both = {"name": "Both", "stage_id": self.qualified.id, "handling_status_id": status}
        leads = self.env["crm.lead"].create([{"name": "Status", "handling_status_id": status}, both, {"name": "None"}])
        self.assertEqual([lead.stage_id.id for lead in leads], [self.proposition.id, self.qualified.id, self.new.id])
        self.assertEqual(leads.mapped("handling_role"), ["in_progress", "in_progress", "new"])

    def test_calls_and_quotations_move_it(self):
        lead = self.lead_in("contacted")
        self.assertEqual(lead.stage_id, self.new)
        order = self.order(opportunity_id=lead.id)
        order.action_quotation_sent()
        self.assertEqual((lead.stage_id, lead.handling_role), (self.proposition, "in_progress"))

    def test_made_in_a_stage(self):
        by_values = self.lead(stage_id=self.proposition.id)
        by_context = self.env["crm.lead"].with_context(default_stage_id=self.qualified.id).create({"name": "Quick"})
        self.assertEqual([by_values.handling_role, by_context.handling_role], ["in_progress", "contacted"])
        self.assertEqual([self.changes(by_values), self.changes(by_context)], [1, 1])
        self.assertEqual(self.lead().handling_role, "new")
        self.assertEqual(self.lead(stage_id=self.won.id).handling_role, "won")

    def test_who_gives_both_gets_both(self):
        both = {"stage_id": self.qualified.id, "handling_status_id": self.status("crm.lead", "in_progress").id}
        written = self.lead()
        written.write(both)
        for lead in (written, self.lead(**both)):
            self.assertEqual((lead.stage_id, lead.handling_role), (self.qualified, "in_progress"))

    def test_closed_leads_keep_their_status(self):
        lost = self.lead_in("lost")
        lost.stage_id = self.proposition
        self.assertEqual(lost.handling_role, "lost")
        won = self.lead_in("won")
        won.stage_id = self.won
        self.assertEqual(won.handling_role, "won")

    def test_a_stage_without_a_link_and_links_that_are_changed(self):
        self.proposition.handling_status_id = False
        self.status("crm.lead", "in_progress").stage_id = False
        lead = self.lead()
        lead.stage_id = self.proposition
        self.assertEqual(lead.handling_role, "new")
        lead.handling_status_id = self.status("crm.lead", "in_progress")
        self.assertEqual(lead.stage_id, self.proposition)
        with Form(self.new) as form:
            form.handling_status_id = self.status("crm.lead", "no_answer")
        lead.stage_id = self.new
        self.assertEqual(lead.handling_role, "no_answer")

    def test_a_stage_of_another_team_and_an_archived_status(self):
        self.proposition.team_ids = self.env["crm.team"].create({"name": "Others"})
        lead = self.lead()
        lead.handling_status_id = self.status("crm.lead", "in_progress")
        self.assertEqual(lead.stage_id, self.new)
        extra = self.env["handling.status"].create({"name": "Extra", "res_model": "crm.lead", "role": "contacted"})
        self.qualified.handling_status_id = extra
        extra.active = False
        lead.stage_id = self.qualified
        self.assertEqual(lead.handling_role, "in_progress")

    def test_bad_links(self):
        for status, message in (
            (self.status("sale.order", "contacted"), "is no status of an open lead"),
            (self.status("crm.lead", "won"), "is no status of an open lead"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                self.qualified.handling_status_id = status
            with self.assertRaisesRegex(ValidationError, "Only statuses of open leads"):
                status.stage_id = self.qualified
        with self.assertRaisesRegex(ValidationError, "is won"):
            self.status("crm.lead", "in_progress").stage_id = self.won

    def test_many_leads_cost_no_more_queries(self):
        self.lead().stage_id = self.proposition  # warm
        few, many = (self.env["crm.lead"].create([{"name": "L"}] * count) for count in (2, 20))
        counts = []
        for leads in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads.stage_id = self.proposition
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)


@tagged("post_install", "-at_install")
class TestDerived(LeadCase):
    """What is known of leads that were there before."""

    def derive(self, leads):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET handling_status_id = %s, handling_role = 'new' WHERE id IN %s",
            (self.status("crm.lead", "new").id, leads._ids),
        )
        self.env["crm.lead"]._derive_status(never_changed())
        return leads.mapped("handling_role")

    def test_by_stage(self):
        stages = [self.env.ref(f"crm.stage_lead{number}").id for number in (1, 2, 3)]
        leads = self.env["crm.lead"].create([{"name": "L", "type": "opportunity", "stage_id": id_} for id_ in stages])
        self.assertEqual(self.derive(leads), ["new", "contacted", "in_progress"])
        leads.type = "lead"
        self.assertEqual(self.derive(leads), ["new", "contacted", "in_progress"])
        self.assertEqual(leads.mapped("first_contact_date"), [False] * 3)

    def test_by_what_was_done(self):
        seller = self.user("does", "sales_team.group_sale_salesman")
        names = ("nothing", "note", "customer wrote", "we wrote", "planned", "done", "automated", "met", "quoted")
        leads = {name: self.lead(name=name, user_id=seller.id) for name in names}
        mine = {name: lead.with_user(seller) for name, lead in leads.items()}
        mine["note"].message_post(body=SAID, message_type="comment", subtype_xmlid="mail.mt_note")
        leads["customer wrote"].message_post(
            body=SAID, author_id=self.customer.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        mine["we wrote"].message_post(body=SAID, message_type="comment", subtype_xmlid="mail.mt_comment")
        for name in ("planned", "done"):
            mine[name].activity_ids = [
                Command.create(
                    {
                        "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                        "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "date_deadline": "2026-04-01",
                        "user_id": seller.id,
                    }
                )
            ]
        mine["done"].activity_ids.action_feedback("Spoke to her")
        leads["automated"].activity_schedule("mail.mail_activity_data_call", user_id=seller.id)
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "opportunity_id": leads["met"].id,
                "start": "2026-03-01 10:00:00",
                "stop": "2026-03-01 11:00:00",
            }
        )
        order = self.order(opportunity_id=leads["quoted"].id)
        order.state = "sent"
        all_leads = self.env["crm.lead"].browse(lead.id for lead in leads.values())
        self.env["handling.status.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", all_leads.ids)]
        ).sudo().unlink()
        roles = dict(zip(names, self.derive(all_leads), strict=True))
        worked = {"we wrote", "planned", "done", "met", "quoted"}
        self.assertEqual({name for name, role in roles.items() if role == "in_progress"}, worked)
        self.assertEqual({name for name, role in roles.items() if role == "new"}, set(names) - worked)

    def test_not_what_was_tried_or_changed(self):
        tried, changed, untouched = leads = self.env["crm.lead"].create([{"name": "L", "type": "opportunity"}] * 3)
        tried.action_log_attempt("wrong_person")
        changed.handling_status_id = self.status("crm.lead", "no_answer")
        changed.handling_status_id = self.status("crm.lead", "new")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET stage_id = %s WHERE id IN %s", (self.env.ref("crm.stage_lead3").id, leads._ids)
        )
        self.env.invalidate_all()
        self.assertEqual(self.derive(leads), ["new", "new", "in_progress"])
        self.assertEqual(untouched.handling_status_id, self.status("crm.lead", "in_progress"))
        self.assertEqual((tried | changed).stage_id, self.env.ref("crm.stage_lead3"))
