"""What else customers did: promises, and what they were told and answered."""

from odoo.tools import SQL

from ..handling.contact import CONTACTS
from .states import DOCUMENTS


def happened(company_id):
    """SQL for ``customer_id, day, kind`` of a company: ``broken`` and ``kept`` promises; each ``notice`` that left, and
    each ``answer``: a reply, one on the customer's page, a conversation, or a document that was paid. The documents
    are there already (``states.lay_out``)."""
    return SQL(
        """
        SELECT p.commercial_partner_id AS customer_id,
               CASE d.state WHEN 'broken' THEN COALESCE(d.broken_date, d.date) ELSE d.date END AS day, d.state::varchar AS kind
          FROM dunning_promise d JOIN res_partner p ON p.id = d.partner_id
         WHERE d.company_id = %(company)s AND d.state IN ('broken', 'kept')
         UNION ALL
        SELECT n.partner_id, n.sent_on::date, 'notice'
          FROM dunning_notice n WHERE n.company_id = %(company)s AND n.state = 'sent' AND n.sent_on IS NOT NULL
         UNION ALL
        SELECT n.partner_id, n.replied_date::date, 'answer'
          FROM dunning_notice n WHERE n.company_id = %(company)s AND n.replied_date IS NOT NULL
         UNION ALL
        SELECT a.partner_id, a.date::date, 'answer' FROM dunning_answer a WHERE a.company_id = %(company)s
         UNION ALL
        SELECT p.commercial_partner_id, t.date::date, 'answer'
          FROM contact_attempt t JOIN res_partner p ON p.id = t.partner_id
         WHERE COALESCE(t.company_id, %(company)s) = %(company)s AND t.outcome IN %(contacts)s AND t.active
           AND p.commercial_partner_id IN (SELECT partner_id FROM dunning_notice)
         UNION ALL
        SELECT d.customer_id, d.settled, 'answer' FROM %(documents)s d
         WHERE d.settled IS NOT NULL AND d.customer_id IN (SELECT partner_id FROM dunning_notice)
        """,
        company=company_id,
        contacts=CONTACTS,
        documents=DOCUMENTS,
    )


def nothing():
    """SQL for the same where nothing is known."""
    return SQL("SELECT NULL::integer AS customer_id, NULL::date AS day, NULL::varchar AS kind LIMIT 0")
