"""The Action menu: one action for many invoices, customers or notices, and companies' own
actions on events."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import TODAY, RunCase

RUNNER = "odoo.addons.lead_to_cash.models.dunning.ir_actions_server"


class ActionCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.user("ca_collector", "lead_to_cash.group_collections_user")
        cls.invoicing = cls.user("ca_invoicing", "account.group_account_invoice")

    def act(self, records, name, user=None, **context):
        """Choose an action of the menu, as the web client does."""
        prefix = {"account.move": "account_move", "res.partner": "res_partner", "dunning.notice": "dunning_notice"}
        action = self.env.ref(f"lead_to_cash.{prefix[records._name]}_action_{name}").with_user(user or self.collector)
        chosen = {"active_model": records._name, "active_ids": records.ids, "active_id": records[0].id}
        return action.with_context(**chosen, **context).run()

    def dialog(self, records, name, user=None, **values):
        action = self.act(records, name, user)
        model = self.env[action["res_model"]].with_user(user or self.collector)
        return model.with_context(**action["context"]).create(values)

    def message(self, action):
        return action["params"]["message"]

    def customers(self, count):
        return self.env["res.partner"].create(
            [{"name": f"Customer {number}", "email": f"c{number}@example.com"} for number in range(count)]
        )


@tagged("post_install", "-at_install")
class TestActions(ActionCase):
    def test_promises(self):
        one, two = self.customers(2)
        moves = self.invoice(due="2026-03-02", partner_id=one.id) | self.invoice(due="2026-03-02", partner_id=one.id)
        moves |= self.invoice(due="2026-03-02", partner_id=two.id)
        result = self.dialog(moves, "promise", user=self.invoicing).action_do()
        promises = self.env["dunning.promise"].search([("move_line_ids", "in", self.items(moves).ids)])
        found = {(promise.partner_id, promise.amount, str(promise.date)) for promise in promises}
        self.assertEqual(found, {(one, 200, "2026-03-17"), (two, 100, "2026-03-17")})
        self.assertEqual(self.message(result), "Promises logged: 2.")
        again = self.dialog(one, "promise").action_do()
        self.assertEqual(self.message(again), "Promises logged: 0. Not: Has one already (1).")

    def test_the_number_of_queries_does_not_grow(self):
        counts = []
        for count in (2, 12):
            customers = self.customers(count)
            for customer in customers:
                self.invoice(due="2026-03-02", partner_id=customer.id)
            dialog = self.dialog(customers, "dispute", reason="Quality")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            dialog.action_do()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_policy_and_back(self):
        other = self.make_policy("Other")
        dialog = self.dialog(self.invoice(), "policy", policy_id=other.id)
        dialog.action_do()
        self.assertEqual(self.customer.dunning_policy_id, other)
        dialog.action_undo()
        self.assertEqual(self.customer._get_dunning_policy(), self.policy)

    def test_meeting(self):
        customers = self.customers(2)
        customers[0].collector_id = self.invoicing
        moves = self.invoices([{"partner_id": customer.id} for customer in customers])
        self.dialog(customers, "meeting", date="2026-03-12").action_do()
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        self.assertFalse(customers.activity_ids, "which every employee reads")
        for move, user in zip(moves, (self.invoicing, self.collector), strict=True):
            activity = move.activity_ids
            self.assertEqual((activity.activity_type_id, activity.user_id), (meeting, user))
            self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-03-12"))

    def test_offset_nets_nothing(self):
        both, customer = self.customers(2)
        moves = self.invoices([{"partner_id": one.id} for one in (both, customer)])
        bill = self.invoice(move_type="in_invoice", partner_id=both.id, amount=30)
        dialog = self.dialog(both | customer, "offset", user_id=self.invoicing.id)
        self.assertRegex(dialog.offset_text, r"owes \$\W100.00, is owed \$\W30.00; \$\W30.00 could be offset")
        result = dialog.action_do()
        self.assertIn("Owes or is owed nothing (1)", self.message(result))
        activity = moves[0].activity_ids
        self.assertEqual(activity.user_id, self.invoicing)
        self.assertIn("30.00", activity.note)
        self.assertFalse((both | customer).activity_ids | moves[1].activity_ids)
        self.assertEqual((moves[0].amount_residual, bill.amount_residual), (100, 30))

    def test_a_vendor_bill_is_no_customers(self):
        bill = self.invoice(move_type="in_invoice")
        result = self.dialog(bill, "hold", date="2026-03-20", reason="x").action_do()
        self.assertEqual(self.message(result), "Customers put on hold: 0.")
        self.assertFalse(self.customer.dunning_hold_until)


@tagged("post_install", "-at_install")
class TestOfOne(ActionCase):
    """With one overdue invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def test_who_may(self):
        move = self.move
        for name, allowed in (
            ("remind", False),
            ("promise", True),
            ("dispute", True),
            ("hold", False),
            ("exclude", False),
            ("policy", False),
            ("meeting", True),
            ("write_off", False),
            ("settlement", False),
            ("offset", False),
        ):
            for records in (move, self.customer):
                with self.subTest(name=name, model=records._name):
                    if allowed:
                        self.assertTrue(self.act(records, name, self.invoicing))
                    else:
                        with self.assertRaises(AccessError):
                            self.act(records, name, self.invoicing)
        wizard = self.env["collection.action"].with_user(self.invoicing)
        for kind in ("hold", "policy", "exclude", "write_off"):
            dialog = wizard.create({"kind": kind, "res_model": "account.move", "res_ids": move.ids, "reason": "x"})
            with self.subTest(kind=kind), self.assertRaises(AccessError):
                dialog.action_do()

    def test_a_promise_moves_to_a_working_day(self):
        move = self.move
        calendar = self.env.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "calendar_id": calendar.id, "date_from": "2026-03-17", "date_to": "2026-03-17 23:59:59"}
        )
        self.assertEqual(str(self.dialog(move, "promise").date), "2026-03-18")

    def test_disputes(self):
        move = self.move
        self.run_on(TODAY)
        queued = self.notices(move)
        self.dialog(queued, "dispute", reason="Quality", date="2026-03-25").action_do()
        dispute = self.env["dunning.dispute"].search([("move_line_ids", "in", self.items(move).ids)])
        self.assertEqual(
            (dispute.reason, dispute.user_id, str(dispute.revisit_date)), ("Quality", self.collector, "2026-03-25")
        )
        self.assertEqual(queued.state, "cancelled")

    def test_hold_and_end_it(self):
        move = self.move
        self.run_on(TODAY)
        dialog = self.dialog(move, "hold", date="2026-03-20", reason="Illness")
        dialog.action_do()
        self.assertEqual((self.code(move), self.notices(move).state), ("on_hold", "cancelled"))
        self.assertEqual(self.customer.dunning_hold_reason, "Illness")
        dialog.action_undo()
        self.assertEqual((self.code(move), self.customer.dunning_hold_until), ("reminded", False))

    def test_exclude_and_include(self):
        move = self.move
        dialog = self.dialog(self.customer, "exclude")
        self.assertEqual(self.message(dialog.action_do()), "Items excluded: 1.")
        self.assertEqual(self.code(move), "excluded")
        self.assertEqual(self.message(dialog.action_do()), "Items excluded: 0. Not: Excluded already (1).")
        dialog.action_undo()
        self.assertEqual(self.code(move), "reminded")

    def test_propose(self):
        move = self.move
        self.invoice(due="2026-04-02", amount=70)
        self.dialog(self.customer, "write_off", reason="Gone").action_do()
        proposal = self.env["dunning.write.off"].search([("move_line_ids", "in", self.items(move).ids)])
        self.assertEqual((proposal.amount, proposal.state, proposal.requested_by_id), (100, "proposed", self.collector))
        again = self.dialog(move, "settlement", reason="Half").action_do()
        self.assertIn("Has one already (1)", self.message(again))

    def test_propose_settlement(self):
        move = self.move
        self.dialog(move, "settlement", reason="Agreed", percent_paid=70).action_do()
        proposal = self.env["dunning.write.off"].search([("move_line_ids", "in", self.items(move).ids)])
        self.assertEqual((proposal.kind, proposal.amount, proposal.amount_to_pay), ("settlement", 30, 70))
        self.assertEqual(str(proposal.date), "2026-03-17")

    def test_close(self):
        move = self.move
        action = self.act(self.customer, "close_reason")
        self.assertEqual((action["res_model"], action["context"]["default_res_ids"]), ("handling.close", move.ids))
        with self.assertRaisesRegex(UserError, "no open invoice"):
            self.act(self.customers(1), "close_reason")

    def test_bad_input_changes_nothing(self):
        move = self.move
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self.make_policy("Foreign", company_id=company.id)
        self.collector.company_ids |= company
        for name, values, sentence in (
            ("hold", {"reason": "x"}, "day until which reminders wait"),
            ("hold", {"reason": "x", "date": "2026-03-09"}, "today or a later day"),
            ("hold", {"date": "2026-03-20"}, "Say why"),
            ("policy", {"policy_id": foreign.id}, "is no policy of"),
            ("promise", {"date": False}, "day on which the customer promised"),
            ("promise", {"date": "2026-03-09"}, "in the past"),
            ("dispute", {}, "what the customer objects to"),
            ("policy", {}, "Choose a policy"),
            ("write_off", {}, "Say why"),
            ("settlement", {"reason": "x", "percent_paid": 0}, "pays a part"),
            ("settlement", {"reason": "x", "percent_paid": 100}, "pays a part"),
            ("settlement", {"reason": "x", "date": False}, "needs the day"),
            ("offset", {}, "Choose the accountant"),
            ("meeting", {"date": False}, "day of the meeting"),
        ):
            refused = self.assertRaisesRegex(UserError, sentence)
            with self.subTest(name=name, values=values), refused, self.cr.savepoint():
                self.dialog(move, name, **values).action_do()
        self.assertEqual(self.code(move), "reminded")
        self.assertFalse(self.customer.dunning_hold_until or self.customer.activity_ids)


@tagged("post_install", "-at_install")
class TestEvents(ActionCase):
    def server_action(self, model, code):
        values = {"name": "Own", "model_id": self.env["ir.model"]._get_id(model), "state": "code", "code": code}
        return self.env["ir.actions.server"].create(values)

    def sent(self, moves):
        self.run_on(TODAY)
        notices = self.notices(moves)
        notices.mail_ids.write({"state": "sent"})
        return notices

    def test_level_reached(self):
        mark = self.server_action("dunning.notice", "records.write({'failure_reason': 'marked'})")
        self.policy.level_ids.server_action_id = mark
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.assertFalse(self.notices(move).failure_reason)
        self.assertEqual(self.sent(move).failure_reason, "marked")

    def test_a_failing_action_stops_nothing(self):
        code = "for record in records:\n    if record.partner_id.name == 'Customer 0':\n        raise UserError('Broken <b>')\n"
        code += "records.write({'failure_reason': 'marked'})"
        self.policy.level_ids.server_action_id = self.server_action("dunning.notice", code)
        customers = self.customers(2)
        moves = self.env["account.move"].union(
            *(self.invoice(due="2026-03-02", partner_id=one.id) for one in customers)
        )
        with mute_logger(RUNNER):
            notices = self.sent(moves)
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        bad, good = notices.sorted(lambda notice: notice.partner_id.name)
        self.assertEqual((bad.failure_reason, good.failure_reason), (False, "marked"))
        self.assertIn("Broken &lt;b&gt;", bad.message_ids[0].body)
        self.assertIn("Own", bad.activity_ids.note)
        self.assertEqual(bad.activity_ids.user_id, self.policy.user_id)
        self.assertFalse(good.activity_ids)

    def test_answer_received(self):
        self.env.company.answer_received_action_id = self.server_action(
            "dunning.notice", "records.write({'failure_reason': 'answered'})"
        )
        notice = self.sent(self.invoice(due="2026-03-02"))
        notice.message_update({"author_id": self.customer.id})
        self.assertEqual(notice.failure_reason, "answered")

    def test_promise_broken(self):
        self.env.company.promise_broken_action_id = self.server_action(
            "dunning.promise", "records.partner_id.write({'comment': 'broken'})"
        )
        move = self.invoice(due="2026-03-02")
        self.dialog(move, "promise").action_do()
        promise = self.env["dunning.promise"].search([("move_line_ids", "in", self.items(move).ids)])
        self.env["res.company"].with_user(self.collector)._dunning_fire("promise_broken", promise)
        self.assertIn("broken", self.customer.comment)

    def test_a_failure_without_a_chatter_is_told_on_the_invoice(self):
        self.env.company.promise_broken_action_id = self.server_action("dunning.promise", "raise UserError('No')")
        move = self.invoice(due="2026-03-02")
        self.dialog(move, "promise").action_do()
        promise = self.env["dunning.promise"].search([("move_line_ids", "in", self.items(move).ids)])
        with mute_logger(RUNNER):
            self.env["res.company"]._dunning_fire("promise_broken", promise)
        self.assertIn("No", move.activity_ids.note)
        self.assertFalse(self.customer.activity_ids)

    def test_an_action_for_other_records_is_refused(self):
        wrong = self.server_action("res.partner", "pass")
        for record, name in (
            (self.policy.level_ids[0], "server_action_id"),
            (self.env.company, "promise_broken_action_id"),
            (self.env.company, "answer_received_action_id"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "is for other records"):
                record[name] = wrong
