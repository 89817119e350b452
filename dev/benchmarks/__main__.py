"""Runs the parts that are named, or all, and prints their figures."""

import argparse
import json

import odoo.tests
from odoo.tools import config

PARTS = ("install", "dunning", "hosts", "sales", "leads", "desk", "letters", "reporting", "foresight")


def main():
    parser = argparse.ArgumentParser(prog="dev/bench")
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--database", required=True, help=argparse.SUPPRESS)
    parser.add_argument("part", nargs="?", choices=PARTS, help="all parts when left out")
    parser.add_argument("--documents", type=int, default=10_000, help="leads, orders and invoices each")
    parser.add_argument("--invoices", type=int, default=10_000, help="posted invoices of the company")
    parser.add_argument("--leads", type=int, default=1_000_000, help="leads behind the call list")
    parser.add_argument(
        "--before", metavar="DIR", help="leads: a checkout of an older release to compare the page with"
    )
    parser.add_argument("--only-call-list", action="store_true", help="leads: without what the addon costs CRM")
    parser.add_argument(
        "--desk-invoices", type=int, default=100_000, help="invoices behind the collector's desk and the reports"
    )
    parser.add_argument(
        "--documents-settled",
        type=int,
        default=1_000_000,
        help="settled documents behind the forecasts of a tenth as many",
    )
    parser.add_argument("--no-peer", dest="peer", action="store_false", help="measure without the peer")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    config.parse_config(["-c", options.config, "-d", options.database, "--log-level=critical"])
    odoo.modules.module.initialize_sys_path()
    from odoo.addons.lead_to_cash.tests import real, shells

    from . import desk, dunning, foresight, hosts, install, leads, letters, reporting, sales

    real.WAIT = shells.WAIT = 6 * 60 * 60  # what is measured may take its time
    parts = dict(zip(PARTS, (install, dunning, hosts, sales, leads, desk, letters, reporting, foresight), strict=True))
    figures = {}
    for name in [options.part] if options.part else parts:
        figures.update(parts[name].measure(options))
    for name, value in figures.items():
        if "\n" not in str(value):  # plans are for the file
            print(f"{name:>24}  {value}")  # pylint: disable=print-used
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=2)


main()
