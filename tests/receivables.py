"""A small file of invoices in the format of receivables.csv, and replays of it."""

import csv
import os
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

from odoo.tools import file_path

from ..dev.replaying.table import read_invoices, read_mapping

HEADER = [
    "countryCode",
    "customerID",
    "PaperlessDate",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
    "DaysToSettle",
    "DaysLate",
]
FIRST = date(2012, 1, 3)
#: Days from due to settled: early, late, very late.
LATE = (-3, 0, 2, 6, 9, 14, 20)
#: Closer together than in the example's mapping, for a shorter file.
RULES = {"dispute": {"opened_after": 4, "resolved_before": 2}, "promise": {"made_after_due": 5, "promised_for": 3}}


def example_mapping():
    """Where the repository's mapping is."""
    root = Path(file_path("lead_to_cash/__manifest__.py")).parent
    return root / "dev" / "replaying" / "mappings" / "receivables.toml"


def generated_rows(count=24, customers=5, seed=7):
    """Rows as dicts; the same for the same seed."""
    pick = random.Random(seed)
    for number in range(count):
        issued = FIRST + timedelta(days=pick.randrange(12))
        due = issued + timedelta(days=7)
        settled = due + timedelta(days=LATE[number % len(LATE)])
        yield {
            "countryCode": "391",
            "customerID": f"CUST-{number % customers}",
            "PaperlessDate": "1/1/2012",
            "invoiceNumber": str(1000 + number),
            "InvoiceDate": us(issued),
            "DueDate": us(due),
            "InvoiceAmount": f"{pick.randrange(500, 20000) / 100:.2f}",
            "Disputed": "Yes" if number % 4 == 1 else "No",
            "SettledDate": us(settled),
            "PaperlessBill": "Paper",
            "DaysToSettle": str((settled - issued).days),
            "DaysLate": str(max((settled - due).days, 0)),
        }


def us(day):
    return f"{day.month}/{day.day}/{day.year}"


def write_file(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)


def generated():
    """(invoices, mapping) of a generated file."""
    mapping = read_mapping(example_mapping()) | RULES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invoices.csv"
        write_file(path, generated_rows())
        return read_invoices(path, mapping), mapping


def real_folder(test):
    """The folder of the real files, or the test is skipped."""
    folder = os.environ.get("L2C_DATA")
    if not folder:
        test.skipTest("L2C_DATA names no folder with receivables.csv and crm_*.csv")
    return Path(folder)
