"""What the replay found: tables on the screen and as CSV, charts as PNG."""

import csv
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

#: An item was paid by a notice's effect when it was paid within so many days of it.
EFFECT_DAYS = 14


class Table(NamedTuple):
    name: str
    title: str
    header: list
    rows: list


def write(env, until, folder):
    """Print and save all tables and charts."""
    env = env(context={**env.context, "l2c_today": fields.Date.to_string(until)})
    env.flush_all()
    env.invalidate_all()
    tables = [make(env, until) for make in (notices, decisions, ageing, metrics, paying, effect, win_rate)]
    folder.mkdir(parents=True, exist_ok=True)
    for table in filter(lambda table: table.rows, tables):
        _print(table)
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(table.header)
            writer.writerows(table.rows)
    from .charts import draw

    draw({table.name: table for table in tables if table.rows}, folder)
    print(f"\nTables and charts are in {folder}")  # pylint: disable=print-used


def notices(env, _until):
    """Items reminded by level and month."""
    rows = env.execute_query(
        SQL(
            """SELECT to_char(n.date, 'YYYY-MM'), v.sequence, v.id, COUNT(*)
                 FROM dunning_notice_line l JOIN dunning_notice n ON n.id = l.notice_id
                 JOIN dunning_level v ON v.id = l.level_id
                WHERE n.state != 'cancelled' AND n.company_id = %s GROUP BY 1, 2, 3""",
            env.company.id,
        )
    )
    levels = sorted({(sequence, level) for _month, sequence, level, _count in rows})
    names = {level.id: level.name for level in env["dunning.level"].browse([level for _seq, level in levels])}
    counts = {(month, level): count for month, _sequence, level, count in rows}
    months = sorted({month for month, *_rest in rows})
    return Table(
        "notices",
        "Items reminded, by level and month",
        ["month", *(names[level] for _sequence, level in levels)],
        [[month, *(counts.get((month, level), 0) for _sequence, level in levels)] for month in months],
    )


def decisions(env, until):
    """Why items were (not) chased: decisions, items, and days for which each held."""
    rows = env.execute_query(
        SQL(
            """SELECT code, COUNT(*), COUNT(DISTINCT move_line_id), SUM(ends - date)
                 FROM (SELECT d.code, d.move_line_id, d.date,
                              COALESCE(LEAD(d.date) OVER (PARTITION BY d.move_line_id ORDER BY d.date, d.id),
                                       LEAST(%(until)s + 1, paid.date)) AS ends
                         FROM dunning_decision d
                    LEFT JOIN (SELECT p.debit_move_id, MAX(p.max_date) AS date
                                 FROM account_partial_reconcile p JOIN account_move_line l ON l.id = p.debit_move_id
                                WHERE l.reconciled GROUP BY 1) paid ON paid.debit_move_id = d.move_line_id
                        WHERE d.company_id = %(company)s) x
             GROUP BY 1 ORDER BY 4 DESC""",
            until=until,
            company=env.company.id,
        )
    )
    labels = dict(env["dunning.decision"]._fields["code"]._description_selection(env))
    return Table(
        "decisions",
        "Why items were or were not chased",
        ["decision", "decisions", "items", "item days"],
        [[labels[code], *map(int, counts)] for code, *counts in rows],
    )


def month_ends(env, until):
    """The ends of the months from the first receivable to the last day."""
    return [row.day_end for row in env["receivable.metrics"].search([("day_end", "<=", until)], order="month")]


def ageing(env, until):
    model = env["receivable.ageing"]
    names = ["not_due", "age_1", "age_2", "age_3", "age_4", "credits", "residual"]
    labels = model.fields_get(names, ["string"])
    rows = []
    for day in month_ends(env, until):
        as_at = model.with_context(l2c_as_at=fields.Date.to_string(day))
        [sums] = as_at._read_group([], aggregates=[f"{name}:sum" for name in names])
        rows.append([str(day), *(f"{amount or 0:.2f}" for amount in sums)])
    return Table("ageing", "Ageing at each month's end", ["as at", *(labels[name]["string"] for name in names)], rows)


def metrics(env, until):
    names = ["sales", "closing", "not_due", "dso", "best_dso", "days_delinquent", "count_back", "cei"]
    labels = env["receivable.metrics"].fields_get(names, ["string"])
    rows = env["receivable.metrics"].search([("day_end", "<=", until)], order="month")
    return Table(
        "metrics",
        "DSO and collection effectiveness",
        ["as at", *(labels[name]["string"] for name in names)],
        [[str(row.day_end), *(_figure(row, name) for name in names)] for row in rows],
    )


def _figure(row, name):
    empty = name in ("dso", "best_dso", "days_delinquent") and row.sales <= 0
    return "" if empty else f"{row[name]:.2f}"


def paying(env, _until):
    """Days from the due date to the payment, in bands."""
    rows = env.execute_query(
        SQL(
            """SELECT width_bucket(days, ARRAY[1, 8, 15, 22, 31, 46, 61]), COUNT(*), SUM(amount), AVG(days)
                 FROM (SELECT MAX(p.max_date) - COALESCE(l.date_maturity, l.date) AS days, l.balance AS amount
                         FROM account_move_line l JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                         JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                        WHERE l.reconciled AND l.company_id = %s AND l.balance > 0 GROUP BY l.id) paid
             GROUP BY 1 ORDER BY 1""",
            env.company.id,
        )
    )
    bands = ["on time", "1-7", "8-14", "15-21", "22-30", "31-45", "46-60", "> 60"]
    return Table(
        "paying",
        "Days from due to paid",
        ["days", "items", "amount", "average days"],
        [[bands[band], count, f"{amount:.2f}", f"{days:.1f}"] for band, count, amount, days in rows],
    )


def effect(env, until):
    """Of the items that a level named, those fully paid within some days; the last notice
    before the payment counts. Notices that are younger than that are left out."""
    rows = env.execute_query(
        SQL(
            """SELECT v.id, COUNT(*), COUNT(*) FILTER (WHERE x.is_last AND x.paid - x.date <= %(days)s)
                 FROM (SELECT l.level_id, n.date, paid.date AS paid,
                              NOT EXISTS (SELECT 1 FROM dunning_notice_line l2
                                            JOIN dunning_notice n2 ON n2.id = l2.notice_id
                                           WHERE l2.move_line_id = l.move_line_id AND l2.level_id IS NOT NULL
                                             AND n2.state = 'sent' AND (n2.date, n2.id) > (n.date, n.id)
                                             AND n2.date <= paid.date) AS is_last
                         FROM dunning_notice_line l JOIN dunning_notice n ON n.id = l.notice_id
                    LEFT JOIN (SELECT p.debit_move_id, MAX(p.max_date) AS date
                                 FROM account_partial_reconcile p JOIN account_move_line i ON i.id = p.debit_move_id
                                WHERE i.reconciled GROUP BY 1) paid ON paid.debit_move_id = l.move_line_id
                        WHERE n.state = 'sent' AND l.level_id IS NOT NULL AND n.company_id = %(company)s
                          AND n.date <= %(latest)s) x
                 JOIN dunning_level v ON v.id = x.level_id
             GROUP BY v.id, v.sequence ORDER BY v.sequence""",
            days=EFFECT_DAYS,
            company=env.company.id,
            latest=until - timedelta(days=EFFECT_DAYS),
        )
    )
    names = {level.id: level.name for level in env["dunning.level"].browse([row[0] for row in rows])}
    return Table(
        "effect",
        f"Effect of each level: items paid within {EFFECT_DAYS} days of it",
        ["level", "items", "paid", "per cent"],
        [[names[level], count, paid, f"{100 * paid / count:.1f}"] for level, count, paid in rows],
    )


def win_rate(env, _until):
    aggregates = ["won_count:sum", "lost_count:sum", "count_rate:avg", "won_value:sum", "value_rate:avg"]
    groups = env["win.rate.report"]._read_group([], ["closed_date:month"], aggregates, order="closed_date:month")
    return Table(
        "win_rate",
        "Win rate by month of close",
        ["month", "won", "lost", "per cent", "won value", "per cent by value"],
        [
            [f"{month:%Y-%m}", won, lost, f"{rate:.1f}", f"{value:.2f}", f"{by_value or 0:.1f}"]
            for month, won, lost, rate, value, by_value in groups
        ],
    )


def _print(table):
    widths = [max(len(str(row[at])) for row in [table.header, *table.rows]) for at in range(len(table.header))]
    print(f"\n{table.title}")  # pylint: disable=print-used
    for row in [table.header, *table.rows]:
        first, *others = (str(cell) for cell in row)
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        print("  ".join(cells))  # pylint: disable=print-used
