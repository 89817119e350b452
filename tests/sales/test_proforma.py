"""Pro-formas of orders: sent by Odoo's own dialog, followed until money comes."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import TODAY
from .proforma import ProformaCase


@tagged("post_install", "-at_install")
class TestSent(ProformaCase):
    def test_kept_with_date_amount_and_day(self):
        order = self.asked()
        self.assertEqual(
            (str(order.proforma_date), order.proforma_amount, str(order.proforma_due_date), order.proforma_state),
            (TODAY, 100.0, "2026-03-15", "open"),
        )
        message = order.message_ids.filtered(lambda one: self.customer in one.partner_ids)[:1]
        self.assertIn("pro-forma invoice for the order", message.body)
        self.assertIn("payment_amount=100.0", message.body)
        self.assertIn("03/15/2026", message.body)
        self.assertIn("03/15/2026", order.proforma_text)

    def test_the_day_comes_from_the_terms(self):
        term = self.env["account.payment.term"].create(
            {"name": "8 days", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 8})]}
        )
        order = self.send(self.confirmed(payment_term_id=term.id))
        self.assertEqual(str(order.proforma_due_date), "2026-03-18")

    def test_without_a_day_nobody_is_reminded(self):
        order = self.confirmed(payment_term_id=False)
        self.send(order)
        self.assertEqual((str(order.proforma_date), order.proforma_state), (TODAY, False))
        self.assertEqual(self.counts(order, ["2026-04-20"]), [0])

    def test_discarding_the_dialog_sends_nothing(self):
        order = self.confirmed()
        order.proforma_due_date = "2026-03-15"
        order.with_user(self.seller).action_send_proforma()
        note = "A note for colleagues"
        order.with_context(proforma=True).message_post(body=note)
        self.assertFalse(order.proforma_date)

    def test_refused(self):
        order = self.confirmed()
        order.proforma_due_date = "2026-03-09"
        with self.assertRaisesRegex(UserError, "is over"):
            order.with_user(self.seller).with_context(l2c_today=TODAY).action_send_proforma()
        order.proforma_due_date = "2026-03-15"
        without = self.user("without", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(AccessError, "switched off"):
            order.with_user(without).action_send_proforma()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            order.with_user(self.seller).action_send_proforma()

    def test_in_israel_it_is_a_transaction_invoice(self):
        order = self.confirmed()
        self.assertEqual(order.proforma_kind, "proforma")
        self.env.company.account_fiscal_country_id = self.env.ref("base.il")
        order.proforma_due_date = "2026-03-15"
        with Form(order.with_user(self.seller)) as form:
            self.assertEqual(form.proforma_kind, "transaction")
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder_pro_forma", order.ids)[0].decode()
        self.assertIn("Transaction Invoice #", html)
        self.assertNotIn("Pro-Forma", html)
        self.assertIn("03/15/2026", html)
        self.send(order)
        message = order.message_ids.filtered(lambda one: self.customer in one.partner_ids)[:1]
        self.assertIn("transaction invoice for the order", message.body)

    def test_in_israel_it_is_called_so_without_a_day_too(self):
        self.env.company.account_fiscal_country_id = self.env.ref("base.il")
        order = self.send(self.confirmed(payment_term_id=False))
        body = order.message_ids.filtered(lambda one: self.customer in one.partner_ids)[:1].body
        self.assertIn("transaction invoice for the order", body)
        self.assertNotIn("Please pay by", body)
        self.assertFalse(order.proforma_state)

    def test_a_copy_begins_anew(self):
        copy = self.asked().copy()
        self.assertEqual((copy.proforma_date, copy.proforma_state, copy.proforma_due_date), (False, False, False))


class RemindedCase(ProformaCase):
    DAYS = (
        "2026-03-17",
        "2026-03-18",
        "2026-03-19",
        "2026-03-24",
        "2026-03-25",
        "2026-04-01",
        "2026-04-02",
        "2026-04-08",
    )


@tagged("post_install", "-at_install")
class TestReminded(RemindedCase):
    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        order = self.asked()
        self.job("2026-03-18")
        [mail] = self.mails(order)
        self.assertIn("15/03/2026", mail.body_html)

    def test_before_the_day_where_the_company_wants_it(self):
        self.env.company.proforma_before_days = 2
        order = self.asked()
        days = ("2026-03-12", "2026-03-13", "2026-03-14", "2026-03-18", "2026-03-25")
        self.assertEqual(self.counts(order, days), [0, 1, 1, 2, 3])
        self.assertEqual(order.proforma_reminders, 2)

    def test_none_where_the_company_wants_none(self):
        self.env.company.proforma_most = 0
        order = self.asked()
        self.assertEqual(self.counts(order, self.DAYS), [0] * len(self.DAYS))
        self.assertEqual(order.proforma_state, "open")

    def test_numbers_that_make_no_sense(self):
        for name, number in (("proforma_first_days", -1), ("proforma_every_days", 0), ("planned_invoice_days", -2)):
            with self.assertRaises(ValidationError):
                self.env.company[name] = number

    def test_stopped_by_what_happens(self):
        paid, invoiced, cancelled, changed, by_hand = orders = [self.asked() for _number in range(5)]
        self.transaction(paid)
        invoiced._create_invoices()
        cancelled._action_cancel()
        changed.order_line.product_uom_qty = 2
        by_hand.with_user(self.seller).action_stop_proforma()
        self.job("2026-03-18")
        self.assertEqual([len(self.mails(order)) for order in orders], [0] * 5)
        self.assertEqual(
            [order.proforma_state for order in orders], ["paid", "invoiced", "stopped", "changed", "stopped"]
        )
        self.assertEqual(self.tasks(changed), ["The total has changed since the pro-forma: send it again"])
        self.assertFalse(self.tasks(invoiced) + self.tasks(cancelled) + self.tasks(by_hand))

    def test_a_bad_one_stops_no_other(self):
        bad, good = self.asked(), self.asked()
        template = self.env.ref("lead_to_cash.mail_template_proforma_reminder")
        template.subject = "{{ 1 // (object.id - " + str(bad.id) + ") }}"
        with self.assertLogs("odoo.addons.lead_to_cash.models.sales.sale_order_proforma", "ERROR"):
            self.job("2026-03-18")
        self.assertEqual([len(self.mails(order)) for order in (bad, good)], [0, 1])
        row = self.env.ref("lead_to_cash.automation_follow_orders")
        self.assertIn(bad.name, row.failure)

    def test_many_cost_no_more_queries(self):
        counts = []
        for number in (2, 12):
            for _order in range(number):
                self.asked(due="2026-03-15")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.order"]._at("2026-03-17")._follow_proformas()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)


@tagged("post_install", "-at_install")
class TestAsked(RemindedCase):
    """Of one that was asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked_for = cls.given.asked()

    def test_so_many_days_after_and_at_most_so_often(self):
        order = self.asked_for
        self.assertEqual(self.counts(order, self.DAYS), [0, 1, 1, 1, 2, 3, 3, 3])
        self.assertEqual(order.proforma_state, "ended")
        self.assertEqual(self.tasks(order), ["The pro-forma isn't paid after all reminders: call the customer"])
        self.assertEqual(order.activity_ids.user_id, self.seller)
        self.job("2026-04-09")
        self.assertEqual(len(self.tasks(order)), 1)
        self.assertFalse(self.env["dunning.notice"].search([("partner_id", "=", self.customer.id)]))

    def test_what_the_mail_says(self):
        order = self.asked_for
        self.job("2026-03-18")
        [mail] = self.mails(order)
        self.assertEqual(mail.email_to, "customer@example.com")
        for part in ("03/15/2026", "100.00", f"/my/orders/{order.id}", "payment_amount=100.0", "opt-out"):
            self.assertIn(part, mail.body_html)
        self.assertNotIn("overdue", mail.subject)

    def test_sent_again_begins_anew(self):
        order = self.asked_for
        order.order_line.product_uom_qty = 2
        self.job("2026-03-18")
        order.proforma_due_date = "2026-03-30"
        self.send(order, day="2026-03-19")
        self.assertEqual((order.proforma_state, order.proforma_amount, self.tasks(order)), ("open", 200.0, []))
        self.assertEqual(self.counts(order, ["2026-03-30", "2026-04-02"]), [0, 1])

    def test_sent_again_asks_for_what_is_left(self):
        order = self.asked_for
        self.transaction(order, 99.9)
        self.assertIn("payment_amount=0.1", order.proforma_url.split("&")[-1:])
        order.order_line.product_uom_qty = 2
        self.job("2026-03-12")
        self.assertEqual(order.proforma_state, "changed")
        self.send(order, "2026-03-12")
        body = order.message_ids[:1].body
        self.assertIn("payment_amount=100.1", body)
        self.assertIn("100.10", body)
        self.assertNotIn("200.00", body)
        self.assertEqual((order.proforma_state, order.proforma_rest), ("open", 100.1))

    def test_cancelling_ends_it_at_once(self):
        order = self.asked_for
        order.order_line.product_uom_qty = 2
        self.job("2026-03-12")
        self.assertTrue(self.tasks(order))
        order.with_user(self.seller)._action_cancel()
        self.assertEqual((order.proforma_state, order.proforma_text, self.tasks(order)), ("stopped", False, []))

    def test_waits_while_the_customer_is_held(self):
        order = self.asked_for
        there = self.customer.with_company(self.env.company)
        there.dunning_hold_until = "2026-03-20"
        self.assertEqual(self.counts(order, ["2026-03-18", "2026-03-20", "2026-03-21"]), [0, 0, 1])
        lawyer = self.asked()
        there.collection_state = "lawyer"
        self.assertEqual(self.counts(lawyer, ["2026-03-22"]), [0])

    def test_who_has_opted_out_isnt_written_to(self):
        order = self.asked_for
        self.env["mail.blacklist"].create({"email": "customer@example.com"})
        self.job("2026-03-18")
        self.assertEqual((len(self.mails(order)), order.proforma_state), (0, "ended"))
        self.assertEqual(self.tasks(order), ["Can't be reminded by e-mail: call"])

    def test_not_while_a_payment_is_under_way(self):
        order = self.asked_for
        transaction = self.transaction(order, state="pending", post=False)
        self.job("2026-03-18")
        self.assertEqual((len(self.mails(order)), order.proforma_state), (0, "open"))
        transaction.state = "cancel"
        self.assertEqual(self.counts(order, ["2026-03-19"]), [1])

    def test_the_rest_of_what_was_paid_in_part(self):
        order = self.asked_for
        self.transaction(order, amount=30.0)
        self.job("2026-03-18")
        [mail] = self.mails(order)
        self.assertIn("payment_amount=70.0", mail.body_html)
