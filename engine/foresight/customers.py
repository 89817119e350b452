"""The record of each customer: how it has paid, as known on a day."""

from odoo.tools import SQL

from .states import DOCUMENTS

#: What a year ago was counts half.
HALF_LIFE = 365
#: The segment counts as so many documents of the customer, and the company as so many of the segment.
SHRINKAGE = 1
#: Days late are counted up to this: one that is never paid says no more.
MOST_DAYS = 365
#: The last documents by themselves, and the days that are recent.
LAST = 5
RECENT_DAYS = 180


def records(company_id, as_of):
    """SQL with a row for each commercial customer of a company that had a document by the end of the day ``as_of``:
    ``customer_id, settled_count, late_count, expected_days_late`` (mean days after the due date, weighed by age, shrunk
    to the segment's and the company's)``, late_risk`` (in the same way, the share more than 30 days late)``,
    late_of_last`` of ``last_count`` documents (at most the last five)``, recent_days_late`` (mean of the last 180
    days)``, before_days_late`` (mean before)``, broken_promises, kept_promises, first_issued, last_settled, weight``
    (of how many documents of today the means are)``, mean_days_late`` (the customer's own, of what is settled).

    What isn't paid yet counts in the means, and not in the counts, once it is later than the customer is on average:
    before, nobody knows how late it will be. Means are empty where there is nothing to take them of. The documents are
    there already (``states.lay_out_documents``).
    """
    return SQL(
        """
        WITH summed AS MATERIALIZED (%(summed)s),
             company AS (SELECT SUM(days) / NULLIF(SUM(weight), 0) AS days, SUM(over) / NULLIF(SUM(weight), 0) AS risk
                           FROM summed),
             segment AS (SELECT s.segment, (SUM(s.days) + %(pull)s * MAX(c.days)) / (SUM(weight) + %(pull)s) AS days,
                                (SUM(over) + %(pull)s * MAX(c.risk)) / (SUM(weight) + %(pull)s) AS risk
                           FROM summed s CROSS JOIN company c GROUP BY s.segment HAVING SUM(weight) > 0),
             customer AS (
                SELECT customer_id, MAX(segment) AS segment, SUM(settled_count)::integer AS settled_count,
                       SUM(late_count)::integer AS late_count, SUM(weight) AS weight, SUM(days) AS days, SUM(over) AS over,
                       SUM(recent_days) / NULLIF(SUM(recent_count), 0) AS recent_days_late,
                       SUM(before_days) / NULLIF(SUM(before_count), 0) AS before_days_late,
                       MAX(usual) AS mean_days_late, MIN(first_issued) AS first_issued, MAX(last_settled) AS last_settled
                  FROM summed GROUP BY customer_id),
             promise AS (
                SELECT p.commercial_partner_id AS customer_id, COUNT(*) FILTER (WHERE d.state = 'broken') AS broken,
                       COUNT(*) FILTER (WHERE d.state = 'kept') AS kept
                  FROM dunning_promise d JOIN res_partner p ON p.id = d.partner_id
                 WHERE d.company_id = %(company)s AND d.date <= %(as_of)s
              GROUP BY 1)
        SELECT c.customer_id, c.settled_count, c.late_count,
               (c.days + %(pull)s * s.days) / (c.weight + %(pull)s) AS expected_days_late,
               (c.over + %(pull)s * s.risk) / (c.weight + %(pull)s) AS late_risk,
               l.late AS late_of_last, l.count AS last_count, c.recent_days_late, c.before_days_late,
               COALESCE(p.broken, 0) AS broken_promises, COALESCE(p.kept, 0) AS kept_promises,
               c.first_issued, c.last_settled, c.weight + %(pull)s AS weight, c.mean_days_late
          FROM customer c
    CROSS JOIN LATERAL (%(last)s) l
     LEFT JOIN segment s ON s.segment = c.segment
     LEFT JOIN promise p ON p.customer_id = c.customer_id
        """,
        summed=_summed(as_of),
        pull=SHRINKAGE,
        last=_last(as_of),
        company=company_id,
        as_of=as_of,
    )


def _summed(as_of):
    """SQL with a row for each customer and segment: what its documents sum up to; ``usual``, the customer's own mean
    of the settled, which those that are open have to be later than."""
    return SQL(
        """
        SELECT c.customer_id, c.segment, c.settled_count, c.late_count, c.usual, c.weight + w.count AS weight,
               c.days + w.days AS days, c.over + w.over AS over, c.recent_days + w.days AS recent_days,
               c.recent_count + w.count AS recent_count, c.before_days, c.before_count, c.first_issued, c.last_settled
          FROM (SELECT c.*, SUM(c.days) OVER customer / NULLIF(SUM(c.weight) OVER customer, 0) AS usual
                  FROM (%(counted)s) c
                WINDOW customer AS (PARTITION BY c.customer_id)) c
    CROSS JOIN LATERAL (SELECT COUNT(*) AS count, COALESCE(SUM(o.late), 0) AS days, COUNT(*) FILTER (WHERE o.late > 30) AS over
                          FROM unnest(c.waiting) o(late) WHERE o.late > COALESCE(c.usual, 0)) w
        """,
        counted=_counted(as_of),
    )


def _counted(as_of):
    """The same of the settled ones alone, weighed by age; ``waiting``, the days of those that are open."""
    return SQL(
        """
        SELECT customer_id, segment, COUNT(settled) AS settled_count, COUNT(*) FILTER (WHERE settled > due) AS late_count,
               COALESCE(SUM(weight), 0) AS weight, COALESCE(SUM(weight * late), 0) AS days,
               COALESCE(SUM(weight) FILTER (WHERE late > 30), 0) AS over,
               COALESCE(SUM(late) FILTER (WHERE is_recent), 0)::double precision AS recent_days,
               COUNT(*) FILTER (WHERE is_recent) AS recent_count,
               COALESCE(SUM(late) FILTER (WHERE NOT is_recent), 0)::double precision AS before_days,
               COUNT(*) FILTER (WHERE NOT is_recent) AS before_count,
               array_agg(late) FILTER (WHERE is_open) AS waiting, MIN(issued) AS first_issued, MAX(settled) AS last_settled
          FROM (SELECT k.*, LEAST(GREATEST(COALESCE(k.settled, %(as_of)s) - k.due, 0), %(most)s) AS late,
                       0.5 ^ ((%(as_of)s - k.settled) / %(half)s::double precision) AS weight,
                       k.settled > %(as_of)s - %(recent)s AS is_recent
                  FROM (%(known)s) k
                OFFSET 0) k -- computed once, not wherever it is named
      GROUP BY customer_id, segment
        """,
        known=_known(as_of),
        as_of=SQL("%s::date", as_of),
        half=HALF_LIFE,
        most=MOST_DAYS,
        recent=RECENT_DAYS,
    )


def _last(as_of):
    """Of the customer ``c`` the documents that were settled last, by themselves."""
    return SQL(
        """
        SELECT COUNT(*) AS count, COUNT(*) FILTER (WHERE settled > due) AS late
          FROM (SELECT k.settled, k.due FROM (%s) k
                 WHERE k.customer_id = c.customer_id AND k.settled IS NOT NULL
              ORDER BY k.settled DESC, k.id DESC LIMIT %s) k
        """,
        _known(as_of),
        LAST,
    )


def _known(as_of):
    """SQL for the documents as known at the end of a day."""
    return SQL(
        """
        SELECT d.customer_id, d.id, d.segment, d.issued, d.due,
               CASE WHEN d.closed <= %(as_of)s THEN d.settled END AS settled,
               (d.closed <= %(as_of)s) IS NOT TRUE AS is_open
          FROM %(documents)s d WHERE d.issued <= %(as_of)s
        """,
        documents=DOCUMENTS,
        as_of=SQL("%s::date", as_of),
    )
