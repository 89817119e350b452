"""The run: each customer is reminded once, at the right time, of what is really open."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY, RunCase


@tagged("post_install", "-at_install")
class TestRun(RunCase):
    def test_one_notice_with_all_that_is_past_due(self):
        first, listed, later, credit = self.invoices(
            [
                {"due": "2026-03-02"},
                {"due": "2026-03-09", "amount": 30.0},
                {"due": "2026-03-31", "amount": 500.0},
                {"move_type": "out_refund", "amount": 20.0},
            ]
        )
        run = self.run_on(TODAY)
        notice = self.notices(first)
        self.assertEqual((run.state, run.notice_count, notice.state), ("done", 1, "queued"))
        self.assertEqual(notice.level_id.name, "First")
        self.assertEqual(notice.amount_due, 110.0)
        lines = {
            line.move_id: (line.level_id.name, line.amount_residual, line.days_overdue) for line in notice.line_ids
        }
        self.assertEqual(lines[first], ("First", 100.0, 8))
        self.assertEqual(lines[listed], (False, 30.0, 1))
        self.assertEqual(lines[credit][:2], (False, -20.0))
        self.assertNotIn(later, lines)
        self.assertFalse(self.notices(later))

    def test_the_mail(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        mail = self.notices(move).mail_ids
        self.assertEqual(
            (mail.state, mail.partner_ids, mail.res_id), ("outgoing", self.customer, self.notices(move).id)
        )
        self.assertIn(move.name, mail.body_html)
        self.assertIn("$\xa0100.00", mail.body_html)
        self.assertEqual(mail.subject, f"{self.env.company.name}: First")
        self.assertFalse(mail.auto_delete)

    def test_twice_on_one_day_and_the_day_after(self):
        move = self.invoice(due="2026-03-02")
        for day in (TODAY, TODAY, "2026-03-11"):
            self.run_on(day)
        self.assertEqual(len(self.notices(move)), 1)
        self.assertEqual(self.current(move).code, "reminded")
        self.assertEqual(str(self.current(move).next_date), "2026-03-15")

    def test_level_by_level_and_not_too_soon(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.run_on("2026-03-13")
        self.assertEqual(self.current(move).code, "too_soon")
        self.assertEqual(str(self.current(move).next_date), "2026-03-15")
        self.run_on("2026-03-16")
        self.run_on("2026-04-20")
        self.assertEqual(self.notices(move).level_id.mapped("name"), ["First", "Second"])
        self.assertEqual(self.current(move).code, "last_level")

    def test_items_keep_their_own_level_and_the_notice_takes_the_highest(self):
        old = self.invoice(due="2026-02-26")
        self.run_on("2026-03-03")
        new = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        notice = self.notices(new)
        self.assertEqual(notice.level_id.name, "Second")
        levels = {line.move_id: line.level_id.name for line in notice.line_ids}
        self.assertEqual(levels, {old: "Second", new: "First"})

    def test_decisions_are_kept_when_they_change(self):
        move = self.invoice(due="2026-03-06")
        self.run_on("2026-03-07")
        self.run_on("2026-03-08")
        self.customer.dunning_hold_until = "2026-03-12"
        self.run_on("2026-03-10")
        self.run_on("2026-03-13")
        history = self.env["dunning.decision"].search([("move_id", "=", move.id)], order="id")
        self.assertEqual(history.mapped("code"), ["not_due", "on_hold", "reminded"])
        self.assertEqual(history.mapped("current"), [False, False, True])
        self.pay(move)
        self.run_on("2026-03-14")
        self.assertFalse(self.current(move))

    def test_credit_that_covers_all_that_would_be_listed(self):
        """A friendly reminder of one item, while another, not yet named, uses up the credit."""
        self.policy.minimum_days_between = 0
        self.invoice(due="2026-03-12", amount=80.0)
        self.run_on("2026-03-09")
        move, _other = self.invoices(
            [{"due": "2026-03-13", "amount": 50.0}, {"move_type": "out_refund", "amount": 100.0}]
        )
        self.run_on(TODAY)
        self.assertFalse(self.notices(move))
        self.assertEqual(self.current(move).code, "covered_by_credit")

    def test_two_currencies_two_notices(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        moves = self.invoice(due="2026-03-02") | self.invoice(due="2026-03-02", currency_id=euro.id)
        self.run_on(TODAY)
        self.assertEqual(self.notices(moves).currency_id, euro | self.env.company.currency_id)
        self.assertEqual(len(self.notices(moves)), 2)

    def test_approval(self):
        self.policy.level_ids[1].requires_approval = True
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((notice.state, notice.mail_ids.id), ("to_approve", False))
        self.run_on("2026-03-11")
        self.assertEqual(len(self.notices(move)), 1)
        notice.action_approve()
        self.assertEqual((notice.state, notice.mail_ids.id), ("queued", False))
        self.mails_due()
        self.assertEqual((notice.state, notice.mail_ids.state), ("queued", "outgoing"))
        with self.assertRaisesRegex(UserError, "is “Queued” and can't become “Queued”. It leaves by itself"):
            notice.action_approve()

    def test_cancelled_items_may_rise_again(self):
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        notice = self.notices(move)
        notice.action_cancel()
        self.assertEqual((notice.state, notice.mail_ids.state), ("cancelled", "cancel"))
        self.run_on("2026-03-11")
        self.assertEqual(self.notices(move).mapped("state"), ["cancelled", "queued"])

    def test_call_level(self):
        self.policy.level_ids[1].write({"channel": "call", "guidance": "Be kind\nand <brief>"})
        done, removed = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.second().id}])
        self.run_on(TODAY)
        first, second = self.notices(done), self.notices(removed)
        self.assertEqual((first.state, first.activity_ids.user_id), ("queued", self.env.user))
        self.assertIn("Be kind<br>and &lt;brief&gt;", first.activity_ids.note)
        first.activity_ids.action_feedback("Talked to them")
        second.activity_ids.unlink()
        self.assertEqual((first.state, second.state), ("sent", "cancelled"))

    def second(self):
        return self.env["res.partner"].create({"name": "Second", "email": "second@example.com"})

    def test_language_of_the_customer(self):
        self.customer.lang = "he_IL"
        level = self.policy.level_ids[1]
        level.with_context(lang="he_IL").name = "תזכורת ראשונה"
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.assertEqual(self.notices(move).mail_ids.subject, f"{self.env.company.name}: תזכורת ראשונה")


@tagged("post_install", "-at_install")
class TestMoney(RunCase):
    """What happens between the run and the sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move, cls.other = cls.given.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "amount": 60.0}])
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)
        cls.mail = cls.notice.mail_ids

    def test_all_paid(self):
        self.pay(self.move | self.other)
        self.assertEqual((self.notice.state, self.mail.state), ("cancelled", "cancel"))

    def test_partly_paid(self):
        self.pay(self.move, amount=40.0)
        self.assertEqual((self.notice.state, self.notice.amount_due), ("queued", 120.0))
        self.assertEqual(self.mail.state, "cancel")
        self.mails_due()
        new = self.notice.mail_ids
        self.assertEqual(new.state, "outgoing")
        self.assertNotEqual(new.message_id, self.mail.message_id)
        self.assertIn("$\xa0120.00", new.body_html)

    def test_one_of_two_paid(self):
        self.pay(self.move)
        self.assertEqual(self.notice.line_ids.move_id, self.other)
        self.assertEqual(self.notice.amount_due, 60.0)

    def test_credit_note(self):
        credit = self.invoice(move_type="out_refund", amount=160.0)
        (
            (self.move | self.other | credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        ).reconcile()
        self.assertEqual(self.notice.state, "cancelled")

    def test_reset_to_draft(self):
        self.move.button_draft()
        self.assertEqual((self.notice.state, self.notice.amount_due), ("queued", 60.0))
        self.other.button_draft()
        self.assertEqual((self.notice.state, self.mail.state, self.notice.mail_ids.id), ("cancelled", "cancel", False))

    def test_the_invoice_shows_its_decision(self):
        accountant = self.user("tab_accountant", "account.group_account_invoice")
        decision = self.move.with_user(accountant).dunning_decision_ids
        self.assertEqual(decision.sentence, "First. Next step on 03/15/2026.")
        self.assertIn("15.03.2026", decision.with_context(lang="ro_RO").sentence)

    def test_checked_again_before_it_leaves(self):
        self.env.cr.execute(
            "UPDATE account_move_line SET reconciled = TRUE, amount_residual_currency = 0 WHERE id IN %s",
            [tuple(self.items(self.move | self.other).ids)],
        )
        self.env.invalidate_all()
        self.mail.send()
        self.assertEqual((self.notice.state, self.mail.state), ("cancelled", "cancel"))

    def test_the_notice_follows_its_mail(self):
        self.mail.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.assertEqual((self.notice.state, self.notice.failure_reason), ("failed", "Mailbox full"))
        self.run_on("2026-03-11")
        self.assertEqual(self.current(self.move).code, "not_delivered")
        self.notice.action_retry()
        self.assertEqual((self.notice.state, self.notice.failure_reason), ("queued", False))
        self.assertEqual(self.move.handling_role, "new")
        self.mails_due()
        self.notice.mail_ids.write({"state": "sent"})
        self.assertEqual((self.notice.state, self.move.handling_role), ("sent", "contacted"))
        with self.assertRaisesRegex(UserError, "is “Sent” and can't become “Cancelled”"):
            self.notice.action_cancel()
