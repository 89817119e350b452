"""What salespeople do in a browser: a Monday with the call list, a quotation from lead to renewed or rejected."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from ..common import HandlingCase

#: What is called of each kind; on a phone, whose page is shorter.
OF_EACH, ON_A_PHONE = 20, 5
#: The last number in a name.
LAST = 20
#: What comes of which line: tests read it, tours click it.
SAID = {
    "Enquiry 20": "reached",
    "Enquiry 19": "no_answer",
    "First 20": "no_answer",
    "Follow-up 20": "callback",
    "Buyer 20": "not_interested",
    "Silent 20": "wrong_number",
    "Closed 20": "reached",
    "Earlier 20": "left_message",
    "Buyer 19": "no_answer",
}


class SalesDay:
    """People and what they have to do."""

    def seller(self, lang="en_US"):
        self.env["res.lang"]._activate_lang(lang)
        self.env["crm.lead"].search([]).active = False
        self.env["sale.order"].search([("state", "=", "sent")])._action_cancel()
        groups = "sales_team.group_sale_salesman"
        return new_test_user(self.env, "tour_salesperson", groups=groups, lang=lang, tz="UTC")

    def numbers(self):
        return range(LAST + 1 - (ON_A_PHONE if self.touch_enabled else OF_EACH), LAST + 1)

    def people(self, kind, start, **values):
        """So many leads of a kind, each of somebody else."""
        values = {"type": "opportunity", "user_id": self.salesperson.id, **values}
        names = [f"{kind} {number:02}" for number in self.numbers()]
        return [
            {"name": f"Tills {name}", "contact_name": name, "phone": f"+40215551{start + number:03}", **values}
            for number, name in enumerate(names)
        ]

    def the_day(self, days=0):
        """The context of another day."""
        return {"l2c_today": fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=days))}

    def call_list(self):
        """Some of each kind that is to be called."""
        leads = self.env["crm.lead"].with_context(tracking_disable=True)
        earlier = leads.create(self.people("Earlier", 0))
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM handling_status_change WHERE res_id IN %s", [tuple(earlier.ids)])
        self.env.cr.execute("UPDATE crm_lead SET response_deadline = NULL WHERE id IN %s", [tuple(earlier.ids)])
        self.env.invalidate_all()
        leads._mark_from_before()
        leads.create(self.people("First", 100))
        follow_ups = leads.create(self.people("Follow-up", 200))
        follow_ups._set_handling_role("contacted")
        follow_ups.activity_ids.unlink()
        follow_ups.next_action_date = fields.Date.today()
        silent = leads.with_context(**self.the_day(3)).create(self.people("Silent", 300))
        silent.action_log_attempt("no_answer")
        silent.activity_ids.date_deadline = fields.Date.today()
        closed = leads.with_context(**self.the_day(200)).create(self.people("Closed", 400))
        closed.action_close(self.env.ref("crm.lost_reason_1"))
        self.env["ir.config_parameter"].set_param("lead_to_cash.asked_again_since", "2025-01-01")
        HandlingCase.nightly(self, fields.Datetime.to_string(fields.Datetime.now()))
        self.quotations()
        # One by one, as they come; made in one transaction, they would all be of the same moment.
        asked = [leads.create(values).id for values in self.people("Enquiry", 500, contact_basis="enquiry")]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - (%s - id) * INTERVAL '1 second' WHERE id IN %s",
            [asked[-1], tuple(asked)],
        )
        self.env.invalidate_all()

    def quotations(self):
        product = self.env["product.product"].create({"name": "Till", "list_price": 100.0, "taxes_id": False})
        line = Command.create({"product_id": product.id, "product_uom_qty": 1})
        buyers = [{"name": f"Buyer {n:02}", "phone": f"+40215551{600 + n}"} for n in self.numbers()]
        orders = self.env["sale.order"].create(
            [
                {"partner_id": buyer.id, "user_id": self.salesperson.id, "order_line": [line]}
                for buyer in self.env["res.partner"].create(buyers)
            ]
        )
        orders.action_quotation_sent()
        orders.next_action_date = fields.Date.today()


class MondayTours(SalesDay):
    """A whole day, with each kind of line and each outcome: it takes minutes."""

    def test_a_monday_at_a_desk(self):
        self.sales_monday("l2c_sales_monday")

    def test_a_monday_on_a_phone(self):
        self.browser_size, self.touch_enabled = "390x780", True
        self.sales_monday("l2c_sales_monday_phone")

    def test_a_monday_in_hebrew(self):
        self.sales_monday("l2c_sales_monday", "he_IL")

    def test_a_monday_in_hebrew_on_a_phone(self):
        self.browser_size, self.touch_enabled = "390x780", True
        self.sales_monday("l2c_sales_monday_phone", "he_IL")

    def sales_monday(self, tour, lang="en_US"):
        self.salesperson = self.seller(lang)
        self.call_list()
        lines = self.env["call.list.line"].with_user(self.salesperson)
        kinds = dict(lines._read_group([], ["kind"], ["__count"]))
        self.assertEqual(kinds, dict.fromkeys(lines._ranks.keys() & kinds.keys(), len(self.numbers())))
        self.assertEqual(len(kinds), 7)
        self.start_tour("/odoo/call-list", tour, login="tour_salesperson", timeout=600)
        self.env.invalidate_all()
        attempts = self.env["contact.attempt"].search([("user_id", "=", self.salesperson.id)])
        logged = {self.called(attempt): attempt for attempt in attempts}
        self.assertEqual({name: attempt.outcome for name, attempt in logged.items()}, SAID)
        self.assertEqual(len(attempts), len(SAID))
        self.after_monday(logged)

    def called(self, attempt):
        document = self.env[attempt.res_model].browse(attempt.res_id)
        return document.contact_name if attempt.res_model == "crm.lead" else document.partner_id.name

    def after_monday(self, logged):
        """What each has led to; then their time has come: the lines are there again."""
        documents = {name: self.env[row.res_model].browse(row.res_id) for name, row in logged.items()}
        self.assertEqual(documents["Enquiry 20"].need, "Tills for three shops")
        self.assertEqual(logged["Enquiry 19"].note, "Nobody there before noon")
        declined, asked = documents["Buyer 20"], documents["Follow-up 20"]
        self.assertEqual(declined.closure_reason_id, self.env.ref("lead_to_cash.lost_reason_not_interested"))
        self.assertEqual((declined.state, logged["Buyer 20"].note), ("cancel", "Has bought elsewhere"))
        self.assertTrue(documents["Closed 20"].active)
        self.assertLess(abs(asked.callback_at - fields.Datetime.now() - timedelta(hours=3)), timedelta(minutes=10))
        self.assertEqual(documents["First 20"].handling_role, "no_answer")
        lines = self.env["call.list.line"].with_user(self.salesperson)
        self.assertFalse(set(lines.search([]).mapped("partner_name")) & set(SAID))
        past = fields.Datetime.now() - timedelta(minutes=1)
        asked.activity_ids.write({"date_deadline": fields.Date.today(), "callback_at": past})
        documents["First 20"].activity_ids.date_deadline = fields.Date.today()
        self.assertEqual(set(lines.search([]).mapped("partner_name")) & set(SAID), {"Follow-up 20", "First 20"})
        self.start_tour("/odoo/call-list", "l2c_sales_again", login="tour_salesperson")


class QuotationTours(SalesDay):
    """From lead to renewed, and from sent to rejected."""

    def test_a_quotation_from_lead_to_renewed_at_a_desk(self):
        self.quotation_from_lead()

    def test_a_quotation_from_lead_to_renewed_on_a_phone(self):
        self.browser_size, self.touch_enabled = "390x780", True
        self.quotation_from_lead()

    def test_a_quotation_from_lead_to_renewed_in_hebrew(self):
        self.quotation_from_lead("he_IL")

    def quotation_from_lead(self, lang="en_US"):
        """Made from the lead, sent; its validity ends, and it is renewed at today's prices."""
        seller = self.seller(lang)
        product = self.env["product.product"].create({"name": "Till", "list_price": 100.0, "taxes_id": False})
        line = Command.create({"product_id": product.id, "product_uom_qty": 3})
        template = self.env["sale.order.template"].create({"name": "Tills", "sale_order_template_line_ids": [line]})
        lead = self.env["crm.lead"].create(
            {
                "name": "Tills for Noa",
                "type": "opportunity",
                "user_id": seller.id,
                "partner_id": self.env["res.partner"].create({"name": "Noa", "email": "noa@example.com"}).id,
                "team_id": self.env["crm.team"].create({"name": "Team", "quotation_template_id": template.id}).id,
                "need": "Three tills",
            }
        )
        seller.group_ids += self.env.ref("sale_management.group_sale_order_template")
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "l2c_quote", login="tour_salesperson")
        order = lead.order_ids
        self.assertEqual((order.state, order.customer_need, order.amount_untaxed), ("sent", "Three tills", 300))
        self.assertEqual((order.sale_order_template_id, bool(order.sent_date)), (template, True))
        self.assertEqual(lead.handling_role, "in_progress")
        order.validity_date = fields.Date.today() - timedelta(days=1)
        HandlingCase.nightly(self, fields.Datetime.to_string(fields.Datetime.now()))
        self.assertEqual(order.handling_role, "dormant")
        self.assertTrue(order.activity_ids.filtered(lambda task: task.user_id == seller))
        product.list_price = 120.0
        self.start_tour(f"/odoo/sale.order/{order.id}", "l2c_renew", login="tour_salesperson")
        self.assertEqual((order.state, order.revision, order.amount_untaxed), ("draft", 2, 360.0))
        self.assertGreater(order.validity_date, fields.Date.today())

    def test_a_quotation_is_rejected_in_the_portal(self):
        self.reject("Sorry, it is too expensive for us.")

    def test_a_quotation_is_rejected_on_a_phone(self):
        self.browser_size, self.touch_enabled = "390x780", True
        self.reject("Sorry, it is too expensive for us.")

    def test_a_quotation_is_rejected_in_hebrew(self):
        self.reject("", "he_IL")

    def reject(self, text, lang="en_US"):
        """What the customer writes on its page is the note, and names the reason; the salesperson has a task."""
        seller = self.seller(lang)
        reason = self.env.ref("crm.lost_reason_1")
        text = text or f"סליחה, {reason.with_context(lang=lang).name}!"
        product = self.env["product.product"].create({"name": "Till", "list_price": 100.0, "taxes_id": False})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Noa", "lang": lang}).id,
                "user_id": seller.id,
                "require_signature": True,
                "validity_date": fields.Date.today() + timedelta(days=30),
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_quotation_sent()
        prefix = "" if lang == "en_US" else "/he"
        url = f"{prefix}{order.get_portal_url()}"
        self.start_tour(f"{url}&l2c_text={text}", "l2c_reject", login=None)
        self.assertEqual((order.state, order.closure_reason_id, order.closure_note), ("cancel", reason, text))
        self.assertTrue(order.viewed_date)
        task = order.activity_ids
        self.assertEqual((task.user_id, task.date_deadline), (seller, fields.Date.today()))
        self.assertIn(text, task.note)
        told = reason.with_context(lang=lang).name
        self.assertTrue(any(text in message.body and told in message.body for message in order.message_ids))
