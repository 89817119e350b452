"""What a contact does to the handling of a document: roles, series of tries."""

OUTCOMES = [
    ("no_answer", "No answer"),
    ("left_message", "Left a message"),
    ("reached", "Reached"),
    ("callback", "Call back"),
    ("wrong_person", "Wrong person"),
    ("wrong_number", "Wrong number"),
    ("not_interested", "Not interested"),
    ("promise", "Promise"),
    ("refused", "Refuses to pay"),
    ("says_paid", "Says paid"),
    ("hardship", "Hardship"),
]
CONTACT_CHANNELS = [
    ("call", "Call"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("whatsapp", "WhatsApp"),
    ("meeting", "Meeting"),
    ("letter", "Letter"),
    ("other", "Other"),
]
#: Outcomes with which somebody was spoken to, and those with which nobody was.
CONTACTS = ("reached", "callback", "promise", "says_paid", "hardship", "not_interested")
MISSES = ("no_answer", "left_message")
#: Outcomes with which nobody was reached who is concerned: first somebody has to find out whom to call.
WRONG = ("wrong_person", "wrong_number")
#: Minutes in which the same result of the same document, clicked once more, is the same try.
SAME_CLICK_MINUTES = 10
#: Working days after a conversation, where the status doesn't say when to follow up.
FOLLOW_UP_DAYS = 3
#: After so many misses in a row nobody calls a customer again before the next level.
MOST_TRIES = 4

_BY_MISS = {"new": "no_answer"}
_BY_CONTACT = {"new": "contacted", "no_answer": "contacted", "contacted": "in_progress"}
_BY_REPLY = {"new": "contacted", "no_answer": "contacted"}
_BY_STEP = {"new": "in_progress", "no_answer": "in_progress", "contacted": "in_progress"}


def next_role(role, event):
    """The role after ``event``: an outcome, or ``meeting``, ``quotation`` or ``reply``; the same role
    when the event changes nothing.

    >>> next_role("new", "no_answer"), next_role("no_answer", "reached"), next_role("contacted", "reached")
    ('no_answer', 'contacted', 'in_progress')
    >>> next_role("new", "quotation"), next_role("won", "reached"), next_role("contacted", "no_answer")
    ('in_progress', 'won', 'contacted')
    >>> next_role("no_answer", "reply"), next_role("in_progress", "reply")
    ('contacted', 'in_progress')
    """
    if event in MISSES:
        moves = _BY_MISS
    elif event in CONTACTS and event != "not_interested":
        moves = _BY_CONTACT
    elif event == "reply":
        moves = _BY_REPLY
    else:
        moves = _BY_STEP if event in ("meeting", "quotation") else {}
    return moves.get(role, role)


def misses_in_a_row(tries, since=None):
    """How many of ``tries``, pairs of moment and outcome, oldest first, are misses since the
    last contact; those before ``since`` don't count.

    >>> tries = list(enumerate(["no_answer", "reached", "no_answer", "wrong_person", "left_message"]))
    >>> misses_in_a_row(tries), misses_in_a_row(tries, since=4), misses_in_a_row([])
    (2, 1, 0)
    """
    count = 0
    for moment, outcome in tries:
        if since and moment < since:
            continue
        count = 0 if outcome in CONTACTS else count + (outcome in MISSES)
    return count


def far_enough(moment, others, hours):
    """Whether a try at ``moment`` counts: none of the ``others`` that count is nearer than ``hours``.

    >>> from datetime import datetime
    >>> others = [datetime(2026, 3, 9, 10)]
    >>> [far_enough(datetime(2026, 3, 9, hour), others, 4) for hour in (5, 7, 10, 13, 14)]
    [True, False, False, False, True]
    >>> far_enough(others[0], others, 0), far_enough(others[0], [], 4)
    (True, True)
    """
    return all(abs((moment - other).total_seconds()) >= hours * 3600 for other in others)


def half_of_day(tries):
    """In which half of the day the next try is best, after so many: they take turns.

    >>> [half_of_day(tries) for tries in (1, 2, 3)]
    ['afternoon', 'morning', 'afternoon']
    """
    return "afternoon" if tries % 2 else "morning"
