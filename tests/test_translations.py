"""Every term of the addon is in the template, and translated into each of our languages."""

import io
import re

import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

#: By language, the words that are the same as in English: by convention they stay empty.
SAME = {
    "he": {
        "%(done)s: %(count)s.",
        "%(name)s (%(status)s)",
        "%(name)s (%(status)s, %(amount)s)",
        "%(said)s: %(reasons)s.",
        "%(what)s (%(rater)s, %(day)s)",
        "2023-12-31",
        "AUC",
        "BIC",
        "DSO",
        "IBAN",
        "Message-Id",
        "PDF",
        "QR",
        "https://",
        "WhatsApp",
        "id",
        "object.display_name",
    },
    "ro": {
        "%(done)s: %(count)s.",
        "%(name)s (%(status)s)",
        "%(name)s (%(status)s, %(amount)s)",
        "%(said)s: %(reasons)s.",
        "%(what)s (%(rater)s, %(day)s)",
        "2023-12-31",
        "AUC",
        "Model: AUC",
        "Model: Brier",
        "BIC",
        "Card",
        "Credit",
        "Debit",
        "IBAN",
        "Message-Id",
        "PDF",
        "<b>Document</b>",
        "<b>Total</b>",
        "<strong>Total</strong>",
        "Contact",
        "Document",
        "E-mail",
        "General",
        "ID",
        "Include",
        "Interval",
        "Link",
        "Net",
        "Text",
        "[Test] %s",
        "Lead",
        "Manager",
        "Manual",
        "Normal",
        "QR",
        "https://",
        "SMS",
        "Segment",
        "Standard",
        "Subtotal",
        "Total",
        "id",
        "object.display_name",
        "WhatsApp",
    },
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def terms(self, name):
        return polib.pofile(file_path(f"lead_to_cash/i18n/{name}"))

    def test_template_has_every_term(self):
        buffer = io.BytesIO()
        trans_export(False, ["lead_to_cash"], buffer, "po", self.env)
        now = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        committed = {entry.msgid for entry in self.terms("lead_to_cash.pot")}
        self.assertEqual(now, committed, "make it anew: dev/translate")

    def test_every_term_is_translated(self):
        words = re.compile(r"{{.*?}}|[^a-z]", re.I)  # what is left of a term without its placeholders
        template = {entry.msgid for entry in self.terms("lead_to_cash.pot") if words.sub("", entry.msgid)}
        for language, same in SAME.items():
            translated = {entry.msgid for entry in self.terms(f"{language}.po") if entry.msgstr and not entry.fuzzy}
            self.assertEqual(template - translated - same, set(), language)

    def test_shipped_statuses_are_shown_in_the_language(self):
        new = self.env.ref("lead_to_cash.status_lead_new")
        self.assertEqual(new.with_context(lang="he_IL").name, "חדש")
        self.assertEqual(new.with_context(lang="ro_RO").name, "Nou")
