"""What a customer can do with their login for the portal, against a running server: nothing of
what we think of them is read, nor guessed."""

import ast
import re

from ..served import Refused, ServedCase

SECRET = "Pays only when shouted at"
OWN = f"""
from odoo import Command
portal = env['res.users'].search([('login', '=', 'portal')])
customer = portal.partner_id
product = env['product.product'].create({{'name': 'Thing', 'list_price': 100.0, 'taxes_id': False}})
lead = env['crm.lead'].create({{
    'name': 'Lead', 'type': 'opportunity', 'partner_id': customer.id, 'need': {SECRET!r}, 'budget': 471147,
    'interest_level': 'high', 'decision_maker': {SECRET!r}, 'decision_when': {SECRET!r}}})
order = env['sale.order'].create({{
    'partner_id': customer.id, 'opportunity_id': lead.id, 'validity_date': '2099-12-31',
    'order_line': [Command.create({{'product_id': product.id, 'product_uom_qty': 1}})]}})
order.action_quotation_sent()
invoice = env['account.move'].create({{
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({{'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False}})]}})
invoice.action_post()
for record in (order, invoice, customer):
    record.action_log_attempt('no_answer', note={SECRET!r})
    record.message_post(body={SECRET!r}, subtype_xmlid='mail.mt_note')
invoice.action_close(env['crm.lost.reason'].create({{'name': {SECRET!r}}}), {SECRET!r})
"""

#: {model: (id of a record that the customer can read, or 0, {field: whether its search is its own})}
#: of what the addon adds to others' models, with what they inherit.
FIELDS = """
customer = env['res.users'].search([('login', '=', 'portal')]).partner_id
order = env['sale.order'].search([('partner_id', '=', customer.id)])
invoice = env['account.move'].search([('partner_id', '=', customer.id)])
ids = {'res.partner': customer.id, 'res.users': customer.user_ids.id, 'res.company': env.company.id,
       'sale.order': order.id, 'account.move': invoice.id, 'account.move.line': invoice.line_ids[:1].id}
found = {}
for name in sorted(env.registry):
    model = env[name]
    if not (model._transient or model._abstract or model._original_module == 'lead_to_cash'):
        added = [field.name for field in model._fields.values()
                 if 'lead_to_cash' in (field._module, *field._modules)]
        if added:
            found[name] = ids.get(name, 0), added
print('FACTS', found)
"""

#: What is open to the portal of what we add to others' models, with the reason: no page needs any.
ABSENCE = "says when they themselves are away; what users may write of themselves, Odoo opens alike for all"
NEEDED = {
    ("res.users", name): ABSENCE
    for name in ("collector_substitute_id", "collector_absent_from", "collector_absent_until")
}


class TestPortalFields(ServedCase):
    people = {"portal": ("base.group_portal", {"email": "portal@example.com"})}
    prepare = OWN

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fields = ast.literal_eval(re.search(r"^FACTS (.*)$", cls.database.shell(FIELDS), re.M)[1])
        cls.portal = cls.client("portal")

    def record(self, model):
        return self.fields[model][0]

    def ways(self, model, record_id, name):
        """Every way to what is in a field."""
        call, own = self.portal.call, [("id", "=", record_id)]
        yield "read", lambda: call(model, "read", [record_id], [name])
        yield "search_read", lambda: call(model, "search_read", own, [name])
        yield "web_search_read", lambda: call(model, "web_search_read", own, {name: {}})
        yield "export", lambda: call(model, "export_data", [record_id], [name])
        yield "group", lambda: call(model, "formatted_read_group", own, [name], ["__count"])
        yield "aggregate", lambda: call(model, "formatted_read_group", own, [], [f"{name}:count"])
        yield "order", lambda: call(model, "search", own, order=name)
        yield "search", lambda: call(model, "search_count", [*own, (name, "!=", False)])

    def test_no_field_of_ours_is_read_or_searched(self):
        for model, (record_id, names) in self.fields.items():
            for name in names:
                if (model, name) in NEEDED:
                    continue
                for way, ask in self.ways(model, record_id, name):
                    with self.subTest(model=model, field=name, way=way), self.assertRaises(Refused):
                        ask()
            if record_id:
                listed = set(names) & self.portal.call(model, "fields_get", [], ["type"]).keys()
                self.assertLessEqual({(model, name) for name in listed}, NEEDED.keys())

    def test_own_documents_are_still_there(self):
        """What was refused above was refused for the field."""
        for model, name in (("sale.order", "name"), ("account.move", "amount_total"), ("res.partner", "email")):
            with self.subTest(model):
                [row] = self.portal.call(model, "read", [self.record(model)], [name])
                self.assertTrue(row[name])

    def test_internal_notes_are_not_guessed(self):
        for model in ("sale.order", "account.move", "res.partner", "res.users"):
            for path in ("message_ids", "website_message_ids", "contact_attempt_ids", "activity_ids"):
                for start in ("", "partner_id.", "user_ids.partner_id."):
                    field = f"{start}{path}.{'note' if 'message' not in path else 'body'}"
                    with self.subTest(model=model, field=field), self.assertRaises(Refused):
                        self.portal.call(model, "search_count", [(field, "ilike", SECRET)])
        count = self.portal.call("account.move", "search_count", [("audit_trail_message_ids.body", "ilike", SECRET)])
        self.assertEqual(count, 0)
        self.assertEqual(self.portal.call("mail.message", "search_count", [("body", "ilike", SECRET)]), 0)

    def test_not_on_a_page(self):
        order, invoice = self.record("sale.order"), self.record("account.move")
        pages = [
            *("/my", "/my/home", "/my/account", "/my/collection", "/my/quotes", "/my/orders", "/my/invoices"),
            *(f"/my/orders/{order}{query}" for query in ("", "?report_type=html")),
            *(f"/my/invoices/{invoice}{query}" for query in ("", "?report_type=html")),
        ]
        for path in pages:
            with self.subTest(path):
                page = self.portal.get(path, allow_redirects=True)
                self.assertEqual(page.status_code, 200)
                for words in (SECRET, "471147", "471,147"):
                    self.assertNotIn(words, page.text)
        for model in ("sale.order", "account.move"):
            fetched = self.portal.post("/mail/chatter_fetch", thread_model=model, thread_id=self.record(model))
            self.assertNotIn(SECRET, str(fetched))
