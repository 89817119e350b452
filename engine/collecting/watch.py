"""Who is watched, and why: one SQL statement for each kind of reason, over all customers of a
company.

Each kind is a SELECT of ``partner_id``, ``ref`` (which of several reasons of the kind it is) and
``params`` (what its sentence names, as of the day on which it began). A reason begins when it
isn't on the list, and ends when the SELECT no longer yields it.
"""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..books.items import booked, open_now
from ..dunning.items import notice_day
from ..handling.contact import CONTACTS

WATCH_KINDS = [
    ("no_reply", "No reply"),
    ("complaint", "Complaint"),
    ("dispute", "Dispute"),
    ("habit", "Later than usual"),
    ("returned", "Returned payment"),
    ("rating", "Rating from outside"),
]

#: Ratings of 1 to 5 below this are a complaint; for so many days, unless a better one follows.
LOW_RATING = 3
COMPLAINT_DAYS = 90
#: A habit is known from so many payments in the last days.
HABIT_PAYMENTS = 3
HABIT_DAYS = 365


class Watch(NamedTuple):
    """What is asked: of which company, as of which day.

    ``silent_mails``: e-mails in a row without a reply; ``habit_margin``: days later than usual;
    0 switches either off. ``rating``, ``rating_source`` and ``rating_date`` are expressions on
    the customer, a row called ``cp``. ``zone`` is the company's time zone. Attempts from before
    ``tries_since`` aren't kept (None: all are).
    """

    company_id: int
    today: date
    silent_mails: int
    habit_margin: int
    rating: SQL
    rating_source: SQL
    rating_date: SQL
    zone: str = "UTC"
    tries_since: date | None = None


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


def _items(watch):
    """Open debit items of the company's customers that aren't wholly under way."""
    return SQL(
        """
        SELECT o.id, o.move_id, o.customer_id AS partner_id, o.payment_returned_date AS returned,
               %(today)s - o.due AS days_late
          FROM (%(items)s) o
         WHERE o.company_id = %(company)s AND o.left_currency > 0 AND o.customer_id IS NOT NULL
        """,
        items=open_now(),
        today=watch.today,
        company=watch.company_id,
    )


def _no_reply(watch):
    """The last e-mails in a row got no reply, no payment, and nobody was reached since: of those that
    left when attempts are still kept, else nobody knows whether somebody was reached."""
    return SQL(
        """
        SELECT noticed.partner_id, '' AS ref,
               jsonb_build_object('count', count(*), 'date', min(noticed.day)) AS params
          FROM (SELECT n.*, %(notice_day)s AS day FROM dunning_notice n) noticed
         WHERE noticed.company_id = %(company)s AND noticed.channel = 'email' AND noticed.state = 'sent'
           AND (noticed.day < %(tries_since)s::date) IS NOT TRUE
           AND EXISTS (SELECT 1 FROM (%(items)s) i WHERE i.partner_id = noticed.partner_id AND i.days_late > 0)
           AND NOT EXISTS (SELECT 1 FROM dunning_notice n
                            WHERE n.partner_id = noticed.partner_id AND n.company_id = %(company)s
                              AND n.replied_date >= noticed.day)
           AND NOT EXISTS (SELECT 1 FROM (%(booked)s) l
                            WHERE l.customer_id = noticed.partner_id AND l.company_id = %(company)s
                              AND l.balance < 0 AND l.date >= noticed.day
                              AND (l.payment_id IS NOT NULL OR l.statement_line_id IS NOT NULL))
           AND NOT EXISTS (SELECT 1 FROM contact_attempt t
                             JOIN res_partner p ON p.id = t.partner_id
                            WHERE p.commercial_partner_id = noticed.partner_id
                              AND COALESCE(t.company_id, %(company)s) = %(company)s
                              AND t.outcome IN %(contacts)s AND t.active
                              AND t.date::date >= noticed.day)
      GROUP BY noticed.partner_id
        HAVING count(*) >= %(mails)s AND %(mails)s > 0
        """,
        company=watch.company_id,
        tries_since=watch.tries_since,
        items=_items(watch),
        contacts=CONTACTS,
        mails=watch.silent_mails,
        booked=booked(),
        notice_day=notice_day(watch.zone),
    )


def _complaint(watch):
    """The last rating by a customer who owes something is low, and not long ago."""
    return SQL(
        """
        SELECT partner_id, id::varchar AS ref, jsonb_build_object('rating', rating::int, 'date', day) AS params
          FROM (SELECT DISTINCT ON (p.commercial_partner_id)
                       p.commercial_partner_id AS partner_id, r.id, r.rating, r.write_date::date AS day
                  FROM rating_rating r JOIN res_partner p ON p.id = r.partner_id
                 WHERE r.consumed AND r.rating > 0
              ORDER BY p.commercial_partner_id, r.write_date DESC, r.id DESC) newest
         WHERE rating < %(low)s AND day > %(today)s - %(days)s
           AND EXISTS (SELECT 1 FROM (%(items)s) i WHERE i.partner_id = newest.partner_id)
        """,
        low=LOW_RATING,
        days=COMPLAINT_DAYS,
        today=watch.today,
        items=_items(watch),
    )


def _dispute(watch):
    return SQL(
        """SELECT p.commercial_partner_id AS partner_id, d.id::varchar AS ref,
                  jsonb_build_object('dispute_id', d.id) AS params
             FROM dunning_dispute d JOIN res_partner p ON p.id = d.partner_id
            WHERE d.company_id = %s AND d.state = 'open'""",
        watch.company_id,
    )


def _habit(watch):
    """The formula of ``breaks_habit``, for all customers."""
    return SQL(
        """
        SELECT late.partner_id, '' AS ref,
               jsonb_build_object('usual', round(usual.days), 'margin', %(margin)s::int) AS params
          FROM (SELECT partner_id, max(days_late) AS days FROM (%(items)s) i GROUP BY partner_id) late
          JOIN (SELECT partner_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY delay)::numeric AS days
                  FROM (SELECT l.customer_id AS partner_id, max(r.max_date) - min(l.due) AS delay
                          FROM (%(booked)s) l
                          JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
                          JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                         WHERE l.company_id = %(company)s AND l.reconciled AND l.customer_id IS NOT NULL
                      GROUP BY l.customer_id, l.id
                        HAVING max(r.max_date) > %(today)s - %(days)s) paid
              GROUP BY partner_id
                HAVING count(*) >= %(payments)s) usual ON usual.partner_id = late.partner_id
         WHERE %(margin)s > 0 AND late.days > 0 AND late.days > usual.days + %(margin)s
        """,
        items=_items(watch),
        booked=booked(),
        company=watch.company_id,
        today=watch.today,
        days=HABIT_DAYS,
        payments=HABIT_PAYMENTS,
        margin=watch.habit_margin,
    )


def _returned(watch):
    """A payment was taken back, and its item is still open."""
    return SQL(
        """SELECT partner_id, concat(id, ' ', returned) AS ref,
                  jsonb_build_object('move_id', move_id, 'date', returned) AS params
             FROM (%s) i WHERE returned IS NOT NULL""",
        _items(watch),
    )


def _rating(watch):
    """Somebody outside thinks ill of the customer; a later opinion is another reason."""
    return SQL(
        """SELECT cp.id AS partner_id, COALESCE((%(date)s)::varchar, '') AS ref,
                  jsonb_build_object('source', %(source)s, 'date', %(date)s) AS params
             FROM res_partner cp
            WHERE cp.active AND cp.commercial_partner_id = cp.id AND %(rating)s = 'poor'""",
        rating=watch.rating,
        source=watch.rating_source,
        date=watch.rating_date,
    )


WATCH_REASONS = {
    "no_reply": _no_reply,
    "complaint": _complaint,
    "dispute": _dispute,
    "habit": _habit,
    "returned": _returned,
    "rating": _rating,
}


def follow(kind, watch, uid, now):
    """SQL that brings the list in line with the reasons of a kind: writes only what changed, and
    returns (id, whether it began). What was begun meanwhile by another process is left out."""
    return SQL(
        """
        WITH reason AS MATERIALIZED (%(reasons)s),
             ended AS (
            UPDATE dunning_watch w SET until = %(today)s, write_uid = %(uid)s, write_date = %(now)s
             WHERE w.company_id = %(company)s AND w.kind = %(kind)s AND w.until IS NULL
               AND NOT EXISTS (SELECT 1 FROM reason r WHERE r.partner_id = w.partner_id AND r.ref = w.ref)
         RETURNING w.id
        ), begun AS (
            INSERT INTO dunning_watch (partner_id, company_id, kind, ref, params, since,
                                       create_uid, write_uid, create_date, write_date)
            SELECT r.partner_id, %(company)s, %(kind)s, r.ref, r.params, %(today)s,
                   %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM reason r
             WHERE NOT EXISTS (SELECT 1 FROM dunning_watch w
                                WHERE w.company_id = %(company)s AND w.kind = %(kind)s AND w.until IS NULL
                                  AND w.partner_id = r.partner_id AND w.ref = r.ref)
          ORDER BY r.partner_id, r.ref
       ON CONFLICT DO NOTHING
         RETURNING id
        )
        SELECT id, FALSE FROM ended UNION ALL SELECT id, TRUE FROM begun
        """,
        reasons=WATCH_REASONS[kind](watch),
        kind=kind,
        company=watch.company_id,
        today=watch.today,
        uid=uid,
        now=now,
    )
