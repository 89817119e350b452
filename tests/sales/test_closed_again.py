"""Whether and when the closed are asked again, may be written to, and what coming back means."""

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import TODAY
from .test_closing import ClosingCase


@tagged("post_install", "-at_install")
class TestAskedAgain(ClosingCase):
    def test_a_reason_says_when(self):
        """Half a year, also Odoo's own and new ones; who is not to be contacted again, never."""
        shipped = {"crm.lost_reason_1": 180, "lead_to_cash.lost_reason_do_not_contact": 0}
        for xmlid, days in shipped.items():
            self.assertEqual(self.env.ref(xmlid).reengage_days, days, xmlid)
        self.assertEqual(self.env["crm.lost.reason"].create({"name": "New"}).reengage_days, 180)

    def test_never(self):
        lead = self.lead(user_id=self.env.uid)
        lead.action_close(self.env.ref("lead_to_cash.lost_reason_do_not_contact"))
        self.nightly("2030-01-01")
        self.assertFalse(lead.activity_ids)

    def test_closed_before_installing(self):
        """The days count from installing: nobody is flooded in the first night."""
        lead = self.lead(user_id=self.env.uid)
        lead.action_set_lost(lost_reason_id=self.env.ref("crm.lost_reason_1").id)
        self.env.cr.execute("UPDATE crm_lead SET closure_date = NULL WHERE id = %s", [lead.id])
        self.env["ir.config_parameter"].set_param("lead_to_cash.asked_again_since", "2026-03-01")
        for day, expected in (("2026-08-27", []), ("2026-08-28", ["Ask again"])):
            self.nightly(day)
            self.assertEqual(lead.activity_ids.mapped("summary"), expected, day)

    def closed(self, number, **values):
        """Leads of the salesperson, closed one a day from the first of July 2025 on; the last one first."""
        leads = self.env["crm.lead"].create(
            [{"name": f"Closed {row}", "user_id": self.seller.id, **values} for row in range(number)]
        )
        for row, lead in enumerate(reversed(leads)):
            day = fields.Date.add(fields.Date.to_date("2025-07-01"), days=row)
            lead.with_context(l2c_today=f"{day} 12:00:00").action_close(self.reason)
        return leads

    def asked_on(self, leads):
        """{day: how many leads were asked again on it}"""
        self.env.invalidate_all()
        return {str(day): len(group) for day, group in leads.grouped("reengaged_date").items() if day}

    def test_twenty_a_day_the_oldest_first(self):
        self.reason.reengage_days = 30
        leads = self.closed(45)
        others = self.closed(3, user_id=self.user("other_closing_seller", "sales_team.group_sale_salesman").id)
        for day in ("2026-03-10", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"):
            self.nightly(day)
        self.assertEqual(self.asked_on(leads), {"2026-03-10": 20, "2026-03-11": 20, "2026-03-12": 5})
        self.assertEqual(self.asked_on(others), {"2026-03-10": 3})
        by_closing = leads.sorted("closure_date")
        self.assertEqual({str(day) for day in by_closing[:20].mapped("reengaged_date")}, {"2026-03-10"})
        self.assertEqual({str(day) for day in by_closing[40:].mapped("reengaged_date")}, {"2026-03-12"})
        self.assertEqual(len(leads.activity_ids), 45)
        on_the_list = self.env["call.list.line"].with_user(self.seller).with_context(l2c_today="2026-03-10")
        self.assertEqual(on_the_list.search_count([("kind", "=", "again")]), 20)

    def test_all_at_once_where_the_company_says_so(self):
        self.reason.reengage_days = 30
        self.env.company.asked_again_per_day = 0
        leads = self.closed(25)
        self.nightly()
        self.assertEqual(self.asked_on(leads), {TODAY: 25})
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.env.company.asked_again_per_day = -1

    def test_who_gets_an_email_is_no_work(self):
        self.reason.reengage_days = 30
        self.env.company.asked_again_per_day = 2
        model_id = self.env["ir.model"]._get_id("crm.lead")
        template = self.env["mail.template"].create({"name": "Again", "model_id": model_id, "subject": "Again"})
        reason = self.reason.copy({"name": "By mail", "reengage_template_id": template.id, "reengage_days": 30})
        calls, self.reason = self.closed(3), reason
        mails = self.closed(5)
        self.nightly()
        self.assertEqual((self.asked_on(calls), self.asked_on(mails)), ({TODAY: 2}, {TODAY: 5}))

    def test_an_unreadable_day(self):
        lead = self.lead(user_id=self.env.uid)
        lead.action_close(self.reason)
        self.env["ir.config_parameter"].set_param("lead_to_cash.asked_again_since", "nonsense")
        self.nightly("2026-10-01")
        self.assertEqual(lead.activity_ids.mapped("summary"), ["Ask again"])


@tagged("post_install", "-at_install")
class TestMayBeMailed(ClosingCase):
    def closed(self, reason=None, **values):
        values = {
            "email_from": "closed@example.com",
            "contact_basis": "consent",
            "consent_date": "2025-01-01",
            "user_id": self.env.uid,
            **values,
        }
        lead = self.lead(**values)
        lead.with_context(l2c_today="2026-01-01").action_close(reason or self.env.ref("crm.lost_reason_1"))
        return lead

    def mailable(self, leads, day):
        self.env.flush_all()
        found = self.env["crm.lead"].with_context(l2c_today=day)
        found = found.search([("active", "=", False), ("may_be_mailed", "=", True), ("id", "in", leads.ids)])
        for lead in leads.with_context(l2c_today=day):
            self.assertEqual(lead.may_be_mailed, lead in found)
        return found

    def test_reason_months_consent_blacklist(self):
        customer = self.env["res.partner"].create({"name": "Buyer"})
        customer.customer_status = "customer"
        good = self.closed()
        of_a_customer = self.closed(contact_basis=False, partner_id=customer.id, email_from="buyer@example.com")
        others = (
            self.closed(reason=self.env.ref("lead_to_cash.lost_reason_do_not_contact")),
            self.closed(contact_basis=False),
            self.closed(contact_basis="enquiry"),
            self.closed(email_from=False),
            self.closed(email_from="blocked@example.com"),
            self.lead(email_from="open@example.com", contact_basis="consent", consent_date="2025-01-01"),
        )
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        leads = (good | of_a_customer).concat(*others)
        self.assertFalse(self.mailable(leads, "2026-06-29"), "not yet half a year")
        self.assertEqual(self.mailable(leads, "2026-06-30"), good | of_a_customer)
        good.reengaged_date = "2026-06-30"
        self.assertEqual(self.mailable(leads, "2026-07-01"), of_a_customer, "was asked yesterday")

    def test_closed_before_installing(self):
        """Odoo's own date, so that the past can be written to at once."""
        lead = self.closed()
        self.env.cr.execute(
            "UPDATE crm_lead SET closure_date = NULL, date_closed = '2025-06-01' WHERE id = %s", [lead.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.mailable(lead, "2026-03-10"), lead)

    def test_in_the_search(self):
        for view in ("crm.view_crm_case_leads_filter", "crm.view_crm_case_opportunities_filter"):
            arch = self.env["crm.lead"].get_view(self.env.ref(view).id, "search")["arch"]
            self.assertIn("Closed, may be mailed", arch)
            self.assertIn("is_reason_unstated", arch)


@tagged("post_install", "-at_install")
class TestRestored(ClosingCase):
    def test_the_status_it_had_with_a_next_action(self):
        for role in ("new", "no_answer", "contacted", "in_progress"):
            for restore in ("action_restore", "action_reopen", "action_unarchive"):
                with self.subTest(role, way=restore):
                    lead = self.lead_in(role, user_id=self.env.uid)
                    lead.action_close(self.reason)
                    getattr(lead, restore)()
                    self.assertEqual(lead.handling_role, role)
                    self.assert_consistent(lead)
                    self.assertTrue(lead.next_action_date)
                    self.assertFalse(lead.closure_reason_id or lead.closure_date)

    def test_a_status_of_its_own(self):
        """Not only the default of its role; the default when it is archived by then."""
        own = self.status("crm.lead", "in_progress").copy({"name": "Waiting for the board", "sequence": 99})
        for archived in (False, True):
            lead = self.lead(handling_status_id=own.id)
            lead.action_close(self.reason)
            own.active = not archived
            lead.action_restore()
            self.assertEqual(lead.handling_status_id, self.status("crm.lead", "new") if archived else own)

    def test_a_quotation(self):
        order = self.order(user_id=self.env.uid)
        order.handling_status_id = self.status("sale.order", "in_progress")
        order.action_close(self.reason)
        order.action_draft()
        self.assertEqual(order.handling_role, "in_progress")
        self.assertTrue(order.next_action_date)

    def test_what_was_planned_by_hand_is_enough(self):
        lead = self.lead_in("in_progress", user_id=self.env.uid)
        lead.action_close(self.reason)
        lead.activity_schedule("mail.mail_activity_data_todo", "2026-03-20", "Mine", automated=False)
        lead.action_restore()
        self.assertEqual(lead.activity_ids.mapped("summary"), ["Mine"])


@tagged("post_install", "-at_install")
class TestComesBack(ClosingCase):
    def test_won_is_a_new_opportunity(self):
        old = self.lead(
            partner_id=self.customer.id,
            user_id=self.seller.id,
            expected_revenue=500,
            need="Tills",
            contact_basis="enquiry",
        )
        old.action_set_won()
        action = old.with_user(self.seller).action_come_back()
        new = self.env["crm.lead"].browse(action["res_id"])
        self.assertNotEqual(new, old)
        self.assertEqual((old.won_status, old.expected_revenue), ("won", 500))
        self.assertEqual((new.handling_role, new.won_status, new.type), ("new", "pending", "opportunity"))
        self.assertEqual((new.partner_id, new.user_id, new.expected_revenue), (self.customer, self.seller, 0))
        self.assertTrue(new.next_action_date)
        self.assertIn("comes back", new.message_ids.mapped("body")[0].lower() + new.message_ids.mapped("body")[-1])

    def test_closed_is_restored(self):
        lead = self.lead_in("contacted", user_id=self.env.uid)
        lead.action_close(self.reason)
        action = lead.action_come_back()
        self.assertEqual((action["res_id"], lead.handling_role), (lead.id, "contacted"))

    def test_an_open_one_stays(self):
        lead = self.lead_in("contacted")
        self.assertEqual(lead.action_come_back()["res_id"], lead.id)
        self.assertEqual(lead.handling_role, "contacted")


@tagged("post_install", "-at_install")
class TestWithoutNextAction(ClosingCase):
    def flagged(self, document):
        document.invalidate_recordset()
        document = document.with_context(active_test=False)
        found = document.search([("id", "=", document.id), ("is_without_next_action", "=", True)])
        self.assertEqual(bool(found), document.is_without_next_action)
        self.assertNotEqual(found, document.search([("id", "=", document.id), ("is_without_next_action", "=", False)]))
        return bool(found)

    def without(self, document):
        document.activity_ids.unlink()
        return document

    def test_open_statuses(self):
        self.assertFalse(self.flagged(self.lead()), "its first call is on the list")
        tried = self.lead()
        tried.action_log_attempt("wrong_person")
        self.assertEqual(tried.handling_role, "new")
        self.assertTrue(self.flagged(self.without(tried)), "new, with a try")
        for model, make in (("crm.lead", self.lead), ("sale.order", self.order)):
            for role in ("no_answer", "in_progress"):
                document = make()
                document.handling_status_id = self.status(model, role)
                with self.subTest(model, role=role):
                    self.assertTrue(self.flagged(self.without(document)))
                    document.next_action_date = "2026-03-20"
                    self.assertFalse(self.flagged(document))
                    self.without(document).action_close(self.reason)
                    self.assertFalse(self.flagged(document))

    def test_invoices(self):
        for role in ("no_answer", "in_progress"):
            move = self.invoice()
            move.handling_status_id = self.status("account.move", role)
            with self.subTest(role):
                self.assertTrue(self.flagged(self.without(move)))
                planned = self.customer.activity_schedule("mail.mail_activity_data_call", "2026-03-20")
                self.assertFalse(self.flagged(move), "the customer is called")
                planned.unlink()

    def test_one_click_plans(self):
        lead = self.lead_in("in_progress")
        self.without(lead)
        action = lead.action_plan_next()
        dialog = self.env[action["res_model"]].with_context(**action["context"]).create({"summary": "Call"})
        dialog.action_schedule_activities()
        self.assertFalse(self.flagged(lead))
