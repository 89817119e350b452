"""Promises to pay: dates, instalments, and the SQL that says which promises were kept.

``owed`` on items is what is open of them and what credit notes took off: it falls by money
alone. A promise's ``target`` is what is owed once it is kept; the instalments of a plan have
falling targets, so that they are served oldest first and a payment counts once.
"""

import re
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from odoo.tools import SQL
from odoo.tools.date_utils import add

INTERVALS = {"weekly": {"weeks": 1}, "monthly": {"months": 1}}


def payment_days(text):
    """The days of a month in ``text``, sorted; None when it holds anything else.

    >>> payment_days("25, 10"), payment_days(""), payment_days("10,32"), payment_days("tenth")
    ([10, 25], [], None, None)
    """
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    if not all(re.fullmatch(r"\d{1,2}", part) and 1 <= int(part) <= 31 for part in parts):
        return None
    return sorted({int(part) for part in parts})


def next_payment_day(day, days):
    """The first of the customer's payment ``days`` from ``day`` on; in a month that is too short
    for one, its last day. ``day`` itself without any.

    >>> next_payment_day(date(2026, 1, 28), [10, 31]), next_payment_day(date(2026, 2, 11), [10, 31])
    (datetime.date(2026, 1, 31), datetime.date(2026, 2, 28))
    >>> next_payment_day(date(2026, 12, 26), [10, 25]), next_payment_day(date(2026, 12, 26), [])
    (datetime.date(2027, 1, 10), datetime.date(2026, 12, 26))
    """
    if not days:
        return day
    firsts = [add(day.replace(day=1), months=month) for month in (0, 1)]
    found = [first + timedelta(days=min(number, _length(first)) - 1) for first in firsts for number in days]
    return min(other for other in found if other >= day)


def _length(first):
    return (add(first, months=1) - first).days


def next_weekday(day, weekday):
    """The first day from ``day`` on that is this day of the week; Monday is 0.

    >>> next_weekday(date(2026, 3, 10), 1), next_weekday(date(2026, 3, 11), 1)
    (datetime.date(2026, 3, 10), datetime.date(2026, 3, 17))
    """
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def next_payment_day_sql(day, days):
    """The same in SQL: ``day`` is a date, ``days`` the text."""
    return SQL(
        """CASE WHEN %(days)s IS NULL THEN %(day)s ELSE COALESCE((
               SELECT MIN(x.day)
                 FROM regexp_matches(%(days)s, '\\d+', 'g') n,
                      generate_series(0, 1) month,
              LATERAL (SELECT (date_trunc('month', %(day)s) + month * interval '1 month')::date AS first) f,
              LATERAL (SELECT LEAST(f.first + n[1]::int - 1, (f.first + interval '1 month')::date - 1) AS day) x
                WHERE x.day >= %(day)s), %(day)s) END""",
        day=day,
        days=days,
    )


def instalments(total, number, digits):
    """``total`` in ``number`` parts that differ by at most one unit of the last of ``digits``;
    the first ones are the greater ones. Their sum is the total.

    >>> instalments(100.0, 3, 2)
    [33.34, 33.33, 33.33]
    >>> instalments(10, 4, 0)
    [3.0, 3.0, 2.0, 2.0]
    """
    unit = Decimal(1).scaleb(-digits)
    units = int((Decimal(str(total)) / unit).to_integral_value(ROUND_DOWN))
    part, rest = divmod(units, number)
    return [float((part + (index < rest)) * unit) for index in range(number)]


def instalments_after(deposit, total, number, digits):
    """The same with a ``deposit`` as the first of the parts; 0: none.

    >>> instalments_after(40.0, 100.0, 3, 2), instalments_after(0, 100.0, 3, 2)
    ([40.0, 30.0, 30.0], [33.34, 33.33, 33.33])
    """
    if not deposit:
        return instalments(total, number, digits)
    return [deposit, *instalments(round(total - deposit, digits), number - 1, digits)]


def instalment_dates(first, number, interval):
    """The days of the instalments; in a month that is too short for the first one's day, its last.

    >>> [str(day) for day in instalment_dates(date(2026, 1, 31), 3, "monthly")]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    >>> [str(day) for day in instalment_dates(date(2026, 3, 30), 2, "weekly")]
    ['2026-03-30', '2026-04-06']
    """
    step = INTERVALS[interval]
    return [add(first, **{unit: count * index for unit, count in step.items()}) for index in range(number)]


def owed(where):
    """SQL for (promise id, number of items, open, owed) of the promises ``s`` matched by ``where``.

    A draft counts as open, a cancelled document as neither open nor paid.
    """
    return SQL(
        """
        SELECT s.id, COUNT(l.id) AS items,
               COALESCE(SUM(CASE l.parent_state WHEN 'posted' THEN l.amount_residual_currency
                                                WHEN 'draft' THEN l.amount_currency ELSE 0 END), 0) AS open,
               COALESCE(SUM(CASE WHEN l.parent_state = 'posted' THEN l.amount_residual_currency + credited.amount
                                 ELSE l.amount_currency END), 0) AS owed
          FROM dunning_promise s
     LEFT JOIN dunning_promise_line_rel x ON x.promise_id = s.id
     LEFT JOIN account_move_line l ON l.id = x.move_line_id
     LEFT JOIN LATERAL (
            SELECT COALESCE(SUM(p.debit_amount_currency), 0) AS amount
              FROM account_partial_reconcile p
              JOIN account_move_line c ON c.id = p.credit_move_id
              JOIN account_move m ON m.id = c.move_id AND m.move_type = 'out_refund'
             WHERE p.debit_move_id = l.id
        ) credited ON TRUE
         WHERE %s
      GROUP BY s.id
        """,
        where,
    )


def aim(promise_ids):
    """SQL: the targets of new promises: each takes its amount off what is owed, those of one
    plan one after the other."""
    return SQL(
        """
        UPDATE dunning_promise s
           SET target = o.owed - (SELECT SUM(e.amount) FROM dunning_promise e
                                   WHERE e.id = s.id
                                      OR (e.plan_id = s.plan_id AND (e.date, e.id) < (s.date, s.id)))
          FROM (%s) o WHERE o.id = s.id
        """,
        owed(SQL("s.id IN %s", tuple(promise_ids))),
    )


def follow_the_books(where, today, policy):
    """SQL that brings the states of the promises ``s`` matched by ``where`` in line with the books;
    returns (id, new state) of those that changed.

    Kept: as much money came as was promised, or all that credit notes have left of it. Void: the
    items are settled without any. What was kept and is owed again goes back to open, until the next day
    at least: who corrects how a payment was matched breaks nothing. Broken: its
    date and the days of grace of its customer's ``policy``, an expression on the row ``cp``, are
    over, and no charge of it is on its way; broken and cancelled stay.
    """
    return SQL(
        """
        UPDATE dunning_promise s
           SET state = new.state, broken_date = CASE WHEN new.state = 'broken' THEN new.until + 1 END
          FROM (
                SELECT s.id, grace.until,
                       CASE WHEN o.items = 0 THEN 'cancelled'
                            WHEN o.owed <= s.target + unit.half THEN 'kept'
                            WHEN o.open <= unit.half AND o.owed < s.target + s.amount - unit.half THEN 'kept'
                            WHEN o.open <= unit.half THEN 'cancelled'
                            WHEN grace.until < %(today)s AND s.state = 'open'
                                 AND NOT EXISTS (SELECT 1 FROM payment_charge c
                                                  WHERE c.promise_id = s.id AND c.state IN ('announced', 'pending'))
                            THEN 'broken'
                            ELSE 'open' END AS state
                  FROM (%(owed)s) o
                  JOIN dunning_promise s ON s.id = o.id
                  JOIN res_partner p ON p.id = s.partner_id
                  JOIN res_partner cp ON cp.id = p.commercial_partner_id
     LEFT JOIN LATERAL (SELECT c.rounding / 2 AS half FROM res_currency c WHERE c.id = s.currency_id) unit ON TRUE
     LEFT JOIN LATERAL (SELECT s.date + COALESCE(
                               (SELECT y.grace_days FROM dunning_policy y WHERE y.id = %(policy)s), 0) AS until) grace ON TRUE
               ) new
         WHERE new.id = s.id AND new.state != s.state
     RETURNING s.id, s.state
        """,
        owed=owed(SQL("s.state IN ('open', 'kept') AND %s", where)),
        today=today,
        policy=policy,
    )


def lapse(promise_ids):
    """SQL: the open instalments after a broken one of the same plan are cancelled; returns ids."""
    return SQL(
        """
        UPDATE dunning_promise s SET state = 'cancelled'
          FROM dunning_promise broken
         WHERE broken.id IN %s AND broken.state = 'broken' AND s.plan_id = broken.plan_id AND s.state = 'open'
     RETURNING s.id
        """,
        tuple(promise_ids),
    )


def policies_of(partner_ids, policy):
    """SQL for (customer id, policy id); ``policy`` is an expression on the row ``cp``."""
    return SQL("SELECT cp.id, %s FROM res_partner cp WHERE cp.id IN %s", policy, tuple(partner_ids))


def badges(move_ids):
    """SQL for (document id, promised, on a plan, promise broken, disputed): of the items that are
    still open."""
    return SQL(
        """
        SELECT l.move_id, COALESCE(bool_or(s.state = 'open'), FALSE), COALESCE(bool_or(s.state = 'open' AND s.plan_id IS NOT NULL), FALSE),
               COALESCE(bool_or(s.state = 'broken') AND NOT bool_or(s.state = 'open'), FALSE), bool_or(d.id IS NOT NULL)
          FROM account_move_line l
     LEFT JOIN dunning_promise_line_rel x ON x.move_line_id = l.id
     LEFT JOIN dunning_promise s ON s.id = x.promise_id
     LEFT JOIN dunning_dispute_line_rel y ON y.move_line_id = l.id
     LEFT JOIN dunning_dispute d ON d.id = y.dispute_id AND d.state = 'open'
         WHERE l.move_id IN %s AND l.reconciled IS NOT TRUE
      GROUP BY l.move_id
        """,
        tuple(move_ids),
    )


def under_discussion():
    """SQL for the ids of the documents of which somebody has promised or disputed something that is open."""
    return SQL(
        """(SELECT l.move_id FROM dunning_promise_line_rel x
              JOIN dunning_promise s ON s.id = x.promise_id AND s.state = 'open'
              JOIN account_move_line l ON l.id = x.move_line_id
             UNION
            SELECT l.move_id FROM dunning_dispute_line_rel y
              JOIN dunning_dispute d ON d.id = y.dispute_id AND d.state = 'open'
              JOIN account_move_line l ON l.id = y.move_line_id)"""
    )


def before_discussion(move_ids):
    """SQL for (document id, id of the status before) of those that are *Under discussion* by a promise or a dispute
    alone, of which none is open any more."""
    return SQL(
        """SELECT d.id, c.old_status_id
             FROM account_move d
             JOIN LATERAL (SELECT old_status_id, is_agreed FROM handling_status_change
                            WHERE res_model = 'account.move' AND res_id = d.id
                         ORDER BY id DESC LIMIT 1) c ON c.is_agreed AND c.old_status_id IS NOT NULL
            WHERE d.id IN %s AND d.handling_role = 'in_progress' AND d.id NOT IN %s""",
        move_ids,
        under_discussion(),
    )
