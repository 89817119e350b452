"""The features by which a document is judged, from what was known of its customer (see ``states``)."""

from odoo.tools import SQL

#: The segment's habit counts as so many of the customer's documents; the company's, of the segment's.
SHRINKAGE = 1
#: What is expected where there is no document at all: one in four is late, by a week; others are two days early.
NOBODY = {"late": 0.25, "days": 7.0, "log_early": 1.1}

#: Each feature, and the reason that it belongs to. What a file doesn't have is 0 for all, and weighs nothing.
FEATURES = {
    "late": "habit",
    "late_lately": "lately",
    "late_of_last": "last",
    "days": "habit",
    "days_lately": "lately",
    "log_early": "habit",
    "amount": "amount",
    "terms": "terms",
    "weekend": "day",
    "month_end": "day",
    "disputes": "disputes",
    "overdue": "overdue",
    "oldest": "overdue",
    "broken": "promises",
    "kept": "promises",
    "silent": "silent",
    "first": "first",
    "known": "first",
    "all_lately": "all",
    "all_days_lately": "all",
}


def features(asked_states):
    """SQL for the states with ``x_*``, a column a feature.

    A share of *n* documents is shrunk as *(late + k p) / (n + k)*, the mean of a beta distribution whose prior says
    *p* with the weight of *k* documents (Gelman et al., Bayesian Data Analysis, 2.4).
    """
    columns = SQL(", ").join(
        SQL("(%s)::double precision AS %s", expression, SQL.identifier(f"x_{name}"))
        for name, expression in _expressions().items()
    )
    return SQL(
        """
        SELECT f.*, %(columns)s
          FROM (SELECT s.*, %(customer)s
                  FROM (SELECT s.*, %(segment)s
                          FROM (SELECT s.*, %(company)s FROM (%(states)s) s OFFSET 0) s OFFSET 0) s OFFSET 0) f
        OFFSET 0 -- each of these is computed once, not wherever it is named
        """,
        columns=columns,
        states=asked_states,
        company=_shrunk("a", "p_a", None),
        segment=_shrunk("s", "p_s", "p_a"),
        customer=_shrunk("c", "p_c", "p_s"),
    )


def _shrunk(of, name, prior):
    """The chance to be late, the days of the late, and the mean logarithm of those (and one) of the early."""
    k = SHRINKAGE

    def mean(total, count, what):
        before = SQL("%s::double precision", NOBODY[what]) if prior is None else SQL.identifier(f"{prior}_{what}")
        return SQL(
            "(COALESCE(%s, 0) + %s * %s) / (COALESCE(%s, 0) + %s) AS %s",
            SQL.identifier(f"{of}_{total}"),
            k,
            before,
            count,
            k,
            SQL.identifier(f"{name}_{what}"),
        )

    n, late, paid = (SQL.identifier(f"{of}_{total}") for total in ("n", "late", "late" if of == "c" else "paid"))
    in_time = SQL("(%s - %s)", n, late)
    return SQL(", ").join(
        [mean("late", n, "late"), mean("days", paid, "days"), mean("log_early", in_time, "log_early")]
    )


def _logit(share):
    return SQL("LN(%(p)s / (1 - %(p)s))", p=SQL("LEAST(GREATEST(%s, 0.005), 0.995)", share))


def _expressions():
    k = SHRINKAGE
    lately = SQL("(c_f_late + %(k)s * p_c_late) / (c_f_n + %(k)s)", k=k)
    all_lately = SQL("(COALESCE(a_f_late, 0) + %(k)s * p_a_late) / (COALESCE(a_f_n, 0) + %(k)s)", k=k)
    return {
        "late": _logit(SQL("p_c_late")),
        "late_lately": SQL("%s - %s", _logit(lately), _logit(SQL("p_c_late"))),
        "late_of_last": SQL("(c_late_of_last + %(k)s * p_c_late) / (c_last + %(k)s) - p_c_late", k=k),
        "days": SQL("LN(p_c_days)"),
        "days_lately": SQL("LN((c_f_days + %(k)s * p_c_days) / (c_f_late + %(k)s) / p_c_days)", k=k),
        "log_early": SQL("p_c_log_early"),
        "amount": SQL(
            "LEAST(GREATEST(COALESCE(LN(GREATEST(amount, 0.01::double precision)) - c_log_amount, 0), -3), 3)"
        ),
        "terms": SQL("LN(1 + GREATEST(due - issued, 0))"),
        "weekend": SQL("(EXTRACT(ISODOW FROM due) >= 6)::integer"),
        "month_end": SQL("(EXTRACT(DAY FROM due) >= 26)::integer"),
        "disputes": SQL("c_disputed / (c_n + %s)", k),
        "overdue": SQL("LN(1 + c_overdue)"),
        "oldest": SQL("LN(1 + c_oldest)"),
        "broken": SQL("LN(1 + e_broken)"),
        "kept": SQL("LN(1 + e_kept)"),
        "silent": SQL("LN(1 + e_silent)"),
        "first": SQL("(c_count = 0)::integer"),
        "known": SQL("LN(1 + c_n)"),
        "all_lately": SQL("%s - %s", _logit(all_lately), _logit(SQL("p_a_late"))),
        "all_days_lately": SQL(
            "LN((COALESCE(a_f_days, 0) + %(k)s * p_a_days) / (COALESCE(a_f_paid, 0) + %(k)s) / p_a_days)", k=k
        ),
    }
