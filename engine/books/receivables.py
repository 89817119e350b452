"""Receivables as at a day, and by month: SQL over the books, without a table of its own."""

from datetime import date

from odoo.tools import SQL

from .items import accounts, open_as_at


def ageing(limits, as_at):
    """SQL for the open items as at a day, each amount in the column of its age.

    Customers are commercial partners; ``parent_id`` is the company at the top of theirs.

    :param limits: by company id, the last day of each of the first three columns
    """
    rows = [SQL("(%s, %s, %s, %s)", company, *days) for company, days in limits.items()]
    return SQL(
        """
        WITH RECURSIVE item AS MATERIALIZED (SELECT * FROM (%(items)s) o WHERE residual != 0),
             above(id, top, step) AS (
                SELECT DISTINCT p.commercial_partner_id, p.commercial_partner_id, 0
                  FROM item JOIN res_partner p ON p.id = item.partner_id
                 UNION ALL
                SELECT above.id, p.parent_id, step + 1
                  FROM above JOIN res_partner p ON p.id = above.top AND p.parent_id IS NOT NULL),
             parent AS (SELECT DISTINCT ON (id) id, top FROM above ORDER BY id, step DESC)
        SELECT item.id, item.move_id, item.company_id, c.currency_id, p.commercial_partner_id AS partner_id,
               parent.top AS parent_id, cp.country_id, item.account_id, item.date, item.due, item.residual,
               item.disputed, %(as_at)s AS as_at,
               CASE WHEN item.residual > 0 THEN GREATEST(%(as_at)s - item.due, 0) END AS days_overdue,
               %(amounts)s
          FROM item
          JOIN res_company c ON c.id = item.company_id
          JOIN (VALUES %(limits)s) AS days(company_id, first, second, third) ON days.company_id = item.company_id
     LEFT JOIN res_partner p ON p.id = item.partner_id
     LEFT JOIN res_partner cp ON cp.id = p.commercial_partner_id
     LEFT JOIN parent ON parent.id = p.commercial_partner_id
        """,
        items=open_as_at(as_at, limits),
        as_at=as_at,
        amounts=_by_age(as_at),
        limits=SQL(", ").join(rows),
    )


def number_of(day):
    """A day as a number, as it stands in the address of a page.

    >>> number_of(date(2026, 2, 28))
    20260228
    """
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number):
    """The day that a number of an address means; None for one that means none, as that of a record.

    >>> day_of(20260228), day_of(20260231), day_of(42), day_of("x"), day_of(None)
    (datetime.date(2026, 2, 28), None, None, None, None)
    """
    if type(number) is not int or not 1900_01_01 <= number <= 9999_12_31:
        return None
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def age_labels(limits):
    """What the columns of an ageing are called, by the last day past due of each but the last.

    >>> [label.replace("\N{EN DASH}", " to ") for label in age_labels((30, 60, 90))]
    ['1 to 30', '31 to 60', '61 to 90', '> 90']
    """
    spans = zip([1, *(last + 1 for last in limits)], limits, strict=False)
    return [f"{first}–{last}" for first, last in spans] + [f"> {limits[-1]}"]  # noqa: RUF001


def _by_age(as_at):
    """A column for each age; whatever the age, credits are in a column of their own."""
    age = SQL("(%s - item.due)", as_at)
    ages = {
        "not_due": SQL("%s <= 0", age),
        "age_1": SQL("%s BETWEEN 1 AND days.first", age),
        "age_2": SQL("%s BETWEEN days.first + 1 AND days.second", age),
        "age_3": SQL("%s BETWEEN days.second + 1 AND days.third", age),
        "age_4": SQL("%s > days.third", age),
    }
    columns = [
        SQL("CASE WHEN item.residual > 0 AND %s THEN item.residual ELSE 0 END AS %s", within, SQL.identifier(name))
        for name, within in ages.items()
    ]
    overdue = SQL("CASE WHEN item.residual > 0 AND %s > 0 THEN item.residual ELSE 0 END AS overdue", age)
    return SQL(", ").join([*columns, overdue, SQL("LEAST(item.residual, 0) AS credits")])


def months(companies, today):
    """SQL with a row for each company and month, from its first receivable until ``today``;
    the last month ends today.

    ``sales`` of the month by invoice date, taxes included, receipts too, less credit notes; ``closing``
    receivables at its end, of which ``not_due`` had not come due; ``opening`` is the closing of
    the month before; ``day_count``; ``count_back`` days. Credits that were not allocated then reduce
    what was not due as they reduce the receivables; what is more than that reduces what was past due.
    """
    return SQL(
        """
        WITH receivable AS MATERIALIZED (
                SELECT l.id, l.company_id, l.date, COALESCE(l.date_maturity, l.date) AS due, l.balance
                  FROM account_move_line l
                 WHERE l.account_id IN (%(accounts)s) AND l.parent_state = 'posted'
                   AND l.company_id IN %(companies)s AND l.date <= %(today)s),
             month AS (
                SELECT s.company_id, m::date AS month,
                       LEAST((m + interval '1 month')::date - 1, %(today)s) AS day_end
                  FROM (SELECT company_id, MIN(date) AS since FROM receivable GROUP BY company_id) s,
                       generate_series(date_trunc('month', s.since), %(today)s, interval '1 month') m),
             moved AS (
                SELECT company_id, date_trunc('month', date)::date AS month, SUM(balance) AS amount
                  FROM receivable GROUP BY 1, 2),
             sold AS (%(sold)s),
             waiting AS (%(waiting)s),
             young AS (%(young)s),
             credited AS (
                SELECT company_id, date_trunc('month', c.since)::date AS month, SUM(c.amount) AS amount
                  FROM (%(credits)s) c
              GROUP BY 1, 2),
             summed AS (
                SELECT month.company_id, month.month, month.day_end, month.day_end - month.month + 1 AS day_count,
                       COALESCE(sold.amount, 0) AS sales, COALESCE(young.amount, 0) AS young,
                       SUM(COALESCE(moved.amount, 0)) OVER until_now AS closing,
                       SUM(COALESCE(credited.amount, 0)) OVER until_now AS credits,
                       SUM(GREATEST(COALESCE(sold.amount, 0), 0)) OVER until_now AS sold_so_far
                  FROM month
             LEFT JOIN moved USING (company_id, month)
             LEFT JOIN sold USING (company_id, month)
             LEFT JOIN young USING (company_id, month)
             LEFT JOIN credited USING (company_id, month)
                WINDOW until_now AS (PARTITION BY month.company_id ORDER BY month.month))
        SELECT s.*, LEAST(GREATEST(young - credits, 0), closing) AS not_due,
               COALESCE(LAG(closing) OVER (PARTITION BY company_id ORDER BY month), 0) AS opening,
               (%(count_back)s) AS count_back
          FROM summed s
        """,
        accounts=accounts(),
        companies=tuple(companies),
        today=today,
        sold=_sold(companies, today),
        waiting=_waiting(today),
        young=_young(today),
        credits=_credits(today),
        count_back=_count_back(),
    )


def _sold(companies, today):
    """Credit sales of each month: invoices and receipts, taxes included, less credit notes."""
    return SQL(
        """SELECT company_id, date_trunc('month', invoice_date)::date AS month, SUM(amount_total_signed) AS amount
             FROM account_move
            WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt', 'out_refund')
              AND company_id IN %(companies)s AND invoice_date <= %(today)s
         GROUP BY 1, 2""",
        companies=tuple(companies),
        today=today,
    )


def _young(today):
    """What of ``waiting`` had not come due at the end of each month."""
    return SQL(
        """SELECT w.company_id, m::date AS month, SUM(w.amount) AS amount
             FROM waiting w,
                  generate_series(date_trunc('month', w.since), LEAST(w.due, %(today)s), interval '1 month') m
            WHERE LEAST((m + interval '1 month')::date - 1, %(today)s) BETWEEN w.since AND w.due
         GROUP BY 1, 2""",
        today=today,
    )


def _waiting(today):
    """What was not due yet, from a day until it came due: debit items, from the month of their
    entry until the month before their due date, less what was reconciled with them until then."""
    return SQL(
        """
        SELECT company_id, date AS since, due, balance AS amount FROM receivable WHERE balance > 0 AND due >= date
         UNION ALL
        SELECT r.company_id, p.max_date, r.due, -p.amount
          FROM account_partial_reconcile p
          JOIN receivable r ON r.id = p.debit_move_id AND r.balance > 0
         WHERE p.max_date <= r.due AND p.max_date <= %s
        """,
        today,
    )


def _credits(today):
    """What was credited and not allocated, from the day of its entry; what was allocated of it, from that day."""
    return SQL(
        """
        SELECT company_id, date AS since, -balance AS amount FROM receivable WHERE balance < 0
         UNION ALL
        SELECT r.company_id, p.max_date, -p.amount
          FROM account_partial_reconcile p
          JOIN receivable r ON r.id = p.credit_move_id AND r.balance < 0
         WHERE p.max_date <= %s
        """,
        today,
    )


def _count_back():
    """The days that the receivables of ``s`` go back: of each month, going backward, all days
    when its sales are less than what is left of them, else their share."""
    return SQL(
        """
        SELECT SUM(CASE WHEN b.left_over <= 0 THEN 0
                        WHEN b.left_over >= b.sales THEN b.day_count
                        ELSE b.left_over / b.sales * b.day_count END)
          FROM (SELECT e.day_count, GREATEST(e.sales, 0) AS sales,
                       s.closing - (s.sold_so_far - e.sold_so_far) AS left_over
                  FROM summed e WHERE e.company_id = s.company_id AND e.month <= s.month) b
        """
    )


def metrics(companies, today):
    """SQL for the months with their measures: days sales outstanding (DSO), the best possible,
    average days delinquent (ADD), and the collection effectiveness index (CEI, per cent). A
    measure is NULL where its denominator is 0, those by sales also where credit notes exceed them."""
    return SQL(
        """
        SELECT ROW_NUMBER() OVER (ORDER BY m.month, m.company_id) AS id, m.company_id, c.currency_id,
               m.month, m.day_end, m.day_count, m.sales, m.opening, m.closing, m.not_due, m.count_back,
               m.closing / NULLIF(GREATEST(m.sales, 0), 0) * m.day_count AS dso,
               m.not_due / NULLIF(GREATEST(m.sales, 0), 0) * m.day_count AS best_dso,
               (m.closing - m.not_due) / NULLIF(GREATEST(m.sales, 0), 0) * m.day_count AS days_delinquent,
               (m.opening + m.sales - m.closing) / NULLIF(m.opening + m.sales - m.not_due, 0) * 100 AS cei
          FROM (%s) m
          JOIN res_company c ON c.id = m.company_id
        """,
        months(companies, today),
    )
