"""What we owe a customer, who is our vendor, too: shown before reminding; a policy can let it hold reminders."""

from odoo import Command
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase

DUE = "2026-03-02"


@tagged("post_install", "-at_install")
class TestNetPosition(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.net_position = "hold"
        cls.move = cls.given.invoice(due=DUE)

    def bill(self, amount=100.0, **values):
        return self.invoice(move_type="in_invoice", amount=amount, due="2026-03-30", **values)

    def test_what_we_owe_covers_the_oldest(self):
        younger = self.invoice(due="2026-03-03")
        self.bill(120.0)
        item = self.preview(self.move)
        self.assertEqual((item.code, item.sentence), ("net_position", "We owe the customer as much."))
        self.assertEqual(self.code(younger), "reminded", "it isn't wholly covered")
        self.bill(80.0)
        self.assertEqual(self.code(younger), "net_position")

    def test_only_where_the_policy_says_so(self):
        self.bill()
        self.policy.net_position = "show"
        self.assertEqual(self.code(self.move), "reminded")

    def test_with_credit_and_money_on_its_way(self):
        self.invoice(move_type="out_refund", amount=50.0)
        self.bill(50.0)
        self.assertEqual(self.code(self.move), "net_position")
        self.invoice(move_type="out_refund", amount=50.0)
        self.assertEqual(self.code(self.move), "covered_by_credit")

    def test_what_does_not_count(self):
        other = self.env["res.partner"].create({"name": "Other"})
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.bill(partner_id=other.id)
        self.bill(currency_id=euro.id)
        self.bill(post=False)
        self.pay(self.bill())
        self.assertEqual(self.code(self.move), "reminded")

    def test_bills_of_a_contact_count_for_its_company(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.bill(partner_id=contact.id)
        self.assertEqual(self.code(self.move), "net_position")

    def test_a_notice_claims_what_is_not_covered(self):
        younger = self.invoice(due="2026-03-03", amount=70.0)
        self.bill(100.0)
        self.run_on(TODAY)
        notice = self.notices(younger)
        self.assertEqual((notice.line_ids.move_id, notice.amount_due), (younger, 70.0))
        self.assertEqual(self.current(self.move).code, "net_position")

    def test_a_bill_takes_back_what_waits(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.assertEqual(notice.state, "queued")
        draft = self.bill(post=False)
        self.assertEqual(notice.state, "queued")
        draft.action_post()
        self.assertEqual(notice.state, "cancelled")

    def test_another_company_owes_for_itself(self):
        other = self.env["res.company"].create({"name": "Other company"})
        payable = self.env["account.account"].create(
            {
                "name": "Payable",
                "code": "P1",
                "account_type": "liability_payable",
                "company_ids": [Command.set(other.ids)],
            }
        )
        expense = payable.copy({"code": "E1", "account_type": "expense", "company_ids": [Command.set(other.ids)]})
        journal = self.env["account.journal"].create(
            {"name": "Misc", "code": "M1", "type": "general", "company_id": other.id}
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": payable.id, "partner_id": self.customer.id, "credit": 100}),
                    Command.create({"account_id": expense.id, "debit": 100}),
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self.code(self.move), "reminded")
        self.assertEqual(self.customer.owed_to_customer, 0)
        self.assertEqual(self.customer.with_company(other).owed_to_customer, 100)


@tagged("post_install", "-at_install")
class TestShown(RunCase):
    """Where reminders go on, a person sees it first."""

    def test_on_the_notice_to_approve_and_on_the_customer(self):
        self.policy.level_ids.requires_approval = True
        euro = self.env.ref("base.EUR")
        euro.active = True
        move, abroad = self.invoice(due=DUE), self.invoice(due=DUE, currency_id=euro.id)
        self.invoice(move_type="in_invoice", amount=60.0)
        self.invoice(move_type="in_invoice", amount=5.0)
        self.run_on(TODAY)
        notice = self.notices(move)
        self.assertEqual((notice.state, notice.amount_due, notice.owed_to_customer), ("to_approve", 100.0, 65.0))
        self.assertEqual(self.notices(abroad).owed_to_customer, 0, "in its own currency")
        self.assertEqual(self.customer.owed_to_customer, 65.0)
        for record in (notice, self.customer):
            with Form(record) as form:
                self.assertEqual(form.owed_to_customer, 65.0)

    def test_the_policy_says_what_it_does(self):
        self.assertEqual(self.policy.net_position, "show")
        with Form(self.policy) as form:
            form.net_position = "hold"
        log = self.env["l2c.audit.log"].search([("field_name", "=", "net_position")])
        self.assertEqual(log.new_text, "Holds reminders")
