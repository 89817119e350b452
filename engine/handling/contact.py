"""What a contact does to the handling of a document: roles, series of tries."""

OUTCOMES = [
    ("no_answer", "No answer"),
    ("left_message", "Left a message"),
    ("reached", "Reached"),
    ("callback", "Call back"),
    ("wrong_person", "Wrong person"),
    ("promise", "Promise"),
    ("refused", "Refused"),
    ("says_paid", "Says paid"),
    ("hardship", "Hardship"),
]
CONTACT_CHANNELS = [
    ("call", "Call"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("meeting", "Meeting"),
    ("letter", "Letter"),
    ("other", "Other"),
]
#: Outcomes with which somebody was spoken to, and those with which nobody was.
CONTACTS = ("reached", "callback", "promise", "says_paid", "hardship")
MISSES = ("no_answer", "left_message")
#: After so many misses in a row nobody calls a customer again before the next level.
MOST_TRIES = 4

_BY_MISS = {"new": "no_answer"}
_BY_CONTACT = {"new": "contacted", "no_answer": "contacted", "contacted": "in_progress"}
_BY_STEP = {"new": "in_progress", "no_answer": "in_progress", "contacted": "in_progress"}


def next_role(role, event):
    """The role after ``event``: an outcome, or ``meeting`` or ``quotation``; the same role
    when the event changes nothing.

    >>> next_role("new", "no_answer"), next_role("no_answer", "reached"), next_role("contacted", "reached")
    ('no_answer', 'contacted', 'in_progress')
    >>> next_role("new", "quotation"), next_role("won", "reached"), next_role("contacted", "no_answer")
    ('in_progress', 'won', 'contacted')
    """
    if event in MISSES:
        moves = _BY_MISS
    elif event in CONTACTS:
        moves = _BY_CONTACT
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


def half_of_day(tries):
    """In which half of the day the next try is best, after so many: they take turns.

    >>> [half_of_day(tries) for tries in (1, 2, 3)]
    ['afternoon', 'morning', 'afternoon']
    """
    return "afternoon" if tries % 2 else "morning"
