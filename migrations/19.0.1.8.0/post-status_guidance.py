from odoo import SUPERUSER_ID, api
from odoo.addons.lead_to_cash.upgrading import load_fields

#: Statuses of invoices that were shipped without a word of what they mean.
STATUSES = ("not_due", "overdue", "contacted", "no_answer", "in_progress", "lost", "won", "open_credit", "used")


def migrate(cr, _version):
    """The shipped statuses of invoices say what they mean and what to do, where the company hasn't said so itself."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in STATUSES:
        status = env.ref(f"lead_to_cash.status_invoice_{name}", raise_if_not_found=False)
        if status and not status.guidance:
            load_fields(env, "data/handling_status_data.xml", f"status_invoice_{name}", "guidance")
