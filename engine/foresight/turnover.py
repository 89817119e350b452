"""What a customer has bought: turnover of twelve months, of which kind mostly, and since how many years."""

from odoo.tools import SQL

#: Customer documents; credit notes count against what was sold.
SOLD = ("out_invoice", "out_receipt", "out_refund")


def _documents(company_id, as_of):
    return SQL(
        "m.company_id = %s AND m.state = 'posted' AND m.move_type IN %s AND m.invoice_date <= %s",
        company_id,
        SOLD,
        as_of,
    )


def _year(as_of):
    return SQL("m.invoice_date > (%s::date - interval '1 year')", as_of)


def turnover(company_id, as_of):
    """SQL for ``customer_id``, ``amount`` without taxes in the company's currency of the twelve months until ``as_of``,
    and ``years``, whole ones, since the first invoice."""
    return SQL(
        """SELECT m.commercial_partner_id AS customer_id,
                  COALESCE(SUM(m.amount_untaxed_signed) FILTER (WHERE %(year)s), 0) AS amount,
                  COALESCE(date_part('year', age(%(as_of)s::date,
                           MIN(m.invoice_date) FILTER (WHERE m.move_type != 'out_refund')))::int, 0) AS years
             FROM account_move m
            WHERE %(documents)s
         GROUP BY 1""",
        year=_year(as_of),
        as_of=as_of,
        documents=_documents(company_id, as_of),
    )


def main_category(company_id, as_of):
    """SQL for ``customer_id`` and ``category_id``: that of which most was sold in the twelve months, of several
    alike the oldest. What isn't of a product, or was all credited, is of none."""
    return SQL(
        """SELECT DISTINCT ON (s.customer_id) s.customer_id, s.category_id
             FROM (SELECT m.commercial_partner_id AS customer_id, t.categ_id AS category_id, -SUM(l.balance) AS amount
                     FROM account_move m
                     JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                     JOIN product_product x ON x.id = l.product_id
                     JOIN product_template t ON t.id = x.product_tmpl_id
                    WHERE %s AND %s AND t.categ_id IS NOT NULL
                 GROUP BY 1, 2
                   HAVING -SUM(l.balance) > 0) s
         ORDER BY s.customer_id, s.amount DESC, s.category_id""",
        _documents(company_id, as_of),
        _year(as_of),
    )
