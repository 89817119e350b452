"""What is said of a customer's debts: to whom, in which company."""

from markupsafe import Markup
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.modules.migration import load_script
from odoo.tests import Form, tagged
from odoo.tools import file_path

from ..common import HandlingCase
from .test_sales_hold import HoldCase


@tagged("post_install", "-at_install")
class TestAttemptsOfCompanies(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})
        cls.here = cls.user("here", "lead_to_cash.group_collections_user")
        cls.there = cls.user("there", "lead_to_cash.group_collections_user")
        cls.there.write({"company_ids": [Command.set(cls.second.ids)], "company_id": cls.second.id})
        cls.employee = cls.user("employee", "base.group_user")

    def attempts(self, user):
        return self.env["contact.attempt"].with_user(user).search([("partner_id", "=", self.customer.id)])

    def test_each_company_sees_its_own(self):
        for user, note in ((self.here, "Pays on Friday"), (self.there, "Insolvent soon")):
            self.customer.with_user(user).action_log_attempt("reached", note=note)
        for user, company, note in (
            (self.here, self.env.company, "Pays on Friday"),
            (self.there, self.second, "Insolvent soon"),
        ):
            with self.subTest(user.login):
                seen = self.attempts(user)
                self.assertEqual((seen.note, seen.company_id), (note, company))
                self.assertEqual(self.customer.with_user(user).contact_attempt_ids, seen)
        other = self.attempts(self.there).with_user(self.here)
        with self.assertRaises(AccessError):
            other.read(["note"])
        with self.assertRaises(AccessError):
            other.note = "Changed"

    def test_the_desk_too(self):
        self.here.company_ids |= self.second
        self.customer.with_user(self.there).action_log_attempt("reached", note="Theirs")
        self.customer.with_user(self.here).action_log_attempt("no_answer", note="Ours")
        both = (self.env.company | self.second).ids
        desk = self.env["call.list.line"].with_user(self.here).with_context(allowed_company_ids=both, active_test=False)
        lines = desk.search([("res_model", "=", "res.partner"), ("partner_id", "=", self.customer.id)])
        notes = {line.company_id: (line.last_note, line.contact_attempt_ids.mapped("note")) for line in lines}
        self.assertEqual(notes, {self.env.company: ("Ours", ["Ours"]), self.second: ("Theirs", ["Theirs"])})

    def test_papers_too(self):
        self.customer.with_user(self.there).action_log_attempt("reached", note="Theirs")
        sheet = self.env["report.lead_to_cash.call_sheet"].with_user(self.here)
        self.assertEqual(sheet._attempts(self.customer), {})

    def test_a_document_has_its_company(self):
        for document in (self.invoice(), self.order(), self.lead(company_id=self.env.company.id)):
            document.action_log_attempt("no_answer")
            self.assertEqual(document.contact_attempt_ids.company_id, self.env.company, document._name)
        lead = self.lead(company_id=False, team_id=False, user_id=False)
        lead.action_log_attempt("no_answer")
        self.assertFalse(lead.contact_attempt_ids.company_id)

    def test_whose_company_nobody_knows_is_seen_by_who_made_it(self):
        self.customer.with_user(self.here).action_log_attempt("reached", note="Old")
        self.attempts(self.here).sudo().company_id = False
        colleague = self.user("colleague_here", "lead_to_cash.group_collections_user")
        self.assertEqual(self.attempts(self.here).note, "Old")
        self.assertFalse(self.attempts(colleague))

    def test_nothing_in_the_chatter_that_every_employee_reads(self):
        self.customer.with_user(self.here).action_log_attempt("refused", note="Has no money")
        self.assertFalse(self.customer.with_user(self.employee).message_ids)
        form = Form(self.customer.with_user(self.here))
        self.assertEqual(form.contact_attempt_ids[:].mapped("note"), ["Has no money"])

    def test_migration(self):
        """From the only company of who called, of the customer, of its invoices; else of nobody."""
        both = self.user("works_in_both", "lead_to_cash.group_collections_user")
        both.company_ids |= self.second
        names = ("by one", "owned", "billed", "billed twice")
        customers = dict(zip(names, self.env["res.partner"].create([{"name": name} for name in names]), strict=True))
        customers["owned"].company_id = self.second
        self.invoices([{"partner_id": customers[name].id} for name in ("billed", "billed twice")])
        attempts = {}
        for name, customer in customers.items():
            user = self.there if name == "by one" else both
            company = self.second if name in ("by one", "owned") else self.env.company
            customer.with_user(user).with_company(company).action_log_attempt("reached", note=name)
            attempts[name] = self.env["contact.attempt"].search([("note", "=", name)])
        line = customers["owned"]._message_log(
            body=Markup("<b>Call: Reached</b><br>Secret"), author_id=both.partner_id.id
        )
        kept = customers["owned"]._message_log(body="Something else")
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET create_uid = %s WHERE id IN %s", (both.id, (line.id, kept.id)))
        self.env.cr.execute("UPDATE contact_attempt SET company_id = NULL")
        again = self.invoice(partner_id=customers["billed twice"].id)
        self.env.cr.execute("UPDATE account_move SET company_id = %s WHERE id = %s", (self.second.id, again.id))
        self.migrate("post-attempts")
        found = {name: attempt.company_id for name, attempt in attempts.items()}
        nobody = self.env["res.company"]
        expected = {"by one": self.second, "owned": self.second, "billed": self.env.company, "billed twice": nobody}
        self.assertEqual(found, expected)
        self.assertEqual((line.exists(), kept.exists()), (line.browse(), kept))

    def migrate(self, name):
        path = file_path(f"lead_to_cash/migrations/19.0.1.3.0/{name}.py")
        load_script(path, name).migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestToldDebts(HoldCase):
    """A salesperson with own documents is told of customers that are theirs by others' choice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.reach(3, invoice_user_id=cls.colleague.id)
        cls.customer.user_id = cls.colleague
        cls.mine = {"partner_id": cls.customer.id, "user_id": cls.seller.id}

    def told(self, document, user=None):
        self.env.invalidate_all()
        return bool(document.with_user(user or self.seller).collection_warning)

    def test_not_by_a_document_of_ones_own(self):
        lead = self.env["crm.lead"].with_user(self.seller).create({"name": "Mine", **self.mine})
        order = self.env["sale.order"].with_user(self.seller).create(self.mine)
        for document in (lead, order):
            with self.subTest(document._name):
                self.assertFalse(self.told(document))
                self.assertFalse(document.with_user(self.seller).is_sales_held)
                self.assertTrue(self.told(document, self.chief), "who sees all debts")
                document.with_user(self.chief).user_id = self.colleague
                document.with_user(self.chief).user_id = self.seller
                self.assertTrue(self.told(document), "somebody else has given it")

    def test_another_customer_on_a_document_that_was_given(self):
        other = self.env["res.partner"].create({"name": "Other"})
        lead = self.lead(partner_id=other.id, user_id=self.seller.id)
        lead.with_user(self.seller).partner_id = self.customer
        self.assertFalse(self.told(lead))
        contact = self.env["res.partner"].create({"name": "Contact"})
        lead = self.lead(partner_id=contact.id, user_id=self.seller.id)
        contact.with_user(self.seller).parent_id = self.customer
        self.assertEqual(contact.commercial_partner_id, self.customer)
        self.assertFalse(self.told(lead))

    def test_a_customer_made_a_contact_of_one_that_was_given(self):
        """The host then calls its invoices that one's."""
        given = self.env["res.partner"].create({"name": "Given", "user_id": self.seller.id})
        lead = self.lead(partner_id=given.id, user_id=self.seller.id)
        self.customer.with_user(self.seller).parent_id = given
        self.assertFalse(self.told(lead))
        lead.user_id = self.colleague
        lead.user_id = self.seller
        self.assertTrue(self.told(lead), "given once more")

    def test_a_customer_that_somebody_gives(self):
        order = self.env["sale.order"].with_user(self.seller).create(self.mine)
        self.assertFalse(self.told(order))
        self.customer.with_user(self.seller).user_id = self.seller
        self.assertFalse(self.told(order), "made theirs by themselves")
        self.customer.user_id = self.colleague
        self.customer.user_id = self.seller
        self.assertTrue(self.told(order))

    def test_a_customer_made_with_oneself(self):
        new = self.env["res.partner"].with_user(self.seller).create({"name": "New", "user_id": self.seller.id})
        self.reach(2, partner_id=new.id, invoice_user_id=self.colleague.id)
        order = self.env["sale.order"].with_user(self.seller).create({**self.mine, "partner_id": new.id})
        self.assertFalse(self.told(order))

    def test_a_customer_whose_invoice_they_read(self):
        order = self.env["sale.order"].with_user(self.seller).create(self.mine)
        self.invoice(invoice_user_id=self.seller.id, post=False)
        self.assertFalse(self.told(order), "not posted")
        self.invoice(invoice_user_id=self.seller.id)
        self.assertTrue(self.told(order))

    def test_holding_an_order_says_no_amount(self):
        order = self.env["sale.order"].with_user(self.seller).create({**self.mine, "name": "Order of the month"})
        with self.assertRaises(UserError) as raised:
            order.action_confirm()
        message = str(raised.exception)
        self.assertIn("waits for a sales manager", message)
        for secret in ("100", "Second", "past due"):
            self.assertNotIn(secret, message)
        order.sudo()._wait_for_release()
        self.assertNotIn("past due", "".join(str(activity.note) for activity in order.activity_ids))

    def test_calls_about_debts(self):
        collector = self.user("calling", "lead_to_cash.group_collections_user")
        self.customer.with_user(collector).action_log_attempt("refused", note="Has no money")
        seen = self.env["contact.attempt"].with_user(self.seller)
        domain = [("partner_id", "=", self.customer.id), ("res_model", "=", "res.partner")]
        self.assertFalse(seen.search(domain))
        self.customer.with_user(self.seller).user_id = self.seller
        self.assertFalse(seen.search(domain))
        self.assertEqual(seen.with_user(self.colleague).search(domain).note, "Has no money")
