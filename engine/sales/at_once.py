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


def _documents(which):
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


def candidates(after, limit, *, host_invoices):
    """SQL for the ids of the next orders to invoice. A down payment that isn't posted yet is waited for.

    :param after: the id of the last one
    :param host_invoices: whether the host itself invoices orders that are paid online
    """
    paid = SQL(
        """EXISTS (SELECT 1 FROM sale_order_transaction_rel r JOIN payment_transaction t ON t.id = r.transaction_id
                    WHERE r.sale_order_id = d.id AND t.state IN ('pending', 'authorized', 'done'))"""
    )
    return SQL(
        """SELECT d.id FROM sale_order d
            WHERE %(ready)s AND d.id > %(after)s AND NOT %(waits)s AND NOT %(paid)s
         ORDER BY d.id LIMIT %(limit)s""",
        ready=_ready(),
        after=after,
        waits=_documents(SQL("s.is_downpayment AND m.state = 'draft'")),
        paid=paid if host_invoices else SQL("FALSE"),
        limit=limit,
    )


def taken_back():
    """SQL for the ids of orders of which somebody has cancelled or credited an invoice: it isn't made again."""
    undone = _documents(SQL("m.state = 'cancel' OR m.move_type = 'out_refund'"))
    return SQL("SELECT d.id FROM sale_order d WHERE %s AND %s", _ready(), undone)
