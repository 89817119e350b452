"""Ways that lead past a button, tried by people of all kinds."""

from . import test_attack_public_methods as attacked
from .served import ServedCase


class TestWays(ServedCase):
    """Ways that lead past a button."""

    people = attacked.PEOPLE
    prepare = attacked.TestPublicMethods.prepare
    at = attacked.TestPublicMethods.at

    def test_printing_makes_no_questions(self):
        """But for who may see them."""
        [[customer]] = self.database.query("SELECT id FROM res_partner WHERE name = 'Customer'")
        count = "SELECT count(*) FROM balance_confirmation"
        path = f"/report/html/lead_to_cash.balance_confirmation/{customer}"
        for login in ("portal", "employee", "seller", "neighbour"):
            with self.subTest(login):
                self.client(login).get(path)
                self.assertEqual(self.database.query(count), [(1,)])
        self.assertEqual(self.client("user").get(path).status_code, 200)
        self.assertEqual(self.database.query(count), [(2,)])

    def test_a_held_quotation_stays_a_draft(self):
        [[order]] = self.database.query("SELECT id FROM sale_order WHERE name = 'held'")
        self.assertRefused("AccessError", self.client("portal").call, "sale.order", "action_confirm", [order])
        self.assertEqual(self.database.query("SELECT state FROM sale_order WHERE id = %s", order), [("draft",)])

    def test_a_substitute_of_another_company(self):
        neighbour = self.client("neighbour")
        values = {"from_user_id": self.client("user").uid, "user_id": neighbour.uid, "way": "absence"}
        wizard = neighbour.call("dunning.collector.assign", "create", [values])
        sentence = self.assertRefused("UserError", neighbour.call, "dunning.collector.assign", "action_assign", wizard)
        self.assertIn("only for those who work in your companies alone", sentence)
        self.assertFalse(self.database.query("SELECT FROM res_users WHERE collector_substitute_id IS NOT NULL"))
