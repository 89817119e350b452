"""Numbers under which companies are known to authorities."""


def is_same(number, other):
    """Whether two numbers are one, however they are spaced.

    >>> is_same("J40 / 1234/2020", "j40/1234/2020"), is_same("J40/1", False)
    (True, False)
    """
    return _bare(number) == _bare(other)


def _bare(number):
    return "".join((number or "").split()).upper()


def israeli_kind(number):
    """What an Israeli tax number says of who has it: the registrar of companies' begin with 5. That a dealer is
    exempt it doesn't say.

    >>> israeli_kind("IL 514123456"), israeli_kind("312345678")
    ('company', 'licensed')
    """
    digits = "".join(filter(str.isdecimal, number or ""))
    return "company" if digits.startswith("5") else "licensed"
