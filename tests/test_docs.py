"""What the pages for people say is on the screens: each way through the menus, each button."""

import re
from pathlib import Path

from lxml import etree
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

#: Pages that lead people through the screens.
PAGES = ("README.md", "docs/accountant.md", "docs/administrator.md", "docs/salesperson.md", "docs/foresight.md")
#: “Collections ▸ Desk”, in stars; a path may go over the end of a line.
PATHS = re.compile(r"\*([^*|`]+?(?:\s(?:→|▸)\s[^*|`]+?)+)\*")
#: In bold: buttons, and words that are stressed.
BOLD = re.compile(r"\*\*([A-Z][^*]+?)\*\*")
ROOTS = {"Accounting": "Invoicing"}  # the same menu, by which addons are installed
#: What stands in bold and is no button of ours.
STRESSED = frozenset(
    {
        *("Early-payment discount", "How e-mails and letters look", "How to pay", "Natural persons and sole traders"),
        *("One voice", "Open credits", "Rewards", "Tax that a customer withheld", "Back-test", "A", "B", "C", "D", "E"),
        *("An amount came in, and nobody says what for", "Invoicing → Collections", "CRM", "A new enquiry"),
        # What Odoo shows, and what has figures of the company in it.
        *("Restore", "Ask for 30 % Deposit", "Terms: Immediate Payment", "An e-mail is ready"),
    }
)
#: Pages on which what stands in bold is a button, but for these.
WITH_BUTTONS = ("docs/accountant.md", "docs/administrator.md", "docs/salesperson.md")

#: The clicks of the page for accountants, by the tours that make them: steps by what they say.
CLICKS = {
    "Open what needs somebody today": (
        *("take_back:showAppsMenuItem", "take_back:Open Invoicing", "take_back:Open the collections"),
        "take_back:Open the desk",
    ),
    "Let all plain reminders of the day leave": ("monday:Plain notices to send, one to look at: approve all but that",),
    "See why some of them wait": ("monday:See why",),
    "Open the next customer to call": ("monday:Open the first customer to call",),
    "Log a promise to pay (then Enter)": (
        *("monday:Open the first customer to call", "monday:Its phone number is there; it promises to pay"),
    ),
    "Log that nobody answered": ("monday:Nobody answers",),
    "Log that a customer says it has paid": (
        *("returned_payment:Its customer is on top", "returned_payment:It says it has paid"),
        "returned_payment:Log it",
    ),
    "Take a payment back that the bank returned": (
        *("take_back:The invoice is paid: the bank gives the payment back", "take_back:Take it back"),
    ),
    "Start reminding by a policy, and see whom": (
        *("go_live:Open the policy of the tour", "go_live:Start it", "go_live:Go on"),
    ),
    "Release the first run": ("release:Open the run", "release:Release it", "release:How many leave"),
}


@tagged("post_install", "-at_install")
class TestDocs(TransactionCase):
    def pages(self):
        root = Path(file_path("lead_to_cash/__manifest__.py")).parent
        for name in PAGES:
            yield name, (root / name).read_text(encoding="utf-8")

    def test_each_way_through_the_menus_leads_somewhere(self):
        menus = [menu.complete_name.split("/") for menu in self.env["ir.ui.menu"].with_context(lang="en_US").search([])]
        actions = self.bound_actions()
        settings = self.settings()
        found = 0
        for name, text in self.pages():
            for path in PATHS.findall(text):
                parts = [" ".join(part.split()) for part in re.split(r"→|▸", path)]
                parts[0] = ROOTS.get(parts[0], parts[0])
                found += 1
                with self.subTest(page=name, path=" ▸ ".join(parts)):
                    if parts[0] == "Settings":
                        self.assertTrue(parts[1] != "Lead to Cash" or set(parts[2:]) <= settings)
                    elif parts[0] == "Actions":
                        self.assertIn(parts[1], actions)
                    else:
                        self.assertTrue(any(_within(parts, menu) for menu in menus))
        self.assertGreater(found, 25)

    def test_each_button_is_on_a_screen(self):
        words = self.words()
        found = 0
        for name, text in self.pages():
            for bold in BOLD.findall(text):
                button = " ".join(bold.split()).rstrip(".:")
                if name not in WITH_BUTTONS or button in STRESSED or "," in button or bold.endswith((".", ":")):
                    continue
                found += 1
                with self.subTest(page=name, button=button):
                    self.assertTrue(button.lower() in words, button)
        self.assertGreater(found, 40)

    def test_the_clicks_are_those_of_the_tours(self):
        root = Path(file_path("lead_to_cash/__manifest__.py")).parent
        tours = {}
        for file in root.glob("static/tests/tours/*.js"):
            for part in file.read_text(encoding="utf-8").split('.add("l2c_')[1:]:
                tours[part.partition('"')[0]] = part
        rows = re.findall(r"^\| ([^|]+?) \| [^|]+ \| (\d+) \|", dict(self.pages())["docs/accountant.md"], re.M)
        counted = {task: int(count) for task, count in rows if task in CLICKS}
        self.assertEqual(counted, {task: len(steps) for task, steps in CLICKS.items()})
        for step in {step for steps in CLICKS.values() for step in steps}:
            tour, _colon, says = step.partition(":")
            with self.subTest(step):
                helper, text = f"stepUtils.{says}()", tours[tour]
                found = re.search(rf'content: "{re.escape(says)}",\s+trigger:[^}}]+run: "click"', text)
                self.assertTrue(found or helper in text)

    def bound_actions(self):
        """Names in the Actions menus of lists and forms."""
        actions = self.env["ir.actions.actions"].with_context(lang="en_US").search([("binding_model_id", "!=", False)])
        return set(actions.mapped("name"))

    def settings(self):
        """Titles of blocks and names of settings, and of their fields."""
        view = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        app = etree.fromstring(view).find(".//app[@name='lead_to_cash']")
        titles = {node.get("title") or node.get("string") for node in app.iter("block", "setting")}
        return titles - {None}

    def words(self):
        """What stands on buttons, fields, filters, pages and in components of ours, in small letters."""
        root = Path(file_path("lead_to_cash/__manifest__.py")).parent
        found = set()
        for file in (*root.glob("views/**/*.xml"), *root.glob("data/*.xml"), *root.glob("static/src/**/*.xml")):
            tree = etree.parse(str(file))
            for node in tree.iter(etree.Element):
                found.update(node.get(name) or "" for name in ("string", "title", "name"))
                found.update((node.text or "", node.tail or ""))
        found.update(re.findall(r"""(?:_t|env\._)\(\s*"([^"]+)""", "\n".join(_sources(root))))
        for model in self.env.values():
            if any(field._modules[:1] == ("lead_to_cash",) for field in model._fields.values()):
                fields = model.with_context(lang="en_US").fields_get(attributes=("string", "selection"))
                for field in fields.values():
                    found.add(field["string"])
                    found.update(label for _value, label in field.get("selection", ()) if isinstance(label, str))
        return {" ".join(word.split()).lower() for word in found}


def _sources(root):
    for file in (*root.glob("static/src/**/*.js"), *root.glob("models/**/*.py"), *root.glob("wizard/**/*.py")):
        yield file.read_text(encoding="utf-8")


def _within(parts, menu):
    """Whether the parts stand beside each other in the way to a menu."""
    return any(menu[start : start + len(parts)] == parts for start in range(len(menu)))
