"""Ways to the customers' pages, in texts that are also read by those who may not open them."""

import re

#: What leads to a page, or to a smiley; for PostgreSQL too.
LINKS = r"""https?://[^\s"'<>]*(access_token=|/rate/)[^\s"'<>]*"""
#: The same for Python, which would look for the marks again from each of the many addresses of a hostile mail.
RUN, MARKS = re.compile(r"""https?://[^\s"'<>]*"""), ("access_token=", "/rate/")


def without_links(text):
    """``text`` without them.

    >>> without_links('<a href="https://us.example/my/collection/1?access_token=abc&amp;x=1">Pay</a>')
    '<a href="#">Pay</a>'
    >>> without_links("See https://us.example/shop")
    'See https://us.example/shop'
    >>> without_links("x:http://a/https://b?access_token=1&c http://" + "http://" * 100_000)[:12]
    'x:# http://h'
    """
    return RUN.sub(_without, text) if text else text


def _without(found):
    return "#" if any(mark in found[0] for mark in MARKS) else found[0]
