"""When a notice may leave: on working days, in the hours of the customer's time zone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

UTC = ZoneInfo("UTC")


def next_moment(now, zone, hours, holidays, ends=None):
    """The first moment from ``now`` on that lies in the sending window.

    :param now: a naive UTC datetime; so is the result
    :param zone: name of the customer's time zone, as ``known_zone`` takes it
    :param hours: (from, to) as hours of the day, 0 to 24, the second one excluded
    :param holidays: the dates on which nobody works; when a year has no other, they count
    :param ends: {date: the moment, naive UTC, at which work ends}, of half days

    >>> next_moment(datetime(2026, 3, 10, 5), "Europe/Bucharest", (8, 18), set())
    datetime.datetime(2026, 3, 10, 6, 0)
    >>> next_moment(datetime(2026, 3, 10, 12), "Europe/Bucharest", (8, 18), set())
    datetime.datetime(2026, 3, 10, 12, 0)
    >>> from datetime import date
    >>> next_moment(datetime(2026, 3, 10, 17), "Asia/Jerusalem", (8, 18.5), {date(2026, 3, 11)})
    datetime.datetime(2026, 3, 12, 6, 0)
    >>> friday = datetime(2026, 3, 13, 10, 30)
    >>> next_moment(friday, "Asia/Jerusalem", (8, 18), {date(2026, 3, 14)}, {date(2026, 3, 13): friday})
    datetime.datetime(2026, 3, 15, 6, 0)
    """
    tz = known_zone(zone)
    today = now.replace(tzinfo=UTC).astimezone(tz).date()
    for days in range(366):
        day = today + timedelta(days=days)
        if day in holidays:
            continue
        opens, closes = (_at(day, hour, tz) for hour in hours)
        moment = max(now, opens)
        if moment < min(closes, (ends or {}).get(day, closes)):
            return moment
    return now


def next_midnight(moment, zone):
    """When the next day begins there.

    :param moment: a naive UTC datetime; so is the result
    :param zone: name of the time zone

    >>> next_midnight(datetime(2026, 3, 10, 22, 30), "Asia/Jerusalem")
    datetime.datetime(2026, 3, 11, 22, 0)
    """
    tz = known_zone(zone) or UTC
    return _at(moment.replace(tzinfo=UTC).astimezone(tz).date() + timedelta(days=1), 0, tz)


def known_zone(name):
    """The time zone of that name, also one of the old names (as Odoo reads them); None when there
    is none.

    >>> known_zone("Asia/Calcutta").key, known_zone("Mars/Olympus"), known_zone("US/Pacific-New")
    ('Asia/Calcutta', None, None)
    """
    try:
        return ZoneInfo(pytz.timezone(name).zone)
    except (pytz.UnknownTimeZoneError, ZoneInfoNotFoundError, ValueError):
        return None


def _at(day, hour, zone):
    """The moment, in UTC, at which clocks there show ``hour`` (24: the end of the day)."""
    local = datetime.combine(day, time(), zone) + timedelta(hours=hour)
    return local.astimezone(UTC).replace(tzinfo=None)
