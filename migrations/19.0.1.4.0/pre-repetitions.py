def migrate(cr, _version):
    """No level was repeated until now. Written here, it costs no rewriting of all lines."""
    cr.execute("ALTER TABLE dunning_notice_line ADD COLUMN IF NOT EXISTS repetition integer NOT NULL DEFAULT 0")
    cr.execute("ALTER TABLE dunning_notice_line ALTER COLUMN repetition DROP DEFAULT")
