"""At which prices a product was sold, and at which it wasn't: own quotations and orders."""

from odoo.tools import SQL

#: Fewer orders say too much about one of them. So do fewer that the reader may not read, among any number of own ones:
#: with an own one far above and one far below, the median is the price of the third.
LEAST_ORDERS = 3
#: So many of a customer's own last prices are shown.
LAST_PRICES = 3


def band(quantity):
    """From where to where quantities are compared with this one: by powers of ten; below ten they are one band.

    >>> band(1), band(9.5), band(10), band(99), band(1000)
    ((0, 10), (0, 10), (10, 100), (10, 100), (1000, 10000))
    >>> band(0.25), band(-3)
    ((0, 10), (0, 10))
    """
    low, high = 0, 10
    while quantity >= high:
        low, high = high, high * 10
    return low, high


def prices_paid(asked, about, since, readable):
    """SQL: one row for each of the ``asked`` lines, in their order: the customer's last prices, newest first, as JSON
    of ``day``, ``price``, ``quantity``, ``order``; then the median price and the number of orders of: won in the
    band, won, lost in the band, lost.

    Prices are those of one unit of the product's own unit of measure, without tax, less the discount, in the
    company's currency at the rate of the document's day. Won is what was confirmed since a day; lost what was
    cancelled since. A median is empty below so many orders, and so is their number; orders that the reader may not read
    count where there are as many of them alone.

    :param asked: (product id, quantity in the product's unit of measure) of each line
    :param about: ``company``, ``customer`` (a commercial partner or None), ``order`` (not counted itself, or None):
        ids; ``zone``: the name of the time zone in which days are told
    :param since: a date
    :param readable: SQL of the ids of the order lines that the reader may read
    """
    rows = [
        SQL("(%s, %s, %s, %s)", number, product, *band(quantity)) for number, (product, quantity) in enumerate(asked)
    ]
    kinds = {"won_band": "won AND in_band", "won": "won", "lost_band": "NOT won AND in_band", "lost": "NOT won"}
    return SQL(
        """
        WITH asked (number, product_id, low, high) AS (VALUES %(rows)s),
             sold AS (%(sold)s)
        SELECT last.prices, %(figures)s
          FROM asked a
     LEFT JOIN LATERAL (
            SELECT json_agg(json_build_object('day', x.day, 'price', x.price, 'quantity', x.quantity, 'order', x.name)
                            ORDER BY x.day DESC, x.id DESC) AS prices
              FROM (SELECT * FROM sold WHERE product_id = a.product_id AND won AND is_own AND is_read
                  ORDER BY day DESC, id DESC LIMIT %(last)s) x) last ON TRUE
     LEFT JOIN LATERAL (
            SELECT %(counted)s
              FROM (SELECT *, quantity >= a.low AND quantity < a.high AS in_band
                      FROM sold WHERE product_id = a.product_id AND day >= %(since)s) y) f ON TRUE
      ORDER BY a.number
        """,
        rows=SQL(", ").join(rows),
        sold=_sold(about, readable),
        figures=SQL(", ").join(_shown(name) for name in kinds),
        counted=SQL(", ").join(_counted(name, SQL(condition)) for name, condition in kinds.items()),
        since=since,
        last=LAST_PRICES,
    )


def _sold(about, readable):
    """SQL: what was sold, and what wasn't, of the products of ``asked``: a row for each line of an order."""
    return SQL(
        """
            SELECT l.id, l.product_id, l.order_id, s.name, s.state = 'sale' AS won, q.quantity,
                   (moment.utc AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                   p.commercial_partner_id = %(customer)s AS is_own, l.id IN %(readable)s AS is_read,
                   (l.price_subtotal / COALESCE(NULLIF(s.currency_rate, 0), 1) / q.quantity)::float8 AS price
              FROM sale_order_line l
              JOIN sale_order s ON s.id = l.order_id
              JOIN res_partner p ON p.id = s.partner_id
              JOIN product_product v ON v.id = l.product_id
              JOIN product_template t ON t.id = v.product_tmpl_id
              JOIN uom_uom u ON u.id = l.product_uom_id
              JOIN uom_uom tu ON tu.id = t.uom_id
        CROSS JOIN LATERAL (SELECT l.product_uom_qty * u.factor::numeric / tu.factor::numeric AS quantity) q
        CROSS JOIN LATERAL (SELECT CASE s.state WHEN 'sale' THEN s.date_order
                                                ELSE COALESCE(s.closure_date, s.date_order) END AS utc) moment
             WHERE l.product_id IN (SELECT product_id FROM asked)
               AND s.company_id = %(company)s
               AND s.id IS DISTINCT FROM %(order)s
               AND (s.state = 'sale' OR (s.state = 'cancel' AND s.handling_role = 'lost'))
               AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE AND l.combo_item_id IS NULL
               AND q.quantity > 0
        """,
        zone=about["zone"],
        customer=about["customer"],
        company=about["company"],
        order=about["order"],
        readable=readable,
    )


def _counted(name, condition):
    """Of a kind of orders: the median price and the number, of all and of those that the reader may read."""
    whose = {"all": condition, "read": SQL("%s AND is_read", condition)}
    return SQL(", ").join(
        SQL(
            """percentile_cont(0.5) WITHIN GROUP (ORDER BY price) FILTER (WHERE %(condition)s) AS %(median)s,
               count(DISTINCT order_id) FILTER (WHERE %(condition)s) AS %(count)s""",
            condition=which,
            median=SQL.identifier(f"{name}_{who}_median"),
            count=SQL.identifier(f"{name}_{who}_count"),
        )
        for who, which in whose.items()
    )


def _shown(name):
    """The median and the number that a reader is told."""
    all_count, read_count = (SQL.identifier("f", f"{name}_{who}_count") for who in ("all", "read"))
    return SQL(", ").join(
        SQL(
            """CASE WHEN %(all)s - %(read)s NOT BETWEEN 1 AND %(least)s - 1
                    THEN CASE WHEN %(all)s >= %(least)s THEN %(of_all)s END
                    WHEN %(read)s >= %(least)s THEN %(of_read)s
               END""",
            all=all_count,
            read=read_count,
            least=LEAST_ORDERS,
            of_all=SQL.identifier("f", f"{name}_all_{what}"),
            of_read=SQL.identifier("f", f"{name}_read_{what}"),
        )
        for what in ("median", "count")
    )
