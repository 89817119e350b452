# In Odoo's shell: the texts of mail templates that are shipped now, as lines of
# migrations/shipped_texts.txt. For a release, on a database whose templates nobody has changed.
from odoo.addons.lead_to_cash.upgrading import fingerprint, texts_of

release = env["ir.module.module"]._get("lead_to_cash").latest_version
templates = [("module", "=", "lead_to_cash"), ("model", "=", "mail.template")]
for name in env["ir.model.data"].search(templates, order="name").mapped("name"):
    for field, texts in sorted(texts_of(env, name).items()):
        for lang, text in sorted(texts.items()):
            print(fingerprint(text), release, name, field, lang)
