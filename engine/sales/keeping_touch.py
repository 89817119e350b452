"""Customers whom nobody has spoken to for so many days as their company says.

A nightly statement keeps one row a customer and company; the call list reads them as a branch of its own, by index.
"""

from odoo.tools import SQL

from ..handling.contact import CONTACTS
from .call_list import at_its_time

TOUCH_MODEL = "keep.in.touch"
#: The digit of their lines.
TOUCH_NUMBER = 5
#: By turnover, the highest first.
TOUCH_RANK = "6e12::float8 - LEAST(GREATEST(turnover, 0), 999999999999)::float8"
TOUCH_OPEN = "user_id IS NOT NULL"
#: What serves the first page of the list, of all and of one salesperson.
TOUCH_INDEX = f"(({TOUCH_RANK}), id, due_date, user_id, callback_at) WHERE {TOUCH_OPEN}"
TOUCH_USER_INDEX = f"(user_id, ({TOUCH_RANK}), id, due_date, callback_at) WHERE {TOUCH_OPEN}"


def touches(now, local_now):
    """SQL for their lines of the call list; parameters as of ``call_list``."""
    return SQL(
        """SELECT id::bigint * 10 + %(number)s,
                  'touch'::varchar,
                  %(rank)s,
                  %(open)s AND due_date <= %(today)s AND %(at_its_time)s,
                  'keep.in.touch'::varchar,
                  id,
                  NULL::varchar,
                  partner_id,
                  NULL::varchar,
                  NULL::varchar,
                  user_id,
                  NULL::integer,
                  company_id,
                  turnover::numeric,
                  EXTRACT(EPOCH FROM %(local_now)s - due_date)::float8 / 3600,
                  due_date,
                  NULL::integer,
                  NULL::integer,
                  NULL::varchar,
                  NULL::timestamp,
                  CASE WHEN claimed_until > %(now)s THEN claimed_by_id END,
                  claimed_until,
                  NULL::integer,
                  NULL::timestamp,
                  COALESCE(user_id, 0),
                  'p' || partner_id::text
             FROM keep_in_touch""",
        number=TOUCH_NUMBER,
        rank=SQL(TOUCH_RANK),
        open=SQL(TOUCH_OPEN),
        at_its_time=at_its_time(SQL("%s::timestamp", now)),
        now=SQL("%s::timestamp", now),
        local_now=SQL("%s::timestamp", local_now),
        today=SQL("%s::date", local_now.date()),
    )


def follow_touch(today):
    """SQL that brings the rows in line with what was bought and said: of customers with a salesperson, in the
    companies where they have bought. Whoever buys was spoken to; a try or a day that was agreed falls away then.

    :param today: the current date
    """
    return SQL(
        """
        WITH bought AS (
            SELECT p.commercial_partner_id AS partner_id, x.company_id, max(x.bought_on) AS day,
                   GREATEST(SUM(x.ordered) FILTER (WHERE x.day > %(today)s - 365),
                            SUM(x.invoiced) FILTER (WHERE x.day > %(today)s - 365), 0) AS turnover
              FROM (SELECT partner_id, company_id, date_order::date AS day, date_order::date AS bought_on,
                           amount_total / COALESCE(NULLIF(currency_rate, 0), 1) AS ordered, 0.0 AS invoiced
                      FROM sale_order WHERE state = 'sale'
                     UNION ALL
                    SELECT partner_id, company_id, invoice_date,
                           CASE WHEN move_type != 'out_refund' THEN invoice_date END, 0.0, amount_total_signed
                      FROM account_move
                     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt', 'out_refund')) x
              JOIN res_partner p ON p.id = x.partner_id
          GROUP BY 1, 2
        ), spoken AS (
            SELECT p.commercial_partner_id AS partner_id, c.id AS company_id, max(a.date)::date AS day
              FROM contact_attempt a
              JOIN res_partner p ON p.id = a.partner_id
              JOIN res_company c ON c.id = a.company_id OR a.company_id IS NULL
             WHERE a.active AND a.outcome IN %(contacts)s
          GROUP BY 1, 2
        ), fact AS (
            SELECT p.id AS partner_id, c.id AS company_id, p.user_id, GREATEST(bought.day, spoken.day) AS spoken_date,
                   bought.turnover, c.keep_in_touch_days AS days
              FROM bought
              JOIN res_company c ON c.id = bought.company_id AND c.keep_in_touch_days > 0
              JOIN res_partner p ON p.id = bought.partner_id AND p.active AND p.user_id IS NOT NULL
                                AND p.customer_status = 'customer' AND (p.company_id IS NULL OR p.company_id = c.id)
         LEFT JOIN spoken ON spoken.partner_id = p.id AND spoken.company_id = c.id
             WHERE GREATEST(bought.day, spoken.day) IS NOT NULL
        ), gone AS (
            DELETE FROM keep_in_touch k
             WHERE NOT EXISTS (SELECT FROM fact WHERE fact.partner_id = k.partner_id AND fact.company_id = k.company_id)
        )
        INSERT INTO keep_in_touch AS k (partner_id, company_id, user_id, turnover, spoken_date, due_date)
        SELECT partner_id, company_id, user_id, turnover, spoken_date, spoken_date + days FROM fact
            ON CONFLICT (partner_id, company_id) DO UPDATE
           SET user_id = EXCLUDED.user_id, turnover = EXCLUDED.turnover, spoken_date = EXCLUDED.spoken_date,
               planned_date = CASE WHEN EXCLUDED.spoken_date > k.spoken_date THEN NULL ELSE k.planned_date END,
               callback_at = CASE WHEN EXCLUDED.spoken_date > k.spoken_date THEN NULL ELSE k.callback_at END,
               due_date = CASE WHEN EXCLUDED.spoken_date > k.spoken_date OR k.planned_date IS NULL
                               THEN EXCLUDED.due_date ELSE k.planned_date END
         WHERE (k.user_id, k.turnover, k.spoken_date, k.due_date)
               IS DISTINCT FROM (EXCLUDED.user_id, EXCLUDED.turnover, EXCLUDED.spoken_date, EXCLUDED.due_date)
        """,
        today=today,
        contacts=CONTACTS,
    )
