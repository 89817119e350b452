"""Whether a person wrote an incoming e-mail."""


def is_automatic(headers):
    """Whether ``headers`` (a mapping that ignores case, as of an e-mail) say that a machine
    answered: an out-of-office reply, a delivery report.

    Source: RFC 3834, section 5; ``Precedence`` and the ``X-`` headers are older custom.

    >>> from email.message import EmailMessage
    >>> mail = EmailMessage()
    >>> is_automatic(mail)
    False
    >>> mail["Auto-Submitted"] = "auto-replied; owner=x"
    >>> is_automatic(mail)
    True
    """
    submitted = (headers.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    precedence = (headers.get("Precedence") or "").strip().lower()
    older = any(headers.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
    return submitted != "no" or precedence in ("auto_reply", "bulk", "junk") or older
