def migrate(cr, _version):
    """How long a write-off has had its state: since its last change."""
    cr.execute("ALTER TABLE dunning_write_off ADD COLUMN IF NOT EXISTS state_since date")
    cr.execute("UPDATE dunning_write_off SET state_since = write_date WHERE state_since IS NULL")
