"""The habits of a customer in plain Python, straight from what they are said to be; slow, and for tests alone."""

from datetime import date, timedelta
from math import log

from odoo.addons.lead_to_cash.engine.foresight import features, states

MONDAY = date.fromisoformat(states.MONDAY)


def known(document, day):
    """(delay, age, whether it was paid) of a document as known before a day; None where nothing is."""
    if document["due"] >= day:
        return None
    if document["closed"] and document["closed"] < day:
        if not document["settled"]:
            return None
        age = (day - max(document["due"], document["settled"])).days
        return (document["settled"] - document["due"]).days, age, True
    return (day - document["due"]).days, 0, False


def customer(documents, asked):
    """The state of the customer of a document on a day, by its other documents."""
    mine = [
        document
        for document in documents
        if document["customer_id"] == asked["customer_id"] and document["issued"] < asked["day"]
    ]
    mine = sorted(mine, key=lambda document: (document["issued"], document["id"]))[-states.LOOKED_AT :]
    mine = [document for document in mine if document["id"] != asked["id"]]
    found = [(document, known(document, asked["day"])) for document in mine]
    found = [(document, *what) for document, what in found if what]
    last = sorted(found, key=lambda row: (row[0]["due"], row[0]["id"]))[-states.LAST :]
    state = {"c_count": len(mine), "c_last": len(last), "c_late_of_last": sum(row[1] > 0 for row in last)}
    for prefix, half in (("c_", states.HALF_LIFE), ("c_f_", states.LATELY)):
        weighed = [(0.5 ** (age / half), delay, paid) for _document, delay, age, paid in found]
        state[f"{prefix}n"] = sum(weight for weight, _delay, _paid in weighed)
        state[f"{prefix}late"] = sum(weight for weight, delay, _paid in weighed if delay > 0)
        state[f"{prefix}days"] = sum(weight * delay for weight, delay, _paid in weighed if delay > 0)
        state[f"{prefix}paid"] = sum(weight for weight, delay, paid in weighed if delay > 0 and paid)
    state["c_log_early"] = sum(
        0.5 ** (age / states.HALF_LIFE) * log(1 - delay) for _document, delay, age, _paid in found if delay <= 0
    )
    overdue = [delay for _document, delay, _age, paid in found if not paid]
    return state | {"c_overdue": len(overdue), "c_oldest": max(overdue, default=0)}


def everybody(documents, day, segment=None):
    """(documents, late, log_early, paid, days) of all, or of a segment, by the end of the last whole week."""
    end = day - timedelta((day - MONDAY).days % 7)
    sums = [0.0] * 5
    last = max(
        (_week(moment) for document in documents for moment in _moments(document, segment) if _week(moment) < end),
        default=None,
    )
    for document in documents:
        if segment is not None and document["segment"] != segment:
            continue
        if (document["settled"] or not document["closed"]) and _week(document["due"]) < end:
            weight = 0.5 ** ((last - _week(document["due"])).days / states.HALF_LIFE)
            late = not document["settled"] or document["settled"] > document["due"]
            early = 0 if late else log(1 + (document["due"] - document["settled"]).days)
            sums = [total + weight * value for total, value in zip(sums, (1, late, early, 0, 0), strict=True)]
        if document["settled"] and document["settled"] > document["due"] and _week(document["closed"]) < end:
            weight = 0.5 ** ((last - _week(document["closed"])).days / states.HALF_LIFE)
            days = (document["settled"] - document["due"]).days
            sums = [total + weight * value for total, value in zip(sums, (0, 0, 0, 1, days), strict=True)]
    return sums


def _week(day):
    return day - timedelta((day - MONDAY).days % 7)


def _moments(document, segment):
    if segment is not None and document["segment"] != segment:
        return
    if document["settled"] or not document["closed"]:
        yield document["due"]
    if document["settled"] and document["settled"] > document["due"]:
        yield document["closed"]


def chance(documents, asked):
    """(the customer's chance to be late, the days of the late), shrunk to the segment's and the company's."""
    k, prior = features.SHRINKAGE, features.NOBODY
    late, days = prior["late"], prior["days"]
    for segment in (None, asked["segment"]):
        n, number_late, _early, paid, sum_days = everybody(documents, asked["day"], segment)
        # How much all weighs is said up to a factor, as of the last week of it; the factor cancels but beside k.
        late, days = (number_late + k * late) / (n + k), (sum_days + k * days) / (paid + k)
    state = customer(documents, asked)
    return (
        (state["c_late"] + k * late) / (state["c_n"] + k),
        (state["c_days"] + k * days) / (state["c_late"] + k),
    )
