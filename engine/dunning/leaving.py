"""What is asked just before an e-mail of a notice goes to the server."""

from odoo.tools import SQL

from .waiting import unlike_the_books


def claim_as_written(mail_id):
    """SQL that locks the mail, and gives its id, when it may leave just as it was written: it waits for the
    first time, so does its notice, and the books still say what it says."""
    return SQL(
        """
        SELECT m.id
          FROM mail_mail m
          JOIN dunning_notice n ON n.id = m.dunning_notice_id AND n.state = 'queued'
         WHERE m.id = %(mail)s AND m.state = 'outgoing'
           AND m.dunning_failure IS NULL AND m.dunning_is_uncertain IS NOT TRUE
           AND NOT EXISTS (
               SELECT 1 FROM dunning_notice_line nl JOIN account_move_line l ON l.id = nl.move_line_id
                WHERE nl.notice_id = n.id AND %(unlike)s)
           FOR NO KEY UPDATE OF m SKIP LOCKED
        """,
        mail=mail_id,
        unlike=unlike_the_books(),
    )
