"""The call list: which leads and quotations are to be called now, in order.

One branch a document, a plain SELECT of one table without conditions, so that PostgreSQL
sees through the UNION ALL: with the index of each document it reads the first page in order
and nothing else. What indexes are made of stands here as text, letter by letter the same in
the index and in the query. Who filters by ``res_model`` doesn't pay for the other branches; the collectors' one, of
customers, is put together in ``engine.collecting.desk``.
"""

from odoo.tools import SQL

CALL_KINDS = [
    ("first", "First call"),
    ("follow_up", "Follow-up"),
    ("quotation", "Quotation"),
    ("no_answer", "No answer"),
]
#: The documents with their number: a line's id is the document's id, then this digit.
MODELS = {"crm.lead": 1, "sale.order": 2, "res.partner": 3}
#: Of a customer's line: before its id stands that of the company.
COMPANY = 10**9
#: Minutes for which a lead stays with who has taken it.
CLAIM_MINUTES = 10

#: The ranks of each kind: first calls by creation, follow-ups and quotations by amount, the
#: highest first, no answer by the planned day.
CALL_RANKS = {
    "first": (0, 1e12),
    "follow_up": (1e12, 2e12),
    "quotation": (2e12, 3e12),
    "no_answer": (3e12, 4e12),
}
LEAD_RANK = """CASE
    WHEN handling_role = 'new' AND COALESCE(attempt_count, 0) = 0 THEN date_part('epoch', create_date)
    WHEN handling_role IN ('contacted', 'in_progress')
    THEN 2e12::float8 - LEAST(GREATEST(expected_revenue, 0), 999999999999)::float8
    ELSE 3e12::float8 + (next_action_date - DATE '1970-01-01')
END"""
#: The day from which a lead is called; one that nobody has tried yet, always.
LEAD_DUE = """CASE
    WHEN handling_role = 'new' AND COALESCE(attempt_count, 0) = 0 THEN DATE '-infinity'
    ELSE next_action_date
END"""
LEAD_OPEN = """active AND won_status = 'pending'
    AND handling_role IN ('new', 'no_answer', 'contacted', 'in_progress')"""
#: In the company's currency.
ORDER_AMOUNT = "COALESCE(amount_total / NULLIF(currency_rate, 0), amount_total)"
ORDER_RANK = f"3e12::float8 - LEAST(GREATEST({ORDER_AMOUNT}, 0), 999999999999)::float8"
ORDER_OPEN = "state = 'sent' AND handling_role IN ('contacted', 'no_answer', 'in_progress')"

#: What serves the first page of the list, of all and of one salesperson.
LEAD_INDEX = f"(({LEAD_RANK}), id, ({LEAD_DUE})) WHERE {LEAD_OPEN}"
LEAD_USER_INDEX = f"(user_id, ({LEAD_RANK}), id, ({LEAD_DUE})) WHERE {LEAD_OPEN}"
ORDER_INDEX = f"(({ORDER_RANK}), id, next_action_date, user_id) WHERE {ORDER_OPEN}"


def document_id(line_id):
    """The id of the document of a line.

    >>> document_id(421), document_id(70000000423)
    (42, 42)
    """
    return line_id // 10 % COMPANY


def call_list(now, local_now, others=()):
    """SQL for a line of every lead and quotation; ``listed`` says whether it is on the list.

    :param now: the current moment, a naive UTC datetime
    :param local_now: the same in the reader's time zone, in which a planned day begins
    :param others: SQL for lines of other documents, with the same columns
    """
    today = SQL("%s::date", local_now.date())
    local_now = SQL("%s::timestamp", local_now)
    now = SQL("%s::timestamp", now)
    return SQL(" UNION ALL ").join([_leads(now, local_now, today), _quotations(local_now, today), *others])


def _leads(now, local_now, today):
    return SQL(
        """SELECT id::bigint * 10 + %(number)s AS id,
                  (CASE WHEN handling_role = 'new' AND COALESCE(attempt_count, 0) = 0 THEN 'first'
                        WHEN handling_role IN ('contacted', 'in_progress') THEN 'follow_up'
                        ELSE 'no_answer' END)::varchar AS kind,
                  %(lead_rank)s AS rank,
                  %(lead_open)s AND %(lead_due)s <= %(today)s AS listed,
                  'crm.lead'::varchar AS res_model,
                  id AS res_id,
                  name::varchar AS name,
                  partner_id,
                  COALESCE(NULLIF(concat_ws(', ', NULLIF(contact_name, ''), NULLIF(partner_name, '')), ''),
                           name)::varchar AS partner_name,
                  phone::varchar AS phone,
                  user_id, team_id, company_id,
                  expected_revenue::numeric AS amount,
                  EXTRACT(EPOCH FROM CASE
                      WHEN handling_role = 'new' AND COALESCE(attempt_count, 0) = 0 THEN %(now)s - create_date
                      ELSE %(local_now)s - next_action_date END)::float8 / 3600 AS waiting_hours,
                  next_action_date AS due_date,
                  handling_status_id,
                  COALESCE(attempt_count, 0) AS attempt_count,
                  need::varchar AS need,
                  reopened_date,
                  CASE WHEN claimed_until > %(now)s THEN claimed_by_id END AS claimed_by_id,
                  claimed_until,
                  NULL::integer AS event_id
             FROM crm_lead""",
        number=MODELS["crm.lead"],
        lead_rank=SQL(LEAD_RANK),
        lead_due=SQL(LEAD_DUE),
        lead_open=SQL(LEAD_OPEN),
        now=now,
        local_now=local_now,
        today=today,
    )


def _quotations(local_now, today):
    return SQL(
        """SELECT id::bigint * 10 + %(order_number)s,
                  'quotation'::varchar,
                  %(order_rank)s,
                  %(order_open)s AND next_action_date <= %(today)s,
                  'sale.order'::varchar,
                  id,
                  name::varchar,
                  partner_id,
                  (SELECT p.complete_name FROM res_partner p WHERE p.id = partner_id)::varchar,
                  (SELECT p.phone FROM res_partner p WHERE p.id = partner_id)::varchar,
                  user_id, team_id, company_id,
                  %(order_amount)s::numeric,
                  EXTRACT(EPOCH FROM %(local_now)s - next_action_date)::float8 / 3600,
                  next_action_date,
                  handling_status_id,
                  COALESCE(attempt_count, 0),
                  NULL::varchar,
                  reopened_date,
                  NULL::integer,
                  NULL::timestamp,
                  NULL::integer
             FROM sale_order""",
        order_number=MODELS["sale.order"],
        order_rank=SQL(ORDER_RANK),
        order_open=SQL(ORDER_OPEN),
        order_amount=SQL(ORDER_AMOUNT),
        local_now=local_now,
        today=today,
    )


def attempts_of(documents):
    """SQL for what was tried: (model, id, moments and outcomes oldest first, last note).

    :param documents: pairs of model and id; more documents may come back
    """
    models, ids = map(set, zip(*documents, strict=True))
    return SQL(
        """SELECT res_model, res_id, array_agg(date ORDER BY date, id), array_agg(outcome ORDER BY date, id),
                  (array_agg(note ORDER BY date DESC, id DESC) FILTER (WHERE note != ''))[1]
             FROM contact_attempt
            WHERE res_id IN %s AND res_model IN %s
         GROUP BY res_model, res_id""",
        tuple(ids),
        tuple(models),
    )
