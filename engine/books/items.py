"""Open receivable items: what customers owe, and are owed. The one definition of them, now and as
at a day."""

from odoo.tools import SQL


def accounts():
    """SQL for the ids of the receivable accounts."""
    return SQL("SELECT id FROM account_account WHERE account_type = 'asset_receivable'")


def booked():
    """SQL for the posted items of receivable accounts, with ``customer_id``, the commercial partner,
    and ``due``: entries by hand may have no due date; theirs counts. ``residual`` is what the ledger says,
    ``left_open`` that less what is under way of it, ``claimed_open`` less what is disputed in part, too; all in the
    currency of the company, and in the item's; ``disputed`` is held of it, in the item's. Its conditions and joins are
    seen through by PostgreSQL: what is asked about it is looked up by the host's indexes."""
    return SQL(
        """SELECT l.id, l.move_id, l.company_id, l.partner_id, p.commercial_partner_id AS customer_id, l.account_id,
                  l.currency_id, l.company_currency_id, l.date, COALESCE(l.date_maturity, l.date) AS due,
                  l.balance, l.amount_currency, l.reconciled, l.no_followup, l.payment_id, l.statement_line_id,
                  l.payment_returned_date, l.discount_date,
                  l.amount_residual AS residual, l.amount_residual_currency AS residual_currency,
                  l.amount_residual - COALESCE(l.under_way, 0) AS left_open, %(left)s AS left_currency,
                  %(held)s AS disputed, %(claimed)s AS claimed_currency,
                  CASE WHEN l.disputed_currency IS NULL THEN l.amount_residual - COALESCE(l.under_way, 0)
                       ELSE (l.amount_residual - COALESCE(l.under_way, 0)) * %(claimed)s / NULLIF(%(left)s, 0) END AS claimed_open
             FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
        LEFT JOIN res_partner p ON p.id = l.partner_id
            WHERE l.parent_state = 'posted'""",
        left=left(),
        held=held(),
        claimed=claimed(),
    )


def left():
    """What is open of the item ``l``, less what payments without an entry pay of it, in its currency."""
    return SQL("(l.amount_residual_currency - COALESCE(l.under_way_currency, 0))")


def held():
    """SQL: how much of what is left of the item ``l`` is disputed, in its currency: a payment in part meets the
    rest first. As ``engine.agreements.disputes.held``."""
    return SQL("GREATEST(LEAST(COALESCE(l.disputed_currency, 0), %s), 0)", left())


def claimed():
    """SQL: what is asked for of the item ``l``, where anything is, in its currency: what is left, less the
    part that is disputed. As ``engine.agreements.disputes.claimed``."""
    return SQL("COALESCE(NULLIF(%(left)s - %(held)s, 0), %(left)s)", left=left(), held=held())


def part_held():
    """SQL: how much of the item ``l`` is disputed beside what is asked for of it; 0 where that is all."""
    return SQL("CASE WHEN %(held)s < %(left)s THEN %(held)s ELSE 0 END", held=held(), left=left())


def open_now():
    """SQL for those of them that are open: debits, and credits (negative)."""
    return SQL("%s AND l.reconciled IS NOT TRUE", booked())


def owed_to_customers(company_ids, partner_ids=None):
    """SQL for what companies owe their customers as vendors, by open bills less what was paid on account:
    ``customer_id``, the commercial partner, ``company_id``, ``currency_id``, ``amount`` in that currency and
    ``balance`` in the company's, both positive.

    :param partner_ids: of these commercial partners alone
    """
    ours = SQL("TRUE") if partner_ids is None else SQL("p.commercial_partner_id IN %s", tuple(partner_ids) or (0,))
    return SQL(
        """
        SELECT p.commercial_partner_id AS customer_id, l.company_id, l.currency_id,
               -SUM(l.amount_residual_currency) AS amount, -SUM(l.amount_residual) AS balance
          FROM account_move_line l
          JOIN account_account a ON a.id = l.account_id AND a.account_type = 'liability_payable'
          JOIN res_partner p ON p.id = l.partner_id
         WHERE l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.company_id IN %s AND %s
      GROUP BY 1, 2, 3
        HAVING SUM(l.amount_residual_currency) < 0
        """,
        tuple(company_ids),
        ours,
    )


def open_as_at(as_at, companies, partner_ids=None):
    """SQL for the items that were open at the end of the day ``as_at``: ``id, move_id, company_id,
    partner_id, account_id, currency_id, date, due, residual`` (company currency),
    ``residual_currency``, and of them ``disputed`` and ``disputed_currency``: what is disputed still, of what had been
    by then.

    An item was open for what it is open for now, and what was matched after that day undone. A match
    is dated by the later of its two items; exchange differences are items themselves. What is matched
    with a draft counts as not matched: the host keeps the matches of an entry that is reset to draft.
    So the open amounts always add up to the ledger.

    :param companies: ids, at least one
    :param partner_ids: of these partners alone
    """
    ours = SQL("TRUE") if partner_ids is None else SQL("partner_id IN %s", tuple(partner_ids) or (0,))
    items = None
    if partner_ids is not None:
        items = SQL("SELECT id FROM account_move_line WHERE account_id IN (%s) AND %s", accounts(), ours)
    return SQL(
        """
        SELECT l.id, l.move_id, l.company_id, l.partner_id, l.account_id, l.currency_id, l.date,
               COALESCE(l.date_maturity, l.date) AS due, o.residual, o.residual_currency,
               h.disputed AS disputed_currency,
               COALESCE(o.residual * h.disputed / NULLIF(o.residual_currency, 0), 0) AS disputed
          FROM (SELECT x.id, SUM(x.amount) AS residual, SUM(x.amount_currency) AS residual_currency
                  FROM (SELECT id, amount_residual AS amount, amount_residual_currency AS amount_currency
                          FROM account_move_line
                         WHERE reconciled IS NOT TRUE AND account_id IN (%(accounts)s) AND %(ours)s
                         UNION ALL %(undone)s) x
              GROUP BY x.id
                HAVING SUM(x.amount) != 0 OR SUM(x.amount_currency) != 0) o
          JOIN account_move_line l ON l.id = o.id
    CROSS JOIN LATERAL (SELECT %(disputed)s AS disputed) h
         WHERE l.date <= %(as_at)s AND l.parent_state = 'posted' AND l.account_id IN (%(accounts)s)
           AND l.company_id IN %(companies)s
        """,
        accounts=accounts(),
        ours=ours,
        undone=SQL(
            "%s UNION ALL %s", _undone("debit", "credit", 1, items, as_at), _undone("credit", "debit", -1, items, as_at)
        ),
        companies=tuple(companies),
        disputed=_disputed_at(as_at),
        as_at=as_at,
    )


def _disputed_at(as_at):
    """SQL: how much of what was open of the item ``l``, as ``o`` says, is disputed, and was at the end of the day."""
    return SQL(
        """CASE WHEN l.disputed_currency IS NOT NULL AND o.residual_currency > 0 AND EXISTS (
                          SELECT 1 FROM dunning_dispute_line_rel r
                            JOIN dunning_dispute d ON d.id = r.dispute_id
                           WHERE r.move_line_id = l.id AND d.state = 'open' AND d.opened_date <= %(as_at)s)
                THEN LEAST(%(held)s, o.residual_currency) ELSE 0 END""",
        as_at=as_at,
        held=held(),
    )


def _undone(side, other, sign, items, as_at):
    """SQL for what is matched on one side of items, and wasn't at the end of the day: later, or with
    a draft."""
    item, counterpart = SQL.identifier("r", f"{side}_move_id"), SQL.identifier("r", f"{other}_move_id")
    return SQL(
        """
        SELECT %(item)s, %(sign)s * r.amount, %(sign)s * %(amount_currency)s FROM account_partial_reconcile r
         WHERE r.max_date > %(as_at)s AND %(ours)s
         UNION ALL
        SELECT %(item)s, %(sign)s * r.amount, %(sign)s * %(amount_currency)s
          FROM account_move_line draft JOIN account_partial_reconcile r ON %(counterpart)s = draft.id
         WHERE draft.parent_state = 'draft' AND draft.matching_number IS NOT NULL
           AND r.max_date <= %(as_at)s AND %(ours)s
        """,
        item=item,
        counterpart=counterpart,
        sign=sign,
        amount_currency=SQL.identifier("r", f"{side}_amount_currency"),
        ours=SQL("TRUE") if items is None else SQL("%s IN (%s)", item, items),
        as_at=as_at,
    )
