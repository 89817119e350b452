"""Odoo's early-payment discount on the page of a notice: what is asked for while it runs, and what pays it."""

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from ..common import TODAY
from .test_answer_page_paying import PAYMENT_LOG, PayingCase

#: The last day of the discount, and the day after it.
UNTIL, AFTER = "2026-03-13", "2026-03-14"


class EarlyCase(PayingCase):
    """Two overdue invoices, 100.00 and 50.00, and one of 1,000.00 that falls due soon: 950.00 until then."""

    @classmethod
    def before_the_run(cls):
        cls.early = cls.given.early_invoice()
        cls.item = cls.given.items(cls.early)
        cls.more()

    @classmethod
    def more(cls):
        """What else the customer owes."""

    def said(self, page):
        """What a page says, in one line."""
        return " ".join(html2plaintext(page.text).replace("*", "").replace("\xa0", " ").split())

    def pay_page(self, **query):
        return self.url_open(f"{self.url}/pay", params={"access_token": self.notice.access_token, **query})

    def start(self, paid, **query):
        """What the payment form does when the customer presses *Pay*: what stands on its page, and the amount."""
        names = self.pay_page(**query).text.partition("/transaction/")[2].partition('"')[0]
        with mute_logger(PAYMENT_LOG):
            return self._get_tx(self.pay_online(names, paid)["reference"])

    def finish(self, *transactions):
        """The provider says that these are done; their payments are booked."""
        self.post_process_patcher.stop()  # Odoo's common part makes no payments
        self.addCleanup(self.post_process_patcher.start)
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        method = self.env.ref("account.account_payment_method_manual_in").copy({"code": self.provider.code})
        values = {"payment_method_id": method.id, "payment_provider_id": self.provider.id}
        journal.inbound_payment_method_line_ids = [Command.create(values)]
        for transaction in transactions:
            transaction._set_done()
            transaction._post_process()
        self.env.invalidate_all()

    def left(self, *moves):
        self.env.invalidate_all()
        return [self.items(move).amount_residual for move in moves or (self.first, self.second, self.early)]

    def loss(self):
        """What was booked on the account for discounts."""
        account = self.env.company.account_journal_early_pay_discount_loss_account_id
        return sum(self.env["account.move.line"].search([("account_id", "=", account.id)]).mapped("balance"))


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestEarlyPayment(EarlyCase):
    def test_the_page_asks_for_less(self):
        """Until its last day, in the company's time zone; never a customer's own, nor Greenwich."""
        user = self.user("portal_early", "base.group_portal")
        user.partner_id.parent_id = self.customer
        self.env.company.resource_calendar_id.tz = "America/New_York"
        for moment, asked in ((TODAY, True), (f"{AFTER} 02:00:00", True), (f"{AFTER} 05:00:00", False)):
            with self.subTest(moment), freeze_time(moment):
                page = self.get()
                said, paying = self.said(page), self.said(self.pay_page())
                self.assertIn("$ 1,000.00", said)
                self.assertIn("Open balance $ 1,150.00", said)
                for text in ("$ 950.00 if paid by 03/13/2026", "If paid by 03/13/2026 $ 1,100.00"):
                    self.assertEqual(text in said, asked, text)
                self.assertIn(f'value="{"1,100.00" if asked else "1,150.00"}"', page.text)  # I have paid
                self.assertEqual("paying by 03/13/2026 is taken off: $ 50.00" in paying, asked)
                self.assertIn("Amount $ 1,100.00" if asked else "Amount $ 1,150.00", paying)
        self.authenticate("portal_early", "portal_early")
        self.assertIn("$ 1,150.00 $ 1,100.00 if paid by 03/13/2026", self.said(self.url_open("/my/collection")))

    def test_pays_all(self):
        """Also when the provider says so only after its last day: it was paid when we asked for it."""
        transaction = self.start(1100.0)
        transaction._set_pending()
        self.assertIn("Everything is paid.", self.said(self.get()))
        with freeze_time(f"{AFTER} 08:00:00"):
            self.finish(transaction)
        self.assertEqual((self.left(), self.loss()), ([0.0, 0.0, 0.0], 50.0))
        self.assertEqual(self.early.payment_state, self.early._get_invoice_in_payment_state())
        self.give_back(transaction.payment_id)
        self.assertEqual((self.left(), self.loss()), ([100.0, 50.0, 1000.0], 0.0))

    def test_pays_what_is_ticked(self):
        """A second payment of the same takes no second discount."""
        self.assertIn("at most $ 950.00", self.said(self.pay_page(items=self.item.id, amount="1000")))
        first, second = (self.start(950.0, items=self.item.id) for _number in range(2))
        self.assertEqual(first.discounted_item_ids, self.item)
        self.finish(first, second)
        self.assertEqual((self.left()[2], self.loss()), (0.0, 50.0))

    def test_no_account_for_discounts(self):
        """The payment is booked all the same; the invoice says what is to be done about the rest."""
        self.env.company.account_journal_early_pay_discount_loss_account_id = False
        self.finish(self.start(950.0, items=self.item.id))
        self.assertEqual(self.left(), [100.0, 50.0, 50.0])
        self.assertIn("choose the account for it", self.early.message_ids[0].body + self.early.message_ids[1].body)

    def test_its_amount_without_a_tick(self):
        """Of who enters just what is asked for it, it is paid, not a part of what is older."""
        self.finish(self.start(950.0, amount="950"))
        self.assertEqual((self.left(), self.loss()), ([100.0, 50.0, 0.0], 50.0))

    def test_a_part_has_no_discount(self):
        """Nor, as by Odoo, what is left of it, from the moment on which the part is under way."""
        transaction = self.start(900.0, items=self.item.id, amount="900")
        transaction._set_pending()
        said = self.said(self.get())
        self.assertIn("Open balance $ 250.00", said)
        self.assertNotIn("if paid by", said)
        self.finish(transaction)
        self.assertEqual((self.left(), self.loss()), ([100.0, 50.0, 100.0], 0.0))
        self.assertIn("Amount $ 250.00", self.said(self.pay_page()))

    def test_started_after_its_day(self):
        """The form was opened while it ran: it says so, rather than take a part."""
        for query, amount in (({}, 1100.0), ({"items": self.item.id}, 950.0)):
            names = self.pay_page(**query).text.partition("/transaction/")[2].partition('"')[0]
            route, values = self.payment(names, amount)
            with freeze_time(f"{AFTER} 08:00:00"), mute_logger("odoo.http"):
                error = self.url_open(route, json={"params": values}).json()["error"]["data"]["message"]
            self.assertIn(f"paying {self.early.name} early no longer applies", error)
        self.assertFalse(self.env["payment.transaction"].search([("partner_id", "=", self.customer.id)]))

    def test_said_to_be_paid(self):
        for items, said in (({}, 1100.0), ({"items": self.item.id}, 950.0)):
            self.assertEqual(self.answer("paid", day=TODAY, amount="1,100.00", **items).status_code, 200)
            self.assertEqual(self.taken()[0].amount, said)

    def test_promises(self):
        """Its lesser amount, by a day on which it runs, is the whole document; later it is a part."""
        self.policy.promise_min_percent = 100
        self.assertIn("Promise at least", self.said(self.answer("promise", day=AFTER, amount="950")))
        self.assertEqual(self.answer("promise", day=UNTIL, amount="950").status_code, 200)
        promise = self.taken().promise_id
        self.assertEqual((promise.move_line_ids, promise.amount), (self.item, 950.0))
        self.finish(self.start(950.0, items=self.item.id))
        self.assertEqual(promise.state, "kept")

    def test_desk_and_hold_stay_at_the_whole(self):
        self.assertEqual(self.notice.amount_due, 1150.0)
        self.assertEqual(self.preview(self.early).residual, 1000.0)

    def test_odoos_own_page(self):
        """The link that the invoice prints: it is paid at once, also when that is said only later."""
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        self.provider.is_published = True
        page = self.url_open(self.early._online_payment_url().removeprefix(self.early.get_base_url()))
        self.assertIn("Discount of $ 50.00", self.said(page))
        _route, values = self.payment(self.early.id, 950.0, self.early.access_token)
        values.pop("is_validation")
        with mute_logger(PAYMENT_LOG):
            values = self.make_jsonrpc_request(self._build_url(f"/invoice/transaction/{self.early.id}"), values)
        transaction = self._get_tx(values["reference"])
        transaction._set_pending()
        self.assertIn("Open balance $ 150.00", self.said(self.get()))
        with freeze_time(f"{AFTER} 08:00:00"):
            self.finish(transaction)
        self.assertEqual((self.left(), self.loss()), ([100.0, 50.0, 0.0], 50.0))


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestSameAmount(EarlyCase):
    """An older document is open with just what is asked for the discounted one; a credit is open, too."""

    @classmethod
    def more(cls):
        cls.older = cls.given.invoice(due="2026-02-20", amount=950.0)

    def test_the_older_one_is_paid(self):
        """Odoo would book the discount, which nobody has earned."""
        self.finish(self.start(950.0, amount="950"))
        self.assertEqual((self.left(self.older, self.early), self.loss()), ([0.0, 1000.0], 0.0))

    def test_a_credit(self):
        """It is set against what is asked for; one that leaves too little takes the place of the discount."""
        for amount, asked in ((100.0, "If paid by 03/13/2026 $ 1,950.00"), (1960.0, "Open balance $ 40.00 Pay now")):
            credit = self.invoice(move_type="out_refund", amount=amount, due=TODAY)
            self.env["dunning.notice.line"].create(
                {"notice_id": self.notice.id, "move_line_id": self.items(credit).id, "amount_residual": -amount}
            )
            self.assertIn(asked, self.said(self.get()))


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestComputations(EarlyCase):
    """Odoo's three ways to reckon the taxes of a discount, with two taxes each, and another currency."""

    @classmethod
    def before_the_run(cls):
        taxes = cls.env["account.tax"].create([{"name": f"{rate} %", "amount": rate} for rate in (10, 20)])
        lines = [Command.create({"name": "A", "price_unit": 500.0, "tax_ids": tax.ids}) for tax in taxes]
        kinds = ("included", "excluded", "mixed")
        cls.moves = [cls.given.early_invoice(kind, invoice_line_ids=lines) for kind in kinds]
        euro = cls.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2026-03-01", 0.5), (TODAY, 0.4)):
            cls.env["res.currency.rate"].create({"currency_id": euro.id, "name": day, "rate": rate})
        cls.foreign = cls.given.early_invoice(currency_id=euro.id, invoice_line_ids=lines)

    def discounts(self, moves):
        items = self.items(self.env["account.move"].union(*moves))
        return [round(item.amount_currency - item.discount_amount_currency, 2) for item in items]

    def test_all_are_settled(self):
        self.assertEqual(self.discounts(self.moves), [57.5, 50.0, 50.0])
        asked = 150.0 + sum(self.items(move).discount_amount_currency for move in self.moves)
        self.finish(self.start(asked))
        self.assertEqual(self.left(*self.moves, self.first, self.second), [0.0] * 5)
        self.assertAlmostEqual(self.loss(), 150.0)  # the taxes of the first have their own accounts

    def test_in_another_currency(self):
        self.notice = self.notices(self.foreign)
        self.url = f"/my/collection/{self.notice.id}"
        self.assertIn("1,092.50 € if paid by 03/13/2026", self.said(self.get()))
        self.provider.available_currency_ids = False
        self.finish(self.start(1092.5))
        self.assertEqual(self.left(self.foreign), [0.0])
        self.assertTrue(self.items(self.foreign).reconciled)
