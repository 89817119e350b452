"""How well the file's payments were foreseen: by the addon's own engine, in tables of a transaction."""

from datetime import timedelta

from odoo.addons.lead_to_cash.engine.foresight import features, figures, learning, model, states
from odoo.addons.lead_to_cash.engine.foresight.backtest import compare, told
from odoo.addons.lead_to_cash.engine.foresight.events import nothing
from odoo.addons.lead_to_cash.engine.foresight.features import FEATURES
from odoo.tools import SQL
from psycopg2.extras import execute_values

#: The settings that were chosen by cross-validation.
SETTINGS = {
    "habits: a year ago counts half after days": states.HALF_LIFE,
    "habits lately: half after days": states.LATELY,
    "shrinkage: documents": features.SHRINKAGE,
    "teaching: half after days": model.HALF_LIFE,
    "penalty of the chance": model.PENALTY,
    "penalty of the days": model.PENALTY_OF_DAYS,
}
FILE = SQL.identifier("l2c_foresight_file")


def lay_out(cr, invoices):
    """The file's invoices in the engine's tables. What is paid is paid by money; nothing else is known."""
    customers = {}
    rows = [
        (
            number,
            1,
            customers.setdefault(invoice.customer, len(customers) + 1),
            0,
            float(invoice.amount),
            invoice.date,
            invoice.due,
            invoice.settled,
            invoice.settled,
            invoice.disputed,
        )
        for number, invoice in enumerate(invoices, 1)
    ]
    cr.execute(
        SQL(
            """CREATE TEMP TABLE %s (id integer, company_id integer, customer_id integer, segment integer,
                   amount double precision, issued date, due date, settled date, closed date, disputed boolean)
               ON COMMIT DROP""",
            FILE,
        )
    )
    execute_values(cr._obj, f"INSERT INTO {FILE.code} VALUES %s", rows, page_size=1000)
    relay(cr)


def relay(cr):
    """The engine's tables anew from the file's, with the settings as they are."""
    for statement in states.lay_out(SQL("SELECT * FROM %s", FILE), nothing()):
        cr.execute(statement)


def judge(cr, invoices, split):
    """What the model, a plain logistic regression on the same features, each customer's own rate and the company's
    average say of the invoices that were issued from a day on, learnt from those that were settled before it.

    :return: ``documents, late, learnt_from``; by rule ``auc, brier, ece``; ``tenths`` of the model; ``differences`` of
        the model's AUC and Brier score from those of the regression and the own rate: (2.5 %, median, 97.5 %)
    """
    after = max(max(invoice.due, invoice.settled or invoice.due) for invoice in invoices) + timedelta(1)
    cr.execute(model.sample(split, at="due", with_open=False))
    rows = cr.fetchall()
    cr.execute(model.paid_lately(split))
    learnt, is_learnt = model.learn(rows, cr.fetchall())
    cr.execute(model.sample(split, with_open=False))
    plain = _regression(cr.fetchall())
    cr.execute(model.sample(after, since=split))
    asked = cr.fetchall()
    found = compare(asked, learnt if is_learnt else None) | {"learnt_from": len(rows), "regression": None}
    if not found["model"] or not plain:
        return found
    count = len(FEATURES)
    labels = [row[count] for row in asked]
    ours, theirs, own = told(learnt, asked), told(plain, asked), [row[count + 2] for row in asked]
    found["regression"] = figures.figures(theirs, labels)
    found["differences"] = {
        (rule, name): figures.compared(ours, chances, labels, measure)
        for rule, chances in (("regression", theirs), ("own", own))
        for name, measure in (("auc", figures.area), ("brier", figures.brier))
    }
    return found


def _regression(rows):
    """Without penalty, without weights, as in any book."""
    if not rows:
        return None
    count = len(FEATURES)
    columns = [list(column) for column in zip(*(row[:count] for row in rows), strict=True)]
    labels = [row[count] for row in rows]
    intercept, weights = learning.logistic(columns, labels, [1.0] * len(rows), penalty=0)
    return {"late": {"intercept": intercept, "weights": dict(zip(FEATURES, weights, strict=True))}}
