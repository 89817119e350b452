"""Whose paying isn't judged: natural persons, unless their company has switched it on, and our own companies."""

from odoo.tools import SQL

#: What customers have by their grade: {model: which of its rows ``x``}. Who pays late by the plain record is watched
#: without a grade, too.
OF_GRADES = {
    "payment.loyalty.grant": SQL("x.state IN ('proposed', 'granted')"),
    "payment.proposal": SQL("x.state = 'proposed' AND x.params->>'grade' IS NOT NULL"),
    "dunning.watch": SQL(
        """x.until IS NULL AND (x.kind = 'worsening' AND x.ref LIKE %s OR x.kind = 'chronic' AND EXISTS (
               SELECT 1 FROM payment_grade g WHERE g.company_id = x.company_id AND g.partner_id = x.partner_id
                  AND g.until IS NULL AND g.grade != 'new'))""",
        "grade %",
    ),
}


def is_person():
    """SQL: whether the commercial partner ``cp`` is a natural person: no company and in none, or a sole trader."""
    return SQL("(cp.is_company IS NOT TRUE OR cp.is_sole_trader IS TRUE)")


def is_left_out():
    """SQL: whether the commercial partner ``cp`` has no grade and no forecasts in the company ``c``."""
    return SQL(
        """((c.grade_persons IS NOT TRUE AND %s)
            OR EXISTS (SELECT 1 FROM res_company own WHERE own.partner_id = cp.id))""",
        is_person(),
    )


def _chosen(company_ids, partner_ids):
    """A condition on ``c`` and ``cp``; None: all."""
    parts = [SQL("TRUE")]
    if company_ids is not None:
        parts.append(SQL("c.id IN %s", tuple(company_ids) or (0,)))
    if partner_ids is not None:
        parts.append(SQL("cp.id IN %s", tuple(partner_ids) or (0,)))
    return SQL(" AND ").join(parts)


def forget(table, company_ids=None, partner_ids=None):
    """SQL that deletes what ``table`` (grades or forecasts) has of those who are left out; returns whose it was."""
    return SQL(
        """DELETE FROM %(table)s x USING res_company c, res_partner p, res_partner cp
            WHERE c.id = x.company_id AND p.id = x.partner_id AND cp.id = p.commercial_partner_id
              AND %(chosen)s AND %(left_out)s
        RETURNING x.partner_id""",
        table=SQL.identifier(table),
        chosen=_chosen(company_ids, partner_ids),
        left_out=is_left_out(),
    )


def left_out(table, condition, company_ids=None, partner_ids=None):
    """SQL for the ids of rows ``x`` of ``table`` that those have who are left out, where ``condition`` holds."""
    return SQL(
        """SELECT x.id FROM %(table)s x JOIN res_company c ON c.id = x.company_id
             JOIN res_partner p ON p.id = x.partner_id JOIN res_partner cp ON cp.id = p.commercial_partner_id
            WHERE %(condition)s AND %(chosen)s AND %(left_out)s ORDER BY x.id""",
        table=SQL.identifier(table),
        condition=condition,
        chosen=_chosen(company_ids, partner_ids),
        left_out=is_left_out(),
    )


def unmark(field, company_ids=None, partner_ids=None):
    """SQL that empties a company-dependent field of customers who are left out; returns their ids."""
    column = SQL.identifier(field)
    return SQL(
        """UPDATE res_partner x
              SET %(column)s = NULLIF(x.%(column)s - (SELECT array_agg(c.id::text) FROM res_company c, res_partner cp
                                                       WHERE cp.id = x.id AND %(chosen)s AND %(left_out)s), '{}'::jsonb)
            WHERE x.%(column)s IS NOT NULL
              AND EXISTS (SELECT 1 FROM res_company c, res_partner cp
                           WHERE cp.id = x.id AND x.%(column)s->c.id::text IS NOT NULL AND %(chosen)s AND %(left_out)s)
        RETURNING x.id""",
        column=column,
        chosen=_chosen(company_ids, partner_ids),
        left_out=is_left_out(),
    )
