"""Where the rules of reminding meet: each holds while another one applies."""

from odoo import Command
from odoo.tests import tagged

from .test_ladder import LadderCase
from .test_under_way import UnderWayCase

VOICES = (("First", 4, {}), ("Second", 10, {}), ("Final", 20, {"payment_deadline_days": 14, "is_final": True}))


class VoiceCase(LadderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_used = cls.given.ladder(*VOICES, minimum_days_between=1, catch_up="latest")

    def heard(self, move, day):
        """The run of a day whose notice about the document has left."""
        self.run_on(day)
        notice = self.notices(move)[-1:].with_context(l2c_today=day)
        if notice.channel == "email":
            notice.mail_ids.state = "sent"
        else:
            notice.activity_id.action_feedback()
        self.assertEqual(notice.state, "sent")
        return notice

    def leave(self, notice, day):
        """The mails of a notice, as the mail queue asks before they leave: those that may."""
        self.mails_due(day)
        mails = notice.with_context(l2c_today=day).mail_ids
        mails._check_reasons(auto_commit=False)
        leaving = mails.filtered(lambda mail: mail.state == "outgoing" and mail._claim_notice())
        self.env.invalidate_all()
        return leaving


class NewerCase(VoiceCase):
    def newer(self, day="2026-03-12", due="2026-03-05", **values):
        new = self.invoice(due=due, **values)
        self.run_on(day)
        return new


@tagged("post_install", "-at_install")
class TestVoice(NewerCase):
    def test_what_was_heard_counts_while_a_harder_one_waits_for_approval(self):
        self.policy_used.level_ids[-1].requires_approval = True
        old = self.invoice(due="2026-02-24")
        self.heard(old, "2026-03-06")
        self.run_on("2026-03-16")
        self.assertEqual(self.notices(old).mapped("state"), ["sent", "to_approve"])
        self.assertEqual(self.codes(self.newer("2026-03-18", "2026-03-12")), ["harder_open"])

    def test_what_was_heard_counts_when_a_harder_one_came_back(self):
        old = self.invoice(due="2026-02-24")
        self.heard(old, "2026-03-06")
        self.run_on("2026-03-16")
        self.notices(old)[-1].mail_ids.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.assertEqual(self.notices(old).mapped("state"), ["sent", "failed"])
        self.assertEqual(self.codes(self.newer("2026-03-18", "2026-03-12")), ["harder_open"])

    def test_no_final_notice_about_what_is_only_also_due(self):
        """What it was about is paid before it leaves."""
        old, softer = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-01", "amount": 40.0}])
        self.run_on("2026-03-10")
        notice = self.notices(old)
        self.assertEqual((notice.level_id.name, self.said(softer)), ("Final", ["First"]))
        self.pay(old)
        self.assertEqual(notice.state, "cancelled")
        self.run_on("2026-03-10")
        self.assertEqual([n.level_id.name for n in self.notices(softer) if n.state == "queued"], ["First"])

    def test_no_final_notice_about_what_is_only_also_due_once_the_rest_is_promised(self):
        old, softer = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-01", "amount": 40.0}])
        self.run_on("2026-03-10")
        self.env["dunning.promise"].create(
            {"partner_id": self.customer.id, "amount": 100, "date": "2026-03-25", "move_line_ids": self.items(old).ids}
        )
        self.assertEqual(self.notices(softer).state, "cancelled")

    def test_a_softer_letter_that_waits_for_approval_goes_when_a_harder_one_comes(self):
        self.policy_used.level_ids[0].write({"requires_approval": True, "channel": "letter"})
        soft = self.notices(self.newer("2026-03-10", "2026-03-05"))
        self.assertEqual(soft.state, "to_approve")
        self.heard(self.invoice(due="2026-02-10"), "2026-03-12")
        self.assertEqual(soft.state, "cancelled")

    def test_a_softer_letter_that_nobody_posted_goes_when_a_harder_one_comes(self):
        self.policy_used.level_ids[0].channel = "letter"
        new = self.newer("2026-03-10", "2026-03-05")
        soft = self.notices(new)
        self.assertEqual(soft.state, "queued")
        old = self.invoice(due="2026-02-10")
        self.run_on("2026-03-12")
        self.assertEqual((self.said(old), soft.state), (["Final"], "cancelled"))

    def test_a_softer_one_of_another_policy_retried_after_a_harder_one(self):
        new = self.newer("2026-03-10", "2026-03-05")
        soft = self.notices(new)
        soft.mail_ids.write({"state": "exception", "failure_reason": "Mailbox full"})
        old = self.invoice(due="2026-02-10")
        self.heard(old, "2026-03-12")
        self.customer.dunning_policy_id = self.make_policy("Other", [("Early", 30), ("Late", 40)])
        soft.with_context(l2c_today="2026-03-13").action_retry()
        self.assertFalse(self.leave(soft, "2026-03-13"))
        self.assertEqual(soft.state, "cancelled")

    def test_in_two_currencies_on_one_day(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        old, new = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-05", "currency_id": euro.id}])
        self.run_on("2026-03-12")
        soft, hard = self.notices(new), self.notices(old)
        self.assertEqual((len(self.leave(soft, "2026-03-12")), soft.state), (0, "cancelled"))
        self.assertEqual(len(self.leave(hard, "2026-03-12")), 1)

    def test_merged_customers(self):
        other = self.env["res.partner"].create({"name": "Twin", "email": "twin@example.com"})
        other.dunning_policy_id = self.policy_used
        old, new = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-05", "partner_id": other.id}])
        self.run_on("2026-03-03")
        self.run_on("2026-03-09")
        soft = self.notices(new)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertFalse(self.leave(soft, "2026-03-09"))
        self.run_on("2026-03-16")
        self.assertEqual(self.codes(new), ["harder_open"])
        self.assertTrue(old)


@tagged("post_install", "-at_install")
class TestHeard(NewerCase):
    """What is newer, where a harder voice about something older was heard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.given.invoice(due="2026-02-10")
        cls.given.heard(cls.old, "2026-03-03")

    def test_a_small_rest_holds_nothing_up(self):
        old = self.old
        self.pay(old, 99.5)
        self.assertEqual(self.said(self.newer()), ["First"])

    def test_tax_that_was_withheld_holds_nothing_up(self):
        old = self.old
        self.customer.withholding_rate = 10
        self.pay(old, 90)
        self.assertEqual(self.said(self.newer()), ["First"])

    def test_excluded_then_included(self):
        old = self.old
        self.items(old).no_followup = True
        new = self.newer()
        self.assertEqual(self.said(new), ["First"])
        self.items(old).no_followup = False
        self.run_on("2026-03-20")
        self.assertEqual(self.codes(new), ["harder_open"])

    def test_a_broken_promise_makes_nothing_softer(self):
        new = self.invoice(due="2026-03-01")
        self.env["dunning.promise"].create(
            {"partner_id": self.customer.id, "amount": 100, "date": "2026-03-10", "move_line_ids": self.items(new).ids}
        )
        self.run_on("2026-03-16")
        self.assertEqual(self.codes(new), ["harder_open"])

    def test_paused(self):
        old = self.old
        new = self.newer()
        old._pause("2026-04-30", "Asked us to wait")
        self.run_on("2026-03-13")
        self.assertEqual(self.codes(new), ["harder_open"])


@tagged("post_install", "-at_install")
class TestMoney(VoiceCase):
    def test_what_was_paid_besides_a_new_credit_keeps_its_sum(self):
        move = self.invoice(due="2026-03-05")
        self.run_on("2026-03-10")
        notice = self.notices(move)
        self.invoice(move_type="out_refund", amount=60.0)
        self.items(move).no_followup = True
        self.assertEqual((notice.state, notice.amount_due), ("cancelled", 100.0))
        self.assertEqual(notice.line_ids.mapped("amount_residual"), [100.0])

    def prepay(self, amount):
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": amount,
                "date": "2026-03-10",
            }
        ).action_post()

    def test_a_credit_that_came_after_the_run_counts(self):
        for way in ("credit note", "payment on account"):
            with self.subTest(way):
                self.customer = self.customer.copy({"name": way, "email": "x@example.com"})
                self.customer.dunning_policy_id = self.policy_used
                move = self.invoice(due="2026-03-05")
                self.run_on("2026-03-10")
                notice = self.notices(move)
                if way == "credit note":
                    self.invoice(move_type="out_refund", amount=60.0)
                else:
                    self.prepay(60.0)
                self.leave(notice, "2026-03-10")
                self.leave(notice, "2026-03-10")
                self.assertEqual((notice.state, notice.amount_due, notice.amount_claimed), ("queued", 40.0, 40.0))


@tagged("post_install", "-at_install")
class TestRepeated(VoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.ladder(
            ("First", 4, {}), ("Last", 10, {}), minimum_days_between=1, repetitions=3, repeat_days=14, catch_up="latest"
        )

    def repetitions(self, move):
        lines = self.notices(move).line_ids.filtered(lambda line: line.move_id == move and line.level_id)
        return [(str(line.notice_id.date), line.repetition) for line in lines]

    def test_a_broken_promise_brings_no_repetition_sooner(self):
        move = self.invoice(due="2026-02-20")
        self.heard(move, "2026-03-02")
        self.env["dunning.promise"].create(
            {"partner_id": self.customer.id, "amount": 100, "date": "2026-03-10", "move_line_ids": self.items(move).ids}
        )
        self.run_on("2026-03-12")
        self.assertEqual(self.repetitions(move), [("2026-03-02", 0)])
        self.run_on("2026-03-16")
        self.assertEqual(self.repetitions(move), [("2026-03-02", 0), ("2026-03-16", 1)])

    def test_instalments_put_together(self):
        """One was repeated once, the other not yet: it was repeated once."""
        lines = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (10, 24)]
        term = self.env["account.payment.term"].create(
            {"name": "Two", "line_ids": [Command.create(line) for line in lines]}
        )
        move = self.invoice(invoice_payment_term_id=term.id, due=False)
        self.heard(move, "2026-02-23")  # the first: Last
        self.heard(move, "2026-03-09")  # the first again, and the second: Last
        self.assertEqual(
            sorted(self.notices(move).line_ids.mapped(lambda line: (line.level_id.name, line.repetition))),
            [("Last", 0), ("Last", 0), ("Last", 1)],
        )
        move.button_draft()
        move.invoice_payment_term_id = False
        move.invoice_date_due = "2026-02-11"
        move.action_post()
        self.env.invalidate_all()
        self.assertEqual(self.repetitions(move), [("2026-02-23", 0), ("2026-03-09", 1)])


@tagged("post_install", "-at_install")
class TestUnderWay(UnderWayCase, VoiceCase):
    def test_what_is_wholly_under_way_holds_nothing_up(self):
        old = self.invoice(due="2026-02-10")
        self.heard(old, "2026-03-03")
        new = self.invoice(due="2026-03-05")
        payment = self.pay_under_way(old)
        self.run_on("2026-03-12")
        self.assertEqual((self.codes(old), self.said(new)), (["in_flight"], ["First"]))
        payment.action_reject()
        self.run_on("2026-03-17")
        self.assertEqual(self.codes(new), ["harder_open"])

    def test_a_part_under_way_also_due_and_the_minimum(self):
        self.policy_used.minimum_balance = 50
        old, new = self.invoices([{"due": "2026-02-10"}, {"due": "2026-03-08", "amount": 40.0}])
        self.pay_under_way(old, 60)
        self.run_on("2026-03-10")
        notice = self.notices(old)
        self.assertEqual((notice.amount_due, notice.amount_claimed), (80.0, 40.0))
        self.pay_under_way(new)
        self.assertEqual((notice.amount_due, notice.amount_claimed), (40.0, 40.0))

    def test_split_while_a_payment_is_under_way(self):
        move = self.invoice(due="2026-03-01")
        self.pay_under_way(move, 40)
        move.button_draft()
        move.invoice_payment_term_id = self.half_later()
        move.action_post()
        self.env.invalidate_all()
        self.assertEqual(self.items(move).sorted("date_maturity").mapped("left_currency"), [10.0, 50.0])
