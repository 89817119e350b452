"""What was known of a customer when a document came: its habits, by SQL over the documents.

Documents and events are put into tables of the transaction once, so that all that follows reads the same
rows. Nothing here knows more of a day than what had happened before it.
"""

from odoo.tools import SQL

#: The tables of the transaction.
DOCUMENTS, EVENTS, WEEKS = (SQL.identifier(f"l2c_foresight_{name}") for name in ("document", "event", "week"))
#: Days after which something counts half: habits, the latest of them, and the latest of a whole segment.
HALF_LIFE, LATELY, LATELY_ALL = 365, 60, 60
#: The last documents of a customer that are looked at: a hundred beside the one that is asked about.
LOOKED_AT = 101
#: The last documents by themselves.
LAST = 5
#: Days for which a notice without an answer counts.
SILENT_DAYS = 180
#: What stands for the company among its segments.
ALL = -1
#: Any Monday: weeks begin on it.
MONDAY = "2000-01-03"


def lay_out_documents(documents):
    """The statements that make the table of the documents, from SQL for them."""
    return [
        *clear(),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s ORDER BY customer_id, issued, id", DOCUMENTS, documents),
        SQL("CREATE INDEX ON %s (customer_id, issued, id)", DOCUMENTS),
        SQL("ANALYZE %s", DOCUMENTS),
    ]


def lay_out(documents, events):
    """The statements that make all tables, from SQL for the documents and for ``customer_id, day, kind`` of what
    else happened: ``broken`` and ``kept`` promises, ``notice`` and ``answer``."""
    return [
        *lay_out_documents(documents),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", EVENTS, events),
        SQL("CREATE INDEX ON %s (customer_id, day)", EVENTS),
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
          FROM (SELECT segment, week, SUM(n) AS n, SUM(late) AS late, SUM(log_early) AS log_early, SUM(paid) AS paid,
                       SUM(days) AS days, 2 ^ ((week - %(monday)s::date) / %(half)s::double precision) AS slow,
                       2 ^ ((week - %(monday)s::date) / %(lately)s::double precision) AS fast
                  FROM (SELECT segment, due - (due - %(monday)s::date) %% 7 AS week, 1 AS n,
                               ((settled <= due) IS NOT TRUE)::integer AS late, COALESCE(LN(1 + GREATEST(due - settled, 0)), 0) AS log_early,
                               0 AS paid, 0 AS days
                          FROM %(documents)s WHERE settled IS NOT NULL OR closed IS NULL
                         UNION ALL
                        SELECT segment, closed - (closed - %(monday)s::date) %% 7, 0, 0, 0, 1, settled - due
                          FROM %(documents)s WHERE settled > due) d
              GROUP BY segment, week) d
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

    What is known of a customer on a day is computed once, for all of its documents that are asked about; what a
    document says of itself is taken off again.

    :param asked: SQL for ``id, customer_id, segment, amount, issued, due`` and ``day``
    :return: these, and of the customer's other documents ``c_*``, of the segment's ``s_*``, of the company's ``a_*``;
        and the numbers that reasons tell
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (%(asked)s),
             customer AS MATERIALIZED (
                SELECT k.customer_id, k.day, c.*, e.*
                  FROM (SELECT DISTINCT customer_id, day FROM asked) k
            CROSS JOIN LATERAL (%(customer)s) c
            CROSS JOIN LATERAL (%(events)s) e)
        SELECT a.*, %(others)s, c.e_broken, c.e_kept, c.e_silent,
               s.n AS s_n, s.late AS s_late, s.log_early AS s_log_early, s.paid AS s_paid, s.days AS s_days,
               w.n AS a_n, w.late AS a_late, w.log_early AS a_log_early, w.paid AS a_paid, w.days AS a_days,
               w.f_n AS a_f_n, w.f_late AS a_f_late, w.f_paid AS a_f_paid, w.f_days AS a_f_days
          FROM asked a
          JOIN customer c ON c.customer_id = a.customer_id AND c.day = a.day
     LEFT JOIN %(documents)s d ON d.customer_id = a.customer_id AND d.issued = a.issued AND d.id = a.id
               AND d.id = ANY(c.looked_at)
    CROSS JOIN LATERAL (%(known)s) o
     LEFT JOIN LATERAL (SELECT * FROM %(weeks)s w WHERE w.segment = a.segment AND w.week <= a.day - 7
                      ORDER BY w.week DESC LIMIT 1) s ON TRUE
     LEFT JOIN LATERAL (SELECT * FROM %(weeks)s w WHERE w.segment = %(all)s AND w.week <= a.day - 7
                      ORDER BY w.week DESC LIMIT 1) w ON TRUE
        """,
        asked=asked,
        customer=_customer(),
        events=_events(),
        others=_others(),
        documents=DOCUMENTS,
        known=_known(SQL("a.day")),
        weeks=WEEKS,
        all=ALL,
    )


def _customer():
    """The customer of ``k`` by its documents that fell due before the day: paid by then, or still open, which is
    late whatever becomes of it. Those that are paid before they are due count when they are due, else the late would
    be missing among them. The days of the late are all that were waited, so far, over the number that was paid in the
    end: the rate of an exponential distribution with what is cut off (Kalbfleisch & Prentice, 3.2)."""
    sums = [
        SQL("COALESCE(SUM(%s) FILTER (WHERE %s), 0) AS %s", value, condition, SQL.identifier(name))
        for name, (value, condition) in _sums(SQL("t")).items()
    ]
    return SQL(
        """
        SELECT array_agg(t.id) AS looked_at, %(sums)s, COUNT(t.delay) AS known,
               array_agg(t.id) FILTER (WHERE t.delay IS NOT NULL AND t.place <= %(last)s) AS last,
               COUNT(*) FILTER (WHERE t.delay > 0 AND t.place <= %(last)s) AS late_of_last,
               COUNT(*) FILTER (WHERE t.delay > 0 AND t.place <= %(last)s + 1) AS late_of_one_more,
               (array_agg(t.delay ORDER BY t.delay DESC) FILTER (WHERE t.is_overdue))[1:2] AS oldest
          FROM (SELECT d.id, d.amount, d.disputed, o.*,
                       ROW_NUMBER() OVER (ORDER BY o.delay IS NULL, d.due DESC, d.id DESC) AS place
                  FROM (SELECT * FROM %(documents)s d
                         WHERE d.customer_id = k.customer_id AND d.issued < k.day
                      ORDER BY d.issued DESC, d.id DESC LIMIT %(most)s) d
            CROSS JOIN LATERAL (%(known)s) o) t
        """,
        sums=SQL(", ").join(sums),
        documents=DOCUMENTS,
        known=_known(SQL("k.day")),
        last=LAST,
        most=LOOKED_AT,
    )


def _known(day):
    """What is known of a document ``d`` before a day: ``delay`` (so far, where it is overdue), and how much it counts,
    by its age (``slow``, ``fast``); none of both where nothing is known."""
    return SQL(
        """
        SELECT x.is_closed, x.is_overdue, x.delay, 0.5 ^ (x.age / %(half)s::double precision) AS slow,
               0.5 ^ (x.age / %(lately)s::double precision) AS fast
          FROM (SELECT o.*,
                       CASE WHEN o.is_overdue THEN %(day)s - d.due WHEN o.is_closed THEN d.settled - d.due END AS delay,
                       CASE WHEN o.is_overdue THEN 0 WHEN o.is_closed AND d.settled IS NOT NULL THEN %(day)s - GREATEST(d.due, d.settled) END AS age
                  FROM (SELECT d.closed < %(day)s AND d.due < %(day)s AS is_closed,
                               (d.closed < %(day)s) IS NOT TRUE AND d.due < %(day)s AS is_overdue) o) x
        """,
        day=day,
        half=HALF_LIFE,
        lately=LATELY,
    )


def _sums(document, known=None):
    """What is summed of the documents of a customer: ``{name: (of each, of which)}``.

    :param document: the name of a row with ``amount, disputed``
    :param known: that of what is known of it (``_known``), where that is another
    """

    def of(name, row=known or document):
        return SQL("%s.%s", row, SQL.identifier(name))

    slow, fast, delay, is_closed = map(of, ("slow", "fast", "delay", "is_closed"))
    amount, is_late = of("amount", document), SQL("%s > 0", delay)
    is_paid, is_known = SQL("%s AND %s", is_late, is_closed), SQL("%s IS NOT NULL", delay)
    return {
        "count": (SQL("1"), SQL("TRUE")),
        "amount": (amount, SQL("TRUE")),
        "log_amount": (SQL("LN(GREATEST(%s, 0.01::double precision))", amount), SQL("TRUE")),
        "n": (slow, is_known),
        "late": (slow, is_late),
        "log_early": (SQL("%s * LN(1 - %s)", slow, delay), SQL("%s <= 0", delay)),
        "paid": (slow, is_paid),
        "days": (SQL("%s * %s", slow, delay), is_late),
        "disputed": (slow, SQL("%s AND %s", of("disputed", document), is_known)),
        "f_n": (fast, is_known),
        "f_late": (fast, is_late),
        "f_paid": (fast, is_paid),
        "f_days": (SQL("%s * %s", fast, delay), is_late),
        "overdue": (SQL("1"), of("is_overdue")),
    }


def _others():
    """The sums of the customer ``c`` without the document ``d`` itself, of which ``o`` is known; it is none where it
    isn't among those that were looked at."""
    sums = {
        name: SQL(
            "(c.%s - CASE WHEN d.id IS NOT NULL AND %s THEN %s ELSE 0 END)", SQL.identifier(name), condition, value
        )
        for name, (value, condition) in _sums(SQL("d"), SQL("o")).items()
    }
    for name in ("amount", "log_amount"):
        sums[name] = SQL("%s / NULLIF(%s, 0)", sums[name], sums["count"])
    return SQL(
        """%(sums)s, LEAST(c.known - (o.delay IS NOT NULL)::integer, %(last)s) AS c_last,
           CASE WHEN d.id = ANY(c.last) THEN c.late_of_one_more - (o.delay > 0)::integer ELSE c.late_of_last END
               AS c_late_of_last,
           COALESCE(c.oldest[CASE WHEN o.is_overdue AND o.delay = c.oldest[1] THEN 2 ELSE 1 END], 0) AS c_oldest""",
        sums=SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(f"c_{name}")) for name, value in sums.items()),
        last=LAST,
    )


def _events():
    """What else the customer of ``k`` did before the day: promises, and notices since its last answer."""
    return SQL(
        """
        SELECT COUNT(*) FILTER (WHERE kind = 'broken') AS e_broken, COUNT(*) FILTER (WHERE kind = 'kept') AS e_kept,
               COUNT(*) FILTER (WHERE kind = 'notice' AND day > COALESCE(answered, k.day - %(days)s)
                                  AND day >= k.day - %(days)s) AS e_silent
          FROM (SELECT e.kind, e.day, MAX(e.day) FILTER (WHERE kind = 'answer') OVER () AS answered
                  FROM %(events)s e WHERE e.customer_id = k.customer_id AND e.day < k.day) e
        """,
        events=EVENTS,
        days=SILENT_DAYS,
    )
