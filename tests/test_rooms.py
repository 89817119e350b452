"""The house: which room may know which, and that each thing is said in one place."""

import ast
from collections import defaultdict
from pathlib import Path

from lxml import etree
from odoo.modules.module import Manifest
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

#: From the ground up.
ROOMS = ("handling", "books", "agreements", "dunning", "portal", "sales", "collecting", "privacy", "foresight")
#: From the ground up: what is built on what.
FLOORS = ("engine", "models", "wizard", "report", "controllers")

#: Methods of one model told in two files, and why. Here the desk answers for its own lines, the
#: customers, and leaves the others to the call list: no order of steps hangs on it.
SHARED = {
    ("call.list.line", "_other_lines"): "the hook by which the desk adds its lines",
    ("call.list.line", "_listed"): "with All on the desk, who owes something too",
    ("call.list.line", "_compute_attempts"): "tries of a customer, about all its invoices",
    ("call.list.line", "_compute_contact_attempt_ids"): "the same, as records",
    ("call.list.line", "_compute_call_hint"): "nothing is checked before calling a customer",
    ("call.list.line", "_document"): "a customer, in the line's company",
    ("call.list.line", "_next_line"): "what is only to look at is no call",
    ("call.list.line", "_own_domain"): "one's own customers",
    ("call.list.line", "_form_view"): "the desk's form",
    ("call.list.line", "_list_action"): "the desk's list",
    ("l2c.overview", "_tiles"): "the hook by which the leaks add their figure",
    ("sale.order", "_ask_marked_deposit"): "the hook by which a new quotation asks for the deposit of its customer",
    ("contact.attempt", "_log"): "what came of a call is about all that its line stands for",
    ("contact.attempt", "_follow"): "whom one keeps in touch with",
    ("contact.attempt", "_going_on"): "in a round of calls, the next line",
    ("contact.attempt", "_about"): "of a customer, the row that says when to keep in touch",
    ("contact.attempt", "_keep_what_followed"): "of a customer, what holds reminders, too",
    (
        "mail.mail",
        "_prepare_outgoing_list",
    ): "a notice has its files; the way out of a sales mail is for its reader alone",
}


def _modules():
    """(path, floor, room or None, syntax tree) of each module of the addon."""
    root = Path(file_path("lead_to_cash/__manifest__.py")).parent
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            room = parts[1] if len(parts) > 2 else None
            yield parts, floor, room, ast.parse(path.read_text(encoding="utf-8"))


def _imported(parts, tree):
    """The modules and names, as paths from the root, that a module imports from the addon."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*parts[: len(parts) - node.level], *(node.module or "").split("."))
            for name in node.names:
                yield tuple(filter(None, (*base, name.name)))


def _model(node):
    """The name of the model that a class tells about."""
    found = {}
    for child in node.body:
        if isinstance(child, ast.Assign) and getattr(child.targets[0], "id", "") in ("_name", "_inherit"):
            found[child.targets[0].id] = ast.literal_eval(child.value)
    name = found.get("_name") or found.get("_inherit")
    return name[0] if isinstance(name, list) else name


@tagged("post_install", "-at_install")
class TestRooms(BaseCase):
    def test_a_room_knows_its_own_and_lower_ones(self):
        seen = 0
        for parts, floor, room, tree in _modules():
            for target in _imported(parts, tree):
                with self.subTest(module="/".join(parts), imports="/".join(target)):
                    seen += 1
                    self.assertLessEqual(FLOORS.index(target[0]), FLOORS.index(floor))
                    if room and len(target) > 2:
                        self.assertLessEqual(ROOMS.index(target[1]), ROOMS.index(room))
        self.assertGreater(seen, 100)

    def test_an_id_is_given_once(self):
        """A second record of the same id would take the place of the first."""
        root, manifest = Path(file_path("lead_to_cash/__manifest__.py")).parent, Manifest.for_addon("lead_to_cash")
        ids = defaultdict(list)
        for name in manifest["data"]:
            if name.endswith(".xml"):
                for record in etree.parse(root / name).iterfind(".//*[@id]"):
                    if record.tag in ("record", "template", "menuitem") and record.getparent().tag in (
                        "odoo",
                        "data",
                        "menuitem",
                    ):
                        ids[record.get("id")].append(name)
        self.assertGreater(len(ids), 500)
        self.assertEqual({name: files for name, files in ids.items() if len(files) > 1}, {})

    def test_a_floor_loads_its_rooms_from_the_ground_up(self):
        for floor in ("models", "wizard"):
            root = Path(file_path("lead_to_cash/__manifest__.py")).parent
            tree = ast.parse((root / floor / "__init__.py").read_text(encoding="utf-8"))
            names = [name.name for node in tree.body for name in node.names]
            self.assertEqual(names, [room for room in ROOMS if room in names])

    def test_a_public_constant_means_one_thing(self):
        meanings = defaultdict(dict)
        for _parts, floor, room, tree in _modules():
            for node in tree.body:
                name = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "")
                if name and name.isupper() and not name.startswith("_"):
                    meanings[name].setdefault(ast.unparse(node.value), []).append((floor, room))
        for name, values in meanings.items():
            with self.subTest(name):
                rooms = {room for places in values.values() for _floor, room in places}
                self.assertTrue(len(values) == 1 or len(rooms) == 1, values)
        self.assertGreater(len(meanings), 50)

    def test_a_method_is_told_in_one_place(self):
        places = defaultdict(list)
        for parts, _floor, _room, tree in _modules():
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and (model := _model(node)):
                    for child in node.body:
                        if isinstance(child, ast.FunctionDef):
                            places[model, child.name].append("/".join(parts))
        told_twice = {key: files for key, files in places.items() if len(files) > 1}
        self.assertEqual(told_twice.keys(), SHARED.keys())
