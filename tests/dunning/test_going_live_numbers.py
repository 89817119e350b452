"""Going live and running tell numbers before, in words of what would happen, and after; calls are spread over days."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_going_live import GoingLiveCase


class NumbersCase(GoingLiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("numbers_manager", "lead_to_cash.group_collections_manager")

    def words(self, html):
        return " ".join(str(html.striptags() if html else "").replace("\xa0", " ").split())

    def dialog(self, **values):
        model = self.env["dunning.go.live"].with_user(self.manager)
        form = Form(model.with_context(default_policy_id=self.policy.id, l2c_today=TODAY))
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def debtors(self, count, amount=100.0, due="2026-03-02", **values):
        partners = self.env["res.partner"].create(
            [{"name": f"D{n}", "email": f"d{n}@example.com", **values} for n in range(count)]
        )
        rows = [{"due": due, "partner_id": one.id, "amount": amount + n} for n, one in enumerate(partners)]
        return self.invoices(rows)


@tagged("post_install", "-at_install")
class TestGoingLiveNumbers(NumbersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.action_stop()

    def test_both_sides_of_the_cut_off(self):
        self.invoice(due="2026-02-02", amount=70.0)
        self.debtors(2)
        form = self.dialog()
        self.assertIn("Open 3 3 $ 271.00", self.words(form.plan))
        form.cut_off_date = "2026-02-15"
        form.cut_off_level_id = self.policy.level_ids[1]
        said = self.words(form.plan)
        for part in (
            "Due before 02/15/2026 1 1 $ 70.00 would be reminded: Second E-mail 1 1 $ 70.00",
            "Due from 02/15/2026 on 2 2 $ 201.00 would be reminded: First E-mail 2 2 $ 201.00",
            "The first run would make: 3 notices to 3 customers.",
            "Somebody would look at them, and release them.",
        ):
            self.assertIn(part, said)
        form.older_items = "manual"
        said = self.words(form.plan)
        self.assertIn("$ 70.00 Nobody would be reminded of these at once.", said)
        self.assertIn("would make: 2 notices to 2 customers.", said)

    def test_looking_changes_nothing(self):
        entry = self.opening()
        self.debtors(1)
        form = self.dialog(include_opening=True, cut_off_date="2026-02-15")
        self.assertIn("Due before 02/15/2026 1 1 $ 70.00", self.words(form.plan))
        self.assertTrue(self.items(entry).no_followup)
        self.assertFalse(self.policy.cut_off_date or self.policy.is_running)
        self.env.invalidate_all()
        self.assertTrue(self.items(entry).no_followup)
        self.assertFalse(self.policy.cut_off_date or self.policy.is_running)
        self.assertFalse(self.env["dunning.notice"].search([("policy_id", "=", self.policy.id)]))

    def test_what_it_says_is_what_the_run_makes(self):
        self.invoice(due="2026-02-02", amount=70.0)
        self.debtors(3)
        form = self.dialog(cut_off_date="2026-02-15", cut_off_level_id=self.policy.level_ids[1], needs_release=True)
        said = self.words(form.plan)
        form.save().action_go_live()
        run = self.run_on(TODAY)
        self.assertIn(f"would make: {len(run.notice_ids)} notices to {len(run.notice_ids.partner_id)} customers", said)

    def test_calls_are_a_plan(self):
        self.policy.level_ids[1].channel = "call"
        self.debtors(30)
        form = self.dialog()
        self.assertEqual(form.calls_a_day, 10)
        self.assertIn(
            "Calls, who owes most first: 30; people who make them: 1, at most 10 a day each; working days: 3.",
            self.words(form.plan),
        )
        form.calls_a_day = 0
        self.assertIn("Calls, all at once: 30; people who make them: 1.", self.words(form.plan))

    def test_nothing_is_open(self):
        self.env["account.move.line"].search([("account_type", "=", "asset_receivable")]).no_followup = True
        self.assertIn("Nothing is open that the policy is for.", self.words(self.dialog().plan))


@tagged("post_install", "-at_install")
class TestCallDays(NumbersCase):
    def test_ten_a_day_the_dearest_first(self):
        self.policy.level_ids[1].channel = "call"
        moves = self.debtors(25)
        self.run_on(TODAY)  # a Tuesday
        notices = self.notices(moves).sorted("amount_due", reverse=True)
        days = [notice.activity_id.date_deadline for notice in notices]
        expected = [date(2026, 3, 10)] * 10 + [date(2026, 3, 11)] * 10 + [date(2026, 3, 12)] * 5
        self.assertEqual(days, expected)
        later = self.debtors(6, due="2026-03-03")
        self.run_on("2026-03-11")
        days = sorted(str(notice.activity_id.date_deadline) for notice in self.notices(later))
        self.assertEqual(days, ["2026-03-12"] * 5 + ["2026-03-13"])

    def test_each_collector_has_ten(self):
        self.policy.level_ids[1].channel = "call"
        other = self.user("numbers_collector", "lead_to_cash.group_collections_user")
        moves = self.debtors(10) | self.debtors(10, collector_id=other.id)
        self.run_on(TODAY)
        self.assertEqual({str(n.activity_id.date_deadline) for n in self.notices(moves)}, {TODAY})

    def test_no_limit(self):
        self.env.company.dunning_calls_a_day = 0
        self.policy.level_ids[1].channel = "call"
        moves = self.debtors(12)
        self.run_on(TODAY)
        self.assertEqual({str(n.activity_id.date_deadline) for n in self.notices(moves)}, {TODAY})

    def test_a_limit_is_no_negative_number(self):
        with self.assertRaisesRegex(UserError, "can't be negative"):
            self.env.company.dunning_calls_a_day = -1


@tagged("post_install", "-at_install")
class TestRunNumbers(NumbersCase):
    def ask(self, run):
        action = run.with_user(self.manager).action_ask_start()
        model = self.env[action["res_model"]].with_user(self.manager)
        return Form(model.with_context(**action["context"], l2c_today=TODAY)).save()

    def test_run_now(self):
        moves = self.debtors(2)
        run = self.env["dunning.run"].with_context(l2c_today=TODAY).create({"date": TODAY})
        dialog = self.ask(run)
        self.assertIn("The run would make: 2 notices to 2 customers.", self.words(dialog.plan))
        self.assertFalse(self.notices(moves))
        said = dialog.action_start()["params"]["message"].replace("\xa0", " ")
        self.assertEqual(said, "The run begins: 2 notices to 2 customers, $ 201.00.")
        self.assertTrue(run.is_requested)
        self.cron()
        self.assertEqual(len(self.notices(moves)), 2)

    def test_release(self):
        self.policy.level_ids[1].requires_approval = True
        self.env.company.dunning_awaits_release = True
        self.debtors(2)
        self.invoice(due="2026-02-02")
        run = self.run_on(TODAY)
        self.policy.level_ids[1].requires_approval = False
        dialog = self.ask(run)
        self.assertTrue(dialog.is_release)
        self.assertIn("What leaves: 3 notices to 3 customers.", self.words(dialog.plan))
        said = dialog.action_start()["params"]["message"].replace("\xa0", " ")
        self.assertEqual(said, "Released: 3 notices to 3 customers, $ 301.00.")
        self.assertFalse(self.env.company.dunning_awaits_release)

    def test_who_may(self):
        run = self.env["dunning.run"].create({"date": TODAY})
        collector = self.user("numbers_other", "lead_to_cash.group_collections_user")
        with self.assertRaises(AccessError):
            run.with_user(collector).action_ask_start()
        with self.assertRaises(AccessError):
            self.env["dunning.run.start"].with_user(collector).create({"run_id": run.id})

    def test_a_neutralized_copy_says_so_first(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        run = self.env["dunning.run"].create({"date": TODAY})
        with self.assertRaisesRegex(UserError, "neutralized copy"):
            run.with_user(self.manager).action_ask_start()
