"""A balance that a customer confirms, or not, on a page behind a token."""

import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY
from ..dunning.test_reports import CONFIRMATION, LetterCase


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestBalanceConfirmation(LetterCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(amount=80)

    def asked(self):
        """The question of a letter, as printed."""
        self.env["ir.actions.report"]._render_qweb_html(CONFIRMATION, self.customer.ids)
        return self.env["balance.confirmation"].search([("partner_id", "=", self.customer.id)], limit=1)

    def get(self, question):
        return self.url_open(question.get_portal_url())

    def answer(self, question, page=None, **form):
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', (page or self.get(question)).text)
        data = {"access_token": question.access_token, "csrf_token": csrf and csrf[1], **form}
        result = self.url_open(f"/my/balance/{question.id}/answer", data=data)
        self.env.invalidate_all()
        return result

    def test_letter_and_page(self):
        text = self.text(CONFIRMATION, self.customer)
        question = self.asked()
        self.assertIn(question.get_portal_url(), text.replace(" ", "").replace("&amp;", "&"))
        page = self.get(question)
        self.assertEqual(page.status_code, 200)
        for words in ("80.00", self.customer.name, "03/10/2026", "We agree"):
            self.assertIn(words, page.text)

    def test_the_same_question_until_it_is_answered(self):
        question = self.asked()
        self.assertEqual(self.asked(), question)
        self.invoice(amount=20, invoice_date="2026-03-01")
        self.assertEqual(self.asked(), question)
        self.assertEqual(list(question.balances.values()), [100])
        self.answer(question, answer="agree")
        self.assertEqual(self.asked(), question, "the balance is still the same")
        self.invoice(amount=5, invoice_date="2026-03-01")
        again = self.asked()
        self.assertNotEqual(again, question)
        self.assertEqual((list(question.balances.values()), question.answer), ([100], "agree"))

    def test_a_letter_printed_anew_can_be_answered_anew(self):
        question = self.asked()
        with freeze_time("2026-07-10 12:00:00"):
            self.assertEqual(self.get(question).status_code, 404)
            later = self.env["ir.actions.report"].with_context(l2c_today="2026-07-10")
            later._render_qweb_html(CONFIRMATION, self.customer.ids, data={"date_to": TODAY})
            self.env.invalidate_all()
            self.assertEqual(self.get(question).status_code, 200)

    def test_answers(self):
        cases = (
            ({"answer": "agree"}, 200, "agree"),
            ({"answer": "disagree", "note": "<script>alert(1)</script> 70"}, 200, "disagree"),
            ({"answer": "disagree", "note": " "}, 422, False),
            ({"answer": "x"}, 422, False),
            ({}, 422, False),
        )
        for form, status, answer in cases:
            with self.subTest(**form):
                self.env["balance.confirmation"].search([]).unlink()
                question = self.asked()
                page = self.answer(question, **form)
                self.assertEqual(page.status_code, status)
                self.assertEqual('name="thanks"' in page.text, bool(answer))
                self.assertEqual(question.answer, answer)
                self.assertEqual(len(question.activity_ids), int(answer == "disagree"))
                self.assertNotIn("<script>alert", page.text)
                said = "".join(question.message_ids.mapped("body")) + "".join(
                    map(str, question.activity_ids.mapped("note"))
                )
                self.assertNotIn("<script>", said)

    def on_desk(self, user=None):
        """The customer's line on the desk, and what its counter says and opens."""
        self.env.flush_all()
        self.env.invalidate_all()
        desk = self.env["call.list.line"].with_user(user or self.collector).with_context(l2c_desk=1)
        [count] = [row["count"] for row in desk.get_desk()["counters"] if row["key"] == "answer"]
        opened = desk.search(safe_eval(desk.action_desk_list("answer")["domain"]))
        self.assertEqual(len(opened), count)
        return opened.filtered(lambda line: line.partner_id == self.customer)

    def test_who_disagrees_is_on_top_of_the_desk(self):
        self.collector = self.user("confirm_collector", "lead_to_cash.group_collections_user")
        other = self.env["res.partner"].create({"name": "Other"})
        moves = self.invoice(partner_id=other.id, amount=5000), self.move
        for move in moves:
            self.give_back(self.pay(move))
        question = self.asked()
        self.assertFalse(self.on_desk())
        self.answer(question, answer="disagree", note="We have\n70 only")
        line = self.on_desk()
        self.assertEqual((line.kind, line.confirmation_id), ("answer", question))
        self.assertEqual(line.reason, "Doesn't agree with the balance on 03/10/2026: We have 70 only")
        self.assertEqual(line.search([("res_model", "=", "res.partner")])[0], line)
        with self.assertRaises(AccessError):
            line.with_user(self.user("confirm_clerk", "account.group_account_invoice")).action_answer_done()
        line.action_answer_done()
        self.assertFalse(question.activity_ids)
        self.assertFalse(self.on_desk())
        self.assertEqual(line.search([("partner_id", "=", self.customer.id)]).kind, "returned")

    def test_what_takes_who_disagrees_off_the_desk(self):
        """A call that is logged, of a branch of the customer too; and doing the task itself."""
        self.collector = self.user("confirm_collector", "lead_to_cash.group_collections_user")
        ways = {
            "call": lambda line: line.action_no_answer(),
            "task": lambda line: line.confirmation_id.sudo().activity_ids.action_done(),
        }
        for name, way in ways.items():
            with self.subTest(name):
                self.env["balance.confirmation"].search([]).unlink()
                question = self.asked()
                self.answer(question, answer="disagree", note="No")
                branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.customer.id})
                question.partner_id = branch
                line = self.on_desk()
                self.assertEqual(line.confirmation_id, question)
                way(line)
                self.assertFalse(self.on_desk())

    def test_once_only(self):
        question = self.asked()
        page = self.get(question)
        for answer in ("agree", "disagree"):
            self.assertEqual(self.answer(question, page, answer=answer, note="no").status_code, 200)
        self.assertEqual((question.answer, question.note), ("agree", "no"))
        self.assertEqual(len(question.activity_ids), 0)

    def test_who_may_open_it(self):
        question = self.asked()
        other = question.copy({"partner_id": self.env["res.partner"].create({"name": "Other"}).id, "access_token": "o"})
        url, token = f"/my/balance/{question.id}", question.access_token
        cases = {
            "none": url,
            "wrong": f"{url}?access_token=x",
            "another's": f"{url}?access_token={other.access_token}",
            "not there": f"/my/balance/99999999999999?access_token={token}",
        }
        for name, address in cases.items():
            with self.subTest(name):
                page = self.url_open(address)
                self.assertEqual(page.status_code, 404)
                self.assertNotIn(self.customer.name, page.text)
        question.expires_on = fields.Date.to_date("2026-03-09")
        self.assertEqual(self.get(question).status_code, 404, "over")

    def test_too_many(self):
        question = self.asked()
        page = self.get(question)
        self.env.cr.execute("DELETE FROM l2c_portal_post")
        statuses = [self.answer(question, page, answer="x").status_code for _number in range(21)]
        self.assertEqual(statuses, [422] * 20 + [429])
        with mute_logger("odoo.http"):
            bare = self.url_open(f"/my/balance/{question.id}/answer", data={"answer": "agree"})
        self.assertEqual(bare.status_code, 400)
        self.assertFalse(question.answer)

    def test_access(self):
        question = self.asked()
        for login, groups, may in (
            ("confirm_reader", "account.group_account_readonly", True),
            ("confirm_seller", "sales_team.group_sale_salesman", False),
        ):
            with self.subTest(login):
                seen = question.with_user(self.user(login, groups))
                if may:
                    self.assertEqual(seen.balance_text, "$\xa080.00")
                else:
                    with self.assertRaises(AccessError):
                        seen.read(["balance_text"])
