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
