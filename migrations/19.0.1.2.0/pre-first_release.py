"""What the first release wrote wrongly."""


def migrate(cr, _version):
    repair_sent_dates(cr)
    repair_failure_reasons(cr)


def repair_sent_dates(cr):
    """Invoices that had been sent before were dated as sent on the day of installing (today: by
    somebody's clock). Those that were sent on that day indeed have a PDF from after it."""
    cr.execute(
        """
        UPDATE account_move m SET sent_date = COALESCE(m.invoice_date, m.date)
          FROM (SELECT min(create_date) AS moment FROM ir_model_data WHERE module = 'lead_to_cash') installed
         WHERE m.is_move_sent
           AND m.create_date < installed.moment
           AND m.sent_date BETWEEN installed.moment::date - 1 AND installed.moment::date + 1
           AND COALESCE(m.invoice_date, m.date) < m.sent_date
           AND NOT EXISTS (SELECT FROM ir_attachment a
                            WHERE a.res_model = 'account.move' AND a.res_id = m.id
                              AND a.res_field = 'invoice_pdf_report_file' AND a.create_date > installed.moment)
        """
    )


def repair_failure_reasons(cr):
    """A failed notice said what Odoo writes before each sending; the reason is on its e-mail."""
    cr.execute(
        """
        UPDATE dunning_notice n SET failure_reason = trim(regexp_replace(m.failure_reason, '\\s+', ' ', 'g'))
          FROM mail_mail m
         WHERE m.id = n.mail_id AND n.state = 'failed' AND m.state = 'exception' AND m.failure_reason != ''
        """
    )
