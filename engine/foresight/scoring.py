"""What a model says of documents, by SQL: the arithmetic of ``survival``, for many at once."""

import itertools

from odoo.tools import SQL

from .learning import SURE_ENOUGH
from .reasons import reasons
from .survival import FURTHEST, GRID, STEEP

#: What a dispute moves.
PARTS = ("late", "days")
#: By which day it is paid with which chance.
CHANCES = {"paid_early": 0.1, "paid_likely": 0.5, "paid_latest": 0.9}


def predicted(featured, model, day, in_dispute=None):
    """SQL for the features of documents with what the model says of them: ``p``, the chance to be late on the day on
    which it came, ``mu`` and ``mu_early``, the centres of the logarithms of the days; ``waited``: it wasn't paid
    by that day after its due date; and ``is_moved``: by a dispute.

    :param in_dispute: SQL for whether a document is disputed now; None: none is
    """
    added = model.get("in_dispute", {})
    moved = in_dispute if in_dispute and any(added.values()) else SQL("FALSE")
    late, days = (SQL("(%s + %s)", linear(model[part], model), _of_dispute(added.get(part), moved)) for part in PARTS)
    return SQL(
        """
        SELECT x.*, LEAST(GREATEST(1 / (1 + EXP(-LEAST(GREATEST(%(late)s, -%(steep)s), %(steep)s))), %(sure)s), 1 - %(sure)s) AS p,
               %(days)s AS mu, %(early)s AS mu_early, %(day)s::date - 1 - due AS waited,
               %(moved)s AS is_moved
          FROM (%(featured)s) x
        OFFSET 0 -- computed once, not wherever it is named
        """,
        featured=featured,
        late=late,
        days=days,
        moved=moved,
        early=linear(model["early"], model),
        day=day,
        sure=SURE_ENOUGH,
        steep=STEEP,
    )


def _of_dispute(added, moved):
    return SQL("CASE WHEN %s THEN %s::double precision ELSE 0 END", moved, added or 0.0)


def linear(part, model):
    """A part of a model as an expression of the features."""
    terms = [
        SQL("%s::double precision * %s", weight, within(name, model))
        for name, weight in part["weights"].items()
        if weight
    ]
    return SQL("(%s)", SQL(" + ").join([SQL("%s::double precision", part["intercept"]), *terms]))


def within(name, model):
    """A feature, as far as such were seen: what is beyond them says no more."""
    if name not in model.get("seen", {}):
        return SQL.identifier(f"x_{name}")
    low, high = model["seen"][name]
    return SQL(
        "LEAST(GREATEST(%s, %s::double precision), %s::double precision)", SQL.identifier(f"x_{name}"), low, high
    )


def forecasts(documents, model, day):
    """SQL for the forecasts of documents that aren't paid before a day.

    :param documents: SQL as of ``predicted``
    :return: ``move_id, partner_id, late_1, late_30, late_60, expected_days_late, paid_early, paid_likely,
        paid_latest, reasons``
    """
    spread, early_spread = model["days"]["spread"], model["early"]["spread"]

    def survival(at):
        return SQL(
            """CASE WHEN %(at)s < 0 THEN 1 - (1 - p) * %(early)s WHEN %(at)s = 0 THEN p ELSE p * %(late)s END""",
            at=at,
            early=_beyond(SQL("(1 - %s)", at), SQL("mu_early"), early_spread),
            late=_beyond(at, SQL("mu"), spread),
        )

    chances = SQL(", ").join(
        SQL("%s / left_over AS %s", survival(SQL("GREATEST(%s, waited)", days)), SQL.identifier(name))
        for name, days in (("late_1", 0), ("late_30", 30), ("late_60", 60))
    )
    days = SQL(", ").join(
        SQL("due + %s AS %s", _paid_by(share, spread, early_spread), SQL.identifier(name))
        for name, share in CHANCES.items()
    )
    grid = SQL(", ").join(
        SQL("(%s, %s::double precision)", step, width) for step, width in zip(GRID, _widths(), strict=True)
    )
    return SQL(
        """
        SELECT s.id AS move_id, s.customer_id AS partner_id, %(chances)s,
               GREATEST(waited, 0) + e.days / left_over AS expected_days_late, %(days)s, %(reasons)s AS reasons
          FROM (SELECT y.*, %(left_over)s AS left_over FROM (%(documents)s) y OFFSET 0) s
    CROSS JOIN LATERAL (SELECT SUM(g.width * %(expected)s) AS days
                          FROM (VALUES %(grid)s) AS g(step, width)) e
        """,
        chances=chances,
        days=days,
        reasons=reasons(model),
        left_over=survival(SQL("waited")),
        documents=documents,
        expected=SQL(
            "CASE WHEN GREATEST(waited, 0) + g.step = 0 THEN p ELSE p * %s END",
            _beyond(SQL("(GREATEST(waited, 0) + g.step)"), SQL("mu"), spread),
        ),
        grid=grid,
    )


def _widths():
    """How much each point of the grid counts in the mean, by the trapezoidal rule."""
    gaps = [0, *(until - since for since, until in itertools.pairwise(GRID)), 0]
    return [(before + after) / 2 for before, after in itertools.pairwise(gaps)]


def _beyond(days, centre, spread):
    return SQL(
        "1 / (1 + EXP(LEAST(GREATEST((LN(GREATEST(%s, 1)) - %s) / %s::double precision, -%s), %s)))",
        days,
        centre,
        spread,
        STEEP,
        STEEP,
    )


def _paid_by(share, spread, early_spread):
    """The day after the due date by which it is paid with a chance, when it wasn't until it had waited."""
    left = SQL("((1 - %s::double precision) * left_over)", share)
    return SQL(
        """LEAST(GREATEST(CASE
               WHEN %(left)s < p
               THEN CEIL(EXP(LEAST(mu + %(spread)s::double precision * LN(p / %(left)s - 1), 20)))
               ELSE -FLOOR(GREATEST(EXP(LEAST(mu_early + %(early)s::double precision
                        * LN(GREATEST((1 - p) / (1 - %(left)s) - 1, 1e-9)), 20)) - 1, 0)) END, waited + 1),
               %(furthest)s + GREATEST(waited, 0))::integer""",
        left=left,
        spread=spread,
        early=early_spread,
        furthest=FURTHEST,
    )
