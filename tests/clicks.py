"""A browser without its window: asks the server what the web client asks when somebody clicks."""

import re

from odoo import fields
from odoo.addons.web.controllers.utils import clean_action
from odoo.fields import Command, Domain
from odoo.service.model import call_kw
from odoo.tools import json_default

from .screens import ALWAYS, LINES, View, as_json, evaluate

#: What of an action's context is about that action alone.
OWN_CONTEXT = re.compile(r"(?:default_|search_default_|show_).+|.+_view_ref|group_by|active_ids?|orderedBy")
#: Actions of the web client that the addon, or what it stands on, may ask for.
CLIENT_TAGS = {"display_notification", "reload", "soft_reload"}


class Browser:
    """The browser of a user: each call is a request of its own, and what comes back is JSON."""

    def __init__(self, env, user):
        self.user = user
        self.env = env(user=user.id, su=False, context={})
        companies = user.company_id | user.company_ids
        self.context = {"lang": user.lang, "tz": "UTC", "uid": user.id, "allowed_company_ids": companies.ids}
        self._views = {}

    def call(self, model, method, *args, context=(), **kwargs):
        """A public method's answer."""
        self.env.invalidate_all()
        kwargs = as_json({**kwargs, "context": {**self.context, **dict(context)}}, json_default)
        return as_json(call_kw(self.env[model], method, as_json(args, json_default), kwargs), json_default)

    def may(self, operation, model):
        return self.env[model].has_access(operation)

    def load(self, action_id):
        """An action by its id, as the client loads it."""
        kind = self.env["ir.actions.actions"].sudo().browse(action_id).type
        action = self.env[kind].sudo().browse(action_id).with_context(**self.context)
        values = action._get_action_dict() if kind == "ir.actions.act_window" else action.read()[0]
        return as_json(clean_action(values, self.env), json_default)

    def views(self, model, views, context=(), **options):
        """{kind: view} and {kind: its toolbar}; once for the same question."""
        refs = {key: value for key, value in dict(context).items() if key.endswith("_view_ref")}
        key = repr((model, views, refs, options))
        if key not in self._views:
            found = self.call(model, "get_views", views, options=options, context=refs)
            infos = found["models"]
            self._views[key] = (
                {kind: View(self, model, view["arch"], infos) for kind, view in found["views"].items()},
                {kind: view.get("toolbar") or {} for kind, view in found["views"].items()},
            )
        return self._views[key]

    def view(self, model, view_id, kind, context=()):
        return self.views(model, [[view_id, kind]], context)[0][kind]

    def run_server_action(self, action_id, context):
        """What a server action answers."""
        self.env.invalidate_all()
        action = self.env["ir.actions.server"].browse(action_id).with_context(**self.context, **context)
        result = action.run()
        return as_json(clean_action(result, action.env), json_default) if result else None

    def press(self, button, ids, context=()):
        """Click a button; returns the action that follows, with the client's context, or nothing."""
        context = {key: value for key, value in dict(context).items() if key not in self.context}
        active = {"active_model": button.model}
        if ids:
            active |= {"active_id": ids[0], "active_ids": ids}
        if button.kind == "object":
            action = self.call(button.model, button.name, ids, context={**context, **button.context})
            if not isinstance(action, dict):
                return None
            action = as_json(clean_action(action, self.env), json_default)
        else:
            action = self.load(int(button.name))
        current = {key: value for key, value in context.items() if not OWN_CONTEXT.fullmatch(key)}
        return {**action, "context": self.context_of(action, {**current, **button.context, **active})}

    def context_of(self, action, known=()):
        """The context of an action that is opened where ``known`` is known."""
        context, known = action.get("context") or {}, dict(known)
        if isinstance(context, str):
            context = evaluate(context, {**self.context, **known})
        return {**known, **context}


class Window:
    """A window action that was opened: its views, and what is asked for to fill them."""

    def __init__(self, browser, action):
        self.browser, self.action = browser, action
        self.model = action["res_model"]
        self.context = browser.context_of(action)
        self.names = {**browser.context, **self.context, "context": self.context}
        domain = action.get("domain") or []
        self.domain = Domain(evaluate(domain, self.names) if isinstance(domain, str) else domain)
        search_id = action.get("search_view_id") or [False]
        views = [[view_id, kind] for view_id, kind in action["views"]]
        self.is_dialog = action.get("target") == "new"
        wanted = (
            views
            if self.is_dialog
            else [*views, [search_id[0] if isinstance(search_id, list) else search_id, "search"]]
        )
        found, self.toolbars = browser.views(
            self.model, wanted, self.context, toolbar=not self.is_dialog, action_id=action.get("id") or False
        )
        self.views = dict(found)
        self.search = self.views.pop("search", None)

    def call(self, method, *args, **kwargs):
        return self.browser.call(self.model, method, *args, context=self.context, **kwargs)

    # ------------------------------------------------------------ searching

    def facets(self):
        """(node, number of its group) of the search view: filters of one group are alternatives."""
        number = 0
        for node in self.search.root.iter("filter", "separator", "field", "group"):
            number += node.tag != "filter"
            yield node, number

    def facet_domain(self, node):
        """The domain of a filter, or nothing."""
        if node.get("date"):
            return Domain(node.get("date"), ">=", "2026-01-01") & Domain(node.get("date"), "<=", "2026-12-31")
        return Domain(evaluate(node.get("domain") or "[]", self.names))

    def facet_group_by(self, node):
        group_by = evaluate(node.get("context") or "{}", self.names).get("group_by") or []
        return [group_by] if isinstance(group_by, str) else group_by

    def field_domain(self, node, value):
        """What is searched for when ``value`` is typed, or chosen, in a field of the search view."""
        if node.get("filter_domain"):
            return Domain(evaluate(node.get("filter_domain"), {**self.names, "self": value, "raw_value": value}))
        info = self.search.fields[node.get("name")]
        kinds = {"char": "ilike", "text": "ilike", "many2one": "ilike", "many2many": "ilike", "one2many": "ilike"}
        is_text = isinstance(value, str) and info["type"] in kinds
        return Domain(node.get("name"), node.get("operator") or ("ilike" if is_text else "="), value)

    def typed(self, node):
        """What is searched for when somebody types something that fits the field."""
        kind = self.search.fields[node.get("name")]["type"]
        value = {"integer": 1, "float": 1.0, "monetary": 1.0, "date": "2026-03-10", "datetime": "2026-03-10 12:00:00"}
        return self.field_domain(node, value.get(kind, "abc"))

    def defaults(self):
        """(domain, group_by) with which the window begins."""
        domain, groups, group_by = self.domain, {}, list(self.context.get("group_by") or [])
        group_by = [self.context["group_by"]] if isinstance(self.context.get("group_by"), str) else group_by
        for node, number in self.facets() if self.search is not None else ():
            value = self.context.get(f"search_default_{node.get('name')}")
            if not value:
                continue
            if node.tag == "field":
                domain &= self.field_domain(node, value)
            elif self.facet_group_by(node):
                group_by += self.facet_group_by(node)
            else:
                groups[number] = groups.get(number, Domain.FALSE) | self.facet_domain(node)
        return Domain.AND([domain, *groups.values()]), group_by

    # ------------------------------------------------------------ what the views show

    def show(self, kind):
        """Ask for what a view shows when it is opened; returns the records where it reads some."""
        view = self.views[kind]
        domain, group_by = self.defaults()
        if kind in ("list", "kanban"):
            group_by = group_by or ([view.root.get("default_group_by")] if view.root.get("default_group_by") else [])
            if group_by:
                self.show_groups(view, domain, group_by[0])
            return self.show_rows(view, domain)
        if kind in ("pivot", "graph"):
            self.show_figures(view, domain, group_by)
        elif kind == "activity":
            self.browser.call("mail.activity", "get_activity_data", self.model, list(domain), context=self.context)
        elif kind == "calendar":
            self.call("search_read", list(domain), [view.root.get("date_start"), "display_name"])
        return []

    def show_rows(self, view, domain, limit=80):
        order = view.root.get("default_order")
        found = self.call(
            "web_search_read",
            list(domain),
            view.spec(),
            limit=limit,
            count_limit=10001,
            **({"order": order} if order else {}),
        )
        return found["records"]

    def show_groups(self, view, domain, group_by):
        if self.search.fields.get(group_by, view.fields.get(group_by, {})).get("type") in ("date", "datetime"):
            group_by = f"{group_by}:month"
        self.call(
            "web_read_group",
            list(domain),
            [group_by],
            view.aggregates(),
            limit=80,
            auto_unfold=view.kind == "kanban",
            unfold_read_specification=view.spec(),
        )

    def show_figures(self, view, domain, group_by=()):
        measures = ["__count", *view.aggregates()]
        if view.kind == "graph":
            self.call("formatted_read_group", list(domain), list(group_by) or view.group_bys(), measures)
            return
        rows, columns = list(group_by) or view.group_bys("row"), view.group_bys("col")
        self.call("formatted_read_grouping_sets", list(domain), [[], rows, columns, rows + columns], measures)

    # ------------------------------------------------------------ forms

    def shown(self, record_id):
        """What a form shows of a record."""
        [record] = self.call("web_read", [record_id], {"display_name": {}, **self.views["form"].spec()})
        return record

    def new(self, kind="form"):
        """What a new record shows."""
        spec = self.views[kind].spec()
        answer = self.call("onchange", [], {}, [], spec)
        return {"id": False, **dict.fromkeys(spec, False), **answer["value"]}


class Dialog:
    """A new record that somebody fills in and saves."""

    def __init__(self, window):
        self.window, self.view = window, window.views["form"]
        self.record = window.new()
        for name, value in self.record.items():
            if self.view.fields.get(name, {}).get("type") in LINES:
                self.record[name] = [self._row(command) for command in value or ()]

    @staticmethod
    def _row(command):
        code, row_id, values = (*command, None)[:3]
        assert code in (Command.CREATE, Command.LINK), f"unexpected command {command}"
        return {**(values or {}), "id": row_id if code == Command.LINK else False}

    def bare_defaults(self):
        """The fields of several records whose default is no list of commands."""
        values = self.window.call("default_get", list(self.view.fields))
        names = [name for name in values if self.view.fields[name]["type"] in LINES]
        return [name for name in names if any(not isinstance(command, list) for command in values[name] or ())]

    @property
    def is_empty(self):
        return not self.view.has_content(self.record, self.window.context)

    def buttons(self):
        return list(self.view.buttons(self.record, self.window.context))

    def _open_nodes(self):
        """The fields that somebody may fill in."""
        names = self.view.names(self.record, self.window.context)
        for node in self.view.nodes("field"):
            if self.view.is_shown(node, names) and not self.view.is_readonly(node, names):
                yield node, names

    def fill(self):
        """What is empty gets something that fits, as far as there is something."""
        for node, names in self._open_nodes():
            value = not self.record.get(node.get("name")) and self._something(node, names)
            if value:
                self.set(node.get("name"), value)

    def set(self, name, value):
        """Type or choose a value: what follows from it is asked for."""
        self.record[name] = value
        answer = self.window.call("onchange", [], self.values(is_all=True), [name], self.view.spec())
        for changed, new in answer.get("value", {}).items():
            if self.view.fields[changed]["type"] not in LINES:
                self.record[changed] = new

    def _something(self, node, names):
        info = self.view.fields[node.get("name")]
        kind = info["type"]
        if kind in ("many2one", "many2many"):
            domain = node.get("domain") or info.get("domain") or []
            domain = evaluate(domain, names) if isinstance(domain, str) else domain
            found = self.window.browser.call(info["relation"], "web_search_read", domain, {"display_name": {}}, limit=1)
            rows = found["records"]
            return rows if kind == "many2many" else rows[0] if rows else False
        if kind == "selection":
            return info["selection"][0][0]
        today = fields.Date.to_string(fields.Date.today())
        return {"date": today, "datetime": f"{today} 12:00:00", "char": "x", "text": "x", "html": "<p>x</p>"}.get(
            kind, 1
        )

    def values(self, is_all=False):
        """What the client sends: what may be written, or all that it knows."""
        names = self.view.names(self.record, self.window.context)
        found = {}
        for node in self.view.nodes("field"):
            name = node.get("name")
            is_sent = is_all or node.get("force_save") in ALWAYS or not self.view.is_readonly(node, names)
            if is_sent and name in self.record and name != "id":
                found[name] = self._value(name)
        return found

    def _value(self, name):
        value, kind = self.record[name], self.view.fields[name]["type"]
        if kind in LINES:
            infos = self.view.rows[name].fields if name in self.view.rows else {}
            return [
                [Command.LINK, row["id"]] if row["id"] else [Command.CREATE, 0, self._row_values(row, infos)]
                for row in value
            ]
        return value["id"] if kind == "many2one" and isinstance(value, dict) else value

    @staticmethod
    def _row_values(row, infos):
        found = {}
        for name, value in row.items():
            if name in infos and not infos[name].get("readonly") and infos[name]["type"] not in LINES:
                found[name] = value["id"] if isinstance(value, dict) and infos[name]["type"] == "many2one" else value
        return found

    def save(self):
        """Save as a button does before it is called; returns the id."""
        [record] = self.window.call("web_save", [], self.values(), {"display_name": {}})
        return record["id"]
