"""What the watch list is asked, and the open items that its reasons are about."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..books.items import open_now


class Watch(NamedTuple):
    """What is asked: of which company, as of which day.

    ``silent_mails``: e-mails in a row without a reply; ``habit_margin``: days later than usual;
    ``chronic_days``: days after the due date that are taken for a habit; ``broken_promises``: in twelve
    months; 0 switches each off. ``credit_limit`` is an expression on the customer as below, for what is
    open in the companies ``credit_companies``; 0: there is none. ``rating``, ``rating_source`` and ``rating_date`` are expressions on
    the customer, a row called ``cp``. ``zone`` is the company's time zone. Attempts from before
    ``tries_since`` aren't kept (None: all are).
    """

    company_id: int
    today: date
    silent_mails: int
    habit_margin: int
    rating: SQL
    rating_source: SQL
    rating_date: SQL
    chronic_days: int = 0
    broken_promises: int = 0
    credit_limit: SQL = SQL("0")
    credit_companies: tuple = ()
    zone: str = "UTC"
    tries_since: date | None = None


def open_items(watch):
    """Open debit items of the company's customers that aren't wholly under way."""
    return SQL(
        """
        SELECT o.id, o.move_id, o.customer_id AS partner_id, o.payment_returned_date AS returned,
               %(today)s - o.due AS days_late
          FROM (%(items)s) o
         WHERE o.company_id = %(company)s AND o.left_currency > 0 AND o.customer_id IS NOT NULL
        """,
        items=open_now(),
        today=watch.today,
        company=watch.company_id,
    )
