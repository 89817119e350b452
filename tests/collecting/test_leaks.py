"""Leaks: what should be money and isn't, who is told, and when it ends."""

import re
from itertools import chain
from pathlib import Path

from odoo import Command, addons
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...engine.collecting.leaks import REFUSED
from ..common import TODAY, HandlingCase


class LeakCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls.seller = cls.user("leak_seller", "sales_team.group_sale_salesman")
        cls.other = cls.user("leak_other", "sales_team.group_sale_salesman")
        cls.collector = cls.user("leak_collector", "lead_to_cash.group_collections_user")
        cls.customer.collector_id = cls.collector

    def confirmed(self, day="2026-03-01", price=100.0, **values):
        """An order that was confirmed on that day."""
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1, "price_unit": price})
        order = self.order(**{"user_id": self.seller.id, "order_line": [line], **values})
        order.action_confirm()
        order.date_order = f"{day} 10:00:00"
        return order

    def draft(self, day="2026-03-01", **values):
        """A draft that was made on that day."""
        move = self.invoice(post=False, **values)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET create_date = %s WHERE id IN %s", (f"{day} 10:00:00", move._ids))
        self.env.invalidate_all()
        return move

    def leaks(self, records, user=None):
        """Of orders or invoices."""
        self.env.flush_all()
        self.env.invalidate_all()
        name = "order_id" if records._name == "sale.order" else "move_id"
        model = self.env["collection.leak"].with_user(user or self.env.user)
        return model.search([(name, "in", records.ids)])

    def kinds(self, records, user=None):
        return self.leaks(records, user).mapped("kind")

    def night(self, day=TODAY):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.watch"].with_context(l2c_today=day)._cron_nightly()
        self.env.invalidate_all()

    def tasks(self, records):
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids), ("handling_step", "=", -4)]
        return self.env["mail.activity"].search(domain)

    def send(self, moves, method="email"):
        self.env["account.move.send"]._generate_and_send_invoices(moves, sending_methods=[method])

    def fail_mail(self, move, status="bounce", partner=None):
        """The e-mail of an invoice, and what became of it."""
        message = move.message_post(body=move.name, message_type="comment")
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": (partner or move.partner_id).id,
                "notification_type": "email",
                "notification_status": status,
            }
        )
        return message


@tagged("post_install", "-at_install")
class TestLeaks(LeakCase):
    def test_an_order_leaks_until_it_is_invoiced(self):
        order = self.confirmed()
        leak = self.leaks(order)
        self.assertEqual((leak.kind, leak.amount, leak.age, leak.owner_id), ("not_invoiced", 100.0, 9, self.seller))
        self.assertEqual((leak.document, str(leak.since)), (order.name, "2026-03-01"))
        invoice = order._create_invoices()
        self.assertEqual(self.kinds(order), [])
        self.assertEqual(self.kinds(invoice), ["draft"])
        invoice.invoice_date = "2026-03-05"
        invoice.action_post()
        self.assertEqual(self.kinds(invoice), ["unsent"])
        self.send(invoice)
        self.assertEqual(self.kinds(invoice), [])

    def test_what_is_no_leak(self):
        quotation, cancelled, nothing = self.order(), self.confirmed(), self.confirmed(price=0.0)
        cancelled._action_cancel()
        ahead = self.draft(invoice_date="2026-04-01")
        refund = self.draft(move_type="out_refund")
        bill = self.draft(move_type="in_invoice")
        empty = self.draft(amount=0.0)
        self.assertFalse(self.leaks(quotation | cancelled | nothing))
        self.assertFalse(self.leaks(ahead | refund | bill | empty))

    def test_what_is_delivered_is_to_be_invoiced(self):
        self.product.invoice_policy = "delivery"
        order = self.confirmed()
        self.assertEqual(self.kinds(order), [])
        order.order_line.qty_delivered = 1
        self.assertEqual(self.kinds(order), ["not_invoiced"])

    def test_the_rest_of_what_is_invoiced_in_part(self):
        order = self.confirmed(order_line=[Command.create({"product_id": self.product.id, "product_uom_qty": 4})])
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        leaks = self.leaks(order) | self.leaks(invoice)
        self.assertEqual(dict(leaks.mapped(lambda leak: (leak.kind, leak.amount))), {"not_invoiced": 300, "draft": 100})
        invoice.action_post()
        self.assertEqual(self.leaks(order).amount, 300.0)

    def test_taxes_are_part_of_it(self):
        tax = self.env["account.tax"].create({"name": "21", "amount": 21.0, "type_tax_use": "sale"})
        order = self.confirmed()
        order.order_line.tax_ids = tax
        self.assertEqual(self.leaks(order).amount, 121.0)

    def test_a_down_payment_counts_against_the_rest(self):
        order = self.confirmed(price=1000.0)
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "fixed", "fixed_amount": 300.0}).create_invoices()
        down = order.invoice_ids
        self.assertEqual((self.leaks(down).amount, self.leaks(order).amount), (300.0, 700.0))
        down.invoice_date = "2026-03-05"
        down.action_post()
        self.assertEqual((self.kinds(down), self.leaks(order).amount), (["unsent"], 700.0))
        final = order._create_invoices(final=True)
        self.assertEqual((self.kinds(order), self.leaks(final).amount), ([], 700.0))

    def test_another_currency_is_counted_in_the_company_s(self):
        currency = self.env["res.currency"].create(
            {
                "name": "LEK",
                "symbol": "L",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create({"name": "Leks", "currency_id": currency.id})
        order = self.confirmed(price=400.0, pricelist_id=pricelist.id)
        move = self.draft(amount=80.0, currency_id=currency.id)
        self.assertEqual((self.leaks(order).amount, self.leaks(move).amount), (100.0, 20.0))
        self.assertEqual(self.leaks(order).currency_id, self.env.company.currency_id)

    def test_an_archived_customer_s_leak_stays(self):
        order = self.confirmed()
        self.customer.active = False
        self.assertEqual(self.kinds(order), ["not_invoiced"])

    def test_paid_or_handed_over_by_hand_is_not_unsent(self):
        paid, by_hand, open_one = self.invoices([{}, {}, {}])
        self.pay(paid)
        partner = self.env["res.partner"].create({"name": "By hand", "invoice_sending_method": "manual"})
        other = self.invoice(partner_id=partner.id)
        by_hand.is_move_sent = True
        self.assertEqual(self.leaks(paid | by_hand | open_one | other).move_id, open_one)

    def test_a_failed_mail_leaks_until_another_goes(self):
        move = self.invoice()
        move.is_move_sent = True
        self.assertEqual(self.kinds(move), [])
        self.fail_mail(move, partner=self.collector.partner_id)
        self.assertEqual(self.kinds(move), [], "a colleague's address")
        self.fail_mail(move)
        self.assertEqual(self.kinds(move), ["bounced"])
        self.fail_mail(move, "sent")
        self.assertEqual(self.kinds(move), [])
        self.fail_mail(move, "exception")
        self.assertEqual(self.kinds(move), ["bounced"])
        self.pay(move)
        self.assertEqual(self.kinds(move), [])

    def test_one_document_is_one_leak(self):
        """Also where it leaks in two ways: the figure counts its money once."""
        move = self.invoice()
        self.fail_mail(move)
        self.assertEqual(self.kinds(move), ["bounced"])

    def test_what_an_authority_refuses_where_an_addon_says_so(self):
        known = [
            name for name in ("l10n_ro_edi_state", "peppol_move_state") if name in self.env["account.move"]._fields
        ]
        self.assertEqual(bool(self.env["collection.leak"]._refused()), bool(known))

    def test_states_are_those_of_the_addons(self):
        """What is asked of the addons for e-invoices is what Odoo's own say."""
        found = set()
        for path in chain.from_iterable(Path(folder).glob("*/models/account_move.py") for folder in addons.__path__):
            text = path.read_text(encoding="utf-8")
            for name in REFUSED:
                if declared := re.search(rf"(?ms)^    {name} = fields\.Selection\((.*?)^    \)", text):
                    found.add(name)
                    for state in REFUSED[name]:
                        with self.subTest(name=name, state=state):
                            self.assertRegex(declared[1], f"[\"']{state}[\"']")
        self.assertLessEqual({"l10n_ro_edi_state", "peppol_move_state", "l10n_tr_nilvera_send_status"}, found)

    # Who sees what ------------------------------------------------------------------------

    def test_salespeople_see_leaks_of_their_orders(self):
        mine, theirs = self.confirmed(), self.confirmed(user_id=self.other.id)
        move = self.draft()
        both = mine | theirs
        self.assertEqual(self.leaks(both, self.seller).order_id, mine)
        self.assertFalse(self.leaks(move, self.seller))
        leader = self.user("leak_leader", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(self.leaks(both, leader).order_id, both)
        self.assertFalse(self.leaks(move, leader))
        self.assertEqual(self.leaks(both, self.collector).order_id, both)
        self.assertEqual(self.kinds(move, self.collector), ["draft"])
        leak = self.leaks(theirs)
        with self.assertRaises(AccessError):
            leak.with_user(self.seller).read(["amount"])
        with self.assertRaises(AccessError):
            leak.with_user(self.seller).action_open_document()
        self.assertEqual(leak.with_user(self.collector).action_open_document()["res_id"], theirs.id)

    def test_an_employee_sees_none(self):
        employee = self.user("leak_employee", "base.group_user")
        with self.assertRaises(AccessError):
            self.leaks(self.confirmed(), employee)

    def test_another_company_s_leaks_are_its_own(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= company
        order = self.confirmed()
        theirs = self.order(company_id=company.id, user_id=False)
        theirs.action_confirm()
        all_of_both = order | theirs
        self.assertEqual(self.leaks(all_of_both, self.collector).order_id, order)
        both = self.env["collection.leak"].with_context(allowed_company_ids=[self.env.company.id, company.id])
        self.assertEqual(both.search([("order_id", "in", all_of_both.ids)]).order_id, all_of_both)

    def test_one_figure_above_the_desk_and_in_the_overview(self):
        before = self.env["collection.leak"].with_user(self.seller)._figure()[0]
        self.confirmed(price=1250.0)
        desk = self.env["call.list.line"].with_user(self.collector).get_desk()
        banner = next(row for row in desk["banners"] if row["action"] == "action_leaks")
        self.assertIn("Leaks", banner["text"])
        action = self.env["call.list.line"].with_user(self.collector).action_leaks()
        self.assertEqual(action["res_model"], "collection.leak")
        overview = self.env["l2c.overview"].with_user(self.seller)
        tile = next(tile for tile in overview.get_overview()["tiles"] if tile["key"] == "leak")
        self.assertEqual(tile["count"], before + 1)
        self.assertIn("1,250.00", tile["label"])
        self.assertEqual(overview.action_overview("leak")["res_model"], "collection.leak")

    # Tasks --------------------------------------------------------------------------------

    def test_the_salesperson_is_asked_once(self):
        late, fresh = self.confirmed("2026-03-07"), self.confirmed("2026-03-08")
        self.night()
        task = self.tasks(late | fresh)
        self.assertEqual((task.res_id, task.user_id, str(task.date_deadline)), (late.id, self.seller, TODAY))
        self.assertIn("$", task.summary)
        self.night("2026-03-11")
        self.assertEqual(set(self.tasks(late | fresh).mapped("res_id")), {fresh.id, late.id})
        task.action_feedback(feedback="Next week")
        self.night("2026-03-12")
        self.assertEqual(self.tasks(late).exists(), self.env["mail.activity"], "what was answered isn't asked again")

    def test_a_second_night_writes_nothing(self):
        orders = self.confirmed() | self.confirmed()
        self.night()
        before = self.tasks(orders).mapped(lambda task: (task.id, task.write_date))
        self.env.cr.execute("SELECT n_tup_ins FROM pg_stat_xact_all_tables WHERE relname = 'mail_activity'")
        made = self.env.cr.fetchone()
        self.night()
        self.env.cr.execute("SELECT n_tup_ins FROM pg_stat_xact_all_tables WHERE relname = 'mail_activity'")
        self.assertEqual(self.env.cr.fetchone(), made)
        self.assertEqual(self.tasks(orders).mapped(lambda task: (task.id, task.write_date)), before)

    def test_the_task_ends_with_its_leak(self):
        order, draft = self.confirmed(), self.draft()
        self.night()
        self.assertEqual(self.tasks(draft).user_id, self.collector)
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-09"
        invoice.action_post()
        draft.action_post()
        self.assertFalse(self.tasks(order) | self.tasks(draft))
        self.assertFalse(order.leak_asked or draft.leak_asked)
        self.night("2026-03-11")
        self.assertEqual(set(self.tasks(invoice | draft).mapped("res_id")), set((invoice | draft).ids))
        self.send(draft)
        self.assertFalse(self.tasks(draft))
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self.tasks(invoice))

    def test_a_cancelled_order_s_task_ends_by_night(self):
        order = self.confirmed()
        self.night()
        order._action_cancel()
        self.night("2026-03-11")
        self.assertFalse(self.tasks(order))

    def test_settings_switch_tasks_off(self):
        order, draft = self.confirmed(), self.draft()
        self.env.company.write({"leak_order_days": 0, "leak_draft_days": 20})
        self.night()
        self.assertFalse(self.tasks(order) | self.tasks(draft))
        with self.assertRaises(ValidationError):
            self.env.company.leak_unsent_days = -1

    def test_not_more_than_a_person_can_do(self):
        """Who begins with old books isn't buried: the rest comes in the next nights, the largest first."""
        orders = self.env["sale.order"].union(*(self.confirmed(price=100.0 + n) for n in range(13)))
        self.night()
        tasks = self.tasks(orders)
        self.assertEqual(len(tasks), 10)
        self.assertNotIn(orders[0].id, tasks.mapped("res_id"))
        self.assertEqual(["in the next nights: 3." in (task.note or "") for task in tasks].count(True), 1)
        self.night("2026-03-11")
        self.assertEqual(len(self.tasks(orders)), 13)

    def test_the_task_is_in_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.seller.lang = "he_IL"
        order = self.confirmed()
        self.night()
        self.assertEqual(len(self.tasks(order)), 1)

    # How long it takes --------------------------------------------------------------------

    def test_the_days_to_the_first_invoice(self):
        order = self.confirmed(
            "2026-03-01", order_line=[Command.create({"product_id": self.product.id, "product_uom_qty": 2})]
        )
        for day, lag in (("2026-03-06", 5), ("2026-03-20", 5)):
            invoice = order._create_invoices()
            invoice.invoice_date = day
            invoice.invoice_line_ids.quantity = 1
            invoice.action_post()
            self.assertEqual(order.invoice_lag_days, lag)
        first = order.invoice_ids.sorted("invoice_date")[0]
        first.button_draft()
        self.assertEqual(order.invoice_lag_days, 19)
        other = self.confirmed()
        rows = self.env["sale.order"].formatted_read_group(
            [("id", "in", (order | other).ids)], ["partner_id"], ["invoice_lag_days:avg"]
        )
        self.assertEqual(rows[0]["invoice_lag_days:avg"], 19, "an order without an invoice has no days")

    def test_an_upgrade_counts_them_for_all(self):
        order = self.confirmed("2026-03-01")
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-04"
        invoice.action_post()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET invoice_lag_days = NULL")
        self.env["sale.order"]._stamp_lag("UTC", order.company_id)
        self.assertEqual(order.invoice_lag_days, 3)
