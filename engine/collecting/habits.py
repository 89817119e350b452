"""Who pays late as a rule, later than usual, or worse than before: SELECTs of the watch list."""

from odoo.tools import SQL

from ..books.items import booked
from .watch_question import open_items

#: A habit is known from so many payments in the last days.
HABIT_PAYMENTS = 3
HABIT_DAYS = 365
#: A chronic late payer is known from so many settled documents.
CHRONIC_PAYMENTS = 5
#: Grades of late payers.
LATE_GRADES = ("d", "e")
#: What is recent, in days.
HABIT_RECENT_DAYS = 90


def breaks_habit(days_late, delays, margin):
    """Whether somebody pays later than usual: the oldest open item is past due by more days
    than the median of the delays of the last payments and a margin.

    A delay is the days from the due date to the last payment; negative: paid before. The
    database does the same with ``percentile_cont(0.5)``.

    >>> breaks_habit(20, [0, 2, 30], margin=14), breaks_habit(16, [0, 2, 30], margin=14)
    (True, False)
    >>> breaks_habit(50, [40, 44], margin=7), breaks_habit(50, [40, 44, 48], margin=7)
    (False, False)
    >>> breaks_habit(5, [-20, -20, -20], margin=14), breaks_habit(0, [-20, -20, -20], margin=14)
    (True, False)
    """
    if len(delays) < HABIT_PAYMENTS or days_late <= 0:
        return False
    ordered = sorted(delays)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return days_late > median + margin


def pays_worse(delays, earlier, margin):
    """Whether the recent payments came later than the earlier ones: on average by more days than the margin.

    >>> pays_worse([30, 40, 50], [0, 5, 10], margin=14), pays_worse([12, 14, 16], [0, 5, 10], margin=14)
    (True, False)
    >>> pays_worse([90], [0, 0, 0], margin=14), pays_worse([90, 90, 90], [0, 0, 0], margin=0)
    (False, False)
    """
    if min(len(delays), len(earlier)) < HABIT_PAYMENTS or not margin:
        return False
    return sum(delays) / len(delays) > sum(earlier) / len(earlier) + margin


def _paid(watch):
    """Items that were settled in the last year: ``partner_id``, ``paid`` (the day of the last money), and
    ``delay`` in days after the due date. What was written off or credited alone wasn't paid."""
    return SQL(
        """
        SELECT l.customer_id AS partner_id, max(r.max_date) AS paid, max(r.max_date) - min(l.due) AS delay
          FROM (%(booked)s) l
          JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
          JOIN account_partial_reconcile r ON r.debit_move_id = l.id
          JOIN account_move_line money ON money.id = r.credit_move_id
           AND (money.payment_id IS NOT NULL OR money.statement_line_id IS NOT NULL)
         WHERE l.company_id = %(company)s AND l.reconciled AND l.customer_id IS NOT NULL
      GROUP BY l.customer_id, l.id
        HAVING max(r.max_date) > %(today)s - %(days)s
        """,
        booked=booked(),
        company=watch.company_id,
        today=watch.today,
        days=HABIT_DAYS,
    )


def habit(watch):
    """The formula of :func:`breaks_habit`, for all customers."""
    return SQL(
        """
        SELECT late.partner_id, '' AS ref,
               jsonb_build_object('usual', round(usual.days), 'margin', %(margin)s::int) AS params
          FROM (SELECT partner_id, max(days_late) AS days FROM (%(items)s) i GROUP BY partner_id) late
          JOIN (SELECT partner_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY delay)::numeric AS days
                  FROM (%(paid)s) paid
              GROUP BY partner_id
                HAVING count(*) >= %(payments)s) usual ON usual.partner_id = late.partner_id
         WHERE %(margin)s > 0 AND late.days > 0 AND late.days > usual.days + %(margin)s
        """,
        items=open_items(watch),
        paid=_paid(watch),
        payments=HABIT_PAYMENTS,
        margin=watch.habit_margin,
    )


def chronic(watch):
    """Late as a rule, whatever is open: the grade is D or E, or more days are expected than the company's
    margin; without a grade, the median of at least five payments of the last year is beyond the margin. Of
    customers who were invoiced in the last year."""
    return SQL(
        """
        SELECT DISTINCT ON (known.partner_id) known.partner_id, '' AS ref,
               jsonb_build_object('days', round(days), 'late', late, 'settled', settled) AS params
          FROM (SELECT g.partner_id, g.expected_days_late::numeric AS days, g.late_count AS late,
                       g.settled_count AS settled, 1 AS first
                  FROM payment_grade g
                 WHERE g.company_id = %(company)s AND g.until IS NULL AND g.settled_count >= %(payments)s
                   AND (g.grade IN %(late_grades)s OR g.expected_days_late > %(margin)s)
                   AND g.partner_id IN (SELECT l.customer_id FROM (%(booked)s) l
                                         WHERE l.company_id = %(company)s AND l.date > %(today)s - %(days)s)
                 UNION ALL
                SELECT paid.partner_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY delay)::numeric,
                       count(*) FILTER (WHERE delay > 0), count(*), 2
                  FROM (%(paid)s) paid
                 WHERE NOT EXISTS (SELECT 1 FROM payment_grade g
                                    WHERE g.company_id = %(company)s AND g.partner_id = paid.partner_id
                                      AND g.until IS NULL AND g.grade != 'new')
              GROUP BY paid.partner_id
                HAVING count(*) >= %(payments)s
                   AND percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) > %(margin)s) known
         WHERE %(margin)s > 0
      ORDER BY known.partner_id, first
        """,
        company=watch.company_id,
        payments=CHRONIC_PAYMENTS,
        late_grades=LATE_GRADES,
        margin=watch.chronic_days,
        booked=booked(),
        paid=_paid(watch),
        today=watch.today,
        days=HABIT_DAYS,
    )


def worsening(watch):
    """The grade fell in the last 90 days, or the days that are expected grew by more than the margin with
    it; or the formula of :func:`pays_worse`."""
    return SQL(
        """
        SELECT g.partner_id, concat('grade ', g.since) AS ref,
               jsonb_build_object('from', before.grade, 'to', g.grade, 'date', g.since) AS params
          FROM payment_grade g
    CROSS JOIN LATERAL (SELECT p.grade, p.expected_days_late FROM payment_grade p
                         WHERE p.company_id = g.company_id AND p.partner_id = g.partner_id AND p.until IS NOT NULL
                      ORDER BY p.since DESC, p.id DESC LIMIT 1) before
         WHERE g.company_id = %(company)s AND g.until IS NULL AND %(margin)s > 0
           AND g.since > %(today)s - %(recent)s AND 'new' NOT IN (g.grade, before.grade)
           AND (g.grade > before.grade OR g.expected_days_late > before.expected_days_late + %(margin)s)
         UNION ALL
        SELECT partner_id, 'mean' AS ref,
               jsonb_build_object('before', round(avg(delay) FILTER (WHERE NOT recent)),
                                  'recent', round(avg(delay) FILTER (WHERE recent))) AS params
          FROM (SELECT partner_id, delay, paid > %(today)s - %(recent)s AS recent FROM (%(paid)s) paid) dated
      GROUP BY partner_id
        HAVING %(margin)s > 0
           AND least(count(*) FILTER (WHERE recent), count(*) FILTER (WHERE NOT recent)) >= %(payments)s
           AND avg(delay) FILTER (WHERE recent) > avg(delay) FILTER (WHERE NOT recent) + %(margin)s
        """,
        company=watch.company_id,
        today=watch.today,
        recent=HABIT_RECENT_DAYS,
        paid=_paid(watch),
        payments=HABIT_PAYMENTS,
        margin=watch.habit_margin,
    )
