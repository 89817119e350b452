"""dev/foresight: reads and checks the file, asks the engine, prints what it found."""

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

import odoo.init  # first: it makes the package's names
import psycopg2
from odoo import sql_db
from odoo.tools import config
from replaying.table import InputError, read_invoices, read_mapping

MAPPINGS = Path(__file__).parents[1] / "replaying" / "mappings"
RULES = {
    "model": "the model",
    "regression": "plain logistic regression",
    "own": "the customer's own rate",
    "average": "the company's average",
}


def main():
    options = _options()
    try:
        named = MAPPINGS / f"{options.file.stem}.toml"
        mapping = read_mapping(options.mapping or (named if named.exists() else MAPPINGS / "receivables.toml"))
        invoices = read_invoices(options.file, mapping)
    except InputError as error:
        sys.exit(f"dev/foresight: {error}")
    config.parse_config(["-c", options.config, "-d", options.database, "--log-level=error"])
    odoo.modules.module.initialize_sys_path()
    from .choosing import choose, in_use
    from .judging import SETTINGS, judge, lay_out

    split = options.split or max(invoice.date for invoice in invoices) - timedelta(365)
    _make_database(options.database)
    with sql_db.db_connect(options.database).cursor() as cr:
        lay_out(cr, invoices)
        if options.choose:
            _tell_settings(choose(cr, split), in_use())
        found = judge(cr, invoices, split)
    sql_db.close_all()
    _tell(found, split, SETTINGS)
    if options.output and found["tenths"]:
        from .picture import draw

        options.output.mkdir(parents=True, exist_ok=True)
        print(draw(found, options.output))  # pylint: disable=print-used


def _options():
    parser = argparse.ArgumentParser(prog="dev/foresight")
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--database", required=True, help=argparse.SUPPRESS)
    parser.add_argument("file", type=Path, help="the invoices, as CSV")
    parser.add_argument("--mapping", type=Path, help="which column is which; by the file's name, else receivables.toml")
    parser.add_argument("--split", type=date.fromisoformat, help="the first day that is asked about, YYYY-MM-DD")
    parser.add_argument("--output", type=Path, help="where the calibration is drawn (PNG)")
    parser.add_argument("--choose", action="store_true", help="also try other settings on the part before --split")
    return parser.parse_args()


def _make_database(name):
    """An empty one, for tables of a transaction."""
    connection = psycopg2.connect(**sql_db.connection_info_for("postgres")[1])
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute(f'CREATE DATABASE "{name}"')
    connection.close()


def _tell_settings(tried, chosen):
    say = print
    say(f"the best of {len(tried)} settings, forward in time before the split; * those in use")
    say(f"{'loss':>10}{'Brier':>8}{'lately':>8}{'shrunk':>8}{'penalty':>9}{'teaching':>10}")
    for place, (loss, brier, *setting) in enumerate(tried):
        if place < 8 or tuple(setting) == chosen:
            lately, shrinkage, penalty, teaching = setting
            mark = "*" if tuple(setting) == chosen else " "
            say(f"{mark} {loss:8.4f}{brier:8.4f}{lately:8}{shrinkage:8}{penalty:9}{teaching:10}")
    say()


def _tell(found, split, settings):
    say = print
    say(f"learnt from {found['learnt_from']} documents that were settled before {split}")
    say(f"asked about {found['documents']} that were issued from then on, of which {found['late']} late")
    if not found["own"]:
        say("too few to measure: 50 are needed, and 10 late and 10 in time")
        return
    say(f"\n{'':28}{'AUC':>8}{'Brier':>8}{'ECE':>8}")
    for rule, name in RULES.items():
        if found[rule]:
            say(f"{name:28}" + "".join(f"{found[rule][figure]:8.3f}" for figure in ("auc", "brier", "ece")))
    if found["model"]:
        say("\nthe model less (AUC: more is better; Brier: less is better), with what 95 % of 2,000 drawings give")
        for (rule, figure), (low, middle, high) in found.get("differences", {}).items():
            say(f"{RULES[rule]:28}{figure.upper():>6} {middle:+.4f}  ({low:+.4f} to {high:+.4f})")
        say("\ncalibration by tenths:  foreseen   late   documents")
        for chance, share, count in found["tenths"]:
            say(f"{'':24}{chance:7.1%}{share:8.1%}{count:10}")
        say("\nthe model " + ("wins: it would be used" if found["wins"] else "doesn't win: the own rate would be used"))
    say("\nsettings, by cross-validation on the part that is learnt from (docs/foresight.md)")
    for name, value in settings.items():
        say(f"  {name}: {value}")


main()
