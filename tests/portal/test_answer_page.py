"""The page behind a notice: who may open it, what each answer does, and who is kept out."""

import re
import resource
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields
from odoo.addons.payment.tests.http_common import PaymentHttpCommon
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ...engine.portal.answers import ANSWER_KINDS
from ...models.portal.post import MOST_OF_TOKEN
from ..common import TODAY, RunCase

PDF = b"%PDF-1.4 proof"
ANSWER_LOG = "odoo.addons.lead_to_cash.models.portal.answer"
PAYMENT_LOG = "odoo.addons.payment.models.payment_transaction"


class AnswerCase(RunCase, HttpCase):
    """A sent notice with two invoices and a credit, and a browser without login."""

    def setUp(self):
        super().setUp()
        self.first = self.invoice(due="2026-03-01", amount=100.0, ref="PO 7 <b>")
        self.second = self.invoice(due="2026-03-05", amount=50.0)
        self.before_the_run()
        self.run_on(TODAY)
        self.notice = self.notices(self.first | self.second)
        self.notice.mail_ids.state = "sent"
        self.url = f"/my/collection/{self.notice.id}"

    def before_the_run(self):
        """What else the customer owes."""

    def get(self, **query):
        return self.url_open(self.url, params={"access_token": self.notice.access_token, **query})

    def answer(self, kind, files=None, page=None, **form):
        page = page or self.get().text
        keys = {name: f"{key}-{name}" for key, name in re.findall(r'name="form_key" value="([0-9a-f]+)-(\w+)"', page)}
        data = {
            "access_token": self.notice.access_token,
            "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
            "form_key": keys.get(kind, f"{'0' * 32}-none"),
            "kind": kind,
            **form,
        }
        return self.url_open(f"{self.url}/answer", data=data, files=files)

    def reason(self, name):
        """What the page sends for a reason of the list."""
        return str(self.env.ref(f"lead_to_cash.dispute_reason_{name}").id)

    def taken(self):
        self.env.invalidate_all()
        return self.notice.answer_ids


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAnswerPage(AnswerCase):
    def test_shows_what_is_open(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        for text in (self.first.name, self.second.name, "150.00", "PO 7 &lt;b&gt;", "First"):
            self.assertIn(text, page.text)

    def test_who_may_open_it(self):
        other = self.env["dunning.notice"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Other"}).id,
                **{name: self.notice[name].id for name in ("company_id", "currency_id", "policy_id", "level_id")},
                "channel": "email",
                "date": TODAY,
                "access_token": "other",
            }
        )
        cases = {
            "none": self.url,
            "empty": f"{self.url}?access_token=",
            "wrong": f"{self.url}?access_token=x",
            "another's": f"{self.url}?access_token={other.access_token}",
            "not there": f"/my/collection/999999999?access_token={self.notice.access_token}",
            "strange": f"{self.url}?access_token=%F0%9F%92%A9%00",
        }
        pages = {name: self.url_open(url) for name, url in cases.items()}
        for name, page in pages.items():
            with self.subTest(name):
                self.assertEqual(page.status_code, 404)
                self.assertNotIn(self.first.name, page.text)
        self.assertEqual(self.get().status_code, 200)

    def test_until_when(self):
        day = fields.Date.to_date(TODAY)
        steps = (
            ("paid", lambda: self.pay(self.first | self.second), day + timedelta(days=30)),
            ("open again", self.first.line_ids.remove_move_reconcile, False),
            ("cancelled", lambda: self.notice.write({"state": "cancelled"}), day + timedelta(days=30)),
        )
        for name, step, expires in steps:
            with self.subTest(name):
                step()
                self.assertEqual(self.notice.expires_on, expires)
                self.assertEqual(self.get().status_code, 200)
        self.notice.expires_on = day - timedelta(days=1)
        self.assertEqual(self.get().status_code, 404)

    def test_what_is_another_customers_since_keeps_no_page(self):
        """A document that is made out to somebody else stays open there."""
        self.first.button_draft()
        self.first.partner_id = self.customer.copy({"email": "else@example.com"})
        self.first.action_post()
        self.pay(self.second)
        self.env.invalidate_all()
        self.assertEqual(self.first.payment_state, "not_paid")
        self.assertEqual(self.notice.expires_on, fields.Date.to_date(TODAY) + timedelta(days=30))

    def test_answers(self):
        item = self.items(self.second)
        cases = (
            ("paid", {"day": "2026-03-09", "amount": "150"}, "2026-03-17"),
            ("promise", {"day": "2026-03-20", "amount": "100,50"}, False),
            (
                "dispute",
                {"items": str(item.id), "reason": self.reason("damaged"), "note": "<script>broken</script>"},
                False,
            ),
            ("plan", {"day": "2026-03-20", "number": "3"}, "2026-03-17"),
            ("wrong_person", {}, False),
        )
        for kind, form, held in cases:
            with self.subTest(kind):
                self.notice.replied_until = False
                page = self.answer(kind, **form)
                self.assertEqual(page.status_code, 200, page.text[-500:])
                self.assertIn('name="thanks"', page.text)
                answer = self.taken()[:1]
                self.assertEqual(answer.kind, kind)
                self.assertEqual(self.notice.replied_until, fields.Date.to_date(held) if held else False)
                label = dict(ANSWER_KINDS)[kind]
                self.assertIn(f"Answer: {label}", self.notice.activity_ids.mapped("summary"))
        promise = self.env["dunning.promise"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((promise.amount, promise.date), (100.5, fields.Date.to_date("2026-03-20")))
        dispute = self.env["dunning.dispute"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(dispute.move_line_ids, item)
        self.assertNotIn("<script>broken", "".join(self.notice.message_ids.mapped("body")))

    def test_a_dispute_about_a_part_with_photos(self):
        item = self.items(self.second)
        form = {"items": str(item.id), "reason": self.reason("damaged"), "amount": "20"}
        many = [("proof", (f"{number}.pdf", PDF)) for number in range(4)]
        for files, sentence in (
            (many, "Send at most 3 files"),
            ([("proof", ("page.html", b"<script>"))], "Only a PDF or a picture"),
        ):
            page = self.answer("dispute", files=files, **form)
            self.assertEqual(page.status_code, 422)
            self.assertIn(sentence, page.text)
        page = self.answer("dispute", **form | {"amount": "50.01"})
        self.assertIn("more than what is open", html2plaintext(page.text))
        page = self.answer("dispute", files=many[:2], **form)
        self.assertEqual(page.status_code, 200, page.text[-500:])
        self.assertIn('name="disputed"', page.text)
        dispute = self.taken().dispute_id
        self.assertEqual((dispute.amount, item.claimed_currency), (20.0, 30.0))
        self.assertEqual(set(dispute.attachment_ids.mapped("name")), {"0.pdf", "1.pdf"})
        self.assertEqual(set(dispute.attachment_ids.mapped("res_model")), {"dunning.dispute"})

    def test_wrong_person(self):
        page = self.answer("wrong_person")
        self.assertNotIn(self.first.name, page.text)
        self.assertNotIn(self.first.name, self.get().text)
        self.assertTrue(self.customer.is_wrong_addressee)
        self.assertEqual(self.code(self.first, today="2026-03-20"), "no_address")
        self.assertTrue(self.notice.needs_answer)
        self.taken().action_handled()
        self.assertFalse(self.notice.needs_answer)
        self.customer.email = "right@example.com"
        self.assertFalse(self.customer.is_wrong_addressee)

    def test_in_the_customers_language(self):
        """For a visitor without login, whatever the browser asks for; answers come back too."""
        for code in ("he_IL", "ro_RO"):
            self.env["res.lang"]._activate_lang(code)
        for code, direction in (("he_IL", "rtl"), ("ro_RO", "ltr"), ("en_US", "ltr")):
            for asked in ("en-US", "he", "ro"):
                with self.subTest(code, browser=asked):
                    self.customer.lang = code
                    self.opener.headers["Accept-Language"] = asked
                    page = self.get()
                    self.assertEqual(page.status_code, 200)
                    self.assertIn(f'lang="{code.replace("_", "-")}"', page.text)
                    self.assertEqual("o_rtl" in page.text or 'dir="rtl"' in page.text, direction == "rtl")
                    self.assertEqual(self.answer("nothing", page=page.text).status_code, 422)

    def test_sent_once(self):
        page = self.get().text
        for _time in range(2):
            self.answer("paid", page=page, day="2026-03-09", amount="150")
        self.assertEqual(len(self.taken()), 1)

    def test_proof(self):
        form = {"day": "2026-03-09", "amount": "150"}
        cases = (
            ("transfer.pdf", PDF, 200),
            ("transfer.pdf", b"MZ program", 422),
            ("transfer.exe", PDF, 422),
            ("<script>alert(1)</script>.pdf", PDF, 422),
            ("large.pdf", PDF + b"x" * 5 * 1024 * 1024, 422),
        )
        for name, content, status in cases:
            with self.subTest(name, status=status):
                page = self.answer("paid", files={"proof": (name, content)}, **form)
                self.assertEqual(page.status_code, status)
        self.assertEqual(self.taken().attachment_ids.mapped("raw"), [PDF])
        self.assertEqual(self.notice.message_ids.attachment_ids, self.notice.answer_ids.attachment_ids)

    def full_disk(self, content):
        """Where the file would be stored, nothing can be."""
        attachments = self.env["ir.attachment"]
        folder = Path(attachments._full_path(attachments._compute_checksum(content)[:2]))
        self.assertFalse(folder.exists())
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.touch()
        return folder

    def proof_of_its_own(self):
        """Content for which the store has no folder yet."""
        attachments = self.env["ir.attachment"]
        contents = (PDF + b" %d" % number for number in range(10000))
        folder = lambda content: attachments._full_path(attachments._compute_checksum(content)[:2])  # noqa: E731
        return next(content for content in contents if not Path(folder(content)).exists())

    def test_a_proof_that_cant_be_stored(self):
        """The answer counts, and both sides are told."""
        content = self.proof_of_its_own()
        in_the_way = self.full_disk(content)
        self.addCleanup(lambda: in_the_way.is_file() and in_the_way.unlink())
        form = {"day": "2026-03-09", "amount": "150", "note": "Paid by transfer"}
        with mute_logger(ANSWER_LOG):
            page = self.answer("paid", files={"proof": ("transfer.pdf", content)}, **form)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Your file could not be stored. Please send it again later", page.text)
        answer = self.taken()
        self.assertEqual((answer.kind, answer.is_proof_lost, answer.attachment_ids.ids), ("paid", True, []))
        self.assertEqual(str(self.notice.replied_until), "2026-03-17")
        activity = self.notice.activity_ids.filtered(lambda activity: "I have paid" in activity.summary)
        for told in (activity.note, answer.message_id.body):
            self.assertIn("Paid by transfer", told)
            self.assertIn("They sent a file, which our server could not store", told)
        in_the_way.unlink()
        self.answer("paid", files={"proof": ("transfer.pdf", content)}, **form)
        again = self.taken() - answer
        self.assertEqual((again.attachment_ids.raw, again.is_proof_lost), (content, False))
        self.assertNotIn("could not be stored", self.get(done=again.id).text)

    def test_half_a_proof_is_none(self):
        """A disk that becomes full in the midst of a file."""
        content = self.proof_of_its_own() + b"x" * 10000
        values = {"name": "transfer.pdf", "raw": content, "res_model": self.notice._name, "res_id": self.notice.id}
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        answers = self.env["dunning.answer"]
        with mute_logger(ANSWER_LOG, "odoo.addons.base.models.ir_attachment"):
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
                lost = answers._keep_proof(values)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        self.assertFalse(lost)
        self.assertEqual(answers._keep_proof(values).raw, content)

    def test_refused(self):
        item = str(self.items(self.second).id)
        other = self.invoice(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        cases = (
            ("nothing", {}),
            ("paid", {"day": "2026-03-11", "amount": "1"}),
            ("paid", {"day": "2026-03-09", "amount": "nan"}),
            ("promise", {"day": "2026-03-09", "amount": "1"}),
            ("promise", {"day": "2026-04-10", "amount": "1"}),
            ("promise", {"day": "2026-03-20", "amount": "150.01"}),
            ("dispute", {"reason": self.reason("damaged")}),
            ("dispute", {"reason": "x", "items": item}),
            ("dispute", {"reason": self.reason("damaged"), "items": str(self.items(other).id)}),
            ("plan", {"day": "2026-03-20", "number": "7"}),
        )
        for kind, form in cases:
            with self.subTest(kind, **form):
                page = self.answer(kind, **form)
                self.assertEqual(page.status_code, 422)
                self.assertIn('role="alert"', page.text)
        self.assertFalse(self.taken())

    def test_second_objection(self):
        item = str(self.items(self.second).id)
        self.assertEqual(self.answer("dispute", items=item, reason=self.reason("damaged")).status_code, 200)
        page = self.answer("dispute", items=item, reason=self.reason("price"))
        self.assertEqual(page.status_code, 422)
        self.assertIn("A colleague will get in touch", page.text)

    def test_too_many(self):
        page = self.get().text
        statuses = [self.answer("nothing", page=page).status_code for _number in range(22)]
        self.assertEqual(statuses, [422] * 20 + [429] * 2)

    def test_portal_of_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        user = self.user("portal_contact", "base.group_portal")
        user.partner_id.parent_id = self.customer
        self.assertEqual(self.env["dunning.notice"]._pages_of(contact), self.notice)
        self.authenticate("portal_contact", "portal_contact")
        self.assertIn(self.notice.access_token, self.url_open("/my/collection").text)
        self.assertIn("See what is open, pay, or answer", self.url_open("/my/home").text)
        counters = {"params": {"counters": ["open_payment_count"]}}
        self.assertEqual(self.url_open("/my/counters", json=counters).json()["result"], {"open_payment_count": 1})
        self.assertFalse(self.env["dunning.notice"]._pages_of(self.env["res.partner"].create({"name": "X"})))


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

    def before_the_run(self):
        lines = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (10, 20)]
        term = self.env["account.payment.term"].create(
            {"name": "Twice", "line_ids": [Command.create(line) for line in lines]}
        )
        move = self.invoice(amount=80.0, invoice_payment_term_id=term.id)
        self.earlier, self.later = self.items(move).sorted("date_maturity")

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

    def before_the_run(self):
        self.policy.level_ids.payment_deadline_days = 7
        self.newer = self.invoice(due="2026-03-09", amount=40.0)

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
