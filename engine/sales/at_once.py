"""Which orders are invoiced at once: statements, and which of several settings counts."""

from odoo.tools import SQL

#: What a category of products says.
AT_ONCE, NOT_AT_ONCE = "yes", "no"


def wants(said, of_company):
    """Whether an order is invoiced at once: all its lines have to want it, since Odoo makes one invoice of them.

    :param said: of each line, what the category of its product says, or the nearest above it; empty: as the company
    :param of_company: whether the company invoices at once

    >>> wants(["", "yes"], True), wants(["", "yes"], False), wants(["yes"], False)
    (True, False, True)
    >>> wants(["no", ""], True), wants([], True)
    (False, False)
    """
    return bool(said) and all(one == AT_ONCE or (not one and of_company) for one in said)


def documents(which):
    """Whether there is a document of the order ``d`` of which ``which`` holds: ``m`` it, ``s`` the order's line."""
    return SQL(
        """EXISTS (SELECT 1
                     FROM sale_order_line s
                     JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                     JOIN account_move_line i ON i.id = r.invoice_line_id
                     JOIN account_move m ON m.id = i.move_id
                    WHERE s.order_id = d.id AND %s)""",
        which,
    )


def _ready():
    """Marked, confirmed, and by the host's own policies there is something to invoice."""
    return SQL("d.is_invoiced_at_once AND d.state = 'sale' AND d.invoice_status = 'to invoice'")


def _down_payment():
    """Whether a down payment isn't posted yet; or isn't paid, while nothing was delivered."""
    unpaid = SQL("m.state = 'posted' AND m.move_type = 'out_invoice' AND m.payment_state IN ('not_paid', 'partial')")
    return SQL(
        """(%(draft)s OR (%(unpaid)s AND NOT EXISTS (
             SELECT 1 FROM sale_order_line s WHERE s.order_id = d.id AND s.qty_delivered > 0 AND s.is_downpayment IS NOT TRUE)))""",
        draft=documents(SQL("s.is_downpayment AND m.state = 'draft'")),
        unpaid=documents(SQL("s.is_downpayment AND %s", unpaid)),
    )


def _prepayment():
    """Whether the prepayment that confirms the order hasn't come: a person has confirmed it all the same."""
    return SQL(
        """(d.require_payment AND d.proforma_state IS DISTINCT FROM 'paid'
            AND (SELECT round(d.amount_total * d.prepayment_percent::numeric, y.decimal_places)
                   FROM res_currency y WHERE y.id = d.currency_id)
                > COALESCE((SELECT SUM(t.amount)
                              FROM sale_order_transaction_rel r JOIN payment_transaction t ON t.id = r.transaction_id
                             WHERE r.sale_order_id = d.id AND t.state IN ('authorized', 'done')), 0))"""
    )


def waits_for(waiting):
    """SQL: what the invoice of an order ``d`` waits for: a down payment, the prepayment, the pro-forma's payment; else
    NULL.

    :param waiting: the states of a pro-forma whose money is awaited
    """
    return SQL(
        """CASE WHEN %(down)s THEN 'down_payment' WHEN %(prepaid)s THEN 'prepayment'
                WHEN d.proforma_state IN %(waiting)s THEN 'proforma' END""",
        down=_down_payment(),
        prepaid=_prepayment(),
        waiting=waiting,
    )


def waiting(ids, states):
    """SQL for (id, what its invoice waits for) of the orders that are to be invoiced at once, and can't be yet.

    :param states: of a pro-forma whose money is awaited
    """
    return SQL("SELECT d.id, %s FROM sale_order d WHERE %s AND d.id IN %s", waits_for(states), _ready(), tuple(ids))


def candidates(after, limit, states, *, host_invoices):
    """SQL for the ids of the next orders to invoice: those that wait for no money.

    :param after: the id of the last one
    :param states: of a pro-forma whose money is awaited
    :param host_invoices: whether the host itself invoices orders that are paid online
    """
    paid = SQL(
        """EXISTS (SELECT 1 FROM sale_order_transaction_rel r JOIN payment_transaction t ON t.id = r.transaction_id
                    WHERE r.sale_order_id = d.id AND t.state IN ('pending', 'authorized', 'done'))"""
    )
    return SQL(
        """SELECT d.id FROM sale_order d
            WHERE %(ready)s AND d.id > %(after)s AND %(waits)s IS NULL AND NOT %(paid)s
         ORDER BY d.id LIMIT %(limit)s""",
        ready=_ready(),
        after=after,
        waits=waits_for(states),
        paid=paid if host_invoices else SQL("FALSE"),
        limit=limit,
    )


def taken_back():
    """SQL for the ids of orders of which somebody has cancelled or credited an invoice: it isn't made again."""
    undone = documents(SQL("m.state = 'cancel' OR m.move_type = 'out_refund'"))
    return SQL("SELECT d.id FROM sale_order d WHERE %s AND %s", _ready(), undone)
