"""Pro-forma invoices of orders: which are over, which money is theirs, and whom to remind today. Invoices that are
planned, and told beforehand."""

from odoo.tools import SQL

from .at_once import documents

#: What it is called: Israel's חשבונית עסקה is asked for by law and custom, elsewhere it is a pro-forma.
PROFORMA_KINDS = [("proforma", "Pro-Forma Invoice"), ("transaction", "Transaction Invoice")]
#: {country of the company: what it is called there}
KIND_OF_COUNTRY = {"IL": "transaction"}
PROFORMA_STATES = [
    ("open", "Waiting for Payment"),
    ("found", "Perhaps Paid"),
    ("paid", "Paid"),
    ("changed", "Total Changed"),
    ("ended", "Reminded to the End"),
    ("invoiced", "Invoiced"),
    ("stopped", "Stopped"),
]
#: Money is awaited.
PROFORMA_UNPAID = ("open", "changed", "ended")
#: An invoice isn't made by itself meanwhile: the money is awaited, or a person has to look.
PROFORMA_WAITING = (*PROFORMA_UNPAID, "found")
#: Serves the job: few orders have one that isn't over.
PROFORMA_INDEX = "(id) WHERE proforma_state IN ('open', 'changed', 'ended', 'found', 'paid')"


def _invoiced():
    return documents(SQL("m.state != 'cancel' AND m.move_type = 'out_invoice'"))


def _online(states):
    """What customers have paid, or begun to pay, online for the order ``d``."""
    return SQL(
        """COALESCE((SELECT SUM(t.amount)
                       FROM sale_order_transaction_rel r JOIN payment_transaction t ON t.id = r.transaction_id
                      WHERE r.sale_order_id = d.id AND t.state IN %s), 0)""",
        states,
    )


def rest():
    """SQL for what is still to be paid of the pro-forma of an order ``d``."""
    return SQL("d.proforma_amount - %s", _online(("authorized", "done")))


def _money():
    """Customers' money that isn't matched: entries, payments without one, lines of the bank's statements. What was
    paid online counts for its orders already."""
    return SQL(
        """
        SELECT l.company_id, p.commercial_partner_id AS partner_id, l.currency_id, l.date, 'item' AS kind, l.id,
               -l.amount_residual_currency AS amount,
               concat_ws(' ', l.name, m.ref, y.memo, y.payment_reference, s.payment_ref) AS said
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
          JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
          JOIN res_partner p ON p.id = l.partner_id
     LEFT JOIN account_payment y ON y.id = m.origin_payment_id
     LEFT JOIN account_bank_statement_line s ON s.id = m.statement_line_id
         WHERE l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual_currency < 0
           AND m.move_type = 'entry' AND y.payment_transaction_id IS NULL
           AND p.commercial_partner_id IN (SELECT partner_id FROM waiting)
         UNION ALL
        SELECT y.company_id, p.commercial_partner_id, y.currency_id, y.date, 'payment', y.id, y.amount,
               concat_ws(' ', y.memo, y.payment_reference)
          FROM account_payment y JOIN res_partner p ON p.id = y.partner_id
         WHERE y.move_id IS NULL AND y.state IN ('in_process', 'paid') AND y.payment_type = 'inbound'
           AND y.partner_type = 'customer' AND y.payment_transaction_id IS NULL
           AND p.commercial_partner_id IN (SELECT partner_id FROM waiting)
           AND NOT EXISTS (SELECT 1 FROM account_move__account_payment r WHERE r.payment_id = y.id)
         UNION ALL
        SELECT s.company_id, p.commercial_partner_id, COALESCE(s.foreign_currency_id, s.currency_id), m.date, 'bank', s.id,
               CASE WHEN s.foreign_currency_id IS NULL THEN s.amount ELSE s.amount_currency END,
               concat_ws(' ', s.payment_ref, m.ref)
          FROM account_bank_statement_line s JOIN account_move m ON m.id = s.move_id
     LEFT JOIN res_partner p ON p.id = s.partner_id
         WHERE s.is_reconciled IS NOT TRUE AND s.amount > 0 AND m.state = 'posted'
           AND s.company_id IN (SELECT company_id FROM waiting)
        """
    )


def _names():
    """Whether what is said of money names the order, as a word of its own."""
    word = SQL(
        r"""('(^|[^[:alnum:]])' || regexp_replace(w.name, '([^[:alnum:]])', '\\\1', 'g') || '($|[^[:alnum:]])')"""
    )
    return SQL("strpos(lower(x.said), lower(w.name)) > 0 AND x.said ~* %s", word)


def news(ids=None):
    """SQL for (id, new state) of the orders whose pro-forma is over, or stands otherwise than it did.

    Money that names the order and is enough, and what was paid online, is *paid*. Money that names it and isn't
    enough, or is of just that amount, of the same customer and since the pro-forma, is *found*: a person looks. Each
    such amount is for one order alone, the oldest pro-forma first.

    :param ids: of these orders only
    """
    return SQL(
        r"""
        WITH waiting AS (
            SELECT d.id, d.name, d.company_id, d.currency_id, d.proforma_state, d.proforma_date, d.proforma_amount,
                   d.amount_total, d.state, p.commercial_partner_id AS partner_id, %(rest)s AS rest,
                   %(invoiced)s AS invoiced
              FROM sale_order d JOIN res_partner p ON p.id = d.partner_id
             WHERE d.proforma_state IN %(followed)s
        ), unmatched AS (%(money)s),
        named AS (
            SELECT w.id, x.kind, x.id AS money_id, x.amount >= w.rest AS is_enough
              FROM waiting w JOIN unmatched x ON %(same)s AND %(names)s
        ), turns AS (
            SELECT w.*, row_number() OVER (PARTITION BY company_id, partner_id, currency_id, rest
                                               ORDER BY proforma_date, id) AS turn
              FROM waiting w
             WHERE NOT invoiced AND state IN ('sent', 'sale') AND id NOT IN (SELECT id FROM named)
        ), amounts AS (
            SELECT x.*, row_number() OVER (PARTITION BY company_id, partner_id, currency_id, amount
                                               ORDER BY date, kind, id) AS turn
              FROM unmatched x WHERE (kind, id) NOT IN (SELECT kind, money_id FROM named)
        ), told AS (
            SELECT w.id, w.proforma_state AS before, CASE
                   WHEN w.state NOT IN ('sent', 'sale') THEN 'stopped'
                   WHEN w.invoiced THEN 'invoiced'
                   WHEN w.rest <= 0 OR w.proforma_state = 'paid' THEN 'paid'
                   WHEN EXISTS (SELECT 1 FROM named n WHERE n.id = w.id AND n.is_enough) THEN 'paid'
                   WHEN w.proforma_state = 'found' THEN 'found'
                   WHEN EXISTS (SELECT 1 FROM named n WHERE n.id = w.id) THEN 'found'
                   WHEN EXISTS (SELECT 1 FROM amounts x
                                  JOIN turns u ON u.id = w.id AND u.turn = x.turn
                                 WHERE %(same)s AND x.partner_id = w.partner_id AND x.amount = w.rest) THEN 'found'
                   WHEN w.amount_total != w.proforma_amount THEN 'changed'
                   ELSE w.proforma_state END AS now
              FROM waiting w
        )
        SELECT id, now FROM told WHERE now != before AND %(only)s ORDER BY id
        """,
        only=SQL("TRUE") if ids is None else SQL("id IN %s", tuple(ids) or (0,)),
        rest=rest(),
        invoiced=_invoiced(),
        followed=(*PROFORMA_WAITING, "paid"),
        money=_money(),
        names=_names(),
        same=SQL(
            """x.company_id = w.company_id AND x.currency_id = w.currency_id AND x.date >= w.proforma_date
           AND (x.partner_id IS NULL OR x.partner_id = w.partner_id)"""
        ),
    )


def due(today, after, limit):
    """SQL for the ids of the next orders whose customers are to be reminded today: before the day on which they are
    to pay, where the company wants it, and so many days after it, at most so often. Not while a payment is under way."""
    return SQL(
        """SELECT d.id FROM sale_order d JOIN res_company c ON c.id = d.company_id
            WHERE d.proforma_state = 'open' AND d.id > %(after)s
              AND d.proforma_date < %(today)s AND d.proforma_reminded_on IS DISTINCT FROM %(today)s
              AND (c.proforma_before_days > 0 AND d.proforma_reminded_on IS NULL
                   AND %(today)s BETWEEN d.proforma_due_date - c.proforma_before_days AND d.proforma_due_date
                OR d.proforma_reminders < c.proforma_most AND %(today)s >= d.proforma_due_date + c.proforma_first_days
                   AND %(today)s > d.proforma_due_date
                   AND (d.proforma_reminders = 0 OR %(today)s >= d.proforma_reminded_on + c.proforma_every_days))
              AND %(pending)s = 0
         ORDER BY d.id LIMIT %(limit)s""",
        after=after,
        today=today,
        pending=_online(("pending",)),
        limit=limit,
    )


def over(today):
    """SQL for the ids of orders whose customers were reminded to the end, and the last reminder has had its time."""
    return SQL(
        """SELECT d.id FROM sale_order d JOIN res_company c ON c.id = d.company_id
            WHERE d.proforma_state = 'open' AND c.proforma_most > 0 AND d.proforma_reminders >= c.proforma_most
              AND %(today)s >= d.proforma_reminded_on + c.proforma_every_days AND %(pending)s = 0""",
        today=today,
        pending=_online(("pending",)),
    )


def planned(today, zone, company_id, days):
    """SQL for (id, day) of a company's orders whose invoice is planned within so many days and wasn't told yet: on
    the day that somebody has said, else, of what is invoiced when it is delivered, on the day of delivery. Only where
    the customer, or the order, wants it.

    :param zone: the name of the company's time zone, in which the day of delivery begins
    """
    return SQL(
        """SELECT id, day
             FROM (SELECT d.id, d.planned_invoice_told, d.invoice_status, COALESCE(d.planned_invoice_date,
                          CASE WHEN d.invoice_status = 'no'
                               THEN timezone(%(zone)s, timezone('UTC', d.commitment_date))::date END) AS day
                     FROM sale_order d
                     JOIN res_partner p ON p.id = d.partner_id
                     JOIN res_partner c ON c.id = p.commercial_partner_id
                    WHERE d.company_id = %(company)s AND d.state = 'sale' AND d.invoice_status IN ('no', 'to invoice')
                      AND d.amount_total > 0 AND (d.tells_planned_invoice OR c.tells_planned_invoice)
                      AND (d.planned_invoice_date IS NOT NULL OR d.commitment_date IS NOT NULL)) o
            WHERE day BETWEEN %(today)s AND %(today)s + %(days)s AND planned_invoice_told IS DISTINCT FROM day
         ORDER BY id""",
        zone=zone,
        company=company_id,
        today=today,
        days=days,
    )
