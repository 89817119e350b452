"""Keys in the context that any client may send: nothing that writes goes by them."""

import datetime
import xmlrpc.client

from .common import TODAY
from .served import Refused, ServedCase

BOOKS = "account.group_account_manager"
NEXT_YEAR = "2027-03-10"

PREPARE = """
from odoo import Command
company = env.company
other = env['res.company'].create({'name': 'Other'})
env['dunning.policy'].search([]).active = False
def policy(name, **values):
    return env['dunning.policy'].create({
        'name': name, 'promise_max_days': 30,
        'level_ids': [Command.create({'name': 'First', 'delay_days': 4})], **values})
running, stopped, theirs = policy('Running'), policy('Stopped'), policy('Theirs', company_id=other.id)
running.action_start()
company.dunning_policy_id = running
def owing(name, **values):
    partner = env['res.partner'].create({'name': name, 'email': name + '@example.com', **values})
    move = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-02-01',
        'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
    move.action_post()
    return move
owing('reminded')
owing('spared', dunning_policy_id=stopped.id)
later = owing('later')
later.invoice_date_due = '2026-12-01'
statuses = env['handling.status'].search([('res_model', '=', 'sale.order')])
statuses.filtered(lambda status: status.role == 'lost').requires_closure_reason = True
statuses.filtered(lambda status: status.role == 'contacted').mail_template_id = env['mail.template'].create({
    'name': 'Sent', 'model_id': env['ir.model']._get_id('sale.order'), 'subject': 'We have sent it', 'body_html': 'x'})
env['sale.order'].create([
    {'name': name, 'partner_id': later.partner_id.id, 'user_id': env.ref('base.user_admin').id}
    for name in ('declined', 'mailed')])
env['sale.order'].search([]).partner_id.customer_status = 'customer'
"""


class TestContext(ServedCase):
    people = {
        "boss": (f"{BOOKS},sales_team.group_sale_manager", {"email": "boss@example.com"}),
        "collector": ("lead_to_cash.group_collections_user", {"email": "collector@example.com"}),
    }
    prepare = PREPARE
    at = f"{TODAY} 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss, cls.collector = cls.client("boss"), cls.client("collector")
        cls.policies = dict(cls.database.query("SELECT name->>'en_US', id FROM dunning_policy WHERE active"))

    def test_no_key_moves_the_clock_of_a_run(self):
        """Nor lets a stopped policy remind, however it is written."""
        for key in (NEXT_YEAR, f"{NEXT_YEAR} 12:00:00", {"value": NEXT_YEAR}, [NEXT_YEAR], 2027):
            context = {"l2c_today": key, "l2c_as_if_running": [self.policies["Stopped"]]}
            with self.subTest(key=key):
                [run] = self.boss.call("dunning.run", "create", [{}], context=context)
                self.boss.call("dunning.run", "action_run", [run], context=context)
                [[day]] = self.database.query("SELECT date::text FROM dunning_run WHERE id = %s", run)
                self.assertEqual(day, TODAY)
        notices = "SELECT p.name, n.date::text FROM dunning_notice n JOIN res_partner p ON p.id = n.partner_id"
        self.assertEqual(self.database.query(notices), [("reminded", TODAY)])
        self.assertFalse(self.database.query("SELECT FROM dunning_decision WHERE date != %s", TODAY))

    def test_a_run_for_a_day_to_come(self):
        for method in ("action_run", "action_run_now"):
            [run] = self.boss.call("dunning.run", "create", [{"date": NEXT_YEAR}])
            sentence = self.assertRefused("UserError", self.boss.call, "dunning.run", method, [run])
            self.assertIn("can't be for a future date", sentence)

    def test_a_promise_for_2060(self):
        context = {"l2c_today": "2060-01-01"}
        sentence = self.assertRefused("ValidationError", self.promise, "2060-01-01", context=context)
        self.assertIn("at most 30 days ahead", sentence)
        sentence = self.assertRefused(
            "ValidationError", self.promise, "2026-03-01", context={"l2c_today": "2026-02-01"}
        )
        self.assertIn("can't be for a day in the past", sentence)

    def test_the_same_by_xmlrpc(self):
        """Which knows dates."""
        models = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)
        login = (self.database.name, self.collector.uid, "collector")
        for today in (datetime.datetime(2060, 1, 1), xmlrpc.client.DateTime("20600101T12:00:00"), "2060-01-01"):
            with self.subTest(today=today), self.assertRaises(xmlrpc.client.Fault) as caught:
                models.execute_kw(
                    *login,
                    "dunning.promise",
                    "create",
                    [self.promise_values("2060-01-01")],
                    {"context": {"l2c_today": today}},
                )
            self.assertIn("at most 30 days ahead", caught.exception.faultString)
            self.assertNotIn("Traceback", caught.exception.faultString)

    def test_the_same_by_the_other_jsonrpc(self):
        args = [self.database.name, self.collector.uid, "collector", "dunning.promise", "create"]
        values = [self.promise_values("2060-01-01")], {"context": {"l2c_today": "2060-01-01"}}
        sentence = self.assertRefused(
            "ValidationError",
            self.collector.post,
            "/jsonrpc",
            service="object",
            method="execute_kw",
            args=[*args, *values],
        )
        self.assertIn("at most 30 days ahead", sentence)

    def promise(self, day, **options):
        return self.collector.call("dunning.promise", "create", [self.promise_values(day)], **options)

    def promise_values(self, day):
        [[item, partner]] = self.database.query(
            """SELECT l.id, l.partner_id FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id
                WHERE p.name = 'later' AND l.display_type = 'payment_term'"""
        )
        return {"partner_id": partner, "amount": 100.0, "date": day, "move_line_ids": [[6, 0, [item]]]}

    def test_closing_without_the_reason_that_is_asked_for(self):
        order = self.order("declined")
        for key in (1, {"value": 1}):
            sentence = self.assertRefused(
                "UserError", self.boss.call, "sale.order", "action_cancel", order, context={"l2c_closure_reason": key}
            )
            self.assertIn("needs a reason", sentence)

    def test_a_mail_that_is_kept_back(self):
        order = self.order("mailed")
        self.boss.call("sale.order", "action_quotation_sent", order, context={"l2c_status_of": "sale.order"})
        mails = "SELECT count(*) FROM mail_mail m JOIN mail_message g ON g.id = m.mail_message_id WHERE g.subject = %s"
        self.assertEqual(self.database.query(mails, "We have sent it"), [(1,)])

    def order(self, name):
        return [row[0] for row in self.database.query("SELECT id FROM sale_order WHERE name = %s", name)]

    def test_a_policy_without_levels(self):
        sentence = self.assertRefused(
            "ValidationError",
            self.boss.call,
            "dunning.policy",
            "create",
            [{"name": "Empty"}],
            context={"install_mode": True},
        )
        self.assertIn("has no level", sentence)

    def test_who_changed_a_policy_is_kept(self):
        policy, context = self.policies["Stopped"], {"install_mode": True}
        self.boss.call("dunning.policy", "write", [policy], {"grace_days": 4}, context=context)
        log = "SELECT new_value FROM l2c_audit_log WHERE field_name = 'grace_days' AND res_id = %s"
        self.assertEqual(self.database.query(log, policy), [("4",)])

    # What only reads ---------------------------------------------------------------------

    def test_the_preview_of_a_stopped_policy(self):
        self.assertEqual(self.preview([]), "no_policy")
        self.assertEqual(self.preview([self.policies["Stopped"]]), "reminded")
        self.assertEqual(self.preview([self.policies["Theirs"]]), "no_policy")
        self.assertEqual(self.preview([self.policies["Stopped"], 2**40, -1]), "reminded")
        [[action]] = [[self.boss.call("dunning.policy", "action_preview", [self.policies["Stopped"]])]]
        self.assertEqual(self.preview(action["context"]["l2c_as_if_running"]), "reminded")

    def preview(self, policies, **context):
        [row] = self.collector.call(
            "dunning.preview",
            "search_read",
            [("partner_id", "=", "spared")],
            ["code"],
            context={"l2c_as_if_running": policies, **context},
        )
        return row["code"]

    def test_a_preview_is_of_today(self):
        self.assertEqual(self.preview([self.policies["Stopped"]], l2c_today="2026-03-02"), "reminded")

    def test_the_forecast_of_a_stopped_policy(self):
        stopped = [self.policies["Stopped"]]
        self.boss.call("dunning.policy", "action_forecast", stopped)
        self.assertIn("spared", self.forecast())
        self.boss.call("dunning.forecast", "action_open", context={"l2c_as_if_running": [self.policies["Theirs"]]})
        self.assertNotIn("spared", self.forecast())
        self.assertFalse(self.database.query("SELECT FROM dunning_run WHERE date > %s", "2027-03-10"))

    def forecast(self):
        rows = self.boss.call("dunning.forecast", "search_read", [], ["partner_id"])
        return {row["partner_id"][1] for row in rows}

    def test_the_ageing_of_a_past_day(self):
        self.assertEqual(self.ageing("2026-01-31"), 0)
        self.assertEqual(self.ageing("2026-02-02"), 3)
        self.assertEqual(self.ageing(False, l2c_today="2026-01-31"), 3)

    def ageing(self, day, **context):
        return self.collector.call("receivable.ageing", "search_count", [], context={"l2c_as_at": day, **context})

    def test_what_makes_no_sense(self):
        """Is refused in a sentence: no traceback, and nothing of what was sent."""
        days = ("yesterday", 20260310, ["2026-03-10"], {"value": "2026-03-10"}, "2026-02-30", True)
        ids = ("all", {"value": [1]}, [[1]], ["1"], [None], [True], True)
        calls = [
            ("receivable.ageing", "search_count", ([],), "l2c_as_at", days, "The ageing is as at a day."),
            ("dunning.preview", "search_count", ([],), "l2c_as_if_running", ids, "Open the list again."),
            ("dunning.forecast", "action_open", (), "l2c_as_if_running", ids, "Open the list again."),
            ("call.list.line", "action_open_next", ([],), "l2c_called", ids, "Open the list again."),
            ("call.list.line", "action_open_next", ([],), "l2c_call_domain", ("a", [1], {"a": 1}, 5), "Open the list"),
            ("call.list.line", "action_start", ([],), "active_domain", ([["nothing", "=", 1]], ["|"]), "Open the list"),
        ]
        for model, method, args, key, values, sentence in calls:
            for value in values:
                with self.subTest(model=model, key=key, value=value):
                    with self.assertRaises(Refused) as caught:
                        self.boss.call(model, method, *args, context={key: value})
                    self.assertEqual(caught.exception.kind, "odoo.exceptions.UserError", caught.exception.debug[-900:])
                    self.assertIn(sentence, str(caught.exception))


class TestApps(ServedCase):
    """Installing is a request too; and demo data plays on days gone by."""

    template = "L2C_BASE_DB"
    people = {"administrator": ("base.group_system", {})}
    prepare = """
env['ir.module.module'].update_list()
env.cr.execute("UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'")
"""

    @classmethod
    def server_options(cls):
        return ("--with-demo",)

    def test_install_with_demo_data(self):
        administrator = self.client("administrator")
        module = administrator.call("ir.module.module", "search", [("name", "=", "lead_to_cash")])
        administrator.call("ir.module.module", "button_immediate_install", module)
        [[policies, levels]] = self.database.query(
            "SELECT count(DISTINCT policy_id), count(*) FROM dunning_level WHERE policy_id IS NOT NULL"
        )
        self.assertGreater(policies, 3)
        self.assertGreater(levels, policies)
        self.assertFalse(self.database.query("SELECT FROM ir_demo_failure"))
        days = self.database.query("SELECT create_date::date - date FROM dunning_promise WHERE amount = 720")
        self.assertEqual(days, [(6,)])
