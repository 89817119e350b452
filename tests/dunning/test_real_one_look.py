"""A test of a notice's e-mail, as it arrives at a real SMTP server; and the notice itself after that."""

from email import message_from_bytes, policy

from ..real import MailSink, RealProcessCase

DAY = "2026-03-10 09:00:00"
MAKE = """
from odoo import Command
env.company.write({'name': 'Us', 'email': 'us@example.com', 'dunning_awaits_release': False})
env['dunning.policy'].search([]).active = False
its = env['dunning.policy'].create({'name': 'Test', 'level_ids': [Command.create({
    'name': 'First', 'delay_days': 4, 'requires_approval': True, 'ask_rating': True, 'payment_deadline_days': 7})]})
its.action_start()
env.company.dunning_policy_id = its
collector = env['res.users'].with_context(no_reset_password=True).create({
    'name': 'Collector', 'login': 'collector', 'email': 'collector@example.com',
    'group_ids': [Command.link(env.ref('lead_to_cash.group_collections_user').id)]})
customer = env['res.partner'].create({'name': 'Debtor', 'email': 'debtor@example.com', 'lang': 'he_IL'})
move = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-02', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 1234.5, 'tax_ids': False})]})
move.action_post()
run = env['dunning.run'].create({'date': '2026-03-10'})
run.action_run()
notice = run.notice_ids.with_user(collector)
assert notice.state == 'to_approve', notice.state
action = notice.action_edit_text()
wizard = env[action['res_model']].with_user(collector).with_context(**action['context']).create({})
wizard.text = wizard.text + '<p>Our own words</p>'
wizard.action_save()
env.cr.commit()
"""
TRY = """
notice = env['dunning.notice'].search([])
collector = env['res.users'].search([('login', '=', 'collector')])
notice.with_user(collector).action_send_test()
env.cr.commit()
"""
LEAVE = """
notice = env['dunning.notice'].search([])
notice.with_user(env['res.users'].search([('login', '=', 'collector')])).action_approve()
env.cr.commit()
env['mail.mail'].process_email_queue()
"""


class TestOneLookArrives(RealProcessCase):
    def arrived(self, script):
        with MailSink() as sink:
            self.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            self.database.shell(script, at=DAY)
        return [
            (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
            for envelope in sink.messages
        ]

    def test_the_test_and_then_the_notice(self):
        self.database.shell(MAKE, at=DAY)
        [(to, test)] = self.arrived(TRY)
        self.assertEqual((to, str(test["Reply-To"])), (["collector@example.com"], "Collector <collector@example.com>"))
        self.assertTrue(str(test["Subject"]).startswith("[Test] "))
        said = test.get_body(("html",)).get_content()
        for part in ("Our own words", "1,234.50", 'dir="rtl"'):
            self.assertIn(part, said)
        for way in ("access_token", "/rate/"):
            self.assertNotIn(way, said)
        [row] = self.database.query("SELECT state, is_written, sent_on FROM dunning_notice")
        self.assertEqual(row, ("to_approve", None, None))
        self.assertEqual(
            self.database.query("SELECT count(*) FROM rating_rating WHERE res_model = 'dunning.notice'"), [(0,)]
        )
        [(to, mail)] = self.arrived(LEAVE)
        self.assertEqual(to, ["debtor@example.com"])
        left = mail.get_body(("html",)).get_content()
        self.assertIn("Our own words", left)
        self.assertIn("access_token", left)
        self.assertEqual(self.database.query("SELECT state FROM dunning_notice"), [("sent",)])
