"""What a customer's answer says: reads the values of a form, which anybody may have made."""

import re
from datetime import date
from decimal import Decimal

ANSWER_KINDS = [
    ("paid", "I have paid"),
    ("promise", "I will pay on…"),
    ("dispute", "I dispute this"),
    ("plan", "I need a payment plan"),
    ("wrong_person", "Wrong person"),
]
#: Why a customer disputes an item.
DISPUTE_REASONS = [
    ("not_received", "Goods or service not received"),
    ("quality", "Not as ordered"),
    ("amount", "Wrong amount or price"),
    ("credit", "A credit note is missing"),
    ("invoice", "The invoice is wrong or missing"),
    ("other", "Something else"),
]
#: What may be uploaded as a proof: the ending of its name, and how its content begins.
PROOFS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
#: Bytes of a proof, and characters of a text, at most.
MOST_BYTES = 5 * 1024 * 1024
MOST_CHARACTERS = 2000


def read_amount(text):
    """The positive amount in ``text``, with a point or a comma before the decimals; None when
    there is none.

    >>> read_amount("120,50")
    Decimal('120.50')
    >>> [read_amount(text) for text in ("", "0", "-5", "nan", "1e9", "1.000,00", "9" * 20)]
    [None, None, None, None, None, None, None]
    """
    if not re.fullmatch(r"[0-9]{1,12}([.,][0-9]{1,3})?", str(text).strip()):
        return None
    return Decimal(str(text).strip().replace(",", ".")) or None


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

    >>> [read_number(text) for text in ("3", " 12 ", "1234567", "0", "-1", "1.5", "x", "1" * 10)]
    [3, 12, 1234567, None, None, None, None, None]
    """
    return int(text) or None if re.fullmatch(r" *[0-9]{1,9} *", str(text)) else None


def read_text(text):
    """``text`` without what a database can't hold, cut to the length of a letter.

    >>> read_text("  late\\x00, <b>sorry</b> ")
    'late, <b>sorry</b>'
    """
    clean = str(text or "").encode("utf-8", "ignore").decode().replace("\x00", "")
    return clean.strip()[:MOST_CHARACTERS]


def read_key(text):
    """The key of a form, as the page made it; None when it is no such key.

    >>> [read_key(text) for text in ("0f" * 16 + "-paid", "0f" * 16, "0F" * 16 + "-paid", "", None)]
    ['0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f-paid', None, None, None, None]
    """
    return str(text) if re.fullmatch(r"[0-9a-f]{32}-[a-z_]{1,16}", str(text)) else None


def is_proof(name, content):
    """Whether a file called ``name`` is a PDF or a picture, by its name and its content.

    >>> is_proof("transfer of March.pdf", b"%PDF-1.4")
    True
    >>> [is_proof(name, b"%PDF-1.4") for name in ("x.exe", "x.png", "<script>.pdf", "../x.pdf", "")]
    [False, False, False, False, False]
    """
    ending = re.fullmatch(r"[\w .,()+-]{1,100}\.(pdf|png|jpe?g)", name or "", re.IGNORECASE)
    return bool(ending) and content.startswith(PROOFS[ending[1].lower()])
