"""How long something lasts, in words of a language."""

from babel.units import format_unit

_HOUR, _DAY = 60, 24 * 60


def whole(hours):
    """A span as a number of its largest whole unit: what has lasted 20.5 hours is no day yet.

    :param hours: how long, with a fraction
    :return: (number, ``day``, ``hour`` or ``minute``)

    >>> whole(20.5), whole(24), whole(47), whole(1.99), whole(1 / 6), whole(-1)
    ((20, 'hour'), (1, 'day'), (1, 'day'), (1, 'hour'), (10, 'minute'), (0, 'minute'))
    """
    minutes = max(round(hours * _HOUR), 0)
    if minutes >= _DAY:
        return minutes // _DAY, "day"
    if minutes >= _HOUR:
        return minutes // _HOUR, "hour"
    return minutes, "minute"


def in_words(number, unit, locale):
    """``number`` of a ``unit`` (``day``, ``hour`` or ``minute``), as the language counts it.

    >>> [in_words(days, "day", "ro") for days in (2, 19, 20, 101, 120)]
    ['2 zile', '19 zile', '20 de zile', '101 zile', '120 de zile']
    >>> in_words(3, "hour", "en"), in_words(2, "day", "he")
    ('3 hours', 'יומיים')
    """
    return format_unit(number, f"duration-{unit}", "long", locale=locale)
