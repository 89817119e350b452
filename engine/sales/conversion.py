"""From which status leads go on to which."""

from odoo.tools import SQL

from ..handling.status import OPEN_ROLES, role_array

#: Roles in the order in which a lead goes on.
ONWARD = (*OPEN_ROLES, "won")


def conversions(zone):
    """SQL: a row for each time that a lead entered a status, with what it went on to.

    :param zone: the name of the time zone in which a day begins
    """
    return SQL(
        """
        SELECT c.id, c.res_id AS lead_id, d.company_id, d.user_id, d.team_id, d.source_id,
               c.new_status_id AS status_id, c.next_status_id,
               (c.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS date,
               1 AS entered_count,
               COALESCE(c.next_place > c.place, FALSE)::int AS onward_count,
               COALESCE(c.next_role = 'lost', FALSE)::int AS lost_count,
               (c.next_role IS NULL)::int AS open_count,
               CASE WHEN c.next_place > c.place THEN 100.0 ELSE 0 END AS onward_rate,
               c.hours
          FROM (SELECT entry.*, LEAD(place) OVER passage AS next_place, LEAD(new_role) OVER passage AS next_role,
                       LEAD(new_status_id) OVER passage AS next_status_id,
                       LEAD(hours_in_old_status) OVER passage AS hours
                  FROM (SELECT id, res_id, date, new_status_id, new_role, hours_in_old_status,
                               COALESCE(array_position(%(onward)s, new_role::text), 0) AS place
                          FROM handling_status_change WHERE res_model = 'crm.lead') entry
                WINDOW passage AS (PARTITION BY res_id ORDER BY date, id)) c
          JOIN crm_lead d ON d.id = c.res_id
         WHERE c.new_role != 'lost'
        """,
        zone=zone,
        onward=role_array(*ONWARD),
    )
