"""What sales should know of a customer's debts, for any number of customers in one statement."""

from odoo.tools import SQL

from ..books.items import open_now
from ..books.under_way import on_its_way, rate_of


def _reached():
    """SQL: the items ``item``, with each level that they have reached."""
    return SQL(
        """
           SELECT i.*, v.id AS level_id, v.delay_days, v.sequence,
                  v.hold_sales AND NOT i.excused AS holds
             FROM item i LEFT JOIN dunning_decision d ON d.move_line_id = i.id AND d.current
        LEFT JOIN LATERAL (
               SELECT nl.level_id FROM dunning_notice_line nl
                WHERE nl.move_line_id = i.id AND nl.level_id IS NOT NULL
                  AND nl.notice_state NOT IN ('draft', 'to_approve', 'cancelled')
                UNION ALL
               SELECT o.cut_off_level_id FROM dunning_policy o
                WHERE o.is_running AND o.cut_off_level_id = d.level_id AND i.due < o.cut_off_date
             ) h ON i.residual > 0
        LEFT JOIN dunning_level v ON v.id = h.level_id
        """
    )


def _summed(today):
    """SQL: a row of each customer and company, from its items ``reached``: what they come to, and their highest
    levels."""
    return SQL(
        """
        SELECT company_id, partner_id,
               COALESCE(SUM(residual) FILTER (WHERE once = 1 AND (residual < 0 OR due < %(today)s)), 0) AS overdue,
               COALESCE(SUM(residual) FILTER (WHERE once = 1 AND (residual < 0 OR holds)), 0) AS held,
               MAX(level_id) FILTER (WHERE highest = 1) AS level_id,
               MAX(level_id) FILTER (WHERE holding = 1 AND holds) AS hold_level_id,
               MAX(id) FILTER (WHERE highest = 1) AS item_id
          FROM (SELECT reached.*,
                       row_number() OVER (PARTITION BY id ORDER BY holds DESC NULLS LAST) AS once,
                       row_number() OVER (PARTITION BY company_id, partner_id ORDER BY residual > 0 DESC,
                           delay_days DESC NULLS LAST, sequence DESC, due, id) AS highest,
                       row_number() OVER (PARTITION BY company_id, partner_id ORDER BY holds DESC NULLS LAST,
                           delay_days DESC NULLS LAST, sequence DESC, due, id) AS holding
                  FROM reached) ranked
      GROUP BY company_id, partner_id
        """,
        today=today,
    )


def _coming(company_ids, partner_ids, today, states):
    """SQL for what customers have paid that is for no document, in their companies' currencies."""
    return SQL(
        """
          SELECT f.company_id, f.customer_id AS partner_id, SUM(f.amount * %(rate)s) AS amount
            FROM (%(on_its_way)s) f JOIN res_company c ON c.id = f.company_id
           WHERE f.customer_id IN %(partners)s
        GROUP BY 1, 2
        """,
        rate=_in_company_currency(SQL("f"), today),
        on_its_way=on_its_way(states, today, company_ids),
        partners=tuple(partner_ids),
    )


def collection_facts(company_ids, partner_ids, today, states):
    """SQL for a row of each customer and company with something past due, or with an open item
    that has reached a level that holds sales, or with a payment grade that does. What is wholly under way
    is as paid.

    ``company_id, partner_id``; ``overdue``: past due less open credits, in the company's
    currency; ``level_id``: the highest level that an open item has reached; ``hold_level_id``:
    the highest of them that holds sales, unless credits and money on its way that is for no document
    make up for all that holds them; ``hold_grade``: the payment grade that holds sales where the company
    says so, whatever is owed; ``item_id``: the item at the highest level, the oldest of them;
    ``release_id``: what lets sales go on today.

    A level is reached when its notice has left or is about to: not while it waits for approval.
    Items from before a policy's cut-off date are at that policy's level for them. What is disputed or
    promised holds only where the company says so.

    :param states: in which a payment without an entry counts
    """
    return SQL(
        """
        WITH item AS (
            SELECT o.id, o.company_id, o.customer_id AS partner_id,
                   CASE WHEN c.hold_sales_disputed THEN o.left_open ELSE o.claimed_open END AS residual, o.due, %(excused)s AS excused
              FROM (%(items)s) o JOIN res_company c ON c.id = o.company_id
             WHERE o.customer_id IN %(partners)s AND o.company_id IN %(companies)s AND o.left_open != 0
        ), reached AS (
            %(reached)s
        ), summed AS (
            %(summed)s
        ), coming AS (
            %(coming)s
        ), fact AS (
            SELECT company_id, partner_id, overdue, level_id, item_id,
                   CASE WHEN held > COALESCE(coming.amount, 0) THEN hold_level_id END AS hold_level_id
              FROM summed LEFT JOIN coming USING (company_id, partner_id)
        )
        SELECT company_id, partner_id, COALESCE(overdue, 0) AS overdue, level_id, item_id, hold_level_id, hold_grade,
               (SELECT r.id FROM dunning_sales_release r
                 WHERE r.partner_id = told.partner_id AND r.company_id = told.company_id AND r.until >= %(today)s
              ORDER BY r.until DESC, r.id DESC LIMIT 1) AS release_id
          FROM (SELECT * FROM fact FULL JOIN (%(graded)s) graded USING (company_id, partner_id)) told
         WHERE overdue > 0 OR hold_level_id IS NOT NULL OR hold_grade IS NOT NULL
        """,
        graded=_graded(company_ids, partner_ids),
        items=open_now(),
        excused=_excused(),
        reached=_reached(),
        summed=_summed(today),
        coming=_coming(company_ids, partner_ids, today, states),
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
        today=today,
    )


def can_hold(company_ids):
    """SQL for one row: whether any order of these companies could be held, so that who holds none needn't ask of each
    customer: a level that holds sales was reached by anybody, or a payment grade holds them."""
    return SQL(
        """
        SELECT EXISTS (SELECT 1 FROM res_company c WHERE c.id IN %s AND c.hold_sales_grade IN ('d', 'e'))
            OR EXISTS (SELECT 1 FROM dunning_level v
                        WHERE v.hold_sales
                          AND (EXISTS (SELECT 1 FROM dunning_notice_line nl WHERE nl.level_id = v.id)
                               OR EXISTS (SELECT 1 FROM dunning_policy o
                                           WHERE o.is_running AND o.cut_off_level_id = v.id)))
        """,
        tuple(company_ids),
    )


def _graded(company_ids, partner_ids):
    """SQL for the customers whose payment grade alone holds sales, in companies that say so."""
    return SQL(
        """
        SELECT g.company_id, g.partner_id, g.grade AS hold_grade
          FROM payment_grade g JOIN res_company c ON c.id = g.company_id
         WHERE g.until IS NULL AND g.company_id IN %s AND g.partner_id IN %s
           AND (c.hold_sales_grade = 'd' AND g.grade IN ('d', 'e') OR c.hold_sales_grade = 'e' AND g.grade = 'e')
        """,
        tuple(company_ids),
        tuple(partner_ids),
    )


def _excused():
    """Whether the item ``o`` of the company ``c`` holds no sales: it is disputed or promised."""
    return SQL(
        """(c.hold_sales_disputed IS NOT TRUE AND EXISTS (
                SELECT 1 FROM dunning_dispute_line_rel x JOIN dunning_dispute d ON d.id = x.dispute_id
                 WHERE x.move_line_id = o.id AND d.state = 'open') AND o.disputed >= o.left_currency
            OR c.hold_sales_promised IS NOT TRUE AND EXISTS (
                SELECT 1 FROM dunning_promise_line_rel x JOIN dunning_promise s ON s.id = x.promise_id
                 WHERE x.move_line_id = o.id AND s.state = 'open'))"""
    )


def _in_company_currency(row, today):
    """What one unit of the currency of ``row`` is worth in the one of its company ``c``."""
    own = rate_of(SQL("c.currency_id"), SQL("c.id"), SQL("%s", today))
    other = rate_of(SQL("%s.currency_id", row), SQL("c.id"), SQL("%s", today))
    return SQL("CASE WHEN %s.currency_id = c.currency_id THEN 1 ELSE %s / %s END", row, own, other)
