"""Who pays late as a rule, worse than before, breaks promises or owes too much is watched, once, until somebody
has dealt with it; and gets one proposal."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import TODAY
from .late import LateCase


@tagged("post_install", "-at_install")
class TestReasons(LateCase):
    def test_five_invoices_paid_sixty_days_late(self):
        """Without a grade, too: before the first night, or where grading is off."""
        self.paid(60, 60, 60, 60)
        self.night()
        self.assertNotIn("chronic", self.kinds())
        self.paid(60)
        self.night()
        self.assertIn("chronic", self.kinds())
        self.assertIn("60 days", self.why("chronic")[0])
        self.assertIn("5 of 5", self.why("chronic")[0])

    def test_by_grade(self):
        self.invoice()
        for grade, listed in (("new", False), ("c", False), ("d", True), ("e", True), ("b", False)):
            with self.subTest(grade):
                self.grade(grade)
                self.night()
                self.assertEqual("chronic" in self.kinds(), listed)

    def test_by_days_over_the_margin(self):
        self.invoice()
        self.grade("c", expected_days_late=25.0)
        for margin, listed in ((30, False), (20, True), (0, False)):
            with self.subTest(margin):
                self.env.company.watch_chronic_days = margin
                self.night()
                self.assertEqual("chronic" in self.kinds(), listed)

    def test_a_grade_counts_before_the_plain_record(self):
        self.paid(60, 60, 60, 60, 60)
        self.grade("b")
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_who_isnt_invoiced_any_more_is_no_matter(self):
        self.invoice(invoice_date="2024-02-01", due="2024-03-01")
        self.grade("e")
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_written_off_isnt_paid_late(self):
        invoices = self.invoices([{"due": "2025-12-01", "invoice_date": "2025-11-01"} for _number in range(5)])
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoices.ids)
        reversal = reversal.create({"date": TODAY, "journal_id": invoices[0].journal_id.id})
        reversal.reverse_moves()
        credits = invoices.reversal_move_ids
        credits.filtered(lambda move: move.state == "draft").action_post()
        for invoice, credit in zip(invoices, credits, strict=True):
            (self.items(invoice) | self.items(credit)).filtered(lambda line: not line.reconciled).reconcile()
        self.assertTrue(all(self.items(invoices).mapped("reconciled")))
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_worsening_by_grade(self):
        self.invoice()
        self.grade("b", since="2025-06-01")
        self.grade("c", since="2026-02-20")
        self.night()
        self.assertIn("worsening", self.kinds())
        self.assertRegex(self.why("worsening")[0], "from B|B became C")
        self.night("2026-06-20")
        self.assertNotIn("worsening", self.kinds())

    def test_better_is_not_worse(self):
        self.invoice()
        self.grade("new", since="2025-02-01")
        self.grade("d", since="2025-06-01")
        self.grade("b", since="2026-02-20")
        self.night()
        self.assertNotIn("worsening", self.kinds())

    def test_worsening_by_the_last_payments(self):
        self.paid(0, 2, 4, ends="2025-10-01")
        self.paid(20, 25)
        self.night()
        self.assertNotIn("worsening", self.kinds())
        self.paid(30)
        self.night()
        self.assertIn("worsening", self.kinds())
        self.assertIn("25 days", self.why("worsening")[0])
        self.env.company.watch_habit_days = 0
        self.night()
        self.assertNotIn("worsening", self.kinds())

    def broken(self, *days, plan=False):
        invoice = self.invoice()
        items = self.items(invoice)
        promises = self.env["dunning.promise"]
        values = {"partner_id": self.customer.id, "amount": 10.0, "move_line_ids": items.ids}
        for day in days:
            promise = promises.with_context(l2c_today=day).create({**values, "date": day})
            promise._set_state("broken", broken_date=day)
        return invoice

    def test_three_broken_promises_in_twelve_months(self):
        self.broken("2025-01-05", "2025-06-05", "2026-01-05")
        self.night()
        self.assertNotIn("promises", self.kinds())
        self.broken("2026-02-05")
        self.night()
        self.assertIn("promises", self.kinds())
        self.assertIn("3 promises", self.why("promises")[0])
        self.env.company.watch_broken_promises = 4
        self.night()
        self.assertNotIn("promises", self.kinds())

    def test_over_the_credit_limit_of_the_host(self):
        self.customer.credit_limit = 150.0
        invoice, _other = self.invoices([{"amount": 100.0, "due": "2026-04-01"}, {"amount": 60.0, "due": "2026-04-01"}])
        self.night()
        self.assertNotIn("limit", self.kinds(), "the company uses no limits")
        self.env.company.account_use_credit_limit = True
        self.night()
        self.assertIn("limit", self.kinds())
        self.assertIn("160.00", self.why("limit")[0])
        self.assertIn("150.00", self.why("limit")[0])
        self.pay(invoice, 20.0)
        self.night()
        self.assertNotIn("limit", self.kinds())


@tagged("post_install", "-at_install")
class TestAlert(LateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.invoice()
        cls.given.grade("e")

    def dialog(self, user=None, note="Called"):
        action = self.customer.with_user(user or self.ann).action_watch_dealt_with()
        dialog = self.env["watch.dealt.with"].with_user(user or self.ann).with_context(**action["context"])
        dialog.create({"note": note}).action_done()
        self.env.invalidate_all()

    def test_one_alert_for_all_reasons(self):
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night()
        self.assertEqual(self.kinds(), ["chronic", "rating"])
        alert = self.alerts()
        self.assertEqual((len(alert), alert.user_id), (1, self.ann))
        for part in ("Agency", "Is expected to pay"):
            self.assertIn(part, alert.note)
        self.night()
        self.assertEqual(self.alerts(), alert)

    def test_dealt_with_until_there_is_a_new_reason(self):
        self.night()
        watch = self.customer.watch_ids
        self.dialog()
        self.assertFalse(self.alerts())
        self.assertEqual((str(watch.dealt_on), watch.dealt_by_id, watch.dealt_note), (TODAY, self.ann, "Called"))
        self.assertIn("Called", watch.message_ids[0].body)
        self.assertEqual(watch.message_ids[0].author_id, self.ann.partner_id)
        self.night("2026-03-20")
        self.assertFalse(self.alerts())
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night("2026-03-21")
        alert = self.alerts()
        self.assertEqual(len(alert), 1)
        self.assertIn("Agency", alert.note)
        self.assertNotIn("Is expected to pay", alert.note)

    def test_comes_back_after_the_days(self):
        self.night()
        self.dialog()
        self.night("2026-04-08")
        self.assertFalse(self.alerts())
        self.night("2026-04-09")
        self.assertEqual(len(self.alerts()), 1)
        self.assertFalse(self.customer.watch_ids.dealt_on)
        self.env.company.watch_again_days = 0
        self.dialog()
        self.night("2027-02-01")
        self.assertFalse(self.alerts())

    def test_an_activity_that_is_done_was_dealt_with(self):
        self.night()
        self.alerts().with_user(self.ann).action_feedback(feedback="Visited")
        self.env.invalidate_all()
        watch = self.customer.watch_ids
        self.assertEqual((watch.dealt_by_id, watch.dealt_note), (self.ann, "Visited"))
        self.night("2026-03-11")
        self.assertFalse(self.alerts())

    def test_ends_with_its_reasons(self):
        self.night()
        self.grade("b", since=TODAY)
        self.night("2026-03-11")
        self.assertFalse(self.alerts())

    def test_who_may(self):
        self.night()
        reader, seller = (
            self.user("reader", "account.group_account_readonly"),
            self.user("seller", "sales_team.group_sale_salesman"),
        )
        for user in (reader, seller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.dialog(user)
        with self.assertRaises(AccessError):
            self.customer.watch_ids.with_user(self.ann).write({"dealt_on": TODAY})

    def test_many_activities_of_before_become_one(self):
        """As an upgrade finds them: one for each reason."""
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night()
        first, second = self.customer.watch_ids.sorted("id")
        self.alerts().unlink()
        for watch in (first, second):
            activity = watch.activity_schedule(
                "mail.mail_activity_data_todo", TODAY, summary="x", user_id=self.ann.id, automated=True
            )
        self.assertEqual(len(self.alerts()), 2)
        self.env["dunning.watch"]._alert(self.env.company, self.customer)
        self.env.invalidate_all()
        self.assertEqual(len(self.alerts()), 1)
        self.assertNotEqual(self.alerts(), activity)
        self.assertIn("Agency", self.alerts().note)
