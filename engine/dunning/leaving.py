"""What is asked just before e-mails of notices go to the server."""

from odoo.tools import SQL

from .waiting import unlike_the_books


def as_written(mail_ids):
    """SQL for the ids of those of these mails whose notices wait, and say what the books say."""
    return SQL(
        """
        SELECT m.id
          FROM mail_mail m
          JOIN dunning_notice_line nl ON nl.notice_id = m.dunning_notice_id
          JOIN account_move_line l ON l.id = nl.move_line_id
         WHERE m.id IN %s
      GROUP BY m.id
        HAVING bool_and(nl.notice_state = 'queued' AND NOT %s)
        """,
        tuple(mail_ids) or (0,),
        unlike_the_books(),
    )


def claim(mail_id):
    """SQL that locks the mail, and gives its id, when it waits for the first time. It is asked once a mail: of one
    table, as PostgreSQL plans it anew each time."""
    return SQL(
        """
        SELECT id FROM mail_mail
         WHERE id = %s AND state = 'outgoing' AND dunning_failure IS NULL AND dunning_is_uncertain IS NOT TRUE
           FOR NO KEY UPDATE SKIP LOCKED
        """,
        mail_id,
    )
