"""A walk of one role through all that it can open and press."""

import re
import traceback
from collections import Counter, namedtuple
from contextlib import contextmanager

from odoo.exceptions import AccessError, MissingError, UserError

from .clicks import CLIENT_TAGS, Browser, Dialog, Window
from .screens import Button

#: How many records are looked at, and at how many of them a button is pressed: by most, and by who is thorough.
LOOKED_AT, PRESSED = (8, 24), (1, 2)
#: What looks ahead for weeks, which takes long.
SLOW = ("action_forecast",)
#: Models of the host to whose views our screens lead, with or without a menu.
LINKED = (
    "account.bank.statement.line",
    "account.move",
    "account.payment",
    "crm.lead",
    "res.partner",
    "sale.order",
    "res.config.settings",
    "res.users",
)
#: Lists with actions of ours, but no view.
ALSO = (("account.bank.statement.line", False, "list"),)
#: An action or a button that failed: who, where, and how.
Failure = namedtuple("Failure", "login where text")


class Visit:
    """What ``user`` can open, tried once each; every step is taken back.

    :ivar failures: what went wrong
    :ivar refusals: {(model, button): sentences} with which something was refused
    :ivar done: what was opened and pressed
    """

    def __init__(self, env, user, ours, is_thorough=False):
        self.env, self.login, self.ours, self.is_thorough = env, user.login, ours, is_thorough
        self.looked_at, self.pressed = LOOKED_AT[is_thorough], PRESSED[is_thorough]
        self.browser = Browser(env, user)
        self.failures, self.refusals, self.done = [], {}, Counter()

    def count(self, action):
        """Note that an action was opened; a report has no id on its way."""
        self.done["action", action.get("id") or self.ours.reports.get(action.get("report_name"))] += 1

    @contextmanager
    def step(self, *where):
        """What is done in it is taken back; an error is noted."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
            self.env.flush_all()
        except (AccessError, MissingError):
            self._fail(where)
        except UserError as error:
            self.refusals.setdefault(where, set()).add(str(error))
        except Exception:  # whatever a browser would show as an error
            self._fail(where)
        finally:
            self.env.transaction.clear()
            self.env.cr.precommit.clear()
            self.env.cr.postcommit.clear()
            savepoint.close(rollback=True)

    def _fail(self, where):
        self.failures.append(Failure(self.login, where, traceback.format_exc()))

    def check(self, holds, text):
        if not holds:
            raise AssertionError(text)

    def is_new(self, *what, times=1):
        """Whether it wasn't done as often before; now it is."""
        self.done[what] += 1
        return self.done[what] <= times

    # ------------------------------------------------------------ where it begins

    def walk(self):
        menus = self.browser.call("ir.ui.menu", "load_menus", False)
        for menu_id, menu in sorted(menus.items()):
            if menu_id != "root" and int(menu_id) in self.ours.menus and self.is_quick(menu.get("action_id")):
                with self.step("menu", menu["name"]):
                    self.open(self.browser.load(menu["action_id"]))
        for model, view_id, kind in (*self.ours.host_views, *ALSO):
            if model in LINKED and self.browser.may("read", model):
                with self.step("view", model, kind):
                    self.open_host_view(model, view_id, kind)

        for action in self.ours.with_address:
            if not self.done["action", action.id] and self.browser.may("read", action.res_model):
                with self.step("address", action.path):
                    self.open(self.browser.load(action.id))

    def is_quick(self, action_id):
        """Whether there is an action for this role: what takes long isn't opened by all."""
        is_slow = action_id in self.ours.slow_actions
        return action_id and (not is_slow or self.login.endswith(("invoicing", "readonly", "administrator")))

    def open_host_view(self, model, view_id, kind):
        views = [[view_id, kind]] if kind == "form" else [[view_id, kind], [False, "form"]]
        self.open({"type": "ir.actions.act_window", "res_model": model, "views": views, "target": "current"})

    # ------------------------------------------------------------ actions

    def open(self, action):
        """Do what the client does with an action."""
        kind = action["type"].rpartition(".")[2]
        self.count(action)
        getattr(self, f"open_{kind}")(action)

    def open_act_window_close(self, action):
        pass

    def open_server(self, action, context=()):
        result = self.browser.run_server_action(action["id"], dict(context) or self.browser.context_of(action))
        if result:
            context = {key: value for key, value in dict(context).items() if key.startswith("active_")}
            self.open({**result, "context": self.browser.context_of(result, context)})

    def open_client(self, action):
        self.check(action["tag"] in CLIENT_TAGS | self.ours.client_tags, f"unknown client action {action['tag']}")
        if "action" in (action.get("params") or {}):
            self.open(action["params"]["action"])
        if action["tag"] == "display_notification":
            self.check(action["params"].get("message"), "an empty notification")
        following = (action.get("params") or {}).get("next")
        if following:
            self.open(self.browser.load(following) if isinstance(following, int) else following)

    def open_act_url(self, action):
        if action["url"].startswith("/"):
            path = action["url"].partition("?")[0].partition("#")[0]
            self.env["ir.http"].routing_map().bind("localhost").match(path, method="GET")
        else:
            self.check(re.match("(https?|mailto|tel):", action["url"]), f"no address: {action['url']}")

    def open_report(self, action):
        context = self.browser.context_of(action)
        ids = context.get("active_ids") or (action.get("data") or {}).get("docids") or []
        if self.is_new("report", action["report_name"], len(ids) > 1, repr((action.get("data") or {}).keys())):
            self.render(action["report_name"], ids, {**self.browser.context, **context}, action.get("data"))

    def render(self, report, ids, context, data=None):
        self.env.invalidate_all()
        reports = self.browser.env["ir.actions.report"].with_context(**context)
        html, _kind = reports._render_qweb_html(report, ids, data=data and {**data, "report_type": "html"})
        self.check(re.search(rb"<(p|td|h\d)\b", html), f"{report} is empty")

    def open_act_window(self, action):
        window = Window(self.browser, action)
        self.check(window.views, "a window without views")
        if action.get("res_id"):
            self.look(window, window.shown(action["res_id"]))
        elif window.is_dialog and "form" in window.views:
            self.open_dialog(window)
        else:
            self.open_lists(window)

    # ------------------------------------------------------------ dialogs

    def open_dialog(self, window):
        dialog = Dialog(window)
        self.check(not dialog.is_empty, f"an empty dialog of {window.model}")
        self.check(not dialog.bare_defaults(), f"defaults without commands: {dialog.bare_defaults()}")
        for button in dialog.buttons():
            if self.is_new("dialog", *button[:3], window.context.get("default_kind")):
                with self.step(
                    window.model, " ".join(filter(None, ("dialog", window.context.get("default_kind"), button.name)))
                ):
                    self.fill_and_press(window, button)

    def fill_and_press(self, window, button):
        dialog = Dialog(window)
        dialog.fill()
        self.press(button, [dialog.save()], window.context)

    # ------------------------------------------------------------ windows

    def open_lists(self, window):
        records = []
        for kind, view in window.views.items():
            if kind != "form":
                with self.step("view", window.model, kind, window.action.get("name")):
                    records = window.show(kind) or records
                    self.press_rows(window, view, records)
                    self.press_scripts(window, view)
        if window.search is not None and self.is_new("search", window.model, window.search.arch):
            self.try_facets(window)
        self.press_toolbars(window, records)
        if "form" in window.views:
            self.look_at_some(window)
            self.open_new(window)

    def open_new(self, window):
        creates = [view.root.get("create") for view in window.views.values()]
        is_editable = window.views.get("list") is not None and window.views["list"].root.get("editable")
        if not any(value in ("0", "false", "False") for value in creates) and self.browser.may("create", window.model):
            with self.step("new", window.model):
                record = window.new("list" if is_editable else "form")
                view = window.views["list" if is_editable else "form"]
                self.check(view.has_content(record, window.context), f"an empty form of {window.model}")
                if window.model == "res.config.settings":
                    self.press_settings(window)

    def press_settings(self, window):
        for button in filter(self.ours.is_ours, Dialog(window).buttons()):
            with self.step(window.model, self.ours.label(button.name)):
                if self.is_new("button", *button[:3]):
                    self.press(button, [Dialog(window).save()], window.context)

    def try_facets(self, window):
        view = window.views.get("list") or window.views.get("kanban")
        for node, _number in window.facets():
            if not (self.ours.is_own(window.model) or (node.tag, node.get("name")) in self.ours.facets):
                continue
            with self.step("filter", window.model, node.get("name")):
                if node.tag == "filter" and window.facet_group_by(node):
                    window.show_groups(
                        view or next(iter(window.views.values())), window.domain, window.facet_group_by(node)[0]
                    )
                elif node.tag == "filter":
                    window.call("search_count", list(window.domain & window.facet_domain(node)), limit=1)
                elif node.tag == "field":
                    window.call("search_count", list(window.domain & window.typed(node)), limit=1)

    # ------------------------------------------------------------ records

    def look_at_some(self, window):
        """Open records that differ in what may decide about their buttons."""
        form = window.views["form"]
        names = form.deciding()
        rows = window.call("search_read", list(window.domain), names, limit=80)
        words = ("selection", "boolean")
        kinds = {
            repr([row[name] if form.fields[name]["type"] in words else bool(row[name]) for name in names]): row["id"]
            for row in reversed(rows)
        }
        for record_id in list(kinds.values())[: self.looked_at]:
            if self.is_new("form", window.model, form.arch, record_id):
                with self.step("form", window.model):
                    self.look(window, window.shown(record_id))

    def look(self, window, record):
        """A form: its buttons, and those of its rows."""
        form = window.views["form"]
        self.check(form.has_content(record, window.context), f"an empty form of {window.model}")
        for button in form.buttons(record, window.context):
            self.press_once(button, [record["id"]], window.context)
        for row, button in form.row_buttons(record, window.context):
            if row["id"]:
                self.press_once(button, [row["id"]], window.context)
        for name, model, record_id in form.links(record, window.context):
            if self.ours.is_own_field(form.model, name) and self.is_new("link", model, form.model):
                with self.step("link", form.model, model):
                    self.open(self.browser.call(model, "get_formview_action", [record_id]))

    def press_rows(self, window, view, records):
        for record in records[: self.looked_at]:
            for button in view.buttons(record, window.context):
                ids = [row["id"] for row in records] if button.is_header else [record["id"]]
                self.press_once(button, ids, window.context)

    def press_scripts(self, window, view):
        """What the scripts of a list ask for: counters and alerts, and what a click on these opens."""
        script = view.root.get("js_class") or ""
        if script.startswith("desk") and self.browser.may("read", "dunning.notice"):
            desk = window.call("get_desk", False)
            for counter in desk["counters"]:
                self.press_script(window, "action_desk_list", counter["key"], False)
            alerts = desk["banners"]
        else:
            alerts = window.call("get_dunning_banners") if script == "dunning_list" else []
        for alert in alerts:
            if alert.get("action"):
                self.press_script(window, alert["action"])

    def press_script(self, window, method, *args):
        if self.is_new("script", window.model, method, *args):
            with self.step(window.model, f"{method} {args}"):
                action = window.call(method, *args)
                if action:
                    self.open(action)

    def press_once(self, button, ids, context):
        is_slow = button.name in (*SLOW, *map(str, self.ours.slow_actions))
        if is_slow and not self.is_thorough:
            return
        if self.ours.is_ours(button) and self.is_new("button", *button[:3], times=self.pressed):
            with self.step(button.model, f"{'header ' if button.is_header else ''}{self.ours.label(button.name)}"):
                self.press(button, ids, context)

    def press(self, button, ids, context):
        action = self.browser.press(button, ids, context)
        if action:
            self.open_with(action, action["context"])

    def open_with(self, action, context):
        if action["type"] == "ir.actions.server":
            self.open_server(action, context)
        else:
            self.open(action)

    def press_toolbars(self, window, records):
        """The Action and Print menus, on one record and on several."""
        for toolbar in window.toolbars.values():
            for action in toolbar.get("action", []) + toolbar.get("print", []):
                for ids in self.selections(window, records):
                    if action["id"] in self.ours.actions and self.is_new("toolbar", action["id"], len(ids) > 1):
                        with self.step(window.model, action["name"]):
                            self.press(Button(window.model, "action", action["id"], {}, True), ids, window.context)

    def selections(self, window, records):
        """What is selected in a list: several, and one that has all."""
        ids = [record["id"] for record in records[: self.looked_at]]
        one = self.ours.best.get(window.model, ids[:1])
        return [chosen for chosen in (ids, one if self.is_thorough else []) if chosen]
