"""What a run writes: the decisions that changed, the notices, and their lines. Set-based:
the number of statements doesn't depend on the number of items."""

from odoo.tools import SQL

from .dunning import credits, decide, moved_days


def remember(question):
    """SQL that keeps the answers for the statements below, until the transaction ends."""
    return SQL("CREATE TEMPORARY TABLE dunning_decided ON COMMIT DROP AS %s", decide(question))


def close_decisions(question):
    """SQL: decisions that no longer hold, or whose item is no longer open."""
    return SQL(
        """
        UPDATE dunning_decision old SET current = FALSE
         WHERE old.current AND old.company_id = %s
           AND NOT EXISTS (
               SELECT 1 FROM dunning_decided d
                WHERE d.id = old.move_line_id AND d.code = old.code
                  AND d.level_id IS NOT DISTINCT FROM old.level_id
                  AND NOT d.rises
                  AND d.promise_id IS NOT DISTINCT FROM (old.params->>'promise_id')::int
                  AND d.dispute_id IS NOT DISTINCT FROM (old.params->>'dispute_id')::int)
        """,
        question.company_id,
    )


def move_decisions(question):
    """SQL: decisions that hold, with another day for the next step."""
    return SQL(
        """
        UPDATE dunning_decision old SET next_date = d.next_date
          FROM dunning_decided d
         WHERE old.current AND old.company_id = %s AND d.id = old.move_line_id
           AND d.next_date IS DISTINCT FROM old.next_date
        """,
        question.company_id,
    )


def open_decisions(question, uid, now):
    """SQL: a decision for each open item that has none in force. The next step of an item
    that rises is the level after."""
    return SQL(
        """
        INSERT INTO dunning_decision
               (move_line_id, move_id, company_id, partner_id, date, current, code, level_id, next_date, params,
                create_uid, create_date, write_uid, write_date)
        SELECT d.id, d.move_id, %(company)s, d.partner_id, %(today)s, TRUE, d.code, d.level_id,
               CASE WHEN NOT d.rises THEN d.next_date ELSE COALESCE(moved.working_day, follows.day) END,
               jsonb_strip_nulls(jsonb_build_object('promise_id', d.promise_id, 'dispute_id', d.dispute_id)),
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM dunning_decided d
     LEFT JOIN LATERAL (
            SELECT CASE v.delay_from WHEN 'invoice' THEN d.invoiced WHEN 'sent' THEN d.sent ELSE d.due END
                       + v.delay_days AS day
              FROM dunning_level v
             WHERE d.rises AND v.policy_id = d.policy_id AND v.sequence > d.sequence
               AND NOT (v.delay_from = 'due' AND v.delay_days < 0)
          ORDER BY v.sequence LIMIT 1
        ) follows ON TRUE
     LEFT JOIN (%(moved)s) AS moved(day, working_day) ON moved.day = follows.day
         WHERE NOT EXISTS (SELECT 1 FROM dunning_decision old WHERE old.current AND old.move_line_id = d.id)
      ORDER BY d.id -- all is looked up before the first row is written, else each look-up sees more dead rows
        """,
        moved=moved_days(question),
        company=question.company_id,
        today=question.today,
        uid=uid,
        now=now,
    )


def make_notices(run_id, question, uid, now):
    """SQL: one notice for each customer, currency and policy with an item that rises; it
    takes the highest of their levels."""
    return SQL(
        """
        INSERT INTO dunning_notice
               (run_id, company_id, partner_id, currency_id, policy_id, level_id, channel, date, state,
                create_uid, create_date, write_uid, write_date)
        SELECT %(run)s, %(company)s, g.partner_id, g.currency_id, g.policy_id, v.id, v.channel, %(today)s,
               CASE WHEN v.requires_approval THEN 'to_approve' ELSE 'draft' END, %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM (SELECT partner_id, currency_id, policy_id, (array_agg(level_id ORDER BY sequence DESC, level_id DESC))[1] AS level_id
                  FROM dunning_decided WHERE rises
              GROUP BY partner_id, currency_id, policy_id) g
          JOIN dunning_level v ON v.id = g.level_id
        """,
        run=run_id,
        company=question.company_id,
        today=question.today,
        uid=uid,
        now=now,
    )


def make_lines(run_id, question, uid, now):
    """SQL: the items that rise, the others past due, and the open credits as negative lines."""
    return SQL(
        """
        INSERT INTO dunning_notice_line
               (notice_id, move_line_id, level_id, amount_residual, days_overdue, notice_state,
                create_uid, create_date, write_uid, write_date)
        SELECT n.id, x.id, x.level_id, x.residual, GREATEST(%(today)s - x.due, 0), n.state,
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM dunning_notice n
          JOIN (SELECT id, partner_id, currency_id, residual, due, CASE WHEN rises THEN level_id END AS level_id
                  FROM dunning_decided WHERE listed
                 UNION ALL
                SELECT id, partner_id, currency_id, residual, due, NULL FROM (%(credits)s) credit) x
            ON x.partner_id = n.partner_id AND x.currency_id = n.currency_id
         WHERE n.run_id = %(run)s
      ORDER BY n.id, x.due, x.id
        """,
        run=run_id,
        today=question.today,
        uid=uid,
        now=now,
        credits=credits(question),
    )


def sum_lines(where):
    """SQL: the amount of each notice ``n`` matched by ``where`` is the sum of its lines."""
    return SQL(
        """
        UPDATE dunning_notice n SET amount_due = total.amount
          FROM (SELECT notice_id, SUM(amount_residual) AS amount FROM dunning_notice_line GROUP BY notice_id) total
         WHERE total.notice_id = n.id AND %s
        """,
        where,
    )


def changed_by_the_books(notice_ids):
    """SQL for (notice id, whether an item that rose is still open, whether an amount differs)
    of those of the notices whose lines no longer say what the books say."""
    return SQL(
        """
        SELECT nl.notice_id,
               bool_or(nl.level_id IS NOT NULL AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'),
               bool_or(nl.amount_residual != CASE WHEN l.parent_state = 'posted' THEN l.amount_residual_currency ELSE 0 END)
          FROM dunning_notice_line nl
          JOIN account_move_line l ON l.id = nl.move_line_id
         WHERE nl.notice_id IN %s
      GROUP BY nl.notice_id
        HAVING bool_or(nl.amount_residual != CASE WHEN l.parent_state = 'posted' THEN l.amount_residual_currency ELSE 0 END)
        """,
        tuple(notice_ids),
    )


def follow_the_books(notice_ids):
    """SQL: the lines take the amounts of the books; lines of what is paid go."""
    return SQL(
        """
        WITH gone AS (
            DELETE FROM dunning_notice_line nl USING account_move_line l
             WHERE l.id = nl.move_line_id AND nl.notice_id IN %(ids)s
               AND (l.reconciled OR l.parent_state != 'posted'))
        UPDATE dunning_notice_line nl SET amount_residual = l.amount_residual_currency
          FROM account_move_line l
         WHERE l.id = nl.move_line_id AND nl.notice_id IN %(ids)s
           AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
        """,
        ids=tuple(notice_ids),
    )
