"""Notices that wait to leave: what the books have changed about them since the run. Set-based."""

from odoo.tools import SQL

from ..books.items import claimed, left, part_held
from .deciding import NOT_LISTED, decide
from .items import credits, small_rest


def sum_lines(notice_ids):
    """SQL: the amount of these notices is the sum of their lines."""
    return SQL(
        """
        UPDATE dunning_notice n SET amount_due = total.amount
          FROM (SELECT notice_id, SUM(amount_residual) AS amount
                  FROM dunning_notice_line WHERE notice_id IN %s GROUP BY notice_id) total
         WHERE total.notice_id = n.id
        """,
        tuple(notice_ids),
    )


def _gone(withdrawn):
    """Whether the line ``nl`` of the item ``l`` is no longer for a notice: paid, or on its way, but for less
    than 1.00."""
    return SQL(
        "(l.reconciled IS TRUE OR %s = 0 OR l.parent_state != 'posted' OR nl.id IN %s OR %s)",
        left(),
        tuple(withdrawn) or (0,),
        small_rest(left()),
    )


def unlike_the_books(withdrawn=()):
    """Whether the line ``nl`` no longer says what its item ``l`` says."""
    return SQL("(%s OR nl.amount_residual != %s)", _gone(withdrawn), claimed())


def behind_their_mails():
    """SQL for the ids of queued notices none of whose e-mails waits any more."""
    return SQL(
        """
        SELECT n.id FROM dunning_notice n JOIN mail_mail m ON m.dunning_notice_id = n.id
         WHERE n.state = 'queued' AND n.is_written
      GROUP BY n.id
        HAVING bool_and(m.state != 'outgoing')
      ORDER BY n.id
        """
    )


def in_states(states, company_id=None):
    """SQL for the ids of the notices in these states; of all companies, or of one."""
    where = SQL("TRUE") if company_id is None else SQL("company_id = %s", company_id)
    return SQL("(SELECT id FROM dunning_notice WHERE state IN %s AND %s)", states, where)


def changed_by_the_books(notice_ids, withdrawn=()):
    """SQL for (notice id, whether an item that escalated as far as it is still open) of those of the notices (ids, or
    SQL for them) whose lines no longer say what the books say. Lines with the ids ``withdrawn``
    count as if their items were paid."""
    return SQL(
        """
        SELECT notice_id, bool_or(escalated AND NOT gone)
          FROM (SELECT nl.notice_id, nl.level_id IS NOT NULL AND nl.is_also_due IS NOT TRUE AS escalated, %(gone)s AS gone, %(unlike)s AS unlike
                  FROM dunning_notice_line nl JOIN account_move_line l ON l.id = nl.move_line_id
                 WHERE nl.notice_id IN %(ids)s) line
      GROUP BY notice_id
        HAVING bool_or(unlike)
        """,
        gone=_gone(withdrawn),
        unlike=unlike_the_books(withdrawn),
        ids=notice_ids if isinstance(notice_ids, SQL) else tuple(notice_ids),
    )


def new_credits(question, notice_ids):
    """SQL for (notice id, item, amount, due date) of the customers' open credits that are not yet on these notices."""
    return SQL(
        """
        SELECT n.id, c.id, c.residual, c.due
          FROM dunning_notice n
          JOIN (%s) c ON c.partner_id = n.partner_id AND c.currency_id = n.currency_id
         WHERE n.id IN %s
           AND NOT EXISTS (SELECT 1 FROM dunning_notice_line nl WHERE nl.notice_id = n.id AND nl.move_line_id = c.id)
        """,
        credits(question),
        tuple(notice_ids) or (0,),
    )


def list_credits(question, notice_ids):
    """SQL: these credits stand on the notices."""
    return SQL(
        """
        INSERT INTO dunning_notice_line (notice_id, move_line_id, repetition, amount_residual, days_overdue, notice_state)
        SELECT n.id, c.item_id, 0, c.amount, 0, n.state
          FROM (%s) c(notice_id, item_id, amount, due) JOIN dunning_notice n ON n.id = c.notice_id
        """,
        new_credits(question, notice_ids),
    )


def follow_the_books(notice_ids, withdrawn=()):
    """SQL: the lines take the amounts of the books; lines of what is gone go."""
    return SQL(
        """
        WITH gone AS (
            DELETE FROM dunning_notice_line nl USING account_move_line l
             WHERE l.id = nl.move_line_id AND nl.notice_id IN %(ids)s AND %(gone)s)
        UPDATE dunning_notice_line nl SET amount_residual = %(claimed)s, amount_disputed = %(disputed)s
          FROM account_move_line l
         WHERE l.id = nl.move_line_id AND nl.notice_id IN %(ids)s AND NOT %(gone)s
        """,
        ids=tuple(notice_ids),
        gone=_gone(withdrawn),
        claimed=claimed(),
        disputed=part_held(),
    )


def withdrawn(question, notice_ids):
    """SQL for the ids of the lines whose items are no longer reminded of, for a reason that
    came up after the run."""
    return SQL(
        """
        SELECT nl.id
          FROM dunning_notice_line nl JOIN (%(answer)s) d ON d.id = nl.move_line_id
         WHERE nl.notice_id IN %(ids)s
           AND (d.code IN %(not_listed)s OR (nl.level_id IS NOT NULL AND (d.code IN %(held)s OR d.is_outvoiced)))
        """,
        answer=decide(question),
        ids=tuple(notice_ids),
        not_listed=NOT_LISTED,
        held=("no_policy", "on_hold", "replied", "covered_by_credit"),
    )


def replaced(notice_ids):
    """SQL for (notice, a later one that is about an item of it): what is decided now took its place."""
    return SQL(
        """
        SELECT DISTINCT ON (own.notice_id) own.notice_id, later.notice_id
          FROM dunning_notice_line own
          JOIN dunning_notice_line later ON later.move_line_id = own.move_line_id AND later.notice_id > own.notice_id
                                        AND later.notice_state != 'cancelled'
         WHERE own.notice_id IN %s AND own.level_id IS NOT NULL
      ORDER BY own.notice_id, later.notice_id DESC
        """,
        tuple(notice_ids) or (0,),
    )
