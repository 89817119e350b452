"""What confirming an order costs where nothing holds sales."""

from odoo.tests import tagged

from .test_sales_hold import HoldCase


@tagged("post_install", "-at_install")
class TestHoldCost(HoldCase):
    def queries(self, order):
        """How many it takes to confirm an order."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.with_user(self.seller).action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_no_customer_is_asked_for_where_nothing_holds(self):
        """One question says that no level that holds was reached by anybody, and that no grade holds."""
        stranger = self.customer.copy()
        orders = [self.order(user_id=self.seller.id, partner_id=stranger.id) for _number in range(4)]
        self.queries(orders[0])  # fills what is cached
        nothing = self.queries(orders[1])
        self.env.company.hold_sales_grade = "e"
        by_grade = self.queries(orders[2])
        self.env.company.hold_sales_grade = "none"
        self.reach(3)  # of another customer
        by_level = self.queries(orders[3])
        self.assertEqual({order.state for order in orders}, {"sale"})
        self.assertGreater(by_grade, nothing)
        self.assertGreater(by_level, nothing)

    def test_who_is_held_waits(self):
        """From the moment on which the customer has reached the level."""
        order = self.order(user_id=self.seller.id)
        self.assertFalse(order._held_orders())
        self.reach(3)
        self.assertTrue(order._held_orders())
