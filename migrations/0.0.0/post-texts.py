from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import forget_shipped_terms, load_untouched_templates


def migrate(cr, _version):
    """What a company has written or translated itself stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    forget_shipped_terms(env)
    load_untouched_templates(env)
