"""When a document is paid: arithmetic in days after its due date, negative before it.

A document is late with a chance *p*. The days of a late one, and the days before the due date (and one) of one that
isn't, have log-logistic distributions: their logarithms are around a centre that is linear in the features, an
accelerated failure time model (Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2.2 and 3).
So all is in closed form, and the database does the same (``scoring``).
"""

from math import ceil, exp, floor, log
from typing import NamedTuple

#: Days after the due date beyond which nothing is told apart.
FURTHEST = 1825
#: Days after today over which the expectation is taken, by this grid.
GRID = (0, 1, 2, 3, 5, 7, 10, 14, 19, 25, 32, 40, 50, 65, 85, 110, 150, 200, 270, 365)
#: Exponents beyond this are not told apart.
STEEP = 50


class Course(NamedTuple):
    """What is expected of a document on the day on which it comes: the chance to be late; centre and spread of the
    logarithm of the days late, and of the days early and one."""

    late: float
    centre: float
    spread: float
    early_centre: float
    early_spread: float


def survival(course, day):
    """The chance that it isn't paid by the end of a day.

    >>> course = Course(0.4, log(10), 0.5, log(5), 0.5)
    >>> round(survival(course, 0), 3), round(survival(course, 10), 3), round(survival(course, -400), 3)
    (0.4, 0.2, 1.0)
    """
    if day < 0:
        return 1 - (1 - course.late) * _beyond(1 - day, course.early_centre, course.early_spread)
    return course.late * (_beyond(day, course.centre, course.spread) if day else 1)


def _beyond(days, centre, spread):
    return 1 / (1 + exp(min(max((log(days) - centre) / spread, -STEEP), STEEP)))


def later(course, day, paid_not_by):
    """The chance that it isn't paid by the end of ``day``, when it wasn't by the end of another.

    >>> course = Course(0.4, log(10), 0.5, log(5), 0.5)
    >>> later(course, 0, 3), round(later(course, 30, 10), 2), round(later(course, 30, -50), 2)
    (1.0, 0.2, 0.04)
    """
    return survival(course, max(day, paid_not_by)) / survival(course, paid_not_by)


def paid_by(course, share, paid_not_by):
    """The day by which it is paid with a chance, when it wasn't by the end of another.

    >>> course = Course(0.4, log(10), 0.5, log(5), 0.5)
    >>> [paid_by(course, share, -50) for share in (0.1, 0.5, 0.9)]
    [-9, -1, 18]
    >>> [paid_by(course, share, 20) for share in (0.1, 0.5, 0.9)]
    [22, 30, 71]
    """
    left = (1 - share) * survival(course, paid_not_by)
    if left < course.late:
        days = ceil(exp(min(course.centre + course.spread * log(course.late / left - 1), 20)))
    else:
        of_early = (1 - left) / (1 - course.late)
        early = exp(min(course.early_centre + course.early_spread * log(max(1 / of_early - 1, 1e-9)), 20)) - 1
        days = -floor(max(early, 0))
    return min(max(days, paid_not_by + 1), FURTHEST + max(paid_not_by, 0))


def expected_days_late(course, paid_not_by):
    """The mean of the days late, none for one that is paid in time, when it wasn't paid by the end of a day; those
    beyond a year from then count as a year.

    >>> course = Course(0.4, log(10), 0.5, log(5), 0.5)
    >>> round(expected_days_late(course, -50)), round(expected_days_late(course, 20))
    (6, 42)
    """
    start = max(paid_not_by, 0)
    left = [later(course, start + step, paid_not_by) for step in GRID]
    steps = zip(GRID, GRID[1:], left, left[1:], strict=False)
    return start + sum((until - since) * (before + after) / 2 for since, until, before, after in steps)
