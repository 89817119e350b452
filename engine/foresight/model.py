"""What is learnt from the documents of a company, and the rules that it is measured against.

A model is plain data: for the chance to be late (``late``), the days of the late (``days``) and of the early
(``early``) an intercept and a weight a feature, and of the days the spread; ``means`` are the usual features, from
which reasons are told.
"""

from math import exp, log, pi, sin
from operator import mul

from odoo.tools import SQL

from .features import FEATURES, features
from .learning import linear, logistic
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
#: The last days by themselves say the level of the days; what was known before counts as so many documents.
LEVEL_DAYS, LEVEL_PULL = 30, 20
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
        SELECT id, customer_id, segment, amount, issued, due, %(at)s AS day, closed < %(day)s IS TRUE AS is_closed,
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
    return SQL(
        """
        SELECT %s, (delay IS NULL OR delay > 0)::integer AS is_late, delay::integer,
               p_c_late::double precision AS own, p_a_late::double precision AS average,
               (%s::date - due)::integer AS age
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


def learn(rows):
    """The model of the rows of a ``sample``; of too few, the customer's own rate.

    :return: (model, whether anything was learnt)
    """
    count = len(FEATURES)
    late = sum(row[count] for row in rows)
    if len(rows) < FEWEST or min(late, len(rows) - late) < FEWEST_OF_A_KIND:
        return own_rate(), False
    columns = [list(column) for column in zip(*(row[:count] for row in rows), strict=True)]
    weights = [0.5 ** (row[count + 4] / HALF_LIFE) for row in rows]
    means = [sum(column) / len(rows) for column in columns]
    seen = [_range(column) for column in columns]
    return {
        "late": _weights(logistic(columns, [row[count] for row in rows], weights, PENALTY)),
        "days": _of_days([row for row in rows if (row[count + 1] or 0) > 0], lambda delay: delay, "days"),
        "early": _of_days(
            [row for row in rows if row[count + 1] is not None and row[count + 1] <= 0],
            lambda delay: 1 - delay,
            "log_early",
        ),
        "means": dict(zip(FEATURES, means, strict=True)),
        "seen": dict(zip(FEATURES, seen, strict=True)),
    }, True


def _range(column):
    """Between which numbers a feature was seen, but for one in a hundred on either side."""
    ordered = sorted(column)
    return ordered[len(ordered) // 100], ordered[-1 - len(ordered) // 100]


def _of_days(rows, counted, habit):
    """What is learnt of the days of documents.

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
    centres = [intercept + sum(map(mul, coefficients, row)) for row in rows]
    level = _level([value - centre for value, centre in zip(values, centres, strict=True)], rows)
    usual = sum(weight * exp(centre) for weight, centre in zip(weights, centres, strict=True))
    mean = sum(weight * exp(value) for weight, value in zip(weights, values, strict=True))
    return _weights((intercept + level, coefficients)) | {"spread": spread_of(mean / usual)}


def _level(left, rows):
    """By how much the logarithms of those that were paid last lie above what was learnt of all: a new level is known
    as soon as a few have been paid at it. Shrunk to none, as the mean of a normal distribution is."""
    count = len(FEATURES)
    last = [rest for rest, row in zip(left, rows, strict=True) if row[count + 4] - max(row[count + 1], 0) <= LEVEL_DAYS]
    return sum(last) / (len(last) + LEVEL_PULL)


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


def own_rate():
    """The plain rule: each customer as it has paid so far."""
    return {
        "late": {"intercept": 0.0, "weights": {"late": 1.0}},
        "days": _just("days"),
        "early": _just("log_early"),
        "means": {"late": 0.0},
        "told_too": ["last", "overdue"],
    }


def _just(habit):
    return {"intercept": 0.0, "weights": {habit: 1.0}, "spread": SPREAD}


def score(model, features_of):
    """What a part of a model says of a document.

    :param features_of: ``{feature: number}``
    """
    return model["intercept"] + sum(weight * features_of[name] for name, weight in model["weights"].items())
