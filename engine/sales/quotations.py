"""Which quotations wait for an answer."""

from odoo.tools import SQL

#: The customer has not said anything about the quotation, a row ``d``, since it was sent: no call in which they
#: were reached, no e-mail or comment of theirs. A look at its page is no answer.
UNANSWERED = SQL(
    """(d.handling_role IN ('contacted', 'no_answer')
    AND (d.last_contact_date IS NULL OR d.last_contact_date < d.sent_date)
    AND NOT EXISTS (SELECT FROM mail_message m
                 LEFT JOIN res_users u ON u.partner_id = m.author_id AND u.share IS NOT TRUE
                     WHERE m.model = 'sale.order' AND m.res_id = d.id
                       AND m.message_type IN ('email', 'comment') AND u.id IS NULL
                       AND m.date >= COALESCE(d.sent_date, d.handling_status_since)))"""
)
