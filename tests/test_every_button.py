"""Every menu, action, report and button of the addon, opened and pressed by each role as its browser does."""

import re
import threading
from pathlib import Path

from lxml import etree
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

from .common import TODAY
from .rights import PEOPLE
from .samples import Samples
from .visits import Visit

#: login: groups; the last has every right.
ROLES = {
    login: PEOPLE[login]
    for login in ("seller", "all_leads", "sales_manager", "invoicing", "readonly", "collector", "manager")
}
ROLES["administrator"] = "base.group_system,sales_team.group_sale_manager,account.group_account_manager"
#: Buttons of the host that lead to screens of which parts are ours.
OF_THE_HOST = {("account.move", "action_register_payment"), ("sale.order", "action_view_invoice")}
#: What the host refuses without the addon, too: a salesperson opens an invoice, of which it shows payments.
HOSTS_FAULTS = tuple(
    f"account.move.{name}" for name in ("matched_payment_ids", "duplicated_ref_ids", "transaction_ids")
)


class Ours:
    """What of the database is the addon's."""

    def __init__(self, env, best):
        self.env, self.best = env, best
        self.menus = self._ids("ir.ui.menu")
        kinds = ("act_window", "server", "report", "client", "act_url")
        self.actions = {action for kind in kinds for action in self._ids(f"ir.actions.{kind}")}
        self.actions -= set(env["ir.cron"].with_context(active_test=False).search([]).ir_actions_server_id.ids)
        data = env["ir.model.data"].search([("module", "=", "lead_to_cash"), ("model", "=like", "ir.actions.%")])
        self.names = {str(row.res_id): row.name for row in data}
        self.with_address = env["ir.actions.act_window"].browse(self._ids("ir.actions.act_window")).filtered("path")
        reports = env["ir.actions.report"].browse(self._ids("ir.actions.report"))
        self.reports = {report.report_name: report.id for report in reports}
        self.slow_actions = {env.ref("lead_to_cash.dunning_forecast_action_open").id}
        self.views = env["ir.ui.view"].browse(self._ids("ir.ui.view")).filtered("model")
        nodes = [(view.model, node) for view in self.views for node in etree.fromstring(view.arch).iter("*")]
        #: {(model of the view, kind, name)} and {(tag, name)}
        self.buttons = {(model, node.get("type"), node.get("name")) for model, node in nodes if is_button(node)}
        searches = self.views.filtered(lambda view: view.type == "search").mapped("arch")
        found = [node for arch in searches for node in etree.fromstring(arch).iter("filter", "field")]
        self.facets = {(node.tag, node.get("name")) for node in found}
        self.host_views = sorted(set(self._host_views()))
        scripts = (Path(__file__).parents[1] / "static" / "src").rglob("*.js")
        tags = re.compile(r'category\("actions"\)\.add\("(\w+)"')
        self.client_tags = {tag for script in scripts for tag in tags.findall(script.read_text())}

    def _ids(self, model):
        data = self.env["ir.model.data"].search([("module", "=", "lead_to_cash"), ("model", "=", model)])
        return set(data.mapped("res_id"))

    def _host_views(self):
        """(model, id, kind) of the host's views that have parts of ours."""
        for view in self.views.filtered("inherit_id"):
            root = view
            while root.inherit_id and root.mode != "primary":
                root = root.inherit_id
            is_dialog = self.env[root.model]._transient and root.model != "res.config.settings"
            if root not in self.views and root.type != "search" and not is_dialog:
                yield root.model, root.id, root.type

    def is_own(self, model):
        return self.env[model]._original_module == "lead_to_cash"

    def is_own_field(self, model, name):
        return self.env[model]._fields[name]._modules[:1] == ("lead_to_cash",)

    def is_ours(self, button):
        known = button[:3] in self.buttons or (button.model, button.name) in OF_THE_HOST
        return known or self.is_own(button.model)

    def label(self, name):
        """A button's name, or that of the action that it opens."""
        return self.names.get(name, name)


def is_button(node):
    return node.get("type") in ("object", "action") and node.get("name") and node.tag != "field"


#: What a button that is to be seen says instead of doing it, reviewed: {(model, button): the sentence, or a part}
REFUSALS = {
    ("account.move", "action_promise"): "Nothing is open that isn't promised already",
    ("call.list.line", "action_reply_bank"): "The company has no bank account yet",
    ("call.list.line", "action_whatsapp"): "There is no number that WhatsApp knows",
    ("collection.case", "action_close"): "Choose what came of it first",
    # Odoo prints no PDF in a test, unless asked to.
    ("collection.case", "action_send_file"): "The PDF of Summary .+ can't be read",
    ("collection.customer.settings", "dialog action_save"): "Write payment days as days of the month",
    (
        "collections.customer",
        "header action_apply_credits",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_assign",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_hold",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_log_call",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_pause_everything",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_policy",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_remind",
    ): "Choose customers of one company: what you do is done in that company",
    (
        "collections.customer",
        "header action_statement",
    ): "Choose customers of one company: what you do is done in that company",
    ("dunning.dispute", "action_partly"): "Enter the amount granted: above zero",
    ("res.partner", "Send copies of invoices"): "There is no open invoice to send",
    ("res.partner", "action_plan"): "Nothing is open that isn't promised already",
    ("res.partner", "action_promise"): "Nothing is open that isn't promised already",
    ("account.bank.statement.line", "Payment Returned"): "There is no payment to return",
    ("credit.apply", "dialog action_apply"): "Choose at least one credit to apply",
    ("dunning.ask.salesperson", "dialog action_ask"): "has no salesperson. Set one on the customer",
    ("dunning.go.live", "dialog action_go_live"): "Choose the level that older items have reached",
    ("dunning.notice", "header action_approve"): "can't become “Queued”",
    ("dunning.notice", "header action_retry"): "can't become “Queued”",
    ("dunning.write.off", "action_refuse"): "A Collections manager, or whoever made the proposal, can refuse it",
    ("dunning.write.off", "header action_approve"): "above your limit of .+: two Collections managers",
    ("dunning.write.off", "header action_post"): "Only what was approved, and isn't written off yet, can be posted",
    ("dunning.write.off", "header action_refuse"): "A Collections manager, or whoever made the proposal, can refuse it",
    ("handling.close", "dialog action_close"): "A lead in a Won stage cannot be lost",
    ("lead.hand.over", "dialog action_hand_over"): "is closed. Restore it before you hand it over",
    ("payment.loyalty.grant", "header action_grant"): "can't become “Granted”",
    ("payment.loyalty.grant", "header action_refuse"): "can't become “Refused”",
    ("res.partner", "Anonymise"): "can log in. Archive the user first|has open items. Anonymise the customer once",
    ("res.partner", "Close with a Reason"): "There is no open invoice to close",
    # The second: Odoo prints no PDF in a test, unless asked to.
    ("res.partner", "Collection file"): "has no open invoices, so there is nothing|The PDF of Summary .+ can't be read",
}
#: What the administrator's walk need not come by, as no sample shows it; other tests press it, or open it:
#: who has nothing open and no login is anonymised, customers who have rated, what prints on papers of others, what is
#: found for an amount.
ELSEWHERE = {
    "action_accept_payment_days",
    "action_anonymise",
    "action_answer",
    "action_collection_credits",
    "action_credit_notes",
    "action_discount_note",
    "action_invoice_proforma",
    "action_leads",
    "action_orders",
    "action_overdue",
    "action_pay",
    "action_plan_next",
    "action_quotations",
    "action_report_balance_confirmation",
    "action_report_collection_cover",
    "action_report_statement",
    "action_resume",
    "action_satisfaction",
    "action_send_proforma",
    "action_stop_proforma",
    "action_template_text",
    "action_undo_cancel",
    "action_undo_stop",
    "action_uploaded",
    "action_uploads",
    "action_was_charged",
    "action_was_not_charged",
    "action_withdraw",
    "dunning_plan_action_new",
    "dunning_policy_action",
    "handling_status_change_action_invoice",
    "invoice_upload_action",
    "privacy_anonymise_action",
}


@tagged("-standard", "l2c_long", "post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestEveryButton(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Routes are looked up as in a request, which has a database.
        thread = threading.current_thread()
        cls.addClassCleanup(setattr, thread, "dbname", getattr(thread, "dbname", None))
        thread.dbname = cls.env.cr.dbname
        cls.env = cls.env(context={"tracking_disable": True})
        options = {"context": {"no_reset_password": True}}
        cls.users = {login: new_test_user(cls.env, f"the_{login}", groups=ROLES[login], **options) for login in ROLES}
        samples = Samples(cls.env)
        samples.make([user for user in cls.users.values() if user.has_group("sales_team.group_sale_salesman")])
        cls.env.flush_all()
        cls.ours = Ours(cls.env, {"res.partner": samples.debtor.ids})
        cls.visits = {}

    def visit(self, login):
        """The walk of a role, made once."""
        if login not in self.visits:
            self.visits[login] = Visit(self.env, self.users[login], self.ours, is_thorough=login == "administrator")
            self.visits[login].walk()
        return self.visits[login]

    def check(self, login):
        """Nothing that the role can open or press fails; what is refused is known."""
        visit = self.visit(login)
        for failure in visit.failures:
            if not any(fault in failure.text for fault in HOSTS_FAULTS):
                with self.subTest(login, where=failure.where):
                    self.fail(failure.text)
        for where, sentences in visit.refusals.items():
            with self.subTest(login, where=where):
                for sentence in sentences:
                    self.assertRegex(sentence, REFUSALS.get(where, "^not one that was reviewed$"))

    def test_a_salesperson(self):
        self.check("seller")

    def test_a_salesperson_with_all_documents(self):
        self.check("all_leads")

    def test_a_sales_manager(self):
        self.check("sales_manager")

    def test_who_does_invoicing(self):
        self.check("invoicing")

    def test_who_reads_the_books(self):
        self.check("readonly")

    def test_a_collector(self):
        self.check("collector")

    def test_a_manager_of_collections(self):
        self.check("manager")

    def test_an_administrator(self):
        self.check("administrator")

    def test_nothing_is_left_out(self):
        """The administrator opens every action and presses every button of ours, but for those named above."""
        done = self.visit("administrator").done
        opened = {key[1] for key in done if key[0] in ("action", "toolbar")}
        pressed = {key[2:4] for key in done if key[0] in ("button", "dialog")}
        left = {self.ours.label(name) for _model, kind, name in self.ours.buttons if (kind, name) not in pressed}
        left |= {self.ours.label(str(action)) for action in self.ours.actions - opened}
        self.assertLessEqual(left, ELSEWHERE)
