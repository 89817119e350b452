"""Every e-mail that the addon sends, from a real SMTP server, as a mail program would show it."""

import ast
import re
from email import message_from_bytes, policy
from email.utils import parseaddr

from lxml import html

from ..real import MailSink, RealProcessCase

DAY = "2026-03-10 09:00:00"
LANGUAGES = ("en_US", "he_IL", "ro_RO")
#: A name that only a program which doesn't escape shows as something else.
NAME = "<b>Müller & Söhne</b>"
#: Who writes: the company's name stands in subjects, where nothing is escaped.
COMPANY = "Us & Partners"

#: Of its documents; and its logo, a point.
COLOUR = "#0B6E4F"
LOGO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

#: One customer for each e-mail and language; the address says which: kind.language@example.com.
MAKE = f"""
from odoo import Command
LANGUAGES, NAME = {LANGUAGES!r}, {NAME!r}
env.company.write({{'name': {COMPANY!r}, 'email': 'us@example.com', 'dunning_awaits_release': False,
                   'trade_register': 'J40/1/2020', 'primary_color': '{COLOUR}', 'logo': {LOGO!r}}})
seller = env.ref('base.user_admin')
seller.write({{'email': 'seller@example.com', 'signature': '<p>Seller <i>of ours</i></p>'}})
shipped = env['ir.model.data'].search([('module', '=', 'lead_to_cash'), ('model', '=', 'mail.template')])
# What tells of a reward is opened and sent by a person: tests/foresight/test_loyalty.py.
shipped = shipped.filtered(lambda row: not row.name.startswith('mail_template_loyalty_'))
templates = {{row.name.removeprefix('mail_template_'): env['mail.template'].browse(row.res_id) for row in shipped}}

def address(kind, lang):
    return f'{{kind}}.{{lang}}@example.com'.lower()

def person(kind, lang):
    return env['res.partner'].create({{'name': NAME, 'lang': lang, 'tz': 'UTC', 'email': address(kind, lang)}})

def own(model, name='Own'):
    # A template that somebody wrote, with a name that has to be escaped.
    return env['mail.template'].create({{
        'name': name, 'model_id': env['ir.model']._get_id(model), 'subject': 'About {{{{ object.name }}}}',
        'email_from': '{{{{ object.user_id.email_formatted }}}}', 'lang': '{{{{ object.partner_id.lang }}}}',
        'body_html': '<p>Hello <t t-out="object.partner_id.name"/>, we go on.</p>'}})

def policy(kind, template, days=4):
    made = env['dunning.policy'].create({{
        'name': kind, 'thanks_template_id': templates['thanks'].id, 'level_ids': [Command.create({{
            'name': f'Level of {{kind}}', 'delay_days': days, 'sequence': 1, 'mail_template_id': template.id,
            'ask_rating': days < 0, 'payment_deadline_days': 7}})]}})
    made.action_start()
    return made

def invoices(customers, due):
    moves = env['account.move'].create([{{
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01', 'ref': NAME,
        'invoice_date_due': due, 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({{'name': 'x', 'price_unit': 1234.5, 'tax_ids': False}})],
    }} for customer in customers])
    moves.action_post()
    return moves
"""

#: The notices of every shipped template, by a run; then who paid is thanked.
NOTICES = """
env['dunning.policy'].search([]).active = False
for kind, template in templates.items():
    if template.model == 'dunning.notice' and kind != 'thanks' and not kind.startswith('reply_'):
        before = kind == 'before_due'
        its = policy(kind, template, -5 if before else 4)
        customers = env['res.partner'].union(*(person(kind, lang) for lang in LANGUAGES))
        customers.dunning_policy_id = its
        invoices(customers, '2026-03-12' if before else '2026-03-02')
grateful = env['res.partner'].union(*(person('thanks', lang) for lang in LANGUAGES))
grateful.dunning_policy_id = policy('thanks', templates['first_reminder'])
moves = invoices(grateful, '2026-03-02')
# Who is answered is reminded first, elsewhere.
first = policy('answered', templates['first_reminder'])
replying = {(kind, lang): person(kind, lang) for kind in ('reply_copies', 'reply_bank') for lang in LANGUAGES}
people = env['res.partner'].union(*replying.values())
people.write({'dunning_policy_id': first.id, 'email': 'nobody@example.com'})
invoices(people, '2026-03-02')
run = env['dunning.run'].create({'date': '2026-03-10'})
run.action_run()
env['mail.mail'].process_email_queue()
wizard = env['account.payment.register'].with_context(active_model='account.move', active_ids=moves.ids)
wizard.create({'payment_date': '2026-03-10'})._create_payments()
env['handling.status']._cron_follow_time()
"""

#: Automatic sales mails: the series after a miss, entering a status, about leads and quotations.
SALES = """
status = env['handling.status'].search([('res_model', '=', 'crm.lead'), ('role', '=', 'no_answer')])
for role, template in (('in_progress', templates['reengage']), ('contacted', own('crm.lead'))):
    env['handling.status'].search([('res_model', '=', 'crm.lead'), ('role', '=', role)]).mail_template_id = template
env['handling.status'].search([('res_model', '=', 'sale.order'), ('role', '=', 'in_progress')]).mail_template_id = \\
    own('sale.order')

def lead(kind, lang):
    return env['crm.lead'].create({
        'name': f'Lead {lang}', 'type': 'opportunity', 'contact_name': NAME, 'email_from': address(kind, lang),
        'partner_id': person(kind, lang).id, 'user_id': seller.id, 'contact_basis': 'enquiry',
        'lang_id': env['res.lang']._lang_get(lang).id})

for lang in LANGUAGES:
    for kind in ('missed_1', 'missed_2', 'missed_3'):
        status.series_ids = [Command.clear(), Command.create({
            'number': 1, 'mail_template_id': templates[kind].id, 'as_draft': True})]
        tried = lead(kind, lang)
        tried.write({'contact_basis': 'consent', 'consent_date': '2026-03-01'})
        tried.action_log_attempt('no_answer')
        tried.action_send_draft()
    lead('soft_opt_in', lang).action_tell_of_series()
    for kind, role in (('reengage', 'in_progress'), ('status', 'contacted')):
        lead(kind, lang).handling_status_id = env['handling.status'].search([
            ('res_model', '=', 'crm.lead'), ('role', '=', role)])
    product = env['product.product'].create({'name': 'Thing', 'list_price': 100.0})
    order = env['sale.order'].create({
        'partner_id': person('quotation', lang).id, 'user_id': seller.id, 'validity_date': '2026-12-31',
        'order_line': [Command.create({'product_id': product.id})]})
    order.action_quotation_sent()
    order.handling_status_id = env['handling.status'].search([
        ('res_model', '=', 'sale.order'), ('role', '=', 'in_progress')])
"""

#: Automatic e-mails about quotations: some days after they were sent, and before they expire.
QUOTATIONS = """
env.company.write({'quotation_reminder_days': 3, 'quotation_warning_days': 5, 'warns_customers_of_expiry': True})
product = env['product.product'].create({'name': 'Thing', 'list_price': 100.0})
for lang in LANGUAGES:
    for kind, validity in (('quotation_reminder', '2026-12-31'), ('quotation_expiry', '2026-03-13')):
        order = env['sale.order'].with_context(l2c_today='2026-03-03').create({
            'partner_id': person(kind, lang).id, 'user_id': seller.id, 'validity_date': validity,
            'order_line': [Command.create({'product_id': product.id})]})
        order.action_quotation_sent()
env['handling.status']._cron_follow_time()
"""
#: About orders: a pro-forma isn't paid, an invoice is planned.
ORDERS = """
env.company.planned_invoice_days = 3
for lang in LANGUAGES:
    for kind in ('proforma_reminder', 'planned_invoice'):
        order = env['sale.order'].create({
            'partner_id': person(kind, lang).id, 'user_id': seller.id,
            'order_line': [Command.create({'product_id': product.id})]})
        order.action_confirm()
        if kind == 'planned_invoice':
            order.write({'planned_invoice_date': '2026-03-12', 'tells_planned_invoice': True})
        else:
            order.proforma_due_date = '2026-03-05'
            order._at('2026-03-02')._keep_proforma()
for _twice in range(2):
    env['sale.order']._cron_follow_orders()
"""

#: To people here: a task that a customer's answer makes; the rehearsal of notices.
PEOPLE = """
for lang in LANGUAGES:
    user = env['res.users'].with_context(no_reset_password=True).create({
        'name': f'Collector {lang}', 'login': f'collector.{lang}', 'email': address('task', lang), 'lang': lang,
        'group_ids': [Command.link(env.ref('lead_to_cash.group_collections_user').id)]})
    customer = env['res.partner'].create({'name': NAME, 'collector_id': user.id})
    question = env['balance.confirmation'].create({
        'partner_id': customer.id, 'company_id': env.company.id, 'day': '2026-03-10', 'balances': {str(env.company.currency_id.id): 10.0},
        'expires_on': '2026-06-10'})
    question._take_answer({'answer': 'disagree', 'note': NAME})
"""
#: Statements and questions about a balance, by the dialog that sends them.
LETTERS = """
for kind in ('statement', 'confirmation'):
    customers = env['res.partner'].union(*(person(kind, lang) for lang in LANGUAGES))
    invoices(customers, '2026-03-02')
    env['statement.wizard'].with_user(seller).create({
        'kind': 'open' if kind == 'statement' else kind, 'partner_ids': [Command.set(customers.ids)],
        'date_to': '2026-03-10'}).action_send()
env['account.letter']._cron_write()
"""
#: Of payment plans: agreed, announced, paid, missed; and copies of invoices.
PLANS = """
plans = {}
for kind in ('plan', 'instalment', 'plan_kept', 'plan_broken', 'copies'):
    for lang in LANGUAGES:
        customer = person(kind, lang)
        invoices(customer, '2026-03-02')
        if kind == 'copies':
            copies = env['invoice.copies'].with_user(seller).create({'partner_id': customer.id})
            copies.action_send()
            copies.action_send()  # a second click
            continue
        agreed = customer._dunning_plan_defaults() | {'first_date': '2026-03-10', 'number': 2}
        plans[kind, lang] = env['dunning.plan'].with_user(seller).create(agreed)
        if kind != 'plan':
            env['account.letter'].search([('plan_id', '=', plans[kind, lang].id)]).unlink()
env['account.letter']._cron_write()
env['mail.mail'].search([('scheduled_date', '!=', False), ('state', '=', 'outgoing'),
                         ('model', '=', 'account.letter')]).scheduled_date = False
for (kind, lang), plan in plans.items():
    if kind == 'plan_kept':
        wizard = env['account.payment.register'].with_context(
            active_model='account.move', active_ids=plan.move_line_ids.move_id.ids)
        wizard.create({'payment_date': '2026-03-10'})._create_payments()
    elif kind == 'plan_broken':
        plan.promise_ids[:1]._break(plan.first_date)
    elif kind == 'instalment':
        plan._write_letters('instalment', plan._rows()[:1])
plans['plan_kept', 'en_US'].env['dunning.plan'].sudo()._cron_follow()
env['account.letter']._cron_write()
env['dunning.plan'].sudo()._cron_follow()  # once more
env['account.letter']._cron_write()
"""
#: Of charges to saved cards: announced, declined, to be confirmed, failed.
CHARGES = """
env.company.charges_saved_cards = True
method = env.ref('payment.payment_method_unknown')
method.support_tokenization = True
form = env['ir.ui.view'].create({'name': 'Form', 'type': 'qweb', 'arch': '<form action="x"/>'})
provider = env['payment.provider'].create({
    'name': 'Provider', 'code': 'none', 'state': 'enabled', 'is_published': True, 'allow_tokenization': True,
    'payment_method_ids': [Command.set(method.ids)], 'redirect_form_view_id': form.id})
method.active = True
for kind in ('charge_announced', 'charge_again', 'charge_confirm', 'charge_failed'):
    for lang in LANGUAGES:
        customer = person(kind, lang)
        invoices(customer, '2026-03-02')
        card = env['payment.token'].create({
            'provider_id': provider.id, 'payment_method_id': method.id, 'partner_id': customer.id,
            'payment_details': '4242', 'provider_ref': 'x'})
        [offer] = env['payment.consent']._offers(customer)
        env['payment.consent']._agree(customer, offer['key'], card.id, offer['shown'], '127.0.0.1')
env['payment.charge']._cron_charge()
for charge in env['payment.charge'].search([]):
    kind = charge.partner_id.email.partition('.')[0]
    if kind != 'charge_announced':
        charge.letter_id.unlink()
        if kind == 'charge_confirm':
            charge._set_state('pending')
        elif kind == 'charge_failed':
            charge._set_state('failed', reason='unusable')
        env['account.letter']._announce_charges(charge, kind)
env['account.letter']._cron_write()
env['mail.mail'].search([('scheduled_date', '!=', False), ('state', '=', 'outgoing'),
                         ('model', '=', 'account.letter')]).scheduled_date = False
"""
#: What a person opens, reads and sends: outcomes of disputes, answers to customers, files for lawyers.
WRITTEN = """
from odoo.tests import Form

def sent(action, user):
    composer = Form(env['mail.compose.message'].with_user(user).with_context(**action['context'])).save()
    composer.action_send_mail()

env['res.partner.bank'].create({'acc_number': 'GB33BUKB20201555555555', 'partner_id': env.company.partner_id.id})
worker = env['res.users'].with_context(no_reset_password=True).create({
    'name': 'Worker', 'login': 'worker', 'email': 'worker@example.com', 'lang': 'en_US',
    'group_ids': [Command.link(env.ref('lead_to_cash.group_collections_user').id)]})
for lang in LANGUAGES:
    customer = person('dispute_outcome', lang)
    dispute = env['dunning.dispute'].with_user(worker).create({
        'partner_id': customer.id, 'move_line_ids': [Command.set(invoices(customer, '2026-03-02').line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable').ids)],
        'reason_id': env.ref('lead_to_cash.dispute_reason_price').id, 'closing_note': 'First.\\nSecond.'})
    dispute.action_not_justified()
    sent(dispute.action_tell_customer(), worker)
    owing = person('case', lang)
    owing.name = 'Somebody who owes'
    invoices(owing, '2026-03-02')
    action = owing.with_user(worker).action_hand_over()
    wizard = Form(env[action['res_model']].with_user(worker).with_context(**action['context']))
    wizard.contact_id = person('collection_case', lang)
    wizard.save().action_hand_over()
    case = env['collection.case'].search([('partner_id', '=', owing.id)])
    case.note = 'First.\\nSecond.'
    case.with_user(worker).action_send_file()
seller.group_ids += env.ref('sale.group_proforma_sales')
for lang in LANGUAGES:
    order = env['sale.order'].with_user(seller).create({
        'partner_id': person('proforma', lang).id, 'proforma_due_date': '2026-03-20',
        'order_line': [Command.create({'product_id': product.id})]})
    order.action_confirm()
    sent(order.action_send_proforma(), seller)
for (kind, lang), customer in replying.items():
    customer.email = address(kind, lang)
    notice = env['dunning.notice'].search([('partner_id', '=', customer.id)]).with_user(worker)
    sent(getattr(notice, f'action_{kind}')(), worker)
"""
KINDS = "\nprint('KINDS', sorted(templates))\n"
#: What Odoo sends at once leaves when it is committed; the rest is in the queue.
SEND = "\nenv.cr.commit()\nenv['mail.mail'].process_email_queue()\n"

#: What a mail of ours has beside those of the shipped templates.
OTHERS = {"status", "quotation", "task"}
#: Answered by e-mail, if at all.
NO_PAGE = {"thanks", "plan_kept", "copies", "dispute_outcome", "collection_case"}
#: Opened in Odoo's dialog, in whose frame they leave.
IN_HOSTS_FRAME = {"dispute_outcome", "reply_copies", "reply_bank", "proforma"}
#: With one paper each.
WITH_FILES = {"statement", "confirmation", "plan", "copies", "reply_copies", "collection_case", "proforma"}
#: Whose text is written by somebody here, or by Odoo, in one language.
ONE_LANGUAGE = {"status", "quotation", "task"}


class TestEveryMail(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with MailSink() as sink:
            cls.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            output = cls.database.shell(
                MAKE
                + NOTICES
                + SALES
                + QUOTATIONS
                + ORDERS
                + PEOPLE
                + LETTERS
                + PLANS
                + CHARGES
                + WRITTEN
                + SEND
                + KINDS,
                at=DAY,
            )
        cls.kinds = {*ast.literal_eval(re.search(r"^KINDS (.*)$", output, re.M)[1]), *OTHERS}
        cls.mails = {}
        for envelope in sink.messages:
            message = message_from_bytes(envelope.content, policy=policy.default)
            kind, _dot, language = envelope.rcpt_tos[0].removesuffix("@example.com").partition(".")
            if language:  # the others are Odoo's to the salesperson
                cls.mails.setdefault((kind, language), []).append(message)

    def each(self, check, kinds=None):
        """Call ``check`` with kind, language, message and its text as HTML, for every mail."""
        for (kind, language), messages in self.mails.items():
            for message in messages if kinds is None or kind in kinds else ():
                with self.subTest(kind=kind, language=language, subject=message["subject"]):
                    check(kind, language, message, html.fromstring(message.get_body(("html",)).get_content()))

    def test_each_kind_in_each_language_arrives(self):
        self.assertGreaterEqual(len(self.kinds), 14)
        expected = {(kind, language.lower()) for kind in self.kinds for language in LANGUAGES}
        self.assertEqual(expected - self.mails.keys(), set())

    def test_shows_no_source(self):
        def check(_kind, _language, message, body):
            plain = message.get_body(("plain",))
            for text in (body.text_content(), str(message["subject"]), plain.get_content() if plain else ""):
                shown = text.replace(NAME, "")
                self.assertNotRegex(shown, r"</?\w+[^>]*>|&\w+;|\{\{|\}\}|\bt-(?:out|if)\b|\bFalse\b|\bNone\b")
            self.assertTrue(body.text_content().strip())

        self.each(check)

    def test_a_name_is_a_name(self):
        """Not a piece of HTML: it is shown as the customer wrote it."""

        def check(_kind, _language, _message, body):
            self.assertFalse([tag for tag in body.iter("b") if "Söhne" in tag.text_content()])
            self.assertIn(NAME, body.text_content())

        self.each(check)

    def test_subject_and_sender(self):
        def check(kind, _language, message, _body):
            self.assertGreater(len(str(message["subject"]).strip()), 5)
            sender = parseaddr(str(message["from"]))[1]
            self.assertIn(sender, ("us@example.com", "seller@example.com", "worker@example.com", "odoobot@example.com"))
            self.assertEqual(sender == "odoobot@example.com", kind == "task", "nobody's name to a customer")
            self.assertIn("@", parseaddr(str(message["reply-to"] or message["from"]))[1])

        self.each(check)

    def test_links_are_absolute(self):
        def check(kind, _language, _message, body):
            links = [link.get("href") for link in body.iter("a")]
            for link in links:
                self.assertRegex(link, r"^(https?://[^/]+/|mailto:|tel:)")
            self.assertTrue(links or kind in NO_PAGE, "nowhere to go on")

        self.each(check)

    def test_in_the_readers_language_and_direction(self):
        texts = {}

        def check(kind, language, message, body):
            text = f"{message['subject']} {body.text_content()}"
            self.assertEqual(bool(body.xpath("descendant-or-self::*[@dir='rtl']")), language == "he_il")
            self.assertEqual(bool(re.search(r"[\u0590-\u05ff]{3}", text)), language == "he_il")
            texts.setdefault(kind, {})[language] = body.text_content()

        self.each(check, self.kinds - ONE_LANGUAGE)
        self.assertEqual(texts.keys(), self.kinds - ONE_LANGUAGE)
        for kind, by_language in texts.items():
            with self.subTest(kind=kind):
                self.assertEqual(len(set(by_language.values())), len(LANGUAGES))
                self.assertRegex(by_language["ro_ro"], r"[ăâîșțĂÂÎȘȚ]")

    def test_looks_like_the_companys(self):
        """Logo, name, particulars, colour, and a text that can be read."""

        def check(_kind, _language, message, body):
            [logo] = body.iter("img")
            self.assertRegex(logo.get("src"), r"^https?://[^/]+/logo\.png\?company=\d+$")
            self.assertEqual(logo.get("alt"), COMPANY)
            [end] = body.xpath("//*[@name='company_particulars']")
            for part in (COMPANY, "J40/1/2020"):
                self.assertIn(part, end.text_content())
            self.assertIn(COLOUR, message.get_body(("html",)).get_content())
            lines = message.get_body(("plain",)).get_content().splitlines()
            self.assertEqual(lines[0], COMPANY)
            self.assertLess(len([line for line in lines if not line]), 15, "each cell on a line of its own")
            self.assertFalse([line for line in lines if "*" in line or "[1]" in line])
            attached = sum(len(part.as_bytes()) for part in message.iter_attachments())
            self.assertLess(len(message.as_bytes()) - attached, 40_000)

        self.each(check, self.kinds - IN_HOSTS_FRAME - {"task"})  # to a colleague

    def test_papers_have_names(self):
        def check(_kind, _language, message, _body):
            names = [part.get_filename() for part in message.iter_attachments()]
            self.assertEqual(len(names), 1)
            self.assertRegex(names[0], r"^[^/\\\\<>]{4,}\.pdf$")

        self.each(check, WITH_FILES)

    def test_lines_that_a_person_wrote(self):
        """Each stays a line of its own, in the reader's direction as the rest."""

        def check(_kind, language, _message, body):
            [text] = [each for each in body.iter("p") if "First." in each.text_content()]
            if language == "en_us":
                self.assertIn("pre-line", text.get("style"))
            around = [each.get("dir") for each in text.iterancestors() if each.get("dir")]
            self.assertEqual("rtl" in around, language == "he_il")

        self.each(check, {"dispute_outcome", "collection_case"})

    def test_nothing_twice(self):
        for (kind, language), messages in self.mails.items():
            with self.subTest(kind=kind, language=language):
                subjects = [str(message["subject"]) for message in messages]
                self.assertEqual(len(subjects), len(set(subjects)))

    def test_no_other_customer(self):
        def check(kind, language, message, _body):
            named = set(re.findall(r"[\w.]+\.(?:en_us|he_il|ro_ro)@example\.com", message.as_string()))
            self.assertLessEqual(named, {f"{kind}.{language}@example.com"})

        self.each(check, {"plan", "copies", "reply_copies", "reply_bank", "dispute_outcome", "collection_case"})

    def test_a_way_out_of_sales_mails(self):
        def check(kind, _language, message, body):
            sales = kind.startswith(("missed", "quotation")) or kind in (
                *("reengage", "status", "soft_opt_in", "proforma_reminder", "planned_invoice"),
            )
            self.assertEqual("opt-out" in str(message["list-unsubscribe"]), sales)
            one_click = [str(value) for value in message.get_all("list-unsubscribe-post", [])]
            self.assertEqual(one_click, ["List-Unsubscribe=One-Click"] if sales else [])
            self.assertEqual(bool([link for link in body.iter("a") if "opt-out" in link.get("href")]), sales)

        self.each(check)
