"""Which part of what is open is disputed: only that is held, the rest is claimed."""

from odoo.tools import SQL

#: What is held of an item that is disputed as a whole: all of it, whatever becomes of it.
WHOLE = 10**12


def allot(amount, items):
    """How much of each item is disputed when ``amount`` of all of them is: the oldest due date first, then
    in the order in which they were booked.

    :param items: (due date, id, what is left of it), in the currency of the amount; credits take none
    :return: {id: amount}

    >>> allot(150, [(2, 7, 100), (1, 9, 100)])
    {9: 100, 7: 50}
    >>> allot(30, [(1, 1, 100), (2, 2, 100), (1, 3, -40)])
    {1: 30, 3: 0, 2: 0}
    """
    allotted = {}
    for _due, item, left in sorted(items):
        allotted[item] = max(min(amount, left), 0)
        amount -= allotted[item]
    return allotted


def held(disputed, left):
    """How much of what is ``left`` of an item is held, when ``disputed`` of it was disputed: a payment
    in part meets the rest first. As ``engine.books.items.held``.

    >>> held(30, 100), held(30, 50), held(30, 20), held(WHOLE, 100)
    (30, 30, 20, 100)
    >>> held(30, -100), held(0, 100)
    (0, 0)
    """
    return max(min(disputed, left), 0)


def claimed(disputed, left):
    """What is asked for of it, where anything is: of what is wholly disputed all, which nobody is reminded of.

    >>> claimed(30, 100), claimed(30, 50), claimed(30, 20), claimed(0, 100), claimed(0, -100)
    (70, 20, 20, 100, -100)
    """
    return left - held(disputed, left) or left


def of_documents(move_ids):
    """SQL for (document id, dispute id) of what was ever disputed of these documents."""
    return SQL(
        """SELECT DISTINCT l.move_id, x.dispute_id
             FROM account_move_line l JOIN dunning_dispute_line_rel x ON x.move_line_id = l.id
            WHERE l.move_id IN %s ORDER BY 1, 2""",
        tuple(move_ids),
    )
