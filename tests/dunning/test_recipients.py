"""To whom a notice goes: found by rule, chosen by people, never to an address that isn't its reader's."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase


class RecipientCase(RunCase):
    """A company with an address for invoices, and two people; the company itself has no e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"is_company": True, "email": False})
        cls.bert, cls.anna, cls.robot = cls.env["res.partner"].create(
            [
                {"name": "Bert", "parent_id": cls.customer.id, "email": "bert@example.com"},
                {"name": "Anna", "parent_id": cls.customer.id, "email": "anna@example.com"},
                {"name": "Robot", "parent_id": cls.customer.id, "email": "robot@example.com", "type": "invoice"},
            ]
        )
        cls.collector = cls.user("recipient_collector", "lead_to_cash.group_collections_user")

    def reminded(self, *contacts, day=TODAY, **values):
        """The notice about an invoice for each of the contacts, written."""
        moves = self.invoices([{"due": "2026-03-02", "partner_id": contact.id, **values} for contact in contacts])
        self.run_on(day)
        return self.notices(moves)

    def addresses(self, mails):
        return [sorted(mail.email_to.replace('"', "").split(", ")) for mail in mails]


@tagged("post_install", "-at_install")
class TestRule(RecipientCase):
    def test_the_contact_on_the_invoice(self):
        """Bert's invoice isn't reminded to Anna, and a company without e-mail isn't without address."""
        notice = self.reminded(self.bert)
        self.assertEqual((notice.state, notice.recipient_ids), ("queued", self.bert))
        mail = notice.mail_ids
        self.assertEqual((mail.email_to, len(mail.recipient_ids)), ('"Bert" <bert@example.com>', 0))

    def test_several_contacts_get_one_mail(self):
        notice = self.reminded(self.bert, self.anna)
        self.assertEqual(notice.recipient_ids, self.bert | self.anna)
        self.assertEqual(self.addresses(notice.mail_ids), [["Anna <anna@example.com>", "Bert <bert@example.com>"]])

    def test_who_is_marked_comes_first(self):
        self.anna.is_payment_contact = True
        notice = self.reminded(self.bert)
        self.assertEqual(notice.recipient_ids, self.anna)

    def test_the_address_for_invoices_then_the_company(self):
        self.assertEqual(self.reminded(self.customer).recipient_ids, self.robot)
        self.robot.active = False
        self.customer.email = "company@example.com"
        self.assertEqual(self.reminded(self.customer, day="2026-03-16").recipient_ids, self.customer)

    def test_nobody_without_an_address_by_which_it_can_go(self):
        """Archived, without e-mail, or marked: another is found; in the end nobody."""
        self.anna.is_payment_contact = True
        self.anna.active = False
        self.bert.email = False
        self.robot.is_wrong_addressee = True
        move = self.invoice(due="2026-03-02", partner_id=self.bert.id)
        self.assertEqual(self.code(move), "no_address")
        self.run_on(TODAY)
        self.assertEqual((self.current(move).code, self.notices(move).ids), ("no_address", []))
        self.env.flush_all()
        lines = self.env["call.list.line"].with_user(self.collector)
        line = lines.search([("res_model", "=", "res.partner"), ("partner_id", "=", self.customer.id)])
        self.assertEqual((line.kind, line.item_id), ("address", self.items(move)))
        self.assertIn("There is no e-mail address for reminders: ask for one", line.reason)
        self.customer.email = "company@example.com"
        self.run_on("2026-03-11")
        self.assertEqual(self.notices(move).recipient_ids, self.customer)

    def test_an_archived_debtor_has_its_address(self):
        self.customer.email = "company@example.com"
        self.robot.active = False
        move = self.invoice(due="2026-03-02")
        self.customer.active = False
        self.assertEqual(self.code(move), "reminded")
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual(
            (notice.recipient_ids, notice.mail_ids.email_to), (self.customer, '"Customer" <company@example.com>')
        )

    def test_a_customer_archived_while_its_notice_waits(self):
        notice = self.reminded(self.bert)
        (self.customer | self.bert).active = False
        self.assertEqual(notice.recipient_ids, self.robot)
        self.mails_due()
        self.assertEqual((notice.state, notice.mail_ids.email_to), ("queued", '"Robot" <robot@example.com>'))

    def test_copies(self):
        level = self.policy.level_ids[1]
        level.write({"cc_user_ids": [Command.set(self.collector.ids)], "copy_to_books": True})
        self.env.company.dunning_books_email = "books@example.com"
        self.collector.email = "collector@example.com"
        self.anna.is_payment_cc = True
        mail = self.reminded(self.bert).mail_ids
        for address in ("anna@example.com", "collector@example.com", "books@example.com"):
            self.assertIn(address, mail.email_cc)
        self.assertNotIn("bert", mail.email_cc)
        with self.assertRaisesRegex(ValidationError, "is no e-mail address"):
            self.env.company.dunning_books_email = "books"

    def test_an_address_that_two_have_is_written_once(self):
        self.anna.email = "Bert@example.com"
        self.assertEqual(self.reminded(self.bert, self.anna).mail_ids.email_to.lower().count("bert@example.com"), 1)

    def test_a_letter_needs_no_email(self):
        self.policy.level_ids[1].channel = "letter"
        self.robot.email = False
        notice = self.reminded(self.customer)
        self.assertEqual((notice.recipient_ids, notice._addressee()), (self.robot, self.robot))

    def test_an_anonymised_contact_is_named_nowhere(self):
        """Its address stood in the e-mails of its company's notices."""
        notice = self.reminded(self.bert)
        notice.mail_ids.state = "sent"
        self.env["l2c.anonymising"]._anonymise(self.bert)
        self.assertEqual((notice.state, notice.mail_ids.email_to), ("sent", False))

    def test_a_notice_that_lost_its_reader_finds_another(self):
        """A contact that was deleted while the notice waited for its moment."""
        self.policy.level_ids[1].requires_approval = True
        other = self.env["res.partner"].create(
            {"name": "Gone", "parent_id": self.customer.id, "email": "g@example.com"}
        )
        other.is_payment_contact = True
        notice = self.reminded(self.bert)
        self.assertEqual(notice.recipient_ids, other)
        other.unlink()
        notice.action_approve()
        self.mails_due()
        self.assertEqual((notice.recipient_ids, notice.mail_ids.email_to), (self.bert, '"Bert" <bert@example.com>'))


@tagged("post_install", "-at_install")
class TestLanguage(RecipientCase):
    def letter(self, notice):
        return self.env["report.lead_to_cash.dunning_letter"]._letters(notice, {})[0]

    def test_the_first_readers_for_mail_letter_page_and_statement(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.customer.lang, self.bert.lang = "en_US", "ro_RO"
        self.policy.level_ids[1].with_context(lang="ro_RO").name = "Prima"
        notice = self.reminded(self.bert)
        self.assertIn("Prima", notice.mail_ids.subject)
        self.assertEqual((self.letter(notice)["lang"], notice._page_lang()), ("ro_RO", "ro_RO"))
        statements = self.env["report.lead_to_cash.statement"]
        self.assertEqual(statements._letters(self.customer, {"lang": notice._lang()})[0]["lang"], "ro_RO")

    def test_a_recipient_without_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.bert.lang = False
        notice = self.reminded(self.bert)
        self.customer.lang = "ro_RO"
        self.assertEqual(notice._lang(), "ro_RO")
        self.customer.lang = False
        self.env.company.partner_id.lang = "ro_RO"
        self.assertEqual(notice._lang(), "ro_RO")


@tagged("post_install", "-at_install")
class TestChoosing(RecipientCase):
    def test_another_reader_is_another_mail(self):
        notice = self.reminded(self.bert)
        old = notice.mail_ids
        with Form(notice.with_user(self.collector)) as form:
            form.recipient_ids.remove(self.bert.id)
            form.recipient_ids.add(self.anna)
        self.assertEqual((old.state, notice.state, notice.mail_ids.ids), ("cancel", "queued", []))
        self.mails_due()
        self.assertEqual(self.addresses(notice.mail_ids), [["Anna <anna@example.com>"]])

    def test_who_chose_whom_is_kept(self):
        notice = self.reminded(self.bert)
        self.env.flush_all()
        self.env.cr.precommit.run()
        notice.with_user(self.collector).with_context(tracking_disable=False).recipient_ids = self.anna
        self.env.flush_all()
        self.env.cr.precommit.run()
        change = notice.message_ids.tracking_value_ids
        before, after = self.bert.display_name, self.anna.display_name
        self.assertEqual((change.old_value_char, change.new_value_char), (before, after))
        self.assertEqual(change.mail_message_id.author_id, self.collector.partner_id)

    def test_the_first_is_the_first_at_once(self):
        """What the form shows right after saving is what will be sent."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = "fr_FR"
        notice = self.reminded(self.bert)
        notice.with_user(self.collector).recipient_ids = [Command.link(self.anna.id)]
        self.assertEqual((notice.recipient_ids.ids, notice._lang()), ([self.anna.id, self.bert.id], "fr_FR"))

    def test_a_colleague_may_read_it(self):
        notice = self.reminded(self.bert)
        self.collector.email = "collector@example.com"
        notice.with_user(self.collector).cc_ids = self.collector.partner_id
        self.mails_due()
        self.assertIn("collector@example.com", notice.mail_ids.email_cc)

    def test_nobody_else(self):
        notice = self.reminded(self.bert).with_user(self.collector)
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@example.com"})
        for name in ("recipient_ids", "cc_ids"):
            with self.assertRaisesRegex(ValidationError, "Stranger is neither a contact of Customer nor a colleague"):
                notice[name] = stranger
        self.anna.is_wrong_addressee = True
        with self.assertRaisesRegex(UserError, "No e-mail about Customer goes to Customer, Anna"):
            notice.recipient_ids = self.anna

    def test_not_any_more(self):
        notice = self.reminded(self.bert).with_user(self.collector)
        notice.sudo().mail_ids.state = "sent"
        with self.assertRaisesRegex(UserError, "can't be chosen any more. What was sent stays"):
            notice.recipient_ids = self.anna
        clerk = self.user("recipient_clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            notice.with_user(clerk).recipient_ids = self.anna

    def test_while_it_waits_for_approval(self):
        self.policy.level_ids[1].requires_approval = True
        notice = self.reminded(self.bert)
        notice.with_user(self.collector).recipient_ids = self.anna
        notice.action_approve()
        self.mails_due()
        self.assertEqual(self.addresses(notice.mail_ids), [["Anna <anna@example.com>"]])
