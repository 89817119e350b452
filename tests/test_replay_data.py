"""Two years of real receivables and a year of opportunities, computed by pandas too. Files from
the folder ``L2C_DATA``; the generated file is always tested."""

import tempfile
from pathlib import Path

import pandas as pd
from odoo.tests import tagged
from odoo.tools import SQL

from .books.test_receivables import SUMS, ReceivablesCase
from .receivables import generated_rows, real_folder, write_file

LAST_DAY = "2014-01-31"


def multiply(env, record, rows):
    """Copies of a record's row in the database, each with what ``rows`` says otherwise; returns
    their ids, in the order of ``rows``."""
    env.flush_all()
    table = SQL.identifier(record._table)
    env.cr.execute(SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{record._table}_id_seq", len(rows)))
    ids = [row[0] for row in env.cr.fetchall()]
    changed = ["id", *rows[0]]
    types = {name: record._fields[name].column_type[0] for name in changed}
    columns = [name for name, field in record._fields.items() if field.store and field.column_type]
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s s, (VALUES %(rows)s) x (%(changed)s)"
            " WHERE s.id = %(seed)s",
            table=table,
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(
                SQL("x.%s::" + types[name], SQL.identifier(name))
                if name in changed
                else SQL("s.%s", SQL.identifier(name))
                for name in columns
            ),
            rows=SQL(", ").join(
                SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in (new_id, *row.values())))
                for new_id, row in zip(ids, rows, strict=True)
            ),
            changed=SQL(", ").join(map(SQL.identifier, changed)),
            seed=record.id,
        )
    )
    env.invalidate_all()
    return ids


class ByPandas:
    """Ageing and measures of invoices that are each paid at once, from the file alone."""

    def __init__(self, path):
        table = pd.read_csv(path)
        self.date, self.due, self.settled = (
            pd.to_datetime(table[name], format="%m/%d/%Y") for name in ("InvoiceDate", "DueDate", "SettledDate")
        )
        self.amount = table["InvoiceAmount"]
        self.table = table

    def open_at(self, day):
        return (self.date <= day) & (self.settled > day)

    def ageing(self, day):
        is_open, age = self.open_at(day), (day - self.due).dt.days
        edges = [(-10000, 0), (1, 30), (31, 60), (61, 90), (91, 10000)]
        sums = [self.amount[is_open & age.between(*edge)].sum() for edge in edges]
        return dict(zip(SUMS, [*sums, 0.0, self.amount[is_open].sum(), sum(sums[1:])], strict=True))

    def sales(self, month):
        return self.amount[self.date.dt.to_period("M") == month].sum()

    def measures(self, month):
        day = month.end_time.normalize()
        closing, not_due = self.ageing(day)["residual"], self.ageing(day)["not_due"]
        opening = self.amount[self.open_at((month - 1).end_time.normalize())].sum()
        sales, days = self.sales(month), month.days_in_month
        rest, back = closing, 0.0
        while rest > 0 and month >= self.date.min().to_period("M"):
            sold = self.sales(month)
            back += month.days_in_month * min(1, rest / sold) if sold else month.days_in_month
            rest, month = rest - sold, month - 1
        return {
            "closing": closing,
            "dso": closing / sales * days if sales else 0.0,
            "best_dso": not_due / sales * days if sales else 0.0,
            "days_delinquent": (closing - not_due) / sales * days if sales else 0.0,
            "count_back": back,
            "cei": (opening + sales - closing) / (opening + sales - not_due) * 100,
        }


@tagged("post_install", "-at_install")
class TestAgainstPandas(ReceivablesCase):
    def load(self, path):
        """The books of the file: one invoice and its payment by the ORM, the others copied."""
        seed = self.invoice(invoice_date="2012-01-01", due="2012-01-31")
        payment = self.pay_on(seed, "2012-02-10").move_id
        table = pd.read_csv(path, dtype=str)
        facts = ByPandas(path)
        iso = {name: getattr(facts, name).dt.strftime("%Y-%m-%d") for name in ("date", "due", "settled")}
        rows = list(zip(table["InvoiceAmount"], iso["date"], iso["due"], iso["settled"], strict=True))
        self.copy_books(seed, payment, rows)

    def copy_books(self, seed, payment, rows):
        env = self.env
        debit, credit = (
            move.line_ids.filtered(lambda line: line.account_type == "asset_receivable") for move in (seed, payment)
        )
        moves = multiply(
            env,
            seed,
            [
                {
                    "amount_total_signed": amount,
                    "invoice_date": date,
                    "date": date,
                    "name": f"R/{at}",
                    "sequence_number": at,
                }
                for at, (amount, date, _due, _settled) in enumerate(rows)
            ],
        )
        payments = multiply(
            env,
            payment,
            [{"date": row[3], "name": f"P/{at}", "sequence_number": at} for at, row in enumerate(rows)],
        )
        debits = multiply(
            env,
            debit,
            [
                {"move_id": move, "balance": amount, "date": date, "date_maturity": due}
                for move, (amount, date, due, _settled) in zip(moves, rows, strict=True)
            ],
        )
        credits = multiply(
            env,
            credit,
            [
                {"move_id": move, "balance": f"-{amount}", "date": settled, "date_maturity": settled}
                for move, (amount, _date, _due, settled) in zip(payments, rows, strict=True)
            ],
        )
        partials = zip(debits, credits, rows, strict=True)
        multiply(
            env,
            debit.matched_credit_ids,
            [
                {
                    "debit_move_id": debit_id,
                    "credit_move_id": credit_id,
                    "amount": row[0],
                    "max_date": max(row[1], row[3]),
                }
                for debit_id, credit_id, row in partials
            ],
        )
        env.cr.execute(SQL("DELETE FROM account_partial_reconcile WHERE debit_move_id = %s", debit.id))
        env.cr.execute(SQL("DELETE FROM account_move_line WHERE move_id IN %s", (seed.id, payment.id)))
        env.cr.execute(SQL("UPDATE account_move SET state = 'cancel' WHERE id IN %s", (seed.id, payment.id)))
        env.cr.execute("ANALYZE account_move_line, account_partial_reconcile")
        env.invalidate_all()

    def compare(self, path):
        self.load(path)
        facts = ByPandas(path)
        rows = {str(row.day_end): row for row in self.metrics(LAST_DAY)}
        months = pd.period_range(facts.date.min(), facts.date.max(), freq="M")
        for month in months:
            day = month.end_time.normalize()
            with self.subTest(month=str(month)):
                sums, expected = self.sums(str(day.date())), facts.ageing(day)
                for name, amount in expected.items():
                    self.assertAlmostEqual(sums[name] or 0.0, amount, 2, name)
                self.assertAlmostEqual(self.ledger(str(day.date())), expected["residual"], 2)
                for name, value in facts.measures(month).items():
                    self.assertAlmostEqual(rows[str(day.date())][name], value, 4, name)
        return months

    def test_generated(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "invoices.csv"
            write_file(path, generated_rows(count=200))
            self.assertEqual(len(self.compare(path)), 1)

    def test_two_years(self):
        self.assertEqual(len(self.compare(real_folder(self) / "receivables.csv")), 24)

    def test_win_rate(self):
        folder = real_folder(self)
        facts = pd.read_csv(folder / "crm_sales_pipeline.csv")
        prices = pd.read_csv(folder / "crm_products.csv").set_index("product")["sales_price"]
        facts = facts[facts["deal_stage"].isin(["Won", "Lost"])].copy()
        price = facts["product"].replace({"GTXPro": "GTX Pro"}).map(prices)
        facts["won"] = facts["deal_stage"] == "Won"
        facts["value"] = facts["close_value"].where(facts["won"], price).astype(float)
        facts["day"] = pd.to_datetime(facts["close_date"], format="%d-%m-%Y")
        self.load_opportunities(facts)
        groups = self.env["win.rate.report"]._read_group(
            [("company_id", "=", self.company.id)],
            ["closed_date:month"],
            ["won_count:sum", "lost_count:sum", "count_rate:avg", "value_rate:avg"],
        )
        found = {f"{month:%Y-%m}": counts for month, *counts in groups}
        by_month = facts.groupby(facts["day"].dt.strftime("%Y-%m"))
        self.assertEqual(set(found), set(by_month.groups))
        for month, part in by_month:
            with self.subTest(month=month):
                won, lost, rate, by_value = found[month]
                self.assertEqual((won, lost), (part["won"].sum(), (~part["won"]).sum()))
                self.assertAlmostEqual(rate, part["won"].mean() * 100, 6)
                self.assertAlmostEqual(by_value, part["value"][part["won"]].sum() / part["value"].sum() * 100, 6)

    def load_opportunities(self, facts):
        """One won, one lost by the ORM, the others copied."""
        for is_won in (True, False):
            lead = self.lead(company_id=self.company.id)
            if is_won:
                lead.action_set_won()
            else:
                lead.action_set_lost()
            part = facts[facts["won"] == is_won]
            rows = zip(part["day"].dt.strftime("%Y-%m-%d 12:00:00"), part["value"].tolist(), strict=True)
            multiply(self.env, lead, [{"date_closed": day, "expected_revenue": value} for day, value in rows])
            lead.unlink()
