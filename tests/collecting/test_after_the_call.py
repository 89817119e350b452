"""After the call: copies of invoices, WhatsApp, scripts, and what ends what a result has planned."""

from urllib.parse import unquote

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...engine.agreements.following import ENDS
from ...engine.collecting.desk import DESK_KINDS
from ..agreements.test_plans import PlanCase
from ..common import TODAY


class AfterCase(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "us@example.com"
        cls.move, cls.second = cls.given.invoices([{"due": "2026-03-01"}, {"due": "2026-03-02", "amount": 40.0}])

    def customers(self, user=None):
        return self.customer.with_user(user or self.collector)

    def planned(self):
        return self.env["mail.activity"].search([("user_id", "=", self.collector.id)]).mapped("summary")

    def line(self, customer=None):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["call.list.line"].with_user(self.collector).with_context(l2c_desk=1)
        return lines.search([("partner_id", "=", (customer or self.customer).id), ("res_model", "=", "res.partner")])


@tagged("post_install", "-at_install")
class TestCopies(AfterCase):
    def copies(self, user=None, **changes):
        action = self.customers(user).action_send_invoice_copies()
        form = Form(self.env[action["res_model"]].with_user(user or self.collector).with_context(**action["context"]))
        for name, value in changes.items():
            form[name] = value
        return form.save()

    def sent(self):
        return self.env["account.letter"].search([("kind", "=", "copies"), ("partner_id", "=", self.customer.id)])

    def test_all_open_ones(self):
        copies = self.copies()
        self.assertEqual((copies.move_ids, copies.recipient_ids), (self.move | self.second, self.customer))
        copies.action_send()
        copies.action_send()  # a second click
        letter = self.sent()
        self.assertEqual(len(letter), 1)
        mail = letter.mail_id
        self.assertEqual((letter.state, mail.email_to), ("queued", self.customer.email_formatted))
        self.assertEqual(mail.email_from, self.collector.email_formatted)
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertIn("copies of our invoices", mail.body_html)
        self.assertIn("copies of your invoices", mail.subject)
        for move in self.move | self.second:
            self.assertIn(f"A copy went to {self.customer.display_name}", move.message_ids[:1].body)

    def test_one_of_them_to_a_contact(self):
        payer = self.env["res.partner"].create(
            {"name": "Payer", "email": "payer@example.com", "parent_id": self.customer.id}
        )
        copies = self.copies()
        with Form(copies) as form:
            form.move_ids.remove(id=self.second.id)
            form.recipient_ids.add(payer)
            form.recipient_ids.remove(id=self.customer.id)
        copies.action_send()
        self.assertEqual(self.sent().mail_id.email_to, payer.email_formatted)
        self.assertEqual(len(self.sent().mail_id.attachment_ids), 1)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.lang = "he_IL"
        copies = self.copies()
        self.assertIn('dir="rtl"', copies.body)
        copies.action_send()
        self.assertIn('dir="rtl"', self.sent().mail_id.body_html)

    def test_bad_input(self):
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        nobody = self.env["res.partner"].create({"name": "Nobody", "parent_id": self.customer.id})
        foreign, draft = self.invoice(partner_id=other.id), self.invoice(post=False)
        for values, sentence in (
            ({"move_ids": [Command.clear()]}, "at least one invoice"),
            ({"recipient_ids": [Command.clear()]}, "Choose to whom"),
            ({"move_ids": [Command.link(foreign.id)]}, "Only posted invoices of this customer"),
            ({"move_ids": [Command.link(draft.id)]}, "Only posted invoices of this customer"),
            ({"recipient_ids": [Command.link(other.id)]}, "to the customer and its contacts only"),
            ({"recipient_ids": [Command.link(nobody.id)]}, "Nobody has no e-mail address"),
            ({"subject": ""}, "a subject and a text"),
            ({"body": "<p><br/></p>"}, "a subject and a text"),
        ):
            copies = self.copies()
            copies.write(values)
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                copies.action_send()
        self.assertFalse(self.sent())
        self.pay(self.move | self.second)
        with self.assertRaisesRegex(UserError, "no open invoice to send"):
            self.copies()
        with self.assertRaisesRegex(UserError, "Nothing is open with"):
            self.customers().action_statement()

    def test_the_subject_is_one_line(self):
        copies = self.copies()
        copies.subject = " Copies\r\nBcc: other@example.com "
        copies.action_send()
        self.assertEqual(self.sent().mail_id.subject, "Copies Bcc: other@example.com")

    def test_rights(self):
        reader = self.user("copies_reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self.copies(reader)
        mine = self.copies()
        colleague = self.user("copies_colleague", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            mine.with_user(colleague).action_send()

    def test_from_the_desk(self):
        self.customers()._plan_step(lambda document: "Call", TODAY, "call")
        line = self.line()
        for method, model in (
            ("action_send_invoice_copies", "invoice.copies"),
            ("action_statement", "statement.wizard"),
        ):
            action = getattr(line, method)()
            self.assertEqual(action["res_model"], model)
            self.assertTrue(Form(line.env[model].with_context(**action["context"])).save())


@tagged("post_install", "-at_install")
class TestFollowing(AfterCase):
    def test_what_a_result_plans_is_ended_by_what_follows(self):
        result = self.env["call.result"].with_user(self.collector)
        values = {"partner_id": self.customer.id, "company_id": self.env.company.id}
        action = result.create({**values, "outcome": "hardship"}).action_log()["params"]["next"]
        self.assertEqual(action["res_model"], "dunning.plan")
        self.assertIn("Offer a payment plan", self.planned())
        plan = Form(self.env["dunning.plan"].with_user(self.collector).with_context(**action["context"])).save()
        self.assertEqual(plan.state, "open")
        self.assertNotIn("Offer a payment plan", self.planned())
        result.create({**values, "outcome": "callback", "day": "2026-03-20"}).action_log()
        self.assertIn("Call back", self.planned())
        self.customers().action_no_answer()
        self.customers().action_log_attempt("reached")
        self.assertNotIn("Call back", self.planned())

    def test_a_copy_ends_what_asked_for_it(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        step = next(iter(ENDS["copy"]))
        notice.activity_schedule(
            "mail.mail_activity_data_todo", summary="Send a copy", user_id=self.collector.id, handling_step=step
        )
        other = self.invoice(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        other.activity_schedule(
            "mail.mail_activity_data_todo", summary="Another's", user_id=self.collector.id, handling_step=step
        )
        action = self.customers().action_send_invoice_copies()
        Form(
            self.env["invoice.copies"].with_user(self.collector).with_context(**action["context"])
        ).save().action_send()
        self.assertEqual([text for text in self.planned() if text in ("Send a copy", "Another's")], ["Another's"])


@tagged("post_install", "-at_install")
class TestWhatsApp(AfterCase):
    def test_text_and_link(self):
        self.customer.phone = "+40215550120"
        self.customer.country_id = self.env.ref("base.ro")
        self.run_on(TODAY)
        notice = self.notices(self.move)
        notice.mail_ids.write({"state": "sent"})
        self.env.invalidate_all()
        url = self.customers().action_whatsapp()["url"]
        self.assertTrue(url.startswith("https://wa.me/40215550120?text="))
        self.assertIn("140.00", unquote(url))
        self.assertIn(f"/my/collection/{notice.id}?access_token={notice.access_token}", unquote(url))
        attempt = self.env["contact.attempt"].search([("res_model", "=", "res.partner")], limit=1)
        self.assertEqual(
            (attempt.channel, attempt.outcome, attempt.user_id), ("whatsapp", "left_message", self.collector)
        )

    def test_open_credits_are_set_off(self):
        self.customer.phone = "+40215550120"
        self.invoice(move_type="out_refund", due="2026-03-01", amount=30.0)
        self.env.flush_all()
        text = unquote(self.customers().action_whatsapp()["url"])
        self.assertIn("110.00", text)
        self.assertNotIn("140.00", text)

    def test_who_sees_a_part_of_the_debts_tells_none(self):
        self.customer.phone = "+40215550120"
        seller = self.user("whatsapp_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.customers(seller).action_whatsapp()

    def test_bad_input(self):
        with self.assertRaisesRegex(UserError, "no number that WhatsApp knows"):
            self.customers().action_whatsapp()
        self.customer.phone = "+40215550120"
        self.pay(self.move | self.second)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self.customers().action_whatsapp()
        self.assertFalse(self.env["contact.attempt"].search([("partner_id", "=", self.customer.id)]))


@tagged("post_install", "-at_install")
class TestScripts(AfterCase):
    def test_none_is_empty(self):
        for kind, label in DESK_KINDS:
            line = self.env["call.list.line"].new({"kind": kind, "res_model": "res.partner"})
            for lang in ("en_US", "he_IL", "ro_RO"):
                with self.subTest(label, lang=lang):
                    self.assertGreater(len(line.with_context(lang=lang)._script()), 60)

    def test_each_level_says_something(self):
        levels = self.env["dunning.level"].with_context(active_test=False).search([("channel", "=", "call")])
        for level in levels:
            self.assertTrue(level.guidance or self.env["call.list.line"].new({"kind": "call"})._script())

    def test_on_the_card(self):
        self.customers()._plan_step(lambda document: "Call", TODAY, "call")
        self.assertIn("Say who you are", self.line().call_script)
