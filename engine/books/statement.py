"""What customers owed at the end of a day, from the reconciliations made by then; and what
moved on their accounts. Amounts are in the item's own currency, credits negative."""

from itertools import accumulate

from odoo.tools import SQL

from .items import booked, open_as_at


def box(days, limits):
    """The number of the ageing's box for an item so many days past due: the first is for what isn't, the
    next end with the days of ``limits``, the last never.

    >>> [box(days, (30, 60, 90)) for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)]
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return sum(days > limit for limit in (0, *limits))


def ageing(items, day, limits):
    """The open amounts of ``items`` by box, and what is left of the credits.

    >>> from datetime import date
    >>> items = [(date(2026, 3, 1), 100.0), (date(2026, 1, 1), 5.0), (None, -20.0)]
    >>> ageing(items, date(2026, 3, 10), (30, 60, 90))
    ([0.0, 100.0, 0.0, 5.0, 0.0], -20.0)
    """
    boxes, credits = [0.0] * (len(limits) + 2), 0.0
    for due, residual in items:
        if residual < 0:
            credits += residual
        else:
            boxes[box((day - due).days, limits)] += residual
    return boxes, credits


def running(forward, amounts):
    """The balance after each of ``amounts``, beginning with what was brought ``forward``.

    >>> running(70.0, [100.0, -25.0]), running(70.0, [])
    ([170.0, 145.0], [])
    """
    return list(accumulate(amounts, initial=forward))[1:]


def _receivables(company_id, partner_ids):
    """The FROM and WHERE of the receivable items ``l`` of partners."""
    return SQL(
        " FROM (%s) l WHERE l.company_id = %s AND l.partner_id IN %s", booked(), company_id, tuple(partner_ids) or (0,)
    )


def open_items(company_id, partner_ids, day):
    """SQL: id, open amount, and how much of it is disputed, of each item that was open at the end of ``day``."""
    return SQL(
        "SELECT id, residual_currency, disputed_currency FROM (%s) item WHERE residual_currency != 0 ORDER BY due, id",
        open_as_at(day, [company_id], partner_ids),
    )


def movements(company_id, partner_ids, first, last):
    """SQL: the ids of all items booked from ``first`` to ``last``, both included."""
    return SQL(
        "SELECT l.id, l.amount_currency %s AND l.date BETWEEN %s AND %s AND l.amount_currency != 0 ORDER BY l.date, l.id",
        _receivables(company_id, partner_ids),
        first,
        last,
    )


def balances_before(company_id, partner_ids, day):
    """SQL: partner, currency and the sum of all items booked before ``day``."""
    return SQL(
        "SELECT l.partner_id, l.currency_id, SUM(l.amount_currency) %s AND l.date < %s GROUP BY 1, 2",
        _receivables(company_id, partner_ids),
        day,
    )
