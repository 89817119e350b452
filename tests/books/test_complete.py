"""What an invoice still lacks: said on drafts, compulsory for posting or sending where a company wants it."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ...engine.books import completeness as engine
from ..common import HandlingCase

ADDRESS = {"street": "1 High Street", "city": "Haifa", "email": "c@example.com"}
BOOKS = "account.group_account_invoice"


class CompleteCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirements = cls.env["invoice.requirement"]
        cls.company = cls.env.company
        cls.env["res.partner.bank"].create({"acc_number": "4711", "partner_id": cls.company.partner_id.id})
        cls.sale_tax = cls.company.account_sale_tax_id
        cls.company.account_sale_tax_id = False
        cls.il, cls.ro = cls.env.ref("base.il"), cls.env.ref("base.ro")
        cls.term = cls.env.ref("account.account_payment_term_30days")

    @classmethod
    def compulsory(cls, code, **values):
        return cls.requirements.create(
            {"code": code, "company_id": cls.company.id, "is_compulsory": True, "currency_id": False, **values}
        )

    def draft(self, **values):
        return self.invoice(post=False, **values)

    def codes(self, move):
        return set(move._missing().get(move, {}))


@tagged("post_install", "-at_install")
class TestSaid(CompleteCase):
    def test_what_is_missing_and_where(self):
        self.customer.write({"email": False, "country_id": False})
        move = self.draft(due="2026-02-01")
        self.assertEqual(
            move.missing_text,
            "On the contact Customer: Street, City, Country, and E-mail address. "
            "On the invoice: Payment terms or a due date.",
        )
        self.assertFalse(move.compulsory_text)
        self.customer.write(ADDRESS | {"country_id": self.il.id})
        move.invoice_payment_term_id = self.term
        self.assertFalse(move.missing_text)

    def test_a_draft_says_it_on_the_screen_before_it_is_saved(self):
        bookkeeper = self.user("bookkeeper", BOOKS)
        self.customer.write(ADDRESS | {"city": False, "country_id": self.il.id})
        moves = self.env["account.move"].with_user(bookkeeper)
        form = Form(moves.with_context(default_move_type="out_invoice"))
        form.partner_id = self.customer
        form.invoice_payment_term_id = self.term
        self.assertEqual(form.missing_text, "On the contact Customer: City.")

    def test_lines(self):
        self.customer.write(ADDRESS | {"country_id": self.il.id})
        tax = self.sale_tax or self.env["account.tax"].create({"name": "VAT", "amount": 17})
        lines = [
            Command.create({"name": "Thing", "price_unit": 1.0, "tax_ids": [Command.set(tax.ids)]}),
            Command.create({"name": "Section", "display_type": "line_section"}),
        ]
        move = self.draft(invoice_line_ids=lines)
        self.assertEqual(self.codes(move), set())
        move.invoice_line_ids[0].name = " "
        self.assertEqual(self.codes(move), {"descriptions"})
        move.invoice_line_ids[0].tax_ids = False
        self.assertEqual(self.codes(move), {"descriptions"})
        self.company.account_sale_tax_id = tax  # which says that the company charges tax
        self.assertEqual(self.codes(move), {"descriptions", "taxes"})

    def test_no_bank_account(self):
        self.customer.write(ADDRESS | {"country_id": self.il.id})
        self.company.partner_id.bank_ids.active = False
        move = self.draft()
        self.assertIn("bank", self.codes(move))
        self.assertIn(f"On the contact of {self.company.name}: Own bank account.", move.missing_text)

    def test_a_customer_who_wants_its_reference(self):
        for number in range(3):
            self.assertNotIn("reference", self.codes(self.draft()))
            self.invoice(ref=f"PO {number}")
        move = self.draft()
        self.assertIn("reference", self.codes(move))
        move.ref = "PO 4"
        self.assertNotIn("reference", self.codes(move))
        self.invoice(ref=False)
        self.assertNotIn("reference", self.codes(self.draft()))

    def test_other_documents_are_left_alone(self):
        self.customer.write({"email": False})
        for kind in ("out_refund", "in_invoice", "entry"):
            move = self.env["account.move"].create({"move_type": kind, "partner_id": self.customer.id})
            self.assertFalse(move.missing_text, kind)
        self.assertFalse(self.invoice().missing_text)  # posted: too late

    def test_by_the_readers_language(self):
        self.env["res.lang"]._activate_lang("he_IL")
        label = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "invoice.requirement"), ("field_id.name", "=", "code"), ("value", "=", "street")]
        )
        label.with_context(lang="he_IL").name = "רחוב"
        self.env.registry.clear_cache("stable")
        move = self.draft()
        self.assertIn("רחוב", move.with_context(lang="he_IL").missing_text)
        self.assertIn("Street", move.with_context(lang="en_US").missing_text)

    def test_many_drafts_in_few_queries(self):
        self.env["res.partner"].search([], limit=1)
        few = self.env["account.move"].create([self.invoice_values() for _number in range(2)])
        partners = self.env["res.partner"].create([{"name": f"P {number}"} for number in range(60)])
        many = self.env["account.move"].create([self.invoice_values(partner_id=partner.id) for partner in partners])
        counts = []
        for moves in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(moves._missing()), len(moves))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 3)


@tagged("post_install", "-at_install")
class TestCompulsory(CompleteCase):
    def test_nothing_is_as_shipped(self):
        shipped = self.requirements.search([("company_id", "=", False)])
        self.assertEqual(set(shipped.filtered("is_compulsory").mapped("code")), {"allocation"})
        self.customer.write({"email": False})
        self.assertEqual(self.invoice().state, "posted")

    def test_not_posted_without(self):
        self.compulsory("street")
        move = self.draft()
        self.assertEqual(move.compulsory_text, "On the contact Customer: Street.")  # without what is merely missing
        self.assertIn("City", move.missing_text)
        with self.assertRaisesRegex(UserError, r"can't be posted yet.*On the contact Customer: Street\."):
            move.action_post()
        self.assertEqual(move.state, "draft")
        self.customer.street = "1 High Street"
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_of_many_the_complete_ones_are_posted(self):
        self.compulsory("street")
        other = self.env["res.partner"].create({"name": "Other", "street": "2 High Street"})
        bad, good = self.draft(), self.draft(partner_id=other.id)
        action = (bad | good).action_validate_moves_with_confirmation()
        self.assertEqual((bad.state, good.state), ("draft", "posted"))
        self.assertIn("On the contact Customer: Street.", action["params"]["message"])
        many = bad | self.invoices([{}] * 12, post=False)
        with self.assertRaisesRegex(UserError, r"^([^\n]+Street\.\n){10}…$"):
            many.action_validate_moves_with_confirmation()

    def test_by_the_dialog_that_confirms(self):
        self.compulsory("street")
        other = self.env["res.partner"].create({"name": "Other", "street": "2 High Street"})
        bad, good = self.draft(), self.draft(partner_id=other.id)
        wizard = self.env["validate.account.move"].create({"move_ids": [Command.set((bad | good).ids)]})
        action = wizard.validate_move()
        self.assertEqual((bad.state, good.state), ("draft", "posted"))
        self.assertIn("Street", action["params"]["message"])

    def test_another_company_goes_on(self):
        self.compulsory("street")
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        move = self.env["account.move"].with_company(other).create(self.invoice_values())
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_planned_for_a_later_day(self):
        self.compulsory("street")
        move = self.draft(invoice_date="2099-01-01", due="2099-02-01")
        move._post(soft=True)
        self.assertEqual((move.state, move.auto_post), ("draft", "at_date"))

    def test_check_drafts(self):
        bookkeeper = self.user("bookkeeper", BOOKS)
        drafts, posted = self.draft() | self.draft(), self.invoice()
        action = (drafts | posted).with_user(bookkeeper).action_check_drafts()
        self.assertEqual(action["domain"], [("id", "in", drafts.ids)])
        seller = self.user("seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            drafts.with_user(seller).action_check_drafts()


@tagged("post_install", "-at_install")
class TestRules(CompleteCase):
    def test_a_companys_own_rule_takes_the_place_of_all_others(self):
        manager = self.user("manager", "lead_to_cash.group_collections_manager")
        shared = self.requirements.search([("code", "=", "street"), ("company_id", "=", False)])
        with self.assertRaises(AccessError):
            shared.with_user(manager).is_compulsory = True
        action = shared.with_user(manager).action_change_for_company()
        own = self.requirements.search(action["domain"])
        self.assertEqual((own.company_id, own.code), (self.company, "street"))
        own.with_user(manager).is_compulsory = True
        self.assertEqual(self.draft()._missing().popitem()[1]["street"], True)
        own.with_user(manager).active = False
        self.assertNotIn("street", self.codes(self.draft()))
        shared.with_user(manager).action_change_for_company()
        self.assertEqual(self.requirements.with_context(active_test=False).search(action["domain"]), own)

    def test_rights(self):
        shared = self.requirements.search([("company_id", "=", False)], limit=1)
        clerk, seller = self.user("clerk", BOOKS), self.user("seller", "sales_team.group_sale_salesman")
        self.assertTrue(shared.with_user(clerk).read(["code"]))
        for user in (clerk, seller):
            with self.assertRaises(AccessError):
                self.requirements.with_user(user).create({"code": "bank"})
        with self.assertRaises(AccessError):
            shared.with_user(clerk).action_change_for_company()
        with self.assertRaises(AccessError):
            shared.with_user(seller).read(["code"])

    def test_bad_input(self):
        for values in (
            {"date_from": "2026-02-01", "date_to": "2026-01-01"},
            {"threshold": -1},
            {"source_url": "javascript:alert(1)"},
        ):
            with self.assertRaises(ValidationError):
                self.compulsory("street", **values)

    def test_a_rule_in_another_currency(self):
        other = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.company.currency_id.id)], limit=1)
        )
        other.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": other.id, "name": "2026-01-01", "rate": 4.0, "company_id": self.company.id}
        )
        self.compulsory("street", threshold=400.0, currency_id=other.id)
        self.assertNotIn("street", self.codes(self.draft(amount=100.0)))
        self.assertIn("street", self.codes(self.draft(amount=100.01)))

    def test_engine_in_full(self):
        """Whatever rules there are: nothing is missing of a full invoice; all that is asked for, of an empty one."""
        full = engine.Facts(
            day=date(2026, 6, 1), amount=9000.0, tax=1.0, is_company=True, vat="IL5", street="s", city="SECTOR1",
            country="RO", state="B", email="e", by_email=True, reference="r", asks_reference=True, has_terms=True,
            has_bank=True, descriptions=("d",), taxed=(True,), charges_tax=True, allocation="1",
        )  # fmt: skip
        asked = [engine.Requirement(code) for code in engine.CHECKS]
        self.assertEqual(engine.missing(full, asked), {})
        empty = full._replace(
            vat="", street="", city="x", state="B", email="", reference="", has_terms=False, has_bank=False,
            descriptions=("",), taxed=(False,), allocation=" ",
        )  # fmt: skip
        found = engine.missing(empty, asked)
        self.assertEqual(set(found), set(engine.CHECKS) - {"city", "country", "county"})
        self.assertEqual(set(engine.missing(empty._replace(city="", state="", country=""), asked)) - set(found),
                         {"city", "country"})  # fmt: skip
        self.assertIn("county", engine.missing(empty._replace(state=""), asked))


@tagged("post_install", "-at_install")
class TestIsrael(CompleteCase):
    """An allocation number is asked for between dealers, above the threshold of the day, where there is tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Israeli", "country_id": cls.il.id, "currency_id": cls.env.ref("base.ILS").id}
        )
        cls.env.ref("base.ILS").active = True
        cls.env.user.write({"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.account_fiscal_country_id = cls.il
        group = cls.env["account.tax.group"].create(
            {"name": "VAT", "country_id": cls.il.id, "company_id": cls.company.id}
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "VAT 18 %",
                "amount": 18,
                "country_id": cls.il.id,
                "company_id": cls.company.id,
                "tax_group_id": group.id,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Dealer", "is_company": True, "country_id": cls.il.id, "vat": "000000018", **ADDRESS}
        )

    def dealt(self, amount, day, post=True, taxed=True, **values):
        tax = [Command.set(self.tax.ids)] if taxed else False
        line = Command.create({"name": "Thing", "price_unit": amount, "tax_ids": tax})
        return self.invoice(post=post, invoice_date=day, due="2027-01-01", invoice_line_ids=[line], **values)

    def test_thresholds_by_day(self):
        for day, above in (
            ("2024-05-04", None),
            ("2024-05-05", 25000),
            ("2024-12-31", 25000),
            ("2025-01-01", 20000),
            ("2025-12-31", 20000),
            ("2026-01-01", 10000),
            ("2026-05-31", 10000),
            ("2026-06-01", 5000),
            ("2030-01-01", 5000),
        ):
            at, over = self.dealt(above or 10**6, day, post=False), self.dealt((above or 10**6) + 1, day, post=False)
            with self.subTest(day=day):
                self.assertNotIn("allocation", self.codes(at))
                self.assertEqual("allocation" in self.codes(over), bool(above))

    def test_between_dealers_with_tax_alone(self):
        self.assertNotIn("allocation", self.codes(self.dealt(9000, "2026-06-01", post=False, taxed=False)))
        self.customer.vat = False
        self.assertNotIn("allocation", self.codes(self.dealt(9000, "2026-06-01", post=False)))

    def test_a_companys_tax_number(self):
        self.customer.vat = False
        self.assertIn("vat", self.codes(self.dealt(10, "2026-06-01", post=False)))
        self.customer.is_company = False
        self.assertNotIn("vat", self.codes(self.dealt(10, "2026-06-01", post=False)))

    def test_posted_but_not_sent_before_it_has_its_number(self):
        move = self.dealt(9000, "2026-06-01")
        self.assertEqual(move.state, "posted")
        kind = self.env.ref("lead_to_cash.mail_activity_type_allocation")
        self.assertEqual(move.activity_ids.activity_type_id, kind)
        self.assertTrue(move.compulsory_text)
        with self.assertRaisesRegex(UserError, "Allocation number"):
            self.env["account.move.send"]._generate_and_send_invoices(move)
        with self.assertRaisesRegex(UserError, "Allocation number"):
            self.env["account.move.send.wizard"].with_context(active_model="account.move", active_ids=move.ids).create(
                {}
            )
        self.assertFalse(move._is_ready_to_be_sent())
        self.assertFalse(move.is_move_sent)
        move.allocation_number = "123456789"
        self.assertFalse(move.activity_ids)
        self.assertFalse(move.missing_text)
        self.env["account.move.send"]._generate_and_send_invoices(move)
        self.assertTrue(move.is_move_sent)

    def test_one_without_its_number_holds_up_no_other(self):
        held, other = self.dealt(9000, "2026-06-01"), self.dealt(100, "2026-06-01")
        moves = held | other
        moves.sending_data = {"author_user_id": self.env.uid, "author_partner_id": self.env.user.partner_id.id}
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        self.assertEqual((held.is_move_sent, other.is_move_sent), (False, True))
        self.assertTrue(held.waits_to_be_sent)
        self.assertEqual(len(held.activity_ids), 1)
        held.allocation_number = "123456789"
        self.assertFalse(held.waits_to_be_sent)
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        self.assertTrue(held.is_move_sent)

    def test_a_switched_off_check_lets_it_leave(self):
        self.requirements.create({"code": "allocation", "company_id": self.company.id, "active": False})
        move = self.dealt(9000, "2026-06-01")
        self.assertFalse(move.activity_ids)
        self.assertTrue(move._is_ready_to_be_sent())


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestRomania(CompleteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.ro
        cls.customer.write(ADDRESS | {"is_company": True, "country_id": cls.ro.id})

    def test_what_e_factura_wants(self):
        move = self.draft()
        self.assertEqual(self.codes(move) & {"county", "sector", "vat"}, {"county", "vat"})
        self.customer.state_id = self.env["res.country.state"].search(
            [("code", "=", "B"), ("country_id", "=", self.ro.id)]
        )
        self.assertEqual(self.codes(move) & {"county", "sector", "vat"}, {"sector", "vat"})
        self.customer.write({"city": "SECTOR3", "vat": "RO1234567897"})
        self.assertEqual(self.codes(move) & {"county", "sector", "vat"}, set())

    def test_a_foreign_customer_has_no_county(self):
        self.customer.country_id = self.il
        self.assertEqual(self.codes(self.draft()) & {"county", "sector"}, set())
