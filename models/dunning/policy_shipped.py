from copy import deepcopy
from io import BytesIO

from lxml import etree
from odoo import api, models
from odoo.tools import convert, file_open
from odoo.tools.translate import TranslationImporter, get_po_paths

from ...engine.handling.own import Own
from ..handling.protected_mixin import OURS

#: Where the policies and levels as they are shipped stand, once.
FILE = "lead_to_cash/data/dunning_policy_data.xml"
SHIPPED_MODELS = ("dunning.policy", "dunning.level")


class DunningPolicy(models.Model):
    """The policies as they are shipped, for a company that has come since."""

    _inherit = "dunning.policy"

    def action_take_shipped(self):
        """Give the current company those of the shipped policies that it hasn't got, not running.

        :return: what was made, in a notification
        """
        self.browse().check_access("create")
        company = self.env.company
        # Names of records are the system's; whose policies these become was asked above.
        made = self.sudo()._take_shipped(company).with_env(self.env)
        if not made:
            return self._taken(self.env._("%s has all the shipped policies already.", company.name))
        made.sudo().user_id = self.env.user  # who took them
        made.sudo()._set_shipped_minimum()  # as above
        text = self.env._("%(count)s policies are there, none of them running.", count=len(made))
        if len(made) == 1:
            text = self.env._("One policy is there. It doesn't run yet.")
        return self._taken(text, kind="success")

    def _taken(self, message, kind="info"):
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        params = {"type": kind, "message": message, "next": reload}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    @api.model
    def _take_shipped(self, company):
        """The policies that were made for ``company``: by the file of the shipped ones, under names of their own, by
        which they are known when they are taken again."""
        root = self._shipped_for(company)
        names = [node.get("id") for node in root.iter("record") if node.get("model") == "dunning.policy"]
        if not names:
            return self.browse()
        file = BytesIO(etree.tostring(root))
        file.name = FILE
        env = self.with_company(company).with_context(install_mode=True, l2c_shipping=Own(True)).env
        convert.convert_xml_import(env, OURS, file, {}, mode="init", noupdate=True)
        self._translate_shipped(root, company)
        return self.union(*(self.env.ref(f"{OURS}.{name}") for name in names))

    def _shipped_for(self, company):
        """The data file with the policies and levels alone, named for ``company``; without policies it has."""
        with file_open(FILE, "rb") as file:
            root = deepcopy(etree.parse(file).getroot())
        policies = {}
        for node in list(root):
            is_policy = node.tag == "record" and node.get("model") == "dunning.policy"
            if is_policy and not self._is_there(node, company):
                policies[node.get("id")] = self._named_for(node.get("id"), company)
        for node in list(root):
            owner = node.get("id") if node.get("model") == SHIPPED_MODELS[0] else _value(node, "policy_id")
            if node.tag != "record" or node.get("model") not in SHIPPED_MODELS or owner not in policies:
                root.remove(node)
                continue
            node.set("id", self._named_for(node.get("id"), company))
            for field in node.iterfind("field"):
                if field.get("ref") in policies and field.get("name") == "policy_id":
                    field.set("ref", policies[field.get("ref")])
            if node.get("model") == SHIPPED_MODELS[0]:
                etree.SubElement(node, "field", name="company_id", eval=str(company.id))
        return root

    def _named_for(self, name, company):
        return f"{name}_company_{company.id}"

    def _is_there(self, node, company):
        """Whether the company has this shipped policy: taken before, or as it was installed."""
        names = (node.get("id"), self._named_for(node.get("id"), company))
        found = (self.env.ref(f"{OURS}.{name}", raise_if_not_found=False) for name in names)
        return any(policy and policy.company_id == company for policy in found)

    def _translate_shipped(self, root, company):
        """In every language, as the shipped ones are translated."""
        importer = TranslationImporter(self.env.cr, verbose=False)
        for lang, _name in self.env["res.lang"].get_installed():
            for path in get_po_paths(OURS, lang):
                importer.load_file(path, lang)
        suffix = self._named_for("", company)
        for node in root.iter("record"):
            record, shipped = self.env.ref(f"{OURS}.{node.get('id')}"), node.get("id").removesuffix(suffix)
            for field, by_name in importer.model_translations[node.get("model")].items():
                if values := by_name.get(f"{OURS}.{shipped}"):
                    record.update_field_translations(field, dict(values))


def _value(node, name):
    """What a record of the file refers to in its field ``name``."""
    return next((field.get("ref") for field in node.iterfind("field") if field.get("name") == name), None)
