"""The ladder of levels: which one an item has reached, which one comes next and when, and whether
the customer has heard a harder one."""

from datetime import timedelta

from odoo.tools import SQL

from .following import ARRIVED
from .items import notice_day


def harder(level, than):
    """Whether a level comes after another one (both are aliases): by its place in their policy; in
    another policy, by a longer delay."""
    return SQL(
        """CASE WHEN %(level)s.policy_id = %(than)s.policy_id THEN %(level)s.sequence > %(than)s.sequence
                ELSE %(level)s.delay_days > %(than)s.delay_days END""",
        level=SQL.identifier(level),
        than=SQL.identifier(than),
    )


def fact(question):
    """Debit items of ``weighed`` with the level reached last, how its notice fared, and the level next.
    Items from before a policy's cut-off date count as already at its level.

    ``is_step_open``: the call or letter of the level reached isn't done yet. ``is_softer``: the next level
    is softer than one that the customer has heard of an item that is open and not left to people.
    ``is_outvoiced``: so is the notice of the level reached, which has not left. What waits in the mail
    queue, or on somebody's desk, counts as heard. A broken promise brings the next level at once, but no
    repetition.
    """
    return SQL(
        """
        SELECT w.*, h.level_id AS reached_id, h.notice_state, h.day AS reached_on,
               next.id AS next_id, next.sequence, next.channel, next.repetition,
               w.unsent AND next.requires_sent IS TRUE AS awaits_sending,
               h.notice_state = 'queued' AND h.channel != 'email' AS is_step_open,
               next.sequence < %(heard)s OR next.delay_days < %(heard_elsewhere)s AS is_softer,
               h.notice_state IN ('draft', 'to_approve', 'queued', 'failed')
                   AND CASE WHEN h.policy_id = w.policy_id THEN h.voice < %(heard)s OR h.voice_delay < %(heard_elsewhere)s
                            ELSE h.voice_delay < %(heard_anywhere)s END AS is_outvoiced,
               early.comes, early.comes <= %(working_day)s AS has_come,
               CASE WHEN next.delay_days < 0 THEN w.pay_day ELSE w.due END AS due_next
          FROM weighed w
     LEFT JOIN LATERAL (%(reached)s) h ON TRUE
     LEFT JOIN LATERAL (%(next)s) next ON TRUE
CROSS JOIN LATERAL (
            SELECT CASE WHEN next.repetition = 0 AND next.comes IS NOT NULL AND (h.day IS NULL OR w.broken_on > h.day)
                        THEN LEAST(next.comes, w.broken_on) ELSE next.comes END AS comes
        ) early
         WHERE w.is_owed AND NOT w.later
        """,
        heard=_hardest("h.heard"),
        heard_elsewhere=_hardest("h.heard_elsewhere"),
        heard_anywhere=_hardest("h.heard_anywhere"),
        reached=_reached(question),
        next=_next(question),
        working_day=question.working_day,
    )


def _hardest(measure):
    """The most of what the item's customer has heard of any item: of what people have taken out of reminding, and
    of what is as good as paid, nobody speaks any more."""
    return SQL(
        """MAX(%s) FILTER (WHERE NOT w.excluded AND NOT w.closed AND NOT w.withheld AND NOT w.is_rest AND w.residual != 0)
           OVER (PARTITION BY w.partner_id)""",
        SQL(measure),
    )


def _reached(question):
    """The level that the item ``w`` reached last, by which notice, how harsh that is as a whole, and how often the
    level was repeated; the day by which that notice asks for its payment; and the hardest that was heard of it,
    whichever came last: ``heard`` in the customer's policy, by its place; ``heard_elsewhere`` in others, and
    ``heard_anywhere``, by their delay."""
    return SQL(
        """
            SELECT nl.notice_state, v.id AS level_id, v.policy_id, v.sequence, v.delay_days, nl.id, %(notice_day)s AS day,
                   n.channel, nl.repetition, nv.sequence AS voice, nv.delay_days AS voice_delay,
                   MAX(v.sequence) FILTER (WHERE was.heard AND v.policy_id = w.policy_id) OVER () AS heard,
                   MAX(v.delay_days) FILTER (WHERE was.heard AND v.policy_id != w.policy_id) OVER () AS heard_elsewhere,
                   MAX(v.delay_days) FILTER (WHERE was.heard) OVER () AS heard_anywhere,
                   CASE WHEN nl.is_also_due IS NOT TRUE AND nv.payment_deadline_days > 0
                        THEN GREATEST(%(notice_day)s + nv.payment_deadline_days, %(last_due)s) END AS deadline
              FROM dunning_notice_line nl
              JOIN dunning_level v ON v.id = nl.level_id
              JOIN dunning_notice n ON n.id = nl.notice_id
              JOIN dunning_level nv ON nv.id = n.level_id
        CROSS JOIN LATERAL (
                    SELECT nl.notice_state IN ('queued', 'sent')
                           OR (nl.notice_state = 'failed' AND %(partly_left)s) AS heard
                    OFFSET 0) was -- asked and planned once, although it is read three times
             WHERE nl.move_line_id = w.id AND nl.notice_state != 'cancelled'
             UNION ALL
            SELECT NULL, v.id, v.policy_id, v.sequence, v.delay_days, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL
              FROM dunning_level v WHERE w.is_old AND v.id = w.cut_off_level_id
          ORDER BY 6 DESC LIMIT 1
        """,
        notice_day=notice_day(question.zone),
        last_due=last_due(),
        partly_left=SQL(
            """EXISTS (SELECT 1 FROM mail_mail m
                        WHERE m.dunning_notice_id = n.id AND m.state IN %s AND m.dunning_came_back IS NOT TRUE)""",
            ARRIVED,
        ),
    )


def last_due():
    """SQL: the day on which the last of what the notice ``n`` asks for falls due: nobody is asked to pay earlier."""
    return SQL(
        """(SELECT MAX(COALESCE(i.date_maturity, i.date))
              FROM dunning_notice_line o
              JOIN account_move_line i ON i.id = o.move_line_id
             WHERE o.notice_id = n.id AND o.is_also_due IS NOT TRUE AND o.amount_residual > 0)"""
    )


def _next(question):
    """The level that comes next for the item ``w``, which reached ``h``: one that is harder, or the last one
    again, where its policy repeats it.

    Friendly levels only until the due date, those before the end of a discount only while it runs; ``one_step`` takes the first level, ``latest`` the last that
    has come, and none before the deadline of the notice has passed. Counted from a day that is not known, it never comes. Until a level after the due date is
    reached, they count from the customer's payment day. A promise broken since the level reached brings
    the next one at once.
    """
    return SQL(
        """
            SELECT v.id, v.sequence, v.channel, v.delay_days, v.requires_sent, again.repetition,
                   later.comes, w.catch_up = 'latest' AND later.comes <= %(working_day)s AS skip_to
              FROM dunning_level v
        CROSS JOIN LATERAL (SELECT CASE WHEN v.id = h.level_id THEN h.repetition + 1 ELSE 0 END AS repetition) again
        CROSS JOIN LATERAL (
                    SELECT CASE WHEN again.repetition > 0 THEN w.repeat_days ELSE v.delay_days END AS delay,
                           CASE WHEN again.repetition > 0 THEN h.day
                                WHEN v.delay_from = 'invoice' THEN w.invoiced
                                WHEN v.delay_from = 'sent' THEN w.sent
                                WHEN v.delay_from = 'returned' THEN w.returned
                                WHEN v.delay_from = 'discount' THEN w.discounted
                                WHEN v.delay_days < 0 OR h.delay_days >= 0 THEN w.due
                                ELSE w.pay_day END AS day) base
        CROSS JOIN LATERAL (
                    SELECT CASE WHEN base.day IS NOT NULL THEN GREATEST(base.day + base.delay, h.deadline + 1) END AS comes
                   ) later
             WHERE v.policy_id = w.policy_id
               AND (h.level_id IS NULL OR %(harder)s OR (again.repetition BETWEEN 1 AND w.repetitions AND %(is_last)s))
               AND NOT (v.delay_from = 'due' AND v.delay_days < 0 AND w.due < %(today)s)
               AND (v.delay_from != 'discount' OR w.discounted >= %(today)s)
               AND (v.skip_trusted AND w.trust = 'good') IS NOT TRUE
          ORDER BY skip_to DESC NULLS LAST,
                   CASE WHEN w.catch_up = 'latest' AND later.comes <= %(working_day)s
                        THEN -v.sequence ELSE v.sequence END
             LIMIT 1
        """,
        harder=harder("v", "h"),
        is_last=SQL(
            "NOT EXISTS (SELECT 1 FROM dunning_level o WHERE o.policy_id = v.policy_id AND o.sequence > v.sequence)"
        ),
        today=question.today,
        working_day=question.working_day,
    )


def span(working_days):
    """Calendar days that hold so many working days, and a month of holidays.

    >>> span(5).days
    41
    """
    return timedelta(days=2 * working_days + 31)


def stuck(company_id):
    """SQL for the ids of the notices, one a customer, behind which newer items wait and after which
    nothing comes by itself: the hardest that was sent about what is still open."""
    return SQL(
        """
        SELECT DISTINCT ON (n.partner_id) n.id
          FROM dunning_decision waits
          JOIN dunning_notice n ON n.partner_id = waits.partner_id AND n.company_id = waits.company_id
                               AND n.state = 'sent' AND n.is_asked IS NOT TRUE
          JOIN dunning_level v ON v.id = n.level_id
          JOIN dunning_notice_line nl ON nl.notice_id = n.id AND nl.level_id = n.level_id
          JOIN dunning_decision last ON last.move_line_id = nl.move_line_id AND last.current
                                    AND last.code NOT IN ('reminded', 'too_soon', 'postponed', 'step_open')
         WHERE waits.current AND waits.code = 'harder_open' AND waits.company_id = %s
           AND NOT EXISTS (SELECT 1 FROM dunning_decision d
                            WHERE d.partner_id = waits.partner_id AND d.company_id = waits.company_id AND d.current
                              AND d.level_id = n.level_id AND d.code IN ('reminded', 'too_soon', 'postponed', 'step_open'))
      ORDER BY n.partner_id, v.delay_days DESC, n.id DESC
        """,
        company_id,
    )
