from odoo.tools import SQL


def migrate(cr, _version):
    """Nobody has asked yet to be called at a time: the columns needn't be computed document by document."""
    for table in ("crm_lead", "sale_order", "account_move"):
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS callback_at timestamp", SQL.identifier(table)))
