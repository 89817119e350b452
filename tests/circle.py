"""The whole circle, from an enquiry to a reminder, played by real processes: a server on which people work, Odoo's
scheduler, both at the same moved clock, and a real SMTP server."""

import contextlib
import re
import subprocess
import sys
from email import message_from_bytes, policy
from typing import NamedTuple

from odoo.tools import file_path, html2plaintext

from ..dev.photos.browser import browser
from .real import MailSink, RealProcessCase, free_port
from .served import PEOPLE, WAIT, Client

#: Whether the dialog of the signature can be sent; opens it.
SIGNING = """(() => {
    const dialog = document.querySelector("#modalaccept.show");
    if (!dialog) document.querySelector("[data-bs-target='#modalaccept']").click();
    return !!dialog?.querySelector(".o_portal_sign_submit:not([disabled])");
})()"""
PRESSING = 'document.querySelector("#modalaccept.show .o_portal_sign_submit:not([disabled])")?.click()'
#: The smallest picture.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
#: Jobs of the host that ask services of the internet.
TO_THE_INTERNET = (
    "mail.ir_cron_module_update_notification",
    "crm_iap_enrich.ir_cron_lead_enrichment",
    "sms.ir_cron_sms_scheduler_action",
)

#: Odoo's own scheduler, whose clock is the process's (PostgreSQL's stays): all that is due, until nothing is.
SCHEDULER = """
from datetime import datetime, timezone
scheduler = env.registry['ir.cron']
with env.registry.cursor() as cr:
    cr.now = lambda: datetime.now(timezone.utc).replace(tzinfo=None)
    for _round in range(20):
        jobs = scheduler._get_all_ready_jobs(cr)
        cr.commit()
        if not jobs:
            break
        scheduler._process_jobs_loop(cr, job_ids=[job['id'] for job in jobs])
    else:
        raise AssertionError(f"the scheduler comes to no end: {[job['cron_name'] for job in jobs]}")
"""

#: A company as somebody has set it up, once; from then on its jobs come by their own hours.
COMPANY = """
from odoo import Command
company, land = env.company, {country!r}
country = env.ref('base.' + land['code'])
if land['chart']:
    company.country_id = country
    env['account.chart.template'].try_loading(land['chart'], company=company, install_demo=False)
if not company.account_journal_early_pay_discount_loss_account_id:  # some charts name none
    company.account_journal_early_pay_discount_loss_account_id = env['account.account'].create(
        {{'name': 'Discounts given', 'code': '899990', 'account_type': 'expense'}})
company.write({{
    'name': 'Nord', 'country_id': country.id, 'email': 'us@example.com', 'street': 'Main 1', 'city': land['city'],
    'state_id': land['state'] and env.ref(land['state']).id, 'zip': '10000', 'vat': land['vat'],
    'invoices_at_once': True, 'charges_saved_cards': True, 'portal_confirmation_sign': True, 'portal_confirmation_pay': False}})
env['res.partner.bank'].create({{'acc_number': land['account'], 'partner_id': company.partner_id.id}})
env['res.users'].search([]).partner_id.tz = 'UTC'

policies = env['dunning.policy'].with_context(active_test=False)
policy = env.ref('lead_to_cash.policy_early_discount')
(policies.search([]) - policy).active = False
policy.active = True
policy.action_start()
company.dunning_policy_id = policy

domain = env['mail.alias.domain'].search([], limit=1) or env['mail.alias.domain'].create({{'name': 'example.com'}})
domain.name = 'example.com'
company.alias_domain_id = domain
env['crm.lead'].search([]).active = False
seller = env['res.users'].search([('login', '=', 'seller')])
team = env.ref('sales_team.team_sales_department')
team.write({{'alias_name': 'enquiries', 'alias_domain_id': domain.id, 'alias_contact': 'everyone',
            'user_id': seller.id, 'member_ids': [Command.link(seller.id)]}})
tax = company.account_sale_tax_id
assert tax.amount == land['tax'], tax.amount
product = env['product.product'].create({{
    'name': 'Till', 'list_price': 600.0, 'invoice_policy': 'order', 'taxes_id': [Command.set(tax.ids)]}})

# Cards by Odoo's provider for demonstrations, which it keeps in test mode: there nothing is paid.
provider = env.ref('payment.payment_provider_demo')
provider.write({{'state': 'test', 'is_published': True, 'allow_tokenization': True}})
env.flush_all()
env.cr.execute("UPDATE payment_provider SET state = 'enabled' WHERE id = %s", [provider.id])

# A web font would be drawn as lines: nothing could be read of the papers.
env['ir.ui.view'].create({{
    'name': 'Readable', 'type': 'qweb', 'inherit_id': env.ref('web.minimal_layout').id,
    'arch': '<xpath expr="//head" position="inside">'
            '<style>* {{font-family: "DejaVu Sans", sans-serif !important}}</style></xpath>'}})
parameters = env['ir.config_parameter']
parameters.set_param('web.base.url', {url!r})
parameters.set_param('web.base.url.freeze', 'True')
parameters.set_param('mail.catchall.domain', 'example.com')
for name in {internet!r}:
    job = env.ref(name, raise_if_not_found=False)
    if job:
        job.active = False
env.cr.execute("DELETE FROM ir_cron_trigger")
env.cr.execute("UPDATE ir_cron SET nextcall = %s::date + nextcall::time", [{day!r}])
"""

#: What stands where, of one customer.
FACTS = """
    SELECT l.handling_role AS lead, o.state AS order, o.handling_role AS quotation, o.invoice_status,
           m.id AS invoice, m.name, m.state, m.payment_state, m.handling_role AS handling,
           m.invoice_date::text AS day, m.invoice_date_due::text AS due, m.amount_total::float AS total,
           m.amount_residual::float AS left, COALESCE(m.is_move_sent, FALSE) AS sent, p.customer_status AS customer
      FROM res_partner p
      JOIN crm_lead l ON l.partner_id = p.id
 LEFT JOIN sale_order o ON o.opportunity_id = l.id
 LEFT JOIN account_move m ON m.invoice_origin = o.name AND m.move_type = 'out_invoice'
     WHERE p.email = %s
"""


class Customer(NamedTuple):
    """Who asks, and how many tills of 600.00 it buys."""

    login: str
    name: str
    tills: int

    @property
    def email(self):
        return f"{self.login}@example.com"


class Letter(NamedTuple):
    """An e-mail as it arrived."""

    subject: str
    html: str
    papers: dict

    @property
    def text(self):
        return one_line(self.html)

    def link(self, path):
        """The address in it that leads to ``path``."""
        found = re.search(rf'href="([^"]*{path}[^"]*)"', self.html)
        return found[1].replace("&amp;", "&")

    def paper(self):
        """The text of its only PDF."""
        [content] = self.papers.values()
        done = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, timeout=WAIT, check=True
        )
        return " ".join(done.stdout.decode().replace("\u200b", "").split())


def attributes(tag):
    """What an element of a page says in its data attributes."""
    return dict(re.findall(r'data-([\w-]+)="([^"]*)"', tag))


def csrf(page):
    """The token of a page's forms."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def one_line(html):
    return " ".join(html2plaintext(html).replace("*", "").replace("\xa0", " ").split())


class CircleCase(RealProcessCase):
    """A company of a country, its people, and the days through which it is led."""

    #: What the country's addon, chart and papers are.
    country = {}
    people = {
        "gate": ("base.group_system,sales_team.group_sale_manager", {}),
        "seller": (
            "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
            {"name": "Sam Seller", "email": "seller@example.com"},
        ),
        "books": (
            "account.group_account_manager,lead_to_cash.group_collections_manager",
            {"name": "Bea Books", "email": "books@example.com"},
        ),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addons = ",".join(filter(None, ("payment_demo", cls.country["addon"])))
        cls.database.run("-i", addons, "--stop-after-init", "--no-http")
        cls.sink = cls.enterClassContext(MailSink())
        options = ("--smtp=127.0.0.1", f"--smtp-port={cls.sink.port}", "--email-from=us@example.com")
        cls.database.mail_options = list(options)
        cls.url = f"http://127.0.0.1:{free_port()}"

    def set_up_company(self, day):
        values = {"country": self.country, "url": self.url, "internet": TO_THE_INTERNET, "day": day}
        self.database.shell(PEOPLE.format(people=self.people) + COMPANY.format(**values), at=f"{day} 06:00:00")

    # Days ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def office(self, day):
        """The server, at ten in the morning of a day."""
        options = (f"--http-port={self.url.rpartition(':')[2]}", "--max-cron-threads=0")
        with self.database.server(*options, f"--db-filter=^{self.database.name}$", at=f"{day} 10:00:00"):
            self.database.wait_for_server(self.url)
            yield
        self.database.stop_shells()

    def jobs(self, day, hour="09:00:00"):
        """All that is due runs, as by itself; none fails. What is written so leaves with the mail queue, which comes
        each hour, at a minute of its own."""
        later = f"{int(hour[:2]) + 1:02}:10{hour[5:]}"
        for moment in (hour, later):
            self.database.stop_shells()
            self.database.shell(SCHEDULER, at=f"{day} {moment}")
        failed = self.database.query("SELECT cron_name FROM ir_cron WHERE failure_count > 0")
        self.assertEqual(failed, [])

    def client(self, login=None):
        return Client(self.url, self.database.name, login)

    # What is known ------------------------------------------------------------------------------

    def facts(self, customer, *names):
        """Of its only journey, what ``names`` say; or all as a dictionary."""
        with contextlib.closing(self.database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(FACTS, (customer.email,))
            [row] = cursor.fetchall()
            found = dict(zip([column.name for column in cursor.description], row, strict=True))
        return tuple(found[name] for name in names) if names else found

    def letters(self, customer):
        """What has arrived at a customer, oldest first."""
        found = []
        for envelope in self.sink.messages:
            if customer.email not in envelope.rcpt_tos:
                continue
            message = message_from_bytes(envelope.content, policy=policy.default)
            papers = {
                part.get_filename(): part.get_content()
                for part in message.iter_attachments()
                if part.get_content_type() == "application/pdf"
            }
            found.append(Letter(str(message["subject"]), message.get_body(("html",)).get_content(), papers))
        return found

    # What people do -----------------------------------------------------------------------------

    def enquire(self, customer):
        """An e-mail comes in, by Odoo's gateway for mail servers."""
        [[uid]] = self.database.query("SELECT id FROM res_users WHERE login = 'gate'")
        gate = [sys.executable, file_path("mail/static/scripts/odoo-mailgate.py"), "-d", self.database.name]
        gate += ["-u", str(uid), "-p", "gate", "--host=127.0.0.1", f"--port={self.url.rpartition(':')[2]}"]
        mail = (
            f"From: {customer.name} <{customer.email}>\nTo: enquiries@example.com\nSubject: Tills for {customer.name}\n"
            f"Message-Id: <{customer.login}@example.com>\n\nWe need {customer.tills} tills.\n"
        )
        done = subprocess.run(gate, input=mail, capture_output=True, text=True, timeout=WAIT, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def press(self, client, action, method, values=()):
        """Fill in the dialog that ``action`` opens, and press its button."""
        context, model = action["context"], action["res_model"]
        [row] = client.call(model, "web_save", [], dict(values), {}, context=context)
        return client.call(model, method, [row["id"]], context=context)

    def open_page(self, link):
        """A customer's browser, which has followed the link of an e-mail, and what it shows."""
        browser = self.client()
        page = browser.web.get(link, timeout=WAIT)
        self.assertEqual(page.status_code, 200, page.text[-1000:])
        return browser, page

    def sign_in_browser(self, customer, link):
        """The button of the quotation's page, then the one of the dialog, in which the name stands already."""
        with browser() as window:
            window.size(1366, 900)
            window.go_to(link, "[data-bs-target='#modalaccept']")
            window.wait_for(SIGNING)
            for second in range(WAIT):
                if self.facts(customer, "order") == ("sale",):
                    return
                if second % 5 == 0:  # pressed before the name was drawn, it asks for the signature: press again
                    window.ask("Runtime.evaluate", expression=PRESSING)
                self.database.query("SELECT pg_sleep(1)")
        self.fail(f"{customer.name} could not sign")

    def sign(self, customer, link):
        """What the quotation's page does when the customer presses *Accept & Sign*."""
        browser, page = self.open_page(link)
        number, token = re.search(r"/my/orders/(\d+)\?.*access_token=([\w-]+)", page.url).groups()
        values = {"access_token": token, "name": customer.name, "signature": SIGNATURE}
        answer = browser.post(f"/my/orders/{number}/accept", **values)
        self.assertTrue(answer.get("force_refresh"), answer)

    def answer(self, link, kind, **form):
        """Answer on the page of a notice."""
        browser, page = self.open_page(link)
        key = re.search(rf'name="form_key" value="([0-9a-f]+-{kind})"', page.text)[1]
        number, token = re.search(r"/my/collection/(\d+)\?.*access_token=([\w-]+)", page.url).groups()
        data = {"access_token": token, "csrf_token": csrf(page.text), "form_key": key, "kind": kind, **form}
        done = browser.web.post(f"{self.url}/my/collection/{number}/answer", data=data, timeout=WAIT)
        self.assertEqual(done.status_code, 200, done.text[-1000:])
        self.assertIn('name="thanks"', done.text)

    def ref(self, xmlid):
        """The id of a record by its external one."""
        [[number]] = self.database.query(
            "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", *xmlid.split(".")
        )
        return number

    def pay(self, link, amount):
        """Pay by card on the page of a notice, as its payment form does; the provider says it is done."""
        browser, page = self.open_page(link)
        number, token = re.search(r"/my/collection/(\d+)\?.*access_token=([\w-]+)", page.url).groups()
        form = browser.get(f"/my/collection/{number}/pay", params={"access_token": token}).text
        self.assertIn(self.money(amount), one_line(form))
        route = re.search(rf"/my/collection/{number}/transaction/[\w-]+", form)[0]
        self.submit(browser, form, route, amount=amount, tokenization_requested=False, access_token=token)

    def save_card(self, browser):
        """Save a card on the page where charges are agreed to; returns the page with it."""
        form = browser.get("/my/charging").text
        said = attributes(re.search(r'<form[^>]*id="o_payment_form"[^>]*>', form)[0])
        values = {"is_validation": True, "tokenization_requested": True, "amount": None, "currency_id": None}
        values |= {"access_token": said["access-token"], "partner_id": int(said["partner-id"])}
        values |= {"reference_prefix": said["reference-prefix"], "landing_route": said["landing-route"]}
        self.submit(browser, form, said["transaction-route"], **values)
        return browser.get("/my/charging").text

    def submit(self, browser, form, route, **values):
        """What Odoo's payment form does with a new card, and then the provider."""
        option = re.search(r'<input[^>]*data-payment-option-type="payment_method"[^>]*>', form)
        said = attributes(option[0])
        provider = {"provider_id": int(said["provider-id"]), "payment_method_id": int(said["payment-option-id"])}
        kept = {"token_id": None, "flow": "direct", "landing_route": "/my", "is_validation": False}
        reference = browser.post(route, **{**provider, **kept, **values})["reference"]
        done = {"reference": reference, "payment_details": "4242", "simulated_state": "done"}
        browser.post("/payment/demo/simulate_payment", **done)
        self.assertEqual(browser.post("/payment/status/poll")["state"], "done")

    def agree_to_plan(self, link):
        """The button of the plan's page."""
        browser, page = self.open_page(link)
        number, token = re.search(r"/my/plan/(\d+)\?.*access_token=([\w-]+)", page.url).groups()
        data = {"access_token": token, "csrf_token": csrf(page.text)}
        done = browser.web.post(f"{self.url}/my/plan/{number}/agree", data=data, timeout=WAIT)
        self.assertIn('name="thanks"', done.text)

    def let_charge(self, login, plan):
        """Who has logged in saves a card, and agrees that it is charged for a plan."""
        browser = self.client(login)
        page = self.save_card(browser)
        offer = page.partition(f'name="plan-{plan}"')[2]
        data = {"csrf_token": csrf(page), "offer": f"plan-{plan}"}
        data |= {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', offer)[1] for name in ("shown", "card")}
        done = browser.web.post(f"{self.url}/my/charging/agree", data=data, timeout=WAIT)
        self.assertIn('name="agreed"', done.text)
