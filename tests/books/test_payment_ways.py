"""How customers are told to pay: the company's list, on e-mails, letters and statements."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..common import TODAY, RunCase

IBAN = "RO49 AAAA 1B31 0075 9384 0000"
STATEMENT = "lead_to_cash.action_report_statement"
LETTER = "lead_to_cash.action_report_dunning_letter"


class WaysCase(RunCase):
    """A company without a bank account, whose ways are those that it began with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.partner_id.bank_ids.active = False
        cls.company.write({"phone": "03-555-0100", "email": "us@example.com"})
        cls.transfer = cls.env["l2c.payment.way"].search([("company_id", "=", cls.company.id)])
        cls.romania = cls.env.ref("base.ro")
        cls.bank = cls.env["res.bank"].create({"name": "Banca Noastra", "bic": "AAAAROBU"})

    def account(self, number=IBAN, **values):
        return self.env["res.partner.bank"].create(
            {"acc_number": number, "partner_id": self.company.partner_id.id, **values}
        )

    def way(self, kind, text, **values):
        return self.env["l2c.payment.way"].create({"kind": kind, "text": text, **values})

    def told(self, lang="en_US", **values):
        ways = self.env["l2c.payment.way"].with_context(lang=lang)
        return ways._told(self.company, values.pop("currency", self.company.currency_id), **values)

    def labels(self, **values):
        return [way["label"] for way in self.told(**values)]

    def where(self, **values):
        """The number of the account of each transfer that is told."""
        return [way["account"].acc_number for way in self.told(**values) if way["account"]]


@tagged("post_install", "-at_install")
class TestWays(WaysCase):
    def test_every_company_has_one(self):
        self.assertEqual(self.transfer.mapped("kind"), ["transfer"])
        companies = self.env["res.company"].create({"name": "Other"})
        companies += self.env["res.company"].create({"name": "Branch", "parent_id": companies.id})
        ways = self.env["l2c.payment.way"].search([("company_id", "in", companies.ids)])
        self.assertEqual(ways.mapped("company_id"), companies[0])
        companies._make_payment_ways()
        self.assertEqual(self.env["l2c.payment.way"].search([("company_id", "in", companies.ids)]), ways)
        self.company = companies[0]
        self.account("4711")
        self.company = companies[1]  # is told its parent's ways, and accounts, until it has its own
        self.assertEqual(self.where(), ["4711"])
        self.account("0815")
        self.assertEqual(self.where(), ["0815"])
        self.way("cash", "At the branch", company_id=companies[1].id)
        self.assertEqual(self.labels(), ["Cash"])

    def test_in_their_order_without_archived_ones(self):
        self.account()
        cheque = self.way("cheque", "To us", sequence=1)
        self.assertEqual(self.labels(), ["Cheque", "Bank transfer"])
        cheque.active = False
        self.assertEqual(self.labels(), ["Bank transfer"])
        self.transfer.unlink()
        self.assertEqual(self.labels(), [])

    def test_a_way_says_how(self):
        for kind in ("card", "cheque", "cash", "wallet"):
            for text in (False, " \n"):
                with self.subTest(kind, text=text), self.assertRaisesRegex(ValidationError, "Write how to pay by"):
                    self.way(kind, text)

    def test_no_account(self):
        self.assertEqual(self.labels(), [])
        self.assertIn("there is no bank account", self.transfer.problem)
        self.transfer.text = "Ask us for the number of the account."
        self.assertEqual(self.told()[0]["particulars"], [])
        self.assertFalse(self.transfer.problem)

    def test_which_account(self):
        """The way's own, else the invoice's, else the company's; no archived one, nor anybody else's. Whether money
        may be sent to it doesn't matter."""
        first, second, third = (self.account(number) for number in ("111", "222", "333"))
        theirs = self.env["res.partner.bank"].create({"acc_number": "999", "partner_id": self.customer.id})
        self.assertFalse(first.allow_out_payment)
        self.assertEqual(self.where(), ["111"])
        self.assertEqual(self.where(accounts=second), ["222"])
        self.assertEqual(self.where(accounts=theirs), ["111"])
        self.transfer.bank_account_id = third
        self.assertEqual(self.where(accounts=second), ["333"])
        third.partner_id = self.customer
        self.assertEqual(self.where(accounts=second), ["222"], "it is somebody else's by now")
        third.partner_id = self.company.partner_id
        third.active = False
        self.assertEqual(self.where(accounts=second), ["222"])
        second.active = False
        self.assertEqual(self.where(accounts=second), ["111"])
        with self.assertRaisesRegex(ValidationError, "isn't the company's own"):
            self.transfer.bank_account_id = theirs

    def test_in_which_currency(self):
        euro, leu = self.env.ref("base.EUR"), self.env.ref("base.RON")
        (euro | leu).active = True
        self.account("111", currency_id=euro.id)
        in_lei = self.account("222", currency_id=leu.id)
        self.assertEqual([self.where(currency=currency) for currency in (euro, leu)], [["111"], ["222"]])
        self.way("transfer", False, bank_account_id=in_lei.id)
        self.transfer.bank_account_id = self.company.partner_id.bank_ids[0]
        self.assertEqual([self.where(currency=currency) for currency in (euro, leu)], [["111"], ["222"]])
        self.assertEqual(self.where(), ["111", "222"], "in neither: the bank changes it")

    def test_the_form_of_the_country(self):
        israel = {"bank_id": self.env["res.bank"].create({"name": "בנק", "country": self.env.ref("base.il").id}).id}
        cases = (
            (IBAN, {"bank_id": self.bank.id}, [("Bank", "Banca Noastra"), ("IBAN", IBAN), ("BIC", "AAAAROBU")]),
            ("12-345-678901", israel, [("Bank", "בנק (12)"), ("Branch", "345"), ("Account", "678901")]),
            (
                "IL620108000000099999999",
                {},
                [("Bank", "10"), ("Branch", "800"), ("Account", "99999999"), ("IBAN", "IL62 0108 0000 0009 9999 999")],
            ),
            ("Not a number", israel, [("Bank", "בנק"), ("Account", "Not a number")]),
        )
        for number, values, expected in cases:
            with self.subTest(number):
                account = self.account(number, acc_holder_name="Our Company", **values)
                self.assertEqual(account._particulars(), [("Account holder", "Our Company"), *expected])

    def test_in_the_customers_language(self):
        """Kinds and labels of themselves; a text that nobody has translated as it was written."""
        self.env["res.lang"]._activate_lang("he_IL")
        self.way("cheque", "Made out to us").with_context(lang="he_IL").text = "לפקודתנו"
        self.way("cash", "In our shop", name="Cash, of course")
        self.assertEqual([way["text"] for way in self.told("he_IL")], ["לפקודתנו", "In our shop"])
        self.assertEqual([way["text"] for way in self.told()], ["Made out to us", "In our shop"])
        self.env["res.lang"]._activate_lang("ro_RO")  # installed later
        self.assertEqual([way["text"] for way in self.told("ro_RO")], ["Made out to us", "In our shop"])

    def test_who_changes_them(self):
        reader, manager = (
            self.user(login, groups)
            for login, groups in (
                ("reader", "account.group_account_invoice"),
                ("manager", "lead_to_cash.group_collections_manager"),
            )
        )
        account = self.account()
        with self.assertRaises(AccessError):
            self.transfer.with_user(reader).bank_account_id = account
        form = Form(self.transfer.with_user(manager))
        form.bank_account_id = account
        form.save()
        log = self.env["l2c.audit.log"].search([("res_model", "=", "l2c.payment.way"), ("user_id", "=", manager.id)])
        self.assertEqual((log.field_name, log.old_value, log.new_value), ("bank_account_id", "", account.display_name))
        self.env["res.lang"]._activate_lang("he_IL")
        way = self.env["l2c.payment.way"].create({"kind": "cheque", "text": "Made out to us"}).with_user(manager)
        way.update_field_translations("text", {"he_IL": "Made out to me"})
        way.name = "To me"
        log = self.env["l2c.audit.log"].search([("res_id", "=", way.id), ("user_id", "=", manager.id)], order="id")
        self.assertEqual(
            log.mapped(lambda row: (row.field_name, row.new_value)), [("text", "Made out to me"), ("name", "To me")]
        )
        action = self.env["res.config.settings"].create({}).action_payment_ways()
        self.assertEqual(action["res_model"], "l2c.payment.way")


@tagged("post_install", "-at_install")
class TestTold(WaysCase):
    """Where customers read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.only_provider(is_published=False)

    def words(self, html):
        return " ".join(html2plaintext(html, include_references=False).replace("*", "").split())

    def printed(self, report, records):
        return self.words(self.env["ir.actions.report"]._render_qweb_html(report, records.ids)[0].decode())

    def mails(self, moves):
        self.run_on(TODAY)
        return [self.words(mail.body_html) for mail in self.notices(moves).mail_ids]

    def test_on_all_that_asks_for_money(self):
        self.account(bank_id=self.bank.id)
        self.way("cheque", "Made out to <b>us</b>\nWith the number on its back")
        move = self.invoice()
        mail = self.mails(move)[0]
        for text in (mail, self.printed(LETTER, self.notices(move))):
            self.assertIn(f"IBAN: {IBAN} BIC: AAAAROBU Please quote: {move.payment_reference}", text)
            self.assertIn("Cheque Made out to <b>us</b> With the number on its back", text)
        self.customer.ref = "C-17"
        statement = self.printed(STATEMENT, self.customer)
        self.assertIn(f"IBAN: {IBAN} BIC: AAAAROBU Please quote: C-17 Cheque Made out to <b>us</b>", statement)

    def test_none_that_can_be_gone(self):
        """There is always a way: to ask."""
        move = self.invoice()
        for text in (
            *self.mails(move),
            self.printed(LETTER, self.notices(move)),
            self.printed(STATEMENT, self.customer),
        ):
            asked = f"How to pay Please ask us how: {self.company.name} · 03-555-0100 · us@example.com"
            self.assertIn(asked, text)

    def test_phone_number_in_hebrew(self):
        """Between words from right to left its parts would change places."""
        self.company.write({"name": "החברה", "phone": "+1 555 0100"})
        told = self.env["ir.qweb"]._render("lead_to_cash.payment_ways", {"ways": [], "company": self.company})
        told = " ".join(told.split())
        self.assertIn('<bdi dir="auto">החברה</bdi> · <bdi dir="ltr">+1 555 0100</bdi> · <bdi dir="ltr">us@', told)

    def test_numbers_of_documents_fit_on_a_phone(self):
        """Beside amounts with a longer line below them, as while a discount runs."""
        move = self.invoice()
        self.run_on(TODAY)
        [body] = self.notices(move).mail_ids.mapped("body_html")
        self.assertRegex(body, r'<td style="width: ?40%;?">\s*<b>Document</b>')

    def test_who_is_in_credit_is_not_asked(self):
        self.account()
        self.invoice()
        self.assertIn("How to pay", self.printed(STATEMENT, self.customer))
        self.invoice(move_type="out_refund", amount=120)
        self.assertNotIn("How to pay", self.printed(STATEMENT, self.customer))

    def test_online(self):
        """Nobody is sent where nothing can be paid: neither by the e-mail, nor by the invoice."""
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        euro = self.env.ref("base.EUR")
        self.customer.country_id = self.romania
        cases = (
            ("not published", {"is_published": False}, False),
            ("published", {"is_published": True}, True),
            ("in test mode", {"state": "test", "is_published": True}, False),
            ("another country", {"available_country_ids": [Command.set(self.env.ref("base.il").ids)]}, False),
            ("this country", {"available_country_ids": [Command.set(self.romania.ids)]}, True),
            ("another currency", {"available_currency_ids": [Command.set(euro.ids)]}, False),
            ("too much", {"maximum_amount": 99.99}, False),
            ("not too much", {"maximum_amount": 100.0}, True),
            ("no method", {"payment_method_ids": [Command.clear()]}, False),
            ("disabled", {"state": "disabled"}, False),
        )
        usual = {
            "state": "enabled",
            "is_published": True,
            "available_country_ids": [Command.clear()],
            "available_currency_ids": [Command.clear()],
            "maximum_amount": 0.0,
        }
        move = self.invoice(amount=100.0)
        self.run_on(TODAY)
        notice = self.notices(move)
        template = self.env.ref("lead_to_cash.mail_template_first_reminder")
        for name, values, pays in cases:
            with self.subTest(name):
                self.provider.write(usual | values)
                self.env.invalidate_all()
                [body] = template._render_bodies_at_once(notice)
                self.assertEqual("See, pay or answer" in body, pays)
                self.assertEqual("See or answer" in body, not pays)
                self.assertEqual(bool(move._online_payment_url()), pays)

    def test_a_quotation_that_can_not_be_paid_online(self):
        order = self.order(require_signature=False, require_payment=True)
        self.assertFalse(order._online_url())
        self.provider.is_published = True
        self.assertTrue(order._online_url())
        self.assertIn("Accept and pay online:", self.printed("sale.action_report_saleorder", order))
        self.provider.state = "test"
        order.require_signature = True
        text = self.printed("sale.action_report_saleorder", order)
        self.assertIn("Accept online:", text)

    def test_queries_do_not_grow_with_the_notices(self):
        """Each customer's is another amount, and for the largest nobody can be paid online."""
        self.provider.write({"is_published": True, "maximum_amount": 1000.0})
        self.account()
        customers = self.env["res.partner"].create([{"name": f"C{n}", "email": f"c{n}@example.com"} for n in range(12)])
        moves = self.invoices([{"partner_id": c.id, "amount": 50.0 + c.id % 7} for c in customers])
        self.run_on(TODAY)
        notices = self.notices(moves)
        template = self.env.ref("lead_to_cash.mail_template_first_reminder")

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            template._render_bodies_at_once(some)
            return self.env.cr.sql_log_count - before

        queries(notices[:1])
        self.assertLessEqual(queries(notices), queries(notices[:2]) + 1)
        self.assertEqual(notices.filtered("pays_online"), notices)
