"""Brings grades, and what customers have of them, in line with the records of payments: for all customers of a company
at once. Only what changed is written."""

from datetime import date, datetime
from typing import NamedTuple

from odoo.tools import SQL

from .customers import records
from .grades import grade_sql, raise_sql, reasons_sql
from .persons import is_left_out
from .turnover import main_category, turnover


class Night(NamedTuple):
    """Of which company, as of which day, and who writes when (UTC); ``version`` of the model, if there is one."""

    company_id: int
    as_of: date
    version: str | None
    uid: int
    now: datetime


#: What a row of a grade says beside the grade itself, as the columns of ``_graded`` are called.
FIGURES = {
    "expected_days_late": "days",
    "late_risk": "risk",
    "settled_count": "settled_count",
    "late_count": "late_count",
    "raise_count": "raise_count",
    "reasons": "reasons",
}


def _graded(night):
    """A row a customer who is graded: its grade, figures and reasons."""
    return SQL(
        """
        SELECT r.*, %(reasons)s AS reasons, %(raised)s AS raise_count
          FROM (SELECT x.*, %(grade)s AS grade
                  FROM (SELECT r.customer_id, r.settled_count, r.late_count, r.late_of_last, r.last_count,
                               COALESCE(r.expected_days_late, 0)::float8 AS exact, r.weight::float8 AS weight,
                               round(COALESCE(r.expected_days_late, 0)::numeric, 1) AS days,
                               round(COALESCE(r.late_risk, 0)::numeric, 3)::float8 AS risk,
                               round(r.recent_days_late::numeric) AS recent, round(r.before_days_late::numeric) AS before,
                               round(COALESCE(r.mean_days_late, 0)::numeric) AS mean,
                               COALESCE(r.broken_promises, 0) AS broken_promises,
                               COALESCE(r.kept_promises, 0) AS kept_promises
                          FROM (%(records)s) r
                          JOIN res_partner cp ON cp.id = r.customer_id
                          JOIN res_company c ON c.id = %(company)s
                         WHERE NOT %(left_out)s) x) r
        """,
        reasons=reasons_sql(),
        raised=raise_sql(),
        grade=grade_sql(),
        records=records(night.company_id, night.as_of),
        company=night.company_id,
        left_out=is_left_out(),
    )


#: The table of the transaction that they stand in.
GRADED = SQL.identifier("l2c_foresight_graded")


def lay_out(night):
    """The statements that put the customers' records into a table of the transaction, once: from it the planner knows
    how many they are. With a guess it reads all of them again for each. The documents are there already
    (``states.lay_out_documents``)."""
    return [
        *clear(),
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", GRADED, _graded(night)),
        SQL("ANALYZE %s", GRADED),
    ]


def clear():
    """The statement that ends it."""
    return [SQL("DROP TABLE IF EXISTS %s", GRADED)]


def _written(night):
    """What is written to a row of a grade when something of it has changed."""
    columns = [SQL("%s = c.%s", SQL.identifier(name), SQL.identifier(of)) for name, of in FIGURES.items()]
    columns += [
        SQL("as_of = %s, version = %s", night.as_of, night.version),
        SQL("write_uid = %s, write_date = %s", night.uid, night.now),
    ]
    return SQL(", ").join(columns)


def _differs():
    """Whether the row ``g`` says something else than the customer ``c`` now."""
    names = [
        SQL("g.%s IS DISTINCT FROM c.%s", SQL.identifier(name), SQL.identifier(of)) for name, of in FIGURES.items()
    ]
    return SQL("(g.grade != c.grade OR %s)", SQL(" OR ").join(names))


def follow(night):
    """SQL that brings the grades of a company in line with its customers' records, and returns how many rows it
    wrote. Another grade ends the row and begins the next; on the day on which a row began it is corrected instead, and
    goes when the grade is the former again: history has whole days. Of archived customers the last grade stays. The
    records are there already (``lay_out``)."""
    return SQL(
        """
        WITH customer AS MATERIALIZED (TABLE %(graded)s),
        present AS MATERIALIZED (
            SELECT * FROM payment_grade WHERE company_id = %(company)s AND until IS NULL
        ), gone AS (
            UPDATE payment_grade g SET until = GREATEST(p.since, %(as_of)s), write_uid = %(uid)s, write_date = %(now)s
              FROM present p JOIN res_partner cp ON cp.id = p.partner_id AND cp.active
             WHERE g.id = p.id AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.customer_id = p.partner_id)
         RETURNING g.partner_id
        ), returned AS (
            %(returned)s
        ), dropped AS (
            DELETE FROM payment_grade g USING returned r WHERE g.id = r.id RETURNING g.partner_id, r.former_id
        ), reopened AS (
            UPDATE payment_grade g SET until = NULL, %(written)s
              FROM dropped d JOIN customer c ON c.customer_id = d.partner_id
             WHERE g.id = d.former_id
         RETURNING g.partner_id
        ), ended AS (
            UPDATE payment_grade g SET until = %(as_of)s, write_uid = %(uid)s, write_date = %(now)s
              FROM present p JOIN customer c ON c.customer_id = p.partner_id
             WHERE g.id = p.id AND c.grade != p.grade AND p.since < %(as_of)s
         RETURNING g.partner_id
        ), refreshed AS (
            UPDATE payment_grade g SET grade = c.grade, %(written)s
              FROM customer c
             WHERE g.company_id = %(company)s AND g.until IS NULL AND g.partner_id = c.customer_id
               AND (c.grade = g.grade OR g.since >= %(as_of)s) AND %(differs)s
               AND NOT EXISTS (SELECT 1 FROM returned r WHERE r.id = g.id)
         RETURNING g.partner_id
        ), begun AS (
            %(begun)s
        )
        SELECT count(*) FROM (TABLE gone UNION ALL TABLE reopened UNION ALL TABLE ended UNION ALL TABLE refreshed
                              UNION ALL TABLE begun) x
        """,
        graded=GRADED,
        company=night.company_id,
        as_of=night.as_of,
        uid=night.uid,
        now=night.now,
        written=_written(night),
        differs=_differs(),
        returned=_returned(night),
        begun=_begun(night),
    )


def _returned(night):
    """Rows ``present`` that began today, whose customer has again the grade of the row before."""
    return SQL(
        """
        SELECT p.id, f.id AS former_id
          FROM present p
          JOIN customer c ON c.customer_id = p.partner_id AND c.grade != p.grade
          JOIN LATERAL (SELECT f.id, f.grade FROM payment_grade f
                         WHERE f.company_id = p.company_id AND f.partner_id = p.partner_id AND f.until = p.since
                      ORDER BY f.id DESC LIMIT 1) f ON f.grade = c.grade
         WHERE p.since >= %(as_of)s
        """,
        as_of=night.as_of,
    )


def _begun(night):
    """A new row for each customer without one, or whose row has ``ended``."""
    return SQL(
        """
        INSERT INTO payment_grade (partner_id, company_id, grade, since, as_of, version, %(names)s,
                                   create_uid, write_uid, create_date, write_date)
        SELECT c.customer_id, %(company)s, c.grade, %(as_of)s, %(as_of)s, %(version)s, %(values)s,
               %(uid)s, %(uid)s, %(now)s, %(now)s
          FROM customer c
         WHERE c.customer_id NOT IN (SELECT partner_id FROM present)
            OR c.customer_id IN (SELECT partner_id FROM ended) -- looked up by a hash, however many have ended
      ORDER BY c.customer_id
   ON CONFLICT DO NOTHING
     RETURNING partner_id
        """,
        company=night.company_id,
        as_of=night.as_of,
        version=night.version,
        uid=night.uid,
        now=night.now,
        names=SQL(", ").join(SQL.identifier(name) for name in FIGURES),
        values=SQL(", ").join(SQL.identifier("c", of) for of in FIGURES.values()),
    )


#: What customers have of it, each company its own: field, and column of ``_wanted``.
PARTNER_MARKS = {
    "payment_grade": "grade",
    "turnover_year": "amount",
    "main_category_id": "category_id",
    "years_as_customer": "years",
}


def _wanted(night):
    return SQL(
        """SELECT g.partner_id AS id, to_jsonb(g.grade) AS grade, to_jsonb(COALESCE(t.amount, 0)) AS amount,
                  to_jsonb(k.category_id) AS category_id, to_jsonb(COALESCE(t.years, 0)) AS years
             FROM payment_grade g
        LEFT JOIN (%s) t ON t.customer_id = g.partner_id
        LEFT JOIN (%s) k ON k.customer_id = g.partner_id
            WHERE g.company_id = %s AND g.until IS NULL""",
        turnover(night.company_id, night.as_of),
        main_category(night.company_id, night.as_of),
        night.company_id,
    )


def mark(night):
    """SQL that writes to customers what is new of them in the company, and returns how many they are. Whom another
    process is writing is left for the next night."""
    key = str(night.company_id)
    differs, sets = [], []
    for name, of in PARTNER_MARKS.items():
        field, column = SQL.identifier(name), SQL.identifier(of)
        differs.append(SQL("(p.%s->%s) IS DISTINCT FROM w.%s", field, key, column))
        sets.append(
            SQL(
                """%(field)s = CASE WHEN w.%(of)s IS NULL THEN NULLIF(p.%(field)s - %(key)s::text, '{}'::jsonb)
                               ELSE COALESCE(p.%(field)s, '{}'::jsonb) || jsonb_build_object(%(key)s::text, w.%(of)s) END""",
                field=field,
                of=column,
                key=key,
            )
        )
    return SQL(
        """
        WITH wanted AS MATERIALIZED (%(wanted)s),
        changed AS MATERIALIZED (
            SELECT p.id FROM res_partner p LEFT JOIN wanted w ON w.id = p.id WHERE %(differs)s
        ), free AS MATERIALIZED (
            SELECT p.id FROM res_partner p WHERE p.id IN (SELECT id FROM changed)
          ORDER BY p.id FOR NO KEY UPDATE SKIP LOCKED
        ), marked AS (
            UPDATE res_partner p SET %(sets)s FROM free f LEFT JOIN wanted w ON w.id = f.id WHERE p.id = f.id
         RETURNING p.id
        )
        SELECT count(*) FROM marked
        """,
        wanted=_wanted(night),
        differs=SQL(" OR ").join(differs),
        sets=SQL(", ").join(sets),
    )
