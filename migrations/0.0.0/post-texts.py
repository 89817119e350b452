from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import keep_view_translations, load_untouched_templates


def migrate(cr, _version):
    """What a company has written or translated itself stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    keep_view_translations(env)
    load_untouched_templates(env)
