"""Payment terms: what a discount for paying early costs, and until when one may wait for money."""

from calendar import monthrange
from datetime import timedelta

DAYS_OF_A_YEAR = 365


def discount_rate(percent, days):
    """What an early-payment discount of ``percent`` costs in a year, in per cent, when it brings the money
    ``days`` earlier: d / (1 - d) * 365 / days, the nominal annual cost of trade credit (Brigham and Houston,
    Fundamentals of Financial Management). None where it brings nothing earlier, or all is given away.

    >>> round(discount_rate(5, 20))
    96
    >>> round(discount_rate(2, 20), 1)
    37.2
    >>> discount_rate(2, 0), discount_rate(100, 20), discount_rate(0, 20)
    (None, None, None)
    """
    if days <= 0 or not 0 < percent < 100:
        return None
    return 100 * percent / (100 - percent) * DAYS_OF_A_YEAR / days


def last_day(start, days, *, from_month_end=False):
    """The last day on which a document of the day ``start`` may fall due.

    >>> last_day(date(2026, 3, 10), 60)
    datetime.date(2026, 5, 9)
    >>> last_day(date(2026, 2, 10), 45, from_month_end=True)
    datetime.date(2026, 4, 14)
    """
    if from_month_end:
        start = start.replace(day=monthrange(start.year, start.month)[1])
    return start + timedelta(days=days)
