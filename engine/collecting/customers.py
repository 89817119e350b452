"""What each customer owes now, in one line a customer, company and currency, and what is known of it.

Only open items are added up: the host's index of them is read, whatever was paid before. What a page
shows beside the amounts is looked up for its customers alone.
"""

from odoo.tools import SQL

from ..books.items import open_now
from ..sales.call_list import COMPANY

#: What stops following up, or will; what comes first is said of a customer of whom several hold.
BADGES = [
    ("insolvency", "Insolvency"),
    ("lawyer", "With the lawyer"),
    ("closed", "Closed"),
    ("dispute", "Dispute"),
    ("hold", "On hold"),
    ("plan", "Payment plan"),
    ("promise", "Promise"),
    ("reply", "Answered"),
    ("pause", "Paused invoice"),
    ("no_address", "No address"),
    ("complaint", "Complaint"),
]
#: A line's id: the company, the customer, and in the last digits the currency.
CURRENCY = 10**3


def line_id(company_id, partner_id, currency_id):
    """The id of a customer's line: the same whenever it is read.

    >>> line_id(2, 45, 1), parts(line_id(2, 45, 1))
    (2000000045001, (2, 45, 1))
    """
    return (company_id * COMPANY + partner_id) * CURRENCY + currency_id


def parts(number):
    """(company, customer, currency) of the line with this id."""
    rest, currency_id = divmod(number, CURRENCY)
    return (*divmod(rest, COMPANY), currency_id)


def customers(today, limits, policies):
    """SQL for the lines. ``overdue_amount`` and ``not_due_amount`` are of debits, ``credit_amount`` of credits
    (positive), ``open_amount`` is all of it, each less what is under way, in ``currency_id``;
    those that end in ``_value`` are in the company's currency. ``oldest_date`` is the first due date of
    what is open, ``oldest_days`` how long that is past, ``age`` its column in the ageing.

    Columns that a query doesn't ask for cost it nothing.

    :param limits: by company id, the last day of each of the first three ages
    :param policies: by company id, SQL for the policy of a customer ``cp``
    """
    return SQL(
        """
        SELECT (a.company_id::bigint * %(company)s + a.partner_id) * %(currency)s + a.currency_id AS id,
               a.*, cp.complete_name::varchar AS name, cp.phone::varchar AS phone, cp.email::varchar AS email,
               cp.country_id, cp.user_id AS salesperson_id, cp.active AS is_active,
               (cp.collector_id->>(a.company_id::text))::integer AS user_id,
               (cp.payment_grade->>(a.company_id::text))::varchar AS payment_grade,
               COALESCE(GREATEST(%(today)s - a.oldest_date, 0), 0) AS oldest_days,
               %(age)s AS age,
               (%(policy)s)::integer AS policy_id
          FROM (SELECT i.company_id, i.customer_id AS partner_id, i.currency_id,
                       COALESCE(SUM(i.left_currency) FILTER (WHERE i.balance > 0 AND i.due < %(today)s), 0) AS overdue_amount,
                       COALESCE(SUM(i.left_currency) FILTER (WHERE i.balance > 0 AND i.due >= %(today)s), 0) AS not_due_amount,
                       COALESCE(-SUM(i.left_currency) FILTER (WHERE i.balance < 0), 0) AS credit_amount,
                       SUM(i.left_currency) AS open_amount,
                       COALESCE(SUM(i.left_open) FILTER (WHERE i.balance > 0 AND i.due < %(today)s), 0) AS overdue_value,
                       COALESCE(-SUM(i.left_open) FILTER (WHERE i.balance < 0), 0) AS credit_value,
                       SUM(i.left_open) AS open_value,
                       COALESCE(SUM(i.left_open) FILTER (WHERE i.balance > 0 AND i.due >= %(today)s), 0) AS not_due_value,
                       %(ages)s,
                       MIN(i.due) FILTER (WHERE i.balance > 0 AND i.left_currency != 0) AS oldest_date
                  FROM (%(items)s) i
                 WHERE i.customer_id IS NOT NULL
              GROUP BY i.company_id, i.customer_id, i.currency_id
                HAVING bool_or(i.left_currency != 0 OR i.left_open != 0)) a
     LEFT JOIN res_partner cp ON cp.id = a.partner_id
        """,
        company=COMPANY,
        currency=CURRENCY,
        items=open_now(),
        today=SQL("%s::date", today),
        age=_age(limits, SQL("(%s::date - a.oldest_date)", today)),
        ages=_ages(limits, today),
        policy=_by_company(policies),
    )


def _ages(limits, today):
    """What is past due for so long as a column of the ageing says, by the limits of the item's company."""
    columns = []
    for number in range(4):
        within = [SQL("FALSE")]
        for company, days in limits.items():
            first, last = (0, *days)[number] + 1, (*days, None)[number]
            youngest = SQL("i.company_id = %s AND i.due <= %s::date - %s", company, today, first)
            within.append(youngest if last is None else SQL("%s AND i.due >= %s::date - %s", youngest, today, last))
        columns.append(
            SQL(
                "COALESCE(SUM(i.left_open) FILTER (WHERE i.balance > 0 AND (%s)), 0) AS %s",
                SQL(" OR ").join(within),
                SQL.identifier(f"age_{number + 1}"),
            )
        )
    return SQL(", ").join(columns)


def _age(limits, days):
    """The column of the ageing, of an item past due for so many ``days``."""
    by_company = {
        company: SQL(
            "CASE WHEN %(days)s <= 0 THEN 'not_due' WHEN %(days)s <= %(first)s THEN 'age_1'"
            " WHEN %(days)s <= %(second)s THEN 'age_2' WHEN %(days)s <= %(third)s THEN 'age_3'"
            " WHEN %(days)s IS NOT NULL THEN 'age_4' END",
            days=days,
            first=first,
            second=second,
            third=third,
        )
        for company, (first, second, third) in limits.items()
    }
    return SQL("(%s)::varchar", _by_company(by_company))


def _by_company(expressions):
    cases = [SQL("WHEN %s THEN %s", company, expression) for company, expression in expressions.items()]
    return SQL("CASE a.company_id %s END", SQL(" ").join(cases)) if cases else SQL("NULL")


def badges(today):
    """SQL for (company, customer, kind) of all that holds of a customer, by the kinds of ``BADGES``."""
    return SQL(
        """
        SELECT c.id AS company_id, p.id AS partner_id, p.collection_state->>(c.id::text) AS kind
          FROM res_company c JOIN res_partner p ON p.collection_state->>(c.id::text) IN ('insolvency', 'lawyer', 'closed', 'plan')
         UNION ALL
        SELECT c.id, p.id, 'hold'
          FROM res_company c JOIN res_partner p ON (p.dunning_hold_until->>(c.id::text))::date >= %(today)s
         UNION ALL
        SELECT c.id, p.id, 'hold' FROM res_company c JOIN res_partner p ON c.dunning_paused_until >= %(today)s
         UNION ALL
        SELECT company_id, partner_id, 'dispute' FROM dunning_dispute WHERE state = 'open'
         UNION ALL
        SELECT company_id, partner_id, CASE WHEN plan_id IS NULL THEN 'promise' ELSE 'plan' END
          FROM dunning_promise WHERE state = 'open'
         UNION ALL
        SELECT company_id, partner_id, 'reply' FROM dunning_notice WHERE replied_until >= %(today)s
         UNION ALL
        SELECT company_id, commercial_partner_id, 'pause' FROM account_move
         WHERE dunning_paused_until >= %(today)s AND state = 'posted' AND payment_state IN ('not_paid', 'partial')
         UNION ALL
        SELECT d.company_id, d.partner_id, 'no_address'
          FROM dunning_decision d JOIN account_move_line l ON l.id = d.move_line_id
         WHERE d.current AND d.code = 'no_address' AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
         UNION ALL
        SELECT company_id, partner_id, 'complaint' FROM dunning_watch WHERE kind = 'complaint' AND until IS NULL
        """,
        today=today,
    )


def badges_of(partner_ids, company_ids, today):
    """SQL for (customer, company, kinds) of these customers."""
    return SQL(
        """SELECT partner_id, company_id, array_agg(DISTINCT kind) FROM (%(badges)s) b
            WHERE partner_id IN %(partners)s AND company_id IN %(companies)s GROUP BY 1, 2""",
        badges=badges(today),
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
    )


def levels(partner_ids, company_ids):
    """SQL for (customer, company, the highest level that an open item of it has reached): by notices that have
    left or are about to."""
    return SQL(
        """
        SELECT DISTINCT ON (n.partner_id, n.company_id) n.partner_id, n.company_id, x.level_id
          FROM dunning_notice n
          JOIN dunning_notice_line x ON x.notice_id = n.id AND x.notice_state NOT IN ('draft', 'to_approve', 'cancelled')
          JOIN account_move_line l ON l.id = x.move_line_id AND l.reconciled IS NOT TRUE
          JOIN dunning_level v ON v.id = x.level_id
         WHERE n.partner_id IN %(partners)s AND n.company_id IN %(companies)s
      ORDER BY n.partner_id, n.company_id, v.delay_days DESC, v.sequence DESC
        """,
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
    )


def contacted():
    """SQL for (company, customer) of all whom somebody has tried to reach, or who were written to."""
    return SQL(
        """
        SELECT a.company_id, p.commercial_partner_id AS partner_id FROM contact_attempt a JOIN res_partner p ON p.id = a.partner_id
         WHERE a.res_model IN ('res.partner', 'account.move') AND a.active
         UNION
        SELECT company_id, partner_id FROM dunning_notice WHERE state = 'sent'
        """
    )
