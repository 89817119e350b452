"""What actions write can't be written by a client of a running server."""

import ast
import re

from ..served import ServedCase
from .test_delivery import DAY, RUN
from .test_real_dunning import COMPANY

FACTS = """
secret = env['mail.mail'].create({'subject': 'For the board alone', 'body_html': 'Secret'})
notice = env['dunning.notice'].search([], limit=1)
item = env['account.move.line'].search([('move_id.partner_id.name', '=', 'Real 5'), ('date_maturity', '!=', False)])
answer = env['dunning.answer'].create(
    {'notice_id': notice.id, 'kind': 'plan', 'note': 'Three parts, please', 'form_key': 'x'})
lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'user_id': env['res.users'].search(
    [('login', '=', 'seller')]).id})
print('FACTS', {'mail': secret.id, 'notice': notice.id, 'run': notice.run_id.id, 'item': item.id, 'answer': answer.id,
                'partner': item.partner_id.id, 'other': notice.partner_id.id, 'lead': lead.id})
"""


class TestProtectedFromClients(ServedCase):
    people = {
        "collector": ("lead_to_cash.group_collections_user", {}),
        "manager": ("lead_to_cash.group_collections_manager", {}),
        "clerk": ("account.group_account_invoice", {}),
        "seller": ("sales_team.group_sale_salesman", {}),
    }
    at = DAY
    prepare = COMPANY.replace("range(60)", "range(6)") + RUN

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.facts = ast.literal_eval(re.search(r"^FACTS (.*)$", cls.database.shell(FACTS, at=DAY), re.M)[1])

    def test_a_notice(self):
        notice, run = [self.facts["notice"]], [self.facts["run"]]
        before = self.database.query("SELECT to_jsonb(n) FROM dunning_notice n ORDER BY id")
        for values in (
            {"mail_ids": [[6, 0, [self.facts["mail"]]]]},
            {"state": "sent"},
            {"amount_due": 1.0, "partner_id": self.facts["partner"]},
            {"access_token": "mine"},
            {"exceptions": False},
            {"line_ids": [[1, 0, {"amount_residual": 1.0}]]},
        ):
            for login in ("collector", "manager"):
                call = self.client(login).call
                with self.subTest(values, login=login):
                    sentence = self.assertRefused("UserError", call, "dunning.notice", "write", notice, values)
                    self.assertIn("Use action_approve", sentence)
                    self.assertRefused("UserError", call, "dunning.notice", "web_save", notice, values, {})
        manager = self.client("manager").call
        through = {"notice_ids": [[1, notice[0], {"amount_due": 1.0}]]}
        self.assertIn("Use action_run", self.assertRefused("UserError", manager, "dunning.run", "write", run, through))
        self.assertEqual(self.database.query("SELECT to_jsonb(n) FROM dunning_notice n ORDER BY id"), before)

    def test_what_a_customer_said(self):
        call = self.client("collector").call
        for values in ({"note": "All is well"}, {"kind": "paid"}, {"notice_id": self.facts["notice"]}):
            self.assertRefused("UserError", call, "dunning.answer", "write", [self.facts["answer"]], values)
        call("dunning.answer", "write", [self.facts["answer"]], {"is_handled": True})
        [row] = call("dunning.answer", "read", [self.facts["answer"]], ["note", "is_handled"])
        self.assertEqual((row["note"], row["is_handled"]), ("Three parts, please", True))

    def test_a_promise_that_was_kept_before_it_was_given(self):
        call = self.client("clerk").call
        items = [[6, 0, [self.facts["item"]]]]
        values = {"partner_id": self.facts["partner"], "move_line_ids": items, "amount": 5.0, "date": "2026-03-12"}
        self.assertRefused("UserError", call, "dunning.promise", "create", [{**values, "state": "kept"}])
        [promise] = call("dunning.promise", "create", [values], context={"default_state": "kept"})
        [row] = call("dunning.promise", "read", [promise], ["state"])
        self.assertEqual(row["state"], "open")

    def test_an_attempt_in_another_name(self):
        call = self.client("seller").call
        values = {"res_model": "crm.lead", "res_id": self.facts["lead"], "outcome": "reached", "user_id": 2}
        self.assertRefused("UserError", call, "contact.attempt", "create", [{**values, "date": "2001-01-01"}])
        call("crm.lead", "action_log_attempt", [self.facts["lead"]], "reached")
        [attempt] = call("contact.attempt", "search_read", [["res_id", "=", self.facts["lead"]]], ["user_id"])
        self.assertEqual(attempt["user_id"][0], self.client("seller").uid)
        self.assertRefused("UserError", call, "contact.attempt", "write", [attempt["id"]], {"outcome": "no_answer"})

    def test_a_lead_that_answered_at_once(self):
        call = self.client("seller").call
        for values in ({"first_response_hours": 0.1}, {"handling_role": "won"}, {"attempt_count": 9}):
            sentence = self.assertRefused("UserError", call, "crm.lead", "write", [self.facts["lead"]], values)
            self.assertIn("action_log_attempt", sentence)
        call("crm.lead", "write", [self.facts["lead"]], {"need": "A printer"})
