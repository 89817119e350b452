"""What strangers send to a page, for properties."""

import re

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

#: Posts to each route.
NUMBER = 1500

NASTY = st.sampled_from(
    (
        *("", " ", "0", "-1", "00", "1e9", "NaN", "٣", "2147483648", "9" * 20, "9" * 5000, "1.5", "None", "[]", "{}"),
        *("\x00", "a\x00b", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}", "%s%n", "../../etc/passwd"),
        *("\u202e\u2066", "\ufeff", "💩" * 50, "x" * 100_000, "1" * 100_000, "2026-02-30", "0000-01-01", "false"),
    )
)
TEXTS = NASTY | st.text(max_size=30)
#: A value as it may be sent: a text, raw bytes, several, a file, or none.
VALUES = st.one_of(
    TEXTS,
    st.binary(max_size=10),
    st.lists(TEXTS.filter(lambda text: len(text) < 100), min_size=2, max_size=4),
    st.just(("x.pdf", b"%PDF-1.4")),
    st.none(),
)
NAMES = st.sampled_from(("self", "context", "args", "lang", "db", "debug", "notice_id", "status", "error", "form"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.just("\ud800")
    | TEXTS.filter(lambda text: len(text) < 6000),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=4,
)
every = settings(
    max_examples=NUMBER,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def broken(right, *more, values=VALUES):
    """What is sent in the place of a ``right`` value (a pattern) and isn't one."""

    def is_other(value):
        sent = value if isinstance(value, list) else [value]
        texts = (one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in sent)
        return not any(re.search(right, text.replace("\x00", "")) for text in texts)

    return values.filter(is_other) | st.sampled_from(more) if more else values.filter(is_other)


def one_of(choices):
    return f"^({'|'.join(re.escape(key) for key, _label in choices)})$"
