from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """What is under way of each item is known, and statuses and waiting notices follow it."""
    api.Environment(cr, SUPERUSER_ID, {})["l2c.money"]._follow_all_under_way()
