TEXT = """SELECT FROM information_schema.columns
           WHERE table_name = 'res_partner' AND column_name = 'collection_note' AND data_type = 'text'"""


def migrate(cr, _version):
    """The note is each company's own: all that could read it until now have it, and go on from there."""
    cr.execute(TEXT)
    if not cr.rowcount:
        return
    cr.execute("ALTER TABLE res_partner RENAME COLUMN collection_note TO l2c_old_note")
    cr.execute("ALTER TABLE res_partner ADD COLUMN collection_note jsonb")
    cr.execute(
        """UPDATE res_partner p
              SET collection_note = (SELECT jsonb_object_agg(c.id::text, p.l2c_old_note) FROM res_company c
                                      WHERE p.company_id IS NULL OR c.id = p.company_id)
            WHERE p.l2c_old_note IS NOT NULL"""
    )
    cr.execute("ALTER TABLE res_partner DROP COLUMN l2c_old_note")
