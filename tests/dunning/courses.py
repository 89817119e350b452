"""What happens in courses of a customer's debts, at random."""

from datetime import date, timedelta

from hypothesis import strategies as st

from ..common import TODAY

FIRST_DAY = date.fromisoformat(TODAY)
A_DAY = timedelta(days=1)

# Courses of debts --------------------------------------------------------------------

#: What happens between two runs; each has a method.
EVENTS = (
    "pay",
    "prepay",
    "allot",
    "promise",
    "dispute",
    "resolve",
    "hold",
    "cancel",
    "approve",
    "send",
    "fail",
    "draft",
    "exclude",
)


def some(random, least, most, make):
    return [make(random) for _number in range(random.randint(least, most))]


def a_policy(random):
    return {
        "delays": sorted(random.sample(range(-10, 30), random.randint(1, 4))),
        "approval": random.random() < 0.3,
        "catch_up": random.choice(("one_step", "latest")),
        "minimum_days_between": random.randint(0, 7),
        "grace_days": random.randint(0, 4),
    }


def a_document(random):
    return {
        "customer": random.randint(0, 2),
        "due": FIRST_DAY + A_DAY * random.randint(-40, 12),
        "amount": random.randint(1, 500),
        "move_type": random.choice(("out_invoice",) * 4 + ("out_refund",)),
        "foreign": random.random() < 0.25,
    }


def an_event(random):
    """What happens, to which document, and a number."""
    return random.choice(EVENTS), random.randrange(7), random.randint(1, 10)


def a_step(random):
    """Days until the next run, and what happens before it."""
    return random.choice((0, 1, 1, 2, 3, 5, 9)), some(random, 0, 2, an_event)


def a_course(random):
    return {
        "policies": some(random, 1, 2, a_policy),
        "daily_limit": random.choice((0, 0, 0, 1)),
        "documents": some(random, 2, 7, a_document),
        "steps": some(random, 3, 6, a_step),
    }


courses = st.randoms(use_true_random=True).map(a_course)
