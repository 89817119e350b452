"""What a proper customer invoice still lacks: facts of an invoice in, codes of what is missing out."""

import re
from datetime import date
from typing import NamedTuple

#: Where what is missing is filled in.
ON_CUSTOMER, ON_INVOICE, ON_COMPANY = "customer", "invoice", "company"

#: The customers whom a requirement is about.
EVERYBODY, COMPANIES, DEALERS = "all", "companies", "dealers"


class Requirement(NamedTuple):
    """A rule.

    :ivar threshold: in the company's currency; what is asked for is asked above it
    """

    code: str
    date_from: date | None = None
    date_to: date | None = None
    threshold: float = 0.0
    applies_to: str = EVERYBODY
    is_compulsory: bool = False


class Facts(NamedTuple):
    """Of an invoice and whom it is for. ``day`` is its date, ``amount`` its total before tax in the company's
    currency, ``tax`` its tax; ``asks_reference`` says that the customer wants its reference on invoices,
    ``charges_tax`` that the company charges tax as a rule, ``by_email`` that it is sent so."""

    day: date
    amount: float = 0.0
    tax: float = 0.0
    is_company: bool = False
    vat: str = ""
    street: str = ""
    city: str = ""
    country: str = ""
    state: str = ""
    email: str = ""
    by_email: bool = False
    reference: str = ""
    asks_reference: bool = False
    has_terms: bool = False
    has_bank: bool = False
    descriptions: tuple = ()
    taxed: tuple = ()
    charges_tax: bool = False
    allocation: str = ""


#: {code: (where it is filled in, whether it is missing)}
CHECKS = {
    "street": (ON_CUSTOMER, lambda facts: not facts.street),
    "city": (ON_CUSTOMER, lambda facts: not facts.city),
    "country": (ON_CUSTOMER, lambda facts: not facts.country),
    "county": (ON_CUSTOMER, lambda facts: facts.country == "RO" and not facts.state),
    "sector": (ON_CUSTOMER, lambda facts: _in_bucharest(facts) and not is_sector(facts.city)),
    "vat": (ON_CUSTOMER, lambda facts: not has_vat(facts.vat)),
    "email": (ON_CUSTOMER, lambda facts: facts.by_email and not facts.email),
    "reference": (ON_INVOICE, lambda facts: facts.asks_reference and not facts.reference),
    "terms": (ON_INVOICE, lambda facts: not facts.has_terms),
    "descriptions": (ON_INVOICE, lambda facts: not all(map(str.strip, facts.descriptions))),
    "taxes": (ON_INVOICE, lambda facts: facts.charges_tax and not all(facts.taxed)),
    "bank": (ON_COMPANY, lambda facts: not facts.has_bank),
    "allocation": (ON_INVOICE, lambda facts: facts.tax > 0 and not facts.allocation.strip()),
}

#: What can be had only for an invoice that is posted: where it is compulsory, it holds the sending.
AFTER_POSTING = frozenset({"allocation"})


def missing(facts, requirements):
    """What the invoice lacks: ``{code: whether it is compulsory}``, in the order of the requirements.

    >>> asked = [Requirement("street"), Requirement("vat", applies_to=COMPANIES, is_compulsory=True)]
    >>> missing(Facts(date(2026, 6, 1), is_company=True), asked)
    {'street': False, 'vat': True}
    >>> missing(Facts(date(2026, 6, 1), street="Main Street 1"), asked)
    {}

    An allocation number is asked for above the threshold of the invoice's day, between dealers, where there is tax.

    >>> asked = [Requirement("allocation", date(2026, 1, 1), date(2026, 5, 31), 10000, DEALERS),
    ...          Requirement("allocation", date(2026, 6, 1), None, 5000, DEALERS)]
    >>> dealer = Facts(date(2026, 5, 31), amount=6000, tax=1080, vat="IL514123456")
    >>> missing(dealer, asked), missing(dealer._replace(day=date(2026, 6, 1)), asked)
    ({}, {'allocation': False})
    >>> missing(dealer._replace(day=date(2026, 6, 1), amount=5000), asked)
    {}
    """
    found = {}
    for asked in requirements:
        if _is_asked(asked, facts) and CHECKS[asked.code][1](facts):
            found[asked.code] = found.get(asked.code, False) or asked.is_compulsory
    return found


def _is_asked(asked, facts):
    """Whether a requirement is about the invoice."""
    begun = not asked.date_from or facts.day >= asked.date_from
    over = asked.date_to and facts.day > asked.date_to
    concerned = {EVERYBODY: True, COMPANIES: facts.is_company, DEALERS: has_vat(facts.vat)}[asked.applies_to]
    return begun and not over and concerned and not (asked.threshold and facts.amount <= asked.threshold)


def by_place(codes):
    """Codes by where they are filled in: ``{place: [codes]}``.

    >>> by_place(["street", "terms", "vat"])
    {'customer': ['street', 'vat'], 'invoice': ['terms']}
    """
    places = {}
    for code in codes:
        places.setdefault(CHECKS[code][0], []).append(code)
    return places


def has_vat(number):
    """Whether there is a tax number; the host takes a slash for *has none*.

    >>> has_vat("RO123"), has_vat("/"), has_vat("")
    (True, False, False)
    """
    return len((number or "").strip()) > 1


def _in_bucharest(facts):
    return facts.country == "RO" and facts.state == "B" and bool(facts.city)


def is_sector(city):
    """Whether a city of Bucharest is its sector, as e-Factura wants it.

    >>> is_sector("SECTOR3"), is_sector("Sector 3"), is_sector("Sectorul 3"), is_sector("București")
    (True, True, False, False)
    """
    return bool(re.fullmatch(r"SECTOR[1-6]", city.upper().replace(" ", "")))
