from odoo.addons.lead_to_cash.engine.handling.links import LINKS


def migrate(cr, _version):
    """The chatter of notices and confirmations no longer holds the ways to the customers' pages."""
    cr.execute(
        """
        UPDATE mail_message SET body = regexp_replace(body, %(links)s, '#', 'g')
         WHERE model IN ('dunning.notice', 'balance.confirmation') AND body ~ %(links)s
        """,
        {"links": LINKS},
    )
