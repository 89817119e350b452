"""Which grade a record of payments gives, why, and what would raise it."""

from math import ceil

from odoo.tools import SQL

#: Expected days late of each grade, at most; beyond the last it is E.
LIMITS = (("a", 2), ("b", 10), ("c", 30), ("d", 60))
WORST = "e"
#: Settled documents from which there is a grade.
ENOUGH = 5
#: Reasons that are told.
REASONS_TOLD = 3
#: Days by which paying has changed, to be told.
CHANGE = 5
#: Late documents among the last ones are told from so many on.
LAST = 3


def grade(days, settled):
    """The grade of a record: ``days`` late are expected, of ``settled`` documents.

    >>> [grade(days, 5) for days in (0, 2, 2.1, 10, 30, 60, 60.1)]
    ['a', 'a', 'b', 'b', 'c', 'd', 'e']
    >>> grade(90, 4)
    'new'
    """
    if settled < ENOUGH:
        return "new"
    return next((name for name, limit in LIMITS if days <= limit), WORST)


def better(name):
    """The next better grade and its limit of days; None where there is none.

    >>> better("e"), better("b"), better("a"), better("new")
    (('d', 60), ('a', 2), None, None)
    """
    names = [*(name for name, _limit in LIMITS), WORST]
    return LIMITS[names.index(name) - 1] if name in names[1:] else None


def on_time_until(days, weight, limit):
    """How many further documents, paid on time, bring a mean of ``days``, of as many as ``weight`` documents, down to
    ``limit``: the smallest n with days * weight / (weight + n) ≤ limit.

    >>> on_time_until(12, 10, 10), on_time_until(20, 5, 10), on_time_until(61, 60, 60)
    (2, 5, 1)
    """
    return max(1, ceil(round(days * weight / limit - weight, 6)))


def raise_sql():
    """The same of a row ``r`` with a ``grade``, ``exact`` days and ``weight``; of a new one, how many are missing
    until there is a grade; NULL for the best."""
    worse = [*(name for name, _limit in LIMITS[1:]), WORST]
    cases = [SQL("WHEN %s THEN %s::float8", name, limit) for name, (_better, limit) in zip(worse, LIMITS, strict=True)]
    return SQL(
        """CASE WHEN r.grade = 'new' THEN %s - r.settled_count
                WHEN r.grade != %s THEN GREATEST(1, CEIL(ROUND(
                     (r.exact * r.weight / (CASE r.grade %s END) - r.weight)::numeric, 6)))::int END""",
        ENOUGH,
        LIMITS[0][0],
        SQL(" ").join(cases),
    )


def grade_sql():
    """The same as ``grade``, of a row with ``days`` and ``settled_count``."""
    cases = [SQL("WHEN days <= %s THEN %s", limit, name) for name, limit in LIMITS]
    return SQL("CASE WHEN settled_count < %s THEN 'new' %s ELSE %s END", ENOUGH, SQL(" ").join(cases), WORST)


def reasons_sql():
    """SQL for the strongest reasons of a row ``r``, as ``l2c.reasons.mixin`` stores them: how late it has paid on
    average weighs its days, each broken promise ten, a kept one three (twelve at most), a change as many days as it is, and late
    ones among the last up to thirty."""
    return SQL(
        """
        (SELECT COALESCE(jsonb_agg(x.reason ORDER BY x.weight DESC, x.code), '[]'::jsonb)
           FROM (SELECT v.* FROM (VALUES
                  ('few', 100::numeric, r.settled_count < %(enough)s, jsonb_build_object('count', r.settled_count)),
                  ('usual_late', r.mean, r.settled_count >= %(enough)s AND r.mean > %(best)s,
                   jsonb_build_object('days', r.mean::int)),
                  ('on_time', 5, r.settled_count >= %(enough)s AND r.mean <= %(best)s, '{}'::jsonb),
                  ('others_late', 4, r.settled_count >= %(enough)s AND r.mean <= %(best)s AND r.days > %(best)s,
                   '{}'::jsonb),
                  ('late_of_last', 30.0 * r.late_of_last / NULLIF(r.last_count, 0),
                   r.last_count >= %(last)s AND r.late_of_last > 0,
                   jsonb_build_object('late', r.late_of_last, 'count', r.last_count)),
                  ('broken_promises', 10 * r.broken_promises, r.broken_promises > 0,
                   jsonb_build_object('count', r.broken_promises)),
                  ('kept_promises', LEAST(3 * r.kept_promises, 12), r.kept_promises > 0 AND r.broken_promises = 0,
                   jsonb_build_object('count', r.kept_promises)),
                  ('worsening', r.recent - r.before, r.recent - r.before >= %(change)s,
                   jsonb_build_object('days', r.recent::int, 'before', r.before::int)),
                  ('improving', r.before - r.recent, r.before - r.recent >= %(change)s,
                   jsonb_build_object('days', r.recent::int, 'before', r.before::int))
                ) s (code, weight, holds, params),
                LATERAL (SELECT s.code, s.weight, jsonb_build_object('code', s.code) || s.params AS reason) v
                 WHERE s.holds ORDER BY v.weight DESC, v.code LIMIT %(told)s) x)
        """,
        enough=ENOUGH,
        best=LIMITS[0][1],
        last=LAST,
        change=CHANGE,
        told=REASONS_TOLD,
    )
