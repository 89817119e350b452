from odoo.tools import SQL


def migrate(cr, _version):
    """Fields that differ by company had an index each, which hardly any question used: of those of customers the planner took
    notice whenever one was joined. The host keeps indexes that it doesn't expect."""
    cr.execute(
        """SELECT i.indexname
             FROM pg_indexes i
             JOIN ir_model_fields f ON i.indexname = i.tablename || '__' || f.name || '_index'
                                   AND i.tablename = replace(f.model, '.', '_')
             JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id AND d.module = 'lead_to_cash'
            WHERE i.schemaname = current_schema AND f.company_dependent
              AND NOT EXISTS (SELECT FROM ir_model_data o
                               WHERE o.model = d.model AND o.res_id = d.res_id AND o.module != d.module)"""
    )
    for [name] in cr.fetchall():
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
