"""The collector's desk between people: who calls, who answers, whose customers are counted."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .test_desk import DeskCase


@tagged("post_install", "-at_install")
class TestDeskPeople(DeskCase):
    def test_two_dont_call_the_same_customer(self):
        invoice = self.called("wanted")
        second = self.called("second", amount=50)
        colleague = self.user("desk_colleague", "lead_to_cash.group_collections_user")
        self.line(invoice).action_open()
        theirs = self.line(invoice, colleague)
        self.assertEqual(theirs.claimed_by_id, self.collector)
        with self.assertRaisesRegex(UserError, "desk_collector.* has taken wanted until 12:10"):
            theirs.action_open()
        action = self.env["call.list.line"].with_user(colleague).with_context(l2c_desk=1).action_start()
        self.assertEqual(action["res_id"], self.line(second).id)
        later = self.line(invoice, colleague, l2c_today="2026-03-10 12:11:00")
        self.assertFalse(later.claimed_by_id)
        self.assertTrue(later.action_take())

    def test_who_only_reads_takes_nothing(self):
        invoice = self.called("owing")
        self.line(invoice, self.user("desk_reader", "account.group_account_readonly")).action_open()
        self.assertFalse(self.line(invoice).claimed_by_id)

    def test_hardship_leads_to_a_plan(self):
        invoice = self.called("poor", amount=300)
        line = self.line(invoice).with_context(l2c_open_next=1)
        dialog = line.action_hardship()
        result = self.env["call.result"].with_user(self.collector).with_context(**dialog["context"])
        action = result.create({"note": "Lost a big customer"}).action_log()["params"]["next"]
        self.assertEqual(action["res_model"], "dunning.plan")
        form = Form(self.env["dunning.plan"].with_user(self.collector).with_context(**action["context"]))
        self.assertEqual((form.total, form.number), (300, 3))
        plan = form.save()
        self.assertEqual(plan.action_next()["tag"], "l2c_logged")  # nobody else is to be called
        self.assertEqual(plan.promise_ids.mapped("amount"), [100, 100, 100])
        attempts = self.env["contact.attempt"].search([("partner_id", "=", invoice.partner_id.id)], order="id")
        self.assertEqual(attempts.mapped("outcome"), ["hardship", "promise"])
        self.assertEqual(attempts[0].note, "Lost a big customer")
        self.assertEqual(self.code(invoice), "promised")

    def test_an_answer_says_what_they_wrote(self):
        invoice = self.called("answering")
        notice = self.notices(invoice)
        self.env["dunning.answer"]._take(notice, {"kind": "wrong_person", "note": "We have\nmoved", "form_key": "1"})
        line = self.line(invoice)
        self.assertEqual((line.kind, line.reason), ("answer", "I am not the right person: We have moved"))
        action = line.action_desk_list("answer")
        found = self.env[action["res_model"]].search(safe_eval(action["domain"]))
        self.assertEqual((found, notice.answer_text), (line, line.reason))
        self.env["res.lang"]._activate_lang("he_IL")
        theirs = notice.with_context(lang="he_IL").answer_text
        self.assertTrue(theirs.endswith(": \u2068We have moved\u2069"), "their words keep their direction")
        line.action_answer_done()
        self.assertEqual((notice.answer_ids.is_handled, notice.answer_text), (True, ""))
        self.assertNotEqual(self.line(invoice).kind, "answer")

    def test_a_logged_result_handles_the_answer(self):
        invoice = self.called("answering")
        form = {"kind": "wrong_person", "form_key": "1"}
        answer = self.env["dunning.answer"]._take(self.notices(invoice), form)
        self.line(invoice).action_no_answer()
        self.assertTrue(answer.is_handled)

    def test_counters_are_for_the_same_people_as_the_list(self):
        colleague = self.user("desk_colleague", "lead_to_cash.group_collections_user")
        for number, owner in enumerate((self.collector, colleague, self.env["res.users"])):
            self.broken(f"broken {number}").partner_id.collector_id = owner
            self.returned(f"returned {number}").partner_id.collector_id = owner
            self.answered(f"answered {number}").partner_id.collector_id = owner
            self.called(f"called {number}").partner_id.collector_id = owner
        model = self.env["call.list.line"].with_user(self.collector)
        for mine, expected in ((True, 2), (False, 3)):
            counts = {row["key"]: row["count"] for row in model.get_desk(mine)["counters"] if row["count"]}
            self.assertEqual(counts, dict.fromkeys(("answer", "returned", "broken", "call"), expected))
            for key in counts:
                action = model.action_desk_list(key, mine)
                self.assertEqual(action["context"]["search_default_mine"], int(mine))
                records = self.env[action["res_model"]].with_user(self.collector)
                domain = [*safe_eval(action["domain"]), *([("is_mine", "=", True)] if mine else [])]
                found = records.search(domain)
                self.assertEqual(len(found), expected, key)
                self.assertEqual(set(found.mapped("is_mine")), {True} if mine else {True, False})

    def test_the_next_step_is_what_comes_first(self):
        invoice = self.called("planned")
        invoice.activity_schedule("mail.mail_activity_data_todo", fields.Date.to_date("2026-03-11"), "Send a copy")
        line = self.line(invoice)
        self.assertEqual((line.next_step, str(line.next_step_date)), ("Send a copy", "2026-03-11"))

    def test_overdue_is_what_is_past_due(self):
        """A payment that was undone stands as a credit beside it."""
        invoice = self.broken("undone")
        self.pay(invoice)
        self.items(invoice).remove_move_reconcile()
        line = self.line(invoice)
        self.assertEqual((line.overdue_amount, line.credit_amount), (100, 100))

    def test_a_next_try_takes_the_place_of_the_last_one_alone(self):
        """A call that an automation rule or another addon has planned stays."""
        invoice = self.called("called twice")
        day = fields.Date.to_date("2026-03-20")
        theirs = invoice.activity_schedule("mail.mail_activity_data_call", day, "By a rule")
        for _number in range(2):
            invoice.partner_id.with_user(self.collector).action_log_attempt("no_answer")
        self.assertIn(theirs, invoice.activity_ids)
        self.assertEqual((invoice.activity_ids - theirs).mapped("summary"), ["Call again, in the morning"])
