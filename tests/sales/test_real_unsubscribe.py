"""The button of a mail program that ends our sales mails (RFC 8058), in the mails as they leave."""

from email import message_from_bytes, policy

from ..real import MailSink, RealProcessCase

DAY = "2026-03-10 09:00:00"
ONE_CLICK = "List-Unsubscribe=One-Click"

#: A draft that a person edited, with followers; one that goes as it is; a reminder of a quotation; one who is asked
#: again by e-mail; and an answer of ours that is no sales mail.
SCRIPT = """
from odoo import Command
seller = env.ref('base.user_admin')
seller.email = 'seller@example.com'
ref = lambda name: env.ref(f'lead_to_cash.mail_template_{name}')
status = env['handling.status'].search([('res_model', '=', 'crm.lead'), ('role', '=', 'no_answer')])
status.series_ids = [Command.clear(), Command.create({
    'number': 1, 'mail_template_id': ref('missed_1').id, 'as_draft': True})]

def person(name):
    return env['res.partner'].create({'name': name, 'email': f'{name}@example.com', 'tz': 'UTC'})

def lead(name):
    made = env['crm.lead'].create({
        'name': name, 'type': 'opportunity', 'partner_id': person(name).id, 'email_from': f'{name}@example.com',
        'user_id': seller.id, 'contact_basis': 'consent', 'consent_date': '2026-03-01'})
    return made

edited, sent = lead('edited'), lead('sent')
(edited | sent).action_log_attempt('no_answer')
edited.message_subscribe(partner_ids=(person('follower') | edited.partner_id).ids)
action = edited.action_edit_draft()
composer = env[action['res_model']].with_context(**action['context']).create({})
composer.subject = 'My own words'
composer.partner_ids |= edited.partner_id
composer.action_send_mail()
sent.action_send_draft()

env.company.quotation_reminder_days = 3
product = env['product.product'].create({'name': 'Thing', 'list_price': 100.0})
order = env['sale.order'].with_context(l2c_today='2026-03-03').create({
    'partner_id': person('quotation').id, 'user_id': seller.id, 'validity_date': '2026-12-31',
    'order_line': [Command.create({'product_id': product.id})]})
order.action_quotation_sent()

reason = env['crm.lost.reason'].create({
    'name': 'Later', 'reengage_days': 30, 'reengage_template_id': ref('reengage').id})
lead('again').with_context(l2c_today='2026-01-05').action_close(reason)
env['ir.config_parameter'].set_param('lead_to_cash.asked_again_since', '2025-01-01')
env['handling.status']._cron_follow_time()
lead('answered').message_post(body='Thank you', partner_ids=env['res.partner'].search([('name', '=', 'answered')]).ids,
                              message_type='comment', subtype_xmlid='mail.mt_comment')
env.cr.commit()
env['mail.mail'].process_email_queue()
"""


class TestOneClick(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with MailSink() as sink:
            cls.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            cls.database.shell(SCRIPT, at=DAY)
        cls.mails = {}
        for envelope in sink.messages:
            message = message_from_bytes(envelope.content, policy=policy.default)
            for address in envelope.rcpt_tos:
                cls.mails.setdefault(address.partition("@")[0], []).append((message, envelope.content))

    def test_each_sales_mail_has_the_button_once(self):
        for name in ("edited", "sent", "quotation", "again"):
            with self.subTest(name):
                [(message, content)] = self.mails[name]
                [way] = message.get_all("List-Unsubscribe")
                self.assertRegex(
                    str(way), rf"^<https?://[^>]+/sales-mail/opt-out\?email={name}%40example\.com&token=\w+>$"
                )
                self.assertEqual([str(value) for value in message.get_all("List-Unsubscribe-Post")], [ONE_CLICK])
                self.assertEqual(content.lower().count(b"\nlist-unsubscribe"), 2)
                self.assertIn("opt-out", message.get_body(("html",)).get_content())
        self.assertEqual(str(self.mails["edited"][0][0]["subject"]), "My own words")

    def test_nobody_takes_another_off_the_list(self):
        """A follower gets the same words, and no button for the lead's address."""
        [(message, _content)] = self.mails["follower"]
        self.assertEqual(str(message["subject"]), "My own words")
        self.assertIsNone(message["List-Unsubscribe"])
        self.assertIsNone(message["List-Unsubscribe-Post"])

    def test_an_answer_is_no_sales_mail(self):
        [(message, _content)] = self.mails["answered"]
        self.assertIsNone(message["List-Unsubscribe"])
        self.assertIsNone(message["List-Unsubscribe-Post"])
