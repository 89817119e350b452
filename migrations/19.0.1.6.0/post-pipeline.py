from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.engine.sales.pipeline import never_changed


def migrate(cr, _version):
    """Stages and statuses of leads are linked; leads that were called new, and that nobody has tried or
    changed since, get the status that their stage and their messages tell."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.stage"]._map_pipeline()
    env["crm.lead"]._derive_status(never_changed())
