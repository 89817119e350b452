"""Who is watched, and why: one SQL statement for each kind of reason, over all customers of a
company.

Each kind is a SELECT of ``partner_id``, ``ref`` (which of several reasons of the kind it is) and
``params`` (what its sentence names, as of the day on which it began). A reason begins when it
isn't on the list, and ends when the SELECT no longer yields it.
"""

from odoo.tools import SQL

from ..books.items import booked, open_now
from ..dunning.items import notice_day
from ..handling.contact import CONTACTS
from .habits import chronic, habit, worsening
from .watch_question import open_items

WATCH_KINDS = [
    ("no_reply", "No reply"),
    ("complaint", "Complaint"),
    ("dispute", "Dispute"),
    ("habit", "Later than usual"),
    ("chronic", "Chronic late payer"),
    ("worsening", "Pays worse than before"),
    ("promises", "Broken promises"),
    ("limit", "Over the credit limit"),
    ("returned", "Returned payment"),
    ("rating", "Rating from outside"),
    ("warning", "Warning"),
]

#: Ratings of 1 to 5 below this are a complaint; for so many days, unless a better one follows.
LOW_RATING = 3
COMPLAINT_DAYS = 90
#: Promises that were broken in so many days count.
BROKEN_DAYS = 365


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
        items=open_items(watch),
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
        items=open_items(watch),
    )


def _dispute(watch):
    return SQL(
        """SELECT p.commercial_partner_id AS partner_id, d.id::varchar AS ref,
                  jsonb_build_object('dispute_id', d.id) AS params
             FROM dunning_dispute d JOIN res_partner p ON p.id = d.partner_id
            WHERE d.company_id = %s AND d.state = 'open'""",
        watch.company_id,
    )


def _returned(watch):
    """A payment was taken back, and its item is still open."""
    return SQL(
        """SELECT partner_id, concat(id, ' ', returned) AS ref,
                  jsonb_build_object('move_id', move_id, 'date', returned) AS params
             FROM (%s) i WHERE returned IS NOT NULL""",
        open_items(watch),
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


def _promises(watch):
    """So many promises were broken in the last twelve months; a payment plan is one."""
    return SQL(
        """
        SELECT p.commercial_partner_id AS partner_id, '' AS ref,
               jsonb_build_object('count', count(DISTINCT COALESCE(-s.plan_id, s.id))) AS params
          FROM dunning_promise s JOIN res_partner p ON p.id = s.partner_id
         WHERE s.company_id = %(company)s AND s.state = 'broken' AND %(most)s > 0
           AND COALESCE(s.broken_date, s.date) > %(today)s - %(days)s
      GROUP BY 1
        HAVING count(DISTINCT COALESCE(-s.plan_id, s.id)) >= %(most)s
        """,
        company=watch.company_id,
        today=watch.today,
        days=BROKEN_DAYS,
        most=watch.broken_promises,
    )


def _limit(watch):
    """What is open is more than the customer's credit limit, as the host adds it up: in the companies
    under the same root, credits taken off."""
    return SQL(
        """
        SELECT cp.id AS partner_id, '' AS ref,
               jsonb_build_object('amount', SUM(o.residual), 'limit', MAX(%(limit)s)) AS params
          FROM (%(items)s) o JOIN res_partner cp ON cp.id = o.customer_id
         WHERE o.company_id IN %(companies)s AND %(limit)s > 0
      GROUP BY cp.id
        HAVING SUM(o.residual) > MAX(%(limit)s)
        """,
        items=open_now(),
        companies=watch.credit_companies,
        limit=watch.credit_limit,
    )


def _warning(watch):
    """Somebody has entered a warning that holds today."""
    return SQL(
        """
        SELECT x.partner_id, x.id::varchar AS ref, jsonb_build_object('warning_id', x.id) AS params
          FROM customer_warning x
         WHERE x.company_id = %(company)s AND x.active AND x.day <= %(today)s AND (x.until >= %(today)s) IS NOT FALSE
        """,
        company=watch.company_id,
        today=watch.today,
    )


WATCH_REASONS = {
    "no_reply": _no_reply,
    "complaint": _complaint,
    "dispute": _dispute,
    "habit": habit,
    "chronic": chronic,
    "worsening": worsening,
    "promises": _promises,
    "limit": _limit,
    "returned": _returned,
    "rating": _rating,
    "warning": _warning,
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


def to_look_at(company_id):
    """SQL for (customer, ids of the reasons that nobody has dealt with, the oldest first, ids of the open
    alerts) of a company: a customer with such reasons has one alert, another none."""
    return SQL(
        """
        SELECT w.partner_id,
               array_agg(w.id ORDER BY w.since, w.id) FILTER (WHERE w.until IS NULL AND w.dealt_on IS NULL),
               array_agg(a.id ORDER BY w.until NULLS FIRST, a.id) FILTER (WHERE a.id IS NOT NULL)
          FROM dunning_watch w
     LEFT JOIN mail_activity a ON a.res_model = 'dunning.watch' AND a.res_id = w.id AND a.active AND a.automated
         WHERE w.company_id = %s AND (w.until IS NULL OR a.id IS NOT NULL)
      GROUP BY w.partner_id
        """,
        company_id,
    )
