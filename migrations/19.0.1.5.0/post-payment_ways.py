from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Every company says how it is paid."""
    api.Environment(cr, SUPERUSER_ID, {})["res.company"].search([])._make_payment_ways()
