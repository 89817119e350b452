"""How the model would have done: learnt from what was known a year ago, asked about what came since, each document as
on the day on which it came."""

from datetime import timedelta

from .documents import booked
from .events import happened
from .features import FEATURES
from .figures import figures, tenths
from .learning import SURE_ENOUGH, chance
from .model import learn, paid_lately, sample, score
from .states import clear, lay_out

#: The days that are asked about.
PERIOD = 365
#: Fewer documents, or fewer late or timely ones, prove nothing.
FEWEST, FEWEST_OF_A_KIND = 50, 10


def backtest(cr, company_id, as_of):
    """The figures of the model on the books of a company, against the plain rules. Nothing is written but tables of
    the transaction, which are gone afterwards.

    :param cr: a cursor, or an environment, which is flushed before
    :param as_of: a date; what happened from then on isn't known
    :return: ``documents`` that were asked about, of which ``late``; ``model, own`` (the customer's own rate) and
        ``average`` (the company's), each ``{"auc", "brier", "ece"}`` or None where there was nothing to measure or to
        learn; ``wins``: the model is better than both; ``tenths``: (mean chance, share late, count) of the model
    """
    if hasattr(cr, "flush_all"):
        cr.flush_all()
        cr = cr.cr
    for statement in lay_out(booked(company_id), happened(company_id)):
        cr.execute(statement)
    found = measured(cr, as_of)
    for statement in clear():
        cr.execute(statement)
    return found


def measured(cr, as_of):
    """The same over tables that are laid out."""
    cut = as_of - timedelta(PERIOD)
    cr.execute(sample(cut, at="due"))
    rows = cr.fetchall()
    cr.execute(paid_lately(cut))
    model, is_learnt = learn(rows, cr.fetchall())
    cr.execute(sample(as_of, since=cut))
    asked = cr.fetchall()
    return compare(asked, model if is_learnt else None)


def compare(asked, model):
    """The figures of a model on the rows of a ``sample``; without a model, of the plain rules alone."""
    count = len(FEATURES)
    labels = [row[count] for row in asked]
    late = sum(labels)
    found = {"documents": len(asked), "late": late, "model": None, "own": None, "average": None}
    found |= {"wins": False, "tenths": []}
    if len(asked) < FEWEST or min(late, len(asked) - late) < FEWEST_OF_A_KIND:
        return found
    found["own"] = figures([row[count + 2] for row in asked], labels)
    found["average"] = figures([row[count + 3] for row in asked], labels)
    if model:
        chances = told(model, asked)
        found["model"] = figures(chances, labels)
        found["tenths"] = tenths(chances, labels)
        found["wins"] = found["model"]["brier"] < min(found[rule]["brier"] for rule in ("own", "average"))
    return found


def told(model, rows):
    """The chance to be late that a model gives to each row of a ``sample``."""
    chances = (chance(score(model["late"], dict(zip(FEATURES, row, strict=False)))) for row in rows)
    return [min(max(value, SURE_ENOUGH), 1 - SURE_ENOUGH) for value in chances]
