"""Approving by exception, and stopping a run."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..common import TODAY, RunCase

ALL = {
    "first": "First reminder ever",
    "amount": "More than three times the usual amount",
    "key": "Key account",
    "details": "New address, e-mail or bank account",
    "sister": "Reminded by a sister company last week",
}


@tagged("post_install", "-at_install")
class TestApproval(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.minimum_days_between = 1
        cls.policy.level_ids.requires_approval = True
        cls.known, cls.also_known = cls.reminded_before(["Known", "Also known"])
        cls.collector = cls.user("approving_collector", "lead_to_cash.group_collections_user")
        cls.manager = cls.user("approving_manager", "lead_to_cash.group_collections_manager")

    @classmethod
    def reminded_before(cls, names, amount=100.0):
        """Customers to whom a notice of so much was sent in February."""
        customers = cls.env["res.partner"].create(
            [
                {"name": name, "email": f"{name}@example.com".replace(" ", "").lower(), "street": "First Road"}
                for name in names
            ]
        )
        moves = cls.given.invoices(
            [{"due": "2026-02-01", "partner_id": customer.id, "amount": amount} for customer in customers]
        )
        run = cls.env["dunning.run"].with_context(l2c_today="2026-02-05").create({"date": "2026-02-05"})
        run.action_run()
        run.notice_ids.filtered(lambda notice: notice.partner_id in customers).state = "sent"
        cls.given.pay(moves)
        return customers

    def reminded(self, customer, amount=100.0, **values):
        """The notice of today to the customer."""
        move = self.invoice(due="2026-03-05", partner_id=customer.id, amount=amount, **values)
        self.run_on(TODAY)
        return self.notices(move)

    def codes(self, notice):
        return set((notice.exceptions or "").split(",")) - {""}

    def test_what_is_looked_at(self):
        def nothing(_customer):
            return {}

        def key(customer):
            customer.category_id = self.env.ref("lead_to_cash.partner_category_key_accounts")

        def moved(customer):
            customer.street = "Second Road"

        def mailed(customer):
            customer.email = "elsewhere@example.com"

        def banked(customer):
            self.env["res.partner.bank"].create({"partner_id": customer.id, "acc_number": "RO49AAAA1B31007593840000"})

        def renamed(customer):
            customer.comment = "Likes tea"

        def sister(customer, date="2026-03-04", state="sent"):
            self.env["dunning.notice"].create(
                {
                    "company_id": self.env["res.company"].create({"name": f"Sister {date}{state}"}).id,
                    "partner_id": customer.id,
                    "currency_id": self.env.company.currency_id.id,
                    "policy_id": self.policy.id,
                    "level_id": self.policy.level_ids[0].id,
                    "channel": "email",
                    "date": date,
                    "state": state,
                }
            )

        cases = [
            ("plain", nothing, 100, set()),
            ("three times", nothing, 300, set()),
            ("more than that", nothing, 300.01, {"amount"}),
            ("key", key, 100, {"key"}),
            ("moved", moved, 100, {"details"}),
            ("mailed", mailed, 100, {"details"}),
            ("banked", banked, 100, {"details"}),
            ("another field", renamed, 100, set()),
            ("sister", sister, 100, {"sister"}),
            ("sister long ago", lambda customer: sister(customer, "2026-03-02"), 100, set()),
            ("sister not yet", lambda customer: sister(customer, state="to_approve"), 100, set()),
            ("several", lambda customer: (key(customer), moved(customer)), 900, {"key", "details", "amount"}),
        ]
        customers = self.reminded_before([name for name, *_case in cases])
        for customer, (_name, change, _amount, _expected) in zip(customers, cases, strict=True):
            change(customer)
        moves = self.invoices(
            [
                {"due": "2026-03-05", "partner_id": customer.id, "amount": amount}
                for customer, (_name, _change, amount, _expected) in zip(customers, cases, strict=True)
            ]
        )
        self.run_on(TODAY)
        for move, (name, _change, _amount, expected) in zip(moves, cases, strict=True):
            with self.subTest(name):
                notice = self.notices(move)
                self.assertEqual((notice.state, self.codes(notice)), ("to_approve", expected))
                self.assertEqual(set(notice.exception_text.split(" · ")) - {""}, {ALL[code] for code in expected})

    def test_a_first_reminder_is_compared_with_the_invoices_of_a_year(self):
        for amount, expected in ((100, {"first"}), (1000, {"first", "amount"})):
            with self.subTest(amount):
                customer = self.env["res.partner"].create({"name": f"New {amount}", "email": "new@example.com"})
                self.pay(self.invoices([{"partner_id": customer.id, "amount": 100}] * 5))
                self.assertEqual(self.codes(self.reminded(customer, amount)), expected)

    def test_what_needs_no_approval_is_no_exception(self):
        self.policy.level_ids.requires_approval = False
        customer = self.env["res.partner"].create({"name": "New", "email": "new@example.com"})
        notice = self.reminded(customer)
        self.assertEqual((notice.state, notice.exceptions), ("queued", False))

    def test_a_first_run_that_waits_for_its_release_says_what_to_look_at(self):
        self.policy.level_ids.requires_approval = False
        self.env.company.dunning_awaits_release = True
        customer = self.env["res.partner"].create({"name": "New", "email": "new@example.com"})
        notice = self.reminded(customer)
        self.assertEqual((notice.state, notice.exceptions), ("to_approve", "first"))

    def test_before_the_release_nothing_leaves_whatever_is_pressed(self):
        self.env.company.dunning_awaits_release = True
        run, plain, look = self.day()
        ways = (
            plain.action_approve,
            plain.action_send,
            look.action_send,
            run.action_approve_plain,
            self.env["dunning.notice"].action_approve_plain,
        )
        for way in ways:
            with self.subTest(way), self.assertRaisesRegex(UserError, "hasn't released its first run"):
                way()
        self.assertEqual((plain | look).mapped("state"), ["to_approve"] * 3)
        run.action_release()
        self.assertEqual((plain | look).mapped("state"), ["to_approve"] * 3)  # their level asks for it
        plain.action_approve()
        self.assertEqual(plain.mapped("state"), ["queued"] * 2)

    def day(self):
        """A run with two plain notices and one to look at."""
        customers = [self.known, self.also_known]
        new = self.env["res.partner"].create({"name": "New", "email": "new@example.com"})
        moves = self.invoices([{"due": "2026-03-05", "partner_id": customer.id} for customer in (*customers, new)])
        run = self.run_on(TODAY)
        return run, self.notices(moves[0]) | self.notices(moves[1]), self.notices(moves[2])

    def test_approving_skips_the_exceptions(self):
        ways = {
            "run": lambda run: run.with_user(self.collector).action_approve_plain(),
            "list": self.approve_above_the_list,
            "desk": lambda _run: self.env["call.list.line"].with_user(self.collector).action_approve_plain(),
        }
        for name, approve in ways.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                run, plain, look = self.day()
                self.assertEqual((run.plain_count, run.first_count, run.exception_count), (2, 1, 0))
                banner = self.env["dunning.notice"].with_user(self.collector).get_dunning_banners()[-1]
                self.assertEqual(banner["text"], "2 to send; 1 first reminder ever; 0 to look at")
                said = approve(run)
                self.assertEqual(said["params"]["message"], "2 notices are approved.")
                self.assertEqual(plain.mapped("state"), ["queued"] * 2)
                self.assertEqual(look.state, "to_approve")
                self.assertEqual(run.action_open_exceptions()["domain"][0], ("run_id", "in", run.ids))
                banner = self.env["dunning.notice"].with_user(self.collector).get_dunning_banners()[-1]
                self.assertEqual(
                    (banner["text"], banner["action"]), ("0 to send; 1 first reminder ever; 0 to look at", False)
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def approve_above_the_list(self, _run):
        """As the browser calls what a banner's button names."""
        notices = self.env["dunning.notice"].with_user(self.collector)
        return call_kw(notices, notices.get_dunning_banners()[-1]["action"], [], {})

    def test_a_run_approves_its_own(self):
        run, plain, _look = self.day()
        said = run.copy({"date": "2026-03-09"}).with_user(self.collector).action_approve_plain()
        self.assertEqual(said["params"]["message"], "0 notices are approved.")
        self.assertEqual(plain.mapped("state"), ["to_approve"] * 2)

    def test_the_one_to_look_at_is_on_the_desk(self):
        _run, _plain, look = self.day()
        self.env.flush_all()
        line = self.env["call.list.line"].with_user(self.collector).search([("res_model", "=", "res.partner")])
        self.assertEqual((line.kind, line.partner_id, line.reason), ("look", look.partner_id, "First reminder ever"))
        look.with_user(self.collector).action_approve()
        self.assertEqual(look.state, "queued")

    def test_who_only_reads_approves_nothing(self):
        run, plain, _look = self.day()
        reader = self.user("approving_reader", "account.group_account_readonly")
        self.assertFalse(self.env["dunning.notice"].with_user(reader).get_dunning_banners())
        with self.assertRaises(AccessError):
            run.with_user(reader).action_approve_plain()
        self.assertEqual(plain.mapped("state"), ["to_approve"] * 2)

    def test_the_text_is_read_before_it_is_approved(self):
        """As it would be now, without anything being made."""
        self.policy.level_ids.write({"payment_deadline_days": 7, "ask_rating": True})
        _run, plain, _look = self.day()
        notice = plain[0].with_user(self.collector)
        for day, amount, deadline in ((TODAY, "100.00", "03/17/2026"), ("2026-03-12", "70.00", "03/19/2026")):
            text = notice.with_context(l2c_today=day)
            with self.subTest(day):
                self.assertIn(notice.level_id.name, text.mail_subject)
                self.assertIn(amount, text.mail_body)
                self.assertIn(deadline, text.mail_body)
            self.pay(plain[0].line_ids.move_line_id.move_id, 30.0)
            self.env.invalidate_all()
        self.assertFalse(
            plain[0].mail_ids | plain[0].mail_ids.search([("res_id", "=", notice.id), ("model", "=", notice._name)])
        )
        self.assertFalse(plain[0].rating_ids)

    # Stopping ----------------------------------------------------------------------------

    def test_stopping_cancels_what_has_not_left(self):
        run, plain, look = self.day()
        plain.action_approve()
        self.mails_due()
        plain[0].state = "sent"
        mail = plain[1].mail_ids
        self.assertEqual(mail.state, "outgoing")
        said = run.with_user(self.manager).action_stop()
        self.assertEqual(said["params"]["message"], "Notices cancelled: 2. Left already: 1.")
        self.assertEqual((plain | look).mapped("state"), ["sent", "cancelled", "cancelled"])
        self.assertEqual((mail.state, run.state, run.pending_count), ("cancel", "done", 0))
        with self.assertRaisesRegex(UserError, "Everything of this run has left already"):
            run.with_user(self.manager).action_stop()

    def test_the_next_run_decides_anew(self):
        run, plain, look = self.day()
        items = (plain | look).line_ids.move_line_id
        run.action_stop()
        again = self.run_on("2026-03-11")
        self.assertEqual(again.notice_ids.line_ids.filtered("level_id").move_line_id, items)
        self.assertEqual(again.notice_ids.level_id, (plain | look).level_id)

    def test_a_run_under_way_can_be_stopped(self):
        self.invoices([{"due": "2026-03-05", "partner_id": customer.id} for customer in self.known | self.also_known])
        run = self.env["dunning.run"].create({"date": TODAY})
        run._start()
        self.assertEqual(run.state, "running")
        run.action_stop()
        self.assertEqual((run.state, set(run.notice_ids.mapped("state"))), ("done", {"cancelled"}))
        self.assertFalse(run._process_batch())

    def test_only_a_manager_stops(self):
        run, plain, _look = self.day()
        with self.assertRaises(AccessError):
            run.with_user(self.collector).action_stop()
        self.assertEqual(plain.mapped("state"), ["to_approve"] * 2)
