from odoo.addons.lead_to_cash.engine.dunning.recipients import make_recipients
from odoo.tools import SQL


def migrate(cr, _version):
    """Who reads a notice: whom its e-mail was written to; of what waits, whom the rule finds."""
    cr.execute(
        """
        INSERT INTO dunning_notice_recipient_rel (notice_id, partner_id)
        SELECT m.dunning_notice_id, r.res_partner_id
          FROM mail_mail m JOIN mail_mail_res_partner_rel r ON r.mail_mail_id = m.id
         WHERE m.dunning_notice_id IS NOT NULL
            ON CONFLICT DO NOTHING
        """
    )
    cr.execute(
        make_recipients(
            SQL(
                """n.state IN ('draft', 'to_approve', 'queued', 'failed')
                   AND NOT EXISTS (SELECT 1 FROM dunning_notice_recipient_rel r WHERE r.notice_id = n.id)"""
            )
        )
    )
