"""*Send Reminder Now*: the dialog says what would leave, for whom nothing and why; then it is sent."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..common import TODAY
from .test_collection_actions import ActionCase


class ReminderCase(ActionCase):
    def ask(self, records, user=None, **context):
        """The dialog, as the browser opens it."""
        action = self.act(records, "remind", user, **context)
        model = self.env[action["res_model"]].with_user(user or self.collector)
        return Form(model.with_context(**action["context"], **context))

    def plan(self, dialog):
        return " ".join(html2plaintext(dialog.plan).split())

    def remind(self, records):
        return self.ask(records).save().action_send()


@tagged("post_install", "-at_install")
class TestRemindNow(ReminderCase):
    def test_queued_and_why_not(self):
        ripe, promised, held, due_later, nothing = self.customers(5)
        moves = self.invoices([{"due": "2026-03-02", "partner_id": one.id} for one in (ripe, promised, held)])
        self.invoice(due="2026-03-30", partner_id=due_later.id)
        self.dialog(moves[1], "promise").action_do()
        self.dialog(held, "hold", date="2026-03-20", reason="Asked").action_do()
        result = self.remind(ripe | promised | held | due_later | nothing)
        for part in ("Reminders queued: 1.", "Promised (1)", "On hold (1)", "Not due (1)", "Nothing open (1)"):
            self.assertIn(part, self.message(result))
        notice = self.notices(moves[0])
        self.assertEqual((notice.state, notice.partner_id, notice.channel), ("queued", ripe, "email"))
        self.assertEqual(result["params"]["next"]["domain"], [("id", "in", notice.ids)])

    def test_from_invoices_and_notices(self):
        move = self.invoice(due="2026-03-02")
        self.assertIn("Reminders queued: 1.", self.message(self.remind(move)))
        notice = self.notices(move)
        again = self.remind(notice)
        self.assertIn("Reminders queued: 0. Not: Reminded already", self.message(again))
        self.assertEqual(self.notices(move), notice)

    def test_others_stay_as_they_were(self):
        mine, other = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.customers(1).id}])
        self.run_on("2026-03-03")
        before = self.current(other)
        self.remind(mine)
        self.assertTrue(self.notices(mine))
        self.assertFalse(self.notices(other))
        self.assertEqual((self.current(other), before.current), (before, True))

    def test_an_archived_customer_is_nobody_else(self):
        """What is chosen and can't be seen any more never means everybody."""
        mine, other = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.customers(1).id}])
        self.customer.active = False
        self.remind(mine)
        self.assertFalse(self.notices(other))
        self.assertFalse(self.current(other))
        self.assertTrue(self.current(mine))

    def test_nobody_is_nobody(self):
        other = self.invoice(due="2026-03-02")
        self.assertFalse(self.env["dunning.run"]._remind_now(self.env.company, self.env["res.partner"]))
        self.assertFalse(self.notices(other))

    def test_the_daily_run_still_comes(self):
        _first, other = self.invoices(
            [{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.customers(1).id}]
        )
        self.remind(self.customer)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.run"].with_context(l2c_today=TODAY)._cron_run()
        self.env.invalidate_all()
        self.assertEqual(len(self.notices(other)), 1)
        self.assertEqual(self.env["dunning.notice"].search_count([("partner_id", "=", self.customer.id)]), 1)

    def test_the_daily_limit_holds(self):
        customers = self.customers(2)
        self.invoices([{"due": "2026-03-02", "partner_id": customer.id} for customer in customers])
        self.env.company.dunning_daily_limit = 1
        message = self.message(self.remind(customers))
        self.assertIn("Reminders queued: 1. Not: Enough for today (1)", message)

    def test_before_the_first_run_is_released(self):
        move = self.invoice(due="2026-03-02")
        self.env.company.dunning_awaits_release = True
        self.assertIn("Reminders to approve: 1", self.message(self.remind(move)))
        self.assertEqual(self.notices(move).state, "to_approve")
        self.assertFalse(self.notices(move).run_id.is_to_release)

    def test_what_stops_every_run_stops_this(self):
        move = self.invoice(due="2026-03-02")
        self.env.company.dunning_bank_freshness_days = 3
        with self.assertRaisesRegex(UserError, "Import the bank statements"):
            self.remind(move)
        self.assertFalse(self.notices(move))


@tagged("post_install", "-at_install")
class TestTheDialog(ReminderCase):
    def counts(self):
        """How much there is of what reminding writes."""
        self.env.flush_all()
        models = ("dunning.run", "dunning.notice", "dunning.decision", "mail.mail", "mail.activity")
        return [self.env[model].sudo().search_count([]) for model in models]

    def test_says_first_what_will_happen(self):
        """How many by level and channel, how much in each currency, who not and why; and writes nothing."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.policy.level_ids[2].write({"channel": "letter"})
        first, both, letter, promised, held, nothing = self.customers(6)
        for customer, due, amount in (
            (first, "2026-03-02", 100.0),
            (both, "2026-03-02", 50.0),
            (promised, "2026-03-02", 9.0),
        ):
            move = self.invoice(due=due, partner_id=customer.id, amount=amount)
        self.invoice(due="2026-03-02", partner_id=both.id, amount=70.0, currency_id=euro.id)
        self.dialog(move, "promise").action_do()
        self.invoice(due="2026-03-02", partner_id=held.id)
        self.dialog(held, "hold", date="2026-03-20", reason="Asked").action_do()
        late = self.invoice(due="2026-02-16", partner_id=letter.id, amount=25.0)
        self.run_on_for(late, "2026-02-20")
        before = self.counts()
        dialog = self.ask(first | both | letter | promised | held | nothing)
        plan = self.plan(dialog)
        self.assertEqual(dialog.notice_count, 4)
        for part in (
            "First E-mail 3 70.00 € and $ 150.00",
            "Second Letter 1 $ 25.00",
            "Together 4 70.00 € and $ 175.00",
            "Promised (1)",
            "Customer 3 A promise to pay holds until",
            "On hold (1)",
            "Customer 4 On hold until 03/21/2026.",
            "Nothing open (1)",
        ):
            self.assertIn(part, plan)
        self.assertEqual(self.counts(), before)
        self.assertIn("Reminders queued: 4.", self.message(dialog.save().action_send()))
        self.assertEqual(self.counts()[1], before[1] + 4)

    def run_on_for(self, move, day):
        """A run for its customer alone, earlier."""
        runs = self.env["dunning.run"].with_context(l2c_today=day)
        runs._remind_now(self.env.company, move.partner_id)._set_state("sent")

    def test_short_for_one_customer(self):
        move = self.invoice(due="2026-03-02")
        dialog = self.ask(move)
        self.assertEqual((self.plan(dialog), dialog.notice_count), ("*First · E-mail*: $ 100.00", 1))

    def test_nothing_would_leave(self):
        self.invoice(due="2026-03-30")
        dialog = self.ask(self.customer)
        self.assertEqual(dialog.notice_count, 0)
        self.assertIn("Nothing would leave now.", self.plan(dialog))
        self.assertIn("Customer Next comes Friendly on 03/25/2026.", self.plan(dialog))
        action = self.env.ref("lead_to_cash.collection_reminder_view_form").arch
        self.assertIn("""string="Send" class="btn-primary" invisible="not notice_count\"""", action)

    def test_decided_again_when_it_is_sent(self):
        paid, other = self.customers(2)
        moves = self.invoices([{"due": "2026-03-02", "partner_id": one.id} for one in (paid, other)])
        dialog = self.ask(paid | other)
        self.assertEqual(dialog.notice_count, 2)
        self.pay(moves[0])
        self.assertIn("Reminders queued: 1. Not: Nothing open (1)", self.message(dialog.save().action_send()))
        self.assertFalse(self.notices(moves[0]))

    def test_an_amount_is_net_of_credit(self):
        self.invoices(
            [{"due": "2026-03-02", "amount": 100.0}, {"due": "2026-03-02", "amount": 30.0, "move_type": "out_refund"}]
        )
        self.assertIn("$ 70.00", self.plan(self.ask(self.customer)))
        self.remind(self.customer)
        self.assertEqual(self.customer.dunning_notice_ids.amount_due, 70.0)

    def test_nobody_is_chosen(self):
        bill = self.invoice(move_type="in_invoice", post=False)
        for records in (bill, self.env["res.partner"], None):
            with self.subTest(records=records), self.assertRaisesRegex(UserError, "Nobody is chosen"):
                self.env["collection.action"].with_user(self.collector)._remind(records)

    def test_only_archived_customers(self):
        """They are who is chosen; nobody else is asked about."""
        _first, other = self.invoices(
            [{"due": "2026-03-30"}, {"due": "2026-03-02", "partner_id": self.customers(1).id}]
        )
        self.customer.active = False
        dialog = self.ask(self.customer)
        self.assertEqual(dialog.notice_count, 0)
        self.assertIn("Customer Next comes Friendly", self.plan(dialog))
        dialog.save().action_send()
        self.assertFalse(self.notices(other))

    def test_what_waits_for_approval(self):
        self.policy.level_ids[1].requires_approval = True
        self.invoice(due="2026-03-02")
        self.assertIn("It waits for approval.", self.plan(self.ask(self.customer)))
        self.env.company.dunning_awaits_release = True
        self.assertIn("The first run isn't released yet", self.plan(self.ask(self.customer)))

    def test_what_is_in_the_way_stands_there(self):
        self.invoice(due="2026-03-02")
        self.env.company.dunning_bank_freshness_days = 3
        dialog = self.ask(self.customer)
        self.assertIn("Import the bank statements", self.plan(dialog))
        self.assertEqual(dialog.notice_count, 0)
        self.env.company.dunning_bank_freshness_days = 0
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self.assertIn("neutralized copy", self.plan(self.ask(self.customer)))

    def test_which_company(self):
        """Of customers, the current one; of invoices, theirs."""
        other = self.env["res.company"].create({"name": "Other"})
        self.collector.company_ids = [Command.link(other.id)]
        self.invoice(due="2026-03-02")
        plan = self.plan(self.ask(self.customer, allowed_company_ids=(self.env.company | other).ids))
        self.assertIn(self.env.company.name, plan)
        there = self.plan(self.ask(self.customer, allowed_company_ids=(other | self.env.company).ids))
        self.assertIn("Other", there)
        self.assertIn("Nothing open (1)", there)

    def test_who_may(self):
        move = self.invoice(due="2026-03-02")
        with self.assertRaises(AccessError):
            self.ask(move, self.invoicing)
        values = {"res_model": "account.move", "res_ids": move.ids}
        with self.assertRaises(AccessError):
            self.env["collection.reminder"].with_user(self.invoicing).create(values)

    def test_names_are_no_markup(self):
        self.customer.name = "<b>Bold</b>"
        self.assertIn("&lt;b&gt;Bold", self.ask(self.customer).plan)

    def test_statements_dont_grow_with_customers(self):
        few, many = self.customers(2), self.customers(12)
        self.invoices([{"due": "2026-03-02", "partner_id": customer.id} for customer in few | many])
        counts = []
        for customers in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.ask(customers)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 3)
