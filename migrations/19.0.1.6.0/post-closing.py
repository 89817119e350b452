from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import load_fields
from odoo.tools import SQL

#: Statuses in which nobody may be forgotten any more.
FLAGGED = ("order_no_answer", "order_in_progress", "invoice_no_answer", "invoice_in_progress")
#: What the e-mails of the series were called, while they were meant for other tries.
NAMES = {
    "mail_template_missed_1": "Sales: after the first missed call",
    "mail_template_missed_2": "Sales: after the third missed call",
    "mail_template_missed_3": "Sales: after the fifth missed call",
}


def migrate(cr, _version):
    """Leads that were closed before are asked again when the days of their reasons have passed from today;
    the series of e-mails is there, as drafts, where a company has none;
    quotations and invoices that wait for an answer are flagged where nothing is planned."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.lead"]._note_asked_again_since()
    env["handling.status"]._ship_series()
    for name, old in NAMES.items():
        template = env.ref(f"lead_to_cash.{name}", raise_if_not_found=False)
        if template and template.with_context(lang="en_US").name == old:
            load_fields(env, "data/mail_template_data.xml", name, "name", "description")
    cr.execute(
        SQL(
            """UPDATE handling_status s SET requires_next_action = TRUE
                 FROM ir_model_data d
                WHERE d.module = 'lead_to_cash' AND d.model = 'handling.status' AND d.res_id = s.id
                  AND d.name IN %s""",
            tuple(f"status_{name}" for name in FLAGGED),
        )
    )
