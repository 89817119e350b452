"""The strongest reasons of a forecast: what the features that belong together add to the chance to be late, against
a usual document, and what is told of them."""

from odoo.tools import SQL

from .features import FEATURES

#: So many are told.
MOST = 3
#: What adds less to the logarithm of the odds is no reason.
LEAST = 0.05


def reasons(model):
    """An expression of the features: the strongest first, as ``[{"code": …, …}]``."""
    told = _told()
    rows = [
        SQL("(%s, %s)", _added(model, of), told[group])
        for group, of in _groups().items()
        if any(model["late"]["weights"].get(name) for name in of)
    ]
    if not rows:
        return SQL("'[]'::jsonb")
    return SQL(
        """(SELECT COALESCE(jsonb_agg(r.reason ORDER BY ABS(r.added) DESC), '[]'::jsonb)
              FROM (SELECT r.reason, r.added FROM (VALUES %s) AS r(added, reason)
                     WHERE r.reason IS NOT NULL AND ABS(r.added) >= %s
                  ORDER BY ABS(r.added) DESC LIMIT %s) r)""",
        SQL(", ").join(rows),
        LEAST,
        MOST,
    )


def _groups():
    """``{reason: its features}``"""
    groups = {}
    for name, group in FEATURES.items():
        groups.setdefault(group, []).append(name)
    return groups


def _added(model, names):
    weights, means = model["late"]["weights"], model["means"]
    terms = [
        SQL(
            "%s::double precision * (%s - %s::double precision)",
            weights[name],
            SQL.identifier(f"x_{name}"),
            means.get(name, 0.0),
        )
        for name in names
        if weights.get(name)
    ]
    return SQL("(%s)", SQL(" + ").join(terms))


def _told():
    """What is told of each group: JSON, or NULL where there is nothing to tell."""

    def said(code, **facts):
        parts = [SQL("'code', %s::varchar", code)]
        parts += [SQL("%s::varchar, %s", name, value) for name, value in facts.items()]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(parts))

    days = SQL("ROUND(c_days / NULLIF(c_n, 0))::integer")
    times = SQL("ROUND((amount / NULLIF(c_amount, 0)::numeric)::numeric, 1)")
    return {
        "habit": SQL(
            "CASE WHEN c_n = 0 THEN NULL WHEN ROUND(c_days / c_n) >= 1 THEN %s ELSE %s END",
            said("usual_late", days=days, share=SQL("ROUND(100 * c_late / c_n)::integer")),
            said("usual_in_time", share=SQL("ROUND(100 - 100 * c_late / c_n)::integer")),
        ),
        "lately": SQL(
            "CASE WHEN c_f_n < 0.2 THEN NULL WHEN x_late_lately > 0.1 THEN %s WHEN x_late_lately < -0.1 THEN %s END",
            said("worse_lately"),
            said("better_lately"),
        ),
        "last": SQL(
            "CASE WHEN c_last >= 2 THEN %s END", said("late_of_last", late=SQL("c_late_of_last"), count=SQL("c_last"))
        ),
        "amount": SQL(
            "CASE WHEN c_count > 0 AND (x_amount > 0.4 OR x_amount < -0.4) THEN %s END",
            said("usual_amount", times=times),
        ),
        "terms": said("terms", days=SQL("due - issued")),
        "day": SQL(
            "CASE WHEN x_weekend = 1 THEN %s WHEN x_month_end = 1 THEN %s END",
            said("due_weekend"),
            said("due_month_end"),
        ),
        "disputes": SQL(
            "CASE WHEN c_disputed > 0 THEN %s END",
            said("disputes", share=SQL("ROUND(100 * c_disputed / NULLIF(c_n, 0))::integer")),
        ),
        "overdue": SQL(
            "CASE WHEN c_overdue > 0 THEN %s ELSE %s END",
            said("overdue", count=SQL("c_overdue"), days=SQL("c_oldest")),
            said("nothing_overdue"),
        ),
        "promises": SQL(
            "CASE WHEN e_broken > 0 THEN %s WHEN e_kept > 0 THEN %s END",
            said("broken_promises", count=SQL("e_broken")),
            said("kept_promises", count=SQL("e_kept")),
        ),
        "silent": SQL("CASE WHEN e_silent > 0 THEN %s END", said("silent", count=SQL("e_silent"))),
        "first": SQL("CASE WHEN c_count = 0 THEN %s END", said("first_document")),
        "all": SQL(
            "CASE WHEN x_all_lately > 0.1 THEN %s WHEN x_all_lately < -0.1 THEN %s END",
            said("all_later"),
            said("all_sooner"),
        ),
    }
