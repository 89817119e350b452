"""The frame of an e-mail to a customer, and the text in it."""

from typing import NamedTuple

from markupsafe import Markup

from .plain_text import plain_text

#: Around the text, in what was sent.
BEGIN, END = Markup("<!--text-->"), Markup("<!--/text-->")
#: For PostgreSQL: the text alone.
INSIDE = f"{BEGIN}(.*){END}"


class Frame(NamedTuple):
    """What stands before the text, and after it."""

    before: Markup
    after: Markup

    def around(self, body):
        """The whole e-mail; ``body`` is HTML.

        >>> Frame(Markup("<i>"), Markup("</i>")).around("<p>a</p>")
        Markup('<i><!--text--><p>a</p><!--/text--></i>')
        """
        return Markup("").join((self.before, BEGIN, Markup(body), END, self.after))


def text_part(body):
    """The plain text of a framed e-mail; None of others.

    >>> text_part("<p>a</p>"), text_part(Frame(Markup("<b>Us</b>"), Markup("")).around("<p>a</p>"))
    (None, 'Us\\n\\na')
    """
    return plain_text(body) if body and BEGIN in body else None
