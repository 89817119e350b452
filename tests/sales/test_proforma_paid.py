"""Money for a pro-forma: online, by the bank, perhaps; and the invoice that follows."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .proforma import ProformaCase


@tagged("post_install", "-at_install")
class TestMoney(ProformaCase):
    def test_paid_online_the_invoice_is_proposed(self):
        order = self.asked()
        self.transaction(order)
        self.assertEqual(order.proforma_state, "paid")
        self.assertEqual(self.tasks(order), ["The pro-forma is paid: make the invoice"])
        action = order.with_user(self.seller).action_invoice_proforma()
        move = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((move.state, move.amount_total, order.invoice_ids), ("draft", 100.0, move))
        self.assertEqual((order.proforma_state, self.tasks(order)), ("invoiced", []))

    def test_invoiced_by_the_hosts_button(self):
        order = self.asked()
        self.transaction(order)
        order.with_user(self.seller)._create_invoices()
        self.assertEqual((order.proforma_state, order.proforma_text, self.tasks(order)), ("invoiced", False, []))

    def test_also_what_is_invoiced_on_delivery(self):
        self.product.invoice_policy = "delivery"
        order = self.asked()
        self.transaction(order)
        order.with_user(self.seller).action_invoice_proforma()
        self.assertEqual(order.invoice_ids.amount_total, 100.0)

    def test_refused_without_money(self):
        order = self.asked()
        with self.assertRaisesRegex(UserError, "No money has come"):
            order.with_user(self.seller).action_invoice_proforma()

    def test_a_payment_that_names_the_order(self):
        order, other, booked = self.asked(), self.asked(), self.asked()
        self.payment(100.0, memo=f"For {other.name}, thanks")
        self.payment(120.0, memo=booked.name.lower(), entry=True)
        self.payment(40.0, memo=f"{order.name}0")  # another order's number
        self.job("2026-03-17")
        found = other.proforma_state, booked.proforma_state, order.proforma_state
        self.assertEqual(found, ("paid", "paid", "open"))

    def test_a_payment_of_the_amount_is_looked_at(self):
        first, second = self.asked(), self.asked()
        self.payment(100.0)
        self.job("2026-03-18")
        self.assertEqual((first.proforma_state, second.proforma_state), ("found", "open"))
        self.assertEqual(self.tasks(first), ["A payment may be for the pro-forma: look, then make the invoice"])
        self.job("2026-03-19")
        self.assertEqual((len(self.mails(first)), len(self.mails(second))), (0, 1))

    def test_money_of_others_or_from_before_is_nobodys(self):
        order = self.asked()
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        self.payment(100.0, partner=other)
        self.payment(100.0, day="2026-03-01")
        matched = self.pay(self.invoice())
        self.assertEqual(matched.amount, 100.0)
        self.job("2026-03-18")
        self.assertEqual(order.proforma_state, "open")

    def test_a_line_of_the_bank_that_names_it(self):
        order = self.asked()
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank().id,
                "date": "2026-03-16",
                "payment_ref": f"TRF {order.name}/ACME",
                "amount": 100.0,
            }
        )
        self.job("2026-03-18")
        self.assertEqual(order.proforma_state, "paid")

    def test_a_quotation_is_confirmed_by_its_payment(self):
        order = self.order(user_id=self.seller.id, require_payment=True, require_signature=False)
        order.proforma_due_date = "2026-03-15"
        order.action_quotation_sent()
        self.send(order)
        self.transaction(order)
        self.assertEqual((order.state, order.proforma_state), ("sale", "paid"))

    def test_a_quotation_that_the_bank_paid_is_to_be_confirmed(self):
        order = self.order(user_id=self.seller.id)
        order.proforma_due_date = "2026-03-15"
        order.action_quotation_sent()
        self.send(order)
        self.payment(100.0, memo=order.name)
        self.job("2026-03-18")
        self.assertEqual(self.tasks(order), ["The pro-forma is paid: confirm the order, then make the invoice"])
        with self.assertRaisesRegex(UserError, "Confirm the order first"):
            order.with_user(self.seller).action_invoice_proforma()

    def test_on_the_customers_page_of_collections(self):
        order = self.asked()
        self.assertEqual(self.customer.collection_proforma_ids, order)
        order._create_invoices()
        self.job("2026-03-18")
        self.env.invalidate_all()
        self.assertFalse(self.customer.collection_proforma_ids)


@tagged("post_install", "-at_install")
class TestAtOnce(ProformaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.invoices_at_once = True

    def at_once(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("lead_to_cash.cron_invoice_at_once").method_direct_trigger()
        self.env.invalidate_all()

    def quotation(self, **values):
        order = self.order(user_id=self.seller.id, **values)
        order.proforma_due_date = "2026-03-15"
        order.action_quotation_sent()
        return self.send(order)

    def test_the_invoice_waits_for_the_money(self):
        order = self.quotation()
        order.action_confirm()
        self.at_once()
        self.assertFalse(order.invoice_ids)
        self.assertIn("once the pro-forma is paid", order.at_once_text)
        self.transaction(order)
        self.assertFalse(self.tasks(order))
        self.at_once()
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.amount_total), ("posted", 100.0))

    def test_what_may_be_its_money_is_left_to_a_person(self):
        order = self.quotation()
        order.action_confirm()
        self.payment(100.0)
        self.job("2026-03-18")
        self.at_once()
        self.assertFalse(order.invoice_ids)
        self.assertTrue(self.tasks(order))


@tagged("post_install", "-at_install")
class TestPage(ProformaCase, HttpCase):
    def test_the_link_of_the_mail_asks_for_the_rest(self):
        order = self.asked()
        self.transaction(order, amount=30.0)
        order._portal_ensure_token()
        path = order.proforma_url.removeprefix(order.get_base_url())
        self.env.flush_all()
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("o_payment_form", page.text)
        self.assertIn("70.00", page.text)
