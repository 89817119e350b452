"""What is learnt from the documents of a company, and the rules that it is measured against.

A model is plain data: for the chance to be late (``late``), the days of the late (``days``) and of the early
(``early``) an intercept and a weight a feature, and of the days the spread; ``means`` are the usual features, from
which reasons are told; ``in_dispute``, what an open dispute adds; ``instead``, the plain rule where that isn't used.
"""

from math import exp, log, pi, sin
from operator import mul

from odoo.tools import SQL

from .features import FEATURES, features
from .learning import SURE_ENOUGH, chance, linear, logistic
from .states import DOCUMENTS, states

#: Documents that are learnt from at most, and how old they may be.
MOST_DOCUMENTS, MOST_DAYS = 10_000, 3 * 365
#: Found by cross-validation on the documents of docs/foresight.md: the penalty, and after how many days a document
#: teaches half.
PENALTY, HALF_LIFE = 10, 90
#: The same for days.
PENALTY_OF_DAYS = 50
#: Reasons that say nothing of days: what all do is their level, and the number of documents grows with time.
NOT_OF_DAYS = ("all", "first")
#: What was paid in the last days says the level of the days, and how they spread; what was known before counts as so
#: many documents. So many of them are looked at.
LEVEL_DAYS, LEVEL_PULL, SPREAD_PULL, LEVEL_DOCUMENTS = 30, 20, 60, 2_000
#: The spread of the logarithm of days where it can't be learnt.
SPREAD = 0.5
#: Between which it is learnt.
SPREADS = (0.15, 0.75)
#: Fewer documents, or fewer of a kind, teach nothing.
FEWEST, FEWEST_OF_A_KIND = 50, 10

#: The version of what is computed; stored with what it gives.
VERSION = "1"


def sample(day, since=None, most=MOST_DOCUMENTS, with_open=True, at="issued"):
    """SQL for documents whose lateness is known before a day, each as on the day on which it came, with ``x_*``,
    ``is_late``, ``delay`` (of what is settled), ``own`` (its customer's rate) and ``average`` (its company's); evenly
    from all of them.

    :param since: of those alone that came from that day on; else within ``MOST_DAYS``
    :param with_open: with those that are past due and open, so late by the end of the day before
    :param at: ``due``: each as on its due date, when the last that is known of habits is known; to learn from, so that
        a change of habits is learnt without the wait for the days to pay
    """
    asked = SQL(
        """
        SELECT id, customer_id, segment, amount, issued, due, disputed, %(at)s AS day,
               CASE WHEN closed < %(day)s THEN settled - due END AS delay
          FROM %(documents)s
         WHERE due < %(day)s AND issued < %(day)s AND issued >= %(since)s
           AND (closed < %(day)s AND settled IS NOT NULL OR %(with_open)s AND (closed < %(day)s) IS NOT TRUE)
      ORDER BY hashint4(id), id LIMIT %(most)s
        """,
        documents=DOCUMENTS,
        day=SQL("%s::date", day),
        since=SQL("%s::date - %s", day, MOST_DAYS) if since is None else SQL("%s::date", since),
        with_open=with_open,
        most=most,
        at=SQL.identifier(at),
    )
    return _rows(asked, day)


def paid_lately(day):
    """SQL for the documents that were paid in the last ``LEVEL_DAYS`` before a day, as ``sample`` has them, each as
    it would be judged now."""
    asked = SQL(
        """
        SELECT id, customer_id, segment, amount, issued, due, disputed, %(day)s AS day, settled - due AS delay
          FROM %(documents)s
         WHERE due < %(day)s AND closed < %(day)s AND GREATEST(due, settled) >= %(day)s - %(days)s
      ORDER BY hashint4(id), id LIMIT %(most)s
        """,
        documents=DOCUMENTS,
        day=SQL("%s::date", day),
        days=LEVEL_DAYS,
        most=LEVEL_DOCUMENTS,
    )
    return _rows(asked, day)


def _rows(asked, day):
    return SQL(
        """
        SELECT %s, (delay IS NULL OR delay > 0)::integer AS is_late, delay::integer,
               p_c_late::double precision AS own, p_a_late::double precision AS average,
               (%s::date - due)::integer AS age, disputed
          FROM (%s) f
      ORDER BY issued, id
        """,
        SQL(", ").join(SQL.identifier(f"x_{name}") for name in FEATURES),
        day,
        features(states(asked)),
    )


def settled_count(day):
    """SQL for how many documents were settled by the end of a day."""
    return SQL("SELECT COUNT(*) FROM %s WHERE closed <= %s AND settled IS NOT NULL", DOCUMENTS, day)


def learn(rows, lately=()):
    """The model of the rows of a ``sample``; of too few, the customer's own rate.

    :param lately: the rows of ``paid_lately``, which say the level of the days
    :return: (model, whether anything was learnt)
    """
    count = len(FEATURES)
    late = sum(row[count] for row in rows)
    if len(rows) < FEWEST or min(late, len(rows) - late) < FEWEST_OF_A_KIND:
        return own_rate(rows), False
    columns = [list(column) for column in zip(*(row[:count] for row in rows), strict=True)]
    weights = [0.5 ** (row[count + 4] / HALF_LIFE) for row in rows]
    means = [sum(column) / len(rows) for column in columns]
    model = {
        "late": _weights(logistic(columns, [row[count] for row in rows], weights, PENALTY)),
        "means": dict(zip(FEATURES, means, strict=True)),
        "seen": dict(zip(FEATURES, map(_range, columns), strict=True)),
    }
    for part, habit, is_such, counted in (
        ("days", "days", lambda delay: delay > 0, lambda delay: delay),
        ("early", "log_early", lambda delay: delay <= 0, lambda delay: 1 - delay),
    ):
        of_days, last = (
            [row for row in found if row[count + 1] is not None and is_such(row[count + 1])] for found in (rows, lately)
        )
        model[part] = _of_days(of_days, last, counted, habit, model["seen"])
    return model | {"in_dispute": disputed(rows, model), "instead": own_rate(rows)}, True


def _range(column):
    """Between which numbers a feature was seen, but for one in a hundred on either side."""
    ordered = sorted(column)
    return ordered[len(ordered) // 100], ordered[-1 - len(ordered) // 100]


def _of_days(rows, lately, counted, habit, seen):
    """What is learnt of the days of documents.

    :param lately: those that were paid last, as they would be judged now
    :param counted: of which days of a delay the logarithm is taken
    :param habit: the feature that alone says it where there are too few
    """
    if len(rows) < FEWEST_OF_A_KIND:
        return _just(habit)
    count = len(FEATURES)
    columns = [list(column) for column in zip(*(row[:count] for row in rows), strict=True)]
    for place, group in enumerate(FEATURES.values()):
        if group in NOT_OF_DAYS:
            columns[place] = [0.0] * len(rows)
    weights = [0.5 ** (row[count + 4] / HALF_LIFE) for row in rows]
    values = [log(counted(row[count + 1])) for row in rows]
    intercept, coefficients = linear(columns, values, weights, PENALTY_OF_DAYS)
    part = _weights((intercept, coefficients))
    centres = [intercept + sum(map(mul, coefficients, row)) for row in rows]
    usual = sum(weight * exp(centre) for weight, centre in zip(weights, centres, strict=True))
    mean = sum(weight * exp(value) for weight, value in zip(weights, values, strict=True))
    last = [(log(counted(row[count + 1])), score(part, _within(row, seen))) for row in lately]
    level, ratio = _level(last), mean / usual
    if habit == "days":  # how early the others pay is known well enough from all of them
        ratio = _ratio(last, level, ratio)
    return part | {"intercept": intercept + level, "spread": spread_of(ratio)}


def _within(row, seen):
    """The features of a row, as far as such were seen."""
    features_of = dict(zip(FEATURES, row, strict=False))
    for name, (low, high) in seen.items():
        features_of[name] = min(max(features_of[name], low), high)
    return features_of


def _level(last):
    """By how much the logarithms of the days that were paid last lie above what the model says of these documents now:
    a new level is known as soon as a few have been paid at it. Shrunk to none, as the mean of a normal distribution is.

    :param last: pairs of both
    """
    return sum(value - centre for value, centre in last) / (len(last) + LEVEL_PULL)


def _ratio(last, level, ratio):
    """How many times the usual number of days their mean is, of those that were paid last; shrunk to that of all.

    >>> _ratio([], 0.0, 1.5), _ratio([(2.0, 1.0)] * 60, 1.0, 1.5)
    (1.5, 1.25)
    """
    if not last:
        return ratio
    own = sum(exp(value) for value, _centre in last) / sum(exp(centre + level) for _value, centre in last)
    return (len(last) * own + SPREAD_PULL * ratio) / (len(last) + SPREAD_PULL)


def disputed(rows, model):
    """What an open dispute adds to a document by itself: to the logarithm of the odds to be late, and to that of the
    days, as those of the company that were disputed at any time were later than the model says of them. Shrunk to
    nothing, never below it; nothing where there are too few.

    :param rows: of a ``sample``
    """
    count = len(FEATURES)
    found = [row for row in rows if row[count + 5]]
    if len(found) < FEWEST_OF_A_KIND:
        return {"late": 0.0, "days": 0.0}
    expected = sum(chance(score(model["late"], _within(row, model.get("seen", {})))) for row in found) / len(found)
    expected = min(max(expected, SURE_ENOUGH), 1 - SURE_ENOUGH)
    late = [row for row in found if row[count]]
    seen = (len(late) + LEVEL_PULL * expected) / (len(found) + LEVEL_PULL)
    left = [
        log(row[count + 1]) - score(model["days"], _within(row, model.get("seen", {})))
        for row in late
        if row[count + 1] is not None
    ]
    return {
        "late": max(log(seen / (1 - seen)) - log(expected / (1 - expected)), 0.0),
        "days": max(sum(left) / (len(left) + LEVEL_PULL), 0.0),
    }


def spread_of(ratio):
    """The spread with which the mean of a log-logistic distribution is so many times its median: the mean is
    *median pi s / sin(pi s)*.

    >>> round(spread_of(pi / 2), 3), spread_of(1.0), spread_of(50)
    (0.5, 0.15, 0.75)
    """
    low, high = SPREADS
    for _halving in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if pi * middle / sin(pi * middle) < ratio else (low, middle)
    return round(low, 6)


def _weights(fitted):
    intercept, coefficients = fitted
    return {"intercept": intercept, "weights": dict(zip(FEATURES, coefficients, strict=True))}


def own_rate(rows=()):
    """The plain rule: each customer as it has paid so far; of the rows of a ``sample`` what a dispute adds to it."""
    model = {
        "late": {"intercept": 0.0, "weights": {"late": 1.0}},
        "days": _just("days"),
        "early": _just("log_early"),
        "means": {"late": 0.0},
        "told_too": ["last", "overdue"],
    }
    return model | {"in_dispute": disputed(rows, model)}


def _just(habit):
    return {"intercept": 0.0, "weights": {habit: 1.0}, "spread": SPREAD}


def score(model, features_of):
    """What a part of a model says of a document.

    :param features_of: ``{feature: number}``
    """
    return model["intercept"] + sum(weight * features_of[name] for name, weight in model["weights"].items())
