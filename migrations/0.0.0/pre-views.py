def migrate(cr, _version):
    """While Odoo loads our views one by one, it checks each with those that it has not come to yet:
    these would name fields that there aren't any more. So they are empty until then."""
    cr.execute(
        """
        CREATE TEMP TABLE l2c_old_view AS
        SELECT v.id, v.arch_db FROM ir_ui_view v JOIN ir_model_data d ON d.res_id = v.id
         WHERE d.model = 'ir.ui.view' AND d.module = 'lead_to_cash' AND d.noupdate IS NOT TRUE AND v.mode = 'extension'
        """
    )
    cr.execute("""UPDATE ir_ui_view SET arch_db = '{"en_US": "<data/>"}' WHERE id IN (SELECT id FROM l2c_old_view)""")
