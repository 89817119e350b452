"""What a first run would find and do, on each side of the day before which items were followed up elsewhere."""

from odoo.tools import SQL


def as_if(policy_id, cut_off_date, level_id, included_ids):
    """SQL that writes, to be taken back, what the dialog says: of the policy, and of opening balances."""
    return SQL(
        """
        WITH included AS (UPDATE account_move_line SET no_followup = FALSE WHERE id IN %s)
        UPDATE dunning_policy SET cut_off_date = %s, cut_off_level_id = %s WHERE id = %s
        """,
        tuple(included_ids) or (0,),
        cut_off_date or None,
        level_id or None,
        policy_id,
    )


def sides(policy_id, cut_off_date, rate):
    """SQL for (is before the day, level or NULL for all, items, customers, amount in the company's currency) of what
    is open and for the policy; with a level: what would be reminded at once. To be asked when the engine's answers
    are remembered.

    :param rate: SQL for a unit of ``currency_id`` in the company's currency
    """
    return SQL(
        """
        SELECT is_old, level_id, count(*) AS items, count(DISTINCT partner_id) AS customers, SUM(amount) AS amount
          FROM (SELECT COALESCE(due < %(cut_off)s, FALSE) AS is_old, CASE WHEN escalates THEN level_id END AS level_id,
                       partner_id, residual * (%(rate)s) AS amount
                  FROM dunning_decided WHERE policy_id = %(policy)s) item
      GROUP BY GROUPING SETS ((is_old), (is_old, level_id)) HAVING level_id IS NOT NULL OR GROUPING(level_id) = 1
      ORDER BY is_old DESC, level_id NULLS FIRST
        """,
        cut_off=cut_off_date or None,
        rate=rate,
        policy=policy_id,
    )


def days_needed(calls, most):
    """In how many days somebody makes so many calls, at most so many a day; 0 for any number.

    >>> [days_needed(calls, 10) for calls in (0, 1, 10, 11, 30)]
    [0, 1, 1, 2, 3]
    >>> days_needed(30, 0)
    1
    """
    if not calls:
        return 0
    return -(-calls // most) if most else 1
