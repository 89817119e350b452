"""From the first release to the working tree, on a company's database."""

import os
import re
import subprocess
import tempfile
from email import message_from_bytes
from pathlib import Path

from odoo.tools import config, file_path

from ..upgrading import TEXTS, fingerprint, shipped_texts
from . import first_release
from .real import MailSink, RealDatabase, RealProcessCase
from .test_real_processes import CATALOGUE

#: The first release, by its tag and, in a clone without tags, by its commit.
RELEASE = ("v19.0.1.0.0", "1749701")

DAY, NOON, NEXT_DAY = "2026-03-10 08:00:00", "2026-03-10 12:00:00", "2026-03-11 08:00:00"
#: When the database before and the one after the upgrade are asked the same.
WEEK_AFTER, WEEK_AFTER_NOON = "2026-03-17 08:00:00", "2026-03-17 12:00:00"

#: What the upgrade changes of what was stored, {(table, column): (rows, why)}; all else stays.
CHANGES = {
    ("account_move", "sent_date"): (1, "it was the day of installing"),
    ("dunning_notice", "failure_reason"): (1, "it was what Odoo writes before each sending"),
    ("mail_template", "body_html"): (12, "texts that nobody had changed are those of today"),
    ("mail_template", "name"): (3, "the e-mails of the series are for the tries 2, 4 and 6"),
    ("mail_template", "description"): (3, "the same"),
    ("handling_status", "requires_next_action"): (4, "also there nobody is forgotten"),
    ("handling_status", "guidance"): (9, "statuses of invoices say what they mean"),
    ("sale_order", "access_token"): (1, "Odoo tries each e-mail on a document, whose page gets its token"),
    ("mail_message", "body"): (5, "the chatter of notices held the ways to the customers' pages"),
}

#: What isn't kept any more, {table: columns}: of decisions and lines their runs say it, of a notice its e-mails.
GONE = dict.fromkeys(("dunning_decision", "dunning_notice_line"), ("create_uid", "create_date"))
GONE["dunning_notice"] = ("mail_id",)

#: What goes on under another name, {(table, column): new column}.
RENAMED = {}

#: What the next run does otherwise than the first release would, {customer: why}.
DECIDED_OTHERWISE = {"Old": "a level that counts from sending now counts from the invoice's date"}

RUN = "env.ref('lead_to_cash.cron_dunning_run').method_direct_trigger()"

#: All that runs by itself.
CRONS = """
for data in env['ir.model.data'].search([('module', '=', 'lead_to_cash'), ('model', '=', 'ir.cron')]):
    env['ir.cron'].browse(data.res_id).method_direct_trigger()
env.cr.commit()  # to see what they did
env['mail.mail'].process_email_queue()
"""

#: A field that isn't there any more, in a view of ours that the upgrade comes to late.
RENAME = """
    UPDATE ir_ui_view v SET arch_db = replace(arch_db::text, 'call_hint', 'hint_of_the_past')::jsonb
      FROM ir_model_data d
     WHERE d.module = 'lead_to_cash' AND d.model = 'ir.ui.view' AND d.res_id = v.id AND arch_db::text ~ 'call_hint'
"""

#: What was decided of each item, and what was made of it.
OUTCOME = """
    SELECT p.name, m.ref, d.code, dl.name->>'en_US', n.date::text, n.state, n.channel, n.amount_due, nl.name->>'en_US'
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner p ON p.id = l.partner_id
 LEFT JOIN dunning_decision d ON d.move_line_id = l.id AND d.current
 LEFT JOIN dunning_level dl ON dl.id = d.level_id
 LEFT JOIN dunning_notice_line line ON line.move_line_id = l.id
 LEFT JOIN dunning_notice n ON n.id = line.notice_id
 LEFT JOIN dunning_level nl ON nl.id = line.level_id
     WHERE l.display_type = 'payment_term' AND m.ref IS NOT NULL
"""

#: Kinds of things in CATALOGUE that aren't told by an id of the database.
NAMED = ("column", "index", "constraint", "cron", "parameter", "model", "field", "registered constraint", "external id")

#: What the addon's data files say, by external id.
RECORDS = """
    SELECT d.name, r.domain_force, ARRAY[r.active, r.global, r.perm_read, r.perm_write, r.perm_create, r.perm_unlink]::text,
           ARRAY(SELECT gd.name FROM rule_group_rel g JOIN ir_model_data gd ON gd.model = 'res.groups' AND gd.res_id = g.group_id
                  WHERE g.rule_group_id = r.id ORDER BY 1)::text
      FROM ir_rule r JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id WHERE d.module = 'lead_to_cash'
 UNION
    SELECT d.name, a.code, ARRAY[c.interval_number::text, c.interval_type, c.active::text]::text, a.name::text
      FROM ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id
      JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id WHERE d.module = 'lead_to_cash'
 UNION
    SELECT d.name, regexp_replace(v.arch_db::text, '<button name=."[0-9]+', '', 'g'), v.active::text, parent.name
      FROM ir_ui_view v JOIN ir_model_data d ON d.model = 'ir.ui.view' AND d.res_id = v.id
 LEFT JOIN ir_model_data parent ON parent.model = 'ir.ui.view' AND parent.res_id = v.inherit_id
     WHERE d.module = 'lead_to_cash'
"""

#: The translated fields of the records that the addon has made.
TRANSLATED = """
    SELECT f.model, f.name FROM ir_model_fields f
     WHERE f.translate IS NOT NULL AND f.store AND f.model IN (SELECT model FROM ir_model_data WHERE module = 'lead_to_cash')
"""
#: What they say in all languages.
WORDS = """
    SELECT d.name || ' ' || %s, regexp_replace(t."{field}"::text, '<button name=."[0-9]+', '', 'g')
      FROM "{table}" t JOIN ir_model_data d ON d.model = %s AND d.res_id = t.id WHERE d.module = 'lead_to_cash'
"""
#: Models with a table of another name.
TABLES = {
    "ir.actions.server": "ir_act_server",
    "ir.actions.act_window": "ir_act_window",
    "ir.actions.client": "ir_act_client",
    "ir.actions.report": "ir_act_report_xml",
}

TEMPLATES = """
    SELECT d.name, to_jsonb(t) FROM mail_template t JOIN ir_model_data d ON d.model = 'mail.template' AND d.res_id = t.id
     WHERE d.module = 'lead_to_cash'
"""


class OneMailboxLess(MailSink):
    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos == ["failed@example.com"]:
            return "554 no such mailbox"
        return await super().handle_DATA(server, session, envelope)


def unpack_release(folder):
    """The first release's addon in ``folder``; False where the clone doesn't have it."""
    root = Path(file_path("lead_to_cash/__manifest__.py")).resolve().parent
    for name in RELEASE:
        command = ["git", "archive", "--prefix=lead_to_cash/", name]
        archive = subprocess.run(command, cwd=root, capture_output=True, check=False)
        if not archive.returncode:
            subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
            return True
    return False


def everything(database):
    """{table: {id, or the row's text: row}} of what is stored, but for Odoo's own tables."""
    content = {}
    for [table] in database.query(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(ir|bus)_'"
    ):
        rows = [row for [row] in database.query(f'SELECT to_jsonb(t) FROM "{table}" t')]
        content[table] = {row.get("id", str(row)): row for row in rows}
    return content


def lost(before, after):
    """[(table, column, id)] of what isn't as it was, None for a column where the whole row has gone."""
    changed = []
    for table, rows in before.items():
        for key, row in rows.items():
            now = after.get(table, {}).get(key)
            columns = row.keys() - {"write_date", "write_uid"} if now else {None}
            names = {column: RENAMED.get((table, column), column) for column in columns}
            changed += [(table, column, key) for column in columns if not now or now.get(names[column]) != row[column]]
    return changed


def named(database):
    """What the addon has made in a database."""
    catalogue = [row for row in database.query(CATALOGUE) if row[0] in NAMED]
    return {*catalogue, *database.query(RECORDS)}


def words(database):
    """{record and field: what it says in all languages} of what the addon has made."""
    found = {}
    for model, field in database.query(TRANSLATED):
        table = TABLES.get(model, model.replace(".", "_"))
        found.update(database.query(WORDS.format(table=table, field=field), field, model))
    return found


class TestUpgrade(RealProcessCase):
    template = "L2C_BASE_DB"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        if not unpack_release(folder):
            cls.skipTest(cls, f"needs the history of the clone, which has neither {' nor '.join(RELEASE)}")
        cls.database.shell(first_release.OLD_INVOICES)
        # Without the folder of the working tree, whose addon has the same name.
        others = [path for path in config["addons_path"] if not Path(path, "lead_to_cash").exists()]
        cls.database.addons_path = [*others, folder]
        cls.work_with_the_first_release()
        cls.old = cls.database.twin()
        cls.addClassCleanup(cls.old.drop)
        cls.before = everything(cls.database)
        cls.database.query(RENAME)
        cls.database.addons_path = []
        cls.log = cls.database.run("-u", "lead_to_cash", "--stop-after-init", "--no-http")
        cls.after = everything(cls.database)
        cls.fresh = RealDatabase(os.environ["L2C_TEMPLATE_DB"])
        cls.addClassCleanup(cls.fresh.drop)

    @classmethod
    def work_with_the_first_release(cls):
        cls.database.run("-i", "lead_to_cash", "--stop-after-init", "--no-http")
        cls.shipped = cls.texts(cls.database)
        cls.database.shell(first_release.SEND_TODAY)
        cls.database.shell(first_release.STORY, at=DAY)
        cls.database.shell(first_release.OWN_WORDS)
        cls.send(first_release.SEND, at=NOON)
        cls.database.shell_at(NEXT_DAY).run(first_release.KILLED)

    @classmethod
    def send(cls, script, at):
        """What arrives when ``script`` sends: {Message-Id: recipient}; and what the script printed."""
        with OneMailboxLess() as sink:
            cls.database.mail_options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}", "--email-from=us@example.com"]
            [ended] = cls.database.shell_at(at).run(script)  # which logs what the server refuses
        cls.database.mail_options = []
        arrived = [message_from_bytes(envelope.content) for envelope in sink.messages]
        return {message["Message-Id"]: message["To"] for message in arrived}, ended.output

    @staticmethod
    def texts(database):
        """{(mail template, field, language): text}"""
        return {
            (name, text, lang): value
            for name, template in database.query(TEMPLATES)
            for text in TEXTS
            for lang, value in template[text].items()
        }

    def test_the_story_has_it_all(self):
        states = {notice["state"] for notice in self.before["dunning_notice"].values()}
        self.assertEqual(states, {"draft", "to_approve", "queued", "sent", "failed", "cancelled"})
        for table, count in (("dunning_promise", 1), ("dunning_write_off", 2), ("crm_lead", 1), ("sale_order", 2)):
            self.assertEqual(len(self.before[table]), count, table)

    def test_odoo_warns_of_nothing(self):
        self.assertEqual(re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", self.log, re.M), [])

    def test_nothing_is_lost(self):
        changed = [row for row in lost(self.before, self.after) if row[1] not in GONE.get(row[0], ())]
        self.assertEqual({(table, column) for table, column, _key in changed}, set(CHANGES), changed[:20])
        for key, (count, why) in CHANGES.items():
            self.assertEqual(sum(change[:2] == key for change in changed), count, why)

    def test_what_the_first_release_wrote_wrongly_is_repaired(self):
        before, after = (
            {move["ref"]: move["sent_date"] for move in content["account_move"].values()}
            for content in (self.before, self.after)
        )
        self.assertGreater(before["sent long ago"], "2026-02-01")  # the day of installing
        self.assertEqual(after, before | {"sent long ago": "2026-01-15"})
        [failed] = [notice for notice in self.after["dunning_notice"].values() if notice["state"] == "failed"]
        self.assertIn("no such mailbox", failed["failure_reason"])

    def test_nothing_is_deleted_before_somebody_has_looked(self):
        [company] = self.after["res_company"].values()
        self.assertIs(company["is_deletion_confirmed"], False)
        [fresh] = everything(self.fresh)["res_company"].values()
        self.assertIs(fresh["is_deletion_confirmed"], True)

    def test_attempts_know_where_their_words_are_repeated(self):
        [attempt] = [row for row in self.after["contact_attempt"].values() if row["res_model"] == "crm.lead"]
        message = self.after["mail_message"][attempt["message_id"]]
        self.assertEqual((message["model"], message["res_id"]), ("crm.lead", attempt["res_id"]))
        self.assertIn("Wants a quotation", message["body"])

    def test_all_is_there_as_if_it_was_installed_now(self):
        expected, found = named(self.fresh), named(self.database)
        self.assertEqual({row[0] for row in found - expected}, {"view_move_form"})  # of our own words
        self.assertEqual({row[0] for row in expected - found}, {"view_move_form"})

    def test_all_says_what_it_would_say_if_it_was_installed_now(self):
        """In each language; but for what the company has written itself, or what was renamed and is its own."""
        expected, found = words(self.fresh), words(self.database)
        self.assertEqual(found.keys() ^ expected.keys(), set())
        self.assertEqual(
            {name for name, text in found.items() if text != expected[name]},
            {
                "mail_template_dunning_notice subject",
                "mail_template_before_due body_html",
                "status_lead_new name",
                "view_move_form arch_db",
            },
        )

    def test_what_the_first_release_shipped_is_known(self):
        known = shipped_texts()
        missing = [(fingerprint(value), *key) for key, value in self.shipped.items() if fingerprint(value) not in known]
        self.assertEqual(missing, [])

    def test_own_words_stay(self):
        expected, found = self.texts(self.fresh), self.texts(self.database)
        self.assertEqual(
            {key: value for key, value in found.items() if value != expected.get(key)},
            {
                ("mail_template_dunning_notice", "subject", "he_IL"): "Our own",
                ("mail_template_before_due", "body_html", "en_US"): "<p>Our own</p>",
            },
        )
        [[arch]] = self.database.query("SELECT arch_db->>'ro_RO' FROM ir_ui_view WHERE arch_db->>'ro_RO' ~ 'Our own'")
        self.assertIn("handling_status_id", arch)

    def test_the_next_run_decides_the_same(self):
        then, now = self.old, self.database.twin()
        self.addCleanup(now.drop)
        outcomes = []
        for database in (then, now):
            database.shell(RUN, at=WEEK_AFTER)
            outcomes.append(set(database.query(OUTCOME)))
        self.assertGreater(len(outcomes[0]), 10)
        self.assertEqual({row[0] for row in outcomes[0] ^ outcomes[1]}, set(DECIDED_OTHERWISE))

    def test_what_waited_leaves_once_written_anew(self):
        """It names days, and leaves on another one than it was written."""
        [[message_id]] = self.old.query(
            """SELECT message.message_id FROM dunning_notice n JOIN mail_mail m ON m.id = n.mail_id
                 JOIN mail_message message ON message.id = m.mail_message_id
                 JOIN res_partner p ON p.id = n.partner_id WHERE p.name = 'queued' AND n.date = '2026-03-10'"""
        )
        arrived, output = self.send(f"{CRONS}env['mail.mail'].process_email_queue()\n", at=WEEK_AFTER_NOON)
        self.assertEqual(output, "")
        self.assertNotIn(message_id, arrived)
        to_them = [address for address in arrived.values() if "queued@example.com" in address]
        [[notices]] = self.database.query(
            """SELECT count(*) FROM dunning_notice n JOIN res_partner p ON p.id = n.partner_id
                WHERE p.name = 'queued' AND n.state = 'sent'"""
        )
        self.assertEqual(len(to_them), notices)
        self.assertTrue(notices)
        [[waiting]] = self.database.query("SELECT count(*) FROM mail_mail WHERE state = 'outgoing'")
        self.assertEqual(waiting, 0)
