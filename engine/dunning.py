"""Who is reminded today, and why not: one SQL statement over all open items of a company.

An item is an open line of a receivable account. The statement is put together from named
parts, each a common table expression that the next ones read:

``item`` → ``customer`` → ``flight`` → ``money`` → ``queued`` → ``step`` → ``promised``, ``disputed``
→ ``fact``. The result has one row for each debit item: its code, the level that comes next,
the day on which something changes, and what the sentence names.
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


class Question(NamedTuple):
    """What is asked: which company, as of which day.

    ``working_day`` is the last working day up to ``today``: a level's date that falls on a
    holiday moves to the next working day, so it has come when it isn't after that day.
    ``policy``, ``hold_until``, ``state`` and ``trust`` are expressions on the customer, a
    row called ``cp``; ``rates`` is a ``VALUES`` list of (currency id, company currency for
    one unit).
    """

    company_id: int
    today: date
    working_day: date
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
    in company currency."""
    return SQL(
        """
        SELECT i.partner_id, i.currency_id,
               COALESCE(-SUM(i.residual) FILTER (WHERE i.residual < 0 AND NOT i.later), 0) AS credit,
               COALESCE((SELECT SUM(f.amount) FROM flight f
                          WHERE f.partner_id = i.partner_id AND f.currency_id = i.currency_id), 0) AS flying,
               SUM(i.residual) FILTER (WHERE NOT i.later AND NOT (i.residual > 0 AND (i.excluded OR i.due >= %(today)s)))
                   * MAX(rate.rate) AS overdue
          FROM item i
          JOIN (%(rates)s) AS rate(currency_id, rate) ON rate.currency_id = i.currency_id
      GROUP BY i.partner_id, i.currency_id
        """,
        today=question.today,
        rates=question.rates,
    )


def _queued():
    """Debit items with the sum up to and with them, oldest due date first: what credit and
    money on its way are set against."""
    return SQL(
        """
        SELECT i.*, SUM(CASE WHEN i.excluded THEN 0 ELSE i.residual END)
                        OVER (PARTITION BY i.partner_id, i.currency_id ORDER BY i.due, i.id) AS up_to_here
          FROM item i
         WHERE i.residual > 0 AND NOT i.later
        """
    )


def _step(question):
    """The next level of each item under its customer's policy, and the day it comes.

    Friendly levels only until the due date; ``one_step`` takes the first level, ``latest``
    the last that has come. A level counted from a day that is not known never comes.
    """
    return SQL(
        """
        SELECT q.id, next.id AS level_id, next.sequence, next.channel, next.comes
          FROM queued q
          JOIN customer c ON c.id = q.partner_id
          JOIN dunning_policy p ON p.id = c.policy_id
     LEFT JOIN LATERAL (
            SELECT v.id, v.sequence, v.channel, base.day + v.delay_days AS comes,
                   p.catch_up = 'latest' AND base.day + v.delay_days <= %(working_day)s AS skip_to
              FROM dunning_level v,
                   LATERAL (SELECT CASE v.delay_from WHEN 'invoice' THEN q.invoiced
                                                 WHEN 'sent' THEN q.sent ELSE q.due END AS day) base
             WHERE v.policy_id = p.id
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
        SELECT q.id, q.move_id, q.partner_id, q.currency_id, q.residual, q.due, q.excluded, q.up_to_here,
               c.internal, c.state, c.policy_id, c.hold_until, p.minimum_balance, m.credit, m.flying, m.overdue,
               g.id AS promise_id, g.until AS promised_until, d.id AS dispute_id, d.revisit_date,
               n.level_id, n.comes, n.comes <= %(working_day)s AS has_come,
               n.channel = 'email' AND NOT EXISTS (
                   SELECT 1 FROM res_partner e
                    WHERE e.commercial_partner_id = q.partner_id AND e.active AND e.email_normalized IS NOT NULL
                      AND (e.id = q.partner_id OR e.type = 'invoice')) AS no_address
          FROM queued q
          JOIN customer c ON c.id = q.partner_id
          JOIN money m ON m.partner_id = q.partner_id AND m.currency_id = q.currency_id
     LEFT JOIN dunning_policy p ON p.id = c.policy_id
     LEFT JOIN step n ON n.id = q.id
     LEFT JOIN promised g ON g.move_line_id = q.id
     LEFT JOIN disputed d ON d.move_line_id = q.id
        """,
        working_day=question.working_day,
    )


def _code(question):
    """The first reason that applies, in the order of the contract."""
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
             WHEN has_come IS NOT TRUE THEN 'not_due'
             WHEN minimum_balance > 0 AND overdue < minimum_balance THEN 'below_minimum'
             WHEN no_address THEN 'no_address'
             ELSE 'reminded'
        END
        """,
        today=question.today,
    )


def decide(question):
    """SQL with one row for each open debit item of the company.

    ``id`` (of the journal item), ``move_id, partner_id, currency_id, residual, due, code,
    policy_id, level_id, promise_id, dispute_id`` and ``next_date``: when the reason ends
    or the level comes.
    """
    return SQL(
        """
        WITH item AS MATERIALIZED (%(item)s),
             customer AS MATERIALIZED (%(customer)s),
             flight AS MATERIALIZED (%(flight)s),
             money AS MATERIALIZED (%(money)s),
             queued AS (%(queued)s),
             step AS (%(step)s),
             promised AS (%(promised)s),
             disputed AS (%(disputed)s),
             fact AS (%(fact)s),
             decided AS (SELECT fact.*, %(code)s AS code FROM fact)
        SELECT id, move_id, partner_id, currency_id, residual, due, code, policy_id, level_id, promise_id, dispute_id,
               CASE code WHEN 'promised' THEN promised_until + 1
                         WHEN 'disputed' THEN revisit_date
                         WHEN 'on_hold' THEN hold_until + 1
                         WHEN 'reminded' THEN %(today)s
                         WHEN 'not_due' THEN comes
               END AS next_date
          FROM decided
        """,
        item=_item(question),
        customer=_customer(question),
        flight=_flight(question),
        money=_money(question),
        queued=_queued(),
        step=_step(question),
        promised=_promised(question),
        disputed=_disputed(question),
        fact=_fact(question),
        code=_code(question),
        today=question.today,
    )
