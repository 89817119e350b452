"""A bank account as the country in which it is writes it."""

import re

#: A bank's number, a branch's, and the account's, as people write them in Israel: 12-345-678901, 12/345/67890-12.
ISRAELI = re.compile(r"(\d{1,3})[-/ ]+(\d{1,3})[-/ ]+(\d[\d/ -]{2,}\d)")
#: The first two of them, where the account's number stands by itself.
ISRAELI_BRANCH = re.compile(r"(\d{1,2})[-/ ]*(\d{3})")


def compact(number):
    """A number without what only separates its parts.

    >>> compact(" ro49-AAAA 1b31")
    'RO49AAAA1B31'
    """
    return re.sub(r"[\W_]+", "", number or "").upper()


def is_iban(number):
    """Whether a ``number`` is an IBAN, by its own check digits (ISO 13616, ISO 7064 MOD 97-10).

    >>> [is_iban(number) for number in ("RO49 AAAA 1B31 0075 9384 0000", "IL620108000000099999999", "DE00", "", None)]
    [True, True, False, False, False]
    >>> is_iban("RO48AAAA1B31007593840000")  # one digit is wrong
    False
    """
    number = compact(number)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number):
        return False
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def grouped(iban):
    """An IBAN as it is written on paper, in fours.

    >>> grouped("RO49AAAA1B31007593840000")
    'RO49 AAAA 1B31 0075 9384 0000'
    """
    number = compact(iban)
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def israeli(number, clearing=""):
    """(bank, branch, account) of an account in Israel, without leading zeros; None when it isn't written so.

    :param clearing: the bank's and the branch's number, where ``number`` is the account's alone

    >>> israeli("IL62 0108 0000 0009 9999 999")
    ('10', '800', '99999999')
    >>> israeli("12-045-678901"), israeli("12/345/67890-12"), israeli("678901", "12-345"), israeli("678901", "12345")
    (('12', '45', '678901'), ('12', '345', '67890-12'), ('12', '345', '678901'), ('12', '345', '678901'))
    >>> israeli("678901"), israeli("678901", "x"), israeli("Our account", "12-345")
    (None, None, None)
    """
    number, clearing = (number or "").strip(), (clearing or "").strip()
    if is_iban(number):
        digits = compact(number)
        parts = digits[4:7], digits[7:10], digits[10:]
    elif found := ISRAELI.fullmatch(number):
        parts = found.groups()
    elif (found := ISRAELI_BRANCH.fullmatch(clearing)) and re.fullmatch(r"\d[\d/ -]*", number):
        parts = *found.groups(), number
    else:
        return None
    return tuple(part.lstrip("0") or "0" for part in parts)


def particulars(number, country="", *, clearing="", bank="", bic=""):
    """[(what, value)] of what a customer needs for a transfer; what: ``bank``, ``branch``, ``account``, ``iban``,
    ``clearing``, ``bic``.

    :param country: code of the country of an account whose number isn't an IBAN

    >>> particulars("RO49AAAA1B31007593840000", bank="Banca", bic="AAAAROBU")
    [('bank', 'Banca'), ('iban', 'RO49 AAAA 1B31 0075 9384 0000'), ('bic', 'AAAAROBU')]
    >>> particulars("IL620108000000099999999", bank="Leumi", bic="LUMIILIT")[:3]
    [('bank', 'Leumi (10)'), ('branch', '800'), ('account', '99999999')]
    >>> particulars("IL620108000000099999999", bank="Leumi", bic="LUMIILIT")[3:]
    [('iban', 'IL62 0108 0000 0009 9999 999'), ('bic', 'LUMIILIT')]
    >>> particulars("12-345-678901", "IL", bic="LUMIILIT")
    [('bank', '12'), ('branch', '345'), ('account', '678901')]
    >>> particulars("12-345-678901", "US", clearing="021000021", bank="Chase")
    [('bank', 'Chase'), ('account', '12-345-678901'), ('clearing', '021000021')]
    """
    has_iban = is_iban(number)
    country = compact(number)[:2] if has_iban else country
    found = [("bank", bank)]
    if country == "IL" and (parts := israeli(number, clearing)):
        code, branch, account = parts
        bic = has_iban and bic  # nobody within the country asks for it
        found = [("bank", f"{bank} ({code})" if bank else code), ("branch", branch), ("account", account)]
    elif not has_iban:
        found += [("account", (number or "").strip()), ("clearing", clearing)]
    if has_iban:
        found.append(("iban", grouped(number)))
    return [(what, value) for what, value in (*found, ("bic", bic)) if value]
