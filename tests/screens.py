"""What the web client makes of a view: which fields it asks for, what is to be seen, which buttons there are."""

import ast
import datetime
import json
import re
import time
from collections import namedtuple
from types import SimpleNamespace

from dateutil.relativedelta import relativedelta
from lxml import etree
from odoo import fields
from odoo.tools.safe_eval import safe_eval

#: A button: its name, ``object`` or ``action``, its context (an expression), and whether it stands above a list.
Button = namedtuple("Button", "model kind name context is_header")

ALWAYS = ("1", "True", "true")
LINES = ("one2many", "many2many")
#: What widgets ask for of the rows, as far as these are no lists of their own.
ROWS = {"many2many_binary": ("name", "mimetype")}


def evaluate(expression, values=()):
    """An expression of a view or an action, as the client evaluates it."""
    today = fields.Date.today()
    names = {
        "context_today": lambda: today,
        "current_date": fields.Date.to_string(today),
        "today": fields.Date.to_string(today),
        "now": fields.Datetime.to_string(fields.Datetime.now()),
        # Not safe_eval's own, which don't follow a frozen clock.
        "datetime": SimpleNamespace(datetime=datetime.datetime, date=datetime.date, timedelta=datetime.timedelta),
        "relativedelta": relativedelta,
        "time": SimpleNamespace(strftime=time.strftime),
        "uid": 0,  # where nobody has said who looks
        "true": True,
        "false": False,
        **dict(values),
    }
    return safe_eval(expression.strip(), names)


def evaluate_context(expression, values):
    """What can be said of a field's context where not all values are known."""
    try:
        found = ast.parse((expression or "{}").strip(), mode="eval").body
        pairs = [
            (ast.literal_eval(key), ast.unparse(value)) for key, value in zip(found.keys, found.values, strict=True)
        ]
    except (AttributeError, ValueError):
        return {}
    context = {}
    for key, value in pairs:
        try:
            context[key] = evaluate(value, values)
        except ValueError:  # a name that isn't known here
            continue
    return context


def read_values(record, field_infos):
    """The values of a record that was read, as expressions see them."""
    values = {}
    for name, value in record.items():
        kind = field_infos.get(name, {}).get("type")
        values[name] = value
        if kind == "many2one" and isinstance(value, dict):
            values[name] = value["id"]
        elif kind in LINES and isinstance(value, list):
            values[name] = [row["id"] if isinstance(row, dict) else row for row in value]
    return values


class View:
    """One view of a model as somebody gets it."""

    def __init__(self, browser, model, arch, infos):
        self.browser, self.model, self.infos = browser, model, infos
        self.root = etree.fromstring(arch) if isinstance(arch, str) else arch
        self.arch = arch
        self.fields = infos[model]["fields"]
        #: {name of a field: the view of its rows}
        self.rows = {}

    @property
    def kind(self):
        return self.root.tag

    def nodes(self, path):
        """Those that are not about the rows of a field."""
        return self.root.xpath(f"descendant-or-self::{path}[not(ancestor::field)]")

    def spec(self):
        """The specification of ``web_read`` and its like."""
        spec = {}
        for node in self.nodes("field"):
            known = spec.setdefault(node.get("name"), {})
            for key, value in self._field_spec(node).items():
                known[key] = {**known.get(key, {}), **value} if isinstance(value, dict) else value
        return spec

    def _field_spec(self, node):
        kind = self.fields[node.get("name")]["type"]
        is_hidden = any(node.get(name) in ALWAYS for name in ("invisible", "column_invisible"))
        if kind in ("many2one", "reference"):
            return {"fields": {} if is_hidden else {"display_name": {}}}
        if is_hidden:
            return {}
        if kind == "many2one_reference" and node.get("widget"):
            return {"fields": {"display_name": {}}}
        return self._rows_spec(node) if kind in LINES else {}

    def _rows_spec(self, node):
        widget = node.get("widget") or "one2many"
        context = evaluate_context(node.get("context"), self.browser.context)
        named = ROWS.get(widget, ())
        if "tags" in widget or "avatar" in widget:
            options = evaluate(node.get("options") or "{}")
            named = [name for name in ("display_name", options.get("color_field")) if name]
        views = {child.tag: self._inner(node, child) for child in node if isinstance(child.tag, str)}
        mode = next((mode for mode in (node.get("mode") or "list,kanban").split(",") if mode in views), None)
        if not mode and (widget.endswith("one2many") or widget == "many2many"):
            mode = (node.get("mode") or "list").split(",")[0]
            relation = self.fields[node.get("name")]["relation"]
            views[mode] = self.browser.view(relation, False, mode, context)
        if mode:
            self.rows[node.get("name")] = views[mode]
        spec = {name: {} for name in named}
        for kind in filter(None, (mode, "form" if "form" in views else None)):
            spec |= views[kind].spec()
        return {"fields": spec, "context": context, "limit": 40} if spec else {}

    def _inner(self, node, child):
        return View(
            self.browser,
            self.fields[node.get("name")]["relation"],
            etree.tostring(child, encoding="unicode"),
            self.infos,
        )

    # ------------------------------------------------------------ what is to be seen

    def names(self, record, context, parent=None):
        """What expressions of this view know of a record that was read."""
        values = dict.fromkeys(self.fields, False) | read_values(record, self.fields)
        ids = [record["id"]] if record.get("id") else []
        return {**context, "context": context, "active_id": bool(ids) and ids[0], "parent": parent or {}, **values}

    def is_shown(self, node, names):
        """Whether a node, and all around it, is to be seen."""
        while node is not None:
            for name in ("invisible", "column_invisible"):
                expression = node.get(name)
                if expression and (expression in ALWAYS or evaluate(expression, names)):
                    return False
            node = node.getparent()
        return True

    def is_readonly(self, node, names):
        expression = node.get("readonly")
        return bool(evaluate(expression, names) if expression else self.fields[node.get("name")].get("readonly"))

    def has_content(self, record, context):
        """Whether there is anything to read or to fill in, besides the buttons."""
        names = self.names(record, context)
        if any(self.is_shown(node, names) for node in self.nodes("field") + self.nodes("widget")):
            return True
        return any(
            (node.text or "").strip() and self.is_shown(node, names)
            for node in self.nodes("*[not(ancestor-or-self::footer) and not(self::button)]")
        )

    def deciding(self):
        """The fields that decide which buttons are to be seen."""
        buttons = self.nodes("*[@name and (@type='object' or @type='action')]")
        around = (node for button in buttons for node in (button, *button.iterancestors()))
        expressions = [node.get("invisible") or "" for node in around]
        return sorted({name for text in expressions for name in re.findall(r"\w+", text)} & self.fields.keys())

    def buttons(self, record, context, parent=None):
        """The buttons that are to be seen at a record."""
        names = self.names(record, context, parent)
        for node in self.nodes("*[@name and (@type='object' or @type='action')]"):
            if node.tag != "field" and self.is_shown(node, names):
                yield self._button(node, names)
        if self.root.get("action"):
            yield Button(self.model, self.root.get("type"), self.root.get("action"), {}, False)

    def _button(self, node, names):
        context = evaluate(node.get("context") or "{}", names)
        is_header = bool(self.kind != "form" and node.xpath("ancestor::header"))
        return Button(self.model, node.get("type"), node.get("name"), context, is_header)

    def row_buttons(self, record, context):
        """(row, button) of the lists in a form."""
        names = self.names(record, context)
        for name, view in self.rows.items():
            nodes = [node for node in self.nodes("field") if node.get("name") == name]
            rows = record.get(name) or []
            if any(self.is_shown(node, names) for node in nodes):
                for row in rows:
                    if isinstance(row, dict):
                        for button in view.buttons(row, context, parent=Dotted(names)):
                            yield row, button

    def links(self, record, context):
        """(field, model, id) of the records that a click on a field opens."""
        names = self.names(record, context)
        for node in self.nodes("field"):
            info, value = self.fields[node.get("name")], record.get(node.get("name"))
            options = evaluate(node.get("options") or "{}") if node.get("options") else {}
            is_link = (
                info["type"] == "many2one" and not options.get("no_open") and "avatar" not in (node.get("widget") or "")
            )
            if is_link and isinstance(value, dict) and self.is_shown(node, names):
                yield node.get("name"), info["relation"], value["id"]

    # ------------------------------------------------------------ figures

    def aggregates(self):
        """What the client asks of groups: sums, and of which currencies they are."""
        found = []
        for name, info in self.fields.items():
            if info.get("aggregator") and info["type"] in ("integer", "float", "monetary"):
                found.append(f"{name}:{info['aggregator']}")
                if info.get("currency_field"):
                    found += [f"{info['currency_field']}:array_agg_distinct", f"{name}:sum_currency"]
        return list(dict.fromkeys(found))

    def group_bys(self, *kinds):
        """The fields of a pivot or a graph by which it groups."""
        nodes = [node for node in self.nodes("field") if node.get("type") != "measure"]
        if kinds:
            nodes = [node for node in nodes if node.get("type") in kinds]
        dates = ("date", "datetime")
        found = []
        for node in nodes:
            name = node.get("name")
            info = self.fields[name]
            if info["type"] in ("integer", "float", "monetary") or node.get("invisible") in ALWAYS:
                continue
            found.append(f"{name}:{node.get('interval') or 'month'}" if info["type"] in dates else name)
        return found


class Dotted(dict):
    """``parent.field`` of expressions."""

    __getattr__ = dict.get


def as_json(value, default):
    """What arrives at the client."""
    return json.loads(json.dumps(value, default=default))
