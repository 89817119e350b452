"""How the sending of an e-mail failed, and when it is tried again."""

import errno
import smtplib
from datetime import timedelta
from typing import NamedTuple

#: The pause before each further try of what failed for a while: a day in all.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 45, 2 * 60, 6 * 60, 15 * 60))


class Failure(NamedTuple):
    """``cause``: the same for all mails that fail for the same reason. ``is_temporary``: another
    try may succeed. ``is_uncertain``: the server may have taken the mail."""

    cause: str
    is_temporary: bool
    is_uncertain: bool = False


#: Nobody listened, or let us in: nothing has left.
NO_CONNECTION = Failure("connection", is_temporary=True)


def pause(tries):
    """How long to wait after so many failed tries before this one; None: no more tries.

    >>> str(pause(0)), str(pause(5)), pause(6)
    ('0:05:00', '15:00:00', None)
    """
    return PAUSES[tries] if tries < len(PAUSES) else None


def failure(error):
    """What an exception, or what led to it, says.

    >>> failure(smtplib.SMTPDataError(451, b"later"))
    Failure(cause='smtp 451', is_temporary=True, is_uncertain=False)
    >>> failure(smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}))
    Failure(cause='smtp 550', is_temporary=False, is_uncertain=False)
    >>> failure(smtplib.SMTPServerDisconnected())
    Failure(cause='connection lost', is_temporary=True, is_uncertain=True)
    >>> failure(OSError(errno.ENOSPC, "full"))
    Failure(cause='disk', is_temporary=True, is_uncertain=False)
    >>> failure(ZeroDivisionError())
    Failure(cause='ZeroDivisionError', is_temporary=False, is_uncertain=False)
    """
    first = error
    while error:
        if found := _failure(error):
            return found
        error = error.__cause__ or error.__context__
    return Failure(type(first).__name__, is_temporary=False)


def _failure(error):
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Failure("connection lost", is_temporary=True, is_uncertain=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refused(max(code for code, _text in error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("disk", is_temporary=True)
    if isinstance(error, (ConnectionError, TimeoutError)):
        return Failure("connection lost", is_temporary=True, is_uncertain=True)
    return None


def _refused(code):
    """A server's answer that isn't OK; 4xx: not now (RFC 5321, 4.2.1)."""
    return Failure(f"smtp {code}", is_temporary=400 <= code < 500)
