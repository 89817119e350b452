"""Records that an upgrade leaves alone, or doesn't: what the scripts in ``migrations`` call."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..upgrading import (
    forget_shipped_terms,
    load_again,
    load_untouched_templates,
    note_translations,
    rename_field,
    shipped_terms,
    term_fingerprint,
    texts_of,
)

CRONS = "data/ir_cron_data.xml"
#: A template, and another one, whose texts a release has shipped too.
TEMPLATE, OTHER = "mail_template_first_reminder", "mail_template_before_due"


@tagged("post_install", "-at_install")
class TestRename(TransactionCase):
    def test_a_field_with_its_index(self):
        field = self.env.ref("lead_to_cash.field_dunning_notice__partner_id")
        rename_field(self.env.cr, "dunning.notice", "partner_id", "customer_id")
        self.env.invalidate_all()
        self.assertEqual(self.env.ref("lead_to_cash.field_dunning_notice__customer_id"), field)
        self.assertEqual(field.name, "customer_id")
        names = SQL(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'dunning_notice' AND indexdef ~ '[(]customer_id[)]'"
        )
        self.assertEqual(self.env.execute_query(names), [("dunning_notice__customer_id_index",)])


@tagged("post_install", "-at_install")
class TestLoadAgain(TransactionCase):
    def record(self, name):
        return self.env.ref(f"lead_to_cash.{name}")

    def test_a_cron(self):
        cron, other = self.record("cron_dunning_run"), self.record("cron_response")
        cron.with_context(lang="he_IL").name = "Ours"
        (cron | other).interval_number = 7
        load_again(self.env, CRONS, "cron_dunning_run")
        self.assertEqual((cron.interval_number, other.interval_number), (1, 7))
        self.assertEqual(cron.with_context(lang="he_IL").name, cron.name, "until Odoo loads its translations")

    def test_a_rule(self):
        rule = self.record("dunning_notice_rule_company")
        before = rule.domain_force
        rule.domain_force = "[(1, '=', 1)]"
        load_again(self.env, "security/dunning_rules.xml", "dunning_notice_rule_company")
        self.assertEqual(rule.domain_force, before)

    def test_what_there_is_not(self):
        with self.assertRaises(KeyError):
            load_again(self.env, CRONS, "cron_run")


@tagged("post_install", "-at_install")
class TestTemplates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref(f"lead_to_cash.{TEMPLATE}")
        cls.now, cls.shipped = texts_of(cls.env, TEMPLATE), texts_of(cls.env, OTHER)

    def texts(self):
        load_untouched_templates(self.env)
        return texts_of(self.env, TEMPLATE)

    def test_what_a_release_has_shipped_becomes_what_is_shipped_now(self):
        self.template.write({name: self.shipped[name]["en_US"] for name in self.shipped})
        found = self.texts()
        self.assertEqual({name: texts["en_US"] for name, texts in found.items()}, self.english())

    def english(self):
        return {name: texts["en_US"] for name, texts in self.now.items()}

    def test_each_language_by_itself(self):
        self.template.with_context(lang="he_IL").body_html = "<p>Ours</p>"
        self.template.with_context(lang="ro_RO").body_html = self.shipped["body_html"]["ro_RO"]
        body = self.texts()["body_html"]
        self.assertEqual(body, {"en_US": self.english()["body_html"], "he_IL": "<p>Ours</p>"})
        self.env["ir.module.module"]._get("lead_to_cash")._update_translations()  # as Odoo does after the scripts
        body = texts_of(self.env, TEMPLATE)["body_html"]
        self.assertEqual(body, self.now["body_html"] | {"he_IL": "<p>Ours</p>"})

    def test_what_the_company_has_written_stays(self):
        self.template.write({"body_html": "<p>Ours</p>", "email_from": "us@example.com"})
        found = self.texts()
        self.assertEqual(found["body_html"]["en_US"], "<p>Ours</p>")
        self.assertEqual(found["subject"]["en_US"], self.english()["subject"])
        self.assertEqual(self.template.email_from, "us@example.com")

    def test_one_that_cant_be_rendered_stays_and_says_so(self):
        self.assertTrue(self.env["dunning.level"].search([("mail_template_id", "=", self.template.id)]))
        self.env.cr.execute(
            "UPDATE mail_template SET email_from = '{{ object.gone }}' WHERE id = %s", [self.template.id]
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.lead_to_cash.upgrading", "WARNING") as logs:
            found = self.texts()
        self.assertEqual(found, self.now)
        self.assertEqual([record.args for record in logs.records], [(TEMPLATE,)])


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    """What a release has shipped in Romanian becomes what is shipped now; what a company wrote stays."""

    #: Of each kind of record: its field, and what a release has called it. The last is never updated.
    SHIPPED = {
        "menu_desk": ("name", "Birou"),
        "field_res_partner__overdue_amount": ("field_description", "Restantă"),
        "desk_action": ("name", "Birou"),
        "mail_activity_type_mail_server": ("name", "E-mailurile către clienți nu pleacă"),
    }
    VIEW, TERM, OLD_VIEW_TERM = "ageing_section", "Unallocated credits", "Încasări nealocate"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": cls.env["res.lang"]._activate_lang("ro_RO").code})

    def upgrade(self):
        """What an upgrade does about translations, without what it does about all else."""
        note_translations(self.env)
        forget_shipped_terms(self.env)
        self.env["ir.module.module"]._get("lead_to_cash")._update_translations()

    def record(self, name):
        return self.env.ref(f"lead_to_cash.{name}")

    def term(self):
        translations, _context = self.record(self.VIEW).get_field_translations("arch_db", ["ro_RO"])
        return next(found["value"] for found in translations if found["source"] == self.TERM)

    def translate_view(self, text):
        self.record(self.VIEW).update_field_translations("arch_db", {"ro_RO": {self.TERM: text}})

    def test_what_was_shipped_goes(self):
        now = {name: self.record(name)[field] for name, (field, _old) in self.SHIPPED.items()}
        term = self.term()
        for name, (field, old) in self.SHIPPED.items():
            english = self.record(name).with_context(lang="en_US")[field]
            if name == "field_res_partner__overdue_amount":  # was called otherwise
                english = "Overdue"
                self.record(name).with_context(lang="en_US")[field] = english
            self.assertIn(term_fingerprint("ro_RO", english, old), shipped_terms(), name)
            self.assertNotEqual(now[name], old)
            self.record(name)[field] = old
        self.translate_view(self.OLD_VIEW_TERM)
        self.upgrade()
        self.assertEqual({name: self.record(name)[field] for name, (field, _old) in self.SHIPPED.items()}, now)
        self.assertEqual(self.term(), term)

    def test_own_words_stay(self):
        """In a language of the company's own, too."""
        french = self.env["res.lang"]._activate_lang("fr_FR").code
        menu = self.record("menu_desk").with_context(lang=french)
        menu.name = "Bureau"
        for name, (field, _old) in self.SHIPPED.items():
            self.record(name)[field] = "Our own"
        self.translate_view("Our own")
        self.upgrade()
        found = {self.record(name)[field] for name, (field, _old) in self.SHIPPED.items()}
        self.assertEqual(found, {"Our own"})
        self.assertEqual((self.term(), menu.name), ("Our own", "Bureau"))
