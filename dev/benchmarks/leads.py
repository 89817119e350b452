"""What the addon costs CRM, and how fast the call list opens on a database with many leads."""

import contextlib
import os
import tempfile
from pathlib import Path

from odoo.tools import config

from .databases import copy_of, figures, install, ratio, with_and_without

COUNT = 1000
USERS = 50
CONTACTS = 50000
EMAILS = 1000000
#: Beside an older release, the lists are opened in turns of both: the machine may be slower for minutes.
TURNS = 4

#: Leads to move.
PREPARE = """
env['crm.lead'].create([{'name': f'Host {n}', 'type': 'opportunity'} for n in range(COUNT)])
""".replace("COUNT", str(COUNT))

WORK = """
leads = env['crm.lead'].search([('name', 'like', 'Host ')])
first, second = env['crm.stage'].search([('is_won', '=', False)], limit=2)
assert len(leads) == COUNT and leads.stage_id == first
values = [{'name': f'Made {n}', 'type': 'opportunity', 'contact_name': f'Contact {n}', 'phone': f'+40 21 {n:07}',
           'email_from': f'made{n}@example.com', 'expected_revenue': n} for n in range(COUNT)]
found = []
for work in (lambda: env['crm.lead'].create(values), lambda: leads.write({'stage_id': second.id})):
    settle()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    settle()
    found += [time.perf_counter() - start, env.cr.sql_log_count - queries]
assert leads.stage_id == second
""".replace("COUNT", str(COUNT))

#: One lead in each situation, and the salespeople that the copies are shared out to.
SEED = """
env['res.users'].with_context(no_reset_password=True).create([{
    'name': f'Bench {n}', 'login': f'bench{n}', 'group_ids': [(4, env.ref('sales_team.group_sale_salesman').id)],
} for n in range(USERS)])
leads = env['crm.lead'].create([{
    'name': f'Bench {n}', 'type': 'opportunity', 'contact_name': 'Contact', 'phone': '+40 21 555 0120',
    'email_from': f'bench{n}@example.com', 'expected_revenue': 1,
} for n in range(11)])
leads[0:4].action_set_lost()
leads[4:7].action_set_won()
leads[8]._set_handling_role('no_answer')
leads[9]._set_handling_role('in_progress')
if 'response_goal' in leads:  # not in each release
    leads[10].sudo().write({'contact_basis': 'enquiry', 'response_goal': '2020-01-01 08:10:00'})
partner = env['res.partner'].create({'name': 'Bench', 'phone': '+40 21 555 0130'})
product = env['product.product'].create({'name': 'Bench', 'list_price': 10, 'taxes_id': False})
orders = env['sale.order'].create([
    {'partner_id': partner.id, 'client_order_ref': 'bench', 'order_line': [(0, 0, {'product_id': product.id})]}
    for n in range(2)])
orders[0].action_confirm()
orders[1].action_quotation_sent()
""".replace("USERS", str(USERS))

SOMEBODY = f"(SELECT min(id) FROM res_users WHERE login LIKE 'bench%%') + (random() * 1e6)::int %% {USERS}"
#: One of the contacts that there are; every fourth lead has one, the others an e-mail of theirs or of another lead.
CONTACT = f"(SELECT min(id) FROM res_partner WHERE name = 'Bench') + (random() * {CONTACTS})::int %% {CONTACTS}"
EMAIL = f"'bench' || (random() * {EMAILS})::int || '@example.com'"
#: Copies of the seeds: created within two years, the planned day from 10 days ago to 30 days on; of the enquiries
#: some in the last ten minutes.
SPREAD = {
    "res_partner": ("d.name = 'Bench'", {"user_id": SOMEBODY, "customer_status": "'customer'"}),
    "crm_lead": (
        "d.name LIKE 'Bench %%'",
        {
            "user_id": SOMEBODY,
            "create_date": "d.create_date - random() * interval '730 days'",
            "next_action_date": """CASE WHEN d.handling_role IN ('no_answer', 'contacted', 'in_progress')
                                        THEN d.create_date::date - 10 + (random() * 40)::int END""",
            "expected_revenue": "(random() * 20000)::int",
            "priority": "((random() * 3)::int)::varchar",
            "probability": "(random() * 100)::int",
            "partner_id": f"CASE WHEN random() < 0.25 THEN {CONTACT} END",
            "email_normalized": EMAIL,
            "response_goal": """CASE WHEN d.response_goal IS NOT NULL
                                    THEN now() AT TIME ZONE 'UTC' + interval '10 minutes'
                                         - random() * random() * random() * interval '730 days' END""",
        },
    ),
    "sale_order": (
        "d.client_order_ref = 'bench'",
        {
            "user_id": SOMEBODY,
            "next_action_date": "d.create_date::date - 10 + (random() * 40)::int",
            "access_token": "NULL",
            "partner_id": CONTACT,
        },
    ),
}

#: Each lead was new, some hours later in work, and every second one went on from there.
CHANGES = """
INSERT INTO handling_status_change
       (res_model, res_id, old_status_id, new_status_id, old_role, new_role, user_id, date, hours_in_old_status)
SELECT 'crm.lead', d.id, x.old_id, x.new_id, x.old_role, x.new_role, d.user_id, d.create_date + x.step * interval '1 day', 24
  FROM crm_lead d
 CROSS JOIN LATERAL (
       SELECT NULL::integer, s.id, NULL, 'new', 0 FROM handling_status s WHERE s.res_model = 'crm.lead' AND s.role = 'new'
        UNION ALL
       SELECT o.id, s.id, 'new', 'contacted', 1 FROM handling_status o, handling_status s
        WHERE o.res_model = 'crm.lead' AND o.role = 'new' AND s.res_model = 'crm.lead' AND s.role = 'contacted'
        UNION ALL
       SELECT o.id, s.id, 'contacted', 'in_progress', 2 FROM handling_status o, handling_status s
        WHERE o.res_model = 'crm.lead' AND o.role = 'contacted' AND s.res_model = 'crm.lead' AND s.role = 'in_progress'
          AND d.id % 2 = 0) x(old_id, new_id, old_role, new_role, step)
"""

#: Both lists as the screen asks for them: the fields of the list view, one page, the count as far as the view counts,
#: and language and time zone in the context (else Odoo reads its user anew for each page).
OPEN = """
from odoo.tools import SQL

def plan(model, domain):
    query = model._search(domain, limit=PAGE, order=model._order)
    fields = [name for name, field in model._fields.items() if field.column_type and field.store]
    select = query.select(*[model._field_to_sql(model._table, name, query) for name in fields])
    return chr(10).join(row for [row] in model.env.execute_query(SQL('EXPLAIN (ANALYZE) %s', select)))

found = {}
DOCUMENTS = eval(env.ref('lead_to_cash.call_list_line_action').domain)
LISTS = (('call_list', 'call.list.line', 'lead_to_cash.call_list_line_view_list', DOCUMENTS),
         ('pipeline', 'crm.lead', 'crm.crm_case_tree_view_oppor', [('type', '=', 'opportunity')]))
user = env['res.users'].search([('login', '=', 'bench7')])
for who, reader, mine in (('user', user, [('user_id', '=', user.id)]), ('all', env.ref('base.user_admin'), [])):
    for key, name, view, domain in LISTS:
        model = env[name].with_user(reader).with_context(lang='en_US', tz='UTC')
        spec, asked = specification(model, view), domain + mine
        spec.pop('lead_properties', None)
        page = lambda: model.search_fetch(asked, spec, limit=PAGE)
        most = int(etree.fromstring(model.get_view(env.ref(view).id, 'list')['arch']).get('count_limit', 10000)) + 1
        screen = lambda: model.web_search_read(asked, spec, limit=PAGE, count_limit=most)
        result = screen()
        assert result['records'], (key, who)
        found |= {f'{key}_{who}_lines': result['length'], f'{key}_{who}_fetch_ms': seconds(page) * 1000,
                  f'{key}_{who}_screen_ms': seconds(screen) * 1000}
        if key == 'call_list':
            found[f'{key}_{who}_plan'] = plan(model, asked)
"""


#: What a night does for *Keep in touch*, first and again; and the report of conversions, as its pivot asks.
AROUND = """
touch = env['keep.in.touch']
def timed(work):
    start = time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start

found = {'keep_in_touch_first_s': timed(touch._follow_customers), 'keep_in_touch_nightly_s': timed(touch._follow_customers)}
found['keep_in_touch_rows'] = touch.search_count([])
report = env['lead.conversion.report'].with_user(env.ref('base.user_admin')).with_context(lang='en_US', tz='UTC')
pivot = lambda: report.formatted_read_group(
    [], ['status_id', 'next_status_id'], ['entered_count:sum', 'onward_rate:avg', 'hours:avg'])
assert pivot()
found['conversion_rows'] = report.search_count([])
found['conversion_pivot_s'] = seconds(pivot)
"""


def measure(options):
    return ({} if options.only_call_list else _hosts()) | _call_list(options.leads, options.before)


def _hosts():
    rounds = with_and_without(PREPARE, WORK)
    result = {}
    for index, work in enumerate(("create", "stage")):
        queries, plain_queries = (run[2 * index + 1] for run in rounds[-1])
        result |= ratio(rounds, work, 2 * index)
        result |= {f"{work}_queries": queries, f"{work}_plain_queries": plain_queries}
    return result


def _call_list(leads, before):
    with contextlib.ExitStack() as databases:
        database = databases.enter_context(copy_of(os.environ["L2C_TEMPLATE_DB"]))
        _fill(database, leads)
        older = databases.enter_context(_older(leads, before)) if before else None
        found, was = {}, {}
        for _turn in range(TURNS if older else 1):
            found = _faster(found, figures(database, OPEN))
            was = _faster(was, figures(older, OPEN)) if older else was
        database.query(CHANGES)
        database.query("ANALYZE handling_status_change")
        around = figures(database, AROUND)
    result = {"leads": leads} | {name: round(value, 3) for name, value in around.items()}
    if was:
        result |= _compared(found, was)
    for who in ("user", "all"):
        for what in ("fetch", "screen"):
            ours, pipeline = found[f"call_list_{who}_{what}_ms"], found[f"pipeline_{who}_{what}_ms"]
            result |= {
                f"call_list_{who}_{what}_ms": round(ours, 2),
                f"pipeline_{who}_{what}_ms": round(pipeline, 2),
                f"call_list_{who}_{what}_ratio": round(ours / pipeline, 3),
            }
        result |= {f"{name}_{who}_lines": found[f"{name}_{who}_lines"] for name in ("call_list", "pipeline")}
    result["call_list_plan"] = "\n\n".join(found[f"call_list_{who}_plan"] for who in ("user", "all"))
    return result


def _fill(database, leads):
    database.shell(SEED)
    _spread(database, "res_partner", CONTACTS)
    database.query("UPDATE res_partner SET commercial_partner_id = id WHERE name = 'Bench'")
    _spread(database, "crm_lead", leads // 11)
    _spread(database, "sale_order", leads // 20)
    database.query("ANALYZE")


def _faster(found, again):
    """The figures of both turns, of milliseconds the lower ones: what else the machine does only adds to them."""
    return {
        name: min(value, found.get(name, value)) if name.endswith("_ms") else value for name, value in again.items()
    }


@contextlib.contextmanager
def _older(leads, checkout):
    """A database with the same lists and the release that lies in the folder ``checkout``."""
    with tempfile.TemporaryDirectory() as folder, copy_of(os.environ["L2C_BASE_DB"]) as database:
        Path(folder, "lead_to_cash").symlink_to(Path(checkout).resolve())
        database.addons_path = [
            *(path for path in config["addons_path"] if not Path(path, "lead_to_cash").exists()),
            folder,
        ]
        install(database, "lead_to_cash")
        _fill(database, leads)
        yield database


def _compared(found, older):
    result = {}
    for who in ("user", "all"):
        ours, before = (side[f"call_list_{who}_fetch_ms"] for side in (found, older))
        result |= {
            f"call_list_{who}_before_ms": round(before, 2),
            f"call_list_{who}_before_ratio": round(ours / before, 2),
            f"call_list_{who}_before_lines": older[f"call_list_{who}_lines"],
            f"call_list_{who}_screen_before_ms": round(older[f"call_list_{who}_screen_ms"], 2),
            f"call_list_{who}_screen_before_ratio": round(
                found[f"call_list_{who}_screen_ms"] / older[f"call_list_{who}_screen_ms"], 2
            ),
        }
    return result


def _spread(database, table, copies):
    """So many copies of each seed of ``table``."""
    seeds, changed = SPREAD[table]
    rows = database.query(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND column_name != 'id' AND is_generated = 'NEVER'""",
        table,
    )
    names = [name for [name] in rows]
    values = ", ".join(changed.get(name, f'd."{name}"') for name in names)
    database.query(
        f"""INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
            SELECT {values} FROM {table} d, generate_series(1, %s) n WHERE {seeds}""",
        copies,
    )
