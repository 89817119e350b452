def migrate(cr, _version):
    """A notice has several e-mails: each says whose it is; those of failed notices that had left came back."""
    cr.execute(
        "ALTER TABLE mail_mail ADD COLUMN IF NOT EXISTS dunning_notice_id integer,"
        " ADD COLUMN IF NOT EXISTS dunning_came_back boolean"
    )
    cr.execute(
        """
        UPDATE mail_mail m
           SET dunning_notice_id = n.id, dunning_came_back = n.state = 'failed' AND m.state IN ('sent', 'received')
          FROM dunning_notice n
         WHERE n.mail_id = m.id
        """
    )
    cr.execute("ALTER TABLE dunning_notice DROP COLUMN mail_id")
    cr.execute("DELETE FROM ir_model_constraint WHERE name = 'dunning_notice_mail_id_fkey'")
