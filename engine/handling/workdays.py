"""Working days, given the days that are none."""

from datetime import timedelta

from odoo.tools import SQL


def last_working_day(day, holidays):
    """The last working day up to ``day``; ``day`` itself when a year before it has none.

    >>> from datetime import date
    >>> last_working_day(date(2026, 3, 8), {date(2026, 3, 7), date(2026, 3, 8)})
    datetime.date(2026, 3, 6)
    >>> last_working_day(date(2026, 3, 9), set())
    datetime.date(2026, 3, 9)
    """
    return _move(day, holidays, -1)


def next_working_day(day, holidays):
    """The first working day from ``day`` on; ``day`` itself when a year after it has none.

    >>> from datetime import date
    >>> next_working_day(date(2026, 3, 7), {date(2026, 3, 7), date(2026, 3, 8)})
    datetime.date(2026, 3, 9)
    """
    return _move(day, holidays, 1)


def _move(day, holidays, step):
    for distance in range(366):
        moved = day + timedelta(days=step * distance)
        if moved not in holidays:
            return moved
    return day


def add_working_days(day, count, holidays):
    """The working day that is ``count`` working days after ``day``.

    >>> from datetime import date
    >>> add_working_days(date(2026, 3, 5), 2, {date(2026, 3, 7), date(2026, 3, 8)})
    datetime.date(2026, 3, 9)
    >>> add_working_days(date(2026, 3, 5), 0, set())
    datetime.date(2026, 3, 5)
    """
    for _step in range(count):
        day = next_working_day(day + timedelta(days=1), holidays)
    return day


def working_days_before(day, count, holidays):
    """The working day that is ``count`` working days before ``day``.

    >>> from datetime import date
    >>> working_days_before(date(2026, 3, 9), 2, {date(2026, 3, 7), date(2026, 3, 8)})
    datetime.date(2026, 3, 5)
    """
    for _step in range(count):
        day = last_working_day(day - timedelta(days=1), holidays)
    return day


def moved_days(moved):
    """SQL for (holiday, working day after it), of a dict."""
    rows = moved.items() or [(None, None)]
    return SQL("VALUES %s", SQL(", ").join(SQL("(%s::date, %s::date)", *row) for row in rows))
