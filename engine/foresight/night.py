"""What a night writes: the forecasts of the open documents."""

from odoo.tools import SQL

from .features import features
from .persons import is_left_out
from .scoring import forecasts, predicted
from .states import DOCUMENTS, states

#: What a forecast says; the same names in the table.
SAID = (
    "late_1",
    "late_30",
    "late_60",
    "expected_days_late",
    "paid_early",
    "paid_likely",
    "paid_latest",
    "reasons",
)


def store(company_id, model, version, day, uid, now):
    """SQL that writes the forecasts of the documents of a company that are open at the end of a day: one each, in the
    place of its last."""
    names = [SQL.identifier(name) for name in ("partner_id", "as_of", "version", *SAID, "write_uid", "write_date")]
    return SQL(
        """
        INSERT INTO payment_forecast (move_id, company_id, create_uid, create_date, %(names)s)
        SELECT move_id, %(company)s, %(uid)s, %(now)s, partner_id, %(day)s, %(version)s, %(said)s, %(uid)s, %(now)s
          FROM (%(forecasts)s) f
   ON CONFLICT (move_id) DO UPDATE SET company_id = EXCLUDED.company_id, %(changes)s
        """,
        names=SQL(", ").join(names),
        said=SQL(", ").join(SQL.identifier(name) for name in SAID),
        changes=SQL(", ").join(SQL("%s = EXCLUDED.%s", name, name) for name in names),
        company=company_id,
        uid=uid,
        now=now,
        day=day,
        version=version,
        forecasts=forecasts(
            predicted(features(states(_open(company_id, day))), model, day, SQL("in_dispute")), model, day
        ),
    )


def _open(company_id, day):
    """SQL for the documents that are open at the end of a day, with all that is known by then; none of who
    isn't judged."""
    return SQL(
        """SELECT d.id, d.customer_id, d.segment, d.amount, d.issued, d.due, d.in_dispute, %(day)s::date + 1 AS day
             FROM %(documents)s d JOIN res_partner cp ON cp.id = d.customer_id JOIN res_company c ON c.id = %(company)s
            WHERE (d.closed <= %(day)s) IS NOT TRUE AND d.amount > 0 AND NOT %(left_out)s""",
        documents=DOCUMENTS,
        day=day,
        company=company_id,
        left_out=is_left_out(),
    )


def forget(company_id, day):
    """SQL that ends the forecasts of a company that the night of a day didn't write: of documents that are paid."""
    return SQL("DELETE FROM payment_forecast WHERE company_id = %s AND as_of != %s", company_id, day)
