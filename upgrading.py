"""What the scripts in ``migrations`` call: for what Odoo's own update leaves as it is, or would lose."""

import hashlib
import logging

from lxml import etree
from odoo.tools import SQL, file_open
from odoo.tools.convert import xml_import
from odoo.tools.sql import make_index_name
from psycopg2.extras import Json

_logger = logging.getLogger(__name__)

TEMPLATES = "data/mail_template_data.xml"
#: What a company writes anew in a mail template.
TEXTS = ("subject", "body_html")
SHIPPED = "migrations/shipped_texts.txt"


def rename_field(cr, model, old, new):
    """For ``pre-`` scripts: a stored field goes on under another name, with its column and index."""
    table = model.replace(".", "_")
    old_index, new_index = (SQL.identifier(make_index_name(table, name)) for name in (old, new))
    columns = SQL.identifier(table), SQL.identifier(old), SQL.identifier(new)
    cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *columns))
    cr.execute(SQL("ALTER INDEX IF EXISTS %s RENAME TO %s", old_index, new_index))
    cr.execute(SQL("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", new, model, old))
    old_id, new_id = (f"field_{table}__{name}" for name in (old, new))
    cr.execute(SQL("UPDATE ir_model_data SET name = %s WHERE module = 'lead_to_cash' AND name = %s", new_id, old_id))


def load_again(env, filename, *names):
    """Rules and crons say again what the data file says, whatever has become of them since.

    :param filename: from the addon's folder: "data/ir_cron_data.xml"
    :param names: ids of the records there, without the addon's name
    :raise KeyError: when there is no such record
    """
    nodes = _nodes(filename)
    langs = [code for code, _name in env["res.lang"].get_installed()]
    for name in names:
        fields = [field.get("name") for field in nodes[name].iterchildren("field")]
        _load(env, filename, nodes[name])
        for field in fields:
            _forget_translations(env, name, field, langs)


def load_untouched_templates(env):
    """The texts of mail templates become what is shipped now, in each language in which the text
    is one that a release has shipped. All else is the company's."""
    shipped = shipped_texts()
    for name, node in _nodes(TEMPLATES).items():
        untouched = {
            text: [lang for lang, value in values.items() if fingerprint(value) in shipped]
            for text, values in texts_of(env, name).items()
        }
        try:
            with env.cr.savepoint():
                _load_texts(env, name, node, untouched)
        except Exception:  # a level has it, and it can't be rendered: by what the company wrote in it
            _logger.warning("The mail template %s stays as it is", name, exc_info=True)


def _load_texts(env, name, node, untouched):
    for field in node.findall("field"):
        if "en_US" not in untouched.get(field.get("name"), ()):
            node.remove(field)
    if len(node):
        _load(env, TEMPLATES, node)
    for text, langs in untouched.items():
        _forget_translations(env, name, text, langs)


def keep_view_translations(env):
    """The terms of views that ``pre-views.py`` has emptied, as they were translated before."""
    field = env["ir.ui.view"]._fields["arch_db"]
    env.flush_all()
    rows = env.execute_query(
        SQL("SELECT o.id, o.arch_db, v.arch_db->>'en_US' FROM l2c_old_view o JOIN ir_ui_view v USING (id)")
    )
    for view_id, old, arch in rows:
        terms = field.get_translation_dictionary(old.pop("en_US"), old)
        own = {lang: {term: found[lang] for term, found in terms.items()} for lang in old}
        translated = Json({lang: field.translate(own[lang].get, arch) for lang in old})
        env.cr.execute(SQL("UPDATE ir_ui_view SET arch_db = arch_db || %s WHERE id = %s", translated, view_id))
    env.cr.execute("DROP TABLE l2c_old_view")


def texts_of(env, name):
    """{field: {language: text}} of a mail template, as they are stored."""
    template = env.ref(f"lead_to_cash.{name}")
    return {text: template._fields[text]._get_stored_translations(template) or {} for text in TEXTS}


def fingerprint(text):
    """Of what is written, however it is spaced."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def shipped_texts():
    """The fingerprints of all texts of mail templates that releases have shipped."""
    with file_open(f"lead_to_cash/{SHIPPED}") as lines:
        return {line.split()[0] for line in lines}


def _nodes(filename):
    """{id: node} of the records in a data file."""
    with file_open(f"lead_to_cash/{filename}", "rb") as file:
        return {node.get("id"): node for node in etree.parse(file).iterfind(".//record[@id]")}


def _load(env, filename, node):
    """Load a record of a data file as if the addon was installed now."""
    root = etree.Element("odoo", noupdate="1")
    root.append(node)
    xml_import(env, "lead_to_cash", None, "init", xml_filename=f"lead_to_cash/{filename}").parse(root)


def _forget_translations(env, name, field, langs):
    """Odoo loads those that it doesn't find, when the scripts have ended."""
    record = env.ref(f"lead_to_cash.{name}")
    if record._fields[field].translate is True:
        record.update_field_translations(field, {lang: False for lang in langs if lang != "en_US"})
