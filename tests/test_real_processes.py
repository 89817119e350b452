"""Real Odoo processes: a mail that really arrives, a server that answers, and installing,
updating, uninstalling on a company's database."""

import re
from email import message_from_bytes

from .real import MailSink, RealProcessCase, free_port
from .volume import DOCUMENTS, grow

CATALOGUE = """
    SELECT 'column', table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
     UNION SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public'
     UNION SELECT 'constraint', conrelid::regclass || '.' || conname FROM pg_constraint
     UNION SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     UNION SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
     UNION SELECT 'cron', cron_name FROM ir_cron
     UNION SELECT 'menu', id::text FROM ir_ui_menu
     UNION SELECT 'parameter', key FROM ir_config_parameter
     UNION SELECT 'model', model FROM ir_model
     UNION SELECT 'field', model || '.' || name FROM ir_model_fields
     UNION SELECT 'registered constraint', name FROM ir_model_constraint
     UNION SELECT 'group', id::text FROM res_groups
     UNION SELECT 'privilege', id::text FROM res_groups_privilege
     UNION SELECT 'implied', gid || '>' || hid FROM res_groups_implied_rel
     UNION SELECT 'view', id::text FROM ir_ui_view
     UNION SELECT 'action', id::text FROM ir_actions
     UNION SELECT 'access', id::text FROM ir_model_access
     UNION SELECT 'rule', id::text FROM ir_rule
     UNION SELECT 'external id', module || '.' || name FROM ir_model_data WHERE module = 'lead_to_cash'
"""


class TestMail(RealProcessCase):
    def test_a_mail_really_arrives(self):
        with MailSink() as sink:
            self.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            self.database.shell(
                """
env['mail.mail'].create({
    'subject': 'Hello', 'body_html': '<p>from a real queue</p>', 'email_to': 'someone@example.com',
    'email_from': 'us@example.com',
})
env.ref('mail.ir_cron_mail_scheduler_action')._trigger()
"""
            )
            with self.database.server("--no-http", "--max-cron-threads=1"):
                [envelope] = sink.wait_for(1, nudge=self.database.wake_crons)
        message = message_from_bytes(envelope.content)
        self.assertEqual((message["Subject"], envelope.rcpt_tos), ("Hello", ["someone@example.com"]))
        self.assertIn("from a real queue", message.as_string())


class TestServer(RealProcessCase):
    def test_moved_clock_and_what_it_does(self):
        self.database.shell(
            """
order = env['sale.order'].create({
    'partner_id': env['res.partner'].create({'name': 'Buyer'}).id, 'validity_date': '2026-03-15'})
assert order.handling_role == 'new', order.handling_role
""",
            at="2026-03-10 09:00:00",
        )
        self.database.shell("env['handling.status']._cron_follow_time()", at="2026-03-16 09:00:00")
        [[role, since]] = self.database.query(
            "SELECT handling_role, handling_status_since::date::text FROM sale_order WHERE validity_date = '2026-03-15'"
        )
        self.assertEqual((role, since), ("dormant", "2026-03-16"))

    def test_a_server_answers(self):
        port = free_port()
        with self.database.server(f"--http-port={port}", "--max-cron-threads=0", f"--db-filter=^{self.database.name}$"):
            page = self.database.wait_for_server(f"http://127.0.0.1:{port}")
        self.assertIn('name="password"', page)


class TestInstall(RealProcessCase):
    """On a database with many documents and without the addon."""

    template = "L2C_BASE_DB"

    def test_install_update_uninstall_install(self):
        before = self.catalogue()
        grow(self.database, 10_000)
        self.database.query("UPDATE account_move SET is_move_sent = id % 2 = 0")
        self.quiet(self.database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http"))
        self.check_statuses()
        self.check_sent_dates()
        self.quiet(self.database.run("-u", "lead_to_cash", "--stop-after-init", "--no-http"))
        uninstall = "env['ir.module.module']._get('lead_to_cash').button_immediate_uninstall()\nenv.cr.commit()\n"
        self.database.run("shell", "--no-http", "--log-level=warn", script=uninstall)
        self.assertEqual(self.catalogue() - before, set())
        self.assertEqual(before - self.catalogue(), set())
        self.quiet(self.database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http"))
        self.check_statuses()

    def catalogue(self):
        return set(self.database.query(CATALOGUE))

    def quiet(self, output):
        self.assertFalse(re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", output, re.M))

    def check_sent_dates(self):
        """None was sent on the day of installing."""
        rows = self.database.query(
            """SELECT is_move_sent, sent_date IS NOT DISTINCT FROM COALESCE(invoice_date, date), sent_date IS NULL, count(*)
                 FROM account_move GROUP BY 1, 2, 3"""
        )
        self.assertEqual({row[:3] for row in rows}, {(True, True, False), (False, False, True)})
        self.assertTrue(all(count > 1_000 for *_kind, count in rows))

    def check_statuses(self):
        for table, condition in DOCUMENTS.items():
            [[count, without, logged]] = self.database.query(
                f"""SELECT count(*), count(*) FILTER (WHERE handling_status_id IS NULL OR handling_role IS NULL
                                                          OR handling_status_since IS NULL),
                           (SELECT count(*) FROM handling_status_change)
                      FROM {table} WHERE {condition}"""
            )
            self.assertGreaterEqual(count, 10_000, table)
            self.assertEqual((without, logged), (0, 0), table)
        roles = dict(
            self.database.query(
                """SELECT s.name->>'en_US', count(*) FROM account_move m
                     JOIN handling_status s ON s.id = m.handling_status_id GROUP BY 1"""
            )
        )
        self.assertEqual(set(roles), {"Not due", "Overdue", "Paid", "Open credit"})
        [[bills]] = self.database.query(
            "SELECT count(*) FROM account_move WHERE move_type = 'entry' AND handling_status_id IS NOT NULL"
        )
        self.assertEqual(bills, 0)


#: A company that has worked for years, without the addon.
YEARS = """
from odoo import Command, fields
seller = env['res.users'].create({
    'name': 'Seller', 'login': 'seller', 'group_ids': [Command.link(env.ref('sales_team.group_sale_salesman').id)]})
product = env['product.product'].create({'name': 'Thing', 'list_price': 100.0, 'taxes_id': False})
for name, day in (('lately', '2026-02-01'), ('long ago', '2023-02-01')):
    customer = env['res.partner'].create({'name': name, 'email': 'customer@example.com', 'user_id': seller.id})
    for paid in (True, False):
        move = env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day, 'invoice_date_due': day,
            'invoice_user_id': seller.id, 'invoice_payment_term_id': False,
            'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
        move.action_post()
        if paid:
            env['account.payment.register'].with_context(
                active_model='account.move', active_ids=move.ids).create({'payment_date': day})._create_payments()
    order = env['sale.order'].create({
        'partner_id': customer.id, 'user_id': seller.id, 'validity_date': day,
        'order_line': [Command.create({'product_id': product.id})]})
    order.action_quotation_sent()
    env['crm.lead'].create({'name': name, 'type': 'opportunity', 'user_id': seller.id, 'partner_id': customer.id})
    won = env['crm.lead'].create({'name': name, 'type': 'opportunity', 'user_id': seller.id, 'partner_id': customer.id})
    won.action_set_won()
    lost = env['crm.lead'].create({'name': name, 'type': 'opportunity', 'user_id': seller.id, 'partner_id': customer.id})
    lost.action_set_lost(lost_reason_id=env['crm.lost.reason'].search([], limit=1).id)
env['mail.mail'].search([]).unlink()
env['mail.activity'].search([]).unlink()
"""
NIGHT = """
for data in env['ir.model.data'].search([('module', '=', 'lead_to_cash'), ('model', '=', 'ir.cron')]):
    env['ir.cron'].browse(data.res_id).method_direct_trigger()
"""


class TestFirstNight(RealProcessCase):
    template = "L2C_BASE_DB"

    def test_nobody_is_given_the_past_as_work(self):
        """Nor is any customer written to: only what happens from now on is followed up."""
        self.database.shell(YEARS, at="2026-03-09 08:00:00")
        self.database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http", at="2026-03-10 08:00:00")
        for night in ("2026-03-11 01:00:00", "2026-03-12 01:00:00"):
            self.database.shell(NIGHT, at=night)
        for table in ("mail_activity", "mail_mail", "sms_sms", "dunning_notice"):
            with self.subTest(table):
                self.assertEqual(self.database.query(f"SELECT count(*) FROM {table}"), [(0,)])
        statuses = self.database.query("SELECT name, customer_status FROM res_partner WHERE name ~ 'l(ately|ong ago)'")
        self.assertEqual(dict(statuses), {"lately": "customer", "long ago": "inactive"})


class TestDemo(RealProcessCase):
    def test_demo_data(self):
        self.database.shell(
            """
from odoo.modules.module import get_manifest
from odoo.tools import convert_file
for name in get_manifest('lead_to_cash')['demo']:
    convert_file(env, 'lead_to_cash', name, {}, 'init', noupdate=True)
"""
        )
        logins = self.database.query("SELECT login FROM res_users WHERE login IN ('salesperson', 'accountant')")
        self.assertEqual(set(logins), {("accountant",), ("salesperson",)})
        roles = self.database.query("SELECT DISTINCT handling_role FROM crm_lead")
        self.assertEqual(set(roles), {("in_progress",), ("lost",), ("new",), ("no_answer",)})
