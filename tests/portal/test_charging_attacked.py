"""Charges to saved cards, while customers, invoices and cards change between the announcement and the money."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .charging import ChargeCase

DUE, ANNOUNCED = "2026-03-24", "2026-03-10"


class AttackedCase(ChargeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due=DUE)
        cls.agreed = cls.given.consent()

    def change(self, **values):
        """The invoice is reset to draft, changed, and posted again."""
        self.move.button_draft()
        self.move.write(values)
        self.move.action_post()

    def begun(self, charge):
        """The provider is being asked, and the server stops."""
        at = charge.with_company(charge.company_id).with_context(l2c_today=f"{charge.date} 12:00:00")
        self.assertTrue(at._begin(charge.amount))


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestChargingAttacked(AttackedCase):
    def test_customers_who_are_merged(self):
        """Of two consents the one of who stays goes on; what the other had announced is announced anew."""
        other = self.env["res.partner"].create({"name": "The same", "email": "other@example.com"})
        contact = self.user("portal_other", "base.group_portal")
        contact.partner_id.write({"parent_id": other.id, "email": "another@example.com"})
        theirs = self.invoice(partner_id=other.id, due=DUE)
        agreed = self.consent(contact=contact, card=self.save_card(contact.partner_id))
        self.charge(ANNOUNCED)
        both = (self.customer | other).ids
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        wizard.create({"partner_ids": both, "dst_partner_id": self.customer.id, "state": "selection"}).action_merge()
        self.env.invalidate_all()
        self.assertEqual((self.agreed.state, agreed.state, agreed.partner_id), ("active", "withdrawn", self.customer))
        self.assertEqual(self.charges(theirs).mapped("state"), ["cancelled"])
        self.charge("2026-03-11")
        self.assertEqual([(row.state, row.consent_id) for row in self.charges(theirs)][-1], ("announced", self.agreed))

    def test_another_currency_than_announced(self):
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.charge(ANNOUNCED)
        [charge] = self.charges(self.move)
        self.change(currency_id=currency.id)
        self.charge(DUE)
        self.assertFalse(charge.transaction_id)
        self.assertEqual((charge.state, charge.reason), ("cancelled", "nothing"))
        self.assertEqual(self.charges(self.move)[-1].currency_id, currency)

    def test_the_days_that_were_agreed(self):
        """Who agreed to 14 days is told 14 days before, whatever the settings say later."""
        self.env.company.charge_notice_days = 1
        self.charge(ANNOUNCED)
        self.assertEqual(self.charges(self.move).mapped("state"), ["announced"])
        late = self.invoice(due="2026-03-11")
        self.charge(ANNOUNCED, "13:00:00")
        self.assertEqual(str(self.charges(late).date), "2026-03-24")

    def test_an_invoice_whose_instalment_may_have_been_charged(self):
        self.agreed._withdraw()
        plan = self.dialog().save()
        self.consent(plan)
        self.charge(TODAY)
        first = self.charges(plan)[:1]
        self.begun(first)
        plan.action_cancel()
        self.consent()
        self.charge("2026-03-20")
        self.assertFalse(self.charges(self.move))
        first.with_user(self.collector).action_was_charged()
        self.charge("2026-03-21")
        self.assertEqual((first.state, self.charges(self.move).amount), ("done", 100 - first.amount))

    def test_two_due_dates_of_an_invoice(self):
        """Each is charged on its day, and pays itself."""
        move = self.invoice(invoice_payment_term_id=self.half_later().id, invoice_date=DUE)
        self.charge(ANNOUNCED)
        self.charge(DUE)
        [first] = self.charges(move)
        self.says(first, "done")
        self.charge(DUE, "13:00:00")
        items = self.items(move).sorted("date_maturity")
        self.assertEqual(items.mapped("amount_residual"), [0, 50])
        self.charge("2026-06-10")
        second = self.charges(move) - first
        self.assertEqual((second.move_line_id, second.amount, str(second.date)), (items[1], 50, "2026-06-24"))

    def test_a_card_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other", "charges_saved_cards": True})
        consents, partner = self.env["payment.consent"], self.contact.partner_id
        self.assertEqual(consents._cards(self.env.company, partner), self.card)
        self.assertFalse(consents._cards(other, partner))


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAnnouncedAttacked(AttackedCase):
    """What changes after the announcement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.charge(ANNOUNCED)

    def test_confirmed_late_after_another_was_announced(self):
        """The money of the first try counts, and the second is moot."""
        [first] = self.charges(self.move)
        self.charge(DUE)
        self.charge(DUE, "14:00:00")
        self.charge("2026-04-20")
        self.assertEqual((first.state, first.reason), ("failed", "unconfirmed"))
        self.agreed._withdraw()
        self.consent()
        self.charge("2026-04-20", "13:00:00")
        second = self.charges(self.move) - first
        self.assertEqual(second.state, "announced")
        self.says(first, "done")
        self.charge("2026-04-21")
        self.assertEqual((first.state, second.state), ("done", "cancelled"))
        self.assertEqual(self.move.amount_residual, 0)

    def test_declined_and_yet_paid(self):
        """A provider that says late that the money came, after a last decline."""
        [charge] = self.charges(self.move)
        for _attempt in range(3):
            self.charge(str(charge.date))
            self.says(charge, "error")
            self.charge(str(charge.date), "13:00:00")
        self.assertEqual((charge.state, charge.reason), ("failed", "declined"))
        self.says(charge, "done")
        self.charge("2026-04-05")
        self.assertEqual(charge.state, "done")
        self.assertEqual(self.move.amount_residual, 0)

    def test_more_than_announced(self):
        self.change(invoice_line_ids=[Command.update(self.move.invoice_line_ids.id, {"price_unit": 300})])
        self.charge(DUE)
        self.assertEqual(self.charges(self.move).transaction_id.mapped("amount"), [100])

    def test_a_contact_who_has_left(self):
        """A card is its owner's: who works for another customer now doesn't pay for this one."""
        self.contact.partner_id.parent_id = self.env["res.partner"].create({"name": "Another employer"})
        self.charge(DUE)
        [charge] = self.charges(self.move)
        self.assertFalse(charge.transaction_id)
        self.assertEqual((charge.state, charge.reason), ("failed", "unusable"))
        self.invoice(due="2026-04-01")
        self.charge("2026-03-25")
        self.assertEqual(self.agreed.state, "withdrawn", "nothing else is announced")

    def test_a_contact_who_was_archived(self):
        self.charge(ANNOUNCED)
        self.contact.active = False
        self.contact.partner_id.active = False
        self.charge(DUE)
        [charge] = self.charges(self.move)
        self.assertEqual((charge.transaction_id.ids, charge.state, charge.reason), ([], "failed", "unusable"))

    def test_anonymising_the_contact(self):
        self.contact.active = False
        self.contact.partner_id.with_user(self.env.ref("base.user_admin"))._anonymise()
        self.env.invalidate_all()
        self.assertFalse(self.card.active)
        self.assertEqual((self.agreed.state, self.agreed.agreed_from, self.agreed.card), ("withdrawn", False, False))
        self.assertFalse(self.card.payment_details)
        self.assertEqual(self.charges(self.move).mapped("state"), ["cancelled"])

    def test_items_deleted_while_being_charged(self):
        """What the provider was asked for isn't forgotten with the line of the invoice."""
        self.charge(DUE)
        [charge] = self.charges(self.move)
        self.assertEqual(charge.state, "pending")
        self.move.button_draft()
        with self.assertRaisesRegex(UserError, "being charged"):
            self.move.with_context(force_delete=True).unlink()
        self.assertTrue(charge.exists())

    def test_a_charge_that_is_refunded(self):
        self.charge(DUE)
        [charge] = self.charges(self.move)
        self.says(charge, "done")
        self.charge(DUE, "13:00:00")
        payment = charge.transaction_id.payment_id
        self.give_back(payment)
        self.assertEqual(self.move.amount_residual, 100)
        self.charge("2026-03-26")
        self.assertEqual(self.charges(self.move).mapped("state"), ["done"], "not again by itself")
        self.assertEqual(self.code(self.move, "2026-03-30"), "reminded")

    def test_a_plan_about_what_may_have_been_charged(self):
        """As long as nobody knows whether an invoice was charged, its instalments aren't."""
        [charge] = self.charges(self.move)
        self.begun(charge)
        plan = self.dialog().save()
        self.consent(plan)
        self.charge(DUE, "14:00:00")
        self.assertTrue(charge.is_unclear)
        self.assertFalse(self.charges(plan))
        charge.with_user(self.collector).action_was_not_charged()
        self.charge("2026-03-25")
        self.assertEqual(charge.state, "cancelled")
        self.assertEqual(set(self.charges(plan).mapped("state")), {"announced"})
