"""Which open documents make an amount: sums of a few of many amounts, in whole cents.

The search is that for a subset sum, by meeting in the middle (Horowitz and Sahni, *Computing Partitions with
Applications to the Knapsack Problem*, 1974): of n amounts two halves with at most 2^(n/2) sums each.
"""

from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

#: Of so many amounts, the first, every combination is looked at: two halves of 2^11 sums.
MOST_AMOUNTS = 22
#: So many pairs of sums are tried at most where a bank may have kept a fee.
TRIES = 20_000


class Found(NamedTuple):
    """``chosen``: positions of the amounts; ``over``: how much more than asked they make; ``ways``: in how
    many ways the same is made."""

    chosen: tuple
    over: int
    ways: int


def combinations(amounts, target, over=0, most=5):
    """The combinations of ``amounts`` that make ``target``, or up to ``over`` more: the nearest first, then
    those of the fewest amounts, then of the earliest. Credits are negative amounts. More than ``MOST_AMOUNTS``
    amounts: of the first ones all combinations, of all of them the first so many and all.

    >>> combinations([100, 250, 400], 500)
    [Found(chosen=(0, 2), over=0, ways=1)]
    >>> combinations([100, 250, 400], 495, over=10)
    [Found(chosen=(0, 2), over=5, ways=1)]
    >>> combinations([100, 100, 100], 200)
    [Found(chosen=(0, 1), over=0, ways=3), Found(chosen=(1, 2), over=0, ways=3)]
    >>> combinations([100, 250, -50], 300)
    [Found(chosen=(0, 1, 2), over=0, ways=1)]
    >>> combinations([100], 70), combinations([], 0), combinations([5] * 40, 200)[0].chosen == tuple(range(40))
    ([], [], True)
    """
    found = [*_in_halves(amounts[:MOST_AMOUNTS], target, over)]
    if len(amounts) > MOST_AMOUNTS:
        found += _first_ones(amounts, target, over)
    ways = Counter()
    for match in found:
        ways[match.over] += match.ways
    best = {}
    for match in sorted(found, key=lambda match: (match.over, len(match.chosen), match.chosen)):
        best.setdefault(match.chosen, match._replace(ways=ways[match.over]))
    return [*best.values()][:most]


def _in_halves(amounts, target, over):
    middle = len(amounts) // 2
    left, right = _sums(amounts[:middle]), _sums(amounts[middle:])
    ordered = sorted(right)
    tries = 0
    for one, (ways, chosen) in left.items():
        at = bisect_left(ordered, target - one)
        while at < len(ordered) and ordered[at] <= target - one + over and tries < TRIES:
            other_ways, others = right[ordered[at]]
            together = chosen + tuple(middle + position for position in others)
            if together:
                yield Found(together, one + ordered[at] - target, ways * other_ways)
            at, tries = at + 1, tries + 1


def _sums(amounts):
    """{sum: (in how many ways, the fewest and earliest positions that make it)}

    >>> _sums([1, 2, 3])[3], _sums([])
    ((2, (2,)), {0: (1, ())})
    """
    sums = {0: (1, ())}
    for position, amount in enumerate(amounts):
        added = {total + amount: (ways, (*chosen, position)) for total, (ways, chosen) in sums.items()}
        for total, new in added.items():
            sums[total] = _both(sums[total], new) if total in sums else new
    return sums


def _both(one, other):
    """Of two ways to make the same sum: all ways, and the shorter, else the earlier one."""
    return one[0] + other[0], min(one[1], other[1], key=lambda chosen: (len(chosen), chosen))


def _first_ones(amounts, target, over):
    """As one pays what is oldest."""
    total = 0
    for number, amount in enumerate(amounts, 1):
        total += amount
        if number > MOST_AMOUNTS and target <= total <= target + over:
            yield Found(tuple(range(number)), total - target, 1)


class Item(NamedTuple):
    """An open item: what is left of it, the same less a discount, and less a tax that is withheld of the total or
    of the amount before tax (None: there is none); in cents, credits below zero."""

    left: int
    discounted: int | None = None
    withheld: int | None = None
    withheld_untaxed: int | None = None


def explain(items, amount, fee=0, most=5):
    """``[(kind, Found)]``: what an amount may be for, the likeliest first: ``exact``, ``discount`` (taken for each
    that has one), ``withheld`` (tax, of each), or less a bank's fee of at most ``fee`` (``fee``), looked for
    where nothing else fits.

    >>> items = [Item(1000, 950), Item(500), Item(300, None, 285)]
    >>> explain(items, 1500)
    [('exact', Found(chosen=(0, 1), over=0, ways=1))]
    >>> explain(items, 1450)
    [('discount', Found(chosen=(0, 1), over=0, ways=1))]
    >>> explain(items, 285), explain(items, 490, fee=15)
    ([('withheld', Found(chosen=(2,), over=0, ways=1))], [('fee', Found(chosen=(1,), over=10, ways=1))])
    """
    left = [item.left for item in items]
    found = [("exact", match) for match in combinations(left, amount, most=most)]
    for kind, position in (("discount", 1), ("withheld", 2), ("withheld", 3)):
        taken = [item[position] for item in items]
        asked = [whole if less is None else less for whole, less in zip(left, taken, strict=True)]
        if asked != left:
            matches = combinations(asked, amount, most=most)
            told = {match.chosen for _kind, match in found}
            found += [
                (kind, match)
                for match in matches
                if match.chosen not in told and any(taken[at] is not None for at in match.chosen)
            ]
    if not found and fee:
        found = [("fee", match) for match in combinations(left, amount, over=fee, most=most)]
    return found[:most]
