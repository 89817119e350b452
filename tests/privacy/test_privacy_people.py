"""A person asks: what is kept about them is given out, and forgotten."""

import io
import json
import zipfile

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..common import TODAY
from .test_privacy import PNG, PrivacyCase

#: What was said by or about the customer, and where.
SAID = "Ivan Ivanov called"
SECRETS = ("lost my job", "Lives with a Mrs. Z", "broken on arrival", "balance is nonsense", "unkind colleague")


class PersonCase(PrivacyCase):
    """A customer about whom something of each kind is kept, and another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("l2c_manager", "lead_to_cash.group_collections_manager")
        cls.sales_manager = cls.user("l2c_sales_manager", "sales_team.group_sale_manager")
        cls.others = {
            login: cls.user(login, groups)
            for login, groups in {
                "l2c_seller": "sales_team.group_sale_salesman_all_leads",
                "l2c_collector": "lead_to_cash.group_collections_user",
            }.items()
        }
        cls.customer.write(
            {"name": "Ivan Ivanov", "phone": "+40215550120", "street": "Long Street 7", "city": "Iasi", "vat": "/"}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Olga Ivanova", "email": "olga@example.com", "parent_id": cls.customer.id}
        )
        cls.other = cls.env["res.partner"].create({"name": "Bystander", "email": "bystander@example.com"})
        cls.move, _other = cls.given.invoices(
            [{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": cls.other.id}]
        )
        cls.notice = cls.given.sent(cls.move)
        cls.answer = cls.given.answered(cls.notice)
        cls.lead_ = cls.given.lead(name="Ivan's kitchen", partner_id=cls.contact.id, description="Ivan's cousin")
        cls.lead_.action_log_attempt("reached", note="Lives with a Mrs. Z")
        cls.lost = cls.given.lead(name="Old", partner_id=cls.contact.id)
        cls.lost.action_close(cls.env["crm.lost.reason"].create({"name": "Gone"}), "Is moving, said Ivan")
        cls.other.action_log_attempt("reached", note="The bystander's secret")
        cls.keep_more()

    def letter_sent(self):
        """A statement by e-mail, with what the customer replied."""
        values = {"company_id": self.env.company.id, "user_id": self.manager.id, "kind": "open", "date_to": TODAY}
        letter = self.env["account.letter"].create({"partner_id": self.customer.id, **values})
        letter._write_singly()
        reply = "I lost my job, too"
        letter.message_post(body=reply, message_type="email", author_id=self.customer.id)
        return letter

    @classmethod
    def keep_more(cls):
        cls.customer.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "Asks for mercy: Ivan is ill"})
        items = {"partner_id": cls.customer.id, "move_line_ids": [Command.set(cls.given.items(cls.move).ids)]}
        cls.dispute = cls.env["dunning.dispute"].create({**items, "note": "broken on arrival"})
        cls.question = cls.env["balance.confirmation"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.env.company.id,
                "day": TODAY,
                "balances": {str(cls.env.company.currency_id.id): 100.0},
                "expires_on": TODAY,
            }
        )
        cls.question._take_answer({"answer": "disagree", "note": "Your balance is nonsense"})
        model_id = cls.env["ir.model"]._get_id("dunning.notice")
        values = {"res_model_id": model_id, "res_id": cls.notice.id, "partner_id": cls.customer.id}
        cls.rating = cls.env["rating.rating"].create(values)
        cls.notice.rating_apply(1, rating=cls.rating, feedback="An unkind colleague")
        cls.customer.write({"collection_note": "Asks for mercy", "external_rating": "poor"})


@tagged("post_install", "-at_install")
class TestExport(PersonCase, HttpCase):
    def archive(self, login, partner=None):
        self.authenticate(login, login)
        return self.url_open(f"/lead-to-cash/kept/{(partner or self.customer).id}")

    def unpacked(self, login):
        answer = self.archive(login)
        self.assertEqual((answer.status_code, answer.headers["Cache-Control"]), (200, "no-store"))
        return zipfile.ZipFile(io.BytesIO(answer.content))

    def test_all_of_the_person_and_nothing_of_others(self):
        archive = self.unpacked("l2c_manager")
        page, data = archive.read("kept.html").decode(), json.loads(archive.read("kept.json"))
        told = page + json.dumps(data, ensure_ascii=False)
        wanted = ("lost my job", "broken on arrival", "balance is nonsense", "unkind colleague", "Asks for mercy")
        for text in (*wanted, "olga@example.com", self.move.name, "First", "Poor"):
            with self.subTest(text):
                self.assertIn(text, page)
                self.assertIn(text, str(data))
        self.assertIn(self.notice.mail_ids.subject, page)
        for text in ("ystander", "secret"):
            self.assertNotIn(text, told)
        [proof] = [name for name in archive.namelist() if name.startswith("proofs/")]
        self.assertEqual((proof, archive.read(proof)), ("proofs/1-proof.png", PNG))

    def test_statements_that_were_sent(self):
        self.letter_sent()
        page = self.unpacked("l2c_manager").read("kept.html").decode()
        for told in ("Statement: open items", "I lost my job, too"):
            self.assertIn(told, page)

    def test_as_far_as_the_reader_may_see(self):
        """A sales manager sees the leads and their attempts, not the books."""
        page = self.unpacked("l2c_sales_manager").read("kept.html").decode()
        self.assertIn("Lives with a Mrs. Z", page)
        self.assertNotIn("Asks for mercy", page)
        self.assertNotIn("lost my job", page)

    def test_of_the_readers_companies(self):
        there = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["balance.confirmation"].create(
            {
                "partner_id": self.customer.id,
                "company_id": there.id,
                "day": TODAY,
                "balances": {str(there.currency_id.id): 1.0},
                "expires_on": TODAY,
                "note": "Said elsewhere",
            }
        )
        self.assertNotIn("Said elsewhere", self.unpacked("l2c_manager").read("kept.html").decode())
        self.manager.company_ids += there
        self.assertIn("Said elsewhere", self.unpacked("l2c_manager").read("kept.html").decode())

    def test_from_the_menu(self):
        there = {"active_model": "res.partner", "active_id": self.customer.id, "active_ids": self.customer.ids}
        export = self.env.ref("lead_to_cash.res_partner_action_export_kept").with_context(**there)
        for user in (self.manager, self.sales_manager):
            action = export.with_user(user).run()
            self.assertEqual(action["type"], "ir.actions.act_url")
        self.pay(self.move)
        self.lead_.action_set_lost()
        ask = self.env.ref("lead_to_cash.res_partner_action_anonymise").with_context(**there)
        action = ask.with_user(self.manager).run()
        wizards = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        self.assertEqual(Form(wizards).save().partner_id, self.customer)
        with self.assertRaises(AccessError):
            ask.with_user(self.sales_manager).run()

    def test_nobody_else_gets_it(self):
        before = self.env["ir.attachment"].search_count([])
        for login, user in self.others.items():
            with self.subTest(login):
                self.assertEqual(self.archive(login).status_code, 403)
                with self.assertRaisesRegex(AccessError, "managers of collections or of sales"):
                    self.customer.with_user(user).action_export_kept()
        action = self.customer.with_user(self.sales_manager).action_export_kept()
        self.assertEqual(action["url"], f"/lead-to-cash/kept/{self.customer.id}")
        self.authenticate("l2c_manager", "l2c_manager")
        for number in (0, 2**31 - 1, 2**40):
            self.assertEqual(self.url_open(f"/lead-to-cash/kept/{number}").status_code, 404)
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestAnonymising(PersonCase):
    def close_all(self):
        self.pay(self.move)
        self.lead_.action_set_lost()

    def wizard(self, user=None):
        wizards = self.env["privacy.anonymise"].with_user(user or self.manager)
        return wizards.create({"partner_id": self.customer.id})

    def test_not_while_something_is_open(self):
        customer = self.customer.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "has open items"):
            customer.action_anonymise()
        with self.assertRaisesRegex(UserError, "has open items"):
            self.wizard().action_anonymise()
        self.pay(self.move)
        order = self.order(partner_id=self.contact.id)
        with self.assertRaisesRegex(UserError, f"{order.name} of Ivan Ivanov is still open"):
            customer.action_anonymise()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, f"{order.name} of Ivan Ivanov is still open"):
            customer.action_anonymise()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "The lead Ivan's kitchen of Ivan Ivanov is still open"):
            customer.action_anonymise()
        self.lead_.action_set_lost()
        self.assertEqual(customer.action_anonymise()["res_model"], "privacy.anonymise")
        self.assertEqual(self.customer.name, "Ivan Ivanov")

    def test_not_who_logs_in_is_ours_or_somebody_elses(self):
        self.close_all()
        user = self.user("l2c_portal", "base.group_portal")
        for partner, sentence in ((user.partner_id, "can log in"), (self.env.company.partner_id, "a company of yours")):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                partner.with_user(self.manager).action_anonymise()
        for name in ("base.user_root", "base.public_user", "base.template_portal_user_id"):
            partner = self.env.ref(name).with_context(active_test=False).partner_id
            with self.subTest(name), self.assertRaisesRegex(UserError, "somebody who works"):
                partner.with_user(self.manager).action_anonymise()
        there = self.env["res.company"].create({"name": "Elsewhere"})
        for mark in ({"dunning_hold_until": "2026-12-01"}, {"collection_note": "Theirs"}):
            self.customer.with_company(there).write(mark)
            with self.subTest(mark), self.assertRaisesRegex(UserError, "companies that you don't see"):
                self.customer.with_user(self.manager).action_anonymise()
            self.customer.with_company(there).write(dict.fromkeys(mark, False))
        self.lead(partner_id=self.customer.id, company_id=there.id, user_id=False, team_id=False).action_set_lost()
        with self.assertRaisesRegex(UserError, "companies that you don't see"):
            self.customer.with_user(self.manager).action_anonymise()

    def test_nothing_tells_who_it_was(self):
        self.customer.message_post(body=SAID)
        self.close_all()
        self.notice.mail_ids.failure_reason = "olga@example.com doesn't exist"
        secrets = (*SECRETS, "Ivan", "customer@example.com", "olga@", "Long Street", "Asks for mercy", "5550120")
        for secret in secrets:
            self.assertTrue(self.told(secret), secret)
        self.wizard().action_anonymise()
        for secret in secrets:
            with self.subTest(secret):
                self.assertFalse(self.told(secret))
        self.assertEqual(self.customer.name, f"Anonymous customer #{self.customer.id}")
        self.assertEqual(self.contact.name, f"Anonymous customer #{self.contact.id}")
        self.assertIn("Anonymised by l2c_manager", self.texts("res.partner", self.customer))
        self.assertFalse(self.env["ir.attachment"].search([("res_model", "=", "dunning.notice")]) & self.proofs())

    def test_statements_that_were_sent(self):
        """Only that they were sent, and when."""
        letter = self.letter_sent()
        waiting = letter.copy({"kind": "confirmation"})
        self.assertIn("Ivan", letter.mail_id.body_html)
        self.close_all()
        self.wizard().action_anonymise()
        self.env.invalidate_all()
        self.assertFalse(waiting.exists(), "it isn't written any more")
        self.assertEqual(letter.message_ids, letter.mail_id.mail_message_id)
        self.assertFalse(letter.pdf or letter.recipient_ids or letter.mail_id.body_html or letter.mail_id.email_to)

    def proofs(self):
        return self.env["ir.attachment"].search([("res_id", "=", self.notice.id)])

    def told(self, secret):
        """What of our records, the contacts, the leads, and their chatter says it, as (table, column, text)."""
        self.env.flush_all()
        tables = ("res_partner", "crm_lead", "contact_attempt", "dunning_answer", "dunning_notice", "dunning_dispute")
        tables += ("balance_confirmation", "rating_rating", "mail_activity", "mail_tracking_value", "mail_mail")
        tables += ("l2c_audit_log",)
        found = []
        for table in (*tables, "mail_message"):
            self.env.cr.execute(
                f"SELECT %s, c.key, c.value FROM {table} t, jsonb_each_text(to_jsonb(t)) c WHERE c.value LIKE %s",
                [table, f"%{secret}%"],
            )
            found += self.env.cr.fetchall()
        return found

    def test_what_is_booked_stays(self):
        self.close_all()
        names = ("state", "sent_on", "amount_due", "level_id", "date", "mail_ids")
        before = self.notice.read(names), self.move.read(["name", "amount_total", "payment_state", "partner_id"])
        attempts = self.env["contact.attempt"].search([("partner_id", "child_of", self.customer.id)])
        facts = attempts.read(["date", "outcome", "user_id", "res_id"])
        self.wizard().action_anonymise()
        self.env.invalidate_all()
        after = self.notice.read(names), self.move.read(["name", "amount_total", "payment_state", "partner_id"])
        named = self.customer.display_name
        self.assertEqual(after[1][0]["partner_id"], (self.customer.id, named))
        for rows in (*before, *after):
            rows[0].pop("partner_id", None)
            rows[0].pop("mail_ids", None)
        self.assertEqual(after, before)
        self.assertTrue(self.notice.mail_ids.exists())
        self.assertEqual(attempts.read(["date", "outcome", "user_id", "res_id"]), facts)
        self.assertEqual((self.dispute.state, self.question.answer, self.rating.rating), ("resolved", "disagree", 1))
        self.assertEqual(self.answer.kind, "plan")

    def test_others_stay_as_they_are(self):
        self.close_all()
        self.wizard().action_anonymise()
        self.assertEqual(self.other.name, "Bystander")
        self.assertIn(
            "bystander's secret", self.env["contact.attempt"].search([("partner_id", "=", self.other.id)]).note
        )

    def test_nobody_else_may(self):
        self.close_all()
        for user in (self.sales_manager, *self.others.values()):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).action_anonymise()
                with self.assertRaises(AccessError):
                    self.wizard(user)
        self.assertEqual(self.customer.name, "Ivan Ivanov")
