"""What a customer's answer says: reads the values of a form, which anybody may have made."""

import re
from datetime import date

ANSWER_KINDS = [
    ("paid", "I have paid"),
    ("promise", "I will pay on…"),
    ("dispute", "I dispute this"),
    ("plan", "I need a payment plan"),
    ("wrong_person", "I am not the right person"),
]
#: What customers rate: a notice, and on the phone, all.
RATED = ("dunning.notice", "res.partner")
#: Characters of a text, at most.
MOST_CHARACTERS = 2000
#: Above all that anybody pays at once.
MOST_AMOUNT = 10**12


def read_sent(number):
    """The positive amount in what a program sent as a ``number``; None when it is none.

    >>> [read_sent(number) for number in (60, 149.99)]
    [60.0, 149.99]
    >>> {read_sent(number) for number in (0, -5, True, None, "5", [5], 1e12, float("nan"), float("inf"))}
    {None}
    """
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    return float(number) if is_number and 0 < number < MOST_AMOUNT else None


def read_date(text):
    """The day in ``text``, as a browser sends it; None when there is none.

    >>> read_date("2026-03-10")
    datetime.date(2026, 3, 10)
    >>> [read_date(text) for text in ("", "10.3.2026", "2026-02-30", "2026-W10-2", "0000-01-01")]
    [None, None, None, None, None]
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(text).strip()):
        return None
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        return None


def read_number(text):
    """The whole positive number in ``text``; None when there is none.

    >>> [read_number(text) for text in ("3", " 12 ", "2147483647", "0", "-1", "1.5", "x", "1" * 11)]
    [3, 12, 2147483647, None, None, None, None, None]
    """
    return int(text) or None if re.fullmatch(r" *[0-9]{1,10} *", str(text)) else None


def read_text(text):
    """``text`` without what a database can't hold, cut to the length of a letter.

    >>> read_text("  late\\x00, <b>sorry</b> ")
    'late, <b>sorry</b>'
    """
    return _storable(str(text or "")).strip()[:MOST_CHARACTERS]


def _storable(text):
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def plain_values(values):
    """The ``values`` that came with a request, as a page may take them: uploaded files aside, and
    none in the place of its controller.

    >>> plain_values({"self": "1", "kind": "pa\\x00id\\ud800", "amount": 5.0, "items": ["1"], "token": object()})
    {'kind': 'paid', 'amount': 5.0, 'items': ['1']}
    """
    return {
        name: _storable(value) if isinstance(value, str) else value
        for name, value in values.items()
        if name != "self" and isinstance(value, (str, int, float, list, dict, type(None)))
    }


def read_key(text):
    """The key of a form, as the page made it; None when it is no such key.

    >>> [read_key(text) for text in ("0f" * 16 + "-paid", "0f" * 16, "0F" * 16 + "-paid", "", None)]
    ['0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f-paid', None, None, None, None]
    """
    return str(text) if re.fullmatch(r"[0-9a-f]{32}-[a-z_]{1,16}", str(text)) else None
