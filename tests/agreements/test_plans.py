"""Payment plans that are agreed: instalments that differ, credits first, in writing, and how they end."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_promises import PromiseCase


class PlanCase(PromiseCase):
    def dialog(self, record=None, user=None, **context):
        record = (record or self.customer).with_user(user or self.collector).with_context(**context)
        action = record.action_plan()
        return Form(record.env[action["res_model"]].with_context(**action["context"]))

    def rows(self, plan):
        return [(str(row.date), row.amount) for row in plan._rows()]

    def cron(self, name, day, moment="12:00:00"):
        """One of the jobs, as of a day."""
        self.env.flush_all()
        model, method = name
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            at = self.env(cr=cr)[model].with_context(l2c_today=f"{day} {moment}")
            getattr(at, method)()
        self.env.invalidate_all()

    def follow(self, day):
        """The job of plans, and the one that writes what it queues."""
        self.cron(("dunning.plan", "_cron_follow"), day)
        self.cron(("account.letter", "_cron_write"), day)

    def letters(self, plan):
        return self.env["account.letter"].search([("plan_id", "=", plan.id)], order="id")


@tagged("post_install", "-at_install")
class TestPlanDialog(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def test_instalments_are_shown_and_can_differ(self):
        with self.dialog() as form:
            self.assertEqual([row.amount for row in self.shown(form)], [33.34, 33.33, 33.33])
            form.deposit = 40
            self.assertEqual([row.amount for row in self.shown(form)], [40, 30, 30])
            with form.promise_ids.edit(1) as row:
                row.amount = 20
                row.date = "2026-04-20"
            self.assertIn(
                "$\xa090.00, the plan is about $\xa0100.00".replace("\xa0", ""), form.row_problem.replace("\xa0", "")
            )
            with form.promise_ids.edit(2) as row:
                row.amount = 40
            self.assertFalse(form.row_problem)
        plan = form.save()
        self.assertEqual(self.rows(plan), [("2026-03-17", 40), ("2026-04-20", 20), ("2026-05-17", 40)])
        self.assertEqual((plan.number, str(plan.first_date), plan.state), (3, "2026-03-17", "open"))
        self.assertEqual(set(plan.promise_ids.move_line_ids), set(self.items(self.move)))
        self.assertEqual(plan.promise_ids.sorted("date").mapped("target"), [60, 40, 0])

    def shown(self, form):
        """The rows of the dialog, as it shows them."""
        rows = []
        for number in range(len(form.promise_ids)):
            with form.promise_ids.edit(number) as row:
                rows.append(row)
        return rows

    def test_what_a_plan_cannot_be(self):
        agreed = self.customer.with_user(self.collector)._dunning_plan_defaults()
        plans = self.env["dunning.plan"].with_user(self.collector)
        rows = lambda *pairs: {"promise_ids": [Command.create({"amount": a, "date": d}) for a, d in pairs]}  # noqa: E731
        self.policy.plan_min_amount = 20
        for values, sentence in (
            (rows((50, "2026-03-20"), (40, "2026-04-20")), "The instalments make .*90.00"),
            (rows((110, "2026-03-20"), (-10, "2026-04-20")), "An instalment is at least|above zero"),
            (rows((100, "2026-03-20")), "at least two instalments"),
            (rows((50, "2026-03-20"), (50, False)), "a day, and an amount above zero"),
            (rows((50, "2026-03-01"), (50, "2026-04-01")), "Choose today or a later day"),
            (rows((90, "2026-03-20"), (10, "2026-04-20")), "An instalment is at least .*20.00"),
            (rows((50, "2026-03-20"), (50, "2027-04-20")), "The last instalment can be on 09/20/2026"),
            (rows(*[(10, f"2026-03-{day}") for day in range(15, 25)]), "policy allows \\(6\\)"),
            ({"deposit": 100}, "A deposit is less than the whole plan"),
            ({"deposit": -1}, "A deposit is less than the whole plan"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                plans.create(agreed | values)
        other = self.promise(self.invoice(due="2026-03-02"))
        for command in (Command.link(other.id), Command.set(other.ids), Command.update(other.id, {"amount": 1})):
            with self.assertRaisesRegex(UserError, "are made with it"), self.env.cr.savepoint():
                plans.create(agreed | {"promise_ids": [command]})
        self.assertFalse(plans.search([("partner_id", "=", self.customer.id)]))
        self.assertEqual(self.env["dunning.promise"].search([("partner_id", "=", self.customer.id)]), other)
        self.assertFalse(self.env["account.letter"].search([("kind", "=", "plan")]))

    def test_no_promise_can_be_smuggled_in(self):
        """What a dialog says of an instalment is its amount and its day."""
        agreed = self.customer.with_user(self.collector)._dunning_plan_defaults()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        said = {"amount": 50, "state": "kept", "partner_id": stranger.id, "target": 5}
        rows = [Command.create({**said, "date": day}) for day in ("2026-03-20", "2026-04-20")]
        plan = self.env["dunning.plan"].with_user(self.collector).create(agreed | {"promise_ids": rows})
        self.assertEqual(plan.promise_ids.mapped("state"), ["open", "open"])
        self.assertEqual(plan.promise_ids.partner_id, self.customer)
        with self.assertRaises(UserError):
            plan.promise_ids = [Command.clear()]

    def test_managers_go_beyond(self):
        manager = self.user("plan_manager", "lead_to_cash.group_collections_manager")
        self.policy.plan_min_amount = 50
        agreed = self.customer.with_user(manager)._dunning_plan_defaults()
        plan = self.env["dunning.plan"].with_user(manager).create(agreed | {"number": 10})
        self.assertEqual(len(plan.promise_ids), 10)

    def test_open_credits_first(self):
        credit = self.invoice(move_type="out_refund", amount=30.0)
        with self.dialog() as form:
            self.assertEqual((form.credit_amount, form.total), (30, 100))
            form.sets_off_credits = True
            self.assertEqual(form.total, 70)
        plan = form.save()
        self.assertEqual(sum(plan.promise_ids.mapped("amount")), 70)
        self.assertEqual((self.move.amount_residual, credit.amount_residual), (70, 0))
        self.assertEqual(plan._left(), 70)

    def test_credits_of_another_currency_and_customer_stay(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        credits = self.invoice(move_type="out_refund", amount=30.0, currency_id=euro.id)
        credits |= self.invoice(
            move_type="out_refund", amount=30.0, partner_id=self.env["res.partner"].create({"name": "Other"}).id
        )
        with self.dialog() as form:
            self.assertEqual(form.credit_amount, 0)
        plan = form.save()
        self.assertEqual(plan.total, 100)
        plan.action_cancel()
        agreed = self.customer.with_user(self.collector)._dunning_plan_defaults() | {"sets_off_credits": True}
        self.env["dunning.plan"].with_user(self.collector).create(agreed)
        self.assertEqual(credits.mapped("amount_residual"), [30, 30])

    def test_nothing_open(self):
        self.pay(self.move)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self.dialog()

    def test_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.pay(self.move)
        self.invoice(due="2026-03-02", currency_id=euro.id, amount=90.0)
        plan = self.dialog().save()
        self.assertEqual((plan.currency_id, plan.promise_ids.currency_id, plan.total), (euro, euro, 90))

    def test_what_the_customer_asked_for_is_filled_in(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        answer = self.env["dunning.answer"].create(
            {
                **{"notice_id": notice.id, "kind": "plan", "form_key": "k"},
                **{"number": 4, "day": "2026-03-25", "amount": 40},
            }
        )
        plan = self.dialog().save()
        self.assertEqual(
            self.rows(plan), [("2026-03-25", 40), ("2026-04-25", 20), ("2026-05-25", 20), ("2026-06-25", 20)]
        )
        plan.action_cancel()
        answer.is_handled = True
        self.assertEqual(self.dialog().number, 3)

    def test_a_second_company(self):
        other = self.env["res.company"].create({"name": "Second", "currency_id": self.env.ref("base.USD").id})
        clerk = self.user("plan_second", "account.group_account_invoice")
        clerk.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        plan = self.dialog().save()
        self.assertFalse(self.env["dunning.plan"].with_user(clerk).search([]))
        self.assertFalse(self.env["account.letter"].with_user(clerk).search([]))
        self.assertEqual(self.letters(plan).company_id, self.env.company)


@tagged("post_install", "-at_install")
class TestPlanInWriting(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "us@example.com"
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.agreed = cls.given.dialog().save()
        cls.given.cron(("account.letter", "_cron_write"), TODAY)

    def arrived(self):
        """The agreement has left."""
        self.letters(self.agreed).mail_id.state = "sent"
        self.env.invalidate_all()

    def kinds(self):
        return self.letters(self.agreed).mapped("kind")

    def test_the_agreement(self):
        letter = self.letters(self.agreed)
        self.assertEqual((letter.kind, letter.state, letter.user_id), ("plan", "queued", self.collector))
        mail = letter.mail_id
        self.assertEqual(str(mail.scheduled_date), f"{TODAY} 12:10:00", "it can be taken back for ten minutes")
        for text in ("33.34", "03/17/2026", "05/17/2026", "100.00", self.agreed.access_token):
            self.assertIn(text, mail.body_html)
        self.assertEqual(mail.email_to, self.customer.email_formatted)
        self.assertEqual(len(mail.attachment_ids), 1)

    def test_called_off_before_it_left(self):
        self.agreed.with_user(self.collector).action_cancel()
        self.assertFalse(self.letters(self.agreed))
        again = self.dialog().save()
        again.action_cancel()
        self.cron(("account.letter", "_cron_write"), TODAY)
        self.assertFalse(self.letters(again), "not written at all")

    def test_what_has_left_stays(self):
        letter = self.letters(self.agreed)
        letter.mail_id.state = "sent"
        self.agreed.action_cancel()
        self.assertEqual((letter.exists().state, self.agreed.state), ("sent", "cancelled"))
        with self.assertRaisesRegex(UserError, "nothing to agree on"):
            self.agreed.with_user(self.collector).action_send_agreement()

    def test_send_it_again(self):
        plan = self.agreed.with_user(self.collector)
        self.assertTrue(plan.action_send_agreement(), "it is on its way already")
        self.assertEqual(self.kinds(), ["plan"])
        self.letters(self.agreed).mail_id.state = "sent"
        self.env.invalidate_all()
        plan.action_send_agreement()
        self.assertEqual(self.kinds(), ["plan", "plan"])

    def test_without_an_address(self):
        self.agreed.action_cancel()
        self.customer.email = False
        plan = self.dialog().save()
        self.assertFalse(self.letters(plan))
        self.assertEqual(self.told().summary, "Give the customer the payment plan")
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            plan.with_user(self.collector).action_send_agreement()

    def test_announced_three_days_before_and_once(self):
        for day, number in (("2026-03-13", 0), ("2026-03-14", 1), ("2026-03-15", 1), ("2026-03-17", 1)):
            self.follow(day)
            self.assertEqual(self.kinds().count("instalment"), number, day)
        letter = self.letters(self.agreed)[-1]
        self.assertEqual(letter.promise_id, self.agreed._rows()[0])
        self.assertIn("33.34", letter.mail_id.body_html)
        self.assertIn("03/17/2026", letter.mail_id.body_html)

    def test_a_missed_day_is_caught_up(self):
        self.follow("2026-03-16")
        self.assertEqual(self.kinds().count("instalment"), 1)

    def test_what_is_paid_is_not_announced(self):
        self.pay(self.move, 33.34)
        self.follow("2026-03-14")
        self.assertEqual(self.kinds(), ["plan"])

    def test_paid_before_the_announcement_leaves(self):
        self.follow("2026-03-14")
        self.pay(self.move, 33.34)
        self.assertEqual(self.kinds(), ["plan"])

    def test_queued_and_paid_before_it_is_written(self):
        self.cron(("dunning.plan", "_cron_follow"), "2026-03-14")
        self.assertEqual(self.kinds(), ["plan", "instalment"])
        self.pay(self.move, 33.34)
        self.cron(("account.letter", "_cron_write"), "2026-03-14")
        self.assertEqual(self.kinds(), ["plan"])

    def test_the_agreement_announces_what_is_due_at_once(self):
        self.agreed.action_cancel()
        form = self.dialog()
        form.first_date = "2026-03-12"
        self.agreed = form.save()
        self.follow(TODAY)
        self.assertEqual(self.kinds(), ["plan"])

    def test_thanks_for_the_last_one_once(self):
        self.arrived()
        self.pay(self.move)
        for day in ("2026-03-11", "2026-03-12"):
            self.follow(day)
        self.assertEqual(self.kinds(), ["plan", "plan_kept"])
        self.assertEqual(str(self.agreed.expires_on), "2026-04-10")
        self.assertFalse(self.letters(self.agreed)[-1].mail_id.attachment_ids)

    def test_broken_is_told_to_both(self):
        self.arrived()
        self.follow("2026-03-17")
        self.arrived()
        for day in ("2026-03-20", "2026-03-21", "2026-03-22"):
            self.cron(("dunning.run", "_cron_run"), day)
            self.follow(day)
            self.arrived()
            self.assertEqual(self.agreed.state, "open" if day == "2026-03-20" else "broken")
        self.assertEqual(self.kinds(), ["plan", "instalment", "plan_broken"])
        self.assertIn("100.00", self.letters(self.agreed)[-1].mail_id.body_html)
        note = self.told().note
        self.assertIn("which has ended", note)
        self.assertIn("100.00", note)
        self.assertEqual(self.notices(self.move).level_id.name, "First", "the ladder resumes")

    def test_called_off_tells_nothing(self):
        self.letters(self.agreed).mail_id.state = "sent"
        self.agreed.action_cancel()
        self.follow("2026-03-14")
        self.assertEqual(self.kinds(), ["plan"])

    def test_plans_of_earlier_releases_are_left_alone(self):
        self.arrived()
        self.env.cr.execute("UPDATE dunning_plan SET agreed_on = NULL WHERE id = %s", [self.agreed.id])
        self.env.invalidate_all()
        self.follow("2026-03-14")
        self.pay(self.move)
        self.follow("2026-03-15")
        self.assertEqual(self.kinds(), ["plan"])

    def test_a_broken_template_is_told(self):
        template = self.env.ref("lead_to_cash.mail_template_instalment")
        broken = "<p><t t-out='object.promise_id.nothing_of_that_name'/></p>"
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = jsonb_build_object('en_US', %s) WHERE id = %s", [broken, template.id]
        )
        self.env.invalidate_all()
        self.follow("2026-03-14")
        self.assertEqual(self.letters(self.agreed)[-1].state, "failed")
        self.assertIn("couldn't be written", self.told().summary)
        self.follow("2026-03-15")
        self.assertEqual(self.kinds(), ["plan", "instalment"])

    def test_hebrew(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        self.agreed.action_cancel()
        plan = self.dialog().save()
        self.cron(("account.letter", "_cron_write"), TODAY)
        self.assertIn('dir="rtl"', self.letters(plan).mail_id.body_html)
