"""What happens in a browser: tours on the real screens, unit tests of our components."""

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    def test_salesperson_moves_a_lead_to_first_contact(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create({"name": "A lead to call", "type": "opportunity", "user_id": user.id})
        self.start_tour("/odoo/leads-by-status", "l2c_first_contact", login="tour_salesperson")
        self.assertEqual(lead.handling_role, "contacted")
        self.assertEqual(lead.handling_change_ids[0].user_id, user)
        self.assertEqual(lead.handling_change_ids[0].old_role, "new")

    def test_accountant_sees_open_invoices_by_status(self):
        new_test_user(self.env, "tour_accountant", groups="account.group_account_manager")
        self.start_tour("/odoo", "l2c_open_invoices", login="tour_accountant")
        self.assertTrue(self.env["handling.status"].search_count([("name", "=", "Waiting for the order number")]))


@tagged("post_install", "-at_install")
class TestComponents(HttpCase):
    def test_components(self):
        # Fails when a unit test fails, and when none is found: then the page never says so.
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite_id('@lead_to_cash')}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )


def suite_id(name):
    """The id by which the unit-test page knows a suite: a 32-bit hash of its name."""
    number = 0
    for char in name:
        number = (number * 31 + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"
