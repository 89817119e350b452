"""What a run writes: the decisions that changed, the notices, and their lines. Set-based:
the number of statements doesn't depend on the number of items."""

from odoo.tools import SQL

from ..books.items import open_now
from ..handling.links import LINKS
from ..handling.mail_frame import INSIDE
from ..handling.workdays import moved_days
from .deciding import decide
from .exceptions import contact_key
from .items import credits
from .ladder import harder


def remember(question):
    """SQL that keeps the answers for the statements below, until the transaction ends."""
    return SQL("CREATE TEMPORARY TABLE dunning_decided ON COMMIT DROP AS %s", decide(question))


def close_decisions(question):
    """SQL: decisions that no longer hold, or whose item is no longer open."""
    return SQL(
        """
        UPDATE dunning_decision old SET current = FALSE
         WHERE old.current AND old.company_id = %s AND %s
           AND NOT EXISTS (
               SELECT 1 FROM dunning_decided d
                WHERE d.id = old.move_line_id AND d.code = old.code
                  AND d.level_id IS NOT DISTINCT FROM old.level_id
                  AND NOT d.escalates
                  AND d.promise_id IS NOT DISTINCT FROM (old.params->>'promise_id')::int
                  AND d.dispute_id IS NOT DISTINCT FROM (old.params->>'dispute_id')::int)
        """,
        question.company_id,
        SQL("TRUE") if question.partner_ids is None else SQL("old.partner_id IN %s", question.partner_ids or (0,)),
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


def open_decisions(question):
    """SQL: a decision for each open item that has none in force. The next step of an item
    that escalates is the level after, once the deadline of today's has passed, or the last one again."""
    return SQL(
        """
        INSERT INTO dunning_decision
               (move_line_id, move_id, company_id, partner_id, date, current, code, level_id, next_date, params)
        SELECT d.id, d.move_id, %(company)s, d.partner_id, %(today)s, TRUE, d.code, d.level_id,
               CASE WHEN NOT d.escalates THEN d.next_date
                    WHEN d.follows IS NOT NULL
                    THEN GREATEST(COALESCE(moved.working_day, d.follows), %(today)s + d.minimum_days_between) END,
               jsonb_strip_nulls(jsonb_build_object('promise_id', d.promise_id, 'dispute_id', d.dispute_id))
          FROM (SELECT d.*, COALESCE((
                    SELECT CASE WHEN base.day IS NOT NULL
                                THEN GREATEST(base.day + v.delay_days,
                                              CASE WHEN own.payment_deadline_days > 0
                                                   THEN GREATEST(%(today)s + own.payment_deadline_days, d.due) + 1 END) END
                      FROM dunning_level v
                      JOIN dunning_level own ON own.id = d.level_id
        CROSS JOIN LATERAL (SELECT CASE v.delay_from WHEN 'invoice' THEN d.invoiced WHEN 'sent' THEN d.sent
                                                     WHEN 'returned' THEN d.returned
                                                     WHEN 'discount' THEN d.discounted ELSE d.due_next END AS day) base
                     WHERE d.escalates AND v.policy_id = d.policy_id AND v.sequence > d.sequence
                       AND NOT (v.delay_from = 'due' AND v.delay_days < 0)
                       AND (v.delay_from != 'discount' OR d.discounted >= %(today)s)
                       AND (v.skip_trusted AND d.trust = 'good') IS NOT TRUE
                  ORDER BY v.sequence LIMIT 1),
                    CASE WHEN d.escalates AND d.repetition < d.repetitions THEN %(today)s + d.repeat_days END) AS follows
                  FROM dunning_decided d
                 WHERE NOT EXISTS (SELECT 1 FROM dunning_decision old WHERE old.current AND old.move_line_id = d.id)
                OFFSET 0 -- each day is moved once, not looked for in all moved ones
               ) d
     LEFT JOIN (%(moved)s) AS moved(day, working_day) ON moved.day = d.follows
      ORDER BY d.id -- all is looked up before the first row is written, else each look-up sees more dead rows
        """,
        moved=moved_days(question.moved),
        company=question.company_id,
        today=question.today,
    )


def list_items(question):
    """SQL that keeps, until the transaction ends, what stands on the notices: the items that escalate, the
    others past due, and the open credits as negative amounts."""
    return SQL(
        """
        CREATE TEMPORARY TABLE dunning_listed ON COMMIT DROP AS
        SELECT id, partner_id, currency_id, residual, part_disputed, due, CASE WHEN escalates THEN level_id END AS level_id, reached_id, repetition
          FROM dunning_decided WHERE listed
         UNION ALL
        SELECT id, partner_id, currency_id, residual, 0, due, NULL, NULL, 0 FROM (%s) credit
        """,
        credits(question),
    )


def _noticed():
    """SQL: each customer, currency and policy with an item that escalates, with the highest of their levels."""
    return SQL(
        """
        SELECT partner_id, currency_id, policy_id, (array_agg(level_id ORDER BY sequence DESC, level_id DESC))[1] AS level_id
          FROM dunning_decided WHERE escalates
      GROUP BY partner_id, currency_id, policy_id
        """
    )


def planned_notices():
    """SQL for the notices that :func:`make_notices` would make."""
    return SQL(
        """
        SELECT partner_id, currency_id, level_id, listed.amount
          FROM (%s) noticed
          JOIN (SELECT partner_id, currency_id, SUM(residual) AS amount
                  FROM dunning_listed GROUP BY partner_id, currency_id) listed USING (partner_id, currency_id)
      ORDER BY partner_id, currency_id, policy_id
        """,
        _noticed(),
    )


def reasons_against():
    """SQL for what was decided of the oldest item of each customer who gets no notice."""
    return SQL(
        """
        SELECT DISTINCT ON (partner_id) partner_id, code, level_id, next_date, promise_id, dispute_id
          FROM dunning_decided d
         WHERE NOT EXISTS (SELECT 1 FROM dunning_decided e WHERE e.partner_id = d.partner_id AND e.escalates)
      ORDER BY partner_id, due, id
        """
    )


def make_notices(run_id, question, uid, now, *, held=False):
    """SQL: one notice for each customer, currency and policy with an item that escalates; it
    takes the highest of their levels, and claims all that it lists. ``held``: the run itself asks for all approvals. Each has
    the token of its page (random, from PostgreSQL's strong source)."""
    return SQL(
        """
        INSERT INTO dunning_notice
               (run_id, company_id, partner_id, currency_id, policy_id, level_id, channel, date, amount_due,
                copies_to_books, contact_key, state, access_token, create_uid, create_date, write_uid, write_date)
        SELECT %(run)s, %(company)s, partner_id, currency_id, g.policy_id, v.id, v.channel, %(today)s, listed.amount,
               v.copy_to_books, %(contact_key)s, CASE WHEN v.requires_approval AND NOT %(held)s THEN 'to_approve' ELSE 'draft' END,
               gen_random_uuid()::varchar, %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM (%(noticed)s) g
          JOIN (SELECT partner_id, currency_id, SUM(residual) AS amount
                  FROM dunning_listed GROUP BY partner_id, currency_id) listed USING (partner_id, currency_id)
          JOIN dunning_level v ON v.id = g.level_id
          JOIN res_partner p ON p.id = g.partner_id
        """,
        run=run_id,
        noticed=_noticed(),
        held=held,
        contact_key=contact_key("p"),
        company=question.company_id,
        today=question.today,
        uid=uid,
        now=now,
    )


def make_lines(run_id, question):
    """SQL: a line for each item listed. What has not come as far as the notice's level is also due: the
    notice names it, and threatens with nothing because of it."""
    return SQL(
        """
        INSERT INTO dunning_notice_line
               (notice_id, move_line_id, level_id, repetition, is_also_due, amount_residual, amount_disputed, days_overdue, notice_state)
        SELECT n.id, x.id, x.level_id, x.repetition, x.residual > 0 AND (own.id IS NULL OR %(harder)s),
               x.residual, x.part_disputed, CASE WHEN x.residual > 0 THEN GREATEST(%(today)s - x.due, 0) ELSE 0 END, n.state
          FROM dunning_notice n
          JOIN dunning_level voice ON voice.id = n.level_id
          JOIN dunning_listed x ON x.partner_id = n.partner_id AND x.currency_id = n.currency_id
     LEFT JOIN dunning_level own ON own.id = COALESCE(x.level_id, x.reached_id)
         WHERE n.run_id = %(run)s
      ORDER BY n.id, x.due, x.id
        """,
        run=run_id,
        harder=harder("voice", "own"),
        today=question.today,
    )


def mark_written(notice_ids, moment):
    """SQL: the e-mails of these notices were written at ``moment``."""
    return SQL(
        "UPDATE dunning_notice SET is_written = TRUE, send_at = %s WHERE id IN %s", moment, tuple(notice_ids) or (0,)
    )


def show_mails(mail_ids):
    """SQL: what the mails say also stands in the chatter of their notices, without the company's frame,
    and without the ways to the customers' pages, which not all who read it may open.

    Not by the ORM, which would sanitize each body again, a quarter of all the run's time: the
    template was sanitized when it was saved, and rendering has escaped what was put into it.
    """
    return SQL(
        """UPDATE mail_message m
              SET body = regexp_replace(COALESCE(substring(x.body_html FROM %s), x.body_html), %s, '#', 'g')
             FROM mail_mail x WHERE x.mail_message_id = m.id AND x.id IN %s""",
        INSIDE,
        LINKS,
        tuple(mail_ids) or (0,),
    )


def overdue_paid(today):
    """SQL: ids of the sent notices, the newest first for each customer and company, of what was
    overdue and has been paid, not credited or written off, when nothing overdue is open any more
    and nobody has said thanks yet."""
    return SQL(
        """
        SELECT n.id
          FROM dunning_notice n JOIN dunning_policy p ON p.id = n.policy_id AND p.thanks_template_id IS NOT NULL
         WHERE n.state = 'sent' AND n.expires_on >= %(today)s AND n.is_thanked IS NOT TRUE
           AND EXISTS (
               SELECT 1 FROM dunning_notice_line nl
                 JOIN account_partial_reconcile r ON r.debit_move_id = nl.move_line_id
                 JOIN account_move_line paid ON paid.id = r.credit_move_id
                 JOIN account_move pm ON pm.id = paid.move_id AND pm.move_type != 'out_refund'
                WHERE nl.notice_id = n.id AND nl.days_overdue > 0)
           AND NOT EXISTS (
               SELECT 1 FROM dunning_notice_line nl
                 JOIN account_move_line l ON l.id = nl.move_line_id
                 JOIN account_move m ON m.id = l.move_id AND m.handling_role = 'lost'
                WHERE nl.notice_id = n.id)
           AND NOT EXISTS (
               SELECT 1 FROM (%(items)s) i
                WHERE i.customer_id = n.partner_id AND i.company_id = n.company_id AND i.balance > 0
                  AND i.due < %(today)s)
      ORDER BY n.partner_id, n.company_id, n.id DESC
        """,
        items=open_now(),
        today=today,
    )


def decided_now(question, customer_ids):
    """SQL for what would be decided now of each open item of customers, the oldest first: ``id`` of the item,
    its document, and what a decision names."""
    return SQL(
        """
        SELECT d.id, d.id AS move_line_id, d.move_id, d.partner_id, d.code, d.level_id, d.next_date, d.promise_id,
               d.dispute_id
          FROM (%s) d WHERE d.partner_id IN %s ORDER BY d.due, d.id
        """,
        decide(question),
        customer_ids,
    )


def urgent_decisions(where):
    """SQL for (document id, decision id, code, level id, next date): of each document whose
    decisions ``d`` are matched by ``where``, the one in force about its oldest open item."""
    return SQL(
        """
        SELECT DISTINCT ON (d.move_id) d.move_id, d.id, d.code, d.level_id, d.next_date
          FROM dunning_decision d JOIN account_move_line l ON l.id = d.move_line_id
         WHERE d.current AND %s
      ORDER BY d.move_id, COALESCE(l.date_maturity, l.date), l.id
        """,
        where,
    )


def notices_of(run_ids):
    """SQL for the notices of runs, with the number of items they raise."""
    return SQL(
        """
        SELECT n.date, n.company_id, n.partner_id, n.policy_id, n.level_id, n.channel, n.amount_due, n.currency_id,
               (SELECT count(*) FROM dunning_notice_line nl
                 WHERE nl.notice_id = n.id AND nl.level_id IS NOT NULL) AS item_count
          FROM dunning_notice n
         WHERE n.run_id IN %s
      ORDER BY n.date, n.id
        """,
        tuple(run_ids),
    )


def count_as_sent(run_id):
    """SQL: the notices of a run, and their lines, count as sent: for looking ahead only."""
    return SQL(
        """
        WITH n AS (UPDATE dunning_notice SET state = 'sent' WHERE run_id = %s RETURNING id)
        UPDATE dunning_notice_line nl SET notice_state = 'sent' FROM n WHERE nl.notice_id = n.id
        """,
        run_id,
    )
