"""What programs that remind customers are known to get wrong; each test is named after a mistake."""

from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..common import TODAY, DunningCase
from .test_run import RunCase


@tagged("post_install", "-at_install")
class TestTwice(RunCase):
    def notices_of_two_runs(self, **values):
        self.policy.write(values)
        long_overdue = self.invoice(due="2026-02-02")
        self.run_on(TODAY)
        self.run_on(TODAY)
        return self.notices(long_overdue).level_id.mapped("name")

    def test_a_second_run_on_one_day_reminds_again(self):
        self.assertEqual(self.notices_of_two_runs(), ["First"])

    def test_a_second_run_on_one_day_reminds_again_where_no_days_need_lie_between(self):
        self.assertEqual(self.notices_of_two_runs(minimum_days_between=0), ["First"])

    def test_a_second_run_on_one_day_reminds_of_what_was_posted_since(self):
        self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        since = self.invoice(due="2026-03-03")
        self.run_on(TODAY)
        self.assertFalse(self.notices(since))
        self.assertEqual(self.current(since).code, "too_soon")


@tagged("post_install", "-at_install")
class TestPaidMeanwhile(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)
        cls.mail = cls.notice.mail_ids

    def deliver(self, mail):
        """In tests Odoo keeps the mails that may leave, and leaves them as they are."""
        mail.send()
        self.assertEqual(mail.state, "outgoing")
        mail.write({"state": "sent"})

    def test_what_was_paid_between_run_and_sending_is_claimed(self):
        self.pay(self.move)
        self.mail.send()
        self.assertEqual((self.mail.state, self.notice.state), ("cancel", "cancelled"))
        self.assertEqual(self.notice.mail_ids, self.mail)

    def test_what_was_partly_paid_between_run_and_sending_is_claimed_in_full(self):
        self.pay(self.move, amount=40.0)
        self.mail.send()
        self.assertEqual((self.mail.state, self.notice.state), ("cancel", "queued"))
        self.mails_due()
        anew = self.notice.mail_ids
        self.assertNotEqual(anew.message_id, self.mail.message_id)
        self.assertIn("$\xa060.00", anew.body_html)
        self.assertNotIn("100.00", anew.body_html)
        self.deliver(anew)
        self.assertEqual((self.notice.mail_ids, self.notice.state, self.notice.amount_due), (anew, "sent", 60.0))

    def test_the_next_level_names_the_amount_from_before_a_partial_payment(self):
        self.deliver(self.mail)
        self.pay(self.move, amount=40.0)
        self.run_on("2026-03-16")
        first, second = self.notices(self.move)
        self.assertEqual((first.state, first.amount_due), ("sent", 100.0))
        self.assertEqual((second.level_id.name, second.amount_due), ("Second", 60.0))
        self.assertIn("$\xa060.00", second.mail_ids.body_html)

    def test_a_payment_that_was_taken_back_counts(self):
        payment = self.pay(self.move)
        payment.action_draft()
        payment.action_cancel()
        self.run_on("2026-03-11")
        again = self.notices(self.move) - self.notice
        self.assertEqual((again.state, again.level_id.name, again.amount_due), ("queued", "First", 100.0))


@tagged("post_install", "-at_install")
class TestNet(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def prepay(self, amount):
        """A payment that nobody has allotted to an invoice."""
        values = {"partner_type": "customer", "payment_type": "inbound", "date": "2026-03-09"}
        self.env["account.payment"].create({"partner_id": self.customer.id, "amount": amount, **values}).action_post()

    def amounts(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        return notice.amount_due, sorted(notice.line_ids.mapped("amount_residual"))

    def test_credit_notes_are_left_out(self):
        self.invoice(move_type="out_refund", amount=30.0)
        self.assertEqual(self.amounts(), (70.0, [-30.0, 100.0]))

    def test_a_credit_note_over_all_is_left_out(self):
        self.invoice(move_type="out_refund", amount=100.0)
        self.assertEqual(self.amounts(), (0.0, []))
        self.assertEqual(self.current(self.move).code, "covered_by_credit")

    def test_unallotted_payments_are_left_out(self):
        self.prepay(40.0)
        self.assertEqual(self.amounts(), (60.0, [-40.0, 100.0]))

    def test_an_unallotted_payment_of_all_is_left_out(self):
        self.prepay(100.0)
        self.assertEqual(self.amounts(), (0.0, []))
        self.assertEqual(self.current(self.move).code, "covered_by_credit")

    def test_what_is_not_to_be_followed_up_is_listed(self):
        excluded = self.invoice(due="2026-03-02", amount=500.0)
        excluded.no_followup = True
        self.assertEqual(self.amounts(), (100.0, [100.0]))
        self.assertEqual(self.current(excluded).code, "excluded")

    def test_an_instalment_that_is_not_due_is_listed(self):
        halves = self.invoice(invoice_payment_term_id=self.half_later().id, amount=80.0)
        self.assertEqual(self.amounts(), (140.0, [40.0, 100.0]))
        self.assertEqual(sorted(self.current(halves).mapped("code")), ["not_due", "reminded"])

    def test_each_instalment_has_its_own_level(self):
        """The second one waits while the first is at a harder level."""
        halves = self.invoice(invoice_payment_term_id=self.half_later().id)
        for day in (TODAY, "2026-03-16", "2026-05-12"):
            self.run_on(day)
        self.assertEqual(self.levels(halves), ["First", "Second"])
        self.notices(halves)._set_state("sent")
        self.pay(self.move)
        self.pay(halves, 50.0)
        self.run_on("2026-05-13")
        self.assertEqual(self.levels(halves), ["First", "Second", "First"])

    def levels(self, move):
        lines = self.notices(move).line_ids.filtered("level_id").sorted("id")
        return [line.level_id.name for line in lines if line.move_id == move]


@tagged("post_install", "-at_install")
class TestMinimum(DunningCase):
    def codes(self, rate, amounts):
        """Decisions about so much each, owed by a customer each, in a currency of which ``rate``
        are one of the company's on the day of the run, and another number before and after."""
        rates = {"2025-01-01": 1.0, TODAY: rate, "2026-03-11": 1.0}
        rows = [Command.create({"name": day, "rate": number}) for day, number in rates.items()]
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X", "rate_ids": rows})
        return [
            self.code(self.invoice(partner_id=self.customer.copy().id, amount=amount, currency_id=currency.id))
            for amount in amounts
        ]

    def test_the_rate_of_a_weak_currency_is_taken_the_wrong_way_round(self):
        self.policy.minimum_balance = 100.0
        self.assertEqual(self.codes(4.0, (25.0, 399.0, 401.0)), ["below_minimum", "below_minimum", "reminded"])

    def test_the_rate_of_a_strong_currency_is_taken_the_wrong_way_round(self):
        self.policy.minimum_balance = 100.0
        self.assertEqual(self.codes(0.25, (24.0, 26.0, 399.0)), ["below_minimum", "reminded", "reminded"])

    def test_credit_does_not_count(self):
        self.policy.minimum_balance = 100.0
        move = self.invoice(due="2026-03-02", amount=120.0)
        self.assertEqual(self.code(move), "reminded")
        self.invoice(move_type="out_refund", amount=30.0)
        self.assertEqual(self.code(move), "below_minimum")


@tagged("post_install", "-at_install")
class TestClock(RunCase):
    def course(self, today):
        """What three runs make of five invoices around ``today``, in days from it."""
        partner = self.env["res.partner"].create({"name": "Old", "email": f"{today.year}@example.com"})

        def day(number):
            return fields.Date.to_string(today + timedelta(days=number))

        amounts = {-40: 100.0, -8: 90.0, -2: 80.0, 3: 70.0, 60: 60.0}
        common = {"partner_id": partner.id, "invoice_date": day(-60)}
        moves = self.invoices([{"due": day(number), "amount": amount, **common} for number, amount in amounts.items()])
        self.invoice(due=day(-9), move_type="out_refund", amount=15.0, **common)
        notices = self.env["dunning.notice"].union(*(self.run_on(day(number)).notice_ids for number in (0, 3, 7)))
        decisions = self.env["dunning.decision"].search([("partner_id", "=", partner.id)], order="id")
        return [
            *((notice.date - today, notice.level_id.name, notice.amount_due, notice.state) for notice in notices),
            *((notice.send_at.date() - today, notice.send_at.hour) for notice in notices),
            *notices.line_ids.sorted("id").mapped(lambda line: (line.amount_residual, line.days_overdue)),
            *((moves.ids.index(row.move_id.id), row.date - today, row.code, row.level_id.name) for row in decisions),
            *(row.next_date and row.next_date - today for row in decisions),
        ]

    def test_runs_look_at_the_calendar_on_the_wall(self):
        now = self.course(date.fromisoformat(TODAY))
        self.assertEqual(len([row for row in now if isinstance(row, tuple) and "queued" in row]), 2)
        self.assertEqual(self.course(date(2012, 3, 13)), now)
