"""How many files of the addon a journey goes through, seen while it runs.

    L2C_DB=<a copy of a database with demo data> dev/odoo shell --no-http < dev/lib/journeys.py

Prints, for each leg, the files in the order of their first use, and how often the flow changes from
one file to another; then the sums of each journey. It writes nothing: all is rolled back.
"""
import sys
from datetime import timedelta

from odoo.addons.base.models.ir_mail_server import IrMail_Server

env = env(context=dict(env.context, lang="en_US"))  # noqa: F821
PARTS = ("models", "engine", "wizard", "report", "controllers")
totals = {}


def leg(journey, title, work):
    """Do ``work`` and tell which files it goes through."""
    visits = []

    def trace(frame, _event, _arg):
        path = frame.f_code.co_filename.split("/lead_to_cash/")[-1]
        if path.startswith(PARTS) and not frame.f_code.co_name.startswith("<") and visits[-1:] != [path]:
            visits.append(path)

    sys.settrace(trace)
    try:
        result = work()
        env.flush_all()
    finally:
        sys.settrace(None)
    files = list(dict.fromkeys(visits))
    seen, changes = totals.setdefault(journey, [set(), 0])
    totals[journey] = [seen | set(files), changes + max(len(visits) - 1, 0)]
    print(f"   {title}: {len(files)} files: {' > '.join(files)}")
    return result


today = env.company._today()
policy = env["dunning.policy"].search([("name", "=", "Standard")], limit=1)
policy.is_running = True
customer = env["res.partner"].create(
    {"name": "Journey", "email": "journey@example.com", "dunning_policy_id": policy.id}
)
env.company.write({"dunning_hour_from": 0, "dunning_hour_to": 24})
# Nothing leaves: the server's OK is what a message gets.
IrMail_Server._connect__ = lambda *args, **kwargs: None
IrMail_Server.send_email = lambda self, message, *args, **kwargs: message["Message-Id"]
env.flush_all()


def post():
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": today - timedelta(days=24),
            "invoice_payment_term_id": False,
            "invoice_date_due": today - timedelta(days=10),
            "invoice_line_ids": [(0, 0, {"name": "Work", "price_unit": 100, "tax_ids": [(5,)]})],
        }
    )
    move.action_post()
    return move


def run():
    record = env["dunning.run"].create({"company_id": env.company.id, "date": today})
    record.action_run()
    return record


def send():
    """The e-mail is written, as the mail queue does it, and leaves."""
    notice.send_at = notice._now()
    notice._write_mails()
    notice.mail_ids._send()


def pay():
    register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    register.create({"payment_date": today})._create_payments()


def answer():
    item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    form = {"form_key": "0" * 32 + "-dispute", "kind": "dispute", "items": [str(item.id)], "reason": str(env.ref("lead_to_cash.dispute_reason_damaged").id), "note": "bad"}
    notice.sudo()._take_answer(form, None)


def desk():
    env.invalidate_all()
    line = env["call.list.line"].search([("partner_id", "=", customer.id)])
    return line.read(["kind", "reason", "overdue_amount", "next_step", "promise_text", "last_note"])


def quote():
    product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
    line = (0, 0, {"product_id": product.id})
    order = env["sale.order"].create({"partner_id": customer.id, "opportunity_id": lead.id, "order_line": [line]})
    order.action_quotation_sent()
    return order


MONEY, SALE = "journal item: posted, reminded, sent, paid", "lead: created, called, quoted, won"
VOICE = "customer's answer: page to desk"
invoice = leg(MONEY, "post", post)
notice = leg(MONEY, "run", run).notice_ids.filtered(lambda one: one.partner_id == customer)
if notice.state == "to_approve":
    leg(MONEY, "approve", notice.action_approve)
leg(MONEY, "send", send)
leg(VOICE, "answer", answer)
leg(VOICE, "desk", desk)
leg(MONEY, "pay", pay)
values = {"name": "Journey", "type": "opportunity", "partner_id": customer.id, "user_id": env.uid}
lead = leg(SALE, "create", lambda: env["crm.lead"].create(values))
leg(SALE, "no answer", lambda: lead.action_log_attempt("no_answer"))
leg(SALE, "reached", lambda: lead.action_log_attempt("reached"))
order = leg(SALE, "quotation", quote)
leg(SALE, "won", order.action_confirm)
print()
for journey, (files, changes) in totals.items():
    print(f"JOURNEY {journey}: {len(files)} files, {changes} changes of file")
env.cr.rollback()
