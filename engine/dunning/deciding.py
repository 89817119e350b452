"""Who is reminded today, and why not: one SQL statement over all open items of a company.

An item is an open line of a receivable account. The statement is put together from named
parts, each a common table expression that the next ones read:

``item`` → ``suspended`` → ``weighed`` → ``fact`` → ``coded`` → ``decided``. The result has one
row for each debit item: its code, the level it reached or that comes next, the day on which
something changes, and what the sentence names.
"""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..agreements.charges import live
from ..agreements.promises import next_payment_day_sql
from ..books.items import owed_to_customers
from ..handling.workdays import moved_days
from .items import flight, item, notice_day
from .ladder import fact
from .recipients import addresses

CODES = [
    ("reminded", "Reminded"),
    ("not_due", "Not due"),
    ("below_minimum", "Below the minimum"),
    ("excluded", "Excluded"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("on_hold", "On hold"),
    ("too_soon", "Too soon after the last notice"),
    ("in_flight", "Payment on its way"),
    ("covered_by_credit", "Covered by credit"),
    ("no_address", "No address"),
    ("no_policy", "No policy"),
    ("last_level", "Last level reached"),
    ("harder_open", "After a harder notice"),
    ("replied", "Customer replied"),
    ("insolvent", "Insolvent"),
    ("legal", "With the lawyer"),
    ("withholding", "Withholding tax"),
    ("internal", "Own company"),
    ("not_delivered", "Last notice not delivered"),
    ("step_open", "Call or letter not done yet"),
    ("closed", "Closed"),
    ("postponed", "Enough for today"),
    ("paused", "Paused"),
    ("unsent", "Not sent yet"),
    ("net_position", "Covered by what we owe"),
    ("charged", "Charged to a saved card"),
]
#: Codes of items that a notice doesn't list, even when they are past due.
NOT_LISTED = (
    *("internal", "closed", "insolvent", "legal", "excluded", "withholding", "disputed", "promised"),
    *("paused", "net_position", "in_flight", "charged"),
)

#: The last day that Python knows: what ends later, ends then.
LAST_DAY = SQL("DATE '9999-12-31'")


class Question(NamedTuple):
    """What is asked: which company, as of which day.

    ``working_day`` is the last working day up to ``today``: a level's date that falls on a
    holiday moves to the next working day, so it has come when it isn't after that day.
    ``moved`` are the holidays to come, with the working day after each. ``policy``,
    ``hold_until``, ``state``, ``trust`` and ``payment_days`` are expressions on the customer, a row
    called ``cp``; ``rate`` is one on ``currency_id``: company currency for one unit.
    ``zone`` is the company's, by which the day of a notice that left is told.
    ``payment_states`` are those in which a payment without an entry counts.
    ``most_notices`` may still be made today (None: any number); ``partner_ids``, unless None,
    are the only customers asked about. ``withholding``, on ``cp`` too, is the per cent of its
    invoices that the customer withholds as tax. ``nets``: a policy in force sets what we owe
    against what is owed.
    """

    company_id: int
    today: date
    working_day: date
    payment_states: tuple
    moved: dict
    policy: SQL
    hold_until: SQL
    state: SQL
    trust: SQL
    payment_days: SQL
    rate: SQL
    zone: str = "UTC"
    most_notices: int | None = None
    partner_ids: tuple | None = None
    withholding: SQL = SQL("NULL")
    nets: bool = False


def _suspended(question):
    """Items with their open promise, until its grace is over, the day from which one counts as
    broken, and their open dispute, where nothing but what it is about is left of them; those from before the cut-off date of a policy that leaves them
    to people are excluded. ``pay_day`` is the due date, or the customer's payment day after it;
    ``set_aside``: no notice names it; ``charge_day``: its charge to a saved card is announced for then, or being made;
    ``owed``: what we owe the customer, where that counts."""
    return SQL(
        """
        SELECT i.*, p.catch_up, p.minimum_balance, GREATEST(p.minimum_days_between, 1) AS minimum_days_between,
               p.repetitions, p.repeat_days,
               i.due < p.cut_off_date AS is_old, p.cut_off_level_id,
               i.no_followup OR (i.residual > 0 AND i.due < p.cut_off_date AND p.cut_off_level_id IS NULL) IS TRUE AS excluded,
               %(pay_day)s AS pay_day, %(owed)s AS owed,
               (i.withheld OR i.is_rest OR i.paused_until >= %(today)s OR charge.day IS NOT NULL) IS TRUE AS set_aside,
               charge.day AS charge_day,
               CASE WHEN g.until >= %(today)s THEN g.id END AS promise_id, g.until AS promised_until,
               CASE WHEN g.broken_on IS NOT NULL OR g.until < %(today)s
                    THEN GREATEST(g.broken_on, CASE WHEN g.until < %(today)s THEN g.until + 1 END, i.due + 1) END AS broken_on,
               CASE WHEN i.is_disputed THEN d.id END AS dispute_id, d.revisit_date
          FROM item i
     LEFT JOIN dunning_policy p ON p.id = i.policy_id
     LEFT JOIN (%(charges)s) charge ON charge.id = i.id
     LEFT JOIN LATERAL (
            SELECT (array_agg(s.id ORDER BY s.date, s.id) FILTER (WHERE s.state = 'open'))[1] AS id,
                   MIN(s.date) FILTER (WHERE s.state = 'open') + COALESCE(p.grace_days, 0) AS until,
                   MAX(s.broken_date) AS broken_on
              FROM dunning_promise_line_rel x JOIN dunning_promise s ON s.id = x.promise_id
             WHERE x.move_line_id = i.id AND s.state IN ('open', 'broken') AND s.company_id = %(company)s
        ) g ON TRUE
     LEFT JOIN LATERAL (
            SELECT s.id, s.revisit_date
              FROM dunning_dispute_line_rel x JOIN dunning_dispute s ON s.id = x.dispute_id
             WHERE x.move_line_id = i.id AND s.state = 'open' AND s.company_id = %(company)s
          ORDER BY s.id LIMIT 1
        ) d ON TRUE
        %(owing)s
        """,
        company=question.company_id,
        today=question.today,
        charges=live(),
        owed=SQL("CASE WHEN p.net_position = 'hold' THEN COALESCE(owing.amount, 0) ELSE 0 END")
        if question.nets
        else SQL("0"),
        owing=SQL(
            "LEFT JOIN (%s) owing ON owing.customer_id = i.partner_id AND owing.currency_id = i.currency_id",
            owed_to_customers([question.company_id], question.partner_ids),
        )
        if question.nets
        else SQL(""),
        pay_day=next_payment_day_sql(SQL("i.due"), SQL("i.payment_days")),
    )


def _weighed(question):
    """Items with the sums of their customer and currency: open credit, money on its way,
    what is overdue net of credit, and what comes due up to and with the item, oldest first:
    that is what credit is set against. Items that no notice would list use none of it up.

    Windows, not joins: they stay linear whatever the planner expects of the parts.
    """
    return SQL(
        """
        SELECT s.*,
               CASE WHEN NOT set_aside THEN
               SUM(CASE WHEN residual > 0 AND NOT later AND NOT excluded AND NOT set_aside
                             AND promise_id IS NULL AND dispute_id IS NULL
                        THEN residual ELSE 0 END)
                   OVER (PARTITION BY partner_id, currency_id ORDER BY due, id) END AS up_to_here,
               COALESCE(-SUM(residual) FILTER (WHERE residual < 0 AND NOT later AND NOT excluded) OVER sums, 0) AS credit,
               SUM(flying) OVER sums AS coming,
               SUM(residual) FILTER (WHERE NOT later AND NOT excluded AND NOT set_aside
                                           AND (residual < 0 OR due < %(today)s))
                   OVER sums AS overdue
          FROM suspended s
        WINDOW sums AS (PARTITION BY partner_id, currency_id)
        """,
        today=question.today,
    )


def _no_address(question):
    """Whether nobody can be written to about the item."""
    found = addresses(SQL("fact.partner_id"), SQL("fact.contact_id"), SQL("%s", question.company_id))
    return SQL("channel = 'email' AND NOT EXISTS (%s)", found)


def _noticed(question):
    """The day of the last notice to the item's customer in its currency."""
    return SQL(
        """(SELECT MAX(%s) FROM dunning_notice n
             WHERE n.partner_id = fact.partner_id AND n.currency_id = fact.currency_id AND n.company_id = %s
               AND n.state NOT IN ('cancelled', 'failed'))""",
        notice_day(question.zone),
        question.company_id,
    )


def _code(question):
    """The first reason that applies, in the order of the contract. An item that escalates today
    has the code ``escalates`` until the end; ``reminded`` stays in force until the next level is
    due, and while its notice waits for approval."""
    return SQL(
        """
        CASE WHEN internal THEN 'internal'
             WHEN closed OR state = 'closed' THEN 'closed'
             WHEN state = 'insolvency' THEN 'insolvent'
             WHEN state = 'lawyer' THEN 'legal'
             WHEN policy_id IS NULL THEN 'no_policy'
             WHEN excluded THEN 'excluded'
             WHEN withheld THEN 'withholding'
             WHEN dispute_id IS NOT NULL THEN 'disputed'
             WHEN promise_id IS NOT NULL THEN 'promised'
             WHEN charge_day IS NOT NULL THEN 'charged'
             WHEN hold_until >= %(today)s THEN 'on_hold'
             WHEN paused_until >= %(today)s THEN 'paused'
             WHEN replied_until IS NOT NULL THEN 'replied'
             WHEN residual = 0 THEN 'in_flight' -- wholly under way
             WHEN up_to_here <= credit THEN 'covered_by_credit'
             WHEN up_to_here <= credit + owed THEN 'net_position'
             WHEN up_to_here <= credit + owed + coming THEN 'in_flight'
             WHEN notice_state = 'failed' THEN 'not_delivered'
             WHEN reached_on = %(today)s THEN 'reminded'
             WHEN is_step_open THEN 'step_open'
             WHEN has_come IS NOT TRUE AND reached_id IS NULL THEN 'not_due'
             WHEN is_rest THEN 'below_minimum'
             WHEN next_id IS NOT NULL AND (has_come IS NOT TRUE OR notice_state IN ('draft', 'to_approve'))
                  THEN 'reminded'
             WHEN awaits_sending THEN 'unsent'
             WHEN minimum_balance > 0 AND overdue * %(rate)s < minimum_balance THEN 'below_minimum'
             WHEN next_id IS NULL THEN 'last_level'
             WHEN is_softer THEN 'harder_open'
             WHEN %(noticed)s > %(today)s - minimum_days_between THEN 'too_soon'
             WHEN %(no_address)s THEN 'no_address'
             ELSE 'escalates'
        END
        """,
        today=question.today,
        rate=question.rate,
        noticed=_noticed(question),
        no_address=_no_address(question),
    )


def _enough(question):
    """Whether the customer is among those who still get a notice today: who owes most first."""
    if question.most_notices is None:
        return SQL("TRUE")
    return SQL(
        "DENSE_RANK() OVER (ORDER BY is_ripe DESC, overdue * %s DESC NULLS LAST, partner_id, currency_id) <= %s",
        question.rate,
        question.most_notices,
    )


def _next_date(question):
    """When the reason ends, or the level comes."""
    return SQL(
        """
        CASE WHEN code = 'promised' THEN LEAST(promised_until + 1, %(last)s)
             WHEN code = 'disputed' THEN revisit_date
             WHEN code = 'charged' THEN charge_day
             WHEN code = 'on_hold' THEN LEAST(hold_until + 1, %(last)s)
             WHEN code = 'paused' THEN LEAST(paused_until + 1, %(last)s)
             WHEN code = 'replied' THEN replied_until + 1
             WHEN code = 'too_soon' THEN %(noticed)s + minimum_days_between
             WHEN escalates THEN %(today)s
             WHEN is_ripe THEN %(today)s + 1
             WHEN code = 'not_due' AND comes IS NOT NULL THEN LEAST(COALESCE(moved.working_day, comes), %(last)s)
             WHEN code = 'reminded' AND comes IS NOT NULL
             THEN GREATEST(LEAST(COALESCE(moved.working_day, comes), %(last)s),
                           CASE WHEN noticed_today THEN %(today)s ELSE %(noticed)s END + minimum_days_between)
        END
        """,
        noticed=_noticed(question),
        today=question.today,
        last=LAST_DAY,
    )


def decide(question):
    """SQL with one row for each open debit item of the company.

    ``id`` (of the journal item), ``move_id, partner_id, currency_id, residual, due, code,
    policy_id, promise_id, dispute_id``; ``escalates``: it goes up to ``level_id`` today,
    for the ``repetition``-th time again; ``listed``: a notice to the customer names it;
    ``reached_id``: the level reached; ``level_id``: else that one, or the first to come;
    ``next_date``: when the reason ends or the level comes; ``is_outvoiced``: its notice has not left,
    and the customer has heard a harder one since.
    """
    return SQL(
        """
        WITH item AS MATERIALIZED (%(item)s UNION ALL %(flight)s), -- else copied anew into each part, to be planned
             suspended AS (%(suspended)s),
             weighed AS (%(weighed)s),
             fact AS (%(fact)s),
             coded AS MATERIALIZED (SELECT fact.*, %(code)s AS code FROM fact),
             listing AS (SELECT coded.*, code = 'escalates' OR (residual > 0 AND due < %(today)s AND NOT is_rest
                                                               AND code NOT IN %(not_listed)s) AS listed
                           FROM coded),
             ripe AS (SELECT listing.*, code = 'escalates' AND credit < SUM(residual) FILTER (WHERE listed)
                                    OVER (PARTITION BY partner_id, currency_id) AS is_ripe
                        FROM listing),
             escalated AS (SELECT ripe.*, is_ripe AND %(enough)s AS escalates FROM ripe),
             decided AS (SELECT escalated.*, bool_or(escalates) OVER (PARTITION BY partner_id, currency_id) AS noticed_today
                           FROM escalated)
        SELECT id, move_id, partner_id, currency_id, residual, due, due_next, invoiced, sent, returned, discounted,
               policy_id, sequence,
               minimum_days_between, trust,
               promise_id, dispute_id, part_disputed, escalates, listed, reached_id, is_outvoiced, repetitions, repeat_days,
               CASE WHEN escalates THEN repetition ELSE 0 END AS repetition,
               CASE WHEN code != 'escalates' THEN code WHEN escalates THEN 'reminded'
                    WHEN is_ripe THEN 'postponed' ELSE 'covered_by_credit' END AS code,
               CASE WHEN escalates OR code = 'unsent' THEN next_id ELSE COALESCE(reached_id, next_id) END AS level_id,
               %(next_date)s AS next_date
          FROM decided fact
     LEFT JOIN (%(moved)s) AS moved(day, working_day) ON moved.day = fact.comes
        """,
        item=item(question),
        flight=flight(question),
        suspended=_suspended(question),
        weighed=_weighed(question),
        fact=fact(question),
        next_date=_next_date(question),
        code=_code(question),
        today=question.today,
        enough=_enough(question),
        not_listed=NOT_LISTED,
        moved=moved_days(question.moved),
    )
