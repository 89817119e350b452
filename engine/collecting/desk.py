"""The collector's desk: which customers need somebody today, in order, and why.

What happens is read from small tables and their indexes: notices, promises, returned payments,
planned calls, balances that customers don't agree with. What is open is not added up here; that
is done for the page on the screen alone.
"""

from odoo.tools import SQL

from ..books.items import open_now
from ..dunning.items import notice_day
from ..handling.status import OPEN_ROLES
from ..sales.call_list import COMPANY, MODELS

DESK_KINDS = [
    ("answer", "Answer"),
    ("returned", "Returned payment"),
    ("broken", "Broken promise"),
    ("call", "Call"),
    ("failed", "Failed notice"),
    ("address", "No address"),
    ("look", "To look at"),
]
#: Kinds for which one calls the customer.
CALLED = ("answer", "returned", "broken", "call")
#: Ranks before these belong to salespeople.
FIRST_RANK = 8
NUMBERS = {kind: FIRST_RANK + n for n, (kind, _label) in enumerate(DESK_KINDS)}
#: The ranks of each kind; within it, who owes most for longest comes first.
DESK_RANKS = {kind: (n * 1e12, (n + 1) * 1e12) for kind, n in NUMBERS.items()}
#: Numbers of what is counted beside the kinds.
APPROVE, PLAIN, LOOK, FIRST_EVER = 0, -1, -2, -3


def risk(days):
    """By what an amount overdue for so many days weighs: once, and once more for each full
    month, at most five times.

    >>> [risk(days) for days in (-3, 0, 29, 30, 75, 1000)]
    [1, 1, 1, 2, 3, 5]
    """
    return 1 + min(max(days, 0) // 30, 4)


#: The same in SQL.
RISK = "(1 + LEAST(GREATEST(days, 0) / 30, 4))"


def likelihood(late_risk=None):
    """By what the chance weighs that a document of the customer is paid over 30 days late, as its payment
    grade says: from half to twice, once where nothing is known. A chance of one third is neutral, too.

    >>> [likelihood(chance) for chance in (None, 0, 0.5, 1)], round(likelihood(1 / 3), 6)
    ([1, 0.5, 1.25, 2.0], 1.0)
    >>> likelihood(-1), likelihood(7)
    (0.5, 2.0)
    """
    return 1 if late_risk is None else 0.5 + 1.5 * min(max(late_risk, 0), 1)


#: The same in SQL.
LIKELIHOOD = "CASE WHEN g.late_risk IS NULL THEN 1 ELSE 0.5 + 1.5 * LEAST(GREATEST(g.late_risk, 0), 1) END"


def _calls(today, zone):
    """SQL for the calls, and what is done by hand, that are due, as of :func:`events`."""
    return SQL(
        """
        SELECT n.company_id, n.partner_id, %(call)s, a.id, n.amount_due, n.currency_id,
               v.delay_days + (%(today)s - %(notice_day)s), a.date_deadline
          FROM mail_activity a
          JOIN mail_activity_type t ON t.id = a.activity_type_id
          JOIN dunning_notice n ON n.id = a.res_id
          JOIN dunning_level v ON v.id = n.level_id
         WHERE a.res_model = 'dunning.notice' AND a.active AND a.date_deadline <= %(today)s
           AND n.state IN ('queued', 'sent')
           AND (t.category = 'phonecall' OR (n.activity_id = a.id AND n.channel = 'manual'))
         UNION ALL
        SELECT m.company_id, m.commercial_partner_id, %(call)s, a.id, m.amount_residual, m.currency_id,
               %(today)s - m.invoice_date_due, a.date_deadline
          FROM mail_activity a
          JOIN mail_activity_type t ON t.id = a.activity_type_id AND t.category = 'phonecall'
          JOIN account_move m ON m.id = a.res_id
         WHERE a.res_model = 'account.move' AND a.active AND a.date_deadline <= %(today)s
           AND m.move_type IN ('out_invoice', 'out_receipt') AND m.state = 'posted'
           AND (m.payment_state IN ('not_paid', 'partial') -- or has a payment without an entry for a part
                OR m.payment_state IN ('paid', 'in_payment') AND m.handling_role IN %(open_roles)s)
        """,
        call=NUMBERS["call"],
        today=today,
        notice_day=notice_day(zone),
        open_roles=OPEN_ROLES,
    )


def events(today, zone):
    """SQL for all that needs somebody: ``company_id, partner_id`` (the commercial one), ``kind`` (a
    number), ``event_id`` (of a notice, item, promise or activity; a balance confirmation's is negative,
    a row for each currency), ``amount`` in ``currency_id``, ``days`` overdue, ``day`` it came up on."""
    return SQL(
        """
        SELECT n.company_id, n.partner_id, %(answer)s AS kind, n.id AS event_id, n.amount_due AS amount,
               n.currency_id, v.delay_days + (%(today)s - %(notice_day)s) AS days, %(notice_day)s AS day
          FROM dunning_notice n JOIN dunning_level v ON v.id = n.level_id
         WHERE n.needs_answer
         UNION ALL
        SELECT b.company_id, p.commercial_partner_id, %(answer)s, -b.id, x.value::numeric, x.key::integer,
               %(today)s - b.day, a.date_deadline
          FROM mail_activity a
          JOIN balance_confirmation b ON b.id = a.res_id AND b.answer = 'disagree'
          JOIN res_partner p ON p.id = b.partner_id
    CROSS JOIN LATERAL jsonb_each_text(b.balances) x
         WHERE a.res_model = 'balance.confirmation' AND a.active AND a.date_deadline <= %(today)s
         UNION ALL
        SELECT n.company_id, n.partner_id, CASE n.state WHEN 'failed' THEN %(failed)s ELSE %(look)s END, n.id,
               n.amount_due, n.currency_id, v.delay_days + (%(today)s - %(notice_day)s), %(notice_day)s
          FROM dunning_notice n JOIN dunning_level v ON v.id = n.level_id
         WHERE n.state IN ('to_approve', 'failed') -- what a mail server does to all is no customer's matter
           AND CASE WHEN n.state = 'failed'
                    THEN NOT EXISTS (SELECT 1 FROM mail_mail mail
                                      WHERE mail.dunning_notice_id = n.id AND mail.dunning_failure IS NOT NULL)
                    ELSE n.exceptions IS NOT NULL END
         UNION ALL
        SELECT d.company_id, d.partner_id, %(address)s, l.id, l.amount_residual, l.company_currency_id,
               %(today)s - COALESCE(l.date_maturity, l.date), d.date
          FROM dunning_decision d JOIN account_move_line l ON l.id = d.move_line_id
         WHERE d.current AND d.code = 'no_address' AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
         UNION ALL
        SELECT l.company_id, p.commercial_partner_id, %(returned)s, l.id, l.amount_residual, l.company_currency_id,
               %(today)s - COALESCE(l.date_maturity, l.date), l.payment_returned_date
          FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id
         WHERE l.payment_return_open AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
         UNION ALL
        SELECT s.company_id, s.partner_id, %(broken)s, s.id, s.amount, s.currency_id, %(today)s - s.date, s.date
          FROM dunning_promise s
         WHERE s.state = 'broken' AND s.is_followed_up IS NOT TRUE
           AND EXISTS (SELECT 1 FROM dunning_promise_line_rel x JOIN account_move_line l ON l.id = x.move_line_id
                        WHERE x.promise_id = s.id AND l.reconciled IS NOT TRUE)
         UNION ALL
        %(calls)s
        """,
        today=today,
        notice_day=notice_day(zone),
        calls=_calls(today, zone),
        **NUMBERS,
    )


def desk(today, rate, zone):
    """SQL for a line of each customer in each company; ``listed`` says whether somebody is
    needed. The most urgent of a customer's events gives its line the kind and the rank: by amount, age
    (:func:`risk`) and probability (:func:`likelihood`).

    :param rate: an expression on ``currency_id``: the reader's currency for one unit
    :param zone: the name of the reader's time zone
    """
    return SQL(
        """
        SELECT c.id AS company_id, p.id AS partner_id, p.complete_name::varchar AS name, p.phone::varchar AS phone,
               (p.collector_id->>(c.id::text))::integer AS user_id,
               (%(kinds)s::varchar[])[(ceil(e.best[1] / 1e12) - %(first)s)::integer] AS kind,
               e.best[1] AS rank, e.best[2]::integer AS event_id, e.amount, e.day,
               p.claimed_by_id, p.claimed_until, e.partner_id IS NOT NULL AS listed
          FROM res_company c
    CROSS JOIN res_partner p
     LEFT JOIN (SELECT valued.company_id, valued.partner_id, max(amount) AS amount, min(day) AS day,
                       min(ARRAY[(kind + 1) * 1e12::float8
                                 - LEAST(GREATEST(amount * %(risk)s * %(likelihood)s, 0), 999999999999)::float8,
                                 event_id::float8]) AS best
                  FROM (SELECT company_id, partner_id, kind, event_id, days, day,
                               (amount * %(rate)s)::numeric AS amount
                          FROM (%(events)s) event) valued
             LEFT JOIN payment_grade g ON g.company_id = valued.company_id AND g.partner_id = valued.partner_id
                   AND g.until IS NULL
              GROUP BY valued.company_id, valued.partner_id) e ON e.company_id = c.id AND e.partner_id = p.id
        """,
        kinds=[kind for kind, _label in DESK_KINDS],
        first=FIRST_RANK,
        risk=SQL(RISK),
        likelihood=SQL(LIKELIHOOD),
        rate=rate,
        events=events(today, zone),
    )


def worklist(now, local_now, rate, zone):
    """SQL for the customers' lines of the call list; other parameters as of ``call_list``.

    :param rate: an expression on ``currency_id``: the reader's currency for one unit
    :param zone: the name of the reader's time zone
    """
    return SQL(
        """SELECT (company_id::bigint * %(company)s + partner_id) * 10 + %(partner_number)s,
                  kind,
                  rank,
                  listed,
                  'res.partner'::varchar,
                  partner_id,
                  name,
                  partner_id,
                  name,
                  phone,
                  user_id,
                  NULL::integer,
                  company_id,
                  amount,
                  EXTRACT(EPOCH FROM %(local_now)s - day)::float8 / 3600,
                  day,
                  NULL::integer,
                  NULL::integer,
                  NULL::varchar,
                  NULL::timestamp,
                  CASE WHEN claimed_until > %(now)s THEN claimed_by_id END,
                  claimed_until,
                  event_id,
                  NULL::timestamp,
                  NULL::integer,
                  NULL::text
             FROM (%(desk)s) desk""",
        company=COMPANY,
        partner_number=MODELS["res.partner"],
        now=SQL("%s::timestamp", now),
        local_now=SQL("%s::timestamp", local_now),
        desk=desk(SQL("%s::date", local_now.date()), rate, zone),
    )


def balances(partner_ids, company_ids, today):
    """SQL for (customer, company, past due, open credits, oldest due date), in the company's
    currency, of commercial partners, less what is under way, and what is disputed in part."""
    return SQL(
        """
        SELECT i.customer_id, i.company_id,
               COALESCE(SUM(i.claimed_open) FILTER (WHERE i.balance > 0 AND i.due < %(today)s), 0),
               COALESCE(-SUM(i.left_open) FILTER (WHERE i.balance < 0), 0),
               MIN(i.due) FILTER (WHERE i.balance > 0 AND i.left_currency != 0)
          FROM (%(items)s) i
         WHERE i.customer_id IN %(partners)s AND i.company_id IN %(companies)s
      GROUP BY 1, 2
        """,
        items=open_now(),
        today=today,
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
    )


def owing(company_ids):
    """SQL for (company, customer) of all who owe something in these companies."""
    return SQL(
        """SELECT i.company_id, i.customer_id FROM (%s) i
            WHERE i.balance > 0 AND i.left_currency != 0 AND i.customer_id IS NOT NULL AND i.company_id IN %s""",
        open_now(),
        tuple(company_ids),
    )


def next_steps(partner_ids, company_ids, today):
    """SQL for (customer, company, first day on which something comes, id of the activity that is
    it, or none: a decision about its items changes). An activity is about the customer, one of its
    documents, or a notice; of those of today, only what isn't a call: that is why it is here."""
    return SQL(
        """
        WITH planned AS NOT MATERIALIZED (
            SELECT a.id, a.res_model, a.res_id, a.date_deadline AS day
              FROM mail_activity a JOIN mail_activity_type t ON t.id = a.activity_type_id
             WHERE a.active AND (a.date_deadline > %(today)s
                                 OR a.date_deadline = %(today)s AND t.category IS DISTINCT FROM 'phonecall')
        ), step AS (
            SELECT partner_id, company_id, next_date AS day, NULL::integer AS activity_id
              FROM dunning_decision
             WHERE current AND next_date >= %(today)s AND partner_id IN %(partners)s AND company_id IN %(companies)s
             UNION ALL
            SELECT n.partner_id, n.company_id, planned.day, planned.id
              FROM dunning_notice n
              JOIN planned ON planned.res_model = 'dunning.notice' AND planned.res_id = n.id
             WHERE n.partner_id IN %(partners)s AND n.company_id IN %(companies)s
             UNION ALL
            SELECT m.commercial_partner_id, m.company_id, planned.day, planned.id
              FROM account_move m
              JOIN planned ON planned.res_model = 'account.move' AND planned.res_id = m.id
             WHERE m.commercial_partner_id IN %(partners)s AND m.company_id IN %(companies)s
               AND m.move_type IN ('out_invoice', 'out_receipt')
             UNION ALL
            SELECT p.commercial_partner_id, c.id, planned.day, planned.id
              FROM res_partner p
              JOIN planned ON planned.res_model = 'res.partner' AND planned.res_id = p.id
        CROSS JOIN res_company c
             WHERE p.commercial_partner_id IN %(partners)s AND c.id IN %(companies)s
        )
        SELECT DISTINCT ON (partner_id, company_id) partner_id, company_id, day, activity_id
          FROM step ORDER BY partner_id, company_id, day, activity_id
        """,
        today=today,
        partners=tuple(partner_ids),
        companies=tuple(company_ids),
    )


def last_contacts(partner_ids, company_ids):
    """SQL for (customer, company, ids of its attempts as a customer or about its invoices, latest
    first)."""
    return SQL(
        """
        SELECT p.commercial_partner_id, a.company_id, array_agg(a.id ORDER BY a.date DESC, a.id DESC)
          FROM res_partner p JOIN contact_attempt a ON a.partner_id = p.id
         WHERE p.commercial_partner_id IN %s AND a.company_id IN %s
           AND a.res_model IN ('res.partner', 'account.move') AND a.active
      GROUP BY 1, 2
        """,
        tuple(partner_ids),
        tuple(company_ids),
    )


def counts(today, zone, company_ids, user_ids=None):
    """SQL for (number of a kind, how many there are): notices, items and promises; of answers and
    calls, the customers for whom nothing is more urgent; ``APPROVE``: all notices to approve; ``PLAIN``,
    ``FIRST_EVER`` and ``LOOK``: those that needn't be looked at, first reminders with nothing else to look at, and
    the others, whoever collects.

    :param user_ids: count only these collectors' customers, and nobody's
    """
    owner = SQL(
        "(SELECT (p.collector_id->>(e.company_id::text))::integer FROM res_partner p WHERE p.id = e.partner_id)"
    )
    theirs = SQL("TRUE") if user_ids is None else SQL("(%s IN %s) IS NOT FALSE", owner, tuple(user_ids))
    return SQL(
        """
        WITH event AS (SELECT * FROM (%(events)s) e WHERE company_id IN %(companies)s AND %(theirs)s)
        SELECT kind, count(*) FROM event WHERE kind NOT IN %(by_customer)s GROUP BY kind
         UNION ALL
        SELECT kind, count(*)
          FROM (SELECT min(kind) AS kind FROM event GROUP BY company_id, partner_id) customer
         WHERE kind IN %(by_customer)s GROUP BY kind
         UNION ALL
        SELECT CASE WHEN exceptions IS NULL THEN %(plain)s WHEN exception_kind = 'first' THEN %(first)s
                    ELSE %(all_look)s END, count(*)
          FROM dunning_notice WHERE state = 'to_approve' AND company_id IN %(companies)s GROUP BY 1
         UNION ALL
        SELECT %(approve)s, count(*)
          FROM dunning_notice e WHERE state = 'to_approve' AND company_id IN %(companies)s AND %(theirs)s
        """,
        events=events(today, zone),
        by_customer=(NUMBERS["answer"], NUMBERS["call"]),
        approve=APPROVE,
        plain=PLAIN,
        first=FIRST_EVER,
        all_look=LOOK,
        theirs=theirs,
        companies=tuple(company_ids),
    )
