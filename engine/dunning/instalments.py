"""Instalments of a document that others took the place of: which became of which, and what goes on with them."""

from typing import NamedTuple

from odoo.tools import SQL

#: Less than this part of an instalment is a matter of rounding.
TINY = 0.01


class Part(NamedTuple):
    """An instalment: the journal item, its due date, its amount."""

    id: int
    due: object
    amount: float


def shares(before, after):
    """{id of an instalment: {id of one before: share of that one that it took over}}: in the order of the due
    dates, the money of the document is cut anew. Without any amounts, each takes over of all.

    >>> one, two = [Part(1, 10, 100)], [Part(1, 40, 50), Part(2, 10, 50)]
    >>> shares(one, two), shares(two, one)
    ({2: {1: 0.5}, 1: {1: 0.5}}, {1: {2: 1.0, 1: 1.0}})
    >>> shares([Part(1, 10, 50), Part(2, 40, 50)], [Part(1, 10, 50.01), Part(3, 40, 25), Part(2, 70, 24.99)])
    {1: {1: 1.0}, 3: {2: 0.5001}, 2: {2: 0.4999}}
    >>> shares([Part(1, 10, 100)], [Part(1, 10, 0), Part(2, 40, 100)])
    {1: {}, 2: {1: 1.0}}
    >>> shares([Part(1, 10, 0)], [Part(1, 10, 60), Part(2, 40, 40)])
    {1: {1: 0.5}, 2: {1: 0.5}}
    """
    old, new = _spans(before), _spans(after)
    if not old or not new:
        return {part.id: {other.id: 1 / len(after) for other in before} for part in after}
    found = {part_id: {} for part_id in new}
    for other_id, span in old.items():
        taken = {part_id: _overlap(span, other) for part_id, other in new.items()}
        if total := sum(taken.values()):
            for part_id in filter(taken.get, taken):
                found[part_id][other_id] = round(taken[part_id] / total, 4)
        elif other_id in new:  # nothing was owed on it
            found[other_id][other_id] = 1
    return found


def fraction(ids, parts):
    """How much of all parts those with these ids are.

    >>> fraction({1}, [Part(1, 10, 25), Part(2, 40, 75)]), fraction({1}, [Part(1, 10, 0), Part(2, 40, 0)])
    (0.25, 0.5)
    """
    amounts = [(abs(part.amount), part.id in ids) for part in parts]
    if not sum(amount for amount, _chosen in amounts):
        amounts = [(1, chosen) for _amount, chosen in amounts]
    return sum(amount for amount, chosen in amounts if chosen) / sum(amount for amount, _chosen in amounts)


def _spans(parts):
    """{id: (start, end)} of each part within the whole, which is 1; empty where nothing is owed."""
    whole, end, spans = sum(abs(part.amount) for part in parts), 0, {}
    for part in sorted(parts, key=lambda part: (part.due, part.id)) if whole else ():
        start, end = end, end + abs(part.amount) / whole
        spans[part.id] = (start, end)
    return spans


def _overlap(span, other):
    """How much two spans have in common, unless it is a matter of rounding."""
    smaller = min(span[1] - span[0], other[1] - other[0])
    common = min(span[1], other[1]) - max(span[0], other[0])
    return common if common > smaller * TINY else 0


def naming(line_ids, relations):
    """SQL for (table, id, journal item) of what names these items and goes on with what takes their place:
    lines of notices, decisions, and of the ``relations``, (table, its column, that of the item), the records."""
    parts = [
        SQL(
            "SELECT %s, id, move_line_id FROM %s WHERE move_line_id IN %s",
            table,
            SQL.identifier(table),
            tuple(line_ids),
        )
        for table in ("dunning_notice_line", "dunning_decision")
    ]
    parts += [
        SQL(
            "SELECT %s, %s, %s FROM %s WHERE %s IN %s",
            table,
            SQL.identifier(column),
            SQL.identifier(item),
            SQL.identifier(table),
            SQL.identifier(item),
            tuple(line_ids),
        )
        for table, column, item in relations
    ]
    return SQL(" UNION ALL ").join(parts)


def name_anew(relation, line_ids, named):
    """Statements: of these items, exactly those ``named``, {record: items}, stand in the relation."""
    table, column, item = (SQL.identifier(name) for name in relation)
    yield SQL("DELETE FROM %s WHERE %s IN %s", table, item, tuple(line_ids))
    if pairs := sorted((record_id, line_id) for record_id, items in named.items() for line_id in items):
        values = SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs)
        yield SQL("INSERT INTO %s (%s, %s) VALUES %s", table, column, item, values)


def aim_anew(old, new, before, now):
    """SQL: promises whose items are now more, or less, of their document aim so much higher, or lower.

    :param old: {promise id: ids of items before}; ``new``: of those now
    """
    whole = sum(part.amount for part in now)
    gained = {
        promise_id: (fraction(new[promise_id], now) - fraction(items, before)) * whole
        for promise_id, items in old.items()
    }
    values = SQL(", ").join(SQL("(%s, %s)", *row) for row in gained.items())
    return SQL(
        "UPDATE dunning_promise s SET target = s.target + x.amount FROM (VALUES %s) x(id, amount) WHERE x.id = s.id",
        values,
    )


def mark(rows):
    """SQL: the marks of items, (id, day of a returned payment, whether nobody has followed that up, whether it
    is excluded)."""
    values = SQL(", ").join(SQL("(%s, %s::date, %s::boolean, %s::boolean)", *row) for row in rows)
    return SQL(
        """UPDATE account_move_line l
              SET payment_returned_date = x.day, payment_return_open = x.open, no_followup = x.excluded
             FROM (VALUES %s) x(id, day, open, excluded) WHERE x.id = l.id""",
        values,
    )
