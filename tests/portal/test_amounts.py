"""Amounts on the page behind a notice: as people write them, and what may be promised."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import format_amount

from ..common import TODAY
from .test_answer_page import AnswerCase

#: Languages that differ in what stands before the decimals and between the thousands.
LANGUAGES = ("en_US", "de_DE", "fr_FR", "fr_CH", "pl_PL", "he_IL", "ar_001", "fa_IR", "en_IN", "ro_RO")
DAY = {"day": "2026-03-20"}


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestReading(AnswerCase):
    def in_language(self, code, currency=None):
        self.env["res.lang"]._activate_lang(code)
        notice = self.notice.with_context(lang=code)
        if currency:
            notice = notice.new({"currency_id": self.env.ref(f"base.{currency}").id}).with_context(lang=code)
        return notice

    def test_what_the_page_writes(self):
        """In each language and currency the page reads what it writes, with and without the sign."""
        for code in LANGUAGES:
            for currency in ("USD", "EUR", "ILS", "RON", "KWD", "JPY", "CHF"):
                notice = self.in_language(code, currency)
                for whole in (7, 150, 1250, 17320.5, 1234567.89):
                    amount = notice.currency_id.round(whole)
                    for text in (notice._amount_text(amount), format_amount(notice.env, amount, notice.currency_id)):
                        with self.subTest(code, currency=currency, text=text):
                            self.assertEqual(notice._read_amount(text), amount)

    def test_what_people_write(self):
        arabic = "\u0661\u0667\u066c\u0663\u0662\u0660\u066b\u0665\u0660"
        cases = (
            ("en_US", 17320.5, ("17,320.50", "17.320,50", "17320.5", "17 320,50", "17'320.50", "$17,320.50", arabic)),
            (
                "en_US",
                1250,
                ("1,250", "1 250", "1250", "usd 1250", "\u200e1,250.00\u200f $", "\u0661\u0662\u0665\u0660"),
            ),
            ("de_DE", 1250, ("1.250", "1.250,00", "1250,0", "1,250.00", "\u06f1\u06f2\u06f5\u06f0")),
            ("fr_FR", 1250.5, ("1250,5", "1250.50", "1\u202f250,50 $", "1\xa0250,50")),
            ("he_IL", 100.5, ("100.50", "100,50", "\u2067100.50\u2069 $")),
        )
        for code, amount, texts in cases:
            for text in texts:
                with self.subTest(code, text=text):
                    self.assertEqual(self.in_language(code)._read_amount(text), amount)

    def test_asks_rather_than_guesses(self):
        cases = (
            ("en_US", "1.250", "1,250.00 or 1.25"),
            ("he_IL", "12.500", "12,500.00 או 12.50"),
            ("de_DE", "1,250", "1.250,00 or 1,25"),
            ("fr_FR", "1.250", "or 1,25"),
            ("fr_FR", "1,250", "or 1,25"),
        )
        for code, text, question in cases:
            with self.subTest(code, text=text), self.assertRaisesRegex(UserError, question):
                self.in_language(code)._read_amount(text)

    def test_no_amounts(self):
        for text in ("", " ", "0", "-5", "+5", "nan", "1e3", "5 €", "1,25,0", "12 50", "1..5", "x" * 10**5, "9" * 5000):
            with self.subTest(text[:20]), self.assertRaisesRegex(UserError, "number above zero"):
                self.notice._read_amount(text)

    def test_on_the_page(self):
        """A question keeps what was typed; nothing is taken."""
        self.only_provider()
        self.pay(self.second)
        self.first.button_draft()
        self.first.invoice_line_ids.price_unit = 1300.0
        self.first.action_post()
        answered = self.answer("promise", amount="1.250", **DAY)
        paying = self.pay_page("1.250")
        for page in (answered, paying):
            self.assertEqual(page.status_code, 422)
            self.assertIn("mean 1,250.00 or 1.25?", page.text)
            self.assertIn('value="1.250"', page.text)
        self.assertFalse(self.taken())
        self.assertIn('value="1,300.00"', self.get().text)
        self.assertIn("1,250.00", self.pay_page("1,250").text)

    def pay_page(self, amount):
        return self.url_open(f"{self.url}/pay", params={"access_token": self.notice.access_token, "amount": amount})


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestPromising(AnswerCase):
    def promise(self, amount):
        return self.answer("promise", amount=amount, **DAY)

    def refused(self, amount, sentence):
        page = self.promise(amount)
        self.assertEqual(page.status_code, 422)
        self.assertIn(sentence, page.text.replace("\xa0", " "))

    def promised(self):
        self.env.invalidate_all()
        return self.notice.answer_ids.promise_id.filtered(lambda promise: promise.state == "open")

    def test_the_least(self):
        """A quarter of what is open; said before anybody tries."""
        self.assertIn('name="least"', self.get().text)
        for amount in ("0.01", "37.49"):
            self.refused(amount, "Promise at least $ 37.50, or the whole amount of a document.")
        self.assertFalse(self.taken())
        self.assertEqual(self.promise("37.50").status_code, 200)
        self.assertEqual(self.promised().move_line_ids, self.items(self.first | self.second))

    def test_a_policy_without_a_least(self):
        self.policy.promise_min_percent = 0
        self.assertNotIn('name="least"', self.get().text)
        self.assertEqual(self.promise("0.01").status_code, 200)

    def test_a_whole_document(self):
        """It suspends that one alone; the others go on, and can be promised too."""
        self.policy.promise_min_percent = 90
        self.assertEqual(self.promise("50").status_code, 200)
        self.assertEqual(self.promised().move_line_ids, self.items(self.second))
        later = "2026-03-16"
        self.assertEqual(self.code(self.second, today=later), "promised")
        self.assertEqual(self.code(self.first, today=later), "reminded")
        self.refused("89.99", "Promise at least $ 90.00")
        self.refused("100.01", "Enter at most $ 100.00")
        self.assertEqual(self.promise("100").status_code, 200)
        self.refused("1", "You have promised to pay.")

    def test_three_of_a_notice(self):
        for _number in range(3):
            self.assertEqual(self.promise("150").status_code, 200)
            self.promised().action_cancel()
        self.assertIn("You have promised 3 times already.", self.get().text)
        self.refused("150", "Please pay, or call us.")
        self.assertFalse(self.promised())
        self.assertEqual(self.answer("paid", amount="150", day="2026-03-09").status_code, 200)

    def test_collectors_agree_on_anything(self):
        promise = self.env["dunning.promise"].create(
            {
                "partner_id": self.customer.id,
                "amount": 0.01,
                "date": "2026-03-20",
                "move_line_ids": [(6, 0, self.items(self.first).ids)],
            }
        )
        self.assertEqual(promise.state, "open")
