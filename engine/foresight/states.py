"""What was known of a customer when a document came: its habits, by SQL over the documents.

Documents and events are put into tables of the transaction once, so that all that follows reads the same
rows. Nothing here knows more of a day than what had happened before it.
"""

from odoo.tools import SQL

#: The tables of the transaction.
DOCUMENTS, EVENTS, WEEKS = (SQL.identifier(f"l2c_foresight_{name}") for name in ("document", "event", "week"))
#: Days after which something counts half: habits, the latest of them, and the latest of a whole segment.
HALF_LIFE, LATELY, LATELY_ALL = 365, 60, 60
#: The last documents of a customer that are looked at.
LOOKED_AT = 100
#: The last documents by themselves.
LAST = 5
#: Days for which a notice without an answer counts.
SILENT_DAYS = 180
#: What stands for the company among its segments.
ALL = -1
#: Any Monday: weeks begin on it.
MONDAY = "2000-01-03"


def lay_out(documents, events):
    """The statements that make the tables, from SQL for the documents and for ``customer_id, day, kind`` of what
    else happened: ``broken`` and ``kept`` promises, ``notice`` and ``answer``."""
    return [
        *clear(),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s ORDER BY customer_id, issued, id", DOCUMENTS, documents),
        SQL("CREATE INDEX ON %s (customer_id, issued)", DOCUMENTS),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", EVENTS, events),
        SQL("CREATE INDEX ON %s (customer_id, day)", EVENTS),
        SQL("ANALYZE %s", DOCUMENTS),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", WEEKS, _weeks()),
        SQL("CREATE INDEX ON %s (segment, week)", WEEKS),
        SQL("ANALYZE %s", WEEKS),
    ]


def clear():
    """The statements that end them."""
    return [SQL("DROP TABLE IF EXISTS %s", table) for table in (DOCUMENTS, EVENTS, WEEKS)]


def _weeks():
    """The habits of each segment, and of the company (the segment ``ALL``), as known after each week in which
    something happened: sums, weighed by age as of that week; ``f_`` of the last time alone.

    Lateness is known when the due date has passed, for all that fell due together: ``n`` documents, of which
    ``late``, and ``log_early``, the logarithms of the days (and one) of the others. How late is known when it is
    paid: ``days`` of ``paid`` documents.
    """
    sums = [
        SQL(
            "SUM(SUM(%s * %s)) OVER so_far / MAX(%s) AS %s",
            weight,
            SQL.identifier(name),
            weight,
            SQL.identifier(f"{prefix}{name}"),
        )
        for prefix, weight in (("", SQL("slow")), ("f_", SQL("fast")))
        for name in ("n", "late", "log_early", "paid", "days")
    ]
    return SQL(
        """
        SELECT COALESCE(segment, %(all)s) AS segment, week, %(sums)s
          FROM (SELECT d.*, 2 ^ ((week - %(monday)s::date) / %(half)s::double precision) AS slow,
                       2 ^ ((week - %(monday)s::date) / %(lately)s::double precision) AS fast
                  FROM (SELECT segment, due - (due - %(monday)s::date) %% 7 AS week, 1 AS n,
                               ((settled <= due) IS NOT TRUE)::integer AS late, COALESCE(LN(1 + GREATEST(due - settled, 0)), 0) AS log_early,
                               0 AS paid, 0 AS days
                          FROM %(documents)s WHERE settled IS NOT NULL OR closed IS NULL
                         UNION ALL
                        SELECT segment, closed - (closed - %(monday)s::date) %% 7, 0, 0, 0, 1, settled - due
                          FROM %(documents)s WHERE settled > due) d) d
      GROUP BY GROUPING SETS ((segment, week), (week))
        WINDOW so_far AS (PARTITION BY segment ORDER BY week)
        """,
        sums=SQL(", ").join(sums),
        half=HALF_LIFE,
        lately=LATELY_ALL,
        monday=MONDAY,
        documents=DOCUMENTS,
        all=ALL,
    )


def states(asked):
    """SQL for what was known before a day about the customers of documents.

    :param asked: SQL for ``id, customer_id, segment, amount, issued, due`` and ``day``
    :return: these, and of the customer's documents ``c_*``, of the segment's ``s_*``, of the company's ``a_*``; and
        the numbers that reasons tell
    """
    return SQL(
        """
        SELECT a.*, c.*, e.*, s.n AS s_n, s.late AS s_late, s.log_early AS s_log_early, s.paid AS s_paid, s.days AS s_days,
               w.n AS a_n, w.late AS a_late, w.log_early AS a_log_early, w.paid AS a_paid, w.days AS a_days,
               w.f_n AS a_f_n, w.f_late AS a_f_late, w.f_paid AS a_f_paid, w.f_days AS a_f_days
          FROM (%(asked)s) a
    CROSS JOIN LATERAL (%(customer)s) c
    CROSS JOIN LATERAL (%(events)s) e
     LEFT JOIN LATERAL (SELECT * FROM %(weeks)s w WHERE w.segment = a.segment AND w.week <= a.day - 7
                      ORDER BY w.week DESC LIMIT 1) s ON TRUE
     LEFT JOIN LATERAL (SELECT * FROM %(weeks)s w WHERE w.segment = %(all)s AND w.week <= a.day - 7
                      ORDER BY w.week DESC LIMIT 1) w ON TRUE
        """,
        asked=asked,
        customer=_customer(),
        events=_events(),
        weeks=WEEKS,
        all=ALL,
    )


def _customer():
    """The customer of ``a`` by its other documents that fell due before the day: paid by then, or still open, which is
    late whatever becomes of it. Those that are paid before they are due count when they are due, else the late would
    be missing among them. The days of the late are all that were waited, so far, over the number that was paid in the
    end: the rate of an exponential distribution with what is cut off (Kalbfleisch & Prentice, 3.2)."""
    return SQL(
        """
        SELECT COUNT(*) AS c_count, AVG(LN(GREATEST(amount, 0.01::double precision))) AS c_log_amount,
               AVG(amount) AS c_amount,
               COALESCE(SUM(slow), 0) AS c_n, COALESCE(SUM(slow) FILTER (WHERE delay > 0), 0) AS c_late,
               COALESCE(SUM(slow * LN(1 - delay)) FILTER (WHERE delay <= 0), 0) AS c_log_early,
               COALESCE(SUM(slow) FILTER (WHERE delay > 0 AND is_closed), 0) AS c_paid,
               COALESCE(SUM(slow * delay) FILTER (WHERE delay > 0), 0) AS c_days,
               COALESCE(SUM(slow * disputed::integer), 0) AS c_disputed,
               COALESCE(SUM(fast), 0) AS c_f_n, COALESCE(SUM(fast) FILTER (WHERE delay > 0), 0) AS c_f_late,
               COALESCE(SUM(fast) FILTER (WHERE delay > 0 AND is_closed), 0) AS c_f_paid,
               COALESCE(SUM(fast * delay) FILTER (WHERE delay > 0), 0) AS c_f_days,
               COUNT(delay) FILTER (WHERE place <= %(last)s) AS c_last,
               COUNT(*) FILTER (WHERE place <= %(last)s AND delay > 0) AS c_late_of_last,
               COUNT(*) FILTER (WHERE is_overdue) AS c_overdue, COALESCE(MAX(delay) FILTER (WHERE is_overdue), 0) AS c_oldest
          FROM (SELECT d.*, 0.5 ^ (age / %(half)s::double precision) AS slow, 0.5 ^ (age / %(lately)s::double precision) AS fast,
                       ROW_NUMBER() OVER (ORDER BY delay IS NULL, due DESC, id DESC) AS place
                  FROM (SELECT d.id, d.amount, d.due, d.disputed, o.is_overdue, o.is_closed,
                               CASE WHEN o.is_overdue THEN a.day - d.due WHEN o.is_closed THEN d.settled - d.due END AS delay,
                               CASE WHEN o.is_overdue THEN 0 WHEN o.is_closed AND d.settled IS NOT NULL THEN a.day - GREATEST(d.due, d.settled) END AS age
                          FROM (SELECT * FROM %(documents)s d
                                 WHERE d.customer_id = a.customer_id AND d.issued < a.day AND d.id != a.id
                              ORDER BY d.issued DESC, d.id DESC LIMIT %(most)s) d
                    CROSS JOIN LATERAL (SELECT d.closed < a.day AND d.due < a.day AS is_closed,
                                               (d.closed < a.day) IS NOT TRUE AND d.due < a.day AS is_overdue) o) d) d
        """,
        documents=DOCUMENTS,
        last=LAST,
        half=HALF_LIFE,
        lately=LATELY,
        most=LOOKED_AT,
    )


def _events():
    """What else the customer of ``a`` did before the day: promises, and notices since its last answer."""
    return SQL(
        """
        SELECT COUNT(*) FILTER (WHERE kind = 'broken') AS e_broken, COUNT(*) FILTER (WHERE kind = 'kept') AS e_kept,
               COUNT(*) FILTER (WHERE kind = 'notice' AND day > COALESCE(answered, a.day - %(days)s)
                                  AND day >= a.day - %(days)s) AS e_silent
          FROM (SELECT e.kind, e.day, MAX(e.day) FILTER (WHERE kind = 'answer') OVER () AS answered
                  FROM %(events)s e WHERE e.customer_id = a.customer_id AND e.day < a.day) e
        """,
        events=EVENTS,
        days=SILENT_DAYS,
    )
