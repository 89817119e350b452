from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import note_translations


def migrate(cr, _version):
    """While Odoo loads our views one by one, it checks each with those that it has not come to yet:
    these would name fields that there aren't any more. So they are empty until then."""
    note_translations(api.Environment(cr, SUPERUSER_ID, {}))
    cr.execute(
        """
        UPDATE ir_ui_view v SET arch_db = '{"en_US": "<data/>"}' FROM ir_model_data d
         WHERE d.model = 'ir.ui.view' AND d.module = 'lead_to_cash' AND d.noupdate IS NOT TRUE
           AND d.res_id = v.id AND v.mode = 'extension'
        """
    )
