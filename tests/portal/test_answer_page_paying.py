"""Paying on the page of a notice: all, instalments, and what is claimed."""

from odoo import Command
from odoo.addons.payment.tests.http_common import PaymentHttpCommon
from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ...models.portal.post import MOST_OF_TOKEN
from ..common import TODAY
from .test_answer_page import AnswerCase

PAYMENT_LOG = "odoo.addons.payment.models.payment_transaction"


class PayingCase(AnswerCase, PaymentHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.state = "enabled"  # in test mode nobody can pay

    def pay_online(self, documents, amount, token=None):
        return self.make_jsonrpc_request(*self.payment(documents, amount, token))

    def payment(self, documents, amount, token=None):
        """The address and the values that the payment form sends."""
        route = self._build_url(f"{self.url}/transaction/{documents}")
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": self.url,
            "is_validation": False,
            "access_token": token or self.notice.access_token,
        }
        return route, values


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestPayment(PayingCase):
    def test_pays_part_and_some(self):
        both = f"{self.first.id}-{self.second.id}"
        for documents, amount in ((self.first.id, 60.0), (both, 150.0), (both, 149.99)):
            with self.subTest(documents=documents, amount=amount), mute_logger(PAYMENT_LOG):
                values = self.pay_online(documents, amount)
                transaction = self._get_tx(values["reference"])
                self.assertEqual(transaction.amount, amount)
                self.assertEqual({str(move.id) for move in transaction.invoice_ids}, set(str(documents).split("-")))
                self.assertEqual(transaction.partner_id, self.customer)

    def test_refuses(self):
        other = self.invoice(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        cases = (
            ("another's document", other.id, 10.0, None),
            ("too much", self.first.id, 100.01, None),
            ("nothing", self.first.id, 0.0, None),
            ("less than nothing", self.first.id, -5.0, None),
            ("without a token", self.first.id, 60.0, "x"),
            ("no document", "x-y", 60.0, None),
        )
        for name, documents, amount, token in cases:
            with self.subTest(name), self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.pay_online(documents, amount, token)
        self.assertFalse(self.env["payment.transaction"].search([("partner_id", "=", self.customer.id)]))

    def test_too_many(self):
        """The same status as of the page, and the sentence that the payment form shows."""
        for _number in range(MOST_OF_TOKEN - 1):
            self.env["l2c.portal.post"]._is_too_much("token", self.notice.access_token)
        route, values = self.payment(self.first.id, 60.0)
        with mute_logger(PAYMENT_LOG):
            last, refused = [self.url_open(route, json={"id": number, "params": values}) for number in (7, 8)]
        self.assertEqual((last.status_code, refused.status_code), (200, 429))
        self.assertEqual(refused.json()["id"], 8)
        self.assertIn("Please try again later, or call us.", refused.json()["error"]["data"]["message"])
        self.assertEqual(self.env["payment.transaction"].search_count([("partner_id", "=", self.customer.id)]), 1)

    def test_page_for_paying(self):
        cases = (
            ({}, "150.00", 200),
            ({"items": self.items(self.first).id}, "100.00", 200),
            ({"items": self.items(self.first).id, "amount": "20"}, "20.00", 200),
            ({"amount": "150.01"}, "at most", 422),
            ({"amount": "x"}, "above zero", 422),
        )
        for query, text, status in cases:
            with self.subTest(**query):
                page = self.url_open(f"{self.url}/pay", params={"access_token": self.notice.access_token, **query})
                self.assertEqual(page.status_code, status)
                self.assertIn(text, page.text)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestInstalmentsOnThePage(PayingCase):
    """Two instalments of one document, both overdue: what is ticked is what is meant."""

    @classmethod
    def before_the_run(cls):
        lines = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (10, 20)]
        term = cls.env["account.payment.term"].create(
            {"name": "Twice", "line_ids": [Command.create(line) for line in lines]}
        )
        move = cls.given.invoice(amount=80.0, invoice_payment_term_id=term.id)
        cls.earlier, cls.later = cls.given.items(move).sorted("date_maturity")

    def test_their_names(self):
        page = self.get().text
        for day in ("02/11/2026", "02/21/2026"):
            self.assertIn(f"{self.later.move_id.name} · {day}", page)
        self.assertNotIn(f"{self.first.name} ·", page)

    def test_disputed(self):
        self.assertEqual(
            self.answer("dispute", items=str(self.later.id), reason=self.reason("damaged")).status_code, 200
        )
        dispute = self.taken().dispute_id
        self.assertEqual(dispute.move_line_ids, self.later)
        self.assertEqual({row.code for row in self.preview(self.later.move_id)} & {"disputed"}, {"disputed"})
        self.assertEqual(self.earlier & dispute.move_line_ids, self.earlier.browse())

    def test_promised(self):
        """Both have the same amount: without the tick it would be the earlier one."""
        form = {"day": "2026-03-20", "amount": "40", "items": str(self.later.id)}
        self.assertEqual(self.answer("promise", **form).status_code, 200)
        self.assertEqual(self.taken().promise_id.move_line_ids, self.later)
        page = self.answer("promise", **form)
        self.assertEqual(page.status_code, 422)
        self.assertIn("paid or promised already", page.text)
        page = self.answer("promise", **(form | {"amount": "40.01", "items": str(self.earlier.id)}))
        self.assertEqual(page.status_code, 422)
        self.assertIn("at most", page.text)

    def test_said_to_be_paid(self):
        self.answer("paid", day="2026-03-09", amount="40", items=str(self.later.id))
        self.assertEqual(self.taken().move_line_ids, self.later)

    def test_ticked_and_the_amount_left_as_it_was(self):
        """The page fills in all that is open; who ticks one of several means that one's amount."""
        for kind, day in (("paid", "2026-03-09"), ("promise", "2026-03-20")):
            page = self.get().text
            self.assertIn('value="230.00"', page)
            self.assertEqual(
                self.answer(kind, page=page, day=day, amount="230.00", items=str(self.later.id)).status_code, 200
            )
            answer = self.taken().filtered(lambda answer, kind=kind: answer.kind == kind)
            self.assertEqual((answer.amount, answer.move_line_ids), (40.0, self.later))

    def test_paid(self):
        """The page asks for the instalment; what comes is matched with it, not with the oldest."""
        query = {"access_token": self.notice.access_token, "items": self.later.id}
        page = self.url_open(f"{self.url}/pay", params=query).text
        self.assertIn("40.00", page)
        name = f"i{self.later.id}"
        self.assertIn(f"/transaction/{name}", page)
        for amount in (40.01, 80.0):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.pay_online(name, amount)
        with mute_logger(PAYMENT_LOG):
            values = self.pay_online(name, 40.0)
        transaction = self._get_tx(values["reference"])
        self.assertEqual((transaction.invoice_ids, transaction.amount), (self.later.move_id, 40.0))
        transaction._set_done()
        self.post_process_patcher.stop()  # Odoo's common part makes no payments
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        method = self.env.ref("account.account_payment_method_manual_in").copy({"code": transaction.provider_code})
        journal.inbound_payment_method_line_ids = [
            Command.create({"payment_method_id": method.id, "payment_provider_id": self.provider.id})
        ]
        transaction._post_process()
        self.env.invalidate_all()
        self.assertEqual((self.later.reconciled, self.earlier.reconciled), (True, False))
        self.assertEqual(self.earlier.amount_residual, 40.0)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestClaimOnThePage(AnswerCase):
    """The page asks for what the e-mail asked for."""

    @classmethod
    def before_the_run(cls):
        cls.policy.level_ids.payment_deadline_days = 7
        cls.newer = cls.given.invoice(due="2026-03-09", amount=40.0)

    def claim(self):
        return " ".join(html2plaintext(self.get().text).replace("*", "").split())

    def test_without_what_is_only_also_due(self):
        self.assertIn(self.newer, self.notice.line_ids.filtered("is_also_due").move_id)
        self.assertEqual(self.claim().count("Also due"), 1)
        self.assertIn("Please pay $ 150.00 by 03/17/2026", self.claim())
        self.pay(self.first)
        self.assertIn("Please pay $ 50.00 by 03/17/2026", self.claim())
        self.pay(self.second)
        self.assertNotIn("Please pay", self.claim())

    def test_all_of_it(self):
        self.pay(self.newer)
        self.assertIn("Please pay by 03/17/2026", self.claim())
