"""A quotation that is linked to its lead later moves the lead as it would have done."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_leads_transitions import LeadCase


@tagged("post_install", "-at_install")
class TestLinkedLater(LeadCase):
    def sent(self):
        order = self.order()
        order.action_quotation_sent()
        return order

    def confirmed(self):
        order = self.order()
        order.action_confirm()
        return order

    def cancelled(self):
        order = self.order()
        order._action_cancel()
        return order

    def test_from_each_role(self):
        for make, roles in (
            (self.order, ("new", "contacted", "lost", "won")),
            (self.cancelled, ("new", "contacted", "lost", "won")),
            (self.sent, ("in_progress", "in_progress", "lost", "won")),
            (self.confirmed, ("won", "won", "won", "won")),
        ):
            for before, after in zip(("new", "contacted", "lost", "won"), roles, strict=True):
                with self.subTest(quotation=make.__name__, before=before):
                    lead, order = self.lead_in(before), make()
                    order.opportunity_id = lead
                    self.assertEqual(lead.handling_role, after)
                    self.assert_consistent(lead)

    def test_many_at_once_and_from_the_lead(self):
        lead, orders = self.lead_in("new"), self.sent() | self.confirmed() | self.order()
        lead.order_ids = orders
        self.assertEqual(lead.handling_role, "won")

    def test_by_a_colleague_who_does_not_see_the_lead(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        lead = self.lead_in("contacted", user_id=self.user("owner", "sales_team.group_sale_salesman").id)
        order = self.sent()
        order.user_id = seller
        with self.assertRaises(AccessError):
            order.with_user(seller).write({"opportunity_id": lead.id})
        self.assertEqual(lead.handling_role, "contacted")

    def test_sent_by_a_colleague_who_does_not_see_the_lead(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        lead = self.lead_in("contacted", user_id=self.user("owner", "sales_team.group_sale_salesman").id)
        order = self.order(opportunity_id=lead.id, user_id=seller.id)
        order.with_user(seller).action_quotation_sent()
        self.assertEqual(lead.handling_role, "in_progress")

    def test_the_same_lead_again_changes_nothing(self):
        lead, order = self.lead_in("contacted"), self.sent()
        order.opportunity_id = lead
        lead.handling_status_id = self.status("crm.lead", "no_answer")
        order.write({"opportunity_id": lead.id, "client_order_ref": "Again"})
        self.assertEqual(lead.handling_role, "no_answer")

    def test_other_writes_cost_no_query(self):
        lead, order = self.lead_in("in_progress"), self.sent()
        order.opportunity_id = lead
        self.env.flush_all()
        order.client_order_ref = "warm"
        self.env.flush_all()
        with self.assertQueryCount(1):
            order.client_order_ref = "One update, nothing else"
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestOthersQuotations(LeadCase):
    """Quotations are cancelled and changed by people who see no lead, or change no invoice."""

    def test_a_salesperson_cancels(self):
        seller = self.user("canceller", "sales_team.group_sale_salesman")
        order = self.order(user_id=seller.id)
        order.with_user(seller).action_cancel()
        self.assertEqual(order.state, "cancel")

    def test_an_accountant_changes_and_cancels(self):
        accountant = self.user("biller", "account.group_account_invoice")
        order = self.order(opportunity_id=self.lead().id)
        order.with_user(accountant).client_order_ref = "4711"
        order.with_user(accountant).action_cancel()
        self.assertEqual((order.client_order_ref, order.state), ("4711", "cancel"))
