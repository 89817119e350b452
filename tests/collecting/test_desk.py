"""The collector's desk: who stands on it, in which order, why, and what takes them off."""

from odoo import Command
from odoo.tests import tagged

from ..common import TODAY, RunCase

CALLS = (("First", 4), ("Call", 10))


class DeskCase(RunCase):
    """A policy whose second level is a call; every customer has one invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy("Calls", CALLS)
        cls.policy.level_ids[1].write({"channel": "call", "guidance": "Be kind"})
        cls.env.company.dunning_policy_id = cls.policy
        cls.collector = cls.user("desk_collector", "lead_to_cash.group_collections_user")

    def owing(self, name, due="2026-03-01", amount=100.0, **values):
        customer = self.env["res.partner"].create(
            {"name": name, "email": f"{name}@example.com", "phone": "+40 21 555 0120", **values}
        )
        return self.invoice(due=due, amount=amount, partner_id=customer.id)

    def lines(self, user=None, domain=(), **context):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["call.list.line"].with_user(user or self.collector).with_context(l2c_desk=1, **context)
        return model.search([("res_model", "=", "res.partner"), *domain])

    def line(self, invoice, user=None, **context):
        return self.lines(user, [("partner_id", "=", invoice.commercial_partner_id.id)], **context)

    def called(self, name, due="2026-02-20", amount=100.0, **values):
        """A customer to call: its notice was made today."""
        invoice = self.owing(name, due, amount, **values)
        self.env["dunning.notice"].create(
            {
                "company_id": self.env.company.id,
                "partner_id": invoice.partner_id.id,
                "currency_id": invoice.currency_id.id,
                "policy_id": self.policy.id,
                "level_id": self.policy.level_ids[1].id,
                "channel": "call",
                "date": TODAY,
                "amount_due": amount,
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": self.items(invoice).id,
                            "level_id": self.policy.level_ids[1].id,
                            "amount_residual": amount,
                            "notice_state": "draft",
                        }
                    )
                ],
            }
        )._queue()
        return invoice

    def returned(self, name, amount=100.0):
        """A customer whose payment came back today."""
        invoice = self.owing(name, amount=amount)
        self.give_back(self.pay(invoice))
        return invoice

    def broken(self, name, amount=100.0):
        invoice = self.owing(name, amount=amount)
        self.promise(invoice, date="2026-03-20").state = "broken"
        return invoice

    def promise(self, invoice, **values):
        return self.env["dunning.promise"].create(
            {
                "partner_id": invoice.commercial_partner_id.id,
                "amount": invoice.amount_residual,
                "date": "2026-03-12",
                "move_line_ids": self.items(invoice).ids,
                **values,
            }
        )

    def answered(self, name):
        invoice = self.called(name)
        self.notices(invoice)._replied()
        return invoice


@tagged("post_install", "-at_install")
class TestDesk(DeskCase):
    def test_order_and_reasons(self):
        call_small, call_late = self.called("small", amount=100), self.called("late", amount=90)
        late_notice = self.notices(call_late)
        late_notice.date = "2026-01-25"  # overdue for so much longer
        broken, returned, answered = self.broken("broken"), self.returned("returned"), self.answered("answered")
        failed = self.owing("failed")
        self.run_on(TODAY)
        self.notices(failed).write({"state": "failed", "failure_reason": "No such mailbox"})
        lines = self.lines()
        self.assertEqual(
            lines.partner_id.ids,
            [move.commercial_partner_id.id for move in (answered, returned, broken, call_late, call_small, failed)],
        )
        self.assertEqual(lines.mapped("kind"), ["answer", "returned", "broken", "call", "call", "failed"])
        self.assertEqual(lines.mapped("rank"), sorted(lines.mapped("rank")))
        self.assertEqual(
            [reason.replace("\N{NO-BREAK SPACE}", " ") for reason in lines.mapped("reason")],
            [
                "Answered the notice of 03/10/2026",
                "A payment came back on 03/10/2026",
                "$ 100.00 promised for 03/20/2026 did not come",
                "Call; overdue for 18 days",
                "Call; overdue for 18 days",
                "No such mailbox",
            ],
        )

    def test_one_line_a_customer_however_much_happened(self):
        invoice = self.answered("busy")
        self.promise(invoice).state = "broken"
        child = self.env["res.partner"].create({"name": "Branch", "parent_id": invoice.partner_id.id})
        second = self.invoice(partner_id=child.id, due="2026-01-01", amount=40)
        self.pay(second)
        self.items(second).remove_move_reconcile()
        line = self.lines()
        self.assertEqual((len(line), line.kind, line.partner_id), (1, "answer", invoice.partner_id))
        # The payment that was undone is an open credit.
        self.assertEqual((line.overdue_amount, line.credit_amount, str(line.oldest_date)), (140, 40, "2026-01-01"))

    def test_what_stands_on_a_line(self):
        invoice = self.called("Customer to call")
        self.promise(invoice)
        invoice.partner_id.collector_id = self.collector
        invoice.partner_id.with_user(self.collector).action_log_attempt(
            "reached", note="Pays on the 10th", date="2026-03-09 10:00:00"
        )
        self.notices(invoice).state = "failed"
        line = self.line(invoice)
        self.assertEqual((line.name, line.phone, line.user_id), ("Customer to call", "+40 21 555 0120", self.collector))
        self.assertEqual(line.promise_text.replace("\N{NO-BREAK SPACE}", " "), "$ 100.00 by 03/12/2026")
        self.assertEqual((line.last_note, str(line.last_attempt_date)), ("Pays on the 10th", "2026-03-09 10:00:00"))
        self.assertEqual((line.next_step, str(line.next_step_date)), ("Promise falls due", "2026-03-12"))
        self.assertEqual(line.item_ids, self.items(invoice))
        self.assertIn("The reminder did not arrive", line.call_script)
        self.assertEqual(line.contact_attempt_ids.outcome, "reached")

    def test_who_has_nothing_to_do_isnt_there(self):
        self.owing("only overdue")
        later = self.called("later")
        self.notices(later).activity_id.date_deadline = "2026-03-11"
        paid = self.returned("paid after all")
        self.pay(paid)
        kept = self.broken("paid after its promise was broken")
        self.pay(kept)
        self.assertFalse(self.lines())
        self.assertEqual(self.lines(l2c_today="2026-03-11").partner_id, later.partner_id)

    def test_an_amount_in_another_currency_ranks_by_its_worth(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2026-01-01", "rate": 10})
        foreign, own = self.called("foreign", amount=500), self.called("own", amount=100)
        self.notices(foreign).currency_id = currency
        self.assertEqual(self.lines().partner_id.ids, [own.partner_id.id, foreign.partner_id.id])

    # What takes a customer off the desk --------------------------------------------------

    def test_every_result_takes_the_customer_off_and_plans_what_follows(self):
        outcomes = ("no_answer", "left_message", "reached", "wrong_person", "refused", "says_paid", "hardship")
        for maker in ("called", "answered", "returned", "broken"):
            invoice = getattr(self, maker)(maker)
            self.assertEqual(len(self.line(invoice)), 1)
            customer = invoice.partner_id.with_user(self.collector)
            for outcome in outcomes:
                with self.undone(), self.subTest(maker=maker, outcome=outcome):
                    customer.action_log_attempt(outcome, note="Said so")
                    self.assertFalse(self.line(invoice))
                    self.assertEqual(invoice.attempt_count, 1)
                    self.assertEqual(bool(invoice.last_contact_date), outcome in ("reached", "says_paid", "hardship"))
                    if maker == "called":
                        self.assertEqual(self.notices(invoice).state, "sent")
                    again = outcome in ("no_answer", "left_message")
                    self.assertEqual(len(self.line(invoice, l2c_today="2026-03-11")), again)

    def test_says_paid_holds_the_customer_and_has_somebody_look(self):
        invoice = self.called("paid")
        invoice.partner_id.with_user(self.collector).action_log_attempt("says_paid")
        self.assertEqual(str(invoice.partner_id.dunning_hold_until), "2026-03-17")
        self.assertIn("Look for the payment in the bank", invoice.activity_ids.summary)
        self.assertEqual(self.code(invoice), "on_hold")

    def test_a_longer_hold_stays(self):
        invoice = self.called("held")
        invoice.partner_id.write({"dunning_hold_until": "2026-06-01", "dunning_hold_reason": "Agreed"})
        invoice.partner_id.with_user(self.collector).action_log_attempt("says_paid")
        self.assertEqual(str(invoice.partner_id.dunning_hold_until), "2026-06-01")

    def test_hardship_asks_for_a_plan(self):
        invoice = self.called("poor")
        invoice.partner_id.with_user(self.collector).action_log_attempt("hardship")
        self.assertEqual(invoice.activity_ids.summary, "Offer a payment plan")

    def test_after_four_misses_nobody_calls_again(self):
        invoice = self.called("silent")
        for day in (10, 11, 12, 13):
            moved = {"l2c_today": f"2026-03-{day}"}
            self.assertTrue(self.line(invoice, **moved), day)
            invoice.partner_id.with_user(self.collector).with_context(**moved).action_log_attempt("no_answer")
        self.assertFalse(self.line(invoice, l2c_today="2026-03-20"))
        self.assertEqual(invoice.attempt_count, 4)

    def test_one_attempt_counts_for_every_open_invoice_by_a_set_of_queries(self):
        customers = self.env["res.partner"].create([{"name": f"Many {n}"} for n in range(3)])
        *moves, paid = self.invoices(
            [{"partner_id": customer.id} for customer in (*customers, *customers, *customers, customers[0])]
        )
        moves = paid.union(*moves) - paid
        self.pay(paid)
        customers.action_log_attempt("reached", note="Soon")
        self.assertEqual(moves.mapped("attempt_count"), [1] * 9)
        self.assertEqual(set(moves.mapped("handling_role")), {"contacted"})
        self.assertFalse(paid.attempt_count)
        attempts = self.env["contact.attempt"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", customers.ids)]
        )
        self.assertEqual(len(attempts), 3)
        self.assertEqual(customers[0].contact_attempt_ids.note, "Soon")
        self.assertFalse(customers[0].message_ids, "which every employee reads")

    def test_an_answer_that_was_dealt_with_is_off_the_desk(self):
        invoice = self.answered("answered")
        self.line(invoice).action_answer_done()
        self.assertEqual(self.line(invoice).kind, "call")  # the call itself is still to be made
        self.assertFalse(self.notices(invoice).replied_until)

    def test_a_line_that_is_still_open_when_nothing_waits_any_more_can_be_read(self):
        invoice = self.called("called")
        line = self.line(invoice)
        self.pay(invoice)
        self.assertFalse(self.line(invoice))
        values = line.read(["kind", "reason", "call_hint", "is_phone_blocked"])[0]
        self.assertEqual(set(values.values()), {line.id, False})

    # Calling -----------------------------------------------------------------------------

    def test_calling_goes_from_customer_to_customer(self):
        moves = [self.called(f"customer {n}", amount=300 - n) for n in range(3)]
        self.lead(user_id=self.collector.id)  # never next
        model = self.env["call.list.line"].with_user(self.collector).with_context(l2c_desk=1)
        action = model.action_start()
        opened = []
        while action.get("res_model") == "call.list.line":
            line = model.browse(action["res_id"]).with_context(**action["context"], l2c_open_next=1)
            opened.append(line.partner_id.id)
            if line.partner_id == moves[1].partner_id:
                dialog = line.action_promise()
                self.assertEqual(dialog["context"]["default_amount"], 299)
                promise = self.env["dunning.promise"].with_user(self.collector).with_context(**dialog["context"])
                result = promise.create({}).action_next()
            elif line.partner_id == moves[2].partner_id:
                dialog = line.action_call_back()
                made = self.env["call.result"].with_user(self.collector).with_context(**dialog["context"]).create({})
                self.assertEqual(str(made.day), "2026-03-11")
                result = made.action_log()
            else:
                result = line.action_no_answer()
            if result["tag"] == "l2c_logged":
                self.assertTrue(result["params"]["attempt_ids"], "there is a way back")
                result = result["params"]["next"]
            action = result["params"].get("action", result)
        self.assertEqual(opened, [move.partner_id.id for move in moves])
        self.assertEqual(action["params"]["next"], self.env.ref("lead_to_cash.desk_action").id)
        self.assertEqual([move.attempt_count for move in moves], [1, 1, 1])
        attempts = self.env["contact.attempt"].search(
            [("res_id", "=", moves[1].partner_id.id), ("res_model", "=", "res.partner")]
        )
        self.assertEqual(attempts.outcome, "promise")
        self.assertEqual(self.code(moves[1]), "promised")
        self.assertFalse(self.env["call.list.line"].browse(line.id).promise_text)
        due = self.lines(l2c_today="2026-03-11").partner_id
        self.assertEqual(due, moves[0].partner_id | moves[2].partner_id)

    def test_a_line_can_be_read_after_it_left_the_desk(self):
        line = self.line(self.called("gone"))
        line.action_no_answer()
        self.assertFalse(self.line(self.env["account.move"].search([("partner_id.name", "=", "gone")])))
        line.invalidate_recordset()
        self.assertEqual(line.name, "gone")
