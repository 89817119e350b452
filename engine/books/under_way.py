"""Money under way: payments without an entry of their own, and online payments that nobody has booked
yet. What is linked to documents counts for exactly those; the rest is the customer's.

Linked payments of one currency and customer for the same documents are a *pot*. A pot is spread over
the items of its documents, oldest due first, each at most what is open of it: pots for one document
first, then those for several. A pot that comes in is for debits, one that goes out for credits; where
its documents are both, they are set against each other before (a payment of an invoice less a credit note).
"""

from odoo.tools import SQL

from .items import open_now


def _money(states, today, only):
    """Each payment: ``payment_id, transaction_id`` (by which it is linked), ``partner_id, company_id,
    currency_id, day, since, sign`` (1: it comes in), ``amount`` and ``is_loose``: what its documents leave of
    it is set against others. What a bank confirmed without an entry may have come by a line of its
    statement, so only what is in process is loose. Parts of an online payment that were captured count
    themselves once they have a payment; until then all counts at the whole one. Of what the whole pays early,
    the discounts are paid too."""
    payments, transactions = (
        (SQL("TRUE"), SQL("TRUE")) if only is None else (_among("y", only[0]), _among("t", only[1]))
    )
    return SQL(
        """
        SELECT y.id AS payment_id, COALESCE(t.source_transaction_id, t.id) AS transaction_id, y.partner_id,
               y.company_id, y.currency_id, y.date AS day, y.create_date AS since,
               CASE y.payment_type WHEN 'inbound' THEN 1 ELSE -1 END AS sign,
               y.amount + CASE WHEN y.amount = w.amount THEN %(of_payment)s ELSE 0 END AS amount,
               y.state = 'in_process' AND y.payment_type = 'inbound' AND y.partner_type = 'customer' AS is_loose
          FROM account_payment y LEFT JOIN payment_transaction t ON t.id = y.payment_transaction_id
     LEFT JOIN payment_transaction w ON w.id = COALESCE(t.source_transaction_id, t.id)
         WHERE y.move_id IS NULL AND y.state IN ('in_process', 'paid') AND y.state IN %(states)s AND %(payments)s
         UNION ALL
        SELECT NULL, t.id, t.partner_id, t.company_id, t.currency_id, t.last_state_change::date, t.create_date, 1,
               t.amount - parts.amount + CASE WHEN parts.amount = 0 THEN %(of_transaction)s ELSE 0 END, TRUE
          FROM payment_transaction t
    CROSS JOIN LATERAL (SELECT COALESCE(SUM(c.amount), 0) AS amount FROM payment_transaction c
                         WHERE c.source_transaction_id = t.id AND c.operation != 'refund'
                           AND (c.state = 'cancel' OR c.payment_id IS NOT NULL)) parts
         WHERE t.state IN ('authorized', 'pending', 'done') AND t.payment_id IS NULL AND t.amount > 0
           AND (t.state = 'authorized' OR t.awaited_until >= %(today)s)
           AND (t.state != 'done' OR t.is_post_processed IS NOT TRUE)
           AND t.source_transaction_id IS NULL AND t.operation IS DISTINCT FROM 'validation'
           AND NOT EXISTS (SELECT 1 FROM account_payment y WHERE y.payment_transaction_id = t.id)
           AND %(transactions)s
        """,
        states=tuple(states),
        today=today,
        payments=payments,
        transactions=transactions,
        of_payment=_discounts("w"),
        of_transaction=_discounts("t"),
    )


def _discounts(transaction):
    """The early-payment discounts of the items that an online payment pays wholly, while nothing else was paid of
    them."""
    return SQL(
        """COALESCE((SELECT SUM(l.amount_currency - l.discount_amount_currency)
                       FROM payment_transaction_discount_rel x JOIN account_move_line l ON l.id = x.move_line_id
                      WHERE x.transaction_id = %s AND l.amount_residual_currency = l.amount_currency), 0)""",
        SQL.identifier(transaction, "id"),
    )


def _among(row, ids):
    return SQL("%s IN %s", SQL.identifier(row, "id"), tuple(ids) or (0,))


def _linked():
    """The documents of the payment ``money``. An order's money is for the order's invoices."""
    return SQL(
        """
        SELECT x.invoice_id AS move_id FROM account_move__account_payment x WHERE x.payment_id = money.payment_id
         UNION
        SELECT x.invoice_id FROM account_invoice_transaction_rel x WHERE x.transaction_id = money.transaction_id
         UNION
        SELECT l.move_id
          FROM sale_order_transaction_rel x
          JOIN sale_order_line o ON o.order_id = x.sale_order_id
          JOIN sale_order_line_invoice_rel r ON r.order_line_id = o.id
          JOIN account_move_line l ON l.id = r.invoice_line_id
         WHERE x.transaction_id = money.transaction_id
        """
    )


def _pots():
    """The pots of ``money``: ``amount`` less what lines of bank statements have settled of their documents
    since, unless another payment that the bank confirmed says so itself."""
    return SQL(
        """
        SELECT row_number() OVER () AS id, g.company_id, g.customer_id, g.currency_id, g.sign, g.day, g.docs,
               GREATEST(g.amount - GREATEST(bank.amount - known.amount, 0), 0) AS amount,
               g.is_loose AND NOT g.is_for_order AND bank.amount = 0
                   AND NOT EXISTS (SELECT 1 FROM account_move d WHERE d.id = ANY(g.docs) AND d.state = 'draft') AS is_loose
          FROM (SELECT m.company_id, m.customer_id, m.currency_id, m.sign, m.is_loose, m.is_for_order, m.docs,
                       SUM(m.amount) AS amount, MIN(m.since) AS since, MAX(m.day) AS day,
                       array_remove(array_agg(m.payment_id), NULL) AS payment_ids
                  FROM (SELECT money.*, p.commercial_partner_id AS customer_id,
                               EXISTS (SELECT 1 FROM sale_order_transaction_rel x
                                        WHERE x.transaction_id = money.transaction_id) AS is_for_order,
                               ARRAY(SELECT move_id FROM (%(linked)s) d ORDER BY move_id) AS docs
                          FROM money LEFT JOIN res_partner p ON p.id = money.partner_id) m
              GROUP BY 1, 2, 3, 4, 5, 6, 7) g
    CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(CASE WHEN x.currency_id = g.currency_id THEN x.amount_currency ELSE x.amount * %(rate)s END), 0)
                   AS amount
              FROM (SELECT l.currency_id, r.debit_amount_currency AS amount_currency, r.amount, r.credit_move_id AS other_id
                      FROM account_move_line l JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                     WHERE g.sign > 0 AND l.move_id = ANY(g.docs) AND r.create_date >= g.since
                     UNION ALL
                    SELECT l.currency_id, r.credit_amount_currency, r.amount, r.debit_move_id
                      FROM account_move_line l JOIN account_partial_reconcile r ON r.credit_move_id = l.id
                     WHERE g.sign < 0 AND l.move_id = ANY(g.docs) AND r.create_date >= g.since) x
              JOIN account_move_line b ON b.id = x.other_id AND b.statement_line_id IS NOT NULL) bank
    CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(y.amount), 0) AS amount
              FROM account_payment y
             WHERE y.move_id IS NULL AND y.state = 'paid' AND y.currency_id = g.currency_id
               AND y.id IN (SELECT x.payment_id FROM account_move__account_payment x WHERE x.invoice_id = ANY(g.docs))
               AND y.id != ALL(g.payment_ids)) known
        """,
        linked=_linked(),
        rate=rate_of(SQL("g.currency_id"), SQL("g.company_id"), SQL("g.day")),
    )


def rate_of(currency, company, day):
    """What Odoo gives on a day for one unit of the company's currency: by the last rate until then, else the first."""
    return SQL(
        """COALESCE((SELECT r.rate FROM res_currency_rate r JOIN res_company c ON c.id = %(company)s
                      WHERE r.currency_id = %(currency)s
                        AND (r.company_id IS NULL OR r.company_id = split_part(c.parent_path, '/', 1)::integer)
                   ORDER BY r.name > %(day)s, r.company_id, ABS(r.name - %(day)s), r.name LIMIT 1), 1)""",
        currency=currency,
        company=company,
        day=day,
    )


def _pairs():
    """Each pot with each item of its documents (``id, due``), and its ``rate``: the pot's currency for one unit of the
    item's."""
    return SQL(
        """
        SELECT pot.id AS pot_id, pot.amount, pot.sign, cardinality(pot.docs) = 1 AS is_alone, c.rounding, i.id, i.due,
               CASE WHEN i.currency_id = pot.currency_id THEN 1 ELSE %(to)s / %(of)s END AS rate
          FROM pot
          JOIN res_currency c ON c.id = pot.currency_id
    CROSS JOIN LATERAL unnest(pot.docs) AS d(move_id)
          JOIN owing i ON i.move_id = d.move_id
         WHERE pot.amount > 0
        """,
        to=rate_of(SQL("pot.currency_id"), SQL("i.company_id"), SQL("pot.day")),
        of=rate_of(SQL("i.currency_id"), SQL("i.company_id"), SQL("pot.day")),
    )


def _spread(which, items):
    """What pots give to their items: ``pot_id, id, part`` (of what is owed), and ``used`` in the pot's currency,
    negative where it is other side's.

    :param which: which of the rows ``pair``
    :param items: the table with what is ``owed`` of each
    """
    return SQL(
        """
        SELECT pot_id, id, taken.part, CASE WHEN own THEN 1 ELSE -1 END * taken.part * worth AS used
          FROM (SELECT given.*, SUM(part) OVER (PARTITION BY id ORDER BY pot_id) - part AS before
                  FROM (SELECT told.*, LEAST(GREATEST(budget - sooner, 0) / NULLIF(worth, 0), 1) AS part
                          FROM (SELECT summed.*,
                                       LEAST(others, GREATEST(owns - amount, 0)) + CASE WHEN own THEN amount ELSE 0 END AS budget,
                                       SUM(worth) OVER (PARTITION BY pot_id, own ORDER BY due, id) - worth AS sooner
                                  FROM (SELECT valued.*,
                                               COALESCE(SUM(worth) FILTER (WHERE own) OVER (PARTITION BY pot_id), 0) AS owns,
                                               COALESCE(SUM(worth) FILTER (WHERE NOT own) OVER (PARTITION BY pot_id), 0) AS others
                                          FROM (SELECT pair.pot_id, pair.amount, pair.id, pair.due, i.owed * pair.sign > 0 AS own,
                                                       ROUND(ABS(i.owed) * pair.rate / pair.rounding) * pair.rounding AS worth
                                                  FROM pair
                                                  JOIN %(items)s i ON i.id = pair.id AND i.owed != 0
                                                 WHERE %(which)s) valued) summed) told) given) asked
    CROSS JOIN LATERAL (SELECT LEAST(part, GREATEST(1 - before, 0)) AS part) taken
         WHERE taken.part > 0
        """,
        which=which,
        items=items,
    )


def _given(states, today, only=None):
    """The parts of a statement: ``pot``, and ``given``, what each gives to which item."""
    return SQL(
        """
        money AS MATERIALIZED (%(money)s),
        pot AS MATERIALIZED (%(pots)s),
        owing AS MATERIALIZED (
            SELECT o.id, o.move_id, o.company_id, o.currency_id, o.due, o.residual_currency AS owed, c.rounding
              FROM (SELECT DISTINCT unnest(docs) AS move_id FROM pot) d
        CROSS JOIN LATERAL (SELECT * FROM (%(open)s) i WHERE i.move_id = d.move_id
                            OFFSET 0) o -- by the index of each document, whatever the planner expects
              JOIN res_currency c ON c.id = o.currency_id),
        pair AS MATERIALIZED (%(pairs)s), -- the rates are asked for here, once
        alone AS MATERIALIZED (%(alone)s),
        owing_still AS MATERIALIZED (
            SELECT o.id, o.move_id, o.company_id, o.currency_id, o.due, o.rounding,
                   o.owed - ROUND(o.owed * COALESCE(x.part, 0) / o.rounding) * o.rounding AS owed
              FROM owing o LEFT JOIN (SELECT id, SUM(part) AS part FROM alone GROUP BY id) x ON x.id = o.id),
        given AS MATERIALIZED (
            SELECT x.pot_id, x.id, ROUND(o.owed * x.part / o.rounding) * o.rounding AS amount, x.used
              FROM alone x JOIN owing o ON o.id = x.id
             UNION ALL
            SELECT x.pot_id, x.id, ROUND(o.owed * x.part / o.rounding) * o.rounding, x.used
              FROM (%(together)s) x JOIN owing_still o ON o.id = x.id)
        """,
        money=_money(states, today, only),
        pots=_pots(),
        open=open_now(),
        pairs=_pairs(),
        alone=_spread(SQL("pair.is_alone"), SQL("owing")),
        together=_spread(SQL("NOT pair.is_alone"), SQL("owing_still")),
    )


def on_its_way(states, today, companies):
    """SQL for (customer, company, currency, amount) of all money on its way that is for no document: what
    bank statements say that nobody has matched yet; what is linked to nothing, and what the documents of the rest
    leave of it.

    :param states: of payments that count, as of Odoo's ``_valid_payment_states``
    """
    return SQL(
        """
        WITH %(given)s
        SELECT p.commercial_partner_id AS customer_id, s.company_id,
               COALESCE(s.foreign_currency_id, s.currency_id) AS currency_id,
               CASE WHEN s.foreign_currency_id IS NULL THEN s.amount ELSE s.amount_currency END AS amount
          FROM account_bank_statement_line s
          JOIN account_move m ON m.id = s.move_id AND m.state = 'posted'
          JOIN res_partner p ON p.id = s.partner_id
         WHERE s.company_id IN %(companies)s AND s.is_reconciled IS NOT TRUE AND s.amount > 0
         UNION ALL
        SELECT pot.customer_id, pot.company_id, pot.currency_id, pot.amount - COALESCE(x.used, 0)
          FROM pot LEFT JOIN (SELECT pot_id, SUM(used) AS used FROM given GROUP BY pot_id) x ON x.pot_id = pot.id
         WHERE pot.is_loose AND pot.customer_id IS NOT NULL AND pot.company_id IN %(companies)s
           AND pot.amount > COALESCE(x.used, 0)
        """,
        companies=tuple(companies),
        given=_given(states, today),
    )


def follow(states, today, move_ids=None, only=None):
    """SQL that writes what is under way of each item, where it is new; returns the ids of these items.

    :param move_ids: of these documents alone (ids); of all when it is None
    :param only: (ids of payments, ids of online payments): no others concern these documents
    """
    return SQL(
        """
        WITH %(given)s,
        said AS (
            SELECT l.id, COALESCE(x.amount, 0) AS amount,
                   CASE WHEN x.amount IS NULL THEN 0
                        WHEN l.currency_id = l.company_currency_id OR x.amount = l.amount_residual_currency
                        THEN CASE WHEN l.currency_id = l.company_currency_id THEN x.amount ELSE l.amount_residual END
                        ELSE ROUND(l.amount_residual * x.amount / l.amount_residual_currency / c.rounding) * c.rounding
                   END AS balance
              FROM (SELECT id FROM given UNION SELECT id FROM account_move_line WHERE under_way_currency != 0) told
              JOIN account_move_line l ON l.id = told.id
              JOIN res_currency c ON c.id = l.company_currency_id
         LEFT JOIN (SELECT id, SUM(amount) AS amount FROM given GROUP BY id) x ON x.id = l.id
             WHERE %(where)s)
        UPDATE account_move_line l SET under_way_currency = said.amount, under_way = said.balance
          FROM said
         WHERE said.id = l.id
           AND (COALESCE(l.under_way_currency, 0) != said.amount OR COALESCE(l.under_way, 0) != said.balance)
     RETURNING l.id
        """,
        given=_given(states, today, only),
        where=SQL("TRUE") if move_ids is None else SQL("l.move_id IN %s", tuple(move_ids) or (0,)),
    )


def concerned(move_ids):
    """SQL for (payment id, online payment id, document id) of what may be under way for these documents, with
    a row without payment for each document of which something is said to be under way. Mostly in vain."""
    return SQL(
        """
        WITH online AS MATERIALIZED ( -- asked, and planned, once
            SELECT transaction_id AS id FROM account_invoice_transaction_rel WHERE invoice_id IN %(moves)s
             UNION
            SELECT x.transaction_id
              FROM account_move_line l
              JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
              JOIN sale_order_line o ON o.id = r.order_line_id
              JOIN sale_order_transaction_rel x ON x.sale_order_id = o.order_id
             WHERE l.move_id IN %(moves)s)
        SELECT NULL::integer, NULL::integer, l.move_id FROM account_move_line l
         WHERE l.under_way_currency != 0 AND l.move_id IN %(moves)s
         UNION
        SELECT money.payment_id, CASE WHEN money.payment_id IS NULL THEN money.transaction_id END, d.move_id
          FROM (SELECT y.id AS payment_id, COALESCE(t.source_transaction_id, t.id) AS transaction_id
                  FROM account_payment y LEFT JOIN payment_transaction t ON t.id = y.payment_transaction_id
                 WHERE y.move_id IS NULL AND y.state IN ('in_process', 'paid')
                   AND (y.id IN (SELECT payment_id FROM account_move__account_payment WHERE invoice_id IN %(moves)s)
                        OR y.payment_transaction_id IN (
                           SELECT p.id FROM payment_transaction p
                            WHERE p.id IN (SELECT id FROM online) OR p.source_transaction_id IN (SELECT id FROM online)))
                 UNION ALL
                SELECT NULL, t.id FROM payment_transaction t
                 WHERE t.id IN (SELECT id FROM online) AND t.state IN ('authorized', 'pending', 'done')
                   AND t.payment_id IS NULL) money
    CROSS JOIN LATERAL (%(linked)s) d
        """,
        moves=tuple(move_ids),
        linked=_linked(),
    )
