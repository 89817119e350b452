"""When a lead is qualified: when all is known that a list asks for."""

from odoo.tools import SQL

#: What the list chooses from, and when it is known, in SQL.
KNOWN = {
    "need": "d.need != ''",
    "interest_level": "d.interest_level IS NOT NULL",
    "budget": "d.budget != 0",
    "decision_maker": "d.decision_maker != ''",
    "decision_when": "d.decision_when != ''",
    "tag_ids": "EXISTS (SELECT FROM crm_tag_rel t WHERE t.lead_id = d.id)",
}


def qualify(names, today):
    """SQL that writes the day on open leads for which it has changed.

    :param names: of the fields that the list asks for; without any, no lead is qualified
    :param today: the day of those that are qualified now
    """
    known = SQL(" AND ").join(SQL("COALESCE(%s, FALSE)", SQL(KNOWN[name])) for name in names) if names else SQL("FALSE")
    return SQL(
        """UPDATE crm_lead d SET qualified_date = CASE WHEN %(known)s THEN %(today)s END
            WHERE d.active AND d.won_status = 'pending' AND (%(known)s) != (d.qualified_date IS NOT NULL)""",
        known=known,
        today=today,
    )
