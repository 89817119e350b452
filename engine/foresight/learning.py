"""Fitting by the standard library alone: a few thousand documents, some twenty features.

Features are scaled to a spread of one before they are penalised; what comes out is for features as they are.
"""

from math import exp, log, sqrt
from operator import mul

#: Steps of Newton's method at most, and when it stops.
STEPS, CLOSE = 25, 1e-6
#: Chances nearer to 0 or 1 are not said.
SURE_ENOUGH = 0.001


def logistic(columns, labels, weights, penalty):
    """Penalised logistic regression by iteratively reweighted least squares (Hastie, Tibshirani, Friedman: The
    Elements of Statistical Learning, 4.4.1 and 3.4.1).

    :param columns: a list of numbers for each feature
    :param labels: 1 or 0 for each row
    :return: (intercept, coefficients)

    >>> intercept, [slope] = logistic([[0.0, 0.0, 1.0, 1.0] * 50], [0, 0, 0, 1] * 50, [1.0] * 200, penalty=1)
    >>> round(chance(intercept), 1), round(chance(intercept + slope), 1)
    (0.0, 0.5)

    Nothing to learn: the share of the labels.

    >>> intercept, [slope] = logistic([[3.0, 3.0, 3.0, 3.0]], [0, 1, 0, 0], [1.0] * 4, penalty=1)
    >>> round(chance(intercept), 3), slope
    (0.25, 0.0)
    """
    scaled, back = _scaled(columns, weights)
    share = _within(sum(map(mul, weights, labels)) / sum(weights), SURE_ENOUGH)
    beta = [log(share / (1 - share))] + [0.0] * len(scaled)
    rows = [[1.0] * len(labels), *scaled]
    for _step in range(STEPS):
        chances = [chance(value) for value in _linear(rows, beta)]
        slopes = [weight * (label - guess) for weight, label, guess in zip(weights, labels, chances, strict=True)]
        bends = [weight * guess * (1 - guess) for weight, guess in zip(weights, chances, strict=True)]
        step = _solve(_products(rows, bends, penalty), _gradient(rows, slopes, beta, penalty))
        beta = [value + change for value, change in zip(beta, step, strict=True)]
        if max(map(abs, step)) < CLOSE:
            break
    return back(beta)


def linear(columns, values, weights, penalty):
    """Penalised linear regression.

    :return: (intercept, coefficients)

    >>> intercept, [slope] = linear([[0.0, 1.0, 2.0, 3.0]], [1.0, 3.0, 5.0, 7.0], [1.0] * 4, penalty=0)
    >>> round(intercept, 6), round(slope, 6)
    (1.0, 2.0)
    """
    scaled, back = _scaled(columns, weights)
    rows = [[1.0] * len(values), *scaled]
    start = [0.0] * len(rows)
    slopes = [weight * value for weight, value in zip(weights, values, strict=True)]
    beta = _solve(_products(rows, weights, penalty), _gradient(rows, slopes, start, penalty))
    return back(beta)


def chance(value):
    """The logistic function.

    >>> chance(0), chance(1000), chance(-1000)
    (0.5, 1.0, 0.0)
    """
    return 1 / (1 + exp(-value)) if value > -700 else 0.0


def _scaled(columns, weights):
    """The features around 0 with a spread of 1, and what gives the coefficients back for them as they were. One that
    is the same everywhere weighs nothing."""
    total = sum(weights)
    means = [sum(map(mul, weights, column)) / total for column in columns]
    spreads = [
        sqrt(sum(weight * (value - mean) ** 2 for weight, value in zip(weights, column, strict=True)) / total)
        for column, mean in zip(columns, means, strict=True)
    ]
    spreads = [spread if spread > 1e-9 else 0.0 for spread in spreads]
    scaled = [
        [(value - mean) / spread for value in column] if spread else [0.0] * len(column)
        for column, mean, spread in zip(columns, means, spreads, strict=True)
    ]

    def back(beta):
        coefficients = [value / spread if spread else 0.0 for value, spread in zip(beta[1:], spreads, strict=True)]
        return beta[0] - sum(map(mul, coefficients, means)), coefficients

    return scaled, back


def _linear(rows, beta):
    values = [beta[0]] * len(rows[0])
    for factor, row in zip(beta[1:], rows[1:], strict=True):
        if factor:
            values = [value + factor * part for value, part in zip(values, row, strict=True)]
    return values


def _products(rows, weights, penalty):
    """The weighted products of all pairs, with the penalty; the intercept has none."""
    matrix = [[0.0] * len(rows) for _row in rows]
    for place, row in enumerate(rows):
        weighed = list(map(mul, weights, row))
        for other in range(place + 1):
            matrix[place][other] = matrix[other][place] = sum(map(mul, weighed, rows[other]))
    for place in range(1, len(rows)):
        matrix[place][place] += max(penalty, 1e-9)
    return matrix


def _gradient(rows, slopes, beta, penalty):
    return [
        sum(map(mul, slopes, row)) - (penalty * value if place else 0)
        for place, (row, value) in enumerate(zip(rows, beta, strict=True))
    ]


def _solve(matrix, vector):
    """By Cholesky's decomposition: the matrix is symmetric, and positive by its penalty.

    >>> [round(value, 9) for value in _solve([[4.0, 2.0], [2.0, 3.0]], [4.0, 4.0])]
    [0.5, 1.0]
    """
    size = range(len(vector))
    lower = [[0.0] * len(vector) for _row in size]
    for i in size:
        for j in range(i + 1):
            rest = matrix[i][j] - sum(map(mul, lower[i][:j], lower[j][:j]))
            lower[i][j] = sqrt(max(rest, 1e-12)) if i == j else rest / lower[j][j]
    forward = []
    for i in size:
        forward.append((vector[i] - sum(map(mul, lower[i][:i], forward))) / lower[i][i])
    solved = [0.0] * len(vector)
    for i in reversed(size):
        above = sum(lower[j][i] * solved[j] for j in range(i + 1, len(vector)))
        solved[i] = (forward[i] - above) / lower[i][i]
    return solved


def _within(share, margin):
    return min(max(share, margin), 1 - margin)
