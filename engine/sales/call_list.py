"""The call list: which leads and quotations are to be called now, in order.

One branch a document, a plain SELECT of one table without conditions, so that PostgreSQL
sees through the UNION ALL: with the index of each document it reads the first page in order
and nothing else. What indexes are made of stands here as text, letter by letter the same in
the index and in the query. Who filters by ``res_model`` doesn't pay for the other branches; the collectors' one, of
customers, is put together in ``engine.collecting.desk``.

A person is one line of a salesperson, whatever they have asked for: of the documents that are due the most
urgent. Whether there is a more urgent one is looked up in an index, for the lines that are read alone. So is the
customer of a quotation, whom the branches leave out: the planner looks at all indexes of a table, once a branch.
"""

from odoo.tools import SQL

from ..handling.contact import CONTACTS

CALL_KINDS = [
    ("goal", "New enquiry"),
    ("first", "First call"),
    ("follow_up", "Follow-up"),
    ("quotation", "Quotation"),
    ("no_answer", "No answer"),
    ("again", "Ask again"),
    ("touch", "Keep in touch"),
    ("before", "From before"),
]
#: The documents with their number: a line's id is the document's id, then this digit.
MODELS = {"crm.lead": 1, "sale.order": 2, "res.partner": 3}
#: The digit of a lead's line while its goal isn't over.
GOAL_NUMBER = 4
#: Days within which a goal is over, whatever holidays there are: an older lead isn't looked at for one.
GOAL_DAYS = 31
#: Of a customer's line: before its id stands that of the company.
COMPANY = 10**9
#: Minutes for which a lead stays with who has taken it.
CLAIM_MINUTES = 10

#: The ranks of each kind: new enquiries by creation, the newest first; first calls by score, those that wait
#: longest first; follow-ups and quotations by amount, the highest first; no answer by the planned day; who
#: is asked again by amount; with whom one keeps in touch by turnover; what was there before the addon, the
#: newest first.
CALL_RANKS = {
    "goal": (-1e12, 0),
    "first": (0, 1e12),
    "follow_up": (1e12, 2e12),
    "quotation": (2e12, 3e12),
    "no_answer": (3e12, 4e12),
    "again": (4e12, 5e12),
    "touch": (5e12, 6e12),
    "before": (6e12, 7e12),
}
#: Nobody has tried the lead yet.
LEAD_UNTRIED = "handling_role = 'new' AND COALESCE(attempt_count, 0) = 0"
#: Somebody was spoken to; or the tries left it new, as a miss never does: nobody says that it doesn't answer.
LEAD_FOLLOWED = "handling_role IN ('new', 'contacted', 'in_progress')"
#: How promising a lead is, in steps of ten: Odoo's probability, and what is known of it.
LEAD_SCORE = """LEAST(floor((LEAST(GREATEST(COALESCE(probability, 0), 0), 100)
        + CASE WHEN need != '' THEN 10 ELSE 0 END + CASE WHEN budget > 0 THEN 10 ELSE 0 END
        + CASE interest_level WHEN 'high' THEN 20 WHEN 'medium' THEN 10 ELSE 0 END) / 10), 14)"""
LEAD_RANK = f"""CASE
    WHEN {LEAD_UNTRIED} AND is_from_before THEN 7e12::float8 - date_part('epoch', create_date)
    WHEN {LEAD_UNTRIED} THEN (14 - {LEAD_SCORE}) * 1e10::float8 + date_part('epoch', create_date)
    WHEN {LEAD_FOLLOWED}
    THEN 2e12::float8 - LEAST(GREATEST(expected_revenue, 0), 999999999999)::float8
    WHEN handling_role = 'lost' THEN 5e12::float8 - LEAST(GREATEST(expected_revenue, 0), 999999999999)::float8
    ELSE 3e12::float8 + (next_action_date - DATE '1970-01-01')
END"""
#: The day from which a lead is called; one that nobody has tried yet and for which nothing is planned, always.
LEAD_DUE = f"""CASE
    WHEN {LEAD_UNTRIED} THEN COALESCE(next_action_date, DATE '-infinity')
    ELSE next_action_date
END"""
#: Open, or closed and to be asked again.
LEAD_OPEN = """(active AND won_status = 'pending' AND handling_role IN ('new', 'no_answer', 'contacted', 'in_progress')
    OR handling_role = 'lost' AND reengaged_date IS NOT NULL AND next_action_date IS NOT NULL)"""
#: Columns of leads that PostgreSQL computes, with their types: the rank, and the day from which an open lead is called,
#: which others have not. Told in each branch of each statement, they would take longer to plan than the page to read.
LEAD_COLUMNS = {
    "call_rank": ("double precision", LEAD_RANK),
    "call_date": ("date", f"CASE WHEN {LEAD_OPEN} THEN {LEAD_DUE} END"),
}
LEAD_LISTED = "call_date IS NOT NULL"
GOAL_RANK = "-date_part('epoch', create_date)"
#: An enquiry that nobody has tried yet.
GOAL_OPEN = f"{LEAD_LISTED} AND {LEAD_UNTRIED} AND response_goal IS NOT NULL"
#: In the company's currency.
ORDER_AMOUNT = "COALESCE(amount_total / NULLIF(currency_rate, 0), amount_total)"
ORDER_RANK = f"3e12::float8 - LEAST(GREATEST({ORDER_AMOUNT}, 0), 999999999999)::float8"
ORDER_OPEN = "state = 'sent' AND handling_role IN ('contacted', 'no_answer', 'in_progress')"
#: Who is called: the contact, else whoever has that e-mail, else that number.
LEAD_PERSON = "COALESCE('p' || partner_id::text, 'e' || email_normalized, 't' || phone_sanitized)"
ORDER_PERSON = "'p' || partner_id::text"
#: Who calls; those of nobody are together, too.
CALLER = "COALESCE(user_id, 0)"

#: What serves the first page of the list, of all and of one salesperson; enquiries whose goal isn't over, before all
#: others; and whether the same person has something more urgent with the same salesperson.
LEAD_INDEXES = {
    "crm_lead_call_rank_idx": f"(call_rank, id, call_date, callback_at) WHERE {LEAD_LISTED}",
    "crm_lead_call_user_idx": f"(user_id, call_rank, id, call_date, callback_at) WHERE {LEAD_LISTED}",
    "crm_lead_call_goal_idx": f"(({GOAL_RANK}), id, response_goal, call_date, user_id) WHERE {GOAL_OPEN}",
    "crm_lead_call_person_idx": f"(({CALLER}), ({LEAD_PERSON})) WHERE {LEAD_LISTED}",
}
#: The same of quotations.
ORDER_INDEX = f"(({ORDER_RANK}), id, next_action_date, user_id, callback_at) WHERE {ORDER_OPEN}"
ORDER_PERSON_INDEX = f"(({CALLER}), partner_id) WHERE {ORDER_OPEN}"


def add_lead_columns(names):
    """SQL that adds so many of the ``LEAD_COLUMNS``: together, as the table is written anew each time."""
    columns = (
        f"ADD COLUMN {name} {kind} GENERATED ALWAYS AS ({value}) STORED"
        for name, (kind, value) in LEAD_COLUMNS.items()
        if name in names
    )
    return SQL("ALTER TABLE crm_lead %s", SQL(", ").join(map(SQL, columns)))


def document_id(line_id):
    """The id of the document of a line.

    >>> document_id(421), document_id(70000000423)
    (42, 42)
    """
    return line_id // 10 % COMPANY


def lines_of(line_id):
    """The ids of the lines that are about the same document: before and after its goal is over.

    >>> lines_of(421), lines_of(424), lines_of(422)
    ([421, 424], [421, 424], [422])
    """
    lead = line_id // 10 * 10
    numbers = (MODELS["crm.lead"], GOAL_NUMBER)
    return [lead + number for number in numbers] if line_id - lead in numbers else [line_id]


def call_list(now, local_now, others=()):
    """SQL for a line of every lead and quotation; ``listed`` says whether it is open and due. What of a person
    is the most urgent, :func:`foremost` says; names and numbers of customers, :func:`of_customer`.

    :param now: the current moment, a naive UTC datetime
    :param local_now: the same in the reader's time zone, in which a planned day begins
    :param others: SQL for lines of other documents, with the same columns
    """
    today = SQL("%s::date", local_now.date())
    local_now = SQL("%s::timestamp", local_now)
    now = SQL("%s::timestamp", now)
    goal = SQL("(%s AND response_goal > %s)", SQL(GOAL_OPEN), now)
    goals, leads = _goals(now, local_now, today, goal), _leads(now, local_now, today, goal)
    return SQL(" UNION ALL ").join([goals, leads, _quotations(now, local_now, today), *others])


def more_urgent(line, now, today, companies):
    """SQL to join to the row ``line`` of the call list: a row if the same person has something more urgent with the
    same salesperson. Joined, not a condition: the planner would copy that to each branch, and plan it for each. Its
    limit keeps it a look into the indexes for each line that is read; made a join of tables, it would read them whole.

    :param line: the table's name in the statement
    :param now: the current moment, a naive UTC datetime
    :param today: the reader's date
    :param companies: ids of the companies whose documents are read: those of others come before nothing
    """
    return SQL(
        """LATERAL (
               SELECT id
                 FROM (SELECT id
                         FROM crm_lead
                        WHERE call_date <= %(today)s AND %(caller)s = %(line)s.caller AND %(person)s = %(line)s.person
                          AND (company_id IS NULL OR company_id IN %(companies)s)
                          AND (CASE WHEN %(goal_open)s AND response_goal > %(now)s::timestamp THEN %(goal_rank)s
                                    ELSE call_rank END, 1, id) < (%(line)s.rank, %(number)s, %(line)s.res_id)
                        UNION ALL
                       SELECT id
                         FROM sale_order
                        WHERE %(order_open)s AND %(caller)s = %(line)s.caller AND partner_id = %(line)s.partner_id
                          AND next_action_date <= %(today)s AND (company_id IS NULL OR company_id IN %(companies)s)
                          AND (%(order_rank)s, 2, id) < (%(line)s.rank, %(number)s, %(line)s.res_id)) document
                LIMIT 1)""",
        line=SQL.identifier(line),
        number=SQL("CASE %s WHEN 'crm.lead' THEN 1 ELSE 2 END", SQL.identifier(line, "res_model")),
        now=now,
        today=today,
        companies=tuple(companies) or (0,),
        caller=SQL(CALLER),
        person=SQL(LEAD_PERSON),
        goal_open=SQL(GOAL_OPEN),
        goal_rank=SQL(GOAL_RANK),
        order_rank=SQL(ORDER_RANK),
        order_open=SQL(ORDER_OPEN),
    )


def foremost(urgent):
    """SQL: whether there is no row ``urgent``, which :func:`more_urgent` makes. Of one row at most, the planner takes
    such a comparison for true, which it nearly always is: else it would sort all lines instead of reading the first
    page in order.
    """
    return SQL("COALESCE(%s, 0) = 0", SQL.identifier(urgent, "id"))


def of_customer(line, column):
    """SQL: a column of the customer of the row ``line`` of the call list."""
    return SQL(
        "(SELECT p.%s FROM res_partner p WHERE p.id = %s)", SQL.identifier(column), SQL.identifier(line, "partner_id")
    )


def at_its_time(now):
    """SQL: whether no time was agreed for the call, or it has come."""
    return SQL("(callback_at IS NULL OR callback_at <= %s)", now)


def _goals(now, local_now, today, goal):
    """Enquiries that nobody has called yet, while their goal isn't over. It is found by its rank, too: those of
    long ago aren't read."""
    listed = SQL(
        "%s AND %s < -date_part('epoch', %s - make_interval(days => %s)) AND call_date <= %s",
        goal,
        SQL(GOAL_RANK),
        now,
        GOAL_DAYS,
        today,
    )
    return _lead_lines(GOAL_NUMBER, SQL(GOAL_RANK), listed, now, local_now, goal)


def _leads(now, local_now, today, goal):
    """The others."""
    listed = SQL("call_date <= %s AND %s AND %s IS NOT TRUE", today, at_its_time(now), goal)
    return _lead_lines(MODELS["crm.lead"], SQL("call_rank"), listed, now, local_now, goal)


def _lead_lines(number, rank, listed, now, local_now, goal):
    return SQL(
        """SELECT id::bigint * 10 + %(number)s AS id,
                  (CASE WHEN %(untried)s THEN CASE WHEN is_from_before THEN 'before'
                                                   WHEN %(goal)s THEN 'goal' ELSE 'first' END
                        WHEN %(followed)s THEN 'follow_up'
                        WHEN handling_role = 'lost' THEN 'again'
                        ELSE 'no_answer' END)::varchar AS kind,
                  %(rank)s AS rank,
                  %(listed)s AS listed,
                  'crm.lead'::varchar AS res_model,
                  id AS res_id,
                  name::varchar AS name,
                  partner_id,
                  COALESCE(NULLIF(concat_ws(', ', NULLIF(contact_name, ''), NULLIF(partner_name, '')), ''),
                           name)::varchar AS partner_name,
                  phone::varchar AS phone,
                  user_id, team_id, company_id,
                  expected_revenue::numeric AS amount,
                  EXTRACT(EPOCH FROM CASE WHEN %(untried)s THEN %(now)s - create_date
                                          ELSE %(local_now)s - next_action_date END)::float8 / 3600 AS waiting_hours,
                  next_action_date AS due_date,
                  handling_status_id,
                  COALESCE(attempt_count, 0) AS attempt_count,
                  need::varchar AS need,
                  reopened_date,
                  CASE WHEN claimed_until > %(now)s THEN claimed_by_id END AS claimed_by_id,
                  claimed_until,
                  NULL::integer AS event_id,
                  CASE WHEN %(untried)s THEN response_goal END AS response_goal,
                  %(caller)s AS caller,
                  %(person)s AS person
             FROM crm_lead""",
        number=number,
        rank=rank,
        caller=SQL(CALLER),
        person=SQL(LEAD_PERSON),
        listed=listed,
        untried=SQL(LEAD_UNTRIED),
        followed=SQL(LEAD_FOLLOWED),
        goal=goal,
        now=now,
        local_now=local_now,
    )


def _quotations(now, local_now, today):
    return SQL(
        """SELECT id::bigint * 10 + %(order_number)s,
                  'quotation'::varchar,
                  %(order_rank)s,
                  %(order_open)s AND next_action_date <= %(today)s
                      AND %(at_its_time)s,
                  'sale.order'::varchar,
                  id,
                  name::varchar,
                  partner_id,
                  NULL::varchar,
                  NULL::varchar,
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
                  NULL::integer,
                  NULL::timestamp,
                  %(caller)s,
                  %(person)s
             FROM sale_order""",
        order_number=MODELS["sale.order"],
        order_rank=SQL(ORDER_RANK),
        caller=SQL(CALLER),
        person=SQL(ORDER_PERSON),
        order_open=SQL(ORDER_OPEN),
        order_amount=SQL(ORDER_AMOUNT),
        at_its_time=at_its_time(now),
        local_now=local_now,
        today=today,
    )


def same_person(documents):
    """SQL for (model, id, model and id of another, its day): what is open of the same person with the same
    salesperson, the most urgent first.

    :param documents: pairs of model and id
    """
    return SQL(
        """SELECT page.model, page.id, other.model, other.id, other.due
             FROM (SELECT 'crm.lead' AS model, id, %(caller)s AS caller, %(person)s AS person, partner_id
                     FROM crm_lead WHERE id IN %(lead_ids)s
                    UNION ALL
                   SELECT 'sale.order', id, %(caller)s, %(order_person)s, partner_id
                     FROM sale_order WHERE id IN %(order_ids)s) page
       CROSS JOIN LATERAL (
                   SELECT 'crm.lead' AS model, id, call_rank AS rank, call_date AS due
                     FROM crm_lead
                    WHERE %(listed)s AND %(caller)s = page.caller AND %(person)s = page.person
                    UNION ALL
                   SELECT 'sale.order', id, %(order_rank)s, next_action_date
                     FROM sale_order
                    WHERE %(order_open)s AND %(caller)s = page.caller AND partner_id = page.partner_id
                  ) other
            WHERE (other.model, other.id) != (page.model, page.id)
         ORDER BY other.rank, other.model, other.id""",
        caller=SQL(CALLER),
        person=SQL(LEAD_PERSON),
        listed=SQL(LEAD_LISTED),
        order_person=SQL(ORDER_PERSON),
        order_rank=SQL(ORDER_RANK),
        order_open=SQL(ORDER_OPEN),
        lead_ids=tuple(res_id for model, res_id in documents if model == "crm.lead") or (0,),
        order_ids=tuple(res_id for model, res_id in documents if model == "sale.order") or (0,),
    )


def attempts_of(documents):
    """SQL for what was tried: (model, id, moments and outcomes of those that count and of
    conversations, oldest first, last note).

    :param documents: pairs of model and id; more documents may come back
    """
    models, ids = map(set, zip(*documents, strict=True))
    return SQL(
        """SELECT res_model, res_id,
                  array_agg(date ORDER BY date, id) FILTER (WHERE is_counted OR outcome IN %(contacts)s),
                  array_agg(outcome ORDER BY date, id) FILTER (WHERE is_counted OR outcome IN %(contacts)s),
                  (array_agg(note ORDER BY date DESC, id DESC) FILTER (WHERE note != ''))[1]
             FROM contact_attempt
            WHERE res_id IN %(ids)s AND res_model IN %(models)s AND active
         GROUP BY res_model, res_id""",
        contacts=CONTACTS,
        ids=tuple(ids),
        models=tuple(models),
    )


def on_call(user_id, now):
    """SQL that finds a row while somebody is calling a lead: it is taken, and nothing has come of it yet.

    :param now: the current moment, a naive UTC datetime
    """
    return SQL(
        """SELECT d.id FROM crm_lead d
            WHERE d.claimed_by_id = %(user)s AND d.claimed_until > %(now)s
              AND NOT EXISTS (SELECT FROM contact_attempt a
                               WHERE a.res_id = d.id AND a.res_model = 'crm.lead'
                                 AND a.date >= d.claimed_until - make_interval(mins => %(minutes)s))
            LIMIT 1""",
        user=user_id,
        now=now,
        minutes=CLAIM_MINUTES,
    )
