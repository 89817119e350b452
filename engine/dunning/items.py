"""What a company's customers owe and are owed: open items, and money on its way.

``question`` is the one of ``engine.dunning.deciding``.
"""

from odoo.tools import SQL

from ..books.items import open_now
from ..books.under_way import on_its_way


def _only(question, column):
    """The condition that a customer is among those asked about."""
    if question.partner_ids is None:
        return SQL("TRUE")
    return SQL("%s IN %s", SQL.identifier(*column), question.partner_ids or (0,))


def notice_day(zone):
    """The day of a notice ``n``: on which it left in the time zone ``zone`` (a name), not before the
    one for which it was made; until then, that one."""
    return SQL("GREATEST((n.sent_on AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, n.date)", zone)


def small_rest(residual, item="l"):
    """Whether what is left of an item, ``residual``, is left after a payment and less than 1.00."""
    return SQL(
        "(%(rest)s > 0 AND %(rest)s < 1 AND %(rest)s < %(item)s)",
        rest=residual,
        item=SQL.identifier(item, "amount_currency"),
    )


def _withheld(residual, rate):
    """Whether what is left of the item ``l``, of the document ``m``, is what the customer withheld as tax: by
    ``rate`` per cent of the total or of the untaxed amount, of the item or of the document, within 1.00; or
    since a payment of it says so."""
    return SQL(
        """CASE WHEN %(rest)s > 0 AND %(rest)s < l.amount_currency
                THEN EXISTS (SELECT 1 FROM (VALUES (l.amount_currency), (m.amount_total), (m.amount_untaxed),
                                                   (l.amount_currency * m.amount_untaxed / NULLIF(m.amount_total, 0))) b(base)
                              WHERE %(rate)s > 0 AND ABS(%(rest)s - b.base * %(rate)s / 100) <= 1)
                     OR EXISTS (SELECT 1
                                  FROM (SELECT c.payment_id, TRUE AS is_booked FROM account_partial_reconcile r
                                          JOIN account_move_line c ON c.id = r.credit_move_id
                                         WHERE r.debit_move_id = l.id
                                         UNION ALL
                                        SELECT x.payment_id, FALSE FROM account_move__account_payment x
                                         WHERE x.invoice_id = l.move_id) paid
                                  JOIN account_payment y ON y.id = paid.payment_id AND y.is_tax_withheld
                                 WHERE is_booked OR (y.state IN ('in_process', 'paid') AND y.move_id IS NULL))
                ELSE FALSE END""",
        rest=residual,
        rate=SQL("(%s)::numeric", rate),
    )


def _discounted():
    """SQL: the last day of the early-payment discount of the item ``l``: none of what is paid in part, be it by money
    under way, as by Odoo's own rule."""
    return SQL(
        """CASE WHEN m.move_type IN ('out_invoice', 'out_receipt') AND l.left_currency = l.amount_currency
                THEN l.discount_date END"""
    )


def item(question):
    """Open items, less what is under way of them and the part of them that is disputed, with what is known of
    their customer: debits, and credits (negative), of which those dated later are on their way.
    ``is_disputed``: nothing else is left of it; ``part_disputed``: how much of it is, else."""
    return SQL(
        """
        SELECT l.id, l.move_id, l.currency_id, cp.id AS partner_id, l.claimed_currency AS residual, l.due,
               l.disputed >= l.left_currency AS is_disputed,
               CASE WHEN l.disputed < l.left_currency THEN l.disputed ELSE 0 END AS part_disputed,
               COALESCE(m.partner_id, l.partner_id) AS contact_id, COALESCE(m.invoice_date, l.date) AS invoiced, m.sent_date AS sent,
               l.payment_returned_date AS returned, %(discounted)s AS discounted, m.closure_reason_id IS NOT NULL AS closed,
               COALESCE(l.no_followup, FALSE) AS no_followup,
               l.date > %(today)s AS later,
               %(policy)s AS policy_id, %(hold)s AS hold_until, %(state)s AS state, %(trust)s AS trust,
               %(payment_days)s AS payment_days,
               (SELECT MAX(n.replied_until) FROM dunning_notice n
                 WHERE n.partner_id = cp.id AND n.company_id = %(company)s
                   AND n.replied_until >= %(today)s) AS replied_until,
               cp.id IN (SELECT own.commercial_partner_id FROM res_company c
                           JOIN res_partner own ON own.id = c.partner_id) AS internal,
               m.dunning_paused_until AS paused_until,
               m.sent_date IS NULL AND m.move_type != 'entry' AS unsent,
               %(withheld)s AS withheld, %(rest)s AS is_rest,
               CASE WHEN l.date > %(today)s THEN GREATEST(-l.left_currency, 0) ELSE 0 END AS flying,
               l.residual_currency > 0 AS is_owed
          FROM (%(items)s) l
          JOIN account_move m ON m.id = l.move_id
          JOIN res_partner cp ON cp.id = l.customer_id
         WHERE l.company_id = %(company)s
           AND l.residual_currency != 0
           AND %(only)s
        """,
        items=open_now(),
        discounted=_discounted(),
        only=_only(question, ("cp", "id")),
        company=question.company_id,
        today=question.today,
        policy=question.policy,
        hold=question.hold_until,
        state=question.state,
        trust=question.trust,
        payment_days=question.payment_days,
        withheld=_withheld(SQL("l.left_currency"), question.withholding),
        rest=small_rest(SQL("l.left_currency")),
    )


def flight(question):
    """Money on its way that is for no document: bank lines, and what is loose of payments without an entry
    and online payments. Rows like those of ``item``, of which only the last amount counts."""
    return SQL(
        """
        SELECT NULL::int, NULL::int, f.currency_id, p.commercial_partner_id, 0, NULL::date, FALSE, 0, NULL::int, NULL::date, NULL::date,
               NULL::date, NULL::date, FALSE, FALSE, FALSE, NULL::int, NULL::date, NULL::text, NULL::text, NULL::text,
               NULL::date, FALSE,
               NULL::date, FALSE, FALSE, FALSE, f.amount, FALSE
          FROM (%(on_its_way)s) f
          JOIN res_partner p ON p.id = f.customer_id
         WHERE f.company_id = %(company)s AND %(only)s
        """,
        on_its_way=on_its_way(question.payment_states, question.today, [question.company_id]),
        only=_only(question, ("p", "commercial_partner_id")),
        company=question.company_id,
    )


def credits(question):
    """SQL for the open credits of the company: ``id, partner_id, currency_id, residual, due``."""
    return SQL(
        "SELECT id, partner_id, currency_id, residual, due FROM (%s) item"
        " WHERE residual < 0 AND NOT later AND NOT no_followup",
        item(question),
    )
