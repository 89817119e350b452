"""Which files are taken from people: by their content, not by what they say of it."""

import re

#: What may be uploaded as a proof: the ending of its name, and how its content begins.
PROOFS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
#: Bytes of a file, and files at once, at most.
MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 3


def is_proof(name, content):
    """Whether a file called ``name`` is a PDF or a picture, by its name and its content.

    >>> is_proof("transfer of March.pdf", b"%PDF-1.4")
    True
    >>> [is_proof(name, b"%PDF-1.4") for name in ("x.exe", "x.png", "<script>.pdf", "../x.pdf", "")]
    [False, False, False, False, False]
    """
    ending = re.fullmatch(r"[\w .,()+-]{1,100}\.(pdf|png|jpe?g)", name or "", re.IGNORECASE)
    return bool(ending) and content.startswith(PROOFS[ending[1].lower()])
