from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import load_again


def migrate(cr, _version):
    """A branch reads its parent's policies; it doesn't change them any more."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_again(env, "security/dunning_rules.xml", "dunning_policy_rule_company", "dunning_level_rule_company")
