"""What somebody may have written into one search box: a number of a phone, an amount, or words."""

import re

from odoo.tools import SQL

from ..books.items import open_now

#: As many digits of a phone number tell one from another; with fewer, they may be anything.
LEAST_DIGITS = 5
#: So many digits are a number without the country in front of it.
WHOLE_NUMBER = 7


def phone_digits(text):
    """The digits of what may be a phone number, without what dials a country or a trunk; None for other text.

    >>> phone_digits("+40 21 555-0120"), phone_digits("0040(21)5550120"), phone_digits("021/555.0120")
    ('40215550120', '40215550120', '215550120')
    >>> phone_digits("INV/2026/00012"), phone_digits("17,320.50"), phone_digits("1234"), phone_digits("")
    (None, None, None, None)
    """
    text = (text or "").strip()
    if not re.fullmatch(r"\+?[\d\s()./\-\u200e\u200f]+", text) or re.fullmatch(r"\d+[.]\d{1,2}", text):
        return None
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits if len(digits) >= LEAST_DIGITS else None


def amount_in(text, decimal_point=".", thousands_sep=","):
    """The amount that ``text`` says as the reader writes it, as a decimal text; else as others do, where only
    one reading is possible; None for other text. Signs and codes of currencies beside it are left out.

    >>> amount_in("17,320.50"), amount_in("17.320,50", ",", "."), amount_in("17.320,50"), amount_in("17320.5")
    ('17320.50', '17320.50', '17320.50', '17320.5')
    >>> amount_in("1.250", ",", "."), amount_in("1.250"), amount_in("1 250,00", ",", " "), amount_in("€ 99")
    ('1250', '1.250', '1250.00', '99')
    >>> amount_in("INV/12"), amount_in("12-31"), amount_in("1,2,3"), amount_in(""), amount_in("1.2.3.4")
    (None, None, None, None, None)
    >>> amount_in("\u0661\u0662\u0663\u0664") is None  # PostgreSQL reads no digits but ours
    True
    """
    text = re.sub(r"[\s\u00a0\u202f\u200e\u200f']", "", re.sub(r"^[^\d\s]{1,3}\s*|\s*[^\d\s]{1,3}$", "", text or ""))
    own = _read(text, decimal_point, (thousands_sep or "").strip())
    if own:
        return own
    other = {",": ".", ".": ","}.get(decimal_point, ".")
    return _read(text, other, "." if other == "," else ",")


def _read(text, point, separator):
    groups = rf"\d{{1,3}}(?:{re.escape(separator)}\d{{3}})+|" if separator else ""
    if not re.fullmatch(rf"(?:{groups}\d+)(?:{re.escape(point)}\d+)?", text, re.ASCII):
        return None
    return (text.replace(separator, "") if separator else text).replace(point, ".")


def with_phone(digits):
    """SQL for the customers of whom a contact has this number, however either is written: within it, or as the
    end of what was asked for with its country."""
    return SQL(
        """
        SELECT x.commercial_partner_id
          FROM (SELECT p.commercial_partner_id, ltrim(regexp_replace(p.phone, '[^0-9]', '', 'g'), '0') AS digits
                  FROM res_partner p WHERE p.phone IS NOT NULL) x
         WHERE x.digits LIKE %(within)s OR (length(x.digits) >= %(whole)s AND %(digits)s LIKE '%%' || x.digits)
        """,
        within=f"%{digits}%",
        digits=digits,
        whole=WHOLE_NUMBER,
    )


def with_amount(amount):
    """SQL for (company, customer) of whom an open item, or its document, is of this amount."""
    return SQL(
        """
        SELECT i.company_id, i.customer_id
          FROM (%(items)s) i LEFT JOIN account_move m ON m.id = i.move_id
         WHERE %(amount)s IN (abs(i.residual_currency), abs(i.left_currency), abs(i.amount_currency), m.amount_total)
        """,
        items=open_now(),
        amount=SQL("%s::numeric", amount),
    )
