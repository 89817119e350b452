"""Calls on days: so many a day."""

from collections import Counter
from datetime import timedelta


def spread(days, planned, holidays, most):
    """The day for each call, in their order: not before its own, on a working day with room.

    :param days: the first day that each call may have
    :param planned: {day: how many there are already}
    :param holidays: days on which nobody works
    :param most: so many a day, at least 1

    >>> from datetime import date
    >>> friday, saturday, sunday = (date(2026, 3, day) for day in (13, 14, 15))
    >>> [day.day for day in spread([friday] * 5, {friday: 1}, {saturday, sunday}, 2)]
    [13, 16, 16, 17, 17]
    >>> spread([], {}, set(), 2)
    []
    """
    room, found = Counter(planned), []
    for day in days:
        while day in holidays or room[day] >= most:
            day += timedelta(days=1)  # noqa: PLW2901
        room[day] += 1
        found.append(day)
    return found
