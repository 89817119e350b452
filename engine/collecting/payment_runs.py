"""On which days a customer pays: what its payments of the past say."""

from collections import Counter

from odoo.tools import SQL

#: So many payments say something, if so large a part of them fell on the same days.
LEAST_PAYMENTS = 6
LEAST_SHARE = 0.6
#: Each of several days has so large a part: else it is an accident.
LEAST_DAY_SHARE = 0.25


def payment_runs(days):
    """("days", days of the month) or ("weekday", its number, Monday is 0) on which at least 60 % of at least six
    payments fell; None when there are fewer, or they fall anywhere. One day of the month comes before two, and
    both before a day of the week.

    :param days: of all payments, a date each

    >>> from datetime import date
    >>> tenth = [date(2025, month, 10) for month in range(1, 7)]
    >>> payment_runs(tenth), payment_runs(tenth[:5])
    (('days', (10,)), None)
    >>> payment_runs(tenth[:4] + [date(2025, month, 25) for month in range(1, 5)] + [date(2025, 9, 2)])
    ('days', (10, 25))
    >>> payment_runs([date(2025, 1, 1 + 7 * week) for week in range(4)] + [date(2025, 2, 5), date(2025, 2, 19)])
    ('weekday', 2)
    >>> payment_runs([date(2025, 1, day) for day in (1, 3, 9, 14, 20, 31)]), payment_runs([])
    (None, None)
    """
    if len(days) < LEAST_PAYMENTS:
        return None
    least = LEAST_SHARE * len(days)
    months = Counter(day.day for day in days).most_common(2)
    if months[0][1] >= least:
        return "days", (months[0][0],)
    if len(months) == 2 and months[0][1] + months[1][1] >= least and months[1][1] >= LEAST_DAY_SHARE * len(days):
        return "days", tuple(sorted(day for day, _count in months))
    [(weekday, count)] = Counter(day.weekday() for day in days).most_common(1)
    return ("weekday", weekday) if count >= least else None


def payments(partner_ids, company_id, since):
    """SQL for (customer, day) of each payment that came in from these commercial partners: by a payment, with or
    without an entry, or a bank line."""
    return SQL(
        """
        SELECT p.commercial_partner_id, l.date
          FROM account_move_line l
          JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
          JOIN res_partner p ON p.id = l.partner_id
         WHERE p.commercial_partner_id IN %(partners)s AND l.company_id = %(company)s AND l.parent_state = 'posted'
           AND l.balance < 0 AND (l.payment_id IS NOT NULL OR l.statement_line_id IS NOT NULL) AND l.date >= %(since)s
         UNION ALL
        SELECT p.commercial_partner_id, y.date
          FROM account_payment y JOIN res_partner p ON p.id = y.partner_id
         WHERE p.commercial_partner_id IN %(partners)s AND y.company_id = %(company)s AND y.move_id IS NULL
           AND y.payment_type = 'inbound' AND y.partner_type = 'customer' AND y.state IN ('in_process', 'paid')
           AND y.date >= %(since)s
        """,
        partners=tuple(partner_ids) or (0,),
        company=company_id,
        since=since,
    )
