"""Which collector a customer without one gets: by rules, the same whenever it is asked."""

import unicodedata

from odoo.tools import SQL

from ..books.items import open_now


def first_letter(name):
    """The letter that a customer is filed under: without accents, whatever its case.

    >>> first_letter("  șerban & Fiii"), first_letter("Äpfel"), first_letter("מאפייה"), first_letter("«3M»")
    ('S', 'A', 'מ', '3')
    >>> first_letter("…"), first_letter(None)
    ('', '')
    """
    plain = unicodedata.normalize("NFKD", name or "").upper()
    return next((char for char in plain if char.isalnum()), "")


def within(name, first, last):
    """Whether a name is filed under a letter from ``first`` to ``last``; an empty end is open.

    >>> [within(name, "A", "M") for name in ("Azure", "élan", "Mill", "Ncell", "…")]
    [True, True, True, False, False]
    >>> within("Zeta", "N", ""), within("Azure", "", "m"), within("…", "", "")
    (True, True, True)
    """
    letter = first_letter(name)
    low, high = first_letter(first), first_letter(last)
    if not (low or high):
        return True
    return bool(letter) and (not low or low <= letter) and (not high or letter <= high)


def assign(rows, rules, loads):
    """Collectors for customers: of the first rule that fits, who has the fewest customers, then
    the least open amount, then the lowest id. Who owes most comes first.

    :param rows: customers: (id, name, open amount, ids of the rules whose segment holds it)
    :param rules: (id, first letter, last letter, ids of the collectors), in their order
    :param loads: by collector: (number of customers, open amount) as of now
    :return: by customer: its collector; customers that no rule fits are left out

    >>> rules = [(1, "A", "M", (7, 8)), (2, "", "", (9,))]
    >>> rows = [(1, "Azure", 10, [1, 2]), (2, "Beta", 90, [1, 2]), (3, "Zeta", 5, [1, 2]), (4, "Ypsilon", 1, [1])]
    >>> assign(rows, rules, {})
    {2: 7, 1: 8, 3: 9}
    >>> assign(rows, rules, {7: (5, 0)})
    {2: 8, 1: 8, 3: 9}
    """
    counts = {collector: list(load) for collector, load in loads.items()}
    chosen = {}
    for customer_id, name, amount, fitting in sorted(rows, key=lambda row: (-row[2], row[0])):
        collectors = next((r[3] for r in rules if r[0] in fitting and within(name, r[1], r[2]) and r[3]), ())
        if collectors:
            best = min(collectors, key=lambda one: (*counts.get(one, (0, 0)), one))
            load = counts.setdefault(best, [0, 0])
            load[0] += 1
            load[1] += amount
            chosen[customer_id] = best
    return chosen


def customers(company_id, collector, segments=(), partner_ids=()):
    """SQL for (customer id, name, open amount, collector id, ids of the fitting rules) of the
    customers who owe something, and of those with ``partner_ids``; a collector who left counts
    as none.

    :param collector: expression for the collector of the customer ``cp``
    :param segments: pairs of a rule's id and a subselect of the customers it is for
    """
    fits = [SQL("CASE WHEN cp.id IN %s THEN %s::int END", subselect, rule_id) for rule_id, subselect in segments]
    return SQL(
        """
        SELECT cp.id, COALESCE(cp.name, ''), COALESCE(owed.amount, 0), u.id,
               array_remove(ARRAY[%(fits)s]::int[], NULL)
          FROM res_partner cp
     LEFT JOIN (SELECT i.customer_id AS id, SUM(i.residual) AS amount
                  FROM (%(items)s) i WHERE i.company_id = %(company)s
              GROUP BY i.customer_id) owed ON owed.id = cp.id
     LEFT JOIN res_users u ON u.id = %(collector)s AND u.active
         WHERE owed.amount > 0 OR cp.id IN %(chosen)s
        """,
        fits=SQL(", ").join(fits) if fits else SQL("NULL"),
        items=open_now(),
        company=company_id,
        collector=collector,
        chosen=tuple(partner_ids) or (0,),
    )
