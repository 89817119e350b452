"""Who tries to have reminders go elsewhere, or to write what decides it."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import TODAY
from .test_recipients import RecipientCase


@tagged("post_install", "-at_install")
class TestAttackRecipients(RecipientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls.user("recipient_stranger", "lead_to_cash.group_collections_user,base.group_partner_manager")
        cls.stranger.write({"company_ids": [Command.set(cls.other.ids)], "company_id": cls.other.id})
        cls.stranger.email = "stranger@example.com"

    def test_a_contact_of_another_company(self):
        """Its company alone sees it: whoever reminds doesn't."""
        theirs = (
            self.env["res.partner"]
            .with_user(self.stranger)
            .create(
                {
                    "name": "Theirs",
                    "parent_id": self.customer.id,
                    "email": "theirs@example.com",
                    "company_id": self.other.id,
                    "is_payment_contact": True,
                    "is_payment_cc": True,
                }
            )
        )
        self.assertEqual(theirs.company_id, self.other)
        with self.assertRaises(AccessError):
            theirs.with_user(self.collector).check_access("read")
        notice = self.reminded(self.bert)
        self.assertEqual((notice.recipient_ids, notice.cc_ids.ids), (self.bert, []))
        with self.assertRaisesRegex(UserError, "neither a contact of Customer nor a colleague"):
            notice.recipient_ids = theirs.sudo()
        theirs.company_id = False
        notice.recipient_ids = theirs.sudo()
        theirs.company_id = self.other
        self.assertEqual(notice.recipient_ids, self.bert)

    def test_a_colleague_of_another_company_gets_no_copy(self):
        self.policy.level_ids[1].cc_user_ids = self.stranger
        notice = self.reminded(self.bert)
        self.assertFalse(notice.cc_ids)
        notice.with_user(self.collector).recipient_ids = self.anna

    def test_who_left_our_company(self):
        self.collector.email = "collector@example.com"
        notice = self.reminded(self.bert)
        notice.with_user(self.collector).cc_ids = self.collector.partner_id
        self.collector.write({"company_ids": [Command.set(self.other.ids)], "company_id": self.other.id})
        self.mails_due()
        self.assertFalse(notice.mail_ids.email_cc)

    def test_who_became_a_company_of_its_own(self):
        notice = self.reminded(self.bert)
        self.bert.is_company = True
        self.assertEqual(notice.recipient_ids, self.robot)


@tagged("post_install", "-at_install")
class TestAttackFacts(RecipientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.user("recipient_clerk", "account.group_account_invoice")

    def told(self, move):
        """What is decided about an invoice by the preview, and by a run, with all its days."""
        row = self.preview(move).read(["code", "next_date", "sentence"])[0]
        self.run_on(TODAY)
        self.current(move).read(["next_date", "sentence"])
        return row["code"], row["next_date"]

    def test_no_end_of_time_stops_a_run(self):
        """9999-12-31 is what people write for ever; a day after it nobody can read."""
        last = date(9999, 12, 31)
        move = self.invoice(due="2026-03-02")
        wizards = self.env["collection.action"].with_user(self.collector)
        values = {"kind": "pause", "res_model": "account.move", "res_ids": move.ids, "date": last, "reason": "x"}
        wizards.create(values).action_do()
        self.assertEqual(self.told(move), ("paused", last))
        move.with_user(self.collector).action_end_pause()
        self.customer.with_user(self.collector).sudo().dunning_hold_until = last
        self.assertEqual(self.told(move), ("on_hold", last))
        self.policy.level_ids[0].unlink()
        self.customer.dunning_hold_until = False
        self.assertEqual(self.told(self.invoice(due=last)), ("not_due", last))

    def test_an_online_payment_says_what_it_pays(self):
        """Who books payments writes them; what the customer has ticked, and how long they are awaited, nobody."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].create({"name": "Transfer"}).id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": "T",
                "amount": 100.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
            }
        )
        item = self.items(self.invoice(due="2026-03-02"))
        for values in ({"collection_item_ids": [Command.set(item.ids)]}, {"awaited_until": "2099-01-01"}):
            with self.subTest(values):
                with self.assertRaisesRegex(UserError, "can't be written directly"):
                    transaction.with_user(self.clerk).write(values)
                with self.assertRaisesRegex(UserError, "can't be written directly"):
                    transaction.with_user(self.clerk).create({**transaction.copy_data()[0], "reference": "U", **values})
        self.assertFalse(transaction.collection_item_ids)

    def test_what_an_invoice_says_of_itself(self):
        context = {
            "default_dunning_paused_until": "2030-01-01",
            "default_under_way": 100.0,
            "default_under_way_currency": 100.0,
            "default_payment_return_open": True,
        }
        move = self.env["account.move"].with_user(self.clerk).with_context(**context).create(self.invoice_values())
        item = self.items(move)
        for values in (
            {"dunning_paused_until": "2030-01-01"},
            {"dunning_pause_reason": "x"},
            {"line_ids": [Command.update(item.id, {"under_way_currency": 5.0})]},
            {"line_ids": [Command.update(item.id, {"unmatched_from_id": item.id})]},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "can't be written directly"):
                move.with_user(self.clerk).write(values)
        self.assertFalse(move.dunning_paused_until or item.under_way or item.payment_return_open)


@tagged("post_install", "-at_install")
class TestAttackOthers(RecipientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls.user("recipient_stranger", "lead_to_cash.group_collections_manager")
        cls.stranger.write({"company_ids": [Command.set(cls.other.ids)], "company_id": cls.other.id})
        cls.portal = cls.user("recipient_portal", "base.group_portal")
        cls.portal.partner_id.write({"parent_id": cls.customer.id, "email": "p@example.com"})

    def refused(self, work):
        with self.assertRaises(AccessError):
            work()

    def test_another_company(self):
        """Its manager may all of this with their own notices, invoices and runs."""
        notice = self.reminded(self.bert)
        move = notice.line_ids.move_line_id.move_id
        theirs = notice.with_user(self.stranger)
        self.refused(lambda: theirs.write({"recipient_ids": [Command.link(self.stranger.partner_id.id)]}))
        self.refused(lambda: theirs.write({"copies_to_books": True}))
        self.refused(lambda: theirs.read(["recipient_ids", "owed_to_customer", "mail_subject"]))
        self.refused(lambda: notice.run_id.with_user(self.stranger).action_release())
        self.refused(move.with_user(self.stranger).action_pause)
        self.refused(move.with_user(self.stranger).action_end_pause)
        self.refused(move.line_ids.with_user(self.stranger).action_pause)
        self.refused(move.with_user(self.stranger).action_payment_returned)
        wizards = self.env["collection.reminder"].with_user(self.stranger)
        for records in (notice, move):
            wizard = wizards.create({"res_model": records._name, "res_ids": records.ids})
            self.refused(lambda wizard=wizard: wizard.read(["plan"]))
            self.refused(wizard.action_send)
        pause = {"kind": "pause", "date": "2030-01-01", "reason": "x", "res_model": "account.move", "res_ids": move.ids}
        self.refused(lambda: self.env["collection.action"].with_user(self.stranger).create(pause).action_do())
        self.assertFalse(move.dunning_paused_until)
        payment = self.pay(move)
        back = {"payment_id": payment.id, "reason": "x"}
        self.refused(lambda: self.env["payment.return"].with_user(self.stranger).create(back).action_return())
        self.assertNotEqual(payment.state, "rejected")

    def test_a_shared_customer_in_the_others_plan(self):
        """Whose invoices are ours alone has nothing open there."""
        self.invoice(due="2026-03-02", amount=7777.0)
        values = {"res_model": "res.partner", "res_ids": self.customer.ids}
        wizard = self.env["collection.reminder"].with_user(self.stranger).create(values)
        self.assertNotIn("7,777", str(wizard.plan))
        self.assertEqual(wizard.notice_count, 0)

    def test_a_customer(self):
        notice = self.reminded(self.portal.partner_id)
        move = notice.line_ids.move_line_id.move_id.with_user(self.portal)
        move.check_access("read")
        self.refused(move.action_pause)
        self.refused(move.action_end_pause)
        self.refused(move.action_payment_returned)
        for name in ("dunning_paused_until", "dunning_pause_reason", "dunning_level_id"):
            self.refused(lambda name=name: move.read([name]))
            self.refused(lambda name=name: move.search([(name, "!=", False)]))
        contact = self.portal.partner_id.with_user(self.portal)
        for name in ("is_payment_contact", "owed_to_customer", "withholding_rate", "is_wrong_addressee"):
            self.refused(lambda name=name: contact.read([name]))

    def test_who_worked_here_once(self):
        notice = self.reminded(self.bert)
        self.collector.partner_id.email = "private@example.com"
        self.collector.active = False
        colleague = self.user("recipient_second", "lead_to_cash.group_collections_user")
        for context in ({}, {"active_test": False}):
            with self.assertRaises(UserError):
                notice.with_user(colleague).with_context(**context).cc_ids = self.collector.partner_id
        with self.assertRaisesRegex(UserError, "nor a colleague"):
            notice.with_user(colleague).cc_ids = self.portal.partner_id.copy({"parent_id": False})

    def test_a_colleague_releases_nothing(self):
        notice = self.reminded(self.bert)
        run = notice.run_id.with_user(self.collector)
        for work in (run.action_release, run.action_run_now, run.action_run, run.action_stop):
            self.refused(work)
        self.refused(lambda: run.create({"date": TODAY}))

    def test_who_left_the_customer_reads_no_mail_that_was_for_them(self):
        """A login of theirs reads what names them, by its id."""
        notice = self.reminded(self.portal.partner_id)
        message = notice.mail_ids.mail_message_id
        self.portal.partner_id.parent_id = False
        self.env.invalidate_all()
        self.assertNotEqual(notice.recipient_ids, self.portal.partner_id)
        self.refused(lambda: message.with_user(self.portal).read(["body"]))
