"""Which notices a person looks at before they are approved with the rest."""

from odoo.tools import SQL

#: More than so many times the usual amount is unusual.
UNUSUAL = 3
#: The first reminder ever to a customer is looked at, but nothing is wrong with it.
FIRST = "first"
#: Its items changed after a person had written its text.
CHANGED = "changed"


def contact_key(partner):
    """SQL for a digest of the address, e-mail and bank accounts of the customer ``partner``, an
    alias: another one says that something of it changed."""
    return SQL(
        """md5(concat_ws('|', %(p)s.street, %(p)s.street2, %(p)s.zip, %(p)s.city, %(p)s.state_id, %(p)s.country_id,
                         %(p)s.email_normalized,
                         (SELECT string_agg(b.sanitized_acc_number, ',' ORDER BY b.sanitized_acc_number)
                            FROM res_partner_bank b WHERE b.partner_id = %(p)s.id AND b.active)))""",
        p=SQL.identifier(partner),
    )


def find_exceptions(run_id, key_account_id, a_week_ago, a_year_ago, *, held=False):
    """SQL that writes on each notice of a run that a person approves why it should be looked
    at: ``first, amount, key, details, sister``, joined by commas, and of which kind that is; nothing when nothing is.
    ``held``: all of the run are.

    The usual amount is the average of the notices sent to the customer before, in the same
    company and currency; without any, the average of its invoices of the last twelve months.
    """
    return SQL(
        """
        UPDATE dunning_notice n
           SET exceptions = NULLIF(array_to_string(y.first || y.others, ','), ''),
               exception_kind = CASE cardinality(y.others) WHEN 0 THEN y.first[1] WHEN 1 THEN y.others[1]
                                ELSE 'several' END
          FROM (SELECT m.id, m.amount_due, m.contact_key, last.id AS last_id, last.contact_key AS last_key,
                       COALESCE(before.usual, (
                           SELECT avg(i.amount_total) FROM account_move i
                            WHERE i.commercial_partner_id = m.partner_id AND i.company_id = m.company_id
                              AND i.currency_id = m.currency_id AND i.move_type = 'out_invoice' AND i.state = 'posted'
                              AND i.invoice_date >= %(a_year_ago)s)) AS usual,
                       EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel r
                                WHERE r.partner_id = m.partner_id AND r.category_id = %(key_account)s) AS is_key,
                       EXISTS (SELECT 1 FROM dunning_notice s
                                WHERE s.partner_id = m.partner_id AND s.company_id != m.company_id
                                  AND s.state IN ('queued', 'sent')
                                  AND GREATEST(s.sent_on::date, s.date) >= %(a_week_ago)s) AS by_sister
                  FROM dunning_notice m
             LEFT JOIN LATERAL (
                    SELECT s.id, s.contact_key FROM dunning_notice s
                     WHERE s.partner_id = m.partner_id AND s.company_id = m.company_id AND s.state = 'sent'
                  ORDER BY s.date DESC, s.id DESC LIMIT 1) last ON TRUE
             LEFT JOIN LATERAL (
                    SELECT avg(s.amount_due) AS usual FROM dunning_notice s
                     WHERE s.partner_id = m.partner_id AND s.currency_id = m.currency_id
                       AND s.company_id = m.company_id AND s.state = 'sent') before ON TRUE
                 WHERE m.run_id = %(run)s AND (m.state = 'to_approve' OR %(held)s)) x
    CROSS JOIN LATERAL (
                SELECT CASE WHEN x.last_id IS NULL THEN ARRAY[%(first)s] ELSE '{}'::text[] END AS first,
                       array_remove(ARRAY[
                           CASE WHEN x.amount_due > %(unusual)s * x.usual THEN 'amount' END,
                           CASE WHEN x.is_key THEN 'key' END,
                           CASE WHEN x.last_key != x.contact_key THEN 'details' END,
                           CASE WHEN x.by_sister THEN 'sister' END], NULL) AS others) y
         WHERE x.id = n.id
        """,
        run=run_id,
        held=held,
        unusual=UNUSUAL,
        first=FIRST,
        key_account=key_account_id or 0,
        a_week_ago=a_week_ago,
        a_year_ago=a_year_ago,
    )
