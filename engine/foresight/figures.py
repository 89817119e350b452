"""How good chances were, once it is known what came true."""

import itertools
from random import Random

#: Rounds of the bootstrap, and where its numbers begin.
ROUNDS, SEED = 2000, 20130701


def area(chances, labels):
    """The area under the curve of true against false alarms (AUC): the chance that of two documents the one that was
    late had the higher chance; ties count half (Hanley & McNeil 1982). None where all are alike.

    >>> area([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1]), area([0.5, 0.5], [0, 1]), area([0.5], [1])
    (0.875, 0.5, None)
    """
    ordered = sorted(zip(chances, labels, strict=True))
    late = sum(labels)
    if not 0 < late < len(ordered):
        return None
    total, place = 0.0, 0
    while place < len(ordered):
        until = place
        while until < len(ordered) and ordered[until][0] == ordered[place][0]:
            until += 1
        total += sum(label for _chance, label in ordered[place:until]) * (place + until + 1) / 2
        place = until
    return (total - late * (late + 1) / 2) / (late * (len(ordered) - late))


def brier(chances, labels):
    """The mean squared difference between chance and truth (Brier 1950); 0 is best.

    >>> brier([0.0, 0.5], [0, 1])
    0.125
    """
    return sum((chance - label) ** 2 for chance, label in zip(chances, labels, strict=True)) / len(labels)


def tenths(chances, labels):
    """The documents in ten groups of rising chance: (mean chance, share that was late, count) of each.

    >>> tenths([0.2, 0.4], [0, 1])
    [(0.2, 0.0, 1), (0.4, 1.0, 1)]
    """
    ordered = sorted(zip(chances, labels, strict=True))
    cuts = [len(ordered) * part // 10 for part in range(11)]
    groups = [ordered[since:until] for since, until in itertools.pairwise(cuts) if until > since]
    return [(*(sum(column) / len(group) for column in zip(*group, strict=True)), len(group)) for group in groups]


def calibration_error(chances, labels):
    """The expected calibration error (ECE): how far share and chance are apart, over the tenths.

    >>> round(calibration_error([0.2, 0.4], [0, 1]), 3)
    0.4
    """
    groups = tenths(chances, labels)
    return sum(count * abs(chance - share) for chance, share, count in groups) / len(labels)


def figures(chances, labels):
    """``{"auc": …, "brier": …, "ece": …}``"""
    return {
        "auc": area(chances, labels),
        "brier": brier(chances, labels),
        "ece": calibration_error(chances, labels),
    }


def compared(ours, theirs, labels, measure=area, rounds=ROUNDS, seed=SEED):
    """How much ``ours`` is better than ``theirs`` on documents drawn with replacement, the same for both: the 2.5th,
    50th and 97.5th of a hundred parts (Efron & Tibshirani, An Introduction to the Bootstrap, 13.3).

    >>> compared([0.1, 0.9, 0.2, 0.8], [0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], rounds=50)
    (0.5, 0.5, 0.5)
    """
    random, count, differences = Random(seed), len(labels), []
    while len(differences) < rounds:
        drawn = random.choices(range(count), k=count)
        truth = [labels[place] for place in drawn]
        if not 0 < sum(truth) < count:
            continue
        one, other = (measure([chances[place] for place in drawn], truth) for chances in (ours, theirs))
        differences.append(one - other)
    differences.sort()
    return tuple(differences[int(part * (rounds - 1))] for part in (0.025, 0.5, 0.975))
