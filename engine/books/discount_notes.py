"""Where a discount that a customer has taken needs a credit note."""

from odoo.tools import SQL

#: {country in which the company is taxed: the source}. The law there lets the supplier owe less VAT after the price was
#: reduced only with a document of its own. Elsewhere (in Germany: § 17 UStG, § 14 Abs. 4 Nr. 7 UStG, what was agreed on
#: is enough) the entry of the payment is all there is to do.
NEEDS_NOTE = {
    "IL": "VAT Law 5736-1975, section 49; VAT Regulations 5736-1976, regulation 23",
    "PL": "ustawa o VAT, art. 29a ust. 10 i 13, art. 106j ust. 1",
    "RO": "Codul fiscal (Legea 227/2015), art. 287 lit. c), art. 330",
}
#: Days after which a discount that was taken is nobody's news any more.
TOO_OLD = 60


def taken(company_ids, since):
    """SQL for the ids of invoices whose payments have booked a discount of which nobody was asked yet.

    :param since: the day from which payments count
    """
    return SQL(
        """SELECT DISTINCT m.id
             FROM account_move_line x
             JOIN res_company c ON c.id = x.company_id AND c.account_journal_early_pay_discount_loss_account_id = x.account_id
             JOIN account_move e ON e.id = x.move_id AND e.move_type = 'entry'
             JOIN account_move_line l ON l.move_id = e.id
             JOIN account_partial_reconcile p ON p.credit_move_id = l.id
             JOIN account_move_line r ON r.id = p.debit_move_id
             JOIN account_move m ON m.id = r.move_id
            WHERE x.company_id IN %(companies)s AND x.parent_state = 'posted' AND x.date >= %(since)s
              AND m.move_type = 'out_invoice' AND m.is_discount_note_asked IS NOT TRUE
         ORDER BY m.id""",
        companies=tuple(company_ids),
        since=since,
    )


def given(company_ids, since):
    """SQL for the ids of credit notes of discounts whose invoices no payment has settled any more, and of which nobody was
    told yet.

    :param since: the day from which credit notes count
    """
    return SQL(
        """SELECT n.id
             FROM account_move n
             JOIN account_move m ON m.id = n.discounted_move_id
            WHERE n.company_id IN %(companies)s AND n.state = 'posted' AND n.date >= %(since)s
              AND n.discount_entry_id IS NOT NULL AND n.is_discount_note_asked IS NOT TRUE
              AND m.payment_state = 'not_paid'
         ORDER BY n.id""",
        companies=tuple(company_ids),
        since=since,
    )
