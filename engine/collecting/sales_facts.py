"""What sales should know of a customer's debts, for any number of customers in one statement."""

from odoo.tools import SQL

from ..books.items import open_now


def collection_facts(company_ids, partner_ids, today):
    """SQL for a row of each customer and company with something past due, or with an open item
    that has reached a level that holds sales.

    ``company_id, partner_id``; ``overdue``: past due less open credits, in the company's
    currency; ``level_id``: the highest level that an open item has reached; ``hold_level_id``:
    the highest of them that holds sales; ``decision_id``: the decision in force about the item
    at the highest level, the oldest of them; ``release_id``: what lets sales go on today.

    A level is reached when its notice has left or is about to: not while it waits for approval.
    Items from before a policy's cut-off date are at that policy's level for them.
    """
    return SQL(
        """
        WITH item AS (
            SELECT o.id, o.company_id, o.customer_id AS partner_id, o.residual, o.due
              FROM (%(items)s) o
             WHERE o.customer_id IN %(partners)s AND o.company_id IN %(companies)s AND o.residual != 0
        ), reached AS (
            SELECT i.*, d.id AS decision_id, v.id AS level_id, v.delay_days, v.sequence, v.hold_sales
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
        ), ranked AS (
            SELECT reached.*,
                   row_number() OVER (PARTITION BY id) AS once,
                   row_number() OVER (PARTITION BY company_id, partner_id ORDER BY residual > 0 DESC,
                       delay_days DESC NULLS LAST, sequence DESC, decision_id IS NULL, due, id) AS highest,
                   row_number() OVER (PARTITION BY company_id, partner_id ORDER BY hold_sales DESC NULLS LAST,
                       delay_days DESC NULLS LAST, sequence DESC, due, id) AS holding
              FROM reached
        ), fact AS (
            SELECT company_id, partner_id,
                   COALESCE(SUM(residual) FILTER (WHERE once = 1 AND (residual < 0 OR due < %(today)s)), 0) AS overdue,
                   MAX(level_id) FILTER (WHERE highest = 1) AS level_id,
                   MAX(level_id) FILTER (WHERE holding = 1 AND hold_sales) AS hold_level_id,
                   MAX(decision_id) FILTER (WHERE highest = 1) AS decision_id
              FROM ranked GROUP BY company_id, partner_id
        )
        SELECT fact.*, (SELECT r.id FROM dunning_sales_release r
                         WHERE r.partner_id = fact.partner_id AND r.company_id = fact.company_id
                           AND r.until >= %(today)s
                      ORDER BY r.until DESC, r.id DESC LIMIT 1) AS release_id
          FROM fact WHERE overdue > 0 OR hold_level_id IS NOT NULL
        """,
        items=open_now(),
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
        today=today,
    )
