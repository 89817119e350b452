"""Who has earned a reward for paying on time, and who has lost it: SQL over all customers of a company."""

from odoo.tools import SQL

#: Below B for so long, a reward is taken back.
PATIENCE = "1 month"


def earned(company_id, as_of, term, uid, now):
    """SQL that proposes the first rule that fits each customer who has had grade A for its months, and returns the new
    rows' ids. Who has one, or was refused it or had it taken back by a person within these months, or has its payment
    term anyway, gets none.

    :param term: expression for the payment term of the customer ``cp``
    """
    return SQL(
        """
        INSERT INTO payment_loyalty_grant (loyalty_id, partner_id, company_id, state, proposed_date,
                                           create_uid, write_uid, create_date, write_date)
        SELECT DISTINCT ON (g.partner_id) l.id, g.partner_id, g.company_id, 'proposed', %(as_of)s,
               %(uid)s, %(uid)s, %(now)s, %(now)s
          FROM payment_grade g
          JOIN res_partner cp ON cp.id = g.partner_id AND cp.active
          JOIN payment_loyalty l ON l.company_id = g.company_id AND l.active
         WHERE g.company_id = %(company)s AND g.until IS NULL AND g.grade = 'a'
           AND g.since <= %(as_of)s::date - make_interval(months => l.months)
           AND (l.reward != 'term' OR l.payment_term_id IS DISTINCT FROM %(term)s)
           AND NOT EXISTS (SELECT 1 FROM payment_loyalty_grant x
                            WHERE x.partner_id = g.partner_id AND x.company_id = g.company_id
                              AND (x.state IN ('proposed', 'granted')
                                   OR x.loyalty_id = l.id
                                      AND (x.state = 'refused' OR x.state = 'ended' AND x.user_id IS NOT NULL)
                                      AND x.ended_date > %(as_of)s::date - make_interval(months => l.months)))
      ORDER BY g.partner_id, l.sequence, l.id
   ON CONFLICT DO NOTHING
     RETURNING id
        """,
        company=company_id,
        as_of=as_of,
        term=term,
        uid=uid,
        now=now,
    )


def lost(company_id, as_of):
    """SQL for the ids of grants whose customer is below B and was all the last month, of proposals whose customer
    isn't A any more, and of both whose customer has no grade any more."""
    return SQL(
        """
        SELECT x.id FROM payment_loyalty_grant x LEFT JOIN payment_grade g
               ON g.partner_id = x.partner_id AND g.company_id = x.company_id AND g.until IS NULL
         WHERE x.company_id = %(company)s
           AND (x.state IN ('proposed', 'granted') AND g.id IS NULL
                OR x.state = 'proposed' AND g.grade != 'a'
                OR x.state = 'granted' AND g.grade IN ('c', 'd', 'e')
                   AND g.since <= %(as_of)s::date
                   AND NOT EXISTS (SELECT 1 FROM payment_grade b
                                    WHERE b.partner_id = x.partner_id AND b.company_id = x.company_id
                                      AND b.grade NOT IN ('c', 'd', 'e')
                                      AND b.until > %(as_of)s::date - %(patience)s::interval))
        """,
        company=company_id,
        as_of=as_of,
        patience=PATIENCE,
    )


def effect(grant_ids):
    """SQL for what has come of grants, a row each: orders confirmed since, their untaxed amount and what the
    discount took from it, in the company's currency; and the days late that are expected now."""
    return SQL(
        """
        SELECT x.id, COUNT(o.id), COALESCE(SUM(o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1)), 0),
               COALESCE(SUM(d.amount / COALESCE(NULLIF(o.currency_rate, 0), 1)), 0), MAX(g.expected_days_late)
          FROM payment_loyalty_grant x
     LEFT JOIN res_partner p ON p.commercial_partner_id = x.partner_id
     LEFT JOIN sale_order o ON o.partner_id = p.id AND o.company_id = x.company_id AND o.state = 'sale'
               AND o.date_order >= x.granted_date AND (x.ended_date IS NULL OR o.date_order < x.ended_date + 1)
     LEFT JOIN LATERAL (SELECT -SUM(l.price_subtotal) AS amount FROM sale_order_line l
                          JOIN sale_order_loyalty_line_rel r ON r.line_id = l.id AND r.order_id = l.order_id
                         WHERE l.order_id = o.id AND o.loyalty_grant_id = x.id) d ON TRUE
     LEFT JOIN payment_grade g ON g.partner_id = x.partner_id AND g.company_id = x.company_id AND g.until IS NULL
         WHERE x.id IN %s
      GROUP BY x.id
        """,
        tuple(grant_ids) or (0,),
    )
