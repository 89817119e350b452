"""Closing asks why, whichever way one closes; what can't ask says so."""

import re

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .test_leads_transitions import LeadCase


class ClosingCase(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_not_interested")
        cls.unstated = cls.env.ref("lead_to_cash.lost_reason_not_stated", raise_if_not_found=False)
        cls.seller = cls.user("closing_seller", "sales_team.group_sale_salesman")

    def closure(self, document):
        document.invalidate_recordset()
        return document.handling_role, document.closure_reason_id, document.closure_note or ""

    def dialog(self, action):
        """The dialog that a button has opened."""
        return self.env[action["res_model"]].with_context(**action["context"])


@tagged("post_install", "-at_install")
class TestAsked(ClosingCase):
    def test_odoos_lost(self):
        leads = self.lead() | self.lead(name="Twin")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_lost_action")
        dialog = self.env[action["res_model"]].with_context(default_lead_ids=leads.ids)
        form = Form(dialog, view=self.env.ref("crm.crm_lead_lost_view_form"))
        with self.assertRaisesRegex(AssertionError, "lost_reason_id is a required field"):
            form.save()
        form.lost_reason_id = self.reason
        form.lost_feedback = "<p>Too <b>dear</b></p>"
        form.save().action_lost_reason_apply()
        for lead in leads:
            self.assertEqual(self.closure(lead), ("lost", self.reason, "Too *dear*"))

    def test_cancel_of_a_quotation(self):
        """The button of the form asks; so does the one of a confirmed order."""
        for order in (self.order(), self.order()):
            arch = self.env["sale.order"].get_view(view_type="form")["arch"]
            button = re.search(r'<button[^>]*name="action_cancel"[^>]*>', arch)[0]
            self.assertIn("l2c_asks_why", button)
            action = order.with_context(l2c_asks_why=True).action_cancel()
            self.assertEqual((action["res_model"], order.state), ("handling.close", "draft"))
            form = Form(self.dialog(action))
            form.reason_id, form.note = self.reason, "Later"
            form.save().action_close()
            self.assertEqual(order.state, "cancel")
            self.assertEqual(self.closure(order), ("lost", self.reason, "Later"))

    def test_cancel_asks_only_who_may_cancel(self):
        order = self.order(user_id=self.env.uid)
        with self.assertRaises(AccessError):
            order.with_user(self.seller).with_context(l2c_asks_why=True).action_cancel()

    def test_mass_cancel(self):
        orders = self.order() | self.order()
        dialog = self.env["sale.mass.cancel.orders"].with_context(active_ids=orders.ids)
        form = Form(dialog)
        with self.assertRaisesRegex(AssertionError, "closure_reason_id is a required field"):
            form.save()
        form.closure_reason_id, form.closure_note = self.reason, "End of the season"
        form.save().action_mass_cancel()
        for order in orders:
            self.assertEqual(self.closure(order), ("lost", self.reason, "End of the season"))

    def test_said_later(self):
        """Who says the reason later changes neither the day nor what was noted."""
        lead, order = self.lead(), self.order()
        lead.action_set_lost()
        order._action_cancel()
        for document in (lead, order):
            closed_on = document.closure_date
            document._write_closure(self.unstated.id, "No time", closed_on)
            form = Form(self.dialog(document.with_context(l2c_today="2026-03-12").action_close_dialog()))
            self.assertEqual(form.note, "No time")
            form.reason_id = self.reason
            form.save().with_context(l2c_today="2026-03-12").action_close()
            self.assertEqual(self.closure(document), ("lost", self.reason, "No time"))
            self.assertEqual(document.closure_date, closed_on)


@tagged("post_install", "-at_install")
class TestNotAsked(ClosingCase):
    def unstated_ways(self):
        lost, cancelled = self.status("crm.lead", "lost"), self.status("sale.order", "lost")
        yield "button by RPC", self.lead(), lambda lead: lead.action_set_lost()
        yield "archived", self.lead(), lambda lead: lead.write({"active": False, "probability": 0})
        yield "no chance, archived", self.lead(probability=0), lambda lead: lead.action_archive()
        yield "status", self.lead(), lambda lead: lead.write({"handling_status_id": lost.id})
        yield "dialog by RPC", self.lead(), self.lost_by_rpc
        yield "imported", self.lead(active=False, probability=0), lambda lead: None
        yield "cancelled by RPC", self.order(), lambda order: order.action_cancel()
        yield "cancelled by code", self.order(), lambda order: order._action_cancel()
        yield "status of a quotation", self.order(), lambda order: order.write({"handling_status_id": cancelled.id})

    def lost_by_rpc(self, lead):
        self.env["crm.lead.lost"].create({"lead_ids": lead.ids}).action_lost_reason_apply()

    def test_not_stated_and_flagged(self):
        for name, document, close in self.unstated_ways():
            with self.subTest(name):
                close(document)
                self.assertEqual(self.closure(document), ("lost", self.unstated, ""))
                self.assertTrue(document.closure_date)
                flagged = [("id", "=", document.id), ("is_reason_unstated", "=", True)]
                self.assertEqual(document.with_context(active_test=False).search(flagged), document)
                self.assertTrue(document.is_reason_unstated)
                document.action_close(self.reason)
                self.assertFalse(document.with_context(active_test=False).search(flagged))

    def test_what_is_stated_stays(self):
        lead = self.lead(probability=0).with_context(tracking_disable=False)
        self.env.flush_all()
        lead.action_set_lost(lost_reason_id=self.reason.id)
        self.assertEqual(lead.lost_reason_id, self.reason)
        imported = self.lead(active=False, probability=0, lost_reason_id=self.reason.id)
        self.assertEqual(self.closure(imported), ("lost", self.reason, ""))

    def test_the_reason_was_deleted(self):
        self.unstated.unlink()
        lead, order = self.lead(), self.order()
        lead.action_set_lost()
        order._action_cancel()
        self.assertEqual((lead.handling_role, order.handling_role), ("lost", "lost"))
        self.assertTrue(lead.is_reason_unstated and order.is_reason_unstated)

    def test_an_invoice_is_no_case(self):
        """A reason there ends its collection."""
        move = self.invoice()
        self.pay(move)
        self.assertFalse(move.closure_reason_id or move.is_reason_unstated)


@tagged("post_install", "-at_install")
class TestDeclined(ClosingCase, HttpCase):
    def decline(self, order, text):
        """As the customer does, on the page of the portal."""
        page = self.url_open(order.get_portal_url())
        token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)[1]
        form = {"csrf_token": token, "decline_message": text}
        self.url_open(f"/my/orders/{order.id}/decline?access_token={order.access_token}", data=form)
        self.env.invalidate_all()

    def quotation(self, **values):
        values = {"require_signature": True, "validity_date": "2099-01-01", "user_id": self.seller.id, **values}
        order = self.order(**values)
        order.action_quotation_sent()
        return order

    def test_its_text_is_the_note(self):
        order = self.quotation()
        self.decline(order, "We <b>have</b> no time")
        self.assertEqual(self.closure(order), ("lost", self.unstated, "We <b>have</b> no time"))
        [task] = order.activity_ids
        self.assertEqual((task.user_id, task.summary), (self.seller, "Declined by the customer"))
        self.assertIn("We &lt;b&gt;have&lt;/b&gt; no time", task.note)

    def test_a_reason_it_names(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.reason.with_context(lang="he_IL").name = "לא מעוניין"
        dear = self.env.ref("crm.lost_reason_1")
        for text, expected in (
            ("Sorry, it is too expensive for us.", dear),
            ("NOT INTERESTED", self.reason),
            ("תודה, לא מעוניין!", self.reason),
            ("Too expensively made", self.unstated),
        ):
            with self.subTest(text):
                order = self.quotation()
                self.decline(order, text)
                self.assertEqual(self.closure(order), ("lost", expected, text))

    def test_nobody_s_quotation_goes_to_the_leader(self):
        leader = self.user("decline_leader", "sales_team.group_sale_salesman_all_leads")
        team = self.env["crm.team"].create({"name": "Team", "user_id": leader.id})
        order = self.quotation(user_id=False, team_id=team.id)
        self.decline(order, "No")
        self.assertEqual(order.activity_ids.user_id, leader)

    def test_what_declines_nothing(self):
        order = self.quotation()
        self.decline(order, "")
        self.url_open(f"/my/orders/{order.id}/decline?access_token=wrong", data={"decline_message": "No"})
        self.env.invalidate_all()
        self.assertEqual((order.state, order.closure_note), ("sent", False))
        self.assertEqual(order.activity_ids.mapped("summary"), ["Follow up"])
