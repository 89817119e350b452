from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Leads that were there before the addon are listed apart: whether somebody has called them isn't known."""
    api.Environment(cr, SUPERUSER_ID, {})["crm.lead"]._mark_from_before()
