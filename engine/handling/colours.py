"""Colours that somebody chose, where text is read on them."""

import re
from functools import lru_cache

#: What people with weak eyes still read, by WCAG 2.2, 1.4.3.
READABLE = 4.5
BLACK, WHITE = "#000000", "#FFFFFF"


def colour(text):
    """A colour as ``#rrggbb``; None for all else, which isn't put into a style.

    >>> colour("#0af"), colour(" #00AAFF "), colour("red;x:y"), colour(False)
    ('#00AAFF', '#00AAFF', None, None)
    """
    text = (text or "").strip().upper()
    if re.fullmatch("#[0-9A-F]{3}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    return text if re.fullmatch("#[0-9A-F]{6}", text) else None


def _luminance(text):
    """By WCAG 2.2: 0 for black, 1 for white."""
    parts = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """By WCAG 2.2: 1 for the same colour, 21 for black and white.

    >>> round(contrast("#000000", "#FFFFFF"), 2), contrast("#875A7B", "#875A7B")
    (21.0, 1.0)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache
def readable_on(background, wanted=WHITE):
    """The colour of text on ``background``: ``wanted`` where that can be read, else black or white.

    >>> readable_on("#875A7B"), readable_on("#F2E541"), readable_on("#0B6E4F", "#0B6E50")
    ('#FFFFFF', '#000000', '#FFFFFF')
    """
    if contrast(background, wanted) >= READABLE:
        return wanted
    return max(WHITE, BLACK, key=lambda text: contrast(background, text))
