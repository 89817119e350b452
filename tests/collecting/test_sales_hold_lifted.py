"""What lifts the hold of orders, and orders that customers sign."""

from odoo import Command
from odoo.tests import Form, HttpCase, tagged

from ..common import TODAY
from .test_sales_hold import HoldCase

#: A picture of one dot.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestWhatLifts(HoldCase):
    """Orders are held for what the customer owes in the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debt = cls.given.reach(3)

    def is_held(self):
        self.env.invalidate_all()
        return self.order().is_sales_held

    def settle(self, name, amount):
        """Money of the customer comes, and nobody has matched it yet."""
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        common = {"partner_id": self.customer.id, "amount": amount, "journal_id": bank.id, "date": TODAY}
        if name == "credit":
            self.invoice(move_type="out_refund", amount=amount)
        elif name == "bank":
            self.env["account.bank.statement.line"].create({**common, "payment_ref": "Bank"})
        else:
            payment = self.env["account.payment"].create(common)
            if name != "account":
                payment.outstanding_account_id = False
            if name == "linked":
                payment.invoice_ids = self.debt
            payment.action_post()
            self.assertEqual(bool(payment.move_id), name == "account")

    def test_money_and_credits(self):
        for name in ("account", "credit", "bank", "loose", "linked"):
            savepoint = self.env.cr.savepoint()
            with self.subTest(name):
                self.settle(name, 60.0)
                self.assertTrue(self.is_held())
                self.settle(name, 40.0)
                self.assertFalse(self.is_held())
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5})
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 49.0, "currency_id": euro.id, "date": TODAY}
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertTrue(self.is_held())
        payment.action_draft()
        payment.amount = 50.0
        payment.action_post()
        self.assertFalse(self.is_held())

    def test_what_is_open_beside_it_is_not_counted(self):
        """An invoice that has reached no level that holds keeps no credit from the one that has."""
        self.invoice(due="2026-03-09", amount=500.0)
        self.settle("credit", 100.0)
        self.assertFalse(self.is_held())

    def test_disputed_and_promised(self):
        items = {"partner_id": self.customer.id, "move_line_ids": self.items(self.debt).ids}
        table = {
            "disputed": ("dunning.dispute", {**items, "note": "Broken"}),
            "promised": ("dunning.promise", {**items, "amount": 100.0, "date": TODAY}),
        }
        for name, (model, values) in table.items():
            savepoint = self.env.cr.savepoint()
            with self.subTest(name):
                self.assertTrue(self.is_held())
                self.env[model].create(values)
                self.assertFalse(self.is_held())
                settings = Form(self.env["res.config.settings"])
                settings[f"hold_sales_{name}"] = True
                settings.save().execute()
                self.assertTrue(self.is_held())
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_a_broken_promise_holds_again(self):
        promise = self.env["dunning.promise"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "move_line_ids": self.items(self.debt).ids}
        )
        self.assertFalse(self.is_held())
        promise._break(self.env.company._today())
        self.assertTrue(self.is_held())


@tagged("post_install", "-at_install")
class TestPortal(HoldCase, HttpCase):
    def test_customer_signs(self):
        """The page thanks the customer; the order waits for a sales manager."""
        today = self.env["res.company"].with_context(l2c_today=None)._today()
        invoice = self.invoice(due="2026-02-10")
        notice = self.env["dunning.notice"].create(
            {
                "company_id": self.env.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.env.company.currency_id.id,
                "policy_id": self.policy.id,
                "level_id": self.policy.level_ids[-1].id,
                "channel": "email",
                "date": TODAY,
                "state": "sent",
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": self.items(invoice).id,
                            "level_id": self.policy.level_ids[-1].id,
                            "notice_state": "sent",
                        }
                    )
                ],
            }
        )
        self.assertEqual(notice.state, "sent")
        order = self.order(require_signature=True, require_payment=False, validity_date=today, state="sent")
        token = order._portal_ensure_token()
        result = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": token, "name": "Customer", "signature": SIGNATURE},
        )
        self.assertTrue(result.get("force_refresh"), result)
        order.invalidate_recordset()
        self.assertEqual((order.state, order.signed_by), ("sent", "Customer"))
        self.assertEqual(len(order.activity_ids.filtered(lambda one: one.user_id in order._sales_managers())), 1)
        page = self.url_open(f"/my/orders/{order.id}?access_token={token}&message=sign_ok")
        self.assertIn("Your order has been signed.", page.text)
