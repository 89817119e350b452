"""The file of invoices: read by its mapping, with all that is wrong with it."""

import csv
import io
import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

#: What a mapping names in [columns]; the last may be left out.
COLUMNS = ("number", "customer", "date", "due", "amount", "settled", "disputed")
#: Wrong rows that are told of at once.
ENOUGH = 20


class InputError(Exception):
    """What is wrong with the input: sentences with line and column that say what to do."""


class Invoice(NamedTuple):
    line: int
    number: str
    customer: str
    date: date
    due: date
    amount: Decimal
    settled: date | None
    disputed: bool = False


def read_mapping(path):
    """A mapping as a dict; see ``mappings/receivables.toml``."""
    try:
        mapping = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"The mapping {path} can't be read: {error}") from error
    missing = [name for name in COLUMNS[:-1] if name not in mapping.get("columns", {})]
    missing += [f"[{rule}]" for rule in ("dispute", "promise") if rule not in mapping]
    if missing:
        raise InputError(f"The mapping {path} lacks {', '.join(missing)}; compare dev/replaying/mappings.")
    return mapping


def read_rows(path, mapping, columns):
    """(line, row as dict) of a CSV file that has all ``columns``."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}. Name a CSV file.") from error
    encoding = mapping.get("encoding", "utf-8")
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        line = raw.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise InputError(
            f"{path.name}, line {line}: not {encoding}. Save the file as {encoding}, or name its encoding in the mapping."
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mapping.get("delimiter", ","))
    missing = [name for name in columns if name not in (reader.fieldnames or [])]
    if missing:
        raise InputError(
            f"{path.name}, line 1: no column {', '.join(missing)}, only {', '.join(reader.fieldnames or ['nothing'])}. "
            "Name the file's columns and its delimiter in the mapping."
        )
    return [(reader.line_num, row) for row in reader]


def read_invoices(path, mapping):
    """The invoices of a file, by date.

    :raise InputError: names each wrong line, the column, and what to do
    """
    columns = mapping["columns"]
    rows = read_rows(path, mapping, columns.values())
    invoices, problems, seen = [], [], {}
    for line, row in rows:
        try:
            invoice = _read(line, row, mapping)
            first = seen.setdefault(invoice.number, line)
            if first != line:
                raise Wrong("number", f"{invoice.number} stands in line {first} already; give each invoice its own")
            invoices.append(invoice)
        except Wrong as wrong:
            name, reason = wrong.args
            problems.append(f"{path.name}, line {line}, column {columns[name]}: {reason}.")
    if not rows:
        problems.append(f"{path.name}, line 2: no invoice. Give the file one row an invoice.")
    if problems:
        more = [f"… and {len(problems) - ENOUGH} more."] if len(problems) > ENOUGH else []
        raise InputError("\n".join(problems[:ENOUGH] + more))
    return sorted(invoices, key=lambda invoice: (invoice.date, invoice.line))


class Wrong(Exception):
    """(name of the column in the mapping, what is wrong and what to do)"""


def _read(line, row, mapping):
    texts = {name: (row[column] or "").strip() for name, column in mapping["columns"].items()}
    for name in ("number", "customer"):
        if not texts[name]:
            raise Wrong(name, "is empty; fill it in")
    dates = {name: _date(name, texts[name], mapping["date_format"]) for name in ("date", "due", "settled")}
    if dates["due"] < dates["date"]:
        raise Wrong("due", f"{texts['due']} is before the invoice's date {texts['date']}; correct one of them")
    if dates["settled"] and dates["settled"] < dates["date"]:
        raise Wrong("settled", f"{texts['settled']} is before the invoice's date {texts['date']}; correct one of them")
    return Invoice(
        line=line,
        number=texts["number"],
        customer=texts["customer"],
        amount=_amount(texts["amount"]),
        disputed=_flag("disputed", texts.get("disputed"), mapping),
        **dates,
    )


def _date(name, text, pattern):
    if name == "settled" and not text:
        return None
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        raise Wrong(name, f"“{text}” is no date like {pattern}; correct it, or date_format in the mapping") from None


def _amount(text):
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise Wrong("amount", f"“{text}” is no number; write it like 1234.56")
    if amount <= 0:
        raise Wrong("amount", f"{text} is not above 0; leave out credit notes and empty invoices")
    if amount != round(amount, 2):
        raise Wrong("amount", f"{text} has more than two decimals; round it")
    return amount


def _flag(name, text, mapping):
    if text is None:
        return False
    values = mapping.get("values", {}).get(name, {})
    if text not in values:
        raise Wrong(name, f"“{text}” is none of {', '.join(values)}; correct it, or [values] in the mapping")
    return values[text]
