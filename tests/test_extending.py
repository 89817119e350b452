"""The example of docs/extending.md is installed and does what it says."""

from pathlib import Path

from odoo.tools import config, file_path

from .real import RealProcessCase

#: Two customers who owe the same, one of them with the tag; the one who is reminded answers.
SCRIPT = """
from odoo import Command
env = env(context={**env.context, 'l2c_today': '2026-03-10'})
env['dunning.policy'].search([]).active = False
tag = env['res.partner.category'].create({'name': 'No reminders'})
partners = env['res.partner'].create([
    {'name': 'Plain', 'email': 'plain@example.com'},
    {'name': 'Tagged', 'email': 'tagged@example.com', 'category_id': tag.ids}])
policy = env['dunning.policy'].create({
    'name': 'Both', 'partner_domain': [('id', 'in', partners.ids)],
    'level_ids': [Command.create({'name': 'First', 'delay_days': 4})]})
policy.action_start()
env.company.email = 'us@example.com'
moves = env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-02', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'x', 'price_unit': 10, 'tax_ids': False})],
} for partner in partners])
moves.action_post()
env['dunning.run'].create({'date': '2026-03-10'}).action_run()
env['dunning.notice']._write_due_mails()
env['dunning.notice'].search([]).message_update({'author_id': partners[0].id})
"""


class TestExample(RealProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        example = Path(file_path("lead_to_cash/__manifest__.py")).parent / "tests"
        cls.paths = f"--addons-path={','.join([*config['addons_path'], str(example)])}"
        cls.database.run(cls.paths, "-i", "example_addon", "--stop-after-init", "--no-http")
        cls.database.run("shell", cls.paths, "--no-http", "--log-level=warn", script=f"{SCRIPT}\nenv.cr.commit()\n")

    def test_who_has_the_tag_is_not_reminded(self):
        codes = self.database.query(
            "SELECT p.name, d.code FROM dunning_decision d JOIN res_partner p ON p.id = d.partner_id"
            " WHERE d.current ORDER BY 1"
        )
        self.assertEqual(codes, [("Plain", "reminded"), ("Tagged", "no_policy")])

    def test_the_company_gets_a_copy(self):
        copies = self.database.query(
            "SELECT m.email_cc FROM mail_mail m JOIN dunning_notice n ON n.id = m.dunning_notice_id"
        )
        self.assertEqual(copies, [("us@example.com",)])

    def test_an_answer_is_a_contact(self):
        attempts = self.database.query("SELECT outcome, channel, note FROM contact_attempt")
        self.assertEqual(attempts, [("reached", "email", "Answered a reminder")])
        roles = self.database.query(
            "SELECT p.name, m.handling_role FROM account_move m JOIN res_partner p ON p.id = m.partner_id ORDER BY 1"
        )
        self.assertEqual(roles, [("Plain", "contacted"), ("Tagged", "new")])
