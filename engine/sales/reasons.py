"""Which of the reasons for closing a customer's own words name."""

import re


def named_in(text, names):
    """Of ``{key: names of it}``, the key of the longest name that stands in ``text`` as whole words; None
    where none does.

    >>> reasons = {1: ["Too expensive"], 2: ["Expensive", "יקר"], 3: [""]}
    >>> named_in("Sorry, it's TOO expensive for us.", reasons), named_in("יקר!", reasons)
    (1, 2)
    >>> named_in("Too expensively made", reasons), named_in("", reasons)
    (None, None)
    """
    said = f" {_words(text)} "
    found = [
        (len(words), key)
        for key, of_key in names.items()
        for words in map(_words, of_key)
        if words and f" {words} " in said
    ]
    return max(found)[1] if found else None


def _words(text):
    return " ".join(re.findall(r"\w+", text.casefold()))
