"""What may be charged to a saved card, and how much of it, by the consents of a company's customers."""

from datetime import date, timedelta

from odoo.tools import SQL

from ..books.items import open_now
from ..books.under_way import on_its_way
from .promises import owed

#: A charge is announced, or the provider was asked: its item isn't reminded of.
LIVE = ("announced", "pending")
#: Of a promise, or of a journal item, there is one row of these.
ONE_OF = ("announced", "pending", "done")
#: After a decline it is tried so many times more, each so many days after it was announced.
RETRIES, RETRY_DAYS = 2, 3
#: Whatever was announced counts, for whichever day.
EVERY_DAY = date(9999, 12, 31)


def live():
    """SQL for (``id`` of the journal item, ``day`` on which it is charged) of what is announced or being charged."""
    return SQL(
        """
        SELECT x.id, MIN(x.day) AS day
          FROM (SELECT c.move_line_id AS id, c.date AS day FROM payment_charge c
                 WHERE c.state IN %(live)s AND c.move_line_id IS NOT NULL
                 UNION ALL
                SELECT r.move_line_id, c.date FROM payment_charge c
                  JOIN dunning_promise_line_rel r ON r.promise_id = c.promise_id
                 WHERE c.state IN %(live)s) x
      GROUP BY x.id
        """,
        live=LIVE,
    )


def planned_day(due, today, notice_days, is_agreed):
    """The day on which something is charged: when it falls due, and not before it was announced long enough. The days
    of a plan are agreed: of one that is nearer the day stays, and the day after today at the earliest.

    >>> planned_day(date(2026, 3, 17), date(2026, 3, 10), 14, True)
    datetime.date(2026, 3, 17)
    >>> planned_day(date(2026, 3, 17), date(2026, 3, 10), 14, False)
    datetime.date(2026, 3, 24)
    >>> planned_day(date(2026, 3, 1), date(2026, 3, 10), 14, True)
    datetime.date(2026, 3, 11)
    """
    return max(due, today + timedelta(days=1 if is_agreed else notice_days))


def chargeable(question, until, consent_ids=None):
    """SQL for (consent_id, promise_id, move_line_id, currency_id, amount, due) of what customers of the
    company have agreed to, that falls due up to the day ``until`` (or SQL for it, of the consent ``c``), whether it was
    announced already or not: instalments of the plans that a consent is for, else journal items of invoices.

    Left out is what is disputed, promised (but for the plan's own instalments), excluded, closed, paused, of a
    customer who is on hold, insolvent or with a lawyer, paid or on its way, and what another charge is on its way for, which
    nobody may know yet to have come: an instalment's for an item, an item's for an instalment; open credits and money that nobody has
    matched yet take off what falls due first.

    :param question: of which ``company_id, today, payment_states`` and, on the customer ``cp``, ``hold_until`` and
        ``state`` count, as of ``engine.dunning.deciding``
    :param consent_ids: by these consents alone, without asking once more what of all customers is on its way
    """
    ours, coming = SQL("TRUE"), on_its_way(question.payment_states, question.today, [question.company_id])
    if consent_ids is not None:
        ours = SQL("c.id IN %s", tuple(consent_ids) or (0,))
        coming = SQL("SELECT NULL::int AS customer_id, NULL::int AS currency_id, 0 AS amount")
    return SQL(
        """
        WITH consent AS (
            SELECT c.id, c.scope, c.plan_id, c.partner_id, c.notice_days FROM payment_consent c
             WHERE c.company_id = %(company)s AND c.state = 'active' AND %(ours)s),
        item AS MATERIALIZED (%(items)s),
        credit AS (
            SELECT x.customer_id, x.currency_id, SUM(x.amount) AS amount
              FROM (SELECT customer_id, currency_id, -left_currency AS amount FROM item WHERE left_currency < 0
                     UNION ALL
                    SELECT w.customer_id, w.currency_id, w.amount FROM (%(coming)s) w) x
          GROUP BY 1, 2),
        weighed AS (
            SELECT i.*, SUM(i.amount) OVER (PARTITION BY i.customer_id, i.currency_id ORDER BY i.due, i.id) AS up_to_here
              FROM item i WHERE i.amount > 0 AND i.is_free AND NOT i.is_promised AND NOT i.is_asked_in_part),
        rest AS (
            SELECT k.customer_id, k.currency_id, GREATEST(k.amount - COALESCE(w.amount, 0), 0) AS amount
              FROM credit k
         LEFT JOIN (SELECT customer_id, currency_id, SUM(amount) AS amount FROM weighed WHERE due <= %(today)s
                  GROUP BY 1, 2) w ON w.customer_id = k.customer_id AND w.currency_id = k.currency_id),
        found AS (%(of_invoices)s UNION ALL %(of_plans)s)
        SELECT f.consent_id, f.promise_id, f.move_line_id, f.currency_id,
               ROUND(f.amount / u.rounding) * u.rounding AS amount, f.due
          FROM found f JOIN res_currency u ON u.id = f.currency_id
         WHERE f.amount >= u.rounding
        """,
        company=question.company_id,
        today=question.today,
        items=_items(question),
        ours=ours,
        coming=coming,
        of_invoices=_of_invoices(until),
        of_plans=_of_plans(until),
    )


def _items(question):
    """SQL for the open items of those who have agreed, and what stands against charging each."""
    return SQL(
        """
        SELECT l.id, l.customer_id, l.currency_id, l.due, l.left_currency, l.claimed_currency AS amount,
               l.disputed, m.move_type IN ('out_invoice', 'out_receipt') AS is_document,
               (m.closure_reason_id IS NOT NULL OR l.no_followup OR l.disputed >= l.left_currency
                OR m.dunning_paused_until >= %(today)s) IS NOT TRUE AS is_free,
               EXISTS (SELECT 1 FROM dunning_promise_line_rel x JOIN dunning_promise s ON s.id = x.promise_id
                        WHERE x.move_line_id = l.id AND s.state = 'open') AS is_promised,
               EXISTS (SELECT 1 FROM payment_charge p
                        WHERE p.move_line_id = l.id AND p.state = 'pending') AS is_asked,
               EXISTS (SELECT 1 FROM payment_charge p JOIN dunning_promise_line_rel x ON x.promise_id = p.promise_id
                        WHERE x.move_line_id = l.id AND p.state = 'pending') AS is_asked_in_part
          FROM (%(items)s) l
          JOIN account_move m ON m.id = l.move_id
          JOIN res_partner cp ON cp.id = l.customer_id
         WHERE l.company_id = %(company)s AND l.customer_id IN (SELECT partner_id FROM consent)
           AND (%(hold)s >= %(today)s) IS NOT TRUE
           AND COALESCE(%(state)s, 'normal') IN ('normal', 'plan')
        """,
        company=question.company_id,
        today=question.today,
        hold=question.hold_until,
        state=question.state,
        items=open_now(),
    )


def _of_invoices(until):
    """SQL for the items of who has agreed to have all invoices charged, less what credits and money on its way cover."""
    return SQL(
        """
        SELECT c.id AS consent_id, NULL::int AS promise_id, w.id AS move_line_id, w.currency_id,
               LEAST(w.amount, w.up_to_here - COALESCE(k.amount, 0)) AS amount, w.due
          FROM weighed w
          JOIN consent c ON c.partner_id = w.customer_id AND c.scope = 'invoices'
     LEFT JOIN credit k ON k.customer_id = w.customer_id AND k.currency_id = w.currency_id
         WHERE w.is_document AND w.due <= %s
        """,
        until,
    )


def _of_plans(until):
    """SQL for the instalments of the plans that a consent is for, less what credits leave after what is due."""
    return SQL(
        """
        SELECT c.id, s.id, NULL, s.currency_id,
               LEAST(s.amount, o.owed - i.under_way - s.target, o.open - i.under_way) - COALESCE(k.amount, 0), s.date
          FROM consent c
          JOIN dunning_promise s ON s.plan_id = c.plan_id AND s.state = 'open' AND s.date <= %(until)s
          JOIN (%(owed)s) o ON o.id = s.id
    CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(l.amount_residual_currency - t.left_currency), 0) AS under_way,
                      COALESCE(bool_and(t.is_free AND t.is_document AND t.disputed = 0 AND NOT t.is_asked), FALSE) AS is_free
                 FROM dunning_promise_line_rel x
                 JOIN account_move_line l ON l.id = x.move_line_id
                 JOIN item t ON t.id = l.id
                WHERE x.promise_id = s.id) i
     LEFT JOIN rest k ON k.customer_id = c.partner_id AND k.currency_id = s.currency_id
         WHERE c.scope = 'plan' AND i.is_free
        """,
        until=until,
        owed=owed(SQL("s.state = 'open' AND s.plan_id IN (SELECT plan_id FROM consent)")),
    )


def not_announced(question, notice_days):
    """SQL for those of :func:`chargeable` that fall due within so many days, or as many as were agreed, if those are
    more: of which no charge is on its way, was made, or has failed, or was stopped by a person, by the same consent."""
    until = SQL("%s::date + GREATEST(c.notice_days, %s)", question.today, notice_days)
    return SQL(
        """
        SELECT f.* FROM (%(chargeable)s) f
         WHERE NOT EXISTS (SELECT 1 FROM payment_charge c
                            WHERE (c.promise_id = f.promise_id OR c.move_line_id = f.move_line_id)
                              AND (c.state IN %(one_of)s
                                   OR ((c.state = 'failed' OR c.reason = 'stopped') AND c.consent_id = f.consent_id)))
      ORDER BY f.consent_id, f.due, f.promise_id, f.move_line_id
        """,
        chargeable=chargeable(question, until),
        one_of=ONE_OF,
    )


def announced(question, consent_ids=None):
    """SQL for (id, what may be charged of it now, 0: nothing) of the announced charges of the company; of some consents
    alone as of :func:`chargeable`."""
    ours = SQL("TRUE") if consent_ids is None else SQL("c.consent_id IN %s", tuple(consent_ids) or (0,))
    return SQL(
        """
        SELECT c.id, LEAST(c.amount, COALESCE(f.amount, 0))
          FROM payment_charge c
     LEFT JOIN (%(chargeable)s) f ON f.consent_id = c.consent_id
               AND (f.promise_id = c.promise_id OR f.move_line_id = c.move_line_id)
               AND f.currency_id = c.currency_id
         WHERE c.state = 'announced' AND c.company_id = %(company)s AND %(ours)s
        """,
        chargeable=chargeable(question, EVERY_DAY, consent_ids),
        ours=ours,
        company=question.company_id,
    )
