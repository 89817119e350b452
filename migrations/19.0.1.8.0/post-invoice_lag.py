from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Confirmed orders know after how many days their first invoice was posted; one statement, each in the time zone of
    its company."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for zone, companies in env["res.company"].search([]).grouped(lambda company: company._zone()).items():
        env["sale.order"]._stamp_lag(zone, companies)
