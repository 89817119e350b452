"""What a notice claims of what it lists."""


def claimed(items):
    """The amount that a notice asks for, of all that it lists: without what is only also due. Credits
    (negative) are set against what was due first, whichever that is.

    :param items: of (day on which it was due, amount, whether it is only also due)

    >>> claimed([(1, 100, False), (2, 50, True)])
    100
    >>> claimed([(1, 100, False), (2, 50, True), (3, -60, False)])
    40
    >>> claimed([(1, 50, True), (2, 100, False), (3, -60, False)])
    90
    >>> claimed([])
    0
    """
    items = sorted(items, key=lambda item: item[0])
    credit = -sum(amount for _day, amount, _also in items if amount < 0)
    total = 0
    for _day, amount, is_also_due in items:
        if amount > 0:
            used = min(credit, amount)
            credit -= used
            total += 0 if is_also_due else amount - used
    return total
