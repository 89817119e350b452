"""Who reads what in which language: staff in theirs, customers in theirs; amounts and days as they write them."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import TODAY, RunCase

HEBREW, ROMANIAN = "he_IL", "ro_RO"


class LanguageCase(RunCase):
    """A Hebrew customer, a collector and a salesperson who read Romanian, jobs and requests in other languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in (HEBREW, ROMANIAN):
            cls.env["res.lang"]._activate_lang(code)
        cls.collector = cls.user(
            "l2c_ro_collector", "lead_to_cash.group_collections_manager,account.group_account_user"
        )
        cls.seller = cls.user("l2c_ro_seller", "sales_team.group_sale_salesman_all_leads")
        (cls.collector | cls.seller).lang = ROMANIAN
        cls.customer.write({"lang": HEBREW, "collector_id": cls.collector.id, "user_id": cls.seller.id})

    def notice(self, due="2026-03-01", amounts=(100.0,)):
        """A notice that was sent, as its page sees it: without a login, in the customer's language."""
        moves = self.invoices([{"due": due, "amount": amount} for amount in amounts])
        self.run_on(TODAY)
        notice = self.notices(moves)
        notice.mail_ids.state = "sent"
        return moves, notice.with_user(self.env.ref("base.public_user")).sudo().with_context(lang=HEBREW)

    def answer(self, notice, **form):
        key = f"{len(notice.answer_ids):032x}-x"
        return notice._take_answer({"form_key": key, "items": [], **form}, None)

    def texts(self, record):
        """What the activities of a record say."""
        return record.activity_ids.mapped("summary")


@tagged("post_install", "-at_install")
class TestStaffTexts(LanguageCase):
    def test_what_a_customers_answer_makes(self):
        moves, notice = self.notice()
        item = self.items(moves)
        reason = self.env.ref("lead_to_cash.dispute_reason_damaged")
        answer = self.answer(notice, kind="dispute", items=[str(item.id)], reason=str(reason.id))
        label = answer.with_context(lang=ROMANIAN)
        names = dict(label._fields["kind"]._description_selection(label.env))
        self.assertEqual(self.texts(notice), [f"Răspuns: {names['dispute']}"])
        self.assertEqual(html2plaintext(answer.message_id.body), f"*{names['dispute']}*")
        self.assertEqual(answer.dispute_id.reason_id, reason)
        self.assertIn(reason.with_context(lang=ROMANIAN).name, self.preview(moves).with_context(lang=ROMANIAN).sentence)

    def test_what_an_unhappy_customer_makes_once(self):
        _moves, notice = self.notice()
        for lang in (HEBREW, "en_US", ROMANIAN):
            notice.with_context(lang=lang)._ask_what_is_wrong(lang)
        [activity] = notice.activity_ids
        expected = notice.with_context(lang=ROMANIAN).env._("Not content: call before the due date")
        self.assertEqual((activity.summary, html2plaintext(activity.note)), (expected, ROMANIAN))
        self.assertNotEqual(expected, "Not content: call before the due date")

    def test_what_a_job_or_a_webhook_makes(self):
        """A payment that comes back, and the promise that it breaks."""
        moves, _notice = self.notice()
        self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 100.0,
                "date": "2026-03-12",
                "move_line_ids": self.items(moves).ids,
            }
        )
        payment = self.pay(moves)
        payment.with_user(self.env.ref("base.public_user")).sudo().with_context(lang=HEBREW).action_reject()
        texts = self.texts(moves)
        self.assertIn("Plată returnată", texts)
        self.assertIn("Angajament nerespectat", texts)
        broken = moves.activity_ids.filtered(lambda activity: activity.summary == "Angajament nerespectat")
        self.assertIn("12.03.2026", html2plaintext(broken.note))
        bodies = [html2plaintext(message.body) for message in moves.message_ids | payment.message_ids]
        self.assertEqual(len([body for body in bodies if body.startswith("Plată returnată: ")]), 2)

    def test_calls_steps_and_questions(self):
        """Of the ladder, in the language of who does them, with the level's own words."""
        level = self.policy.level_ids[1]
        level.write({"channel": "call", "guidance": "Ask"})
        level.with_context(lang=ROMANIAN).write({"name": "Apel", "guidance": "Întreabă"})
        move = self.invoice(due="2026-03-01")
        self.run_on(TODAY)
        activity = self.notices(move).activity_id
        self.assertEqual((activity.summary, html2plaintext(activity.note)), ("Apel", "Întreabă"))

    def test_what_follows_a_call(self):
        move = self.invoice(due="2026-03-01")
        self.customer.action_log_attempt("no_answer")
        self.assertEqual(self.texts(move), ["De sunat din nou, după-amiaza"])

    def test_leads_in_the_language_of_their_salesperson(self):
        lead = self.lead(user_id=self.seller.id, phone="+40215550120")
        lead.with_context(lang=HEBREW).action_log_attempt("no_answer")
        self.assertEqual(self.texts(lead), ["De sunat din nou, după-amiaza"])

    def test_disputes_of_another(self):
        move = self.invoice(due="2026-03-01")
        dispute = self.env["dunning.dispute"].create(
            {
                "partner_id": self.customer.id,
                "move_line_ids": self.items(move).ids,
                "note": "Price",
                "user_id": self.collector.id,
                "revisit_date": "2026-03-20",
            }
        )
        self.assertEqual(self.texts(dispute), ["De revăzut contestația"])

    def test_names_follow_their_reader(self):
        """Also in one transaction: what was read in one language isn't kept for another."""
        move = self.invoice(due="2026-03-01")
        promise = self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 100.0,
                "date": "2026-03-12",
                "move_line_ids": self.items(move).ids,
            }
        )
        run = self.run_on(TODAY)
        for record, day, other in ((promise, "03/12/2026", "12.03.2026"), (run, "03/10/2026", "10.03.2026")):
            with self.subTest(record._name):
                self.assertIn(day, record.display_name)
                self.assertIn(other, record.with_context(lang=ROMANIAN).display_name)

    def test_where_no_step_comes_no_day_is_named(self):
        self.policy.catch_up = "latest"
        move = self.invoice(due="2026-02-01")
        self.run_on(TODAY)
        for sentence in (self.current(move).sentence, self.preview(move).sentence, move.dunning_sentence):
            self.assertTrue(sentence)
            self.assertNotIn("False", sentence)


@tagged("post_install", "-at_install")
class TestCustomerTexts(LanguageCase):
    def test_amounts_that_do_not_add_up_in_binary(self):
        """1.10 and 2.20 make 3.30: in the customer's digits, nowhere 3.3000000000000003."""
        moves, notice = self.notice(amounts=(1.1, 2.2))
        for lang, written in ((ROMANIAN, "3,30"), ("en_US", "3.30"), (HEBREW, "3.30")):
            page = notice.with_context(lang=lang)
            for kind, field in (("promise", "amount"), ("paid", "amount")):
                with self.subTest(lang, kind=kind), self.assertRaises(UserError) as caught:
                    if kind == "paid":
                        page._to_pay([], "9")
                    self.answer(page, kind=kind, day="2026-03-12", **{field: "9"})
                self.assertIn(written, str(caught.exception))
                self.assertNotIn("3.3000", str(caught.exception))
            self.assertEqual(page._amount_text(page._open_amount()), written)
        self.assertEqual(len(moves), 2)

    def test_credits_are_not_overdue(self):
        self.invoice(due="2026-02-01", move_type="out_refund", invoice_date="2026-01-10", amount=10.0)
        moves, notice = self.notice()
        credit = notice.line_ids.filtered(lambda line: line.amount_residual < 0)
        self.assertEqual((len(credit), credit.days_overdue), (1, 0))
        days = {row["residual"] > 0: row["days"] for row in notice._page_lines()}
        self.assertEqual(days, {True: 9, False: 0})
        rows = self.env["receivable.ageing"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual({row.residual > 0: row.days_overdue for row in rows}, {True: 9, False: 0})
        self.assertTrue(moves)

    def test_sales_messages_in_the_contacts_language(self):
        """A template that names no language is sent in the contact's, not in that of whoever calls."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        mail = self.env["mail.template"].create(
            {"name": "Missed", "model_id": model_id, "subject": "Missed", "body_html": "<p>Hello</p>", "lang": False}
        )
        mail.with_context(lang=HEBREW).write({"subject": "פספסנו", "body_html": "<p>שלום</p>"})
        sms = self.env["sms.template"].create({"name": "Missed", "model_id": model_id, "body": "Hello", "lang": False})
        sms.with_context(lang=HEBREW).body = "שלום"
        status = self.status("crm.lead", "no_answer")
        status.series_ids = [(5,), (0, 0, {"number": 1, "mail_template_id": mail.id, "sms_template_id": sms.id})]
        lead = self.lead(
            partner_id=self.customer.id,
            email_from="customer@example.com",
            phone="+40215550120",
            contact_basis="notified",
            user_id=self.seller.id,
        )
        lead.with_user(self.seller).with_context(lang=ROMANIAN).action_log_attempt("no_answer")
        about = [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        sent = self.env["mail.mail"].search([*about, ("email_to", "=", "customer@example.com")])
        self.assertEqual(sent.subject, "פספסנו")
        self.assertIn("שלום", sent.body_html)
        text = self.env["sms.sms"].search([("mail_message_id.res_id", "=", lead.id)]).body
        self.assertTrue(text.startswith("שלום"))


@tagged("post_install", "-at_install")
class TestDecidedNow(LanguageCase):
    """The invoice, the banner and the preview say the same at once."""

    def check_same(self, move, code):
        self.env.invalidate_all()
        row = self.preview(move)
        self.assertEqual((row.code, move.dunning_decision_code), (code, code))
        self.assertEqual((move.dunning_level_id, move.dunning_next_date), (row.level_id, row.next_date))
        if code != "reminded":  # a preview says what would happen
            self.assertEqual(move.dunning_sentence, row.sentence)

    def test_after_each_event(self):
        move = self.invoice(due="2026-03-01")
        self.check_same(move, "reminded")  # posted today, and not decided by any run
        self.run_on(TODAY)
        self.check_same(move, "reminded")
        items = self.items(move)
        own = {"partner_id": self.customer.id, "move_line_ids": items.ids}
        dispute = self.env["dunning.dispute"].create({**own, "note": "Price"})
        self.check_same(move, "disputed")
        self.assertIn("Price", move.dunning_sentence)
        dispute.action_resolve()
        promise = self.env["dunning.promise"].create({**own, "amount": 100.0, "date": "2026-03-12"})
        self.check_same(move, "promised")
        promise.action_cancel()
        self.customer.dunning_hold_until = "2026-03-20"
        self.check_same(move, "on_hold")
        self.customer.dunning_hold_until = False
        self.check_same(move, "reminded")
        self.pay(move)
        self.env.invalidate_all()
        self.assertEqual((move.dunning_decision_code, move.dunning_sentence), (False, False))

    def test_within_one_request(self):
        """What was read before a dispute isn't kept after it."""
        move = self.invoice(due="2026-03-01")
        self.run_on(TODAY)
        self.assertEqual(move.dunning_decision_code, "reminded")
        own = {"partner_id": self.customer.id, "move_line_ids": self.items(move).ids}
        self.env["dunning.dispute"].create({**own, "note": "Price"})
        self.assertEqual(move.dunning_decision_code, "disputed")

    def test_the_banner_above_an_order(self):
        move = self.invoice(due="2026-03-01")
        self.run_on(TODAY)
        order = self.order(user_id=self.seller.id)
        own = {"partner_id": self.customer.id, "move_line_ids": self.items(move).ids}
        self.env["dunning.dispute"].create({**own, "note": "Price"})
        self.env.invalidate_all()
        self.assertIn("Disputed: Price.", order.with_user(self.seller).with_context(lang="en_US").collection_warning)

    def test_a_salesperson_reads_it_too(self):
        move = self.invoice(due="2026-03-01", invoice_user_id=self.seller.id)
        self.run_on(TODAY)
        seen = move.with_user(self.seller)
        self.assertEqual(
            (seen.dunning_decision_code, seen.dunning_level_id.id), ("reminded", self.policy.level_ids[1].id)
        )
        self.assertEqual(fields.Date.to_string(seen.dunning_next_date), "2026-03-15")
