from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists

#: What customers could choose on the page, and which reason of the list that is now.
ANSWERED = {
    "not_received": "not_delivered",
    "quality": "service",
    "amount": "price",
    "credit": "other",
    "invoice": "no_invoice",
    "other": "other",
}


def migrate(cr, _version):
    """The free text of disputes stays as a note, with the reason *Other*; open ones hold all of their items."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    other = env.ref("lead_to_cash.dispute_reason_other").id
    if column_exists(cr, "dunning_dispute", "reason"):
        cr.execute(
            """
            UPDATE dunning_dispute
               SET reason_id = %s, note = concat_ws(E'\\n', NULLIF(reason, ''), NULLIF(note, ''))
             WHERE reason_id IS NULL
            """,
            [other],
        )
        cr.execute("ALTER TABLE dunning_dispute DROP COLUMN reason")
        cr.execute("UPDATE dunning_dispute SET opened_date = LEAST(opened_date, create_date::date)")
        cr.execute(
            """
            UPDATE dunning_dispute SET closed_date = write_date::date,
                   days_open = GREATEST(write_date::date - opened_date, 0) WHERE state = 'resolved'
            """
        )
    if column_exists(cr, "dunning_answer", "reason"):
        for answered, name in ANSWERED.items():
            reason = env.ref(f"lead_to_cash.dispute_reason_{name}").id
            cr.execute("UPDATE dunning_answer SET reason_id = %s WHERE reason = %s", [reason, answered])
        cr.execute("ALTER TABLE dunning_answer DROP COLUMN reason")
    disputes = env["dunning.dispute"]
    disputes._hold(disputes.search([("state", "=", "open")]).move_line_ids)
