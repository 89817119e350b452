"""How the sending of an e-mail failed, and when it is tried again."""

import errno
import smtplib
from datetime import timedelta
from typing import NamedTuple

#: The pause before each further try of what failed for a while: a day in all.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 45, 2 * 60, 6 * 60, 15 * 60))


class Failure(NamedTuple):
    """Why a mail failed.

    ``cause``: the same for all mails that fail for the same reason. ``is_temporary``: another try
    may succeed. ``is_uncertain``: the server may have taken the mail. ``is_shared``: a matter of the
    mail server and all that leaves by it, not of this mail or its addressee.
    """

    cause: str
    is_temporary: bool = False
    is_uncertain: bool = False
    is_shared: bool = False


#: The connection was lost, or there was no answer, while the mail was on its way.
LOST = Failure("connection lost", is_temporary=True, is_uncertain=True, is_shared=True)


def pause(tries):
    """How long to wait after so many failed tries before this one; None: no more tries.

    >>> str(pause(0)), str(pause(5)), pause(6)
    ('0:05:00', '15:00:00', None)
    """
    return PAUSES[tries] if tries < len(PAUSES) else None


def failure(error):
    """What an exception, or what led to it, says of a mail.

    >>> later = failure(smtplib.SMTPDataError(451, b"later"))
    >>> later.cause, later.is_temporary, later.is_uncertain, later.is_shared
    ('smtp 451', True, False, True)
    >>> failure(smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}))
    Failure(cause='smtp 550', is_temporary=False, is_uncertain=False, is_shared=False)
    >>> failure(smtplib.SMTPRecipientsRefused({"a@b": (452, b"full")})).is_shared
    False
    >>> failure(smtplib.SMTPSenderRefused(550, b"not you", "us@example.com")).is_shared
    True
    >>> failure(smtplib.SMTPServerDisconnected()) == LOST
    True
    >>> failure(OSError(errno.ENOSPC, "full")).cause
    'disk'
    >>> failure(ZeroDivisionError())
    Failure(cause='ZeroDivisionError', is_temporary=False, is_uncertain=False, is_shared=False)
    """
    return next(filter(None, map(_failure, _chain(error))), Failure(type(error).__name__))


def no_connection(error):
    """What an exception before the first mail says: nothing has left, of none.

    >>> no_connection(ConnectionRefusedError())
    Failure(cause='ConnectionRefusedError', is_temporary=True, is_uncertain=False, is_shared=True)
    >>> no_connection(smtplib.SMTPAuthenticationError(535, b"wrong password")).is_temporary
    False
    """
    code = getattr(error, "smtp_code", None)
    # Neither a password nor a setting mends itself.
    lasting = code >= 500 if code else not isinstance(error, (OSError, smtplib.SMTPException))
    cause = f"smtp {code}" if code else type(error).__name__
    return Failure(cause, is_temporary=not lasting, is_shared=True)


def _chain(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _failure(error):
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return LOST
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refused(max((code for code, _text in error.recipients.values()), default=550))._replace(is_shared=False)
    if isinstance(error, smtplib.SMTPResponseException):
        found = _refused(error.smtp_code)
        return found._replace(is_shared=found.is_temporary or isinstance(error, smtplib.SMTPSenderRefused))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("disk", is_temporary=True, is_shared=True)
    return LOST if isinstance(error, (ConnectionError, TimeoutError)) else None


def _refused(code):
    """A server's answer that isn't the one expected; 4xx: not now (RFC 5321, 4.2.1); less: nobody
    knows what it did."""
    return Failure(f"smtp {code}", is_temporary=code < 500, is_uncertain=code < 400)
