"""The watch list: every kind of reason begins, stays and ends by itself; who sees what."""

from lxml import etree
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import TODAY, HandlingCase
from ..test_access import PEOPLE
from .test_collectors import CollectorCase

#: model: operations of own_leads, sales_manager, invoicing, readonly, collector, accountant, employee
ACCESS = {
    "dunning.collector.rule": ("", "", "r", "r", "r", "crwu", ""),
    "dunning.collector.assign": ("", "", "", "", "", "crwu", ""),
    "dunning.ask.salesperson": ("", "", "crwu", "", "crwu", "crwu", ""),
    "dunning.sales.release": ("", "cr", "r", "r", "r", "r", ""),
    "dunning.watch": ("", "", "r", "r", "r", "r", ""),
    "customer.warning": ("", "", "r", "r", "r", "r", ""),
    "customer.warning.dialog": ("crwu", "crwu", "crwu", "", "crwu", "crwu", ""),
    "payment.proposal": ("", "", "r", "r", "rw", "rw", ""),
    "public.register": ("", "", "r", "r", "r", "crwu", ""),
    "watch.dealt.with": ("", "", "crwu", "", "crwu", "crwu", ""),
}
LOGINS = ("own_leads", "sales_manager", "invoicing", "readonly", "collector", "accountant", "employee")


@tagged("post_install", "-at_install")
class TestWatchAccess(HandlingCase):
    def test_models(self):
        people = {login: self.user(login, PEOPLE[login]) for login in LOGINS}
        for model, row in ACCESS.items():
            for login, allowed in zip(LOGINS, row, strict=True):
                records = self.env[model].with_user(people[login])
                found = "".join(
                    operation[0] for operation in ("create", "read", "write", "unlink") if records.has_access(operation)
                )
                with self.subTest(model=model, login=login):
                    self.assertEqual(found, allowed)


@tagged("post_install", "-at_install")
class TestWatchList(CollectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.collector_id = cls.ann

    def night(self, day=TODAY):
        watches = self.env["dunning.watch"].with_context(l2c_today=day)
        watches._follow(watches.env.company)
        self.env.invalidate_all()

    def watched(self, partner=None):
        return (partner or self.customer).watch_ids

    def kinds(self):
        return sorted(self.watched().mapped("kind"))

    def dispute(self, invoice, reason="Arrived damaged"):
        return self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": reason, "move_line_ids": self.items(invoice).ids}
        )

    def mails(self, invoice, days):
        """E-mails sent about an invoice."""
        for day in days:
            self.env["dunning.notice"].create(
                {
                    "company_id": self.env.company.id,
                    "partner_id": self.customer.id,
                    "currency_id": self.env.company.currency_id.id,
                    "policy_id": self.policy.id,
                    "level_id": self.policy.level_ids[0].id,
                    "channel": "email",
                    "date": day,
                    "state": "sent",
                }
            )
        return self.env["dunning.notice"].search([("partner_id", "=", self.customer.id)])

    def rate(self, rating, day=TODAY):
        record = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "partner_id": self.customer.id,
                "rating": rating,
                "consumed": True,
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE rating_rating SET write_date = %s WHERE id = %s", (day, record.id))

    # Each kind ----------------------------------------------------------------------------

    def test_dispute(self):
        dispute = self.dispute(self.invoice())
        self.night()
        self.assertEqual(self.kinds(), ["dispute"])
        self.assertIn("Arrived damaged", self.watched().sentence)
        watch = self.watched()
        dispute.action_resolve()
        self.night("2026-03-11")
        self.assertFalse(self.watched())
        self.assertEqual(str(watch.until), "2026-03-11")

    def test_no_reply(self):
        invoice = self.invoice()
        self.mails(invoice, ["2026-03-02", "2026-03-05"])
        self.night()
        self.assertFalse(self.watched())
        notices = self.mails(invoice, ["2026-03-09"])
        self.night()
        self.assertEqual(self.kinds(), ["no_reply"])
        self.assertIn("3 e-mails", self.watched().sentence)
        notices[0].message_update({"author_id": self.customer.id})
        self.night()
        self.assertFalse(self.watched())

    def test_no_reply_ends_with(self):
        table = {
            "payment": lambda invoice: self.pay(invoice, 10.0),
            "call": lambda invoice: self.customer.action_log_attempt("reached"),
            "says paid": lambda invoice: self.customer.action_log_attempt("says_paid"),
            "hardship": lambda invoice: self.customer.action_log_attempt("hardship"),
            "paid": self.pay,
            "switched off": lambda invoice: self.env.company.write({"watch_silent_mails": 0}),
        }
        for name, end in table.items():
            with self.subTest(name):
                self.customer = self.env["res.partner"].create({"name": name, "email": "c@example.com"})
                invoice = self.invoice()
                self.mails(invoice, ["2026-03-02", "2026-03-05", "2026-03-09"])
                self.night()
                self.assertEqual(self.kinds(), ["no_reply"])
                end(invoice)
                self.night()
                self.assertFalse(self.watched())

    def test_a_call_without_answer_is_no_reply(self):
        self.mails(self.invoice(), ["2026-03-02", "2026-03-05", "2026-03-09"])
        self.customer.action_log_attempt("no_answer")
        self.night()
        self.assertEqual(self.kinds(), ["no_reply"])

    def test_complaint(self):
        self.invoice()
        table = ((1, TODAY, ["complaint"]), (2, TODAY, ["complaint"]), (4, TODAY, []), (1, "2025-11-01", []))
        for rating, day, kinds in table:
            with self.subTest(rating=rating, day=day):
                self.env["rating.rating"].search([]).unlink()
                self.rate(rating, day)
                self.night()
                self.assertEqual(self.kinds(), kinds)

    def test_a_better_rating_ends_a_complaint(self):
        self.invoice()
        self.rate(1, "2026-03-01")
        self.night()
        self.rate(5)
        self.night()
        self.assertFalse(self.watched())

    def test_habit(self):
        """Usual: paid on the day (0, 0, 9 days late: the median is 0); the limit is 14 days more."""
        self.pay(self.invoices([{"due": due} for due in (TODAY, TODAY, "2026-03-01")]))
        invoice = self.invoice(due="2026-02-24")
        self.night()
        self.assertFalse(self.watched())  # 14 days late
        self.night("2026-03-11")
        self.assertEqual(self.kinds(), ["habit"])
        self.assertIn("14 days later", self.watched().sentence)
        self.pay(invoice)
        self.night("2026-03-12")
        self.assertFalse(self.watched())

    def test_habit_needs_payments(self):
        self.pay(self.invoices([{"due": due} for due in (TODAY, TODAY)]))
        self.invoice(due="2025-12-01")
        self.night()
        self.assertFalse(self.watched())

    def test_returned_payment(self):
        invoice = self.invoice()
        self.give_back(self.pay(invoice))
        self.night()
        self.assertEqual(self.kinds(), ["returned"])
        self.assertIn(invoice.name, self.watched().sentence)
        self.pay(invoice)
        self.night()
        self.assertFalse(self.watched())

    def test_rating_from_outside(self):
        values = {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": "2026-03-01"}
        self.customer.write(values)
        self.night()
        self.assertEqual(self.kinds(), ["rating"])
        self.assertIn("Agency", self.watched().sentence)
        first = self.watched()
        self.customer.external_rating_date = "2026-03-09"
        self.night()
        self.assertEqual((self.kinds(), self.watched() == first), (["rating"], False))
        self.customer.external_rating = "fair"
        self.night()
        self.assertFalse(self.watched())

    # What every kind has in common -----------------------------------------------------------

    def test_one_alert_a_customer(self):
        dispute = self.dispute(self.invoice())
        for _night in range(3):
            self.night()
        activities = self.env["mail.activity"].search([("res_model", "=", "dunning.watch")])
        self.assertEqual(activities.user_id, self.ann)
        self.assertEqual(len(activities), 1)
        self.assertIn("Arrived damaged", activities.note)
        other = self.dispute(self.invoice(), "Wrong price")
        self.night()
        self.assertEqual(activities.search([("res_model", "=", "dunning.watch")]), activities)
        self.assertIn("Wrong price", activities.note)
        dispute.action_resolve()
        self.night()
        left = activities.search([("res_model", "=", "dunning.watch")])
        self.assertEqual((len(left), left.res_id), (1, self.watched().id))
        self.assertNotIn("Arrived damaged", left.note)
        other.action_resolve()
        self.night()
        self.assertFalse(activities.search([("res_model", "=", "dunning.watch")]))

    def test_who_is_asked(self):
        table = (("collector", self.ann), ("substitute", self.bob), ("policy", self.eve), ("nobody", None))
        for who, user in table:
            with self.subTest(who):
                self.customer = self.env["res.partner"].create({"name": who})
                self.customer.collector_id = self.ann if who in ("collector", "substitute") else False
                self.ann.collector_substitute_id = self.bob if who == "substitute" else False
                self.policy.user_id = self.eve if who == "policy" else False
                self.dispute(self.invoice())
                self.night()
                self.assertEqual(self.watched().activity_ids.user_id, user or self.env["res.users"])

    def test_filter_and_badge(self):
        self.dispute(self.invoice())
        other = self.env["res.partner"].create({"name": "Other"})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.night()
        found = self.env["res.partner"].with_user(self.ann).search([("is_watched", "=", True)])
        family = (self.customer | other | contact).with_user(self.ann)
        self.assertEqual(found & family, (self.customer | contact).with_user(self.ann))
        self.assertEqual(family.mapped("is_watched"), [True, False, True])

    def test_every_company_its_own(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.dispute(self.invoice())
        self.customer.with_company(company).write({"external_rating": "poor"})
        self.night()
        self.env["dunning.watch"].with_company(company)._follow(company)
        watches = self.env["dunning.watch"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            sorted((watch.company_id.name, watch.kind) for watch in watches),
            sorted([(self.env.company.name, "dispute"), ("Other", "rating")]),
        )
        hidden = watches.filtered(lambda watch: watch.company_id == company)
        self.assertNotIn(hidden, self.env["dunning.watch"].with_user(self.ann).search([]))
        with self.assertRaises(AccessError):
            hidden.with_user(self.ann).read(["kind"])
        self.assertTrue(self.customer.is_watched)

    def test_every_night(self):
        self.dispute(self.invoice())
        for _night in range(2):
            with self.enter_registry_test_mode(), self.registry.cursor() as cr:
                self.env(cr=cr)["dunning.watch"]._cron_nightly()
        self.env.invalidate_all()
        self.assertEqual(self.kinds(), ["dispute"])

    def test_whose_task_it_is(self):
        """The stand-in's, who isn't the customer's collector."""
        self.ann.collector_substitute_id = self.bob
        self.dispute(self.invoice())
        self.night()
        watch = self.watched().with_user(self.ann)
        self.assertEqual((watch.collector_id, watch.activity_user_id), (self.ann, self.bob))
        for view in ("list", "form"):
            node = etree.fromstring(watch.get_view(view_type=view)["arch"]).find(".//field[@name='activity_user_id']")
            self.assertEqual(node.get("string"), "Task of")

    def test_queries_do_not_grow(self):
        counts = []
        for number in (2, 6):
            for index in range(number):
                self.customer = self.env["res.partner"].create({"name": f"C{index}"})
                self.customer.collector_id = self.ann
                self.dispute(self.invoice())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["dunning.watch"]._follow(self.env.company)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)

    def test_settings(self):
        for name in (
            *("watch_silent_mails", "watch_habit_days", "watch_chronic_days", "watch_broken_promises"),
            *("watch_again_days", "late_proposal_days"),
        ):
            with self.subTest(name), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env.company[name] = -1
