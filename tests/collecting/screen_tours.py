"""Tours on screens that were made shorter."""

from odoo import Command
from odoo.tests import new_test_user


class ScreenTours:
    def test_settings_are_five_questions(self):
        self.start_tour("/odoo/settings", "l2c_settings", login="admin")
        self.assertTrue(self.env.company.dunning_hour_to)

    def test_one_banner_above_a_quotation(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        customer = self.env["res.partner"].create({"name": "Customer", "email": "c@example.com", "user_id": user.id})
        product = self.env["product.product"].create({"name": "Thing", "list_price": 100.0})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": user.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_quotation_sent()
        order.validity_date = "2026-01-01"
        self.env["customer.warning"].create(
            {
                "partner_id": customer.id,
                "company_id": self.env.company.id,
                "what": "Sells its machines",
                "source": "Driver",
                "day": "2026-01-02",
            }
        )
        self.start_tour(f"/odoo/sale.order/{order.id}", "l2c_banners", login="tour_salesperson")
        self.assertEqual(order.handling_role, "dormant")
