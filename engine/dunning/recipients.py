"""To whom notices go: one rule, asked by the deciding statement and by the run."""

from odoo.tools import SQL

#: Who is found, the best first: contacts marked *Payments*, the contact on the document, the address for invoices,
#: the customer itself. Of the last two there is one.
MARKED, ON_DOCUMENT, FOR_INVOICES, CUSTOMER = range(1, 5)
#: That an e-mail address is needed.
BY_MAIL = SQL("TRUE")


def reachable(partner, customer, *, by_mail=BY_MAIL):
    """Whether ``partner``, an alias, may be written to about the customer with the id ``customer``, an
    expression. An address that isn't its reader's is none for the whole customer, whoever else has it; a
    debtor may be archived."""
    return SQL(
        """((%(p)s.active OR %(p)s.id = %(customer)s) AND (%(p)s.email_normalized IS NOT NULL OR NOT %(by_mail)s)
            AND NOT EXISTS (
               SELECT 1 FROM res_partner wrong
                WHERE wrong.commercial_partner_id = %(p)s.commercial_partner_id AND wrong.is_wrong_addressee
                  AND CASE WHEN wrong.id = %(p)s.id THEN TRUE -- as in :func:`belongs`
                           ELSE wrong.email_normalized = %(p)s.email_normalized END))""",
        p=SQL.identifier(partner),
        customer=customer,
        by_mail=by_mail,
    )


def belongs(partner, customer, company):
    """Whether ``partner``, an alias, is the ``customer`` or a contact of theirs, as the ``company`` knows them: a
    contact of another company alone isn't seen by who reminds. The latter are expressions: ids.

    It says CASE, not OR: an OR PostgreSQL holds against each of the many indexes of partners when it plans."""
    return SQL(
        """CASE WHEN %(p)s.id = %(customer)s THEN TRUE
                ELSE %(p)s.commercial_partner_id = %(customer)s AND (%(p)s.company_id IS NULL
                     OR EXISTS (SELECT 1 FROM res_company its JOIN res_company ours ON ours.id = %(company)s
                                 WHERE its.id = %(p)s.company_id AND starts_with(ours.parent_path, its.parent_path)))
           END""",
        p=SQL.identifier(partner),
        customer=customer,
        company=company,
    )


def addresses(customer, contact, company, *, by_mail=BY_MAIL):
    """SQL for (partner_id, rank, name) of all who may be written to about a document.

    :param customer: an expression: the id of the commercial partner
    :param contact: an expression: the id of the partner on the document
    :param company: an expression: the id of the company whose document it is
    :param by_mail: an expression: whether an e-mail address is needed
    """
    return SQL(
        """
        SELECT e.id AS partner_id, e.complete_name AS name,
               CASE WHEN e.is_payment_contact THEN %(marked)s
                    WHEN e.id = %(customer)s THEN %(itself)s
                    WHEN e.id = %(contact)s THEN %(on_document)s
                    ELSE %(for_invoices)s END AS rank
          FROM res_partner e
         WHERE e.commercial_partner_id = %(customer)s AND %(belongs)s AND %(reachable)s
           AND (e.is_payment_contact OR e.id IN (%(customer)s, %(contact)s)
                OR (e.type = 'invoice' AND e.parent_id = %(customer)s))
        """,
        customer=customer,
        contact=contact,
        belongs=belongs("e", customer, company),
        reachable=reachable("e", customer, by_mail=by_mail),
        marked=MARKED,
        on_document=ON_DOCUMENT,
        for_invoices=FOR_INVOICES,
        itself=CUSTOMER,
    )


#: That a notice goes by e-mail.
IS_MAIL = SQL("channel = 'email'")


def readers(which, *, by_mail=IS_MAIL):
    """SQL for (notice_id, partner_id): the readers by rule of the notices ``n`` for which ``which`` holds: of
    each document that it raises, the best there are."""
    return SQL(
        """
        SELECT DISTINCT notice_id, partner_id
          FROM (SELECT raised.id AS notice_id, e.partner_id, e.rank,
                       MIN(e.rank) OVER (PARTITION BY raised.id, raised.contact_id) AS best,
                       ROW_NUMBER() OVER (PARTITION BY raised.id, raised.contact_id, e.rank
                                          ORDER BY e.name, e.partner_id DESC) AS place
                  FROM (SELECT DISTINCT n.id, c.commercial_partner_id AS partner_id, n.channel, n.company_id,
                               COALESCE(m.partner_id, l.partner_id) AS contact_id
                          FROM dunning_notice n
                          JOIN res_partner c ON c.id = n.partner_id
                          JOIN dunning_notice_line nl ON nl.notice_id = n.id AND nl.level_id IS NOT NULL
                          JOIN account_move_line l ON l.id = nl.move_line_id
                          JOIN account_move m ON m.id = l.move_id
                         WHERE %(which)s) raised
            CROSS JOIN LATERAL (%(addresses)s) e) found
         WHERE rank = best AND (rank IN %(several)s OR place = 1)
        """,
        which=which,
        addresses=addresses(
            SQL("raised.partner_id"),
            SQL("raised.contact_id"),
            SQL("raised.company_id"),
            by_mail=SQL("(%s)", by_mail),
        ),
        several=(MARKED, ON_DOCUMENT),
    )


def of_customers(customer_ids, company_id):
    """SQL for (customer_id, partner_id): who reads e-mails about all that each of these customers owes the company:
    the best there are."""
    return SQL(
        """
        SELECT customer_id, partner_id
          FROM (SELECT c.id AS customer_id, e.partner_id, e.rank,
                       MIN(e.rank) OVER (PARTITION BY c.id) AS best,
                       ROW_NUMBER() OVER (PARTITION BY c.id, e.rank ORDER BY e.name, e.partner_id DESC) AS place
                  FROM res_partner c
            CROSS JOIN LATERAL (%(addresses)s) e
                 WHERE c.id IN %(ids)s) found
         WHERE rank = best AND (rank = %(marked)s OR place = 1)
      ORDER BY customer_id, place
        """,
        addresses=addresses(SQL("c.id"), SQL("c.id"), SQL("%s", company_id)),
        ids=tuple(customer_ids) or (0,),
        marked=MARKED,
    )


def make_recipients(which):
    """SQL: the notices ``n`` for which ``which`` holds get their readers."""
    return SQL(
        "INSERT INTO dunning_notice_recipient_rel (notice_id, partner_id) %s ON CONFLICT DO NOTHING", readers(which)
    )


def make_copies(which):
    """SQL: they get who has a copy: contacts of the customer, and users whom the level names, of those who
    work in its company."""
    return SQL(
        """
        INSERT INTO dunning_notice_cc_rel (notice_id, partner_id)
        SELECT n.id, e.id FROM dunning_notice n
          JOIN res_partner e ON e.commercial_partner_id = n.partner_id AND e.is_payment_cc
               AND %(belongs)s AND %(reachable)s
         WHERE n.channel = 'email' AND %(which)s
         UNION
        SELECT n.id, u.partner_id FROM dunning_notice n
          JOIN dunning_level_cc_rel x ON x.level_id = n.level_id
          JOIN res_users u ON u.id = x.user_id AND %(works)s
         WHERE n.channel = 'email' AND %(which)s
        EXCEPT
        SELECT notice_id, partner_id FROM dunning_notice_recipient_rel
            ON CONFLICT DO NOTHING
        """,
        belongs=belongs("e", SQL("n.partner_id"), SQL("n.company_id")),
        reachable=reachable("e", SQL("n.partner_id")),
        works=_works(),
        which=which,
    )


def _works():
    """Whether the user ``u`` works in the company of the notice ``n``."""
    return SQL(
        """(u.active AND NOT u.share
            AND EXISTS (SELECT 1 FROM res_company_users_rel w WHERE w.user_id = u.id AND w.cid = n.company_id))"""
    )


def drop_unreachable(relation, notice_ids):
    """SQL: these notices lose those who can't, or mustn't, be written to any more.

    :param relation: the table of readers, or of who gets a copy
    """
    return SQL(
        "DELETE FROM %s WHERE (notice_id, partner_id) IN (%s)",
        SQL.identifier(relation),
        unreachable(notice_ids, copies=True),
    )


def unreachable(notice_ids, *, copies=False, by_mail=IS_MAIL):
    """SQL for (notice_id, partner_id) of readers who can't, or mustn't, be written to any more, or are neither the
    customer's nor ours any more.

    :param copies: and of who gets a copy
    :param by_mail: a condition on the notice: those to which e-mails go
    """
    return SQL(
        """
        SELECT x.notice_id, x.partner_id
          FROM (SELECT notice_id, partner_id FROM dunning_notice_recipient_rel
                 UNION ALL SELECT notice_id, partner_id FROM dunning_notice_cc_rel WHERE %(copies)s) x
          JOIN dunning_notice n ON n.id = x.notice_id AND %(by_mail)s
          JOIN res_partner c ON c.id = n.partner_id
          JOIN res_partner e ON e.id = x.partner_id
         WHERE x.notice_id IN %(ids)s
           AND NOT (%(reachable)s
                    AND (%(belongs)s OR EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = e.id AND %(works)s)))
        """,
        copies=copies,
        by_mail=by_mail,
        ids=tuple(notice_ids) or (0,),
        belongs=belongs("e", SQL("c.commercial_partner_id"), SQL("n.company_id")),
        works=_works(),
        reachable=reachable("e", SQL("n.partner_id")),
    )


def unread(notice_ids):
    """Whether the notice ``n`` is one of these, and nobody reads it."""
    return SQL(
        """(n.id IN %s AND NOT EXISTS (SELECT 1 FROM dunning_notice_recipient_rel r WHERE r.notice_id = n.id))""",
        tuple(notice_ids),
    )
