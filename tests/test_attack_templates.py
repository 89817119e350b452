"""What somebody writes into a template is run with their own rights, and only where Odoo lets them."""

from .served import ServedCase

#: Code in templates is for who may write it; everybody else uses plain placeholders.
PREPARE = """
from odoo import Command
env['ir.config_parameter'].set_param('mail.restrict.template.rendering', True)
env['ir.config_parameter'].set_param('test.secret', 'the secret')
env['dunning.policy'].search([]).active = False
policy = env['dunning.policy'].create({'name': 'Test', 'level_ids': [Command.create({'name': 'First', 'delay_days': 4})]})
env['res.lang']._activate_lang('he_IL')
def template(name, subject):
    env['mail.template'].create({'name': name, 'subject': subject, 'body_html': '<p>Hello</p>',
        'model_id': env['ir.model']._get_id('dunning.notice')})
template('Broken', "{{ {}[object.env['ir.config_parameter'].sudo().get_param('test.secret')] }}")
template('Good', "{{ object.env['ir.config_parameter'].get_param('test.secret') }}")
template('As superuser', "{{ object.env.su and object.env['dunning.policy'].search([], limit=1).write({'name': 'Hacked'}) }}")
"""
#: Makes its author an administrator, whatever becomes of the request.
CODE = (
    "object.env['res.users'].sudo().browse({uid}).write("
    "{{'group_ids': [(4, object.env.ref('base.group_system').id)]}}) or object.env.cr.commit()"
)
SECRET = "{}[object.env['ir.config_parameter'].sudo().get_param('test.secret')]"


class TestTemplates(ServedCase):
    people = {
        "manager": ("lead_to_cash.group_collections_manager", {}),
        "editor": ("lead_to_cash.group_collections_manager,mail.group_mail_template_editor", {}),
    }
    prepare = PREPARE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [[cls.level]] = cls.database.query("SELECT id FROM dunning_level WHERE name->>'en_US' = 'First'")

    def tearDown(self):
        self.database.query("UPDATE dunning_level SET mail_template_id = NULL")
        super().tearDown()

    def named(self, name):
        [[found]] = self.database.query("SELECT id FROM mail_template WHERE name->>'en_US' = %s", name)
        return found

    def own_template(self, client, chosen=True):
        """A template that its author made and a level uses."""
        [[model]] = self.database.query("SELECT id FROM ir_model WHERE model = 'dunning.notice'")
        values = {"name": f"Of {client.uid}", "model_id": model, "subject": "Plain", "body_html": "<p>Plain</p>"}
        [template] = client.call("mail.template", "create", [values])
        if chosen:
            client.call("dunning.level", "write", [self.level], {"mail_template_id": template})
        return template

    def assertNoAdministrator(self, client):
        self.assertFalse(client.call("res.users", "has_group", [client.uid], "base.group_system"))

    def test_nobody_becomes_an_administrator(self):
        """By a subject, a sender or a body, on any way to write it."""
        manager = self.client("manager")
        template, code = self.own_template(manager), CODE.format(uid=manager.uid)
        for values in (
            {"subject": f"{{{{ {code} }}}}"},
            {"email_from": f"{{{{ {code} }}}}"},
            {"body_html": f'<p t-out="{code}"/>'},
        ):
            with self.subTest(list(values)):
                self.assertRefused("AccessError", manager.call, "mail.template", "write", [template], values)
                self.assertNoAdministrator(manager)
        translations = {"he_IL": f"{{{{ {code} }}}}"}
        write = ("mail.template", "update_field_translations", [template], "subject", translations)
        self.assertRefused("AccessError", manager.call, *write)
        self.assertNoAdministrator(manager)

    def test_no_value_in_the_error(self):
        """Neither for who may not use code nor for who may."""
        for login, kind in (("manager", "AccessError"), ("editor", "ValidationError")):
            client = self.client(login)
            template = self.own_template(client)
            for values in ({"subject": f"{{{{ {SECRET} }}}}"}, {"body_html": f'<p t-out="{SECRET}"/>'}):
                with self.subTest(list(values), login=login):
                    sentence = self.assertRefused(kind, client.call, "mail.template", "write", [template], values)
                    self.assertNotIn("the secret", sentence)
        broken = {"mail_template_id": self.named("Broken")}
        sentence = self.assertRefused("ValidationError", client.call, "dunning.level", "write", [self.level], broken)
        self.assertIn("Broken can't be rendered: there is an error in its field Subject (KeyError)", sentence)
        self.assertNotIn("the secret", sentence)

    def test_a_manager_chooses_an_administrators_template(self):
        """Though it reads what the manager can't: the engine sends it."""
        manager = self.client("manager")
        manager.call("dunning.level", "write", [self.level], {"mail_template_id": self.named("Good")})
        [level] = manager.call("dunning.level", "read", [self.level], ["mail_template_id"])
        self.assertEqual(level["mail_template_id"][1], "Good")

    def test_nothing_is_rendered_as_superuser(self):
        """Neither when it is chosen, nor when it is written."""
        editor, template = self.client("editor"), self.named("As superuser")
        editor.call("dunning.level", "write", [self.level], {"mail_template_id": template})
        source = editor.call("mail.template", "read", [template], ["subject"])[0]["subject"]
        editor.call("mail.template", "write", [template], {"subject": f"{source}!"})
        names = self.database.query(
            "SELECT name->>'en_US' FROM dunning_policy WHERE name->>'en_US' IN ('Test', 'Hacked')"
        )
        self.assertEqual(names, [("Test",)])
