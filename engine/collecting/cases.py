"""What came back of what was handed over to a lawyer or a collection agency."""

from odoo.tools import SQL


def recovered(case_ids):
    """SQL for (case id, what was paid of its items since the hand-over) in the company's currency: money, not
    credit notes or what was written off. A payment counts by its own day."""
    return SQL(
        """
        SELECT s.id, COALESCE(SUM(paid.amount), 0)
          FROM collection_case s
     LEFT JOIN LATERAL (
               SELECT r.amount
                 FROM collection_case_line_rel x
                 JOIN account_partial_reconcile r ON r.debit_move_id = x.move_line_id
                 JOIN account_move_line c ON c.id = r.credit_move_id AND c.date >= s.date
                 JOIN account_move m ON m.id = c.move_id AND m.state = 'posted' AND m.move_type = 'entry'
                WHERE x.case_id = s.id
                  AND NOT EXISTS (SELECT 1 FROM dunning_write_off o WHERE o.move_id = m.id)) paid ON TRUE
         WHERE s.id IN %s
      GROUP BY s.id
        """,
        tuple(case_ids) or (0,),
    )
