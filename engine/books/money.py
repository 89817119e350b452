"""What names journal items on which money moves."""

from odoo.tools import SQL


def naming(line_ids):
    """SQL for (model, id) of what names these journal items: notices that were not cancelled,
    promises that are open or kept, disputes that are open or were settled, write-offs that were not
    refused, cases that aren't over. One statement: it is
    asked at every reconciliation, mostly in vain."""
    return SQL(
        """
        SELECT 'dunning.notice', notice_id FROM dunning_notice_line
         WHERE move_line_id IN %(lines)s AND notice_state != 'cancelled'
         UNION
        SELECT 'dunning.promise', s.id
          FROM dunning_promise_line_rel x JOIN dunning_promise s ON s.id = x.promise_id
         WHERE x.move_line_id IN %(lines)s AND s.state IN ('open', 'kept')
         UNION
        SELECT 'dunning.dispute', s.id
          FROM dunning_dispute_line_rel x JOIN dunning_dispute s ON s.id = x.dispute_id
         WHERE x.move_line_id IN %(lines)s AND (s.state = 'open' OR s.is_settled)
         UNION
        SELECT 'dunning.write.off', o.id
          FROM dunning_write_off_line_rel x JOIN dunning_write_off o ON o.id = x.write_off_id
         WHERE x.move_line_id IN %(lines)s AND o.state != 'refused'
         UNION
        SELECT 'collection.case', s.id
          FROM collection_case_line_rel x JOIN collection_case s ON s.id = x.case_id
         WHERE x.move_line_id IN %(lines)s AND s.state = 'with_them'
         UNION
        SELECT 'dunning.write.off', o.id
          FROM account_move_line l JOIN dunning_write_off o ON o.move_id = l.move_id AND o.state != 'refused'
         WHERE l.id IN %(lines)s
        """,
        lines=tuple(line_ids),
    )
