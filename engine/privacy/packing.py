"""What is given to a person about whom something is kept: one ZIP."""

import io
import json
import re
import zipfile

#: What may stand in the name of a file; anything else becomes an underscore.
STRANGE = re.compile(r"[^\w.\- ]+")


def pack(sections, page, files):
    """The bytes of a ZIP: the ``sections`` as JSON, for machines; ``page``, bytes of HTML, for people; and
    what was sent along.

    :param files: (name, bytes) of each
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kept.json", json.dumps(sections, ensure_ascii=False, indent=2, default=str))
        archive.writestr("kept.html", page)
        for number, (name, content) in enumerate(files, 1):
            archive.writestr(f"proofs/{number}-{plain_name(name)}", content)
    return buffer.getvalue()


def plain_name(name):
    """A name of a file that no program takes for a path.

    >>> plain_name("../../etc/passwd"), plain_name("receipt 12.pdf"), plain_name("")
    ('.._.._etc_passwd', 'receipt 12.pdf', 'file')
    """
    return STRANGE.sub("_", name or "")[-100:] or "file"
