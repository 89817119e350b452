"""What is proposed to a chronic late payer: one thing, by a plain rule."""

from odoo.tools import SQL

from ..books.items import booked

PROPOSAL_KINDS = [
    ("direct_debit", "Direct Debit"),
    ("deposit", "Deposit on New Quotations"),
    ("shorter_term", "Shorter Payment Terms"),
    ("earlier_invoice", "Earlier Invoice"),
]
#: Days between order and invoice that are long; documents in a year that are many; days of terms that are long.
LONG_LAG = 10
MANY_DOCUMENTS = 12
LONG_TERM = 30
#: Documents of how many days are looked at.
YEAR_DAYS = 365


def propose(grade, late, lag, documents, term):
    """The first of these that fits, of what is known of a customer: of grade E, a deposit: its work isn't
    financed any more. Invoiced long after the order, an earlier invoice: that is our own delay. Invoiced
    every month or more often, direct debit: the same payment comes again and again. With long terms,
    shorter ones, unless it is later than the terms are long. Else a deposit.

    :param grade: a to e, or None
    :param late: by how many days it is late as a rule
    :param lag: days from the order to the invoice on average; None: it has no orders
    :param documents: how many it got in the last year
    :param term: days from an invoice to its due date on average

    >>> propose("e", 70, 30, 24, 60), propose("d", 45, 20, 24, 60), propose("d", 45, 3, 24, 60)
    ('deposit', 'earlier_invoice', 'direct_debit')
    >>> propose("d", 45, None, 4, 60), propose("d", 45, None, 4, 30), propose(None, 45, None, 4, 10)
    ('shorter_term', 'deposit', 'deposit')
    """
    if grade == "e":
        return "deposit"
    if (lag or 0) > LONG_LAG:
        return "earlier_invoice"
    if documents >= MANY_DOCUMENTS:
        return "direct_debit"
    if term >= LONG_TERM and term >= late:
        return "shorter_term"
    return "deposit"


def candidates(company_id, today, refused_since):
    """SQL for ``partner_id``, the parameters of :func:`propose`, and ``turnover``, of chronic late payers of
    the watch list who have no open proposal, none that was accepted, and none that was refused, or ended by a
    person, since.

    :param refused_since: a day
    """
    return SQL(
        """
        WITH late AS (
            SELECT w.partner_id, (w.params->>'days')::numeric AS late FROM dunning_watch w
             WHERE w.company_id = %(company)s AND w.kind = 'chronic' AND w.until IS NULL
               AND NOT EXISTS (SELECT 1 FROM payment_proposal x
                                WHERE x.company_id = w.company_id AND x.partner_id = w.partner_id
                                  AND (x.state IN ('proposed', 'accepted')
                                       OR (x.state = 'refused' OR x.state = 'ended' AND x.decided_by_id IS NOT NULL)
                                          AND x.decided_on > %(refused_since)s))
        ), document AS (
            SELECT l.customer_id AS partner_id, l.move_id, min(m.invoice_date) AS day,
                   max(l.due) - min(m.invoice_date) AS term, sum(l.balance) AS amount
              FROM (%(booked)s) l
              JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
             WHERE l.company_id = %(company)s AND l.customer_id IN (SELECT partner_id FROM late)
               AND l.date > %(today)s - %(days)s
          GROUP BY l.customer_id, l.move_id
        ), ordered AS (
            SELECT d.partner_id, avg(d.day - o.date_order::date) AS lag
              FROM document d
              JOIN account_move_line l ON l.move_id = d.move_id
              JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = l.id
              JOIN sale_order_line s ON s.id = x.order_line_id
              JOIN sale_order o ON o.id = s.order_id
          GROUP BY d.partner_id
        )
        SELECT late.partner_id, late.late, g.grade, round(ordered.lag) AS lag, count(d.move_id) AS documents,
               COALESCE(round(avg(d.term)), 0) AS term, COALESCE(sum(d.amount), 0) AS turnover
          FROM late
     LEFT JOIN document d ON d.partner_id = late.partner_id
     LEFT JOIN ordered ON ordered.partner_id = late.partner_id
     LEFT JOIN payment_grade g ON g.company_id = %(company)s AND g.partner_id = late.partner_id AND g.until IS NULL
      GROUP BY late.partner_id, late.late, g.grade, ordered.lag
      ORDER BY turnover DESC, late.partner_id
        """,
        company=company_id,
        refused_since=refused_since,
        today=today,
        days=YEAR_DAYS,
        booked=booked(),
    )
