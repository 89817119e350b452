"""The accountant's month in a browser: a customer found, called and paused, one notice looked at, one banner."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestCustomersInBrowser(HttpCase):
    def setUp(self):
        super().setUp()
        self.accountant = new_test_user(
            self.env,
            "tour_accountant",
            groups="account.group_account_manager,lead_to_cash.group_collections_manager",
            email="tour@example.com",
        )
        self.env["dunning.policy"].search([]).active = False
        level = {"name": "First", "delay_days": 4, "sequence": 1, "requires_approval": True}
        self.policy = self.env["dunning.policy"].create({"name": "Tour policy", "level_ids": [Command.create(level)]})
        self.policy.action_start()
        self.env.company.dunning_policy_id = self.policy
        self.first, self.second = (self.owing(f"{name} Customer") for name in ("First", "Second"))

    def owing(self, name):
        customer = self.env["res.partner"].create(
            {"name": name, "email": f"{name.split()[0]}@example.com", "phone": "+40 21 555 0120", "city": "Cluj"}
        )
        today = fields.Date.today()
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": today - timedelta(days=40),
                "invoice_date_due": today - timedelta(days=7),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})],
            }
        )
        if name.startswith("Second"):
            move.name = "TOUR/0042"
        move.action_post()
        return move

    def test_a_customer_is_found_called_and_all_is_paused_and_resumed(self):
        self.start_tour("/odoo/collections-customers", "l2c_customers", login="tour_accountant")
        attempt = self.env["contact.attempt"].search([("res_model", "=", "res.partner")])
        called = self.second.partner_id
        self.assertEqual((attempt.res_id, attempt.outcome, attempt.user_id), (called.id, "reached", self.accountant))
        self.assertFalse(self.env.company.dunning_paused_until)
        logged = self.env["l2c.audit.log"].search([("field_name", "=", "dunning_paused_until")], order="id")
        self.assertEqual(logged.mapped("user_id"), self.accountant)
        self.assertEqual((len(logged), logged[0].reason), (2, "New bank account"))

    def test_a_notice_is_approved_with_other_words(self):
        self.env["dunning.run"].create({}).action_run()
        notice = self.env["dunning.notice"].search([("partner_id", "=", self.second.partner_id.id)])
        self.assertEqual(notice.state, "to_approve")
        self.start_tour(f"/odoo/dunning-notices/{notice.id}", "l2c_one_look", login="tour_accountant")
        self.assertEqual((notice.state, notice.edited_by_id), ("queued", self.accountant))
        self.assertEqual(notice.mail_subject, "Your invoice, as we said")
        self.assertIn("As we said on the phone", notice.mail_body)
        self.assertNotIn("According to our books", notice.mail_body)

    def test_one_banner_of_four_on_an_invoice(self):
        move, later = self.second, fields.Date.today() + timedelta(days=20)
        move.partner_id.write({"needs_order_number": True, "supplier_portal_url": "https://portal.example"})
        move.write({"dunning_paused_until": later, "dunning_pause_reason": "Asked for"})
        items = move.line_ids.filtered("date_maturity")
        self.env["dunning.dispute"].create(
            {
                "partner_id": move.partner_id.id,
                "company_id": move.company_id.id,
                "move_line_ids": [Command.set(items.ids)],
                "note": "Broken",
            }
        )
        self.start_tour(f"/odoo/account.move/{move.id}", "l2c_banners_invoice", login="tour_accountant")
        self.assertFalse(move.dunning_paused_until)
        self.assertTrue(move.uploaded_on)
