"""What holds for every course of a customer's debts."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from odoo import fields
from odoo.tests import tagged

from ..common import TODAY
from .courses import A_DAY, FIRST_DAY, courses
from .test_run import RunCase

pure = settings(max_examples=300, derandomize=True, deadline=None)
#: A failing course is shown as it was found: to look for a shorter one would take minutes.
on_database = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class Course(RunCase):
    """Plays a course: on each of its days something happens, and then the run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env.ref("base.EUR")
        cls.foreign.active = True
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "email": f"c{number}@example.com"} for number in range(3)]
        )

    def play(self, course):
        savepoint = self.env.cr.savepoint()
        try:
            self.prepare(course)
            day = FIRST_DAY
            for gap, happenings in course["steps"]:
                day += timedelta(days=gap)
                self.happen(day, happenings)
                self.run_and_check(fields.Date.to_string(day))
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def prepare(self, course):
        self.env.company.dunning_daily_limit = course["daily_limit"]
        made = [self.policy_of(values) for values in course["policies"]]
        for number, partner in enumerate(self.partners):
            partner.dunning_policy_id = made[number % len(made)]
        self.moves = self.invoices([self.document(values) for values in course["documents"]])

    def policy_of(self, values):
        values = dict(values)
        levels = [(f"Level {number}", days) for number, days in enumerate(values.pop("delays"))]
        approval = values.pop("approval")
        policy = self.make_policy("Course", levels, **values)
        policy.level_ids[-1].requires_approval = approval
        return policy

    def document(self, values):
        currency = self.foreign if values["foreign"] else self.env.company.currency_id
        return {
            "partner_id": self.partners[values["customer"]].id,
            "currency_id": currency.id,
            **{name: values[name] for name in ("due", "amount", "move_type")},
        }

    def happen(self, day, happenings):
        for name, number, amount in happenings:
            move = self.moves[number % len(self.moves)].with_context(l2c_today=fields.Date.to_string(day))
            getattr(self, f"on_{name}")(move, day, amount)
        self.env.flush_all()

    # What happens: a document, the day, and a number from 1 to 10.

    def open_items(self, moves):
        return self.items(moves).filtered(lambda line: line.parent_state == "posted" and not line.reconciled)

    def on_pay(self, move, day, tenths):
        left = sum(self.open_items(move).mapped("left_currency"))
        if move.move_type == "out_invoice" and left > 0:
            self.pay(move, max(round(left * tenths / 10, 2), 0.01))

    def on_draft(self, move, day, number):
        """Back to draft, and the next time posted again."""
        if move.state == "posted":
            move.button_draft()
        else:
            move.action_post()

    def on_prepay(self, move, day, amount):
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": move.partner_id.id,
                "currency_id": move.currency_id.id,
                "amount": amount * 10,
                "date": TODAY,
            }
        ).action_post()

    def on_allot(self, move, day, number):
        """The customer's credit notes are used."""
        moves = self.moves.filtered(
            lambda other: (other.partner_id, other.currency_id) == (move.partner_id, move.currency_id)
        )
        self.open_items(moves).reconcile()

    def on_promise(self, move, day, number):
        items = self.items_without("dunning.promise", move).filtered(lambda item: item.amount_residual_currency > 0)
        if items:
            owed = sum(items.mapped("amount_residual_currency"))
            amount = max(round(owed * number / 10, 2), 0.01)
            values = {"currency_id": move.currency_id.id, "date": day + A_DAY * number}
            self.suspend("dunning.promise", items, amount=amount, **values)

    def items_without(self, model, move):
        """The open items of the document about which no record of the model is open."""
        return self.open_items(move) - self.env[model].search([("state", "=", "open")]).move_line_ids

    def on_dispute(self, move, day, number):
        """All of the document, or some tenths of it."""
        if items := self.items_without("dunning.dispute", move):
            left = sum(max(item.left_currency, 0) for item in items)
            part = {"amount": max(round(left * number / 10, 2), 0.01)} if left > 0 else {}
            self.suspend("dunning.dispute", items, note="Broken", **part)

    def suspend(self, model, items, **values):
        partner = items.partner_id
        items.env[model].create({"partner_id": partner.id, "move_line_ids": items.ids, **values})

    def on_exclude(self, move, day, number):
        items = self.open_items(move).filtered(lambda item: item.amount_residual_currency > 0)
        items.no_followup = not items[:1].no_followup

    def on_resolve(self, move, day, number):
        self.env["dunning.dispute"].search([("move_line_ids.move_id", "=", move.id)]).action_resolve()

    def on_hold(self, move, day, number):
        move.partner_id.dunning_hold_until = day + A_DAY * number

    def pending(self, move, *states):
        return self.notices(move).filtered(lambda notice: notice.state in states).with_env(move.env)[:1]

    def on_cancel(self, move, day, number):
        self.pending(move, "to_approve", "queued", "failed").action_cancel()

    def on_approve(self, move, day, number):
        self.pending(move, "to_approve").action_approve()

    def on_send(self, move, day, number):
        """In tests Odoo leaves the mails that may leave as they are."""
        notice = self.pending(move, "queued")
        mail = notice.mail_ids
        mail.send()
        if leaving := mail.filtered(lambda mail: mail.state == "outgoing"):
            self.check_leaving(notice, day)
            leaving.write({"state": "sent"})

    def on_fail(self, move, day, number):
        self.pending(move, "queued").mail_ids.write({"state": "exception", "failure_reason": "Mailbox full"})

    def run_and_check(self, day):
        fresh = self.run_on(day).notice_ids
        self.check_fresh(fresh, day)
        self.check_voice(fresh)
        self.check_levels()
        self.check_distances()
        self.check_sums()
        self.check_decisions()
        self.check_promises(day)
        escalated = fresh.line_ids.filtered("level_id").move_line_id
        before = self.written(but=escalated)
        self.run_on(day)
        self.assertEqual(self.written(but=escalated), before)

    def check_promises(self, day):
        """None is open whose grace is over, or whose items are settled; a broken one is not in the future."""
        for promise in self.env["dunning.promise"].search([("partner_id", "in", self.partners.ids)]):
            items = promise.move_line_ids
            if promise.state == "open":
                grace = promise.partner_id.dunning_policy_id.grace_days
                self.assertGreaterEqual(str(promise.date + A_DAY * grace), day)
                self.assertTrue(items.filtered(lambda item: not item.reconciled or item.parent_state != "posted"))
            self.assertEqual(bool(promise.broken_date), promise.state == "broken")
            self.assertLessEqual(str(promise.broken_date or ""), day)

    def all_notices(self):
        return self.env["dunning.notice"].search([("partner_id", "in", self.partners.ids)], order="date, id")

    def check_fresh(self, notices, day):
        """They list what the books say, credits included, and nothing that is suspended."""
        for notice in notices:
            items = notice.line_ids.move_line_id
            self.assertGreater(notice.amount_due, 0)
            self.assertAlmostEqual(notice.amount_due, sum(items.mapped("claimed_currency")))
            self.assertFalse(self.open_credits(notice) - items)
            debits = items.filtered(lambda item: item.left_currency > 0)
            self.assertFalse(self.suspended(day) & debits)
            self.assertLess(str(notice.partner_id.dunning_hold_until or ""), day)

    def check_leaving(self, notice, day):
        """At that moment it names nothing that is settled, promised, disputed or excluded, and claims no more
        than the customer owes."""
        items = notice.line_ids.move_line_id
        self.assertTrue(all(item.left_currency for item in items))
        self.assertFalse(items - self.open_items(self.moves) - self.open_credits(notice))
        debits = items.filtered(lambda item: item.left_currency > 0)
        self.assertFalse(debits & self.suspended(fields.Date.to_string(day)))
        self.assertFalse(debits.filtered("no_followup"))
        self.assertLessEqual(notice.amount_due, self.net_debt(notice) + 0.005)
        self.assertLessEqual(notice.amount_claimed, notice.amount_due + 0.005)

    def net_debt(self, notice):
        """What the customer owes in the currency of the notice, less open credits and what is under way."""
        owed = self.open_items(self.moves).filtered(
            lambda item: (
                (item.partner_id, item.currency_id) == (notice.partner_id, notice.currency_id)
                and item.left_currency > 0
            )
        )
        return sum((owed | self.open_credits(notice)).mapped("left_currency"))

    def check_voice(self, notices):
        """No softer voice after a harder one while that is open, in whatever currency."""
        for notice in notices:
            items = self.open_items(self.moves).filtered(
                lambda item, notice=notice: item.partner_id == notice.partner_id and not item.no_followup
            )
            heard = (self.all_notices() - notices).line_ids.filtered(
                lambda line, items=items: (
                    line.level_id and line.move_line_id in items and line.notice_state in ("queued", "sent")
                )
            )
            hardest = max(heard.mapped("level_id.sequence"), default=0)
            self.assertGreaterEqual(notice.level_id.sequence, hardest)

    def open_credits(self, notice):
        return (
            self.env["account.move.line"]
            .search(
                [
                    ("partner_id", "=", notice.partner_id.id),
                    ("currency_id", "=", notice.currency_id.id),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("amount_residual_currency", "<", 0),
                ]
            )
            .filtered("left_currency")
        )

    def suspended(self, day):
        promises = self.env["dunning.promise"].search([("state", "=", "open")])
        lasting = promises.filtered(
            lambda promise: str(promise.date + A_DAY * promise.partner_id.dunning_policy_id.grace_days) >= day
        )
        disputed = self.env["dunning.dispute"].search([("state", "=", "open")]).move_line_ids
        return lasting.move_line_ids | disputed.filtered(lambda item: item.disputed_left == item.left_currency)

    def check_levels(self):
        """Each level once, one after the other, friendly ones only before the due date."""
        lines = self.all_notices().line_ids.filtered(lambda line: line.level_id and line.notice_state != "cancelled")
        for item, of_item in lines.sorted("id").grouped("move_line_id").items():
            for before, after in pairwise(of_item):
                self.assertLess(before.level_id.delay_days, after.level_id.delay_days)
            for line in of_item.filtered(lambda line: line.level_id.delay_days < 0):
                self.assertLessEqual(line.notice_id.date, item.date_maturity)

    def check_distances(self):
        limit = self.env.company.dunning_daily_limit
        made = self.all_notices().filtered(lambda notice: notice.state != "cancelled")
        if limit:
            self.assertLessEqual(max(Counter(made.mapped("date")).values(), default=0), limit)
        heard = made.filtered(lambda notice: notice.state != "failed")
        for notices in heard.grouped(lambda notice: (notice.partner_id, notice.currency_id)).values():
            for before, after in pairwise(notices):
                self.assertGreaterEqual((after.date - before.date).days, after.policy_id.minimum_days_between)

    def check_sums(self):
        for notice in self.all_notices():
            self.assertAlmostEqual(sum(notice.line_ids.mapped("amount_residual")), notice.amount_due)

    def check_decisions(self):
        """One in force for each open debit item, none for others."""
        decisions = self.env["dunning.decision"].search(
            [("partner_id", "in", self.partners.ids), ("current", "=", True)]
        )
        items = self.open_items(self.moves).filtered(lambda line: line.amount_residual_currency > 0)
        self.assertEqual(sorted(decisions.move_line_id.ids), sorted(items.ids))
        self.assertEqual(len(decisions), len(items))

    def written(self, but):
        """What a run writes, as it is now. Of the items ``but``, which rose today, a later run
        already says why they don't rise again; the next step of others moves away from today's
        notice."""
        notices = self.all_notices()
        decisions = self.env["dunning.decision"].search(
            [("partner_id", "in", self.partners.ids), ("move_line_id", "not in", but.ids)]
        )
        return (
            notices.read(["state", "level_id", "amount_due", "mail_ids"]),
            notices.line_ids.read(["level_id", "amount_residual", "notice_state"]),
            decisions.read(["move_line_id", "code", "level_id", "current"]),
        )


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestCourse(Course):
    @on_database
    @given(courses)
    def test_after_each_run(self, course):
        self.play(course)


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestCourseWithoutEntries(Course):
    """The same where payments have no entry, as with Odoo's Accounting app."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(type(cls.env["account.move"]), "_get_invoice_in_payment_state", lambda self: "in_payment")
        cls.env["account.payment.method.line"].search([]).payment_account_id = False

    @on_database
    @given(courses)
    def test_after_each_run(self, course):
        self.play(course)
