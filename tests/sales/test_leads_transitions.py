"""From which status an event leads to which, and that every way in keeps the status and Odoo's
own fields consistent."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...engine.handling.status import OPEN_ROLES, ROLES
from ..common import HandlingCase

#: The short names of the tables below.
SHORT = {
    "new": "new",
    "noa": "no_answer",
    "con": "contacted",
    "pro": "in_progress",
    "won": "won",
    "los": "lost",
    "dor": "dormant",
    "-": None,
}

#: A row for each role of a lead, a column for each event: the role after it. An event that
#: its document's own state forbids, or that means nothing, changes nothing; "-" is what Odoo
#: itself refuses.
LEADS = """
    no_answer left_message reached callback promise wrong_person refused meeting quote order set_won set_lost restore
new noa       noa          con     con      con     new          new     pro     pro   won   won     los      new
noa noa       noa          con     con      con     noa          noa     pro     pro   won   won     los      noa
con con       con          pro     pro      pro     con          con     pro     pro   won   won     los      con
pro pro       pro          pro     pro      pro     pro          pro     pro     pro   won   won     los      pro
won won       won          won     won      won     won          won     won     won   won   won     -        won
los los       los          los     los      los     los          los     los     los   won   won     los      new
dor dor       dor          dor     dor      dor     dor          dor     dor     dor   won   dor     -        dor
"""

#: A draft can't be Sent: who was reached about it is in negotiation.
DRAFTS = """
       no_answer left_message reached callback promise wrong_person refused
new    noa       noa          pro     pro      pro     new          new
noa    noa       noa          pro     pro      pro     noa          noa
pro    pro       pro          pro     pro      pro     pro          pro
"""

SENT = """
       no_answer left_message reached callback promise wrong_person refused
con    con       con          pro     pro      pro     con          con
noa    noa       noa          con     con      con     noa          noa
pro    pro       pro          pro     pro      pro     pro          pro
"""

OVERDUE = """
       no_answer left_message reached callback promise wrong_person refused
new    noa       noa          con     con      con     new          new
noa    noa       noa          con     con      con     noa          noa
con    con       con          pro     pro      pro     con          con
pro    pro       pro          pro     pro      pro     pro          pro
"""


def cells(table):
    """Each (role, event, role after it) of a table."""
    header, *rows = table.strip().splitlines()
    for row in rows:
        role, *after = row.split()
        for event, target in zip(header.split(), after, strict=True):
            yield SHORT[role], event, SHORT[target]


class LeadCase(HandlingCase):
    """Leads in each role, and the ways in which things happen to them."""

    def lead_in(self, role, **values):
        """A lead of a new customer in ``role``, brought there as a person does."""
        customer = self.env["res.partner"].create({"name": "Prospect", "email": "prospect@example.com"})
        lead = self.lead(partner_id=customer.id, **values)
        if role == "dormant":
            lead.action_set_won()
        if role != "new":
            lead.handling_status_id = self.status("crm.lead", role)
        self.assertEqual(lead.handling_role, role)
        return lead

    def happen(self, document, event):
        """Let ``event`` happen: the name of a way below, or an outcome of an attempt."""
        way = getattr(self, f"_{event}", None)
        if way:
            way(document)
        else:
            document.action_log_attempt(event)

    def _meeting(self, lead):
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": "2026-03-12 10:00:00",
                "stop": "2026-03-12 11:00:00",
                "opportunity_id": lead.id,
            }
        )

    def _quote(self, lead):
        self.order(opportunity_id=lead.id, partner_id=lead.partner_id.id).action_quotation_sent()

    def _order(self, lead):
        self.order(opportunity_id=lead.id, partner_id=lead.partner_id.id).action_confirm()

    def _set_won(self, lead):
        lead.action_set_won()

    def _set_lost(self, lead):
        lead.action_set_lost()

    def _restore(self, lead):
        lead.action_restore()

    def assert_consistent(self, lead):
        """The role and Odoo's own fields say the same, and so does the history."""
        expected = {"won": ("won", "dormant"), "lost": ("lost",), "pending": OPEN_ROLES}
        self.assertIn(lead.handling_role, expected[lead.won_status])
        self.assertEqual(lead.handling_status_id.res_model, "crm.lead")
        self.assertEqual(lead.handling_status_id.role, lead.handling_role)
        if lead.won_status == "won":
            self.assertTrue(lead.active and lead.stage_id.is_won)
        if lead.won_status == "lost":
            self.assertEqual((lead.active, lead.probability), (False, 0))
        self.assertEqual(self.log(lead)[-1][1], lead.handling_role)

    def activities(self, document):
        """What is planned: pairs of date and summary, by date."""
        self.env.invalidate_all()
        planned = self.env["mail.activity"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)], order="date_deadline, id"
        )
        return [(activity.date_deadline.isoformat(), activity.summary) for activity in planned]

    def done(self, document, day):
        """Mark what is planned as done on ``day``."""
        document.activity_ids.with_context(l2c_today=day).action_feedback()

    def stage(self, is_won):
        return self.env["crm.stage"].search([("is_won", "=", is_won)], order="sequence desc", limit=1)


@tagged("post_install", "-at_install")
class TestTransitions(LeadCase):
    def test_the_table_is_complete(self):
        self.assertEqual({role for role, _event, _target in cells(LEADS)}, {role for role, _label in ROLES})

    def test_leads(self):
        leads = {role: self.lead_in(role) for role, _label in ROLES}
        for role, event, target in cells(LEADS):
            lead = leads[role]
            with self.undone(), self.subTest(role=role, event=event):
                if target:
                    self.happen(lead, event)
                else:
                    with self.assertRaisesRegex(UserError, "Move it to another stage first"), self.cr.savepoint():
                        self.happen(lead, event)
                self.assertEqual(lead.handling_role, target or role)
                self.assert_consistent(lead)

    def test_quotations(self):
        draft, sent = self.order(), self.order()
        sent.action_quotation_sent()
        for order, state, table in ((draft, "draft", DRAFTS), (sent, "sent", SENT)):
            for role, event, target in cells(table):
                with self.undone(), self.subTest(state=state, role=role, event=event):
                    order.handling_status_id = self.status("sale.order", role)
                    self.happen(order, event)
                    self.assertEqual((order.handling_role, order.state), (target, state))

    def test_overdue_invoices(self):
        move = self.invoice()
        for role, event, target in cells(OVERDUE):
            with self.undone(), self.subTest(role=role, event=event):
                situation = "overdue" if role == "new" else False
                move.handling_status_id = self.status("account.move", role, situation)
                self.happen(move, event)
                self.assertEqual((move.handling_role, move.state), (target, "posted"))

    def test_a_batch_in_several_roles(self):
        leads = self.lead_in("new") | self.lead_in("contacted") | self.lead_in("lost")
        leads.action_log_attempt("reached")
        self.assertEqual(leads.mapped("handling_role"), ["contacted", "in_progress", "lost"])

    def test_a_quotation_in_negotiation_that_is_sent(self):
        """Its own status stays, its lead goes on."""
        lead = self.lead_in("contacted")
        order = self.order(opportunity_id=lead.id)
        order.handling_status_id = self.status("sale.order", "in_progress")
        order.action_quotation_sent()
        self.assertEqual(order.handling_role, "in_progress")
        self.assertEqual(lead.handling_role, "in_progress")

    def test_a_customer_confirms_online(self):
        """Nobody is logged in, and the lead has no salesperson."""
        lead = self.lead(partner_id=self.customer.id, user_id=False)
        order = self.order(opportunity_id=lead.id, user_id=False)
        order.with_user(self.env.ref("base.public_user")).sudo().action_confirm()
        self.assertEqual(lead.handling_role, "won")
        self.assert_consistent(lead)
        self.assertNotEqual(lead.activity_ids.user_id, self.env.ref("base.public_user"))

    def test_others_than_the_salesperson(self):
        """Who sends or confirms the quotation need not see the lead."""
        seller = self.user("seller", "sales_team.group_sale_salesman")
        owner = self.user("owner", "sales_team.group_sale_salesman")
        for way, role in (("action_confirm", "won"), ("action_quotation_sent", "in_progress")):
            # Where the quotation is larger, Odoo itself writes on the lead.
            lead = self.lead(partner_id=self.customer.id, user_id=owner.id, expected_revenue=1000)
            order = self.order(opportunity_id=lead.id, user_id=seller.id).with_user(seller)
            getattr(order, way)()
            self.assertEqual(lead.handling_role, role)
            self.assertEqual(lead.activity_ids.user_id, owner)


@tagged("post_install", "-at_install")
class TestWaysIn(LeadCase):
    def test_button_won(self):
        lead = self.lead_in("contacted")
        lead.action_set_won_rainbowman()
        self.assertEqual((lead.handling_role, lead.won_status), ("won", "won"))
        self.assert_consistent(lead)

    def test_dialog_lost(self):
        reason = self.env.ref("lead_to_cash.lost_reason_not_interested")
        leads = self.lead_in("new") | self.lead_in("in_progress")
        dialog = self.env["crm.lead.lost"].with_context(active_model="crm.lead", active_ids=leads.ids)
        dialog.create({"lead_ids": leads.ids, "lost_reason_id": reason.id}).action_lost_reason_apply()
        for lead in leads:
            self.assertEqual((lead.handling_role, lead.closure_reason_id), ("lost", reason))
            self.assert_consistent(lead)

    def test_chosen_by_hand(self):
        """Choosing a status does what Odoo's own button does, from wherever the lead stands."""
        for start, _label in ROLES:
            lead = self.lead_in(start)
            for chosen in ("won", "lost", *OPEN_ROLES):
                with self.undone(), self.subTest(start=start, chosen=chosen):
                    if chosen == "lost" and start in ("won", "dormant"):
                        continue  # Odoo refuses it, as the table says
                    lead.handling_status_id = self.status("crm.lead", chosen)
                    self.assertEqual(lead.handling_role, chosen)
                    self.assert_consistent(lead)

    def test_what_is_offered_can_be_chosen(self):
        for role, _label in ROLES:
            lead = self.lead_in(role)
            for status in lead.handling_offer_ids:
                with self.undone(), self.subTest(role=role, status=status.name):
                    lead.handling_status_id = status
                    self.assertEqual(lead.handling_status_id, status)

    def test_chosen_in_the_form(self):
        lead = self.lead_in("new")
        lead.web_save({"handling_status_id": self.status("crm.lead", "lost").id}, {"handling_role": {}})
        self.assertEqual((lead.handling_role, lead.won_status), ("lost", "lost"))

    def test_a_lead_stays_out_of_a_status_that_needs_a_reason(self):
        self.status("crm.lead", "lost").requires_closure_reason = True
        lead, reason = self.lead_in("new"), self.env.ref("lead_to_cash.lost_reason_not_interested")
        for way in (
            lambda: lead.write({"handling_status_id": self.status("crm.lead", "lost").id}),
            lead.action_set_lost,
        ):
            with self.assertRaisesRegex(UserError, "needs a reason"):
                way()
        self.assertEqual(lead.handling_role, "new")
        lead.action_set_lost(lost_reason_id=reason.id)
        self.assertEqual((lead.handling_role, lead.closure_reason_id), ("lost", reason))

    def test_card_dragged_to_a_stage(self):
        lead = self.lead_in("no_answer")
        lead.write({"stage_id": self.stage(True).id})
        self.assertEqual(lead.handling_role, "won")
        self.assert_consistent(lead)
        for stage, role in (("Unlinked", "new"), ("Proposition", "in_progress")):
            lead.write({"stage_id": self.stage(True).id})
            linked = self.env["crm.stage"].search([("name", "=", stage)]) or self.env["crm.stage"].create(
                {"name": stage}
            )
            lead.write({"stage_id": linked.id})
            self.assertEqual(lead.handling_role, role)
            self.assert_consistent(lead)

    def test_closed_lead_dragged_to_the_won_stage(self):
        """No reason for closing is left on a customer."""
        lead = self.lead_in("contacted")
        lead.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Too dear")
        lead.stage_id = self.stage(True)
        self.assertEqual(lead.handling_role, "won")
        self.assertFalse(lead.closure_reason_id or lead.closure_note or lead.closure_date)

    def test_card_dragged_to_a_status(self):
        lead = self.lead_in("won")
        for role in ("dormant", "contacted", "lost", "no_answer", "won", "in_progress"):
            lead.write({"handling_status_id": self.status("crm.lead", role).id})
            self.assertEqual(lead.handling_role, role)
            self.assert_consistent(lead)

    def test_mass_edit(self):
        for role in ("won", "lost", "contacted"):
            leads = self.lead_in("new") | self.lead_in("lost") | self.lead_in("in_progress") | self.lead_in(role)
            leads.write({"handling_status_id": self.status("crm.lead", role).id})
            self.assertEqual(set(leads.mapped("handling_role")), {role})
            for lead in leads:
                self.assert_consistent(lead)

    def test_import_by_external_id(self):
        self.imported("handling_status_id/id", "lead_to_cash.status_lead_no_answer", "no_answer")

    def test_import_by_name(self):
        """The name of the status is that of quotations and invoices too."""
        self.imported("handling_status_id", "No answer", "no_answer")

    def imported(self, column, value, role):
        result = self.env["crm.lead"].load(["name", "type", column], [["Imported", "opportunity", value]])
        self.assertTrue(result["ids"], result["messages"])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.handling_role, role)
        self.assert_consistent(lead)

    def test_import_over_existing_leads(self):
        lead = self.lead_in("new")
        rows = [[str(lead.id), "lead_to_cash.status_lead_won"]]
        result = self.env["crm.lead"].load([".id", "handling_status_id/id"], rows)
        self.assertEqual(result["ids"], lead.ids, result["messages"])
        self.assertEqual(lead.handling_role, "won")
        self.assert_consistent(lead)

    def test_merge(self):
        """What is planned moves along; the status of the kept lead fits what it has become."""
        for roles in (("contacted", "new"), ("in_progress", "lost"), ("won", "contacted"), ("lost", "lost")):
            with self.subTest(roles=roles):
                first, second = (self.lead_in(role) for role in roles)
                kept = (first | second).with_context(active_test=False).merge_opportunity()
                self.assert_consistent(kept)
                self.assertFalse(((first | second) - kept).exists())
                self.env.flush_all()
                planned = min(kept.activity_ids.mapped("date_deadline"), default=False)
                self.assertEqual(kept.next_action_date, planned)

    def test_convert(self):
        lead = self.lead_in("contacted", type="lead")
        lead.convert_opportunity(self.customer, user_ids=self.env.user.ids)
        self.assertEqual((lead.type, lead.handling_role), ("opportunity", "contacted"))
        self.assert_consistent(lead)

    def test_archive_and_restore(self):
        """Odoo calls an archived lead lost when its probability is 0."""
        for probability, archived, restored in ((20, "in_progress", "in_progress"), (0, "lost", "in_progress")):
            lead = self.lead_in("in_progress", probability=probability)
            lead.action_archive()
            self.assertEqual(lead.handling_role, archived)
            self.assert_consistent(lead)
            lead.action_unarchive()
            self.assertEqual(lead.handling_role, restored)
            self.assert_consistent(lead)

    def test_lost_lead_unarchived(self):
        lead = self.lead_in("lost")
        lead.action_unarchive()
        self.assertEqual(lead.handling_role, "new")
        self.assert_consistent(lead)

    def test_made_by_a_program(self):
        """In a stage, as lost, with a status."""
        for values, role in (
            ({"stage_id": self.stage(True).id}, "won"),
            ({"active": False, "probability": 0}, "lost"),
            ({"handling_status_id": self.status("crm.lead", "contacted").id}, "contacted"),
            ({"handling_status_id": self.status("crm.lead", "lost").id, "active": False, "probability": 0}, "lost"),
        ):
            with self.subTest(role=role, fields=list(values)):
                lead = self.lead(**values)
                self.assertEqual(lead.handling_role, role)
                self.assert_consistent(lead)

    def test_two_orders_of_one_lead(self):
        lead, first, second = self.lead_in("new"), self.order(), self.order()
        lead.order_ids = first | second
        first.action_quotation_sent()
        self.assertEqual(lead.handling_role, "in_progress")
        first._action_cancel()
        self.assertEqual(lead.handling_role, "in_progress")
        second.action_confirm()
        self.assertEqual(lead.handling_role, "won")
