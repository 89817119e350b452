"""What a notice learns of its e-mails."""

#: States of an e-mail that has left and was taken.
ARRIVED = ("sent", "received")
#: What is said of an e-mail that has left and came back.
CAME_BACK = "back"
#: States of a notice that becomes another one by its e-mails.
FOLLOWING = ("queued", "failed", "cancelled")


def follows(notice, mails):
    """What a notice becomes whose state is ``notice``, by the states of all its e-mails. It waits while one
    waits, has failed when one has, is sent when all have left: those that somebody has stopped don't count.
    None: it stays as it is.

    >>> follows("queued", ["sent", "outgoing"]), follows("queued", ["sent", "exception"])
    ('queued', 'failed')
    >>> follows("queued", ["sent", "received"]), follows("queued", ["sent", "cancel"])
    ('sent', 'sent')
    >>> follows("queued", ["cancel"]), follows("queued", ["exception", "outgoing"])
    ('cancelled', 'queued')
    >>> follows("failed", ["outgoing"]), follows("failed", ["back", "sent"])
    ('queued', 'failed')

    One was at the server when somebody said stop; one that has left doesn't wait again:

    >>> follows("cancelled", ["sent"]), follows("cancelled", ["cancel", "exception"]), follows("sent", ["exception"])
    ('sent', None, None)
    >>> follows("queued", [])
    """
    counted = set(mails) - {"cancel"}
    if notice == "cancelled":
        return "sent" if counted.intersection(ARRIVED) else None
    if notice not in FOLLOWING or not mails:
        return None
    if "outgoing" in counted:
        return "queued"
    if not counted:
        return "cancelled"
    return "sent" if counted.issubset(ARRIVED) else "failed"
