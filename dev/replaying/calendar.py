"""What happens on which day: the file's dates, and the mapping's rules for what it leaves open."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple


class Events(NamedTuple):
    """The invoices to which something happens on a day, by what, in the order in which it is
    booked: an invoice has to be there before anything else befalls it."""

    invoiced: list
    resolved: list
    disputed: list
    promised: list
    settled: list


def calendars_of(invoices, mapping):
    """Events by day, of the invoices of that day and of earlier ones; days on which nothing
    happens have none."""
    new, earlier = (defaultdict(lambda: Events([], [], [], [], [])) for _calendar in range(2))

    def events(invoice, day):
        return (new if day == invoice.date else earlier)[day]

    for invoice in invoices:
        events(invoice, invoice.date).invoiced.append(invoice)
        if invoice.settled:
            events(invoice, invoice.settled).settled.append(invoice)
        if dispute := dispute_of(invoice, mapping["dispute"]):
            opened, resolved = dispute
            events(invoice, opened).disputed.append(invoice)
            if resolved:
                events(invoice, resolved).resolved.append(invoice)
        if promise := promise_of(invoice, mapping["promise"]):
            events(invoice, promise[0]).promised.append(invoice)
    return new, earlier


def dispute_of(invoice, rule):
    """(day opened, day resolved or None) of the invoice's dispute, or None."""
    opened = invoice.date + timedelta(days=rule["opened_after"])
    resolved = invoice.settled and max(invoice.settled - timedelta(days=rule["resolved_before"]), invoice.date)
    return (opened, resolved) if invoice.disputed and (not resolved or opened < resolved) else None


def promise_of(invoice, rule):
    """(day made, day promised for) of the invoice's promise, or None."""
    made = invoice.due + timedelta(days=rule["made_after_due"])
    still_open = not invoice.settled or made < invoice.settled
    return (made, made + timedelta(days=rule["promised_for"])) if still_open and not invoice.disputed else None


def last_day(invoices):
    """When the last thing happens that the file knows."""
    return max(day for invoice in invoices for day in (invoice.settled, invoice.due) if day)
