"""What a customer withheld as tax isn't reminded of: its certificate is asked for."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase

DUE, NEXT = "2026-03-02", "2026-03-11"


class WithholdingCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.env["account.tax"].create({"name": "VAT", "amount": 20.0, "type_tax_use": "sale"})

    def tasks(self, moves):
        """The open tasks that ask for a certificate."""
        kind = self.env.ref("lead_to_cash.mail_activity_type_withholding")
        return self.env["mail.activity"].search(
            [("res_model", "=", "account.move"), ("res_id", "in", moves.ids), ("activity_type_id", "=", kind.id)]
        )

    def invoice_with_tax(self, amount=100.0, **values):
        line = Command.create({"name": "Thing", "price_unit": amount, "tax_ids": [Command.set(self.vat.ids)]})
        return self.invoice(due=DUE, invoice_line_ids=[line], **values)

    def register(self, move, amount, **values):
        """The accountant's dialog."""
        action = move.action_register_payment()
        with Form(self.env["account.payment.register"].with_context(**action["context"])) as form:
            form.amount = amount
            for name, value in values.items():
                form[name] = value
        return form.record._create_payments()


@tagged("post_install", "-at_install")
class TestExpectedRate(WithholdingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.withholding_rate = 5

    def test_of_the_total_or_of_the_untaxed_amount(self):
        for left, code in (
            (6.0, "withholding"),  # of 120
            (6.9, "withholding"),
            (7.1, "reminded"),
            (5.0, "withholding"),  # of 100
            (4.1, "withholding"),
            (3.9, "reminded"),
            (60.0, "reminded"),
        ):
            with self.subTest(left):
                move = self.invoice_with_tax()
                self.pay(move, amount=120 - left)
                self.assertEqual(self.code(move), code)

    def test_only_what_is_left_after_a_payment(self):
        self.customer.withholding_rate = 99
        self.assertEqual(self.code(self.invoice(due=DUE)), "reminded")

    def test_of_instalments(self):
        halves = self.invoice(invoice_payment_term_id=self.half_later().id, invoice_date="2025-12-01")
        self.pay(halves, amount=95.0)
        self.assertEqual(sorted(self.preview(halves).mapped("code")), ["withholding"], "of the whole on the last")
        each = self.invoice(invoice_payment_term_id=self.half_later().id, invoice_date="2025-12-01")
        self.pay(each, amount=47.5)
        self.assertEqual(self.preview(each).filtered(lambda item: item.residual < 3).code, "withholding")

    def test_in_a_foreign_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        move = self.invoice(due=DUE, currency_id=euro.id)
        self.pay(move, amount=95.0)
        self.assertEqual((self.preview(move).residual, self.code(move)), (5.0, "withholding"))

    def test_its_sentence_and_who_has_not_said_so(self):
        move = self.invoice(due=DUE)
        self.pay(move, amount=95.0)
        self.assertEqual(self.preview(move).sentence, "What is left was withheld as tax: its certificate is asked for.")
        self.customer.withholding_rate = 0
        self.assertEqual(self.code(move), "reminded")
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.with_company(other).withholding_rate = 5
        self.assertEqual(self.code(move), "reminded", "it is of another company")

    def test_no_notice_names_it_and_credit_is_not_set_against_it(self):
        move, other = self.invoices([{"due": "2026-02-20"}, {"due": DUE, "amount": 50.0}])
        self.pay(move, amount=95.0)
        self.run_on(TODAY)
        notice = self.notices(other)
        self.assertEqual((notice.line_ids.move_id, notice.amount_due), (other, 50.0))
        self.invoice(move_type="out_refund", amount=50.0)
        self.assertEqual(self.code(other), "covered_by_credit")

    def test_what_waits_follows_at_once(self):
        move = self.invoice(due=DUE)
        self.run_on(TODAY)
        notice = self.notices(move)
        self.pay(move, amount=95.0)
        self.assertEqual(notice.state, "cancelled")

    def test_setting_the_rate_takes_back_what_waits(self):
        self.customer.withholding_rate = 0
        move = self.invoice(due=DUE)
        self.pay(move, amount=95.0)
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual(notice.state, "queued")
        self.customer.withholding_rate = 5
        self.assertEqual(notice.state, "cancelled")

    def test_bad_rates(self):
        for rate in (-1, 100, 101):
            with self.subTest(rate), self.assertRaisesRegex(ValidationError, "from 0 to less than 100 per cent"):
                self.customer.withholding_rate = rate

    def test_who_changed_it_is_kept(self):
        log = self.env["l2c.audit.log"].search([("field_name", "=", "withholding_rate")])
        self.assertEqual((log.res_id, log.new_text), (self.customer.id, "5.00"))


@tagged("post_install", "-at_install")
class TestMarkedPayment(WithholdingCase):
    def test_the_dialog_of_the_payment_asks(self):
        move = self.invoice(due=DUE)
        payment = self.register(move, 63.0, is_tax_withheld=True)
        self.assertTrue(payment.is_tax_withheld)
        self.assertEqual(self.code(move), "withholding")

    def test_a_mark_that_is_set_and_taken_off_later(self):
        move = self.invoice(due=DUE)
        payment = self.register(move, 63.0)
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((payment.is_tax_withheld, notice.state, notice.amount_due), (False, "queued", 37.0))
        with Form(payment) as form:
            form.is_tax_withheld = True
        self.assertEqual((self.code(move), notice.state), ("withholding", "cancelled"))
        payment.is_tax_withheld = False
        self.assertEqual(self.code(move), "reminded")
        log = self.env["l2c.audit.log"].search([("res_model", "=", "account.payment"), ("res_id", "=", payment.id)])
        self.assertEqual(log.sorted("id").mapped("new_value"), ["True", "False"])

    def test_a_payment_while_a_notice_waits(self):
        move = self.invoice(due=DUE)
        self.run_on(TODAY)
        self.register(move, 63.0, is_tax_withheld=True)
        self.assertEqual(self.notices(move).state, "cancelled")

    def test_a_returned_payment_has_withheld_nothing(self):
        move = self.invoice(due=DUE)
        payment = self.register(move, 63.0, is_tax_withheld=True)
        self.env["payment.return"].create(
            {"payment_ids": payment.ids, "payment_id": payment.id, "date": TODAY, "reason": "No funds"}
        ).action_return()
        self.assertEqual(self.code(move), "reminded")


@tagged("post_install", "-at_install")
class TestCertificates(WithholdingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.user("wh_collector", "lead_to_cash.group_collections_user")
        cls.customer.write({"withholding_rate": 5, "collector_id": cls.collector.id})
        cls.move = cls.given.invoice(due=DUE)
        cls.given.pay(cls.move, amount=95.0)

    def test_one_task_for_the_collector(self):
        self.run_on(TODAY)
        task = self.tasks(self.move)
        self.assertEqual((task.user_id, str(task.date_deadline)), (self.collector, TODAY))
        self.assertEqual(task.summary, "The customer withheld tax: ask for the certificate")
        self.run_on(NEXT)
        self.assertEqual(self.tasks(self.move), task)

    def test_a_second_invoice_has_its_own(self):
        self.run_on(TODAY)
        second = self.invoice(due=DUE)
        self.pay(second, amount=95.0)
        self.run_on(NEXT)
        self.assertEqual(len(self.tasks(self.move | second)), 2)

    def test_what_was_asked_for_is_not_asked_for_again(self):
        self.run_on(TODAY)
        self.tasks(self.move).with_user(self.collector).action_feedback("They send it")
        self.run_on(NEXT)
        self.assertFalse(self.tasks(self.move))

    def test_it_goes_when_the_item_closes(self):
        self.run_on(TODAY)
        self.pay(self.move)
        self.assertFalse(self.tasks(self.move))

    def test_it_goes_when_it_was_no_tax(self):
        self.run_on(TODAY)
        self.customer.withholding_rate = 0
        self.run_on(NEXT)
        self.assertFalse(self.tasks(self.move))
        self.assertEqual(self.current(self.move).code, "reminded")

    def test_others_tasks_stay(self):
        by_hand = self.move.activity_schedule(
            "lead_to_cash.mail_activity_type_withholding", TODAY, user_id=self.collector.id, automated=False
        )
        self.run_on(TODAY)
        self.assertEqual(self.tasks(self.move), by_hand, "somebody asks already")
        self.customer.withholding_rate = 0
        self.run_on(NEXT)
        self.assertEqual(self.tasks(self.move), by_hand)
