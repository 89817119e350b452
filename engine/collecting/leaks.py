"""What should be money and isn't: from the confirmed order to the invoice that reached its customer.

Each kind is read by an index of its own, from the few documents that it is about.
"""

from odoo.tools import SQL

LEAK_KINDS = [
    ("not_invoiced", "Not invoiced"),
    ("draft", "Draft"),
    ("unsent", "Never sent"),
    ("rejected", "Rejected"),
    ("bounced", "Not delivered"),
]
#: A leak's id is its document's, and this last digit: the same every time.
DIGITS = {kind: digit for digit, (kind, _label) in enumerate(LEAK_KINDS, 1)}
#: The last digits of leaks of orders; the others are of invoices.
ORDER_DIGITS = (DIGITS["not_invoiced"],)
#: Fields of Odoo's addons for e-invoicing, and what they say of a document that an authority's system, or the
#: network to the customer, has refused.
REFUSED = {
    "l10n_ro_edi_state": ("invoice_refused",),
    "l10n_it_edi_state": ("rejected", "rejected_by_pa_partner"),
    "l10n_es_edi_verifactu_state": ("rejected",),
    "l10n_hu_edi_state": ("rejected",),
    "l10n_my_edi_state": ("rejected", "invalid"),
    "l10n_pl_edi_status": ("rejected",),
    "l10n_rs_edi_state": ("sending_failed",),
    "l10n_tr_nilvera_send_status": ("error",),
    "l10n_tw_edi_state": ("invalid",),
    "peppol_move_state": ("error",),
    "nemhandel_move_state": ("error",),
}
#: Partial indexes: each serves the kind that it is called after.
TO_INVOICE_INDEX = "(company_id) WHERE invoice_status = 'to invoice' AND state = 'sale'"
DRAFT_INDEX = "(company_id) WHERE state = 'draft' AND move_type IN ('out_invoice', 'out_receipt')"
#: Of an invoice ``d``: posted, and not paid.
UNPAID = (
    "d.state = 'posted' AND d.move_type = 'out_invoice' AND d.payment_state IN ('not_paid', 'partial')"
    " AND d.amount_residual > 0"
)
UNSENT_INDEX = "(company_id) WHERE is_move_sent IS NOT TRUE AND " + UNPAID.replace("d.", "")


def _day(moment, zone):
    """SQL: the day of a moment in UTC in a time zone."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)


def _still_to_invoice():
    """SQL, of a line ``l`` of an order ``d``: what isn't on an invoice yet, also not on a draft, with taxes, in the
    order's currency. A down payment counts against the rest, by what was posted, else by what the draft says."""
    return SQL(
        """CASE WHEN l.is_downpayment
                THEN CASE WHEN l.untaxed_amount_invoiced != 0 THEN l.untaxed_amount_to_invoice
                          ELSE LEAST(l.qty_to_invoice, 0) * l.price_unit END
                     * COALESCE(d.amount_total / NULLIF(d.amount_untaxed, 0), 1)
                WHEN l.product_uom_qty != 0 THEN l.qty_to_invoice * l.price_total / l.product_uom_qty
                ELSE l.qty_to_invoice * l.price_unit * (1 - COALESCE(l.discount, 0) / 100)
           END"""
    )


def _orders(zone, delivered):
    return SQL(
        """
        SELECT d.id * 10 + %(digit)s AS id, 'not_invoiced' AS kind, d.company_id, d.partner_id,
               d.id AS order_id, NULL::integer AS move_id, d.user_id AS salesperson_id,
               COALESCE(d.user_id, t.user_id) AS owner_id,
               %(since)s AS since, left_over.amount / COALESCE(NULLIF(d.currency_rate, 0), 1) AS amount
          FROM sale_order d
     LEFT JOIN crm_team t ON t.id = d.team_id
    CROSS JOIN LATERAL (SELECT SUM(%(line)s) AS amount FROM sale_order_line l
                         WHERE l.order_id = d.id AND l.display_type IS NULL) left_over
         WHERE d.invoice_status = 'to invoice' AND d.state = 'sale' AND left_over.amount > 0
        """,
        digit=DIGITS["not_invoiced"],
        line=_still_to_invoice(),
        since=_day(SQL("COALESCE(%s, d.date_order)", delivered), zone),
    )


def _invoices(kind, since, amount, which, join=SQL("")):  # noqa: B008
    """SQL: the invoices ``d`` that leak so. Who collects from the customer must act, else who is responsible for the
    company's policy, else the salesperson."""
    return SQL(
        """
        SELECT d.id * 10 + %(digit)s, %(kind)s, d.company_id, d.partner_id, NULL, d.id, d.invoice_user_id,
               COALESCE((p.collector_id->>(d.company_id::text))::integer, v.user_id, d.invoice_user_id),
               %(since)s, %(amount)s
          FROM account_move d
     LEFT JOIN res_partner p ON p.id = d.commercial_partner_id
          JOIN res_company c ON c.id = d.company_id
     LEFT JOIN dunning_policy v ON v.id = c.dunning_policy_id
               %(join)s
         WHERE %(which)s
        """,
        digit=DIGITS[kind],
        kind=kind,
        since=since,
        amount=amount,
        join=join,
        which=which,
    )


def _drafts(today, zone):
    """SQL: those that are to be posted; what is dated ahead waits for its day."""
    return _invoices(
        "draft",
        SQL("GREATEST(%s, d.invoice_date)", _day(SQL("d.create_date"), zone)),
        SQL("d.amount_total_signed"),
        SQL(
            """d.state = 'draft' AND d.move_type IN ('out_invoice', 'out_receipt') AND d.amount_total_signed > 0
               AND (d.invoice_date IS NULL OR d.invoice_date <= %s)""",
            today,
        ),
    )


def _posted(kind, which, join=SQL("")):  # noqa: B008
    """SQL: those that are posted, aren't paid, and haven't reached their customer."""
    since = SQL("b.since") if join else SQL("COALESCE(d.invoice_date, d.date)")
    return _invoices(kind, since, SQL("d.amount_residual_signed"), SQL("%s AND %s", SQL(UNPAID), which), join)


def _failed_mails(zone):
    """SQL: the invoices of which an e-mail to the customer failed, and none to the same person went since."""
    return SQL(
        """
        SELECT m.res_id AS move_id, MAX(%(day)s) AS since
          FROM mail_notification f
          JOIN mail_message m ON m.id = f.mail_message_id AND m.model = 'account.move'
          JOIN account_move i ON i.id = m.res_id
          JOIN res_partner r ON r.id = f.res_partner_id AND r.commercial_partner_id = i.commercial_partner_id
         WHERE f.notification_status IN ('bounce', 'exception') AND f.notification_type = 'email'
           AND NOT EXISTS (SELECT 1 FROM mail_message n
                             JOIN mail_notification g ON g.mail_message_id = n.id
                            WHERE n.model = 'account.move' AND n.res_id = m.res_id AND n.id > m.id
                              AND g.notification_type = 'email' AND g.notification_status = 'sent'
                              AND g.res_partner_id = f.res_partner_id)
      GROUP BY m.res_id
        """,
        day=_day(SQL("m.date"), zone),
    )


def leaks(today, zone, delivered, refused):
    """SQL: a row for each document that leaks: ``id``, ``kind``, ``company_id``, ``partner_id``, ``order_id`` or
    ``move_id``, ``salesperson_id``, ``owner_id`` (who must act), ``since``, ``age`` in days, ``amount`` in the
    company's currency.

    :param zone: the name of the time zone in which a day begins
    :param delivered: SQL: when an order ``d`` was first delivered, where something tells it, else NULL
    :param refused: SQL conditions on an invoice ``d``, each that a system for e-invoices has refused it
    """
    by_hand = SQL("p.invoice_sending_method->>(d.company_id::text) IS NOT DISTINCT FROM 'manual'")
    is_refused = SQL(" OR ").join(refused) if refused else SQL("FALSE")
    failed = _failed_mails(zone)
    # One row a document, also where it leaks in several ways.
    not_sent = SQL(
        "d.is_move_sent IS NOT TRUE AND d.invoice_date <= %s AND NOT (%s) AND NOT (%s) AND d.id NOT IN"
        " (SELECT b.move_id FROM (%s) b)",
        *(today, by_hand, is_refused, failed),
    )
    kinds = [
        _orders(zone, delivered),
        _drafts(today, zone),
        _posted("unsent", not_sent),
        _posted("bounced", SQL("NOT (%s)", is_refused), SQL("JOIN (%s) b ON b.move_id = d.id", failed)),
    ]
    if refused:
        kinds.append(_posted("rejected", SQL("(%s)", is_refused)))
    return SQL(
        """
        SELECT x.id, x.kind, x.company_id, x.partner_id, x.order_id, x.move_id, x.salesperson_id, x.owner_id, x.since,
               GREATEST(%(today)s - x.since, 0) AS age, k.id AS currency_id,
               ROUND(x.amount::numeric, k.decimal_places) AS amount
          FROM (%(kinds)s) x
          JOIN res_company y ON y.id = x.company_id
          JOIN res_currency k ON k.id = y.currency_id
        """,
        today=today,
        kinds=SQL(" UNION ALL ").join(kinds),
    )


def lags(zone, delivered, which):
    """SQL: writes into the orders ``d`` of a condition, after how many days from the confirmation, or from the first
    delivery, the first invoice was posted; nothing where none is. Returns the ids of those that changed."""
    return SQL(
        """
        UPDATE sale_order o SET invoice_lag_days = lag.days
          FROM (SELECT d.id, GREATEST(MIN(m.invoice_date) - %(begun)s, 0) AS days
                  FROM sale_order d
             LEFT JOIN (sale_order_line l
                        JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                        JOIN account_move_line i ON i.id = r.invoice_line_id
                        JOIN account_move m ON m.id = i.move_id AND m.state = 'posted' AND m.move_type = 'out_invoice')
                       ON l.order_id = d.id
                 WHERE %(which)s
              GROUP BY d.id) lag
         WHERE lag.id = o.id AND o.invoice_lag_days IS DISTINCT FROM lag.days
     RETURNING o.id
        """,
        begun=_day(SQL("COALESCE(%s, d.date_order)", delivered), zone),
        which=which,
    )
