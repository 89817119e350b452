"""What stands in the books and in sales right after installing: by the rights of whoever looks."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common import TODAY, HandlingCase


@tagged("post_install", "-at_install")
class TestWhatWeFound(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Empty", "currency_id": cls.env.ref("base.EUR").id})
        cls.manager = cls.user(
            "found_manager", "lead_to_cash.group_collections_manager,sales_team.group_sale_salesman_all_leads"
        )
        cls.clerk = cls.user("found_clerk", "account.group_account_invoice")
        cls.reader = cls.user("found_reader", "account.group_account_readonly")
        cls.seller = cls.user("found_seller", "sales_team.group_sale_salesman")

    def page(self, user, company=None):
        """As the browser opens it."""
        model = self.env["collection.found"].with_user(user)
        if company:
            user.company_ids |= company
            model = model.with_context(allowed_company_ids=company.ids)
        return Form(model.with_context(l2c_today=TODAY)).save()

    def fill(self):
        """Two overdue customers, an order, a silent quotation, a lead."""
        other = self.env["res.partner"].create({"name": "Other"})
        rows = [{"due": "2026-03-01"}, {"due": "2026-03-05", "amount": 50.0}]
        rows += [{"due": "2026-03-09", "partner_id": other.id, "amount": 7.0}, {"due": "2026-03-10", "amount": 1000.0}]
        moves = self.invoices(rows)
        self.product.invoice_policy = "order"
        order = self.order()
        order.action_confirm()
        quotation = self.order()
        quotation.with_context(l2c_today="2026-02-20").action_quotation_sent()
        self.order().with_context(l2c_today="2026-03-09").action_quotation_sent()
        lead = self.lead()
        self.env.flush_all()
        return moves, order, quotation, lead

    def test_opening_balances_without_a_due_date(self):
        before = self.page(self.clerk).overdue_amount
        accounts = self.env["account.account"]
        other = accounts.search([("account_type", "=", "income"), ("company_ids", "=", self.env.company.id)], limit=1)
        customer = self.env["res.partner"].create({"name": "Carried Over"})
        receivable = customer.property_account_receivable_id
        rows = [(receivable, 25.0, 0.0, customer.id), (other, 0.0, 25.0, False)]
        entry = self.env["account.move"].create(
            {
                "date": "2026-02-01",
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": debit, "credit": credit, "partner_id": partner})
                    for account, debit, credit, partner in rows
                ],
            }
        )
        entry.action_post()
        entry.line_ids.flush_recordset()
        item = entry.line_ids.filtered("debit")
        self.assertFalse(item.date_maturity)
        page = self.page(self.clerk)
        self.assertEqual(page.display_name, "What We Found")
        self.assertEqual(page.overdue_amount - before, 25.0)
        self.assertIn(item, self.env["account.move.line"].search(page.action_overdue()["domain"]))

    def test_each_figure_opens_what_it_counts(self):
        before = self.page(self.manager)
        figures = ("overdue_amount", "overdue_customers", "order_count", "quotation_count", "lead_count")
        known = {name: before[name] for name in figures}
        moves, order, quotation, lead = self.fill()
        page = self.page(self.manager)
        added = {name: page[name] - known[name] for name in figures}
        self.assertEqual(
            added,
            {"overdue_amount": 157.0, "overdue_customers": 2, "order_count": 1, "quotation_count": 1, "lead_count": 1},
        )
        for method, name, record in (
            ("action_orders", "order_count", order),
            ("action_quotations", "quotation_count", quotation),
            ("action_leads", "lead_count", lead),
        ):
            with self.subTest(method):
                action = getattr(page, method)()
                found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
                self.assertEqual(len(found), page[name])
                self.assertIn(record, found)
        action = page.action_overdue()
        items = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertEqual(sum(items.mapped("amount_residual")), page.overdue_amount)
        self.assertNotIn(moves[3], items.move_id)

    def test_by_the_rights_of_the_reader(self):
        self.fill()
        for user in (self.clerk, self.reader):
            page = self.page(user)
            with self.subTest(user.login):
                self.assertGreaterEqual(page.overdue_amount, 157.0)
                self.assertEqual((page.sees_leads, page.lead_count), (False, 0))
                with self.assertRaises(AccessError):
                    page.action_leads()
        with self.assertRaises(AccessError):
            self.env["collection.found"].with_user(self.seller).create({})

    def test_one_is_no_plural(self):
        company = self.company
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        self.manager.company_ids |= company
        there = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        order = there["sale.order"].create({"partner_id": self.customer.id, "company_id": company.id})
        order.with_context(l2c_today="2026-02-20").action_quotation_sent()
        page = self.page(self.manager, company)
        said = "One quotation that nobody has spoken about for five working days"
        self.assertEqual((page.quotation_count, page.quotation_text), (1, said))
        order.copy().with_context(l2c_today="2026-02-20").action_quotation_sent()
        page = self.page(self.manager, company)
        self.assertEqual(page.quotation_text, "2 quotations that nobody has spoken about for five working days")
        for count, text in ((1, "One order never invoiced"), (3, "3 orders never invoiced")):
            self.assertEqual(page._order_text(count), text)
        for count, text in ((1, "One lead that nobody has called"), (3, "3 leads that nobody has called")):
            self.assertEqual(page._lead_text(count), text)
        for count, text in ((1, "5 overdue at one customer"), (2, "5 overdue at 2 customers")):
            page.overdue_customers = count
            self.assertEqual(page._overdue_text("5"), text)

    def test_its_title(self):
        self.assertEqual(self.page(self.manager).display_name, "What We Found")

    def test_an_empty_company(self):
        page = self.page(self.manager, self.company)
        self.assertEqual((page.company_id, page.found_nothing, page.currency_id.name), (self.company, True, "EUR"))
        self.assertFalse(page.runs_policy)

    def test_another_companys_figures_are_its_own(self):
        before = self.page(self.manager, self.company).overdue_amount
        self.fill()
        self.assertEqual(self.page(self.manager, self.company).overdue_amount, before)

    def test_the_desk_leads_there_while_no_policy_runs(self):
        self.env["dunning.policy"].search([]).is_running = False
        desk = self.env["call.list.line"].with_user(self.manager)
        banner = desk.get_desk()["banners"][-1]
        self.assertIn("No policy runs", banner["text"])
        self.assertEqual(getattr(desk, banner["action"])()["res_model"], "collection.found")
        policy = self.env["dunning.policy"].search([("company_id", "=", self.env.company.id)], limit=1)
        policy.action_start()
        self.assertFalse([one for one in desk.get_desk()["banners"] if "No policy runs" in one["text"]])
