"""Which closed leads are asked again, and how many of them on one day."""

from odoo.tools import SQL


def asked_again(today, since, company_id):
    """SQL for the ids of the closed leads whose period has passed. Of those that come to the call list each
    salesperson gets no more on one day than the company says, the oldest first; an e-mail is nobody's work.

    :param today: the current date
    :param since: for leads that were closed before, the period begins on this day; None for none
    :param company_id: whose setting counts for leads of no company
    """
    return SQL(
        """
        WITH over AS (
            SELECT d.id, COALESCE(d.user_id, 0) AS user_id, COALESCE(d.company_id, %(company)s) AS company_id,
                   r.reengage_template_id IS NULL AS is_called,
                   GREATEST(d.closure_date::date, d.reengaged_date, %(since)s) + r.reengage_days AS day
              FROM crm_lead d
              JOIN crm_lost_reason r ON r.id = d.lost_reason_id
             WHERE d.handling_role = 'lost' AND r.reengage_days > 0
               AND GREATEST(d.closure_date::date, d.reengaged_date, %(since)s) + r.reengage_days <= %(today)s
        ), given AS (
            SELECT COALESCE(d.user_id, 0) AS user_id, COALESCE(d.company_id, %(company)s) AS company_id, count(*) AS number
              FROM crm_lead d
         LEFT JOIN crm_lost_reason r ON r.id = d.lost_reason_id
             WHERE d.reengaged_date = %(today)s AND r.reengage_template_id IS NULL
          GROUP BY 1, 2
        ), placed AS (
            SELECT over.*, row_number() OVER (PARTITION BY user_id, company_id, is_called ORDER BY day, id) AS place
              FROM over
        )
        SELECT placed.id
          FROM placed
          JOIN res_company c ON c.id = placed.company_id
     LEFT JOIN given USING (user_id, company_id)
         WHERE NOT is_called OR COALESCE(c.asked_again_per_day, 0) = 0
            OR place <= c.asked_again_per_day - COALESCE(given.number, 0)
      ORDER BY day, id
        """,
        today=today,
        since=since,
        company=company_id,
    )
