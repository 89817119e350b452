"""The strongest reasons of a forecast: what the features that belong together add to the chance to be late, against
a usual document, and what is told of them."""

from odoo.tools import SQL

from .features import FEATURES

#: So many are told.
REASONS_TOLD = 3
#: What adds less to the logarithm of the odds is no reason.
LEAST_ADDED = 0.05


def reasons(model):
    """An expression of the features: the strongest first, as ``[{"code": …, …}]``. Of who is past due, that comes
    first, then a dispute that moves it; of who is rather late than not, only what speaks for it follows."""
    told = _told()
    groups = [group for group, names in _groups().items() if any(model["late"]["weights"].get(name) for name in names)]
    groups += [group for group in model.get("told_too", ()) if group not in groups]
    if not groups:
        return _first()
    rows = [
        SQL("(%s, %s, %s)", place, _added(model, _groups()[group]), told[group][0])
        for place, group in enumerate(groups)
    ]
    said = [SQL("WHEN %s THEN %s", place, told[group][1]) for place, group in enumerate(groups)]
    return SQL(
        """%s || (SELECT COALESCE(jsonb_agg(CASE r.place %s END ORDER BY ABS(r.added) DESC, r.place), '[]'::jsonb)
              FROM (SELECT r.place, r.added FROM (VALUES %s) AS r(place, added, is_told)
                     WHERE r.is_told AND ABS(r.added) >= %s AND (r.added > 0 OR p < 0.5 AND waited <= 0)
                  ORDER BY ABS(r.added) DESC, r.place LIMIT %s - (waited > 0)::integer - is_moved::integer) r)""",
        _first(),
        SQL(" ").join(said),
        SQL(", ").join(rows),
        LEAST_ADDED,
        REASONS_TOLD,
    )


def _first():
    return SQL(
        """CASE WHEN waited > 0 THEN jsonb_build_array(jsonb_build_object('code', 'past_due', 'days', waited))
                ELSE '[]'::jsonb END
        || CASE WHEN is_moved THEN '[{"code": "in_dispute"}]'::jsonb ELSE '[]'::jsonb END"""
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
    if not terms:  # told after what adds something
        return SQL("%s::double precision", LEAST_ADDED)
    return SQL("(%s)", SQL(" + ").join(terms))


def _told():
    """(whether there is something to tell, what is told) of each group; how it compares is the model's to say."""
    return _told_of_document() | _told_of_habits() | _told_of_debts()


def _said(code, **facts):
    parts = [SQL("'code', %s::varchar", code)]
    parts += [SQL("%s::varchar, %s", name, value) for name, value in facts.items()]
    return SQL("jsonb_build_object(%s)", SQL(", ").join(parts))


def _either(condition, one, other):
    return SQL("CASE WHEN %s THEN %s ELSE %s END", condition, one, other)


def _told_of_document():
    """The document itself, and all customers of its day."""
    times = SQL("ROUND((amount / NULLIF(c_amount, 0))::numeric, 1)")
    return {
        "amount": (SQL("c_count > 0 AND ABS(x_amount) > 0.4"), _said("usual_amount", times=times)),
        "terms": (SQL("TRUE"), _said("terms", days=SQL("due - issued"))),
        "day": (
            SQL("x_weekend + x_month_end > 0"),
            _either(SQL("x_weekend = 1"), _said("due_weekend"), _said("due_month_end")),
        ),
        "first": (SQL("c_count = 0"), _said("first_document")),
        "all": (
            SQL("ABS(x_all_lately) > 0.1"),
            _either(SQL("x_all_lately > 0"), _said("all_later"), _said("all_sooner")),
        ),
    }


def _told_of_habits():
    """How the customer has paid."""
    days = SQL("ROUND(c_days / NULLIF(c_n, 0))::integer")
    share = SQL("ROUND(100 * c_late / NULLIF(c_n, 0))::integer")
    return {
        "habit": (
            SQL("c_n > 0"),
            _either(
                SQL("ROUND(c_days / NULLIF(c_n, 0)) >= 1"),
                _said("usual_late", days=days, share=share),
                _said("usual_in_time", share=SQL("100 - %s", share)),
            ),
        ),
        "lately": (
            SQL("c_f_n >= 0.2 AND ABS(x_late_lately) > 0.1"),
            _either(SQL("x_late_lately > 0"), _said("worse_lately"), _said("better_lately")),
        ),
        "last": (SQL("c_last >= 2"), _said("late_of_last", late=SQL("c_late_of_last"), count=SQL("c_last"))),
    }


def _told_of_debts():
    """What else it owes, disputes and promises, and whether it answers."""
    return {
        "disputes": (
            SQL("c_disputed > 0"),
            _said("disputes", share=SQL("ROUND(100 * c_disputed / NULLIF(c_n, 0))::integer")),
        ),
        "overdue": (
            SQL("TRUE"),
            _either(
                SQL("c_overdue > 0"),
                _said("overdue", count=SQL("c_overdue"), days=SQL("c_oldest")),
                _said("nothing_overdue"),
            ),
        ),
        "promises": (
            SQL("e_broken + e_kept > 0"),
            _either(
                SQL("e_broken > 0"),
                _said("broken_promises", count=SQL("e_broken")),
                _said("kept_promises", count=SQL("e_kept")),
            ),
        ),
        "silent": (SQL("e_silent > 0"), _said("silent", count=SQL("e_silent"))),
    }
