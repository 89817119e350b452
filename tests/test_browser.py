"""What happens in a browser: tours on the real screens, unit tests of our components."""

import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .collecting.screen_tours import ScreenTours
from .common import TODAY, HandlingCase
from .sales.tours import MondayTours, QuotationTours


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestMondays(MondayTours, QuotationTours, HttpCase):
    """What a salesperson does all day, and what becomes of a quotation."""


@tagged("post_install", "-at_install")
class TestBrowser(ScreenTours, HttpCase):
    """One class, so that they never run two browsers at once: a third core would be needed."""

    def test_salesperson_moves_a_lead_to_first_contact(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create({"name": "A lead to call", "type": "opportunity", "user_id": user.id})
        self.start_tour("/odoo/leads-by-status", "l2c_first_contact", login="tour_salesperson")
        self.assertEqual(lead.handling_role, "contacted")
        self.assertEqual(lead.handling_change_ids[0].user_id, user)
        self.assertEqual(lead.handling_change_ids[0].old_role, "new")

    def test_a_salespersons_morning_at_a_desk(self):
        self.morning()

    def test_a_salespersons_morning_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.morning()

    def morning(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        missed, reached = self.env["crm.lead"].create(
            [
                {"name": name, "contact_name": name, "type": "opportunity", "user_id": user.id, "phone": phone}
                for name, phone in (("Missed lead", "+40215550120"), ("Reached lead", "+40215550121"))
            ]
        )
        self.start_tour("/odoo/call-list", "l2c_morning", login="tour_salesperson")
        self.assertEqual((missed.handling_role, missed.attempt_count), ("no_answer", 1))
        self.assertEqual((reached.handling_role, reached.need), ("contacted", "Tills for three shops"))
        self.assertEqual(reached.next_action_summary, "Meeting")

    def test_an_expired_quotation_is_renewed_at_a_desk(self):
        self.renew()

    def test_an_expired_quotation_is_renewed_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.renew()

    def renew(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        customer = self.env["res.partner"].create({"name": "Customer", "email": "customer@example.com"})
        product = self.env["product.product"].create({"name": "Thing", "list_price": 100.0, "taxes_id": False})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": user.id,
                "validity_date": "2026-03-01",
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        order.with_context(l2c_today="2026-02-20").action_quotation_sent()
        order._handling_follow_time()
        product.list_price = 120.0
        self.start_tour(f"/odoo/sale.order/{order.id}", "l2c_renew", login="tour_salesperson")
        self.assertEqual((order.state, order.revision, order.amount_untaxed), ("draft", 2, 120.0))
        self.assertGreater(order.validity_date, fields.Date.today())

    def test_the_overview_opens_what_it_counts(self):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        self.env["crm.lead"].create({"name": "A lead to call", "type": "opportunity", "user_id": user.id})
        self.start_tour("/odoo/sales-overview", "l2c_overview", login="tour_salesperson")

    def test_a_salesperson_closes_a_lead_with_a_reason_at_a_desk(self):
        self.close_with_a_reason("l2c_close")

    def test_a_salesperson_closes_a_lead_with_a_reason_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.close_with_a_reason("l2c_close_phone")

    def close_with_a_reason(self, tour):
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create({"name": "Closed lead", "type": "opportunity", "user_id": user.id})
        self.start_tour(f"/odoo/crm.lead/{lead.id}", tour, login="tour_salesperson")
        self.assertEqual((lead.handling_role, lead.closure_reason_id.name), ("lost", "Not interested"))
        self.assertTrue(lead.closure_date)

    def test_cards_are_dragged_to_another_status(self):
        """Every column is there; dropped on Closed, a card asks for the reason."""
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        closed, kept, won = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": user.id}
                for name in ("Card to close", "Card to keep", "Card to win")
            ]
        )
        self.start_tour("/odoo/leads-by-status", "l2c_drag", login="tour_salesperson")
        self.assertEqual((closed.handling_role, closed.closure_reason_id.name), ("lost", "Not interested"))
        self.assertEqual((won.handling_role, won.won_status), ("won", "won"))
        self.assertEqual(kept.handling_role, "new")

    def test_buttons_on_a_card_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Card to call", "type": "opportunity", "user_id": user.id, "phone": "+40215550120"}
        )
        self.start_tour("/odoo/leads-by-status", "l2c_card_buttons", login="tour_salesperson")
        self.assertEqual((lead.handling_role, lead.attempt_count), ("no_answer", 1))

    def test_marketing_hands_a_lead_over_to_sales(self):
        for login in ("tour_marketing", "tour_salesperson"):
            new_test_user(self.env, login, groups="sales_team.group_sale_salesman", name=login)
        marketing, seller = self.env["res.users"].search([("login", "like", "tour_%")], order="login")
        lead = self.env["crm.lead"].create({"name": "A lead", "type": "opportunity", "user_id": marketing.id})
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "l2c_hand_over", login="tour_marketing")
        self.assertEqual((lead.user_id, lead.handover_state), (seller, "waiting"))

    def test_sales_returns_a_lead_to_marketing(self):
        for login in ("tour_marketing", "tour_salesperson"):
            new_test_user(self.env, login, groups="sales_team.group_sale_salesman", name=login)
        marketing, seller = self.env["res.users"].search([("login", "like", "tour_%")], order="login")
        lead = self.env["crm.lead"].create({"name": "A lead", "type": "opportunity", "user_id": marketing.id})
        lead.with_user(marketing).action_hand_over(seller)
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "l2c_return", login="tour_salesperson")
        self.assertEqual((lead.user_id, lead.handover_state, lead.handover_note), (marketing, "returned", "A student"))

    def test_accountant_sees_open_invoices_by_status(self):
        new_test_user(self.env, "tour_accountant", groups="account.group_account_manager")
        self.start_tour("/odoo", "l2c_open_invoices", login="tour_accountant")
        self.assertTrue(self.env["handling.status"].search_count([("name", "=", "Waiting for the order number")]))

    def overdue(self):
        """A policy that doesn't run yet, and what it would remind of."""
        new_test_user(self.env, "tour_accountant", groups="account.group_account_manager")
        self.env["dunning.policy"].search([]).active = False
        level = Command.create({"name": "Tour level", "delay_days": 4})
        customer = self.env["res.partner"].create({"name": "Tour customer", "email": "tour@example.com"})
        line = Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": "2026-01-02",
                "invoice_date_due": "2026-02-02",
                "invoice_payment_term_id": False,
                "invoice_line_ids": [line],
            }
        )
        invoice.action_post()
        return self.env["dunning.policy"].create({"name": "Tour policy", "level_ids": [level]})

    def test_accountant_goes_live(self):
        policy = self.overdue()
        self.start_tour("/odoo", "l2c_go_live", login="tour_accountant")
        self.assertTrue(policy.is_running)
        run = self.env["dunning.run"].create({})
        run.action_run()
        self.assertEqual((run.state, run.notice_ids.state), ("done", "to_approve"))

    def test_accountant_releases_the_first_run(self):
        self.overdue().action_start()
        self.env.company.dunning_awaits_release = True
        run = self.env["dunning.run"].create({})
        run.action_run()
        self.start_tour("/odoo/dunning-runs", "l2c_release", login="tour_accountant")
        self.assertFalse(run.company_id.dunning_awaits_release)
        run.action_run()
        self.assertEqual((run.state, run.notice_ids.state), ("done", "queued"))

    def test_accountant_begins_monday_morning_at_the_desk(self):
        self.monday()

    def test_accountant_begins_monday_morning_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.monday()

    def monday(self, customers=10):
        """Five items of each customer: two to call, one to look at, the rest to send; on a working day."""
        self.enterContext(freeze_time(f"{TODAY} 12:00:00"))
        policy, moves = self.five_items_each(customers)
        called, look = moves.commercial_partner_id[:2], moves.commercial_partner_id[2]
        moves.filtered(lambda move: move.partner_id in called).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).date_maturity = fields.Date.today() - timedelta(days=20)
        self.env["dunning.run"].create({}).action_run()
        waiting = self.env["dunning.notice"].search([("state", "=", "to_approve")])
        self.assertEqual((len(waiting), policy), (customers - 2, waiting.policy_id))
        (waiting - waiting.filtered(lambda notice: notice.partner_id == look)).exceptions = False
        self.start_tour("/odoo/desk", "l2c_monday", login="tour_accountant")
        self.assertEqual(set(waiting.mapped("state")), {"queued", "to_approve"})
        self.assertEqual(waiting.filtered(lambda notice: notice.state == "to_approve").partner_id, look)
        promise = self.env["dunning.promise"].search([("partner_id", "in", called.ids)])
        self.assertEqual((len(promise), promise.amount, promise.state), (1, 500, "open"))
        attempts = self.env["contact.attempt"].search([("res_model", "=", "res.partner")], order="id")
        self.assertEqual(attempts.mapped("outcome"), ["promise", "no_answer"])
        self.assertEqual(attempts.mapped("res_id"), [promise.partner_id.id, (called - promise.partner_id).id])

    def five_items_each(self, count):
        new_test_user(self.env, "tour_accountant", groups="account.group_account_manager")
        self.env["dunning.policy"].search([]).active = False
        levels = [
            Command.create({"name": "First", "delay_days": 4, "sequence": 1, "requires_approval": True}),
            Command.create({"name": "Collection call", "delay_days": 15, "sequence": 2, "channel": "call"}),
        ]
        policy = self.env["dunning.policy"].create({"name": "Tour policy", "catch_up": "latest", "level_ids": levels})
        policy.action_start()
        self.env.company.dunning_policy_id = policy
        customers = self.env["res.partner"].create(
            [
                {"name": f"Customer {n:02}", "email": f"customer{n}@example.com", "phone": "+40 21 555 0120"}
                for n in range(count)
            ]
        )
        line = Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})
        today = fields.Date.today()
        values = {
            "move_type": "out_invoice",
            "invoice_date": today - timedelta(days=40),
            "invoice_date_due": today - timedelta(days=7),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [line],
        }
        moves = self.env["account.move"].create(
            [{**values, "partner_id": customer.id} for customer in customers for _number in range(5)]
        )
        moves.action_post()
        return policy, moves

    def test_a_returned_payment_comes_on_top_of_the_desk(self):
        _policy, moves = self.five_items_each(10)
        returned = moves[42]
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=returned.ids)
        payment = wizard.create({})._create_payments()
        self.env["dunning.run"].create({}).action_run()
        self.env["dunning.notice"].search([]).filtered(lambda notice: notice.state == "to_approve").exceptions = "first"
        payment._return(fields.Date.today(), "No funds")
        self.start_tour("/odoo/desk", "l2c_returned_payment", login="tour_accountant")
        attempt = self.env["contact.attempt"].search([("res_model", "=", "res.partner")])
        self.assertEqual((attempt.res_id, attempt.outcome), (returned.partner_id.id, "says_paid"))
        self.assertTrue(returned.partner_id.dunning_hold_until)

    def test_an_accountant_takes_a_payment_back(self):
        """From the paid invoice to the desk: owed again, the promise broken, its customer on top."""
        new_test_user(self.env, "tour_accountant", groups="account.group_account_manager")
        self.env["dunning.policy"].search([]).active = False
        self.env.company.dunning_policy_id = False
        customer = self.env["res.partner"].create({"name": "Customer with a cheque", "phone": "+40 21 555 0120"})
        today = fields.Date.today()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": today - timedelta(days=40),
                "invoice_date_due": today - timedelta(days=10),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})],
            }
        )
        invoice.action_post()
        items = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        promise = self.env["dunning.promise"].create(
            {"partner_id": customer.id, "amount": 100, "date": today, "move_line_ids": [Command.set(items.ids)]}
        )
        payment = self.env["account.payment"].create(
            {"partner_id": customer.id, "amount": 100, "invoice_ids": invoice.ids}
        )
        payment.action_post()
        (payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable") | items).reconcile()
        self.assertEqual((items.reconciled, promise.state), (True, "kept"))
        path = f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}"
        self.start_tour(path, "l2c_take_back", login="tour_accountant")
        self.assertEqual((payment.state, payment.move_id.reversal_move_ids.state), ("rejected", "posted"))
        self.assertEqual((invoice.payment_state, invoice.amount_residual, items.reconciled), ("not_paid", 100, False))
        self.assertEqual((promise.state, items.payment_return_open), ("broken", True))
        self.assertTrue(any("No funds" in message.body for message in invoice.message_ids))

    def test_a_customer_answers_at_a_desk(self):
        self.answers()

    def test_a_customer_answers_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.answers()

    def answers(self):
        HandlingCase.only_provider.__func__(self)
        self.overdue().action_start()
        run = self.env["dunning.run"].create({})
        run.action_run()
        notice = run.notice_ids
        self.start_tour(notice.get_portal_url(), "l2c_answer_page", login=None)
        kinds = ["wrong_person", "plan", "dispute", "promise", "paid"]
        self.assertEqual(notice.answer_ids.mapped("kind"), kinds)
        self.assertEqual(notice.answer_ids.dispute_id.move_line_ids, notice.line_ids.move_line_id)
        self.assertEqual(notice.answer_ids.promise_id.amount, 100)
        self.assertTrue(notice.partner_id.is_wrong_addressee)

    def test_mails_fit_a_phone(self):
        """Of 390 pixels; in each language, with long numbers and references, whatever a company prints."""
        self.env.company.write({"trade_register": "J40/1234/2020", "legal_form": "S.R.L.", "share_capital": 200})
        self.overdue().action_start()
        run = self.env["dunning.run"].create({})
        run.action_run()
        invoice = run.notice_ids.line_ids.move_id
        invoice.write({"ref": "Comanda/4500012345/Depozit-București", "allocation_number": "123456789012345"})
        run.notice_ids.line_ids.amount_residual = 1234567.89
        mails = []
        for lang in ("en_US", "he_IL", "ro_RO"):
            self.env["res.lang"]._activate_lang(lang)
            notice = run.notice_ids.with_context(lang=lang)
            for template in self.env["mail.template"].with_context(lang=lang).search([("model", "=", notice._name)]):
                mails += template._render_mails(notice)
        self.assertGreaterEqual(len(mails), 24)
        self.browser_js("/web/login", f"({FIT})({json.dumps(mails)})", "!!document.body", timeout=60)

    def test_a_kept_address_of_an_ageing_says_its_day(self):
        """In each of its views; nothing but the address names the day."""
        for query in ("", "?view_type=pivot"):
            with self.subTest(query):
                title = "document.title.includes('Ageing as at 02/28/2026')"
                self.browser_js(f"/odoo/20260228/ageing{query}", "console.log('test successful')", title, login="admin")

    def test_the_call_list_clips_no_goal(self):
        """A moment of another day is the longest that stands in its column; whoever has taken it beside it."""
        user = new_test_user(self.env, "tour_salesperson", groups="sales_team.group_sale_salesman", lang="en_US")
        lead = self.env["crm.lead"].create({"name": "Tomorrow", "type": "opportunity", "user_id": user.id})
        lead.flush_recordset()
        goal = (fields.Datetime.now() + timedelta(days=3)).replace(hour=23, minute=58)
        self.env.cr.execute("UPDATE crm_lead SET response_goal = %s WHERE id = %s", [goal, lead.id])
        self.browser_js("/odoo/call-list", CLIPPED, GOAL_STANDS, login="tour_salesperson")

    def test_a_deposit_is_asked_with_a_click(self):
        """Something is seen of it, and the button goes."""
        groups = "account.group_account_invoice,sales_team.group_sale_salesman_all_leads"
        new_test_user(self.env, "tour_salesperson", groups=groups, lang="en_US")
        customer = self.env["res.partner"].create({"name": "Late", "is_company": True})
        grade = {"grade": "e", "since": "2026-03-01", "as_of": "2026-03-01", "expected_days_late": 80}
        self.env["payment.grade"].create({"partner_id": customer.id, "company_id": self.env.company.id, **grade})
        order = self.env["sale.order"].create({"partner_id": customer.id, "require_payment": False})
        self.browser_js(f"/odoo/sale.order/{order.id}", ASK_DEPOSIT, DEPOSIT_STANDS, login="tour_salesperson")
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.3))

    def test_components(self):
        # Fails when a unit test fails, and when none is found: then the page never says so.
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite_id('@lead_to_cash')}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )


DEPOSIT_STANDS = "!!document.querySelector('button[name=action_ask_deposit]')"
ASK_DEPOSIT = """document.querySelector("button[name=action_ask_deposit]").click();
setInterval(() => {
    const said = document.querySelector(".o_notification")?.textContent.includes("a deposit of 30 %");
    const gone = !document.querySelector("button[name=action_ask_deposit]");
    console.log(said && gone ? "test successful" : "waits");
}, 100);"""
GOAL_STANDS = "!!document.querySelector('.o_data_row td[name=response_goal] .o_l2c_countdown')"
#: Looks whether the goals of a list stick out of their column.
CLIPPED = """const cell = document.querySelector(".o_data_row td[name=response_goal]");
const fits = /[AP]M/.test(cell.textContent) && cell.scrollWidth <= cell.clientWidth;
console.log(fits ? "test successful" : `${cell.textContent}: ${cell.scrollWidth} of ${cell.clientWidth} pixels`);"""

#: Shows each mail in a window of a phone's width, and looks whether something sticks out.
FIT = """async (mails) => {
    for (const mail of mails) {
        const frame = document.createElement("iframe");
        frame.style.cssText = "width: 390px; height: 800px; border: 0";
        frame.srcdoc = mail;
        const loaded = new Promise((done) => frame.addEventListener("load", done));
        document.body.append(frame);
        await loaded;
        const page = frame.contentDocument.documentElement;
        if (page.scrollWidth > 390 || !page.textContent.trim()) {
            throw new Error(`${page.scrollWidth} pixels: ${page.textContent}`);
        }
        frame.remove();
    }
    console.log("test successful");
}"""


def suite_id(name):
    """The id by which the unit-test page knows a suite: a 32-bit hash of its name."""
    number = 0
    for char in name:
        number = (number * 31 + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"
