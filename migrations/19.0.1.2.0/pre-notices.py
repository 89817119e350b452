def migrate(cr, _version):
    """When a notice left: at noon of its day, in its company's zone; and whose e-mail was written."""
    cr.execute(
        "ALTER TABLE dunning_notice ADD COLUMN IF NOT EXISTS sent_on timestamp,"
        " ADD COLUMN IF NOT EXISTS is_written boolean"
    )
    cr.execute(
        """
        UPDATE dunning_notice n
           SET is_written = n.mail_id IS NOT NULL,
               sent_on = CASE WHEN n.state = 'sent'
                              THEN (n.date + TIME '12:00') AT TIME ZONE zone.name AT TIME ZONE 'UTC' END
          FROM (SELECT c.id, COALESCE(w.tz, p.tz, 'UTC') AS name
                  FROM res_company c
                  JOIN res_partner p ON p.id = c.partner_id
             LEFT JOIN resource_calendar w ON w.id = c.resource_calendar_id) zone
         WHERE zone.id = n.company_id
        """
    )
