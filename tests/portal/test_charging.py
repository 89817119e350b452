"""Charges to saved cards: announced, made once, declined, confirmed, stopped; and what is never charged."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger
from psycopg2 import IntegrityError

from ..common import TODAY
from .charging import ChargeCase

DUE, ANNOUNCED = "2026-03-24", "2026-03-10"


class InvoiceCase(ChargeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due=DUE)
        cls.agreed = cls.given.consent()

    def one(self, move=None):
        [charge] = self.charges(move or self.move)
        return charge

    def against(self):
        """{what stands against charging the invoice: how it comes about}"""
        statement = {
            "journal_id": self.env["account.journal"].search([("type", "=", "bank")], limit=1).id,
            **{"date": ANNOUNCED, "amount": 200, "payment_ref": "x", "partner_id": self.customer.id},
        }
        dispute = {"partner_id": self.customer.id, "note": "x", "move_line_ids": self.items(self.move).ids}
        hold = {"dunning_hold_until": "2026-12-31", "dunning_hold_reason": "x"}
        pause = "UPDATE account_move SET dunning_paused_until = '2026-12-31' WHERE id = %s"
        return {
            "disputed": lambda: self.env["dunning.dispute"].create(dispute),
            "promised": lambda: self.promise(self.move, move_line_ids=self.items(self.move).ids),
            "covered": lambda: self.invoice(move_type="out_refund", amount=200),
            "on its way": lambda: self.env["account.bank.statement.line"].create(statement),
            "excluded": lambda: self.items(self.move).write({"no_followup": True}),
            "on hold": lambda: self.customer.write(hold),
            "insolvent": lambda: self.customer.write({"collection_state": "insolvency"}),
            "paused": lambda: self.env.cr.execute(pause, [self.move.id]),
        }


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestInvoices(InvoiceCase):
    def test_what_is_kept(self):
        agreed = self.agreed
        self.assertEqual((agreed.scope, agreed.state, agreed.card), ("invoices", "active", self.card.display_name))
        self.assertEqual((agreed.agreed_from, agreed.agreed_by_id), ("127.0.0.1", self.contact.partner_id))
        self.assertEqual(str(agreed.agreed_on), f"{TODAY} 12:00:00")
        self.assertIn("14 days before", agreed.text)
        self.assertEqual(self.consent(), agreed, "once")

    def test_announced_charged_and_paid(self):
        self.charge("2026-03-09")
        self.assertFalse(self.charges(self.move), "not sooner than the settings say")
        self.charge(ANNOUNCED)
        charge = self.one()
        self.assertEqual((charge.state, charge.amount, str(charge.date)), ("announced", 100, DUE))
        self.assertEqual(charge.letter_id.state, "sent")
        said = html2plaintext(charge.letter_id.mail_id.body_html).replace("\xa0", " ")
        for text in (self.move.name, "03/24/2026", "$ 100.00", "4242", "/my/charging/"):
            self.assertIn(text, said)
        self.assertEqual(charge.letter_id.recipient_ids, self.customer)
        self.assertEqual(self.code(self.move, "2026-03-20"), "charged")
        self.assertIn("03/24/2026", self.preview(self.move, "2026-03-20").sentence)
        self.charge(ANNOUNCED)
        self.charge("2026-03-23")
        self.assertFalse(charge.transaction_id)
        self.charge(DUE)
        self.assertEqual((charge.state, charge.attempts, charge.is_answered), ("pending", 1, True))
        transaction = charge.transaction_id
        self.assertEqual((transaction.amount, transaction.token_id, transaction.operation), (100, self.card, "offline"))
        self.assertEqual(self.code(self.move, "2026-03-30"), "charged")
        self.says(charge, "done")
        self.charge(DUE, "13:00:00")
        self.assertEqual(charge.state, "done")
        self.assertIn(self.move.payment_state, ("paid", "in_payment"))
        self.assertFalse(self.items(self.move).left_currency)
        self.charge(DUE, "14:00:00")
        self.assertEqual(self.env["payment.transaction"].search_count([("token_id", "=", self.card.id)]), 1)
        self.assertEqual(self.told_kinds(self.move)[0], "charge_announced")
        self.assertIn("Charged to the saved card", "".join(self.move.message_ids.mapped("body")))

    def test_written_by_whose_invoice_it_is(self):
        seller = self.user("invoices_it", "sales_team.group_sale_salesman")
        seller.email = "seller@example.com"
        self.customer.collector_id = False
        self.move.invoice_user_id = seller
        self.charge(ANNOUNCED)
        letter = self.one().letter_id
        self.assertEqual((letter.user_id, letter.mail_id.email_from), (seller, seller.email_formatted))

    def test_no_address(self):
        self.customer.email = False
        self.charge(ANNOUNCED)
        self.assertEqual((self.one().state, self.one().reason), ("failed", "unannounced"))
        self.charge(DUE)
        self.assertFalse(self.one().transaction_id)

    def test_not_before_the_customer_knows(self):
        self.cron(("payment.charge", "_cron_charge"), ANNOUNCED)
        self.cron(("payment.charge", "_cron_charge"), DUE)
        self.assertEqual(self.one().state, "announced")
        self.one().letter_id.problem = "Came back"
        self.cron(("payment.charge", "_cron_charge"), DUE)
        self.assertEqual((self.one().state, self.one().reason), ("failed", "unannounced"))

    def test_paid_meanwhile(self):
        other = self.invoice(due=DUE)
        self.charge(ANNOUNCED)
        self.pay(self.move)
        self.pay(other, 30)
        self.charge(DUE)
        self.assertEqual((self.one().state, self.one().reason), ("cancelled", "nothing"))
        self.assertEqual((self.one(other).state, self.one(other).amount), ("pending", 70))

    def test_never_announced(self):
        for name, happens in self.against().items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                happens()
                self.charge(ANNOUNCED)
                self.assertFalse(self.charges(self.move))
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_credit_takes_off_the_oldest(self):
        younger, _other = self.invoices([{"due": "2026-03-24"}, {"move_type": "out_refund", "amount": 130}])
        self.charge(ANNOUNCED)
        self.assertFalse(self.charges(self.move))
        self.assertEqual(self.one(younger).amount, 70)

    def test_overdue_ones_are_announced_first(self):
        old = self.invoice(due="2026-02-20")
        self.charge(ANNOUNCED)
        self.assertEqual(str(self.one(old).date), DUE)
        self.assertEqual(self.one(old).letter_id, self.one().letter_id, "one e-mail for both")

    def test_stopped_in_the_middle(self):
        """Nobody knows whether the provider was asked: nothing is asked again, and somebody looks it up."""
        for button, state in (("action_was_charged", "done"), ("action_was_not_charged", "announced")):
            with self.subTest(button):
                move = self.invoice(due=DUE)
                self.charge(ANNOUNCED)
                charge = self.one(move)
                at = charge.with_company(charge.company_id).with_context(l2c_today=f"{DUE} 12:00:00")
                self.assertTrue(at._begin(100))  # and then the server stops
                self.charge(DUE, "12:30:00")
                self.assertFalse(charge.is_unclear)
                self.charge(DUE, "13:30:00")
                self.assertTrue(charge.is_unclear)
                self.assertEqual((charge.state, charge.transaction_id.state), ("pending", "draft"))
                told = len(self.told())
                self.charge("2026-03-25")
                self.assertEqual((charge.attempts, len(self.told())), (1, told))
                with self.assertRaises(AccessError):
                    getattr(charge.with_user(self.user(f"i_{button}", "account.group_account_invoice")), button)()
                with mute_logger("odoo.addons.payment.models.payment_transaction"):
                    getattr(charge.with_user(self.collector), button)()
                self.assertEqual(charge.state, state)
                with self.assertRaises(UserError):
                    getattr(charge.with_user(self.collector), button)()

    def test_settings(self):
        for days in (0, -1, 61):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env.company.charge_notice_days = days
        self.env.company.charge_notice_days = 3
        self.agreed._withdraw()
        self.consent()
        self.charge(ANNOUNCED)
        self.assertFalse(self.charges(self.move))
        self.charge("2026-03-21")
        self.assertEqual(self.one().state, "announced")


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAnnounced(InvoiceCase):
    """What becomes of a charge that was announced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.charge(ANNOUNCED)

    def test_declined_twice_more_then_reminded(self):
        charge, day = self.one(), fields.Date.to_date(DUE)
        for attempt in (1, 2, 3):
            self.charge(str(day))
            self.assertEqual((charge.state, charge.attempts), ("pending", attempt))
            self.says(charge, "error", "No funds")
            self.charge(str(day), "13:00:00")
            if attempt < 3:
                self.assertEqual((charge.state, charge.date), ("announced", day + timedelta(days=3)))
                self.assertEqual(self.code(self.move, str(day)), "charged")
                day = charge.date
        self.assertEqual((charge.state, charge.reason, charge.error), ("failed", "declined", "No funds"))
        self.assertEqual(
            self.told_kinds(self.move), ["charge_announced", "charge_again", "charge_again", "charge_failed"]
        )
        self.assertEqual(
            len(set(self.env["payment.transaction"].search([("token_id", "=", self.card.id)]).mapped("reference"))), 3
        )
        self.assertNotEqual(self.code(self.move, "2026-04-05"), "charged")
        self.assertIn(self.move, self.run_on("2026-04-06").notice_ids.line_ids.move_line_id.move_id)
        self.charge("2026-04-07")
        self.assertEqual(len(self.charges(self.move)), 1, "not again by the same consent")
        self.assertIn("could not be charged", " ".join(self.told().mapped("summary")))

    def test_the_bank_wants_confirmation(self):
        charge = self.one()
        self.charge(DUE)
        self.charge(DUE, "13:30:00")
        self.assertEqual(self.told_kinds(self.move), ["charge_announced", "charge_confirm"])
        letter = self.env["account.letter"].search([("kind", "=", "charge_confirm")])
        self.assertIn(f"/my/invoices/{self.move.id}", letter.mail_id.body_html)
        self.says(charge, "pending")
        self.charge(DUE, "14:00:00")
        self.charge("2026-03-25")
        self.assertEqual((charge.state, charge.attempts), ("pending", 1))
        self.assertEqual(len(self.told_kinds(self.move)), 2, "once")
        self.assertEqual(self.code(self.move, "2026-03-25"), "charged")
        self.charge("2026-04-20")
        self.assertEqual((charge.state, charge.reason), ("failed", "unconfirmed"))
        self.assertNotEqual(self.code(self.move, "2026-04-20"), "charged")
        self.says(charge, "done")
        self.charge("2026-04-21")
        self.assertEqual(charge.state, "done", "money that comes late came")

    def test_withdrawn_in_between(self):
        self.agreed._withdraw(address="10.0.0.1")
        charge = self.one()
        self.assertEqual((charge.state, charge.reason), ("cancelled", "withdrawn"))
        self.assertEqual((self.agreed.state, self.agreed.withdrawn_from), ("withdrawn", "10.0.0.1"))
        self.charge(DUE)
        self.assertFalse(charge.transaction_id)
        again = self.consent()
        self.assertNotEqual(again, self.agreed)
        self.charge(DUE)
        self.assertEqual(self.charges(self.move).mapped("state"), ["cancelled", "announced"])

    def test_removing_the_card_withdraws(self):
        self.card.with_user(self.contact).sudo().active = False
        self.assertEqual((self.agreed.state, self.one().state), ("withdrawn", "cancelled"))
        self.assertEqual(self.agreed.withdrawn_by_id, self.contact.partner_id)

    def test_a_provider_that_is_off(self):
        self.provider.is_published = False
        self.charge(DUE)
        self.assertEqual((self.one().state, self.one().reason), ("failed", "unusable"))
        self.assertFalse(self.one().transaction_id)

    def test_switched_off(self):
        self.env.company.charges_saved_cards = False
        self.charge("2026-03-11")
        self.assertEqual((self.one().state, self.one().reason), ("cancelled", "off"))
        self.charge(DUE)
        self.assertEqual(len(self.charges(self.move)), 1)

    def test_long_after_the_day_it_is_announced_anew(self):
        self.charge("2026-04-02")
        self.assertEqual((self.one().state, str(self.one().date)), ("announced", "2026-04-05"))
        self.charge("2026-04-05")
        self.assertEqual(self.one().state, "pending")

    def test_never_charged(self):
        for name, happens in self.against().items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                happens()
                self.charge(DUE)
                self.assertEqual((self.one().state, self.one().reason), ("cancelled", "nothing"))
                self.assertFalse(self.one().transaction_id)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_stopped_by_a_person(self):
        charge = self.one().with_user(self.collector)
        charge.action_stop()
        self.assertEqual((charge.state, charge.reason), ("cancelled", "stopped"))
        with self.assertRaises(UserError):
            charge.action_stop()
        self.charge("2026-03-11")
        self.assertEqual(self.charges(self.move).mapped("state"), ["cancelled"], "not announced again")

    def test_one_row_of_an_item(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.one().copy({"move_line_id": self.one().move_line_id.id})


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestPlans(ChargeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.agreed_plan = cls.given.dialog().save()  # 33.34, 33.33, 33.33 on the 17th of three months
        cls.agreed = cls.given.consent(cls.agreed_plan)

    def test_each_instalment(self):
        for text in ("03/17/2026", "33.34", "05/17/2026", "14 days before"):
            self.assertIn(text, self.agreed.text)
        self.charge(TODAY)
        [first] = self.charges(self.agreed_plan)
        self.assertEqual((first.state, first.amount, str(first.date)), ("announced", 33.34, "2026-03-17"))
        self.follow("2026-03-14")
        self.assertNotIn("instalment", self.letters(self.agreed_plan).mapped("kind"), "announced once")
        self.charge("2026-03-17")
        self.says(first, "done")
        self.charge("2026-03-17", "13:00:00")
        self.assertEqual(first.state, "done")
        self.nightly("2026-03-18")
        self.assertEqual(first.promise_id.state, "kept")
        self.charge("2026-04-03")
        self.assertEqual(self.charges(self.agreed_plan).mapped("amount"), [33.34, 33.33])

    def test_the_plan_holds_while_it_is_tried(self):
        """Declined, it breaks by its own rule once nothing more is tried."""
        self.charge(TODAY)
        [charge] = self.charges(self.agreed_plan)
        for day in ("2026-03-17", "2026-03-20", "2026-03-23"):
            self.charge(day)
            self.says(charge, "error")
            self.run_on(day)
            self.assertEqual(self.agreed_plan.state, "open")
            self.charge(day, "13:00:00")
        self.assertEqual(charge.state, "failed")
        self.run_on("2026-03-24")
        self.assertEqual(self.agreed_plan.state, "broken")
        self.assertNotIn(self.code(self.move, "2026-03-24"), ("charged", "promised"))

    def test_a_paid_instalment_is_not_charged(self):
        self.charge(TODAY)
        self.pay(self.move, 33.34)
        self.charge("2026-03-17")
        self.assertEqual(self.charges(self.agreed_plan).mapped("state"), ["cancelled"])

    def test_a_plan_called_off(self):
        self.charge(TODAY)
        self.agreed_plan.action_cancel()
        self.charge("2026-03-17")
        self.assertEqual(self.charges(self.agreed_plan).mapped("state"), ["cancelled"])

    def test_disputed(self):
        self.charge(TODAY)
        self.env["dunning.dispute"].create(
            {"partner_id": self.customer.id, "note": "x", "move_line_ids": self.items(self.move).ids}
        )
        self.charge("2026-03-17")
        self.assertEqual(self.charges(self.agreed_plan).mapped("state"), ["cancelled"])

    def test_invoices_leave_the_plan_alone(self):
        """A consent for all invoices charges nothing that a plan promises."""
        self.agreed._withdraw()
        self.consent()
        self.charge(TODAY)
        self.assertFalse(self.charges(self.move))
        self.assertFalse(self.charges(self.agreed_plan))
