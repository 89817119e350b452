"""Opportunities from ``crm_*.csv``: accounts, products, teams and the pipeline."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from odoo import Command
from odoo.tools import SQL

from .table import InputError, read_rows

FILES = {
    "crm_accounts.csv": ("account", "office_location", "subsidiary_of"),
    "crm_products.csv": ("product", "sales_price"),
    "crm_sales_teams.csv": ("sales_agent", "manager", "regional_office"),
    "crm_sales_pipeline.csv": (
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ),
}
STAGES = ("Prospecting", "Engaging", "Won", "Lost")
BATCH = 1000


class Opportunity(NamedTuple):
    number: str
    agent: str
    product: str
    account: str
    stage: str
    engaged: date | None
    closed: date | None
    value: float


class Sales(NamedTuple):
    accounts: list
    prices: dict
    agents: list
    opportunities: list


def read_opportunities(folder):
    """What the files of a folder say.

    An opportunity is worth what it was closed for; one that is open or lost, its product's price.

    :raise InputError: names the file, the line and the column
    """
    rows = {name: read_rows(Path(folder) / name, {}, columns) for name, columns in FILES.items()}
    found, problems, prices = [], [], {}
    for line, row in rows["crm_products.csv"]:
        try:
            prices[row["product"]] = _amount("sales_price", row["sales_price"])
        except ValueError as error:
            problems.append(f"crm_products.csv, line {line}, {error}.")
    if problems:
        raise InputError("\n".join(problems[:20]))
    names = {product.replace(" ", ""): product for product in prices}
    agents = [row for _line, row in rows["crm_sales_teams.csv"]]
    known = {row["sales_agent"] for row in agents}
    for line, row in rows["crm_sales_pipeline.csv"]:
        try:
            found.append(_opportunity(row, names, prices, known))
        except ValueError as error:
            problems.append(f"crm_sales_pipeline.csv, line {line}, {error}.")
    if problems:
        raise InputError("\n".join(problems[:20]))
    return Sales([row for _line, row in rows["crm_accounts.csv"]], prices, agents, found)


def _opportunity(row, names, prices, agents):
    product = names.get(row["product"].replace(" ", ""))
    if not product:
        raise ValueError(f"column product: “{row['product']}” is not in crm_products.csv; add it there")
    if row["sales_agent"] not in agents:
        raise ValueError(f"column sales_agent: “{row['sales_agent']}” is not in crm_sales_teams.csv; add it there")
    if row["deal_stage"] not in STAGES:
        raise ValueError(f"column deal_stage: “{row['deal_stage']}” is none of {', '.join(STAGES)}; correct it")
    closed = _day("close_date", row["close_date"])
    if (row["deal_stage"] in ("Won", "Lost")) != bool(closed):
        raise ValueError("column close_date: what is won or lost has one, nothing else; correct it")
    return Opportunity(
        row["opportunity_id"],
        row["sales_agent"],
        product,
        row["account"],
        row["deal_stage"],
        _day("engage_date", row["engage_date"]),
        closed,
        _amount("close_value", row["close_value"]) if row["deal_stage"] == "Won" else prices[product],
    )


def _amount(column, text):
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"column {column}: “{text}” is no number like 550.0; correct it") from None


def _day(column, text):
    try:
        return datetime.strptime(text, "%d-%m-%Y").date() if text else None
    except ValueError:
        raise ValueError(f"column {column}: “{text}” is no date like 31-12-2016; correct it") from None


def is_loaded(env):
    """Whether the opportunities are in the database already."""
    return bool(env["crm.lead"].with_context(active_test=False).search_count([("referred", "!=", False)], limit=1))


def load(env, sales):
    """Make them, through the ORM; the dates, which Odoo takes from the clock, by SQL."""
    quiet = {"tracking_disable": True, "no_reset_password": True, "mail_activity_quick_update": True}
    env = env(context={**env.context, **quiet})
    customers = _customers(env, sales.accounts)
    teams, agents = _teams(env, sales.agents)
    stages = _stages(env)
    env["product.product"].create([{"name": name, "list_price": price} for name, price in sales.prices.items()])
    leads = env["crm.lead"]
    for at in range(0, len(sales.opportunities), BATCH):
        leads |= leads.create(
            [
                {
                    "type": "opportunity",
                    "name": " · ".join(filter(None, [one.product, one.account])),
                    "referred": one.number,
                    "partner_id": customers.get(one.account, False),
                    "user_id": agents[one.agent],
                    "team_id": teams[one.agent],
                    "stage_id": stages[one.stage],
                    "expected_revenue": one.value,
                }
                for one in sales.opportunities[at : at + BATCH]
            ]
        )
    pairs = list(zip(leads, sales.opportunities, strict=True))
    leads.browse(lead.id for lead, one in pairs if one.stage == "Lost").action_set_lost()
    env.flush_all()
    rows = SQL(", ").join(SQL("(%s, %s::date, %s::date)", lead.id, one.engaged, one.closed) for lead, one in pairs)
    env.cr.execute(
        SQL(
            """UPDATE crm_lead d SET create_date = COALESCE(x.engaged + interval '12 hours', create_date),
                                     date_closed = x.closed + interval '12 hours'
                 FROM (VALUES %s) AS x(id, engaged, closed) WHERE x.id = d.id""",
            rows,
        )
    )
    env.invalidate_all()


def _customers(env, accounts):
    partners = env["res.partner"].create([{"name": row["account"], "is_company": True} for row in accounts])
    by_name = {partner.name: partner for partner in partners}
    for row in accounts:
        if row["subsidiary_of"]:
            by_name[row["account"]].parent_id = by_name.get(row["subsidiary_of"])
    return {name: partner.id for name, partner in by_name.items()}


def _teams(env, rows):
    """(team, user) ids by the salesperson's name; a team is a manager's."""
    managers = {row["manager"]: row["regional_office"] for row in rows}
    teams = env["crm.team"].create([{"name": f"{name} ({region})"} for name, region in managers.items()])
    by_manager = dict(zip(managers, teams, strict=True))
    salesperson = env.ref("sales_team.group_sale_salesman").id
    users = env["res.users"].create(
        [
            {
                "name": row["sales_agent"],
                "login": row["sales_agent"].lower().replace(" ", "."),
                "group_ids": [Command.link(salesperson)],
            }
            for row in rows
        ]
    )
    pairs = list(zip(rows, users, strict=True))
    env["crm.team.member"].create(
        [{"crm_team_id": by_manager[row["manager"]].id, "user_id": user.id} for row, user in pairs]
    )
    return (
        {row["sales_agent"]: by_manager[row["manager"]].id for row in rows},
        {row["sales_agent"]: user.id for row, user in pairs},
    )


def _stages(env):
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
    open_stages = env["crm.stage"].create([{"name": name, "sequence": at} for at, name in enumerate(STAGES[:2])])
    prospecting, engaging = open_stages.ids
    return {"Prospecting": prospecting, "Engaging": engaging, "Won": won.id, "Lost": engaging}
