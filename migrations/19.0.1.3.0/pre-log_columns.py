from odoo.tools import SQL

TABLES = ("dunning_decision", "dunning_notice_line")
COLUMNS = ("create_uid", "write_uid", "create_date", "write_date")


def migrate(cr, _version):
    """Decisions and lines of notices say by their runs when and whose they are."""
    for table in TABLES:
        for column in COLUMNS:
            names = SQL.identifier(table), SQL.identifier(column)
            cr.execute(SQL("ALTER TABLE %s DROP COLUMN IF EXISTS %s", *names))
            cr.execute("DELETE FROM ir_model_constraint WHERE name = %s", [f"{table}_{column}_fkey"])
