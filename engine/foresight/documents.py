"""The documents from which foresight learns: the one relation that all of it is computed from, for the books and
for a file alike.

``id, company_id, customer_id, segment, amount`` (of the company's currency, a float)``, issued, due`` (of its last
instalment)``, settled`` (the day of the last money for it; none while it is open, and where no money paid
it)``, closed`` (the day since which it is open no more, by money or otherwise)``, disputed`` (at any time); of the books
alone ``in_dispute``, whether it is now.

What is *paid late* is money that came after the due date. A credit note or a write-off is no lateness: a
document that money has paid for the greater part was paid on the day of the last money, whatever took away the
rest; any other that is closed has no day of settlement and is left out of the record.
"""

from odoo.tools import SQL

from ..books.items import accounts

#: The share of a document that money must have paid for it to count as paid.
BY_MONEY = 0.5


def booked(company_id):
    """SQL for the posted documents of a company's customers, as the books say now.

    The customer is the commercial partner as of today: merged ones are one, archived ones stay; the own companies
    are none. A payment counts from the day it is dated, or the day of the document where that is later. A payment
    without an entry counts as soon as it covers what is open. What is matched with a draft isn't paid.
    """
    return SQL(
        """
        SELECT m.id, m.company_id, p.commercial_partner_id AS customer_id,
               COALESCE(p.country_id, 0) * 2 + COALESCE(p.is_company, FALSE)::integer AS segment,
               m.amount_total_signed::double precision AS amount, m.invoice_date AS issued, d.due,
               CASE WHEN d.is_closed AND d.by_money >= %(most)s * d.balance THEN GREATEST(d.paid, m.invoice_date) END AS settled,
               CASE WHEN d.is_closed THEN GREATEST(d.closed, d.paid, m.invoice_date) END AS closed,
               m.id IN (SELECT l.move_id FROM dunning_dispute_line_rel x JOIN account_move_line l ON l.id = x.move_line_id)
                   AS disputed,
               m.id IN (SELECT l.move_id FROM dunning_dispute s JOIN dunning_dispute_line_rel x ON x.dispute_id = s.id
                          JOIN account_move_line l ON l.id = x.move_line_id WHERE s.state = 'open') AS in_dispute
          FROM (SELECT i.move_id, MAX(i.due) AS due, SUM(i.balance) AS balance, bool_and(i.is_closed) AS is_closed,
                       SUM(i.by_money) AS by_money, MAX(i.paid) AS paid, MAX(i.closed) AS closed
                  FROM (%(items)s) i
              GROUP BY i.move_id) d
          JOIN account_move m ON m.id = d.move_id
          JOIN res_partner p ON p.id = m.partner_id
         WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_receipt') AND m.invoice_date IS NOT NULL
           AND p.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
        """,
        most=BY_MONEY,
        items=_items(company_id),
    )


def _items(company_id):
    """SQL for the debit items with what closed them: ``by_money`` of the balance, ``paid`` the last money."""
    return SQL(
        """
        SELECT l.move_id, COALESCE(l.date_maturity, l.date) AS due, l.balance,
               (l.reconciled OR l.paid_under_way IS NOT NULL AND l.amount_residual_currency = l.under_way_currency)
                   AND r.has_draft IS NOT TRUE AS is_closed,
               COALESCE(r.by_money, 0) + COALESCE(l.under_way, 0) AS by_money,
               GREATEST(r.paid, l.paid_under_way) AS paid, r.closed
          FROM (SELECT l.*, CASE WHEN l.under_way_currency != 0 THEN (%(under_way)s) END AS paid_under_way
                  FROM account_move_line l
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance > 0
                   AND l.account_id IN (%(accounts)s)) l
     LEFT JOIN (SELECT r.debit_move_id AS id, bool_or(c.parent_state != 'posted') AS has_draft,
                       SUM(r.amount) FILTER (WHERE %(money)s) AS by_money,
                       MAX(c.date) FILTER (WHERE %(money)s) AS paid, MAX(r.max_date) AS closed
                  FROM account_partial_reconcile r JOIN account_move_line c ON c.id = r.credit_move_id
                 WHERE r.company_id = %(company)s
              GROUP BY r.debit_move_id) r ON r.id = l.id
        """,
        company=company_id,
        accounts=accounts(),
        money=_is_money(),
        under_way=_under_way(),
    )


def _is_money():
    """Whether the counterpart ``c`` is money: a payment, a line of a statement, an entry by hand; no credit note,
    no write-off, no exchange difference."""
    return SQL(
        """CASE WHEN c.payment_id IS NOT NULL OR c.statement_line_id IS NOT NULL THEN TRUE
                ELSE EXISTS (SELECT 1 FROM account_move e WHERE e.id = c.move_id AND e.move_type = 'entry')
                 AND NOT EXISTS (SELECT 1 FROM dunning_write_off o WHERE o.move_id = c.move_id)
                 AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = c.move_id) END"""
    )


def _under_way():
    """The last day of the payments without an entry that are for the document of ``l``."""
    return SQL(
        """
        SELECT MAX(x.day) AS day
          FROM (SELECT y.date AS day
                  FROM account_move__account_payment x JOIN account_payment y ON y.id = x.payment_id
                 WHERE x.invoice_id = l.move_id AND y.move_id IS NULL AND y.state IN ('in_process', 'paid')
                 UNION ALL
                SELECT COALESCE(t.last_state_change::date, t.create_date::date)
                  FROM account_invoice_transaction_rel x JOIN payment_transaction t ON t.id = x.transaction_id
                 WHERE x.invoice_id = l.move_id AND t.state IN ('authorized', 'pending', 'done')) x
        """
    )
