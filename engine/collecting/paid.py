"""What customers have paid after somebody spoke to them."""

from odoo.tools import SQL

from ..handling.contact import CONTACTS

#: Days for which a payment counts as after a call.
PAID_WITHIN = 14


def paid_after_calls(company_id, since, today, zone):
    """SQL for (attempt, currency, amount, day of the last payment, latest matching) of the last attempts from the day
    ``since`` on with which a customer was reached, and that had no payment told today: what was paid from the day of
    the call on, and wasn't told yet. A payment that was taken back is none.

    :param zone: the name of the company's time zone: whose days they are
    """
    return SQL(
        """
        WITH last AS (
            SELECT DISTINCT ON (p.commercial_partner_id)
                   a.id, p.commercial_partner_id AS customer_id, a.told_matching, a.paid_told_on,
                   (a.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
              FROM contact_attempt a JOIN res_partner p ON p.id = a.partner_id
             WHERE a.active AND a.company_id = %(company)s AND a.outcome IN %(contacts)s
               AND a.res_model IN ('res.partner', 'account.move') AND a.date >= %(since)s::date - 1
          ORDER BY p.commercial_partner_id, a.date DESC, a.id DESC
        )
        SELECT last.id, m.debit_currency_id, SUM(m.debit_amount_currency), MAX(c.date), MAX(m.id)
          FROM last
          JOIN res_partner o ON o.commercial_partner_id = last.customer_id
          JOIN account_move_line l ON l.partner_id = o.id AND l.company_id = %(company)s AND l.parent_state = 'posted'
          JOIN account_journal d ON d.id = l.journal_id AND d.type NOT IN ('bank', 'cash', 'credit')
          JOIN account_account t ON t.id = l.account_id AND t.account_type = 'asset_receivable'
          JOIN account_partial_reconcile m ON m.debit_move_id = l.id AND m.id > COALESCE(last.told_matching, 0)
          JOIN account_move_line c ON c.id = m.credit_move_id
          JOIN account_journal j ON j.id = c.journal_id AND j.type IN ('bank', 'cash', 'credit')
         WHERE last.day >= %(since)s AND last.paid_told_on IS DISTINCT FROM %(today)s
           AND c.date BETWEEN last.day AND %(today)s
      GROUP BY last.id, m.debit_currency_id
      ORDER BY last.id, m.debit_currency_id
        """,
        zone=zone,
        company=company_id,
        contacts=CONTACTS,
        since=since,
        today=today,
    )
