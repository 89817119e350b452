"""Which settings foresee best within the part that is learnt from, forward in time: learnt before a day, asked about
what came from it on, for several days. Nothing after the split is looked at."""

from datetime import timedelta
from itertools import product
from math import log

from odoo.addons.lead_to_cash.engine.foresight import features, model, states
from odoo.addons.lead_to_cash.engine.foresight.backtest import told
from odoo.addons.lead_to_cash.engine.foresight.features import FEATURES

from .judging import relay

#: What is tried: half-lives of the latest habits, weights of shrinkage; penalties, half-lives of teaching.
LATELY, SHRINKAGE = (30, 60, 90), (1, 2, 4)
PENALTY, TEACHING = (3, 10, 30), (60, 90, 180, 365)
#: Days before the split from which is asked.
CUTS = (180, 150, 120, 90, 60)


def choose(cr, split):
    """Every combination with its mean loss (the negative logarithm of the chance of what came true) and its Brier
    score, the best first: ``[(loss, brier, lately, shrinkage, penalty, teaching), …]``."""
    before = in_use()
    found = []
    for states.LATELY, features.SHRINKAGE in product(LATELY, SHRINKAGE):
        relay(cr)
        parts = [_part(cr, split, split - timedelta(days)) for days in CUTS]
        for model.PENALTY, model.HALF_LIFE in product(PENALTY, TEACHING):
            loss = _mean_loss(parts)
            found.append((*loss, states.LATELY, features.SHRINKAGE, model.PENALTY, model.HALF_LIFE))
    states.LATELY, features.SHRINKAGE, model.PENALTY, model.HALF_LIFE = before
    relay(cr)
    return sorted(found)


def in_use():
    """The settings as they are."""
    return states.LATELY, features.SHRINKAGE, model.PENALTY, model.HALF_LIFE


def _part(cr, split, cut):
    cr.execute(model.sample(cut, at="due", with_open=False))
    rows = cr.fetchall()
    cr.execute(model.sample(split, since=cut, with_open=False))
    return rows, cr.fetchall()


def _mean_loss(parts):
    losses, squares, count = 0.0, 0.0, len(FEATURES)
    asked = 0
    for rows, questions in parts:
        learnt, _is_learnt = model.learn(rows)
        for chance, row in zip(told(learnt, questions), questions, strict=True):
            losses -= log(chance if row[count] else 1 - chance)
            squares += (chance - row[count]) ** 2
        asked += len(questions)
    return losses / max(asked, 1), squares / max(asked, 1)
