"""Orders that are confirmed are invoiced by themselves, where the company wants it."""

from odoo import Command
from odoo.tests import Form, tagged

from ..common import HandlingCase

SELLER = "sales_team.group_sale_salesman"


class AtOnceCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.invoices_at_once = True
        cls.seller = cls.user("at_once", SELLER)
        cls.product.invoice_policy = "order"
        cls.kind = cls.env.ref("lead_to_cash.mail_activity_type_invoice_by_hand")
        cls.cron = cls.env.ref("lead_to_cash.cron_invoice_at_once")
        cls.sending = cls.env.ref("account.ir_cron_account_move_send")

    def order(self, **values):
        return super().order(user_id=self.seller.id, **values)

    def confirmed(self, number=1, **values):
        orders = self.env["sale.order"].union(*(self.order(**values) for _number in range(number)))
        orders.action_confirm()
        return orders

    def job(self, cron=None):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            (cron or self.cron).method_direct_trigger()
        self.env.invalidate_all()

    def tasks(self, record):
        return record.activity_ids.filtered(lambda activity: activity.activity_type_id == self.kind)


@tagged("post_install", "-at_install")
class TestAtOnce(AtOnceCase):
    def test_off_as_shipped(self):
        self.company.invoices_at_once = self.env["res.company"].new({}).invoices_at_once
        order = self.confirmed()
        self.assertFalse(order.is_invoiced_at_once)
        self.job()
        self.assertEqual((order.invoice_status, len(order.invoice_ids)), ("to invoice", 0))

    def test_made_posted_and_sent(self):
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])
        order = self.confirmed()
        self.assertTrue(order.is_invoiced_at_once)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]), before + 1)
        self.job()
        move = order.invoice_ids
        self.assertEqual((move.state, move.amount_total, order.invoice_status), ("posted", 100.0, "invoiced"))
        self.assertEqual(move.sending_data["author_user_id"], self.seller.id)
        self.assertFalse(move.is_manually_modified)
        self.job(self.sending)
        self.assertTrue(move.is_move_sent)
        self.assertIn(self.customer, move.message_ids.partner_ids)
        for _twice in range(2):
            self.job()
            self.job(self.sending)
        self.assertEqual(order.invoice_ids, move)
        self.assertEqual(len(move.message_ids.filtered(lambda message: self.customer in message.partner_ids)), 1)

    def test_many_each_its_own_invoice(self):
        orders = self.confirmed(5)
        self.job()
        self.assertEqual([len(order.invoice_ids) for order in orders], [1] * 5)

    def test_a_bad_one_stops_no_other(self):
        good, bad = self.confirmed(2), self.confirmed()
        rule = {"code": "street", "company_id": self.company.id, "is_compulsory": True}
        self.env["invoice.requirement"].create(rule)
        street = self.env["res.partner"].create({"name": "With", "street": "1 High Street", "email": "w@example.com"})
        good.write({"partner_id": street.id, "partner_invoice_id": street.id})
        self.job()
        self.assertEqual(set(good.invoice_ids.mapped("state")), {"posted"})
        self.assertFalse(bad.invoice_ids)
        self.assertEqual(bad.invoice_status, "to invoice")
        self.assertIn("On the contact Customer: Street.", self.tasks(bad).note)
        self.assertEqual(self.tasks(bad).user_id, self.seller)
        self.job()
        self.assertEqual(len(self.tasks(bad)), 1)
        self.customer.street = "2 High Street"
        bad.with_user(self.seller).is_invoiced_at_once = True  # once more
        self.job()
        self.assertEqual(bad.invoice_ids.state, "posted")

    def test_a_task_in_the_sellers_language_once(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.seller.lang = "he_IL"
        self.env["invoice.requirement"].create({"code": "street", "company_id": self.company.id, "is_compulsory": True})
        order = self.confirmed()
        for _twice in range(2):
            self.job()
            order.is_invoiced_at_once = True
        self.job()
        self.assertEqual(len(self.tasks(order)), 1)

    def test_who_may_not_post_makes_nothing_be_posted(self):
        self.company.invoices_at_once = False
        order = self.confirmed()
        order.with_user(self.seller).is_invoiced_at_once = True
        self.job()
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.is_invoiced_at_once)

    def test_cancelled_meanwhile(self):
        order = self.confirmed()
        order._action_cancel()
        self.job()
        self.assertFalse(order.invoice_ids)

    def test_changed_meanwhile(self):
        order = self.confirmed()
        order.order_line.product_uom_qty = 3
        self.job()
        self.assertEqual(order.invoice_ids.amount_total, 300.0)

    def test_delivered_later(self):
        self.product.invoice_policy = "delivery"
        order = self.confirmed()
        self.job()
        self.assertFalse(order.invoice_ids)
        for delivered in (1, 3):
            order.order_line.qty_delivered = delivered
            self.job()
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_total")), [100.0, 200.0])

    def test_a_down_payment_is_taken_off(self):
        order = self.order()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        down = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        self.job()
        self.assertEqual(order.invoice_ids, down)  # a draft is waited for
        down.action_post()
        self.job()
        self.assertEqual(order.invoice_ids, down)  # so is its money
        self.assertIn("once the down payment is paid", order.at_once_text)
        self.pay(down)
        self.job()
        self.assertEqual((order.invoice_ids - down).amount_total, 70.0)
        self.assertEqual((order.invoice_ids - down).state, "posted")

    def test_what_was_delivered_waits_for_no_down_payment(self):
        order = self.order()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        down = wizard.create({"advance_payment_method": "percentage", "amount": 30})._create_invoices(order)
        down.action_post()
        order.order_line.filtered(lambda line: not line.is_downpayment).qty_delivered = 1
        self.job()
        self.assertEqual((order.invoice_ids - down).amount_total, 70.0)

    def test_a_prepayment_is_waited_for(self):
        """A customer who prepays confirms by it; a person can confirm before."""
        order = self.confirmed(require_payment=True, prepayment_percent=0.3)
        self.job()
        self.assertFalse(order.invoice_ids)
        self.assertTrue(order.is_invoiced_at_once)
        self.assertIn("once the prepayment is paid", order.at_once_text)
        provider = self.only_provider()
        values = {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids.id,
            "currency_id": order.currency_id.id,
            "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(order.ids)],
        }
        transactions = self.env["payment.transaction"]
        transactions.create({**values, "amount": 10.0, "reference": "too little", "state": "done"})
        self.job()
        self.assertFalse(order.invoice_ids)
        transactions.create({**values, "amount": 20.0, "reference": "the rest", "state": "done"})
        self.job()
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.amount_total), ("posted", 100.0))

    def test_terms_with_a_part_at_once_are_no_deposit(self):
        """They count from the invoice: without it nothing falls due."""
        order = self.confirmed(payment_term_id=self.half_later().id)
        self.job()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(len(order.invoice_ids.line_ids.filtered("date_maturity")), 2)

    def test_reset_to_draft_isnt_made_or_sent_again(self):
        order = self.confirmed()
        self.job()
        self.job(self.sending)
        move = order.invoice_ids
        move.button_draft()
        self.job()
        self.assertEqual(order.invoice_ids, move)
        move.action_post()
        self.job(self.sending)
        self.assertEqual(len(move.message_ids.filtered(lambda message: self.customer in message.partner_ids)), 1)

    def test_what_somebody_has_undone_isnt_made_again(self):
        deleted, cancelled, credited = self.confirmed(3)
        self.job()
        deleted.invoice_ids.button_draft()
        deleted.invoice_ids.with_context(force_delete=True).unlink()
        cancelled.invoice_ids.button_draft()
        cancelled.invoice_ids.button_cancel()
        credited.invoice_ids._reverse_moves(cancel=True)
        self.job()
        self.assertEqual([len(order.invoice_ids) for order in (deleted, cancelled, credited)], [0, 1, 2])
        self.assertEqual((deleted | cancelled).mapped("is_invoiced_at_once"), [False, False])

    def test_no_address_to_send_it_to(self):
        self.customer.email = False
        order = self.confirmed()
        self.job()
        move = order.invoice_ids
        self.assertEqual((move.state, move.sending_data), ("posted", False))
        send = self.env.ref("lead_to_cash.mail_activity_type_send_invoice")
        task = move.activity_ids.filtered(lambda activity: activity.activity_type_id == send)
        self.assertIn("no e-mail address", task.note)
        self.customer.write({"email": "c@example.com", "invoice_sending_method": "manual"})
        by_hand = self.confirmed()
        self.job()
        self.assertFalse(by_hand.invoice_ids.sending_data)

    def test_what_the_background_couldnt_send(self):
        """Whose invoice it is has a task that says why, once, until it is sent."""
        self.customer.invoice_edi_format = "ubl_bis3"  # and nothing of what that wants
        order = self.confirmed()
        self.job()
        move = order.invoice_ids
        for _twice in range(2):
            self.job(self.sending)
            self.assertFalse(move.is_move_sent)
            [task] = move.activity_ids
            self.assertEqual(task.activity_type_id, self.env.ref("lead_to_cash.mail_activity_type_send_invoice"))
            self.assertIn("country", task.note)
            move._send_by_itself()
        self.customer.invoice_edi_format = False
        self.job(self.sending)
        self.assertTrue(move.is_move_sent)
        self.assertFalse(move.activity_ids)

    def test_no_bank_account_where_one_is_compulsory(self):
        self.company.partner_id.bank_ids.active = False
        self.env["invoice.requirement"].create({"code": "bank", "company_id": self.company.id, "is_compulsory": True})
        order = self.confirmed()
        self.job()
        self.assertFalse(order.invoice_ids)
        self.assertIn("bank account", self.tasks(order).note)

    def test_those_that_odoo_invoices_are_left_to_it(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", True)
        paid, other = self.confirmed(2)
        provider = self.only_provider()
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids.id,
                "amount": 100.0,
                "currency_id": paid.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "at once",
                "state": "pending",
                "sale_order_ids": [Command.set(paid.ids)],
            }
        )
        self.job()
        self.assertFalse(paid.invoice_ids)
        self.assertTrue(other.invoice_ids)

    def test_what_categories_say(self):
        parent = self.env["product.category"].create({"name": "Above"})
        category = self.env["product.category"].create({"name": "Below", "parent_id": parent.id})
        self.product.categ_id = category
        for company, above, own, expected in (
            (True, False, False, True),
            (True, "no", False, False),
            (True, "no", "yes", True),
            (False, "yes", False, True),
            (False, "yes", "no", False),
            (False, False, False, False),
        ):
            self.company.invoices_at_once = company
            parent.invoices_at_once, category.invoices_at_once = above, own
            with self.subTest(company=company, above=above, own=own):
                self.assertEqual(self.confirmed().is_invoiced_at_once, expected)

    def test_an_order_of_both_kinds_waits(self):
        category = self.env["product.category"].create({"name": "Slow", "invoices_at_once": "no"})
        slow = self.env["product.product"].create({"name": "Slow", "categ_id": category.id, "invoice_policy": "order"})
        lines = [Command.create({"product_id": product.id}) for product in (self.product, slow)]
        self.assertFalse(self.confirmed(order_line=lines).is_invoiced_at_once)

    def test_another_company_goes_on_as_before(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        self.env.user.company_ids |= other
        seller = self.seller
        seller.company_ids |= other
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "user_id": seller.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        order.action_confirm()
        self.assertFalse(order.is_invoiced_at_once)

    def test_the_seller_is_told_before(self):
        tax = self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", ">", 0), ("company_id", "=", self.company.id)], limit=1
        )
        order = self.order()
        self.assertEqual(order.at_once_text, "On confirmation, the invoice is made and sent by itself.")
        order.order_line.tax_ids = tax
        self.assertIn("Its VAT falls due with it", order.at_once_text)
        self.product.invoice_policy = "delivery"
        order.invalidate_recordset()
        self.assertNotIn("VAT", order.at_once_text)
        self.company.invoices_at_once = False
        order.invalidate_recordset()
        self.assertFalse(order.at_once_text)

    def test_the_form_as_its_seller_opens_it(self):
        order = self.order()
        with Form(order.with_user(self.seller)) as form:
            self.assertTrue(form.at_once_text)
        order.action_confirm()
        with Form(order.with_user(self.seller)) as form:
            form.is_invoiced_at_once = False
        self.job()
        self.assertFalse(order.invoice_ids)


@tagged("post_install", "-at_install")
class TestAtOnceIsrael(AtOnceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        israel, shekel = cls.env.ref("base.il"), cls.env.ref("base.ILS")
        shekel.active = True
        company = cls.env["res.company"].create(
            {"name": "Israeli", "country_id": israel.id, "currency_id": shekel.id, "invoices_at_once": True}
        )
        cls.env.user.company_ids |= company
        there = cls.env["account.chart.template"].with_company(company)
        there.try_loading("generic_coa", company=company, install_demo=False)
        company.account_fiscal_country_id = israel
        group = cls.env["account.tax.group"].create({"name": "VAT", "country_id": israel.id, "company_id": company.id})
        tax = cls.env["account.tax"].create(
            {
                "name": "VAT 18 %",
                "amount": 18,
                "country_id": israel.id,
                "company_id": company.id,
                "tax_group_id": group.id,
            }
        )
        cls.customer.write({"is_company": True, "vat": "000000018", "country_id": israel.id})
        cls.seller.company_ids |= company
        line = {"product_id": cls.product.id, "price_unit": 9000.0, "tax_ids": [Command.set(tax.ids)]}
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": company.id,
                    "user_id": cls.seller.id,
                    "order_line": [Command.create(line)],
                }
            )
        )
        order.action_confirm()
        cls.given.job()
        cls.move = order.invoice_ids
        cls.allocation = cls.env.ref("lead_to_cash.mail_activity_type_allocation")

    def test_posted_but_it_leaves_with_its_number(self):
        move = self.move
        self.assertEqual(move.state, "posted")
        self.assertTrue(move.waits_to_be_sent)
        self.job(self.sending)
        self.assertFalse(move.is_move_sent)
        self.assertEqual(move.activity_ids.activity_type_id, self.allocation)
        move.allocation_number = "123456789"
        self.job(self.sending)
        self.assertTrue(move.is_move_sent)

    def test_spaces_are_no_number(self):
        self.move.allocation_number = "  "
        self.assertEqual(self.move.activity_ids.activity_type_id, self.allocation)
        self.assertTrue(self.move.waits_to_be_sent)

    def test_it_leaves_also_when_it_got_its_number_as_a_draft(self):
        self.move.button_draft()
        self.move.allocation_number = "123456789"
        self.assertFalse(self.move.sending_data)
        self.move.action_post()
        self.assertFalse(self.move.waits_to_be_sent)
        self.job(self.sending)
        self.assertTrue(self.move.is_move_sent)
