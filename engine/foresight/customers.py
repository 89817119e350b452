"""The record of each customer: how it has paid, as known on a day."""

from odoo.tools import SQL

from .documents import booked

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
    before, nobody knows how late it will be. Means are empty where there is nothing to take them of.
    """
    return SQL(
        """
        WITH known AS MATERIALIZED (%(known)s),
             company AS (SELECT SUM(weight * days) / NULLIF(SUM(weight), 0) AS days,
                                SUM(weight * (days > 30)::integer) / NULLIF(SUM(weight), 0) AS risk
                           FROM known WHERE days IS NOT NULL),
             segment AS (SELECT k.segment, (SUM(weight * k.days) + %(pull)s * MAX(c.days)) / (SUM(weight) + %(pull)s) AS days,
                                (SUM(weight * (k.days > 30)::integer) + %(pull)s * MAX(c.risk)) / (SUM(weight) + %(pull)s) AS risk
                           FROM known k CROSS JOIN company c WHERE k.days IS NOT NULL GROUP BY k.segment),
             customer AS (
                SELECT customer_id, MAX(segment) AS segment, COUNT(settled) AS settled_count,
                       COUNT(*) FILTER (WHERE settled > due) AS late_count,
                       COALESCE(SUM(weight) FILTER (WHERE days IS NOT NULL), 0) AS weight,
                       COALESCE(SUM(weight * days), 0) AS days, MAX(usual) AS mean_days_late,
                       COALESCE(SUM(weight) FILTER (WHERE days > 30), 0) AS over,
                       COUNT(*) FILTER (WHERE settled > due AND place <= %(last)s) AS late_of_last,
                       COUNT(settled) FILTER (WHERE place <= %(last)s) AS last_count,
                       AVG(days) FILTER (WHERE is_recent) AS recent_days_late,
                       AVG(days) FILTER (WHERE NOT is_recent) AS before_days_late,
                       MIN(issued) AS first_issued, MAX(settled) AS last_settled
                  FROM known GROUP BY customer_id),
             promise AS (
                SELECT p.commercial_partner_id AS customer_id, COUNT(*) FILTER (WHERE d.state = 'broken') AS broken,
                       COUNT(*) FILTER (WHERE d.state = 'kept') AS kept
                  FROM dunning_promise d JOIN res_partner p ON p.id = d.partner_id
                 WHERE d.company_id = %(company)s AND d.date <= %(as_of)s
              GROUP BY 1)
        SELECT c.customer_id, c.settled_count, c.late_count,
               (c.days + %(pull)s * s.days) / (c.weight + %(pull)s) AS expected_days_late,
               (c.over + %(pull)s * s.risk) / (c.weight + %(pull)s) AS late_risk,
               c.late_of_last, c.last_count, c.recent_days_late, c.before_days_late,
               COALESCE(p.broken, 0) AS broken_promises, COALESCE(p.kept, 0) AS kept_promises,
               c.first_issued, c.last_settled, c.weight + %(pull)s AS weight, c.mean_days_late
          FROM customer c
     LEFT JOIN segment s ON s.segment = c.segment
     LEFT JOIN promise p ON p.customer_id = c.customer_id
        """,
        known=_known(booked(company_id), as_of),
        pull=SHRINKAGE,
        last=LAST,
        company=company_id,
        as_of=as_of,
    )


def _known(documents, as_of):
    """SQL for the documents as known at the end of a day, with ``days`` late (so far), how much they count, whether
    they are of the last time, and their ``place`` among the settled of their customer, the last first."""
    return SQL(
        """
        SELECT w.*, CASE WHEN w.settled IS NOT NULL OR w.is_open AND w.late > COALESCE(w.usual, 0) THEN w.late END AS days
          FROM (
        SELECT x.*, SUM(x.weight * x.late) FILTER (WHERE x.settled IS NOT NULL) OVER customer
                    / NULLIF(SUM(x.weight) FILTER (WHERE x.settled IS NOT NULL) OVER customer, 0) AS usual
          FROM (
        SELECT k.*, LEAST(GREATEST(COALESCE(k.settled, %(as_of)s) - k.due, 0), %(most)s) * 1.0 AS late,
               0.5 ^ ((%(as_of)s - COALESCE(k.settled, %(as_of)s)) / %(half)s::double precision) AS weight,
               COALESCE(k.settled, %(as_of)s) > %(as_of)s - %(recent)s AS is_recent,
               ROW_NUMBER() OVER (PARTITION BY k.customer_id ORDER BY k.settled DESC NULLS LAST, k.id DESC) AS place
          FROM (SELECT d.customer_id, d.id, d.segment, d.issued, d.due,
                       CASE WHEN d.closed <= %(as_of)s THEN d.settled END AS settled,
                       (d.closed <= %(as_of)s) IS NOT TRUE AS is_open
                  FROM (%(documents)s) d WHERE d.issued <= %(as_of)s) k) x
        WINDOW customer AS (PARTITION BY x.customer_id)) w
        """,
        documents=documents,
        as_of=SQL("%s::date", as_of),
        half=HALF_LIFE,
        most=MOST_DAYS,
        recent=RECENT_DAYS,
    )
