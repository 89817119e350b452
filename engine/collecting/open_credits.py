"""Open items of customers, by currency: what is looked through for an amount, and what credits may pay."""

from odoo.tools import SQL

from ..books.items import open_now


def items(company_id, currency_id, partner_ids=None):
    """SQL for ``id, customer_id, account_id, left_currency``, the oldest first: open items, credits below zero,
    but what is wholly under way.

    :param partner_ids: of these commercial partners alone
    """
    ours = (
        SQL("o.customer_id IS NOT NULL")
        if partner_ids is None
        else SQL("o.customer_id IN %s", tuple(partner_ids) or (0,))
    )
    return SQL(
        """
        SELECT o.id, o.customer_id, o.account_id, o.left_currency
          FROM (%s) o
         WHERE o.company_id = %s AND o.currency_id = %s AND o.left_currency != 0 AND %s
      ORDER BY o.due, o.id
        """,
        open_now(),
        company_id,
        currency_id,
        ours,
    )


def able_to_make(company_id, currency_id, amount, most):
    """SQL for ``customer_id, number``: customers who owe an amount in a currency or more, those with the fewest
    open items first, at most so many."""
    return SQL(
        """
        SELECT i.customer_id, count(*) AS number FROM (%s) i
      GROUP BY i.customer_id
        HAVING SUM(GREATEST(i.left_currency, 0)) >= %s
      ORDER BY number, i.customer_id
         LIMIT %s
        """,
        items(company_id, currency_id),
        amount,
        most,
    )


def with_credits(company_id, partner_ids=None):
    """SQL for ``customer_id, currency_id``: who has open credits, and something that they could pay.

    :param partner_ids: as of :func:`items`
    """
    ours = (
        SQL("o.customer_id IS NOT NULL")
        if partner_ids is None
        else SQL("o.customer_id IN %s", tuple(partner_ids) or (0,))
    )
    return SQL(
        """
        SELECT o.customer_id, o.currency_id FROM (%s) o
         WHERE o.company_id = %s AND %s
      GROUP BY o.customer_id, o.currency_id
        HAVING bool_or(o.left_currency < 0) AND bool_or(o.left_currency > 0)
      ORDER BY o.customer_id, o.currency_id
        """,
        open_now(),
        company_id,
        ours,
    )
