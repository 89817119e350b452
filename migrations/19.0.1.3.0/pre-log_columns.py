TABLES = ("dunning_decision", "dunning_notice_line")
COLUMNS = ("create_uid", "write_uid", "create_date", "write_date")


def migrate(cr, _version):
    """Decisions and lines of notices say by their runs when and whose they are."""
    for table in TABLES:
        for column in COLUMNS:
            cr.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}")
            cr.execute("DELETE FROM ir_model_constraint WHERE name = %s", [f"{table}_{column}_fkey"])
