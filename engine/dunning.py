"""Who is reminded today, and why not: one SQL statement over all open items of a company.

An item is an open line of a receivable account. The statement is put together from named
parts, each a common table expression that the next ones read:

``item`` → ``customer`` → ``flight`` → ``money`` → ``promised``, ``disputed`` → ``queued`` →
``history`` → ``step`` → ``fact``. The result has one row for each debit item: its code, the
level it reached or that comes next, the day on which something changes, and what the
sentence names.
"""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

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
    ("replied", "Customer replied"),
    ("insolvent", "Insolvent"),
    ("legal", "With the lawyer"),
    ("withholding", "Withholding tax"),
    ("internal", "Own company"),
    ("not_delivered", "Last notice not delivered"),
    ("closed", "Closed"),
]


#: Codes of items that a notice doesn't list, even when they are past due.
NOT_LISTED = ("internal", "closed", "insolvent", "legal", "excluded", "withholding", "disputed", "promised")


class Question(NamedTuple):
    """What is asked: which company, as of which day.

    ``working_day`` is the last working day up to ``today``: a level's date that falls on a
    holiday moves to the next working day, so it has come when it isn't after that day.
    ``moved`` are the holidays to come, with the working day after each. ``policy``,
    ``hold_until``, ``state`` and ``trust`` are expressions on the customer, a row called
    ``cp``; ``rates`` is a ``VALUES`` list of (currency id, company currency for one unit).
    """

    company_id: int
    today: date
    working_day: date
    moved: dict
    policy: SQL
    hold_until: SQL
    state: SQL
    trust: SQL
    rates: SQL


def _item(question):
    """Open items: debits, and credits (negative); those dated later are on their way."""
    return SQL(
        """
        SELECT l.id, l.move_id, l.currency_id, cp.id AS partner_id,
               l.amount_residual_currency AS residual,
               COALESCE(l.date_maturity, l.date) AS due,
               COALESCE(m.invoice_date, l.date) AS invoiced, m.sent_date AS sent,
               COALESCE(l.no_followup, FALSE) AS excluded,
               l.date > %(today)s AS later
          FROM account_move_line l
          JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
          JOIN account_move m ON m.id = l.move_id
          JOIN res_partner p ON p.id = l.partner_id
          JOIN res_partner cp ON cp.id = p.commercial_partner_id
         WHERE l.company_id = %(company)s
           AND l.reconciled IS NOT TRUE
           AND l.parent_state = 'posted'
           AND l.amount_residual_currency != 0
        """,
        company=question.company_id,
        today=question.today,
    )


def _customer(question):
    """What is known of each customer with open items."""
    return SQL(
        """
        SELECT cp.id, %(policy)s AS policy_id, %(hold)s AS hold_until, %(state)s AS state,
               COALESCE(%(trust)s, 'normal') AS trust,
               cp.id IN (SELECT own.commercial_partner_id FROM res_company c
                           JOIN res_partner own ON own.id = c.partner_id) AS internal
          FROM res_partner cp
         WHERE cp.id IN (SELECT partner_id FROM item)
        """,
        policy=question.policy,
        hold=question.hold_until,
        state=question.state,
        trust=question.trust,
    )


def _flight(question):
    """Money on its way: bank lines, payments without an entry, pending online payments."""
    return SQL(
        """
        SELECT p.commercial_partner_id AS partner_id, COALESCE(s.foreign_currency_id, s.currency_id) AS currency_id,
               CASE WHEN s.foreign_currency_id IS NULL THEN s.amount ELSE s.amount_currency END AS amount
          FROM account_bank_statement_line s
          JOIN account_move m ON m.id = s.move_id AND m.state = 'posted'
          JOIN res_partner p ON p.id = s.partner_id
         WHERE s.company_id = %(company)s AND s.is_reconciled IS NOT TRUE AND s.amount > 0
         UNION ALL
        SELECT p.commercial_partner_id, y.currency_id, y.amount
          FROM account_payment y
          JOIN res_partner p ON p.id = y.partner_id
         WHERE y.company_id = %(company)s AND y.state = 'in_process' AND y.move_id IS NULL
           AND y.payment_type = 'inbound' AND y.partner_type = 'customer'
         UNION ALL
        SELECT p.commercial_partner_id, t.currency_id, t.amount
          FROM payment_transaction t
          JOIN res_partner p ON p.id = t.partner_id
         WHERE t.company_id = %(company)s AND t.state IN ('pending', 'authorized') AND t.amount > 0
         UNION ALL
        SELECT partner_id, currency_id, -residual FROM item WHERE later AND residual < 0
        """,
        company=question.company_id,
    )


def _money(question):
    """By customer and currency: open credit, money on its way, what is overdue net of both
    in company currency, and the day of the last notice."""
    return SQL(
        """
        SELECT i.partner_id, i.currency_id,
               COALESCE(-SUM(i.residual) FILTER (WHERE i.residual < 0 AND NOT i.later), 0) AS credit,
               COALESCE((SELECT SUM(f.amount) FROM flight f
                          WHERE f.partner_id = i.partner_id AND f.currency_id = i.currency_id), 0) AS flying,
               SUM(i.residual) FILTER (WHERE NOT i.later AND NOT (i.residual > 0 AND (i.excluded OR i.due >= %(today)s)))
                   * MAX(rate.rate) AS overdue,
               (SELECT MAX(n.date) FROM dunning_notice n
                 WHERE n.company_id = %(company)s AND n.partner_id = i.partner_id AND n.currency_id = i.currency_id
                   AND n.state NOT IN ('cancelled', 'failed')) AS noticed
          FROM item i
          JOIN (%(rates)s) AS rate(currency_id, rate) ON rate.currency_id = i.currency_id
      GROUP BY i.partner_id, i.currency_id
        """,
        today=question.today,
        company=question.company_id,
        rates=question.rates,
    )


def _queued():
    """Debit items with the sum up to and with them, oldest due date first: what credit and
    money on its way are set against. Items that no notice would list don't use any up."""
    return SQL(
        """
        SELECT i.*, g.id AS promise_id, g.until AS promised_until, d.id AS dispute_id, d.revisit_date,
               SUM(CASE WHEN i.excluded OR g.id IS NOT NULL OR d.id IS NOT NULL THEN 0 ELSE i.residual END)
                   OVER (PARTITION BY i.partner_id, i.currency_id ORDER BY i.due, i.id) AS up_to_here
          FROM item i
     LEFT JOIN promised g ON g.move_line_id = i.id
     LEFT JOIN disputed d ON d.move_line_id = i.id
         WHERE i.residual > 0 AND NOT i.later
        """
    )


def _history(question):
    """The level that each open item reached last, and how its notice fared."""
    return SQL(
        """
        SELECT DISTINCT ON (nl.move_line_id) nl.move_line_id, n.state AS notice_state,
               v.id AS level_id, v.policy_id, v.sequence, v.delay_days
          FROM dunning_notice_line nl
          JOIN dunning_notice n ON n.id = nl.notice_id
          JOIN dunning_level v ON v.id = nl.level_id
         WHERE n.company_id = %(company)s AND nl.notice_state != 'cancelled'
      ORDER BY nl.move_line_id, nl.id DESC
        """,
        company=question.company_id,
    )


def _step(question):
    """The next level of each item under its customer's policy, and the day it comes.

    After the level reached last: in another policy, that is one with a longer delay.
    Friendly levels only until the due date; ``one_step`` takes the first level, ``latest``
    the last that has come. A level counted from a day that is not known never comes.
    """
    return SQL(
        """
        SELECT q.id, next.id AS level_id, next.sequence, next.channel, next.comes
          FROM queued q
          JOIN customer c ON c.id = q.partner_id
          JOIN dunning_policy p ON p.id = c.policy_id
     LEFT JOIN history h ON h.move_line_id = q.id
     LEFT JOIN LATERAL (
            SELECT v.id, v.sequence, v.channel, base.day + v.delay_days AS comes,
                   p.catch_up = 'latest' AND base.day + v.delay_days <= %(working_day)s AS skip_to
              FROM dunning_level v,
                   LATERAL (SELECT CASE v.delay_from WHEN 'invoice' THEN q.invoiced
                                                 WHEN 'sent' THEN q.sent ELSE q.due END AS day) base
             WHERE v.policy_id = p.id
               AND (h.level_id IS NULL
                    OR CASE WHEN h.policy_id = p.id THEN v.sequence > h.sequence ELSE v.delay_days > h.delay_days END)
               AND NOT (v.delay_from = 'due' AND v.delay_days < 0 AND q.due < %(today)s)
               AND (v.skip_trusted AND c.trust = 'good') IS NOT TRUE
          ORDER BY 5 DESC NULLS LAST, CASE WHEN p.catch_up = 'latest' AND base.day + v.delay_days <= %(working_day)s
                                THEN -v.sequence ELSE v.sequence END
             LIMIT 1
        ) next ON TRUE
        """,
        today=question.today,
        working_day=question.working_day,
    )


def _promised(question):
    """Open promises by item; a promise counts until its grace is over."""
    return SQL(
        """
        SELECT DISTINCT ON (r.move_line_id) r.move_line_id, r.id, r.until
          FROM (SELECT x.move_line_id, s.id, s.date + COALESCE(p.grace_days, 0) AS until
                  FROM dunning_promise s
                  JOIN dunning_promise_line_rel x ON x.promise_id = s.id
                  JOIN customer c ON c.id = s.partner_id
             LEFT JOIN dunning_policy p ON p.id = c.policy_id
                 WHERE s.state = 'open' AND s.company_id = %(company)s) r
         WHERE r.until >= %(today)s
      ORDER BY r.move_line_id, r.until DESC
        """,
        company=question.company_id,
        today=question.today,
    )


def _disputed(question):
    """Open disputes by item."""
    return SQL(
        """
        SELECT DISTINCT ON (x.move_line_id) x.move_line_id, s.id, s.revisit_date
          FROM dunning_dispute s
          JOIN dunning_dispute_line_rel x ON x.dispute_id = s.id
         WHERE s.state = 'open' AND s.company_id = %(company)s
      ORDER BY x.move_line_id, s.id
        """,
        company=question.company_id,
    )


def _fact(question):
    """Everything that the choice of a code looks at, one row an item."""
    return SQL(
        """
        SELECT q.id, q.move_id, q.partner_id, q.currency_id, q.residual, q.due, q.invoiced, q.sent, q.excluded,
               q.up_to_here, c.internal, c.state, c.policy_id, c.hold_until, m.credit, m.flying, m.overdue, m.noticed,
               p.minimum_balance, p.minimum_days_between, q.promise_id, q.promised_until, q.dispute_id, q.revisit_date,
               h.level_id AS reached_id, h.notice_state, n.level_id AS next_id, n.sequence, n.comes, n.comes <= %(working_day)s AS has_come,
               n.channel = 'email' AND NOT EXISTS (
                   SELECT 1 FROM res_partner e
                    WHERE e.commercial_partner_id = q.partner_id AND e.active AND e.email_normalized IS NOT NULL
                      AND (e.id = q.partner_id OR e.type = 'invoice')) AS no_address
          FROM queued q
          JOIN customer c ON c.id = q.partner_id
          JOIN money m ON m.partner_id = q.partner_id AND m.currency_id = q.currency_id
     LEFT JOIN dunning_policy p ON p.id = c.policy_id
     LEFT JOIN history h ON h.move_line_id = q.id
     LEFT JOIN step n ON n.id = q.id
        """,
        working_day=question.working_day,
    )


def _code(question):
    """The first reason that applies, in the order of the contract. An item that rises today
    has the code ``rises`` until the end; ``reminded`` stays in force until the next level."""
    return SQL(
        """
        CASE WHEN internal THEN 'internal'
             WHEN state = 'closed' THEN 'closed'
             WHEN state = 'insolvency' THEN 'insolvent'
             WHEN state = 'lawyer' THEN 'legal'
             WHEN policy_id IS NULL THEN 'no_policy'
             WHEN excluded THEN 'excluded'
             WHEN dispute_id IS NOT NULL THEN 'disputed'
             WHEN promise_id IS NOT NULL THEN 'promised'
             WHEN hold_until >= %(today)s THEN 'on_hold'
             WHEN up_to_here <= credit THEN 'covered_by_credit'
             WHEN up_to_here <= credit + flying THEN 'in_flight'
             WHEN notice_state = 'failed' THEN 'not_delivered'
             WHEN has_come IS NOT TRUE AND reached_id IS NULL THEN 'not_due'
             WHEN has_come IS NOT TRUE AND next_id IS NOT NULL THEN 'reminded'
             WHEN minimum_balance > 0 AND overdue < minimum_balance THEN 'below_minimum'
             WHEN next_id IS NULL THEN 'last_level'
             WHEN noticed > %(today)s - minimum_days_between THEN 'too_soon'
             WHEN no_address THEN 'no_address'
             ELSE 'rises'
        END
        """,
        today=question.today,
    )


def decide(question):
    """SQL with one row for each open debit item of the company.

    ``id`` (of the journal item), ``move_id, partner_id, currency_id, residual, due, code,
    policy_id, promise_id, dispute_id``; ``rises``: it goes up to ``level_id`` today;
    ``listed``: a notice to the customer names it; ``level_id``: else the level reached, or
    the first to come; ``next_date``: when the reason ends or the level comes.
    """
    return SQL(
        """
        WITH item AS MATERIALIZED (%(item)s),
             customer AS MATERIALIZED (%(customer)s),
             flight AS MATERIALIZED (%(flight)s),
             money AS MATERIALIZED (%(money)s),
             promised AS (%(promised)s),
             disputed AS (%(disputed)s),
             queued AS MATERIALIZED (%(queued)s),
             history AS MATERIALIZED (%(history)s),
             step AS (%(step)s),
             fact AS (%(fact)s),
             coded AS (SELECT fact.*, %(code)s AS code FROM fact),
             listing AS (SELECT coded.*, code = 'rises' OR (due < %(today)s AND code NOT IN %(not_listed)s) AS listed
                           FROM coded),
             decided AS (SELECT listing.*, code = 'rises' AND credit < SUM(residual) FILTER (WHERE listed)
                                    OVER (PARTITION BY partner_id, currency_id) AS rises
                           FROM listing)
        SELECT id, move_id, partner_id, currency_id, residual, due, invoiced, sent, policy_id, sequence,
               promise_id, dispute_id, rises, listed,
               CASE WHEN code != 'rises' THEN code WHEN rises THEN 'reminded' ELSE 'covered_by_credit' END AS code,
               CASE WHEN rises THEN next_id ELSE COALESCE(reached_id, next_id) END AS level_id,
               CASE WHEN code = 'promised' THEN promised_until + 1
                    WHEN code = 'disputed' THEN revisit_date
                    WHEN code = 'on_hold' THEN hold_until + 1
                    WHEN code = 'too_soon' THEN noticed + minimum_days_between
                    WHEN rises THEN %(today)s
                    WHEN code IN ('not_due', 'reminded') THEN COALESCE(moved.working_day, comes)
               END AS next_date
          FROM decided
     LEFT JOIN (%(moved)s) AS moved(day, working_day) ON moved.day = decided.comes
        """,
        item=_item(question),
        customer=_customer(question),
        flight=_flight(question),
        money=_money(question),
        promised=_promised(question),
        disputed=_disputed(question),
        queued=_queued(),
        history=_history(question),
        step=_step(question),
        fact=_fact(question),
        code=_code(question),
        today=question.today,
        not_listed=NOT_LISTED,
        moved=moved_days(question),
    )


def moved_days(question):
    """SQL for (holiday, working day after it)."""
    rows = question.moved.items() or [(None, None)]
    return SQL("VALUES %s", SQL(", ").join(SQL("(%s::date, %s::date)", *row) for row in rows))


def credits(question):
    """SQL for the open credits of the company: ``id, partner_id, currency_id, residual, due``."""
    return SQL(
        "SELECT id, partner_id, currency_id, residual, due FROM (%s) item WHERE residual < 0 AND NOT later",
        _item(question),
    )
