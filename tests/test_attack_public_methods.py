"""Every method that a client can call by its name, called by the weakest: each first checks the
right it needs. The methods are found, so that a new one can't be forgotten."""

import inspect
import json

from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from .common import TODAY
from .served import Refused, ServedCase

#: Odoo's own names, whose rights the ORM checks.
BY_THE_ORM = ("copy", "create", "default_get", "fields_get", "load", "name_search", "read", "unlink", "write")
#: What is a refusal; a ValueError only where one record is needed.
REFUSALS = ("AccessError", "MissingError", "UserError", "ValidationError")
#: What parameters without a default are given.
VALUES = {
    "lines": [],
    "domain": [],
    "specification": {"display_name": {}},
    "key": "call",
    "lead_ids": [1],
    "msg_dict": {},
    "outcome": "no_answer",
    "rate": 1,
    "reason": 1,
    "res_ids": [1],
    "validity_date": "2026-12-31",
}
LOGS = ("action_log_attempt", "action_no_answer", "action_left_message")
#: What isn't refused, and why: (who, model, methods or none for all).
ALLOWED = (
    # Ratings are read by all employees: the list that it opens checks itself.
    ("employee", "res.partner", ("action_satisfaction",)),
    ("seller", "res.partner", ("action_satisfaction",)),
    # Salespeople call customers, note what they say, and take referrals.
    ("seller", "res.partner", ("action_rate", "action_new_referral", "action_reached", "action_call_back", *LOGS)),
    ("seller", "res.partner", ("action_says_paid", "action_hardship", "action_refused")),
    ("seller", "satisfaction.dialog", ()),
    # The list that it opens shows those of disputes that one owns.
    ("seller", "account.move", ("action_disputes",)),
    # Salespeople have leads and orders of their own: nothing of none is no harm.
    ("seller", "crm.lead", ()),
    ("seller", "sale.order", ()),
    # The host's: no mail is sent of none.
    ("portal", "mail.mail", ("send",)),
    ("employee", "mail.mail", ("send",)),
    ("seller", "mail.mail", ("send",)),
    # The host's, too: whoever cancels a quotation cancels its invoices, even if there is none.
    *((who, "account.move", ("button_cancel",)) for who in ("portal", "employee", "seller")),
    # And whoever posts no payment.
    *((who, "account.payment", ("action_post",)) for who in ("portal", "employee", "seller")),
    # Goes on to a line of one's own list, and says what is new there.
    ("seller", "call.list.line", ("action_start", "action_open_next", "get_new_enquiries", "get_enquiry_count")),
    ("neighbour", "call.list.line", ("action_open_next", "get_new_enquiries", "get_enquiry_count")),
    # The host's dialog, of whose documents they see none: of none nothing is posted.
    ("neighbour", "validate.account.move", ()),
    # The host's: what one's own browser is told.
    *((who, "ir.http", ("session_info",)) for who in ("portal", "employee", "seller", "neighbour")),
    # Of the leads only those that one may see.
    ("seller", "lead.hand.over", ()),
    ("seller", "keep.in.touch", ()),
    ("seller", "lead.return", ()),
    *((who, "crm.lead.lost", ("action_lost_reason_apply",)) for who in ("seller", "neighbour")),
    ("neighbour", "lead.hand.over", ()),
    ("neighbour", "lead.return", ()),
    # Tells of the quotations that one may read, and counts what one may see.
    *((who, "sale.order", ("get_viewed",)) for who in ("portal", "neighbour")),
    ("seller", "l2c.overview", ("get_overview",)),
    # No company's: its managers read what runs by itself, and who switched it; they take policies for their own.
    ("neighbour", "l2c.automation", ("action_audit_log",)),
    ("neighbour", "dunning.policy", ("action_take_shipped",)),
    # Asks for a report, which checks itself; for a list as at a day.
    ("neighbour", "statement.wizard", ()),
    ("neighbour", "receivable.ageing.date", ()),
)
#: What leaves out records that one may not read.
FILTERED = ("get_viewed",)
#: What writes, as it should.
WRITES = (
    ("neighbour", "dunning.policy", ("action_take_shipped",)),
    ("seller", "res.partner", LOGS),
    ("seller", "satisfaction.dialog", ()),
    ("seller", "crm.lead", ("message_new",)),
)
#: Of their own they have all rights: only others' records are tried.
ONLY_RECORDS = ("neighbour",)

#: What a refused call leaves as it is: the cron's triggers, and all rows of these tables.
TABLES = (
    *(
        "account_move",
        "account_move_line",
        "account_payment",
        "balance_confirmation",
    ),
    *("contact_attempt", "crm_lead", "dunning_answer", "dunning_collector_rule", "dunning_decision"),
    *("dunning_dispute", "dunning_notice", "dunning_plan", "dunning_policy", "dunning_promise", "dunning_run"),
    *("customer_warning", "dunning_watch", "payment_proposal", "public_register"),
    *("dunning_sales_release", "dunning_write_off", "handling_status_change", "ir_attachment", "ir_cron_trigger"),
    *("mail_activity", "mail_mail", "mail_message", "rating_rating", "res_company", "res_partner", "sale_order"),
    *("sms_sms", "payment_grade", "payment_forecast", "payment_loyalty_grant", "payment_model"),
)

PREPARE = """
import json
from odoo import Command
from odoo.exceptions import UserError
company, admin = env.company, env.ref('base.user_admin')
other = env['res.company'].create({'name': 'Neighbour'})
people = {user.login: user for user in env['res.users'].search([('login', 'in', %r)])}
people['neighbour'].write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
customer = env['res.partner'].create({
    'name': 'Customer', 'email': 'customer@example.com', 'company_id': company.id, 'user_id': admin.id})
people['portal'].partner_id.parent_id = customer
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'All', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 4, 'hold_sales': True})]})
policy.action_start()
company.dunning_policy_id = policy
def invoice(post=True):
    move = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
        'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False, 'invoice_user_id': admin.id,
        'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
    if post:
        move.action_post()
    return move
def item(move):
    return move.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
chased, promised, planned, disputed, given_up, paid = (invoice() for number in range(6))
run = env['dunning.run'].create({})
run.action_run()
notice = run.notice_ids
notice.state = 'sent'
about = lambda move, **values: {
    'partner_id': customer.id, 'company_id': company.id, 'move_line_ids': [Command.set(item(move).ids)], **values}
product = env['product.product'].create({'name': 'Thing', 'list_price': 100.0, 'taxes_id': False})
order = env['sale.order'].create({
    'name': 'held', 'partner_id': customer.id, 'user_id': admin.id,
    'order_line': [Command.create({'product_id': product.id})]})
assert order._held_orders()
payment = env['account.payment.register'].with_context(active_model='account.move', active_ids=paid.ids).create({})
lead = env['crm.lead'].create({'name': 'Lead', 'type': 'opportunity', 'company_id': company.id, 'user_id': admin.id, 'partner_id': customer.id})
watch = env['dunning.watch'].create({
    'partner_id': customer.id, 'company_id': company.id, 'kind': 'complaint', 'ref': 'x', 'since': '2026-03-01'})
riddle = env['amount.riddle'].create({'amount': 100.0})
records = [
    watch, env['watch.dealt.with'].create({'res_ids': watch.ids}),
    customer, chased, order, lead, notice, run, policy, policy.level_ids[:1], company, item(chased), payment._create_payments(), notice.line_ids[:1],
    env['dunning.promise'].create(about(promised, amount=100.0, date='2026-03-20')),
    env['dunning.plan'].create(about(planned, number=2, first_date='2026-03-20', total=100.0)),
    env['dunning.dispute'].create(about(disputed, note='Broken')),
    env['dunning.write.off'].create(about(given_up, reason='Gone', amount=100.0)),
    env['account.bank.statement.line'].create({
        'journal_id': env['account.journal'].search([('type', '=', 'bank'), ('company_id', '=', company.id)], limit=1).id,
        'date': '2026-03-04', 'amount': 100.0, 'payment_ref': 'x', 'partner_id': customer.id}),
    env['dunning.answer'].create({'notice_id': notice.id, 'kind': 'paid', 'form_key': '0' * 32}),
    env['dunning.sales.release'].create({
        'partner_id': env['res.partner'].create({'name': 'Free'}).id, 'until': '2026-04-01', 'reason': 'Elsewhere'}),
    env['dunning.collector.rule'].create({'name': 'All', 'user_ids': [Command.set(admin.ids)]}),
    env['balance.confirmation'].create({
        'partner_id': customer.id, 'company_id': company.id, 'day': '2026-02-28', 'balances': {'1': 100.0},
        'expires_on': '2026-12-31'}),
    env['account.letter'].create({
        'partner_id': customer.id, 'company_id': company.id, 'user_id': admin.id, 'kind': 'open',
        'date_to': '2026-02-28', 'problem': 'Came back'}),
    env['invoice.copies'].create({'partner_id': customer.id, 'company_id': company.id}),
    env['collection.customer.settings'].create({'partner_id': customer.id, 'company_id': company.id}),
    env['call.result'].create({'partner_id': customer.id, 'company_id': company.id, 'outcome': 'no_answer'}),
    riddle, env['credit.apply'].create({'line_ids': False}),
    env['amount.riddle.line'].create({'riddle_id': riddle.id, 'partner_id': customer.id, 'kind': 'exact'}),
    env['collection.action'].create({
        'res_model': 'res.partner', 'res_ids': customer.ids, 'kind': 'hold', 'date': '2026-04-01', 'reason': 'x'}),
    env['collection.reminder'].create({'res_model': 'res.partner', 'res_ids': customer.ids}),
    env['contact.attempt'].create({'res_model': 'res.partner', 'res_id': customer.id, 'outcome': 'wrong_person'}),
    env['contact.dialog'].create({'res_model': 'crm.lead', 'res_id': lead.id}),
    env['contact.result'].create({'res_model': 'crm.lead', 'res_id': lead.id, 'outcome': 'callback'}),
    env['dunning.approval'].create({'res_ids': notice.ids}),
    env['dunning.run.start'].create({'run_id': run.id}),
    env['dunning.cancel'].create({'res_ids': notice.ids, 'reason': 'x'}),
    env['collection.found'].create({}),
    env['dunning.notice.edit'].create({'notice_id': notice.id}),
    env['dunning.ask.salesperson'].create({'res_model': 'res.partner', 'res_ids': customer.ids, 'question': 'Who?'}),
    env['dunning.collector.assign'].create({'from_user_id': admin.id, 'user_id': people['employee'].id}),
    env['dunning.go.live'].create({'policy_id': policy.id}),
    env['handling.close'].create({
        'res_model': 'crm.lead', 'res_ids': lead.ids, 'reason_id': env['crm.lost.reason'].search([], limit=1).id}),
    env['lead.hand.over'].create({'lead_ids': lead.ids, 'user_id': people['seller'].id}),
    env['crm.lead.lost'].create({'lead_ids': lead.ids}),
    env['sale.mass.cancel.orders'].create({'sale_order_ids': order.ids}),
    env['keep.in.touch'].create({
        'partner_id': customer.id, 'company_id': company.id, 'spoken_date': '2026-01-01', 'due_date': '2026-03-01'}),
    env['lead.qualification'].search([], limit=1),
    env['sales.work.hand.over'].create({'from_user_id': admin.id, 'user_ids': people['seller'].ids}),
    env['quotation.renew'].create({'order_id': order.id}),
    env['lead.return'].create({'lead_ids': lead.ids, 'reason': 'x'}),
    env['receivable.ageing.date'].create({}),
    env['satisfaction.dialog'].create({'partner_id': customer.id}),
    env['statement.wizard'].create({'partner_ids': customer.ids}),
    env['res.config.settings'].create({}),
    env['l2c.payment.way'].search([('company_id', '=', company.id)], limit=1),
    env['privacy.anonymise'].create({'partner_id': customer.id}),
    env['privacy.deletion'].create({}),
    env['invoice.requirement'].create({'code': 'bank', 'company_id': company.id}),
    env['validate.account.move'].create({'move_ids': [Command.set(invoice(post=False).ids)]}),
    env['payment.term.limit'].create({
        'name': 'Ours', 'company_id': company.id, 'country_id': company.country_id.id or env.ref('base.us').id, 'days': 60,
        'since': '2026-01-01', 'source': 'x'}),
    env['public.register'].create({'name': 'Ours', 'company_id': company.id, 'url': 'https://example.com/'}),
    env['customer.warning.dialog'].create({'partner_id': customer.id, 'what': 'x', 'source': 'x'}),
    env['customer.warning'].create({
        'partner_id': customer.id, 'company_id': company.id, 'what': 'x', 'source': 'x', 'day': '2026-03-01'}),
    env['payment.proposal'].create({
        'partner_id': customer.id, 'company_id': company.id, 'kind': 'deposit', 'day': '2026-03-01'}),
]
firm = env['res.partner'].create({'name': 'Firm', 'is_company': True, 'company_id': company.id})
about_paying = {'partner_id': firm.id, 'company_id': company.id}
reward = env['payment.loyalty'].create({'name': 'Reward', 'reward': 'discount', 'discount': 3.0, 'company_id': company.id})
records += [
    reward,
    env['payment.loyalty.grant'].create({**about_paying, 'loyalty_id': reward.id, 'state': 'granted'}),
    env['payment.grade'].create({**about_paying, 'grade': 'a', 'since': '2026-01-01', 'as_of': '2026-03-01'}),
    env['payment.forecast'].create({**about_paying, 'move_id': chased.id, 'as_of': '2026-03-01', 'version': '1'}),
    env['payment.model'].create({'company_id': company.id, 'date': '2026-03-01', 'version': '1'}),
]
consent = env['payment.consent'].create({
    'partner_id': customer.id, 'company_id': company.id, 'scope': 'invoices', 'text': 'x',
    'agreed_on': '2026-03-01 08:00:00'})
records += [consent, env['payment.charge'].create({
    'consent_id': consent.id, 'partner_id': customer.id, 'company_id': company.id, 'amount': 100.0,
    'move_line_id': item(invoice()).id, 'currency_id': company.currency_id.id, 'date': '2026-03-24'})]
case = {'partner_id': chased.partner_id.id, 'company_id': company.id, 'move_line_ids': item(chased).ids}
records += [env['collection.case'].create(case), env['collection.hand.over'].create({'res_ids': [1]})]
env.flush_all()
records += [env[name].search([], limit=1) for name in (
    'l2c.audit.log', 'l2c.automation', 'collection.leak', 'call.list.line', 'collections.customer', 'dunning.preview', 'receivable.ageing', 'receivable.metrics', 'dunning.decision')]
assert all(len(record) == 1 for record in records), records
env['ir.config_parameter'].set_param('test.records', json.dumps({record._name: record.id for record in records}))
"""

PEOPLE = {
    "portal": ("base.group_portal", {"email": "portal@example.com"}),
    "employee": ("base.group_user", {"email": "employee@example.com"}),
    "seller": ("sales_team.group_sale_salesman", {"email": "seller@example.com"}),
    "neighbour": ("account.group_account_manager,sales_team.group_sale_manager", {"email": "neighbour@example.com"}),
    "user": ("lead_to_cash.group_collections_user", {"email": "user@example.com"}),
    "manager": ("lead_to_cash.group_collections_manager", {"email": "manager@example.com"}),
}


def public_methods():
    """``{model: {name: method}}`` of what the addon defines and a client can call."""
    found = {}
    for name, model in Registry(get_db_name()).models.items():
        for cls in model.mro():
            if not cls.__module__.startswith("odoo.addons.lead_to_cash."):
                continue
            for method, function in vars(cls).items():
                if method.startswith("_") or method in BY_THE_ORM or not inspect.isfunction(function):
                    continue
                if not any(getattr(vars(base).get(method), "_api_private", False) for base in model.mro()):
                    found.setdefault(name, {}).setdefault(method, function)
    return found


class TestPublicMethods(ServedCase):
    people = PEOPLE
    prepare = PREPARE % (tuple(PEOPLE),)
    at = f"{TODAY} 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [[text]] = cls.database.query("SELECT value FROM ir_config_parameter WHERE key = 'test.records'")
        cls.records = json.loads(text)
        cls.methods = public_methods()
        there = [table for table in TABLES if cls.database.query("SELECT to_regclass(%s)", table) != [(None,)]]
        cls.snapshot = " UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t" for table in there
        )

    def state(self):
        return self.database.query(self.snapshot)

    def test_found(self):
        """Those that were once open are among what is called."""
        for model, method in (
            ("dunning.run", "action_run_now"),
            ("dunning.run", "action_release"),
            ("sale.order", "action_confirm"),
            ("account.move", "action_log_attempt"),
            ("handling.mixin", "action_close"),
            ("dunning.collector.assign", "action_assign"),
        ):
            self.assertIn(method, self.methods[model])
        concrete = {name for name in self.methods if not Registry(get_db_name())[name]._abstract}
        # The first three have nothing that one could name; a payment is tried as itself; who sends
        # a mail that is there is tried with the queue.
        unnamed = {
            "win.rate.report",
            "lead.conversion.report",
            "account.move.reversal",
            "dunning.dispute.report",
            "dunning.forecast",
            "payment.return",
            "mail.mail",
            "mail.template",
        }
        self.assertEqual(concrete - self.records.keys(), unnamed)

    def test_a_customer(self):
        self.check("portal")

    def test_an_employee(self):
        self.check("employee")

    def test_a_salesperson(self):
        self.check("seller")

    def test_a_manager_of_another_company(self):
        self.check("neighbour")

    def test_nothing_for_nothing(self):
        """Those with all rights have none over what is no record."""
        for login in ("user", "manager"):
            client, before = self.client(login), self.state()
            for model, methods in self.methods.items():
                for method, function in methods.items():
                    if getattr(function, "_api_model", False) or Registry(get_db_name())[model]._abstract:
                        continue
                    with self.subTest(who=login, model=model, method=method):
                        self.is_refused(client, model, method, function, [None])
                        self.assertEqual(self.state(), before)

    def check(self, login):
        client, before = self.client(login), self.state()
        for model, method, function, ids in self.calls(login):
            with self.subTest(who=login, model=model, method=method, ids=ids):
                refused = self.is_refused(client, model, method, function, ids)
                after = self.state()
                changed = [row[0] for row, old in zip(after, before, strict=True) if row != old]
                before = after
                if not is_listed(WRITES, login, model, method):
                    self.assertEqual(changed, [])
                of_others = ids and model in ("crm.lead", "sale.order") and method not in FILTERED
                if of_others or not is_listed(ALLOWED, login, model, method):
                    self.assertTrue(refused)

    def calls(self, login):
        for model, methods in self.methods.items():
            for method, function in methods.items():
                is_of_model = getattr(function, "_api_model", False)
                if login not in ONLY_RECORDS:
                    yield model, method, function, []
                if model in self.records and not is_of_model:
                    yield model, method, function, [self.records[model]]

    def is_refused(self, client, model, method, function, ids):
        args = [] if getattr(function, "_api_model", False) else [ids]
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            if parameter.default is parameter.empty and parameter.kind == parameter.POSITIONAL_OR_KEYWORD:
                args.append(VALUES[name])
        try:
            client.call(model, method, *args)
        except Refused as refusal:
            kind = refusal.kind.rpartition(".")[2]
            if not (kind == "ValueError" and str(refusal).startswith("Expected singleton")):
                self.assertIn(kind, REFUSALS, refusal.debug[-1500:])
            return True
        return False


def is_listed(table, login, model, method):
    return any(row[:2] == (login, model) and (not row[2] or method in row[2]) for row in table)
