"""By when a new document has to be answered."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..handling.workdays import next_working_day


def deadline(start, hours, zone, holidays):
    """The moment ``hours`` after ``start``; days on which nobody works don't count.

    24 hours are the same time on the next working day. What comes on a day off counts from
    the beginning of the next working day.

    :param start: a naive UTC datetime; so is the result
    :param hours: elapsed hours, of the night too
    :param zone: name of the time zone in which a day begins
    :param holidays: the dates on which nobody works

    >>> friday = datetime(2026, 3, 6, 15)
    >>> weekend = {friday.date() + timedelta(days=1), friday.date() + timedelta(days=2)}
    >>> deadline(friday, 24, "UTC", weekend)
    datetime.datetime(2026, 3, 9, 15, 0)
    >>> deadline(friday + timedelta(days=1), 24, "UTC", weekend)
    datetime.datetime(2026, 3, 10, 0, 0)
    >>> deadline(friday, 2, "UTC", weekend)
    datetime.datetime(2026, 3, 6, 17, 0)
    """
    tz = ZoneInfo(zone)
    moment = start.replace(tzinfo=ZoneInfo("UTC")).astimezone(tz)
    if moment.date() in holidays:
        moment = _midnight(next_working_day(moment.date(), holidays), tz)
    left = timedelta(hours=hours)
    while (until_midnight := _midnight(moment.date() + timedelta(days=1), tz) - moment) < left:
        left -= until_midnight
        moment = _midnight(next_working_day(moment.date() + timedelta(days=1), holidays), tz)
    end = moment + left
    if end.date() == moment.date():
        end = end.replace(fold=moment.fold)
    return end.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def _midnight(day, tz):
    return datetime.combine(day, time(), tz)
