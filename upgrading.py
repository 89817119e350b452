"""What the scripts in ``migrations`` call: for what Odoo's own update leaves as it is, or would lose."""

import hashlib
import logging

from lxml import etree
from odoo.tools import SQL, file_open
from odoo.tools.convert import xml_import
from odoo.tools.sql import column_exists, make_index_name
from psycopg2.extras import Json

_logger = logging.getLogger(__name__)

TEMPLATES = "data/mail_template_data.xml"
#: What a company writes anew in a mail template.
TEXTS = ("subject", "body_html")
SHIPPED = "migrations/shipped_texts.txt"
TERMS = "migrations/shipped_terms.txt"


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


def load_fields(env, filename, name, *fields):
    """Of one record, ``fields`` say again what the data file says, in each language."""
    node = _nodes(filename)[name]
    for field in node.findall("field"):
        if field.get("name") not in fields:
            node.remove(field)
    _load(env, filename, node)
    langs = [code for code, _name in env["res.lang"].get_installed()]
    for field in fields:
        _forget_translations(env, name, field, langs)


def _load_texts(env, name, node, untouched):
    for field in node.findall("field"):
        if "en_US" not in untouched.get(field.get("name"), ()):
            node.remove(field)
    if len(node):
        _load(env, TEMPLATES, node)
    for text, langs in untouched.items():
        _forget_translations(env, name, text, langs)


def note_translations(env):
    """For ``pre-`` scripts: what our records say in each language, before the new data are loaded.

    Records that another addon had before are not ours, like the fields of an invoice.
    """
    env.flush_all()
    env.cr.execute("CREATE TEMP TABLE l2c_old_text (model text, field text, res_id int, value jsonb)")
    env.cr.execute(
        """
        SELECT model, name FROM ir_model_fields
         WHERE translate IS NOT NULL AND store AND model IN (SELECT model FROM ir_model_data WHERE module = 'lead_to_cash')
        """
    )
    for model, field in env.cr.fetchall():
        table = env[model]._table if model in env else model.replace(".", "_")
        if column_exists(env.cr, table, field):
            env.cr.execute(
                SQL(
                    """
                    INSERT INTO l2c_old_text
                    SELECT DISTINCT d.model, %(name)s, t.id, t.%(field)s::jsonb
                      FROM %(table)s t JOIN ir_model_data d ON d.model = %(model)s AND d.res_id = t.id
                     WHERE d.module = 'lead_to_cash' AND t.%(field)s IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM ir_model_data o WHERE o.model = d.model AND o.res_id = d.res_id
                                                           AND o.module != d.module AND o.id < d.id)
                    """,
                    name=field,
                    model=model,
                    field=SQL.identifier(field),
                    table=SQL.identifier(table),
                )
            )


def forget_shipped_terms(env):
    """Of what was noted, the translations that a release has shipped for these terms go: Odoo loads
    those of today when the scripts have ended. What a company has translated itself stays."""
    shipped = shipped_terms()
    env.flush_all()
    for model, name in env.execute_query(SQL("SELECT DISTINCT model, field FROM l2c_old_text")):
        field = model in env and env[model]._fields.get(name)
        if not field or not field.translate:
            continue
        table, column = SQL.identifier(env[model]._table), SQL.identifier(name)
        rows = SQL(
            "SELECT t.id, o.value, t.%s FROM l2c_old_text o JOIN %s t ON t.id = o.res_id WHERE o.model = %s AND o.field = %s",
            *(column, table, model, name),
        )
        for res_id, old, now in env.execute_query(rows):
            kept = _without_shipped(field, old, now, shipped) if now else now
            if kept != now:
                env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, Json(kept), res_id))
    env.cr.execute("DROP TABLE l2c_old_text")
    env.invalidate_all()


def _without_shipped(field, old, now, shipped):
    """``{language: text}``: ``now`` without the translations that ``old`` had as they were shipped."""
    old_terms, now_terms = (field.get_translation_dictionary(texts["en_US"], texts) for texts in (old, now))
    kept = {"en_US": now["en_US"]}
    for lang in (old | now).keys() - kept:
        own = _own_words(lang, old_terms, now_terms, shipped)
        if field.translate is True and own:
            [kept[lang]] = own.values()
        elif any(text != term for term, text in own.items()):
            kept[lang] = field.translate(own.get, now["en_US"])
    return kept


def _own_words(lang, old_terms, now_terms, shipped):
    """``{term: translation}``, but for those that were shipped; of a view that was emptied on the way, as it
    had them."""
    known = {
        found[lang]
        for term, found in old_terms.items()
        if lang in found and term_fingerprint(lang, term, found[lang]) in shipped
    }
    own = {term: found.get(lang) or old_terms.get(term, {}).get(lang) for term, found in now_terms.items()}
    return {term: text for term, text in own.items() if text and text not in known}


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


def term_fingerprint(lang, term, translation):
    """Of what a term is in a language, whatever the country."""
    return fingerprint(f"{lang.partition('_')[0]} {term} = {translation}")


def shipped_terms():
    """The fingerprints of all translations that releases have shipped."""
    with file_open(f"lead_to_cash/{TERMS}") as lines:
        return set(lines.read().split())


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
