"""The tables as pictures."""

import logging

import matplotlib as mpl

mpl.use("agg")
logging.getLogger("matplotlib").setLevel(logging.WARNING)
import matplotlib.pyplot as plt  # noqa: E402

#: table: (stacked bars or lines, which of its columns; all when None)
CHARTS = {
    "notices": ("bars", None),
    "decisions": ("flat", ["item days"]),
    "ageing": ("bars", slice(1, -2)),
    "metrics": ("lines", ["DSO", "Best Possible DSO", "Average Days Delinquent", "DSO, Count-back"]),
    "paying": ("bars", ["items"]),
    "effect": ("bars", ["per cent"]),
    "win_rate": ("lines", ["per cent", "per cent by value"]),
}


def draw(tables, folder):
    """One PNG a table."""
    for name, table in tables.items():
        kind, wanted = CHARTS[name]
        columns = table.header[wanted] if isinstance(wanted, slice) else wanted or table.header[1:]
        figure, axes = plt.subplots(figsize=(10, 5), layout="constrained")
        _plot(axes, kind, table, columns)
        axes.set_title(table.title)
        if len(columns) > 1:  # beside the bars, where it hides none
            figure.legend(*map(reversed, axes.get_legend_handles_labels()), loc="outside right upper", fontsize="small")
        figure.savefig(folder / f"{name}.png", dpi=120)
        plt.close(figure)


def _plot(axes, kind, table, columns):
    labels = [row[0] for row in table.rows]
    values = {name: [_number(row[table.header.index(name)]) for row in table.rows] for name in columns}
    if kind == "flat":
        axes.barh(labels[::-1], values[columns[0]][::-1])
        axes.set_xlabel(columns[0])
        return
    bottom = [0.0] * len(labels)
    for name, numbers in values.items():
        if not any(numbers):
            continue  # what there never is needs no place in the legend
        if kind == "lines":
            axes.plot(labels, numbers, marker=".", label=name)
        else:
            axes.bar(labels, numbers, bottom=bottom, label=name)
            bottom = [below + number for below, number in zip(bottom, numbers, strict=True)]
    if any(bottom):
        axes.set_ylim(0, 1.05 * max(bottom))
    axes.tick_params(axis="x", rotation=60 if len(labels) > 8 else 0, labelsize="small")
    if len(columns) == 1:
        axes.set_ylabel(columns[0])


def _number(cell):
    return float(cell) if cell != "" else float("nan")
