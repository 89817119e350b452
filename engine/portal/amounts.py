"""Amounts as people write them, on a page in some language."""

import re
import unicodedata
from decimal import Decimal
from itertools import chain, combinations, islice

#: Characters of a text that may be an amount, and digits before its decimals, at most.
MOST_CHARACTERS = 60
MOST_DIGITS = 12
#: Sums of documents that are looked at, at most.
MOST_SUMS = 5000
#: The Arabic ones, which mean nothing else; what stands between thousands in every language is put so too.
POINT, GROUP = "\u066b", "\u066c"
SURE = str.maketrans(dict.fromkeys(" '\u2019\u02bc", GROUP))
#: A whole number in groups: of three digits, or as in India of two before the last three.
GROUPED = re.compile(rf"[1-9]\d{{0,2}}({GROUP}\d{{3}})+|[1-9]\d?({GROUP}\d{{2}})+{GROUP}\d{{3}}")


class UnclearAmount(ValueError):
    """A text that may be two amounts.

    :ivar readings: both, as numbers; the greater one first
    """

    def __init__(self, text, *readings):
        super().__init__(text)
        self.readings = readings


def read_amount(text, decimal=".", grouping=",", digits=2, signs=()):
    """The positive amount in ``text``; None when there is none. Any script's digits are read.

    :param decimal: what stands before the decimals in the language of the page
    :param grouping: what stands between its thousands; spaces and apostrophes may in each
    :param digits: the decimals that the currency has
    :param signs: of the currency; one may stand before or after the number
    :raise UnclearAmount: where only the one who wrote it knows what it says

    >>> [str(read_amount(text)) for text in ("17,320.50", "17.320,50", "1,250", "120,5", "1 250", "1'250.00")]
    ['17320.50', '17320.50', '1250', '120.5', '1250', '1250.00']
    >>> [str(read_amount(text, ",", ".")) for text in ("17.320,50", "1.250", "1.250.000", "120.50", "\\u0661\\u066c\\u0662\\u0665\\u0660\\u066b\\u0665")]
    ['17320.50', '1250', '1250000', '120.50', '1250.5']
    >>> [str(read_amount(text, signs=("€", "EUR"))) for text in ("€ 5.00", "eur5", "\\u200f5.00\\xa0\\u200e€")]
    ['5.00', '5', '5.00']
    >>> read_amount("1.250")
    Traceback (most recent call last):
    ...
    odoo.addons.lead_to_cash.engine.portal.amounts.UnclearAmount: 1.250
    >>> [str(read_amount(text, digits=3)) for text in ("1.250", "1,25,000.00", "1,250", "0.250", "1250.500")]
    ['1.250', '125000.00', '1250', '0.250', '1250.500']
    >>> {read_amount(text) for text in ("", "0", "-5", "nan", "1e9", "5 $", "1.2.3", "12 50", "1.2345", "9" * 20, "²")}
    {None}
    """
    written = _plain(str(text), signs)
    sign = _decimal_sign(written, grouping)
    whole, _sign, decimals = written.rpartition(sign) if sign else (written, "", "")
    whole = re.sub("[.,]", GROUP, whole)
    grouped = GROUPED.fullmatch(whole)
    if not (grouped or re.fullmatch(r"\d+", whole)) or not re.fullmatch(r"\d+" if sign else "", decimals):
        return None
    number = whole.replace(GROUP, "")
    value = Decimal(f"{number}.{decimals}" if decimals else number)
    is_sure = digits >= len(decimals) and (sign in (decimal, POINT) or grouped)
    if len(decimals) == 3 and not is_sure and GROUPED.fullmatch(f"{whole}{GROUP}{decimals}"):
        raise UnclearAmount(str(text).strip(), Decimal(number + decimals), value)
    if len(number) > MOST_DIGITS or len(decimals.rstrip("0")) > digits:
        return None
    return value or None


def _plain(text, signs):
    """``text`` in Western digits, with `POINT` and `GROUP` for what is sure; without marks of
    direction and a sign of the currency."""
    if len(text) > MOST_CHARACTERS:
        return ""
    text = _visible(text)
    for sign in filter(None, map(_visible, signs)):
        bare = re.sub(rf"^{re.escape(sign)} ?| ?{re.escape(sign)}$", "", text, count=1, flags=re.IGNORECASE)
        if bare != text:
            text = bare
            break
    return "".join(str(unicodedata.decimal(character, character)) for character in text.translate(SURE))


def _visible(text):
    return " ".join("".join(character for character in text if unicodedata.category(character) != "Cf").split())


def _decimal_sign(written, grouping):
    """What stands before the decimals in ``written``; None where nothing does."""
    found = re.findall(rf"[.,{POINT}]", written)
    if not found or found.count(found[-1]) > 1:
        return None  # what is there twice stands between thousands
    if len(found) == 1 and found == [grouping] and GROUPED.fullmatch(re.sub("[.,]", GROUP, written)):
        return None
    return found[-1]


def whole_parts(amount, parts):
    """The positions of the fewest of ``parts``, the first ones preferred, that are ``amount``
    together; None when it is no such sum. All in whole units.

    >>> whole_parts(50, [100, 50, 50]), whole_parts(150, [100, 50, 50]), whole_parts(200, [100, 50, 50])
    ((1,), (0, 1), (0, 1, 2))
    >>> whole_parts(99, [100, 50]), whole_parts(0, [100, 50]), whole_parts(7, [1] * 50)
    (None, None, None)
    """
    sums = chain.from_iterable(combinations(range(len(parts)), number) for number in range(1, len(parts) + 1))
    return next((chosen for chosen in islice(sums, MOST_SUMS) if sum(parts[i] for i in chosen) == amount), None)
