"""What a pipeline says about leads that were there before their statuses."""

from odoo.tools import SQL

#: Somebody works on the lead, a row ``d``: wrote to the customer, did what was planned or plans it, met them
#: or sent a quotation. A note for colleagues, and what a program plans, says nothing.
WORKED_ON = SQL(
    """(EXISTS (SELECT FROM mail_activity a
                 WHERE a.res_model = 'crm.lead' AND a.res_id = d.id AND a.active AND a.automated IS NOT TRUE)
     OR EXISTS (SELECT FROM mail_message m
             LEFT JOIN mail_message_subtype kind ON kind.id = m.subtype_id
                  JOIN res_users u ON u.partner_id = m.author_id AND u.share IS NOT TRUE AND u.id != 1
                 WHERE m.model = 'crm.lead' AND m.res_id = d.id
                   AND (m.mail_activity_type_id IS NOT NULL
                        OR m.message_type IN ('comment', 'email_outgoing')
                           AND kind.id IS NOT NULL AND kind.internal IS NOT TRUE AND m.is_internal IS NOT TRUE))
     OR EXISTS (SELECT FROM calendar_event e WHERE e.opportunity_id = d.id AND e.active)
     OR EXISTS (SELECT FROM sale_order o WHERE o.opportunity_id = d.id AND o.state IN ('sent', 'sale')))"""
)


def untouched(where):
    """SQL for the leads ``d`` of ``where`` that are open and *New*, and that nobody has tried to reach."""
    return SQL(
        """%s AND d.won_status = 'pending' AND d.handling_role = 'new' AND COALESCE(d.attempt_count, 0) = 0""", where
    )


def never_changed():
    """SQL for the leads ``d`` whose status nobody and nothing has changed since the first."""
    return SQL(
        """NOT EXISTS (SELECT FROM handling_status_change c
                        WHERE c.res_model = 'crm.lead' AND c.res_id = d.id AND c.old_role IS NOT NULL)"""
    )


def first_stages(stages, teams):
    """The ids of the stages in which leads begin: for each of ``teams``, and for none, the first that it uses.

    :param stages: triples of id, sequence and the ids of its teams; without teams it is everybody's
    :param teams: ids

    >>> sorted(first_stages([(7, 2, ()), (8, 1, ()), (9, 0, (5,))], [5, 6]))
    [8, 9]
    >>> first_stages([], [5])
    set()
    """
    firsts = set()
    for team in (None, *teams):
        used = [(sequence, stage) for stage, sequence, of_teams in stages if not of_teams or team in of_teams]
        if used:
            firsts.add(min(used)[1])
    return firsts
