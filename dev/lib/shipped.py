# In Odoo's shell: adds what is shipped now, texts of mail templates and translations of terms, to
# migrations/shipped_*.txt. For a release, on a database whose templates nobody has changed.
from pathlib import Path

import polib
from odoo.addons.lead_to_cash.upgrading import (
    SHIPPED,
    TERMS,
    fingerprint,
    shipped_terms,
    shipped_texts,
    term_fingerprint,
    texts_of,
)
from odoo.tools import file_path

release = env["ir.module.module"]._get("lead_to_cash").latest_version
templates = [("module", "=", "lead_to_cash"), ("model", "=", "mail.template")]
known = shipped_texts()
with open(file_path(f"lead_to_cash/{SHIPPED}"), "a") as file:
    for name in env["ir.model.data"].search(templates, order="name").mapped("name"):
        for field, texts in sorted(texts_of(env, name).items()):
            for lang, text in sorted(texts.items()):
                if fingerprint(text) not in known:
                    print(fingerprint(text), release, name, field, lang, file=file)

terms = shipped_terms() | {
    term_fingerprint(path.stem, entry.msgid, entry.msgstr)
    for path in Path(file_path("lead_to_cash/i18n")).glob("*.po")
    for entry in polib.pofile(str(path))
    if entry.msgstr
}
Path(file_path(f"lead_to_cash/{TERMS}")).write_text("".join(f"{term}\n" for term in sorted(terms)))
