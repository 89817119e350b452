"""How long the daily run may stand still before a person looks at what it would do."""

from itertools import pairwise

#: Days that are no gap, however short the steps of the policies are.
LEAST = 7


def longest_pause(policies):
    """Days after the last run until which the next one begins by itself: the shortest step from a level to
    the next, so that nobody missed more than one; a week at least.

    :param policies: for each policy, (what it counts from, days) of its levels, in their order

    >>> longest_pause([[("due", -5), ("due", 4), ("due", 10)]])
    7
    >>> longest_pause([[("due", 4), ("due", 24)], [("due", 4), ("due", 18), ("sent", 19), ("due", 48)]])
    14
    >>> [longest_pause(policies) for policies in ([], [[("due", 4)]], [[("due", 4), ("due", 4)]])]
    [7, 7, 7]
    """
    steps = [
        later - earlier
        for levels in policies
        for (base, earlier), (next_base, later) in pairwise(levels)
        if base == next_base and later > earlier
    ]
    return max(min(steps, default=LEAST), LEAST)
